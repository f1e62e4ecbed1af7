"""Runs one target under atheris: ``python -m fuzz.drive fuzz_frame [libFuzzer's arguments]``.

Every module of the package is instrumented as it is imported, and the functions that descriptions are compiled to,
which no import brings, afterwards: the fuzzer sees every branch that an input takes.
"""

import importlib
import sys
from collections.abc import Iterator
from types import FunctionType

import atheris

TARGET = 1


def main() -> None:
    """Run the target that the command line names."""
    name = sys.argv.pop(TARGET)
    with atheris.instrument_imports(include=["p6lowpan"]):
        target = importlib.import_module(f"fuzz.{name}")
        description = importlib.import_module("p6lowpan.wire.description")
    for function in compiled_functions(description.Header):
        atheris.instrument_func(function)
    atheris.Setup(sys.argv, target.check)
    atheris.Fuzz()


def compiled_functions(kind: type[object]) -> Iterator[FunctionType]:
    """What ``@wire`` gave to ``kind`` and to every header below it, compiled now rather than on the first call."""
    compilation = importlib.import_module("p6lowpan.wire.compilation")
    for header in kind.__subclasses__():
        if "FIELDS" in vars(header):
            compilation.compile_all(header)
        for name in ("decode", "encode", "__post_init__"):
            function = vars(header).get(name)
            function = getattr(function, "__func__", function)
            if isinstance(function, FunctionType) and function.__code__.co_filename.startswith("<"):
                yield function
        yield from compiled_functions(header)


if __name__ == "__main__":
    main()
