"""What holds for every header that the package describes, found by walking it: nobody has to add a line here."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from p6lowpan import wire
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.wire.description import AUTO, Header
from properties.strategies import strategy_for


def is_described(kind: type) -> bool:
    return issubclass(kind, Header) and hasattr(kind, "FIELDS")


def every_header() -> Iterator[type[Header]]:
    for module in pkgutil.walk_packages(wire.__path__, f"{wire.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and is_described(value) and value.__module__ == module.name:
                yield value


HEADERS = [
    pytest.param(header, id=f"{header.__module__.removeprefix('p6lowpan.wire.')}.{header.__name__}")
    for header in every_header()
]
# No shrinking: a nested header can take minutes to shrink, and what is drawn is small enough to read.
few = settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])


def decoded_or_refused(header: type[Header], octets: bytes) -> None:
    """What hostile octets may come to: Malformed at an offset inside them, or a value that gives them back."""
    try:
        value, rest = header.decode(octets)
    except Malformed as error:
        refused_at = error.offset
    else:
        refused_at = 0
        value.layout()
        assert value.encode() + rest == octets
    assert 0 <= refused_at <= len(octets)


@pytest.mark.parametrize("header", HEADERS)
@few
@given(data=st.data())
def test_a_value_survives_encoding_and_decoding(header, data):
    value = data.draw(strategy_for(header))
    assert header.decode(value.encode()) == (value, b"")


@pytest.mark.parametrize("header", HEADERS)
@few
@given(data=st.data())
def test_the_layout_tiles_the_octets(header, data):
    value = data.draw(strategy_for(header))
    position = 0
    for span in value.layout():
        assert span.start_bit == position, span.name
        assert isinstance(span.meaning, str)
        position += span.bits
    assert position == 8 * len(value.encode())


@pytest.mark.parametrize("header", HEADERS)
@few
@given(data=st.data())
def test_cut_and_damaged_octets_decode_or_are_refused(header, data):
    octets = data.draw(strategy_for(header)).encode()
    for end in range(len(octets)):
        decoded_or_refused(header, octets[:end])
    for bit in range(8 * len(octets)):
        damaged = bytearray(octets)
        damaged[bit // 8] ^= 0x80 >> bit % 8
        decoded_or_refused(header, bytes(damaged))


@pytest.mark.parametrize("header", HEADERS)
@few
@given(octets=st.binary(max_size=80))
def test_random_octets_decode_or_are_refused(header, octets):
    decoded_or_refused(header, octets)


@pytest.mark.parametrize(
    "header", [param for param in HEADERS if any(field.computed for field in param.values[0].FIELDS)]
)
@few
@given(data=st.data())
def test_what_the_constructor_computes_is_what_a_decoder_accepts(header, data):
    received = data.draw(strategy_for(header))
    given_fields = {
        field.name: AUTO
        if field.computed and getattr(received, field.name) is not None
        else getattr(received, field.name)
        for field in header.FIELDS
    }
    try:
        computed = header(**given_fields)
    except UsageError:
        reject()  # what is computed from may not say it: the type of an unknown body
    assert header.decode(computed.encode()) == (computed, b"")
    assert all(getattr(computed, field.name) != AUTO for field in header.FIELDS)
