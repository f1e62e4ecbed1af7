"""``p6lowpan export-c``: two files and an example, which compile without a warning and run."""

import shutil
import subprocess
from itertools import product

import pytest
from typer.testing import CliRunner

from p6lowpan.cli.main import application

STRICT = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror", "-Os")


def export(folder, *options: str):
    return CliRunner().invoke(application, ["export-c", str(folder), *options])


@pytest.mark.parametrize(
    ("level", "options"),
    [*product(range(7), [()]), *product((0, 3, 6), [("--discovery",), ("--flex",), ("--flex", "--discovery")])],
)
def test_the_example_compiles_strictly_and_runs(tmp_path, level: int, options: tuple[str, ...]) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler on the path: the example is not compiled")
    assert export(tmp_path / "core", "--level", str(level), *options).exit_code == 0
    program = tmp_path / "example"
    sources = ("p6lowpan.c", "example.c")
    subprocess.run([compiler, *STRICT, *sources, "-o", str(program)], check=True, cwd=tmp_path / "core")
    said = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    assert "a packet of 300 octets is whole" in said
    assert "dropped" not in said


@pytest.mark.parametrize("options", [(), ("--discovery",), ("--flex", "--discovery")])
def test_a_program_in_cpp_includes_the_header(tmp_path, options: tuple[str, ...]) -> None:
    if (compiler := shutil.which("c++")) is None:
        pytest.skip("no C++ compiler on the path: the header is not included")
    export(tmp_path, "--level", "5", *options)
    program = '#include "p6lowpan.h"\nint main() { p6_layer layer = p6_layer(); return layer.buffer_count; }\n'
    (tmp_path / "main.cpp").write_text(program, "utf-8")
    strict = ("-std=c++11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only")
    subprocess.run([compiler, *strict, "main.cpp"], check=True, cwd=tmp_path)


def test_no_code_of_a_higher_level_is_compiled(tmp_path) -> None:
    if (compiler := shutil.which("cc")) is None or (names := shutil.which("nm")) is None:
        pytest.skip("no C compiler or nm on the path: symbols are not looked at")
    symbols = []
    for level in range(7):
        folder = tmp_path / str(level)
        export(folder, "--level", str(level))
        seen = "-DP6_PART="  # else the parts are static, and mostly inside one another
        subprocess.run([compiler, *STRICT, seen, "-c", "p6lowpan.c"], check=True, cwd=folder)
        listed = subprocess.run([names, "p6lowpan.o"], check=True, capture_output=True, text=True, cwd=folder).stdout
        symbols.append(listed)
    for symbol, lowest in (("p6_expand", 1), ("p6_write_mesh", 5), ("p6_generic_expand", 6)):
        assert [symbol in listed for listed in symbols] == [level >= lowest for level in range(7)]
    assert not any("p6_answer" in listed for listed in symbols)


def test_a_level_that_does_not_exist_is_refused(tmp_path) -> None:
    refused = export(tmp_path, "--level", "7")
    assert refused.exit_code == 2
    assert "--level is 0 to 6, not 7" in refused.output
