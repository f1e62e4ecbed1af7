"""How a description becomes code: runs of bits, one block for one condition, names that must not collide."""

import copy
import dataclasses
import importlib
import pickle
import pkgutil
from typing import Annotated

import pytest

import p6lowpan.wire as wire_formats
from p6lowpan.wire import compilation
from p6lowpan.wire.description import U8, U16, Bits, Header, Octets, When, wire


@wire("run")
class Run(Header):
    """What it is for."""

    a: Annotated[int, Bits(1)]
    b: Annotated[int, Bits(7)]
    c: U16
    text: Annotated[bytes, Octets(1)]
    d: U8


@wire("guarded")
class Guarded(Header):
    flag: U8
    one: Annotated[int | None, Bits(8), When("flag")] = None
    two: Annotated[int | None, Bits(8), When("flag")] = None


def names(fields):
    return [[field.name for field in run] for run in compilation.runs(fields)]


def test_neighbouring_bits_are_read_as_one_number():
    assert names(Run.FIELDS) == [["a", "b", "c"], ["text"], ["d"]]


def test_a_run_is_not_longer_than_a_machine_word():
    @wire("wide")
    class Wide(Header):
        a: Annotated[int, Bits(64)]
        b: Annotated[int, Bits(4)]
        c: Annotated[int, Bits(4)]

    assert names(Wide.FIELDS) == [["a"], ["b", "c"]]


def test_a_change_of_bit_order_ends_a_run():
    @wire("mixed")
    class Mixed(Header):
        a: Annotated[int, Bits(16, little=True)]
        b: U16

    assert names(Mixed.FIELDS) == [["a"], ["b"]]
    assert Mixed(a=1, b=1).encode() == bytes.fromhex("01000001")


def test_a_decoded_header_is_as_frozen_as_one_that_was_built():
    decoded, _ = Guarded.decode(b"\1\2\3")
    assert decoded == Guarded(flag=1, one=2, two=3)
    assert type(decoded) is Guarded
    assert pickle.loads(pickle.dumps(decoded)) == copy.deepcopy(decoded) == decoded
    with pytest.raises(dataclasses.FrozenInstanceError):
        decoded.flag = 0


def test_a_class_that_adds_no_field_decodes_to_itself():
    class Special(Guarded):
        __slots__ = ()

    assert type(Special.decode(b"\0")[0]) is Special


def test_fields_of_one_condition_share_one_block():
    assert compilation.decode_lines(Guarded).count("    if flag:") == 1


@pytest.mark.parametrize("name", ["octets", "value", "header", "kind", "size"])
def test_a_field_may_have_any_ordinary_name(name):
    described = wire("any")(
        type("Any", (Header,), {"__annotations__": {"length": U8, name: Annotated[bytes, Octets(2)]}})
    )
    value, rest = described.decode(b"\1ab!")
    assert (getattr(value, name), rest) == (b"ab", b"!")
    assert described(**{"length": 1, name: b"ab"}).encode() == b"\1ab"


def test_compiled_functions_keep_their_documentation():
    assert Run.decode.__doc__ == Header.decode.__doc__
    assert Run.encode.__doc__ == Header.encode.__doc__


def test_a_traceback_names_the_header():
    compilation.compile_all(Run)
    assert Run.encode.__code__.co_filename == "<encode of Run>"


def test_a_function_is_compiled_when_it_is_first_called():
    @wire("lazy")
    class Lazy(Header):
        a: U8

    before = Lazy.decode
    assert before.__code__.co_filename == compilation.__file__
    assert Lazy.decode(b"\1x") == before(b"\1x") == (Lazy(a=1), b"x")
    assert Lazy.decode.__code__.co_filename.startswith("<decode of ")
    assert Lazy.encode.__code__.co_filename == compilation.__file__
    compilation.compile_all(Lazy)
    assert Lazy.encode.__code__.co_filename.startswith("<encode of ")
    compilation.compile_all(Lazy)
    assert Lazy(a=2).encode() == b"\2"


def test_an_override_is_asked_once_when_what_it_overrides_is_compiled():
    calls = []

    @wire("below")
    class Below(Header):
        a: U8

    class Above(Below):
        __slots__ = ()

        @classmethod
        def decode(cls, octets):
            calls.append(octets)
            return super().decode(octets)

    assert type(Above.decode(b"\1")[0]) is Above
    assert calls == [b"\1"]


def every_header():
    for module in pkgutil.walk_packages(wire_formats.__path__, "p6lowpan.wire."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Header) and "FIELDS" in vars(value):
                yield value


def test_every_header_of_the_project_compiles():
    """What a run does not meet is not compiled in it: a mistake in a description must not wait for a user."""
    headers = set(every_header())
    for header in headers:
        compilation.compile_all(header)
        for name in compilation.WRITERS:
            function = vars(header)[name]
            assert getattr(function, "__func__", function).__code__.co_filename.startswith(f"<{name} of ")
    assert len(headers) > 200
