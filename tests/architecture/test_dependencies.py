"""What may be imported. The order of the layers is import-linter's: ``make arch``."""

import ast

import pytest

BELOW_DRIVERS = ("capability", "wire", "capture", "machines", "node", "configuration", "analysis", "simulator")
FORBIDDEN = {"asyncio", "logging", "os", "random", "secrets", "socket", "subprocess", "threading", "time"}


def imported(module: ast.AST):
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module or '.' * node.level}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("layer", BELOW_DRIVERS)
def test_below_the_drivers_there_is_no_clock_no_chance_no_io_and_no_log(sources, layer):
    modules = {path: module for path, module in sources.items() if path.parts[0] == layer}
    assert modules
    found = [(path, name) for path, module in modules.items() for _, name in imported(module)]
    assert [(path, name) for path, name in found if name.split(".")[0] in FORBIDDEN] == []


def test_imports_stand_at_the_head_of_a_module(sources):
    inside = [
        f"{path}:{node.lineno}"
        for path, module in sources.items()
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node, _ in imported(function)
    ]
    assert inside == []


def test_nobody_imports_the_root_or_everything(sources):
    names = [(path, name) for path, module in sources.items() for _, name in imported(module)]
    assert [(path, name) for path, name in names if name == "p6lowpan" or name.endswith(".*")] == []


def test_a_header_does_not_postpone_its_annotations(sources):
    # They are the description: text instead of types would have to be evaluated again.
    modules = {path: module for path, module in sources.items() if path.parts[0] == "wire"}
    names = [(path, name) for path, module in modules.items() for _, name in imported(module)]
    assert [path for path, name in names if name == "__future__.annotations"] == []


def test_no_error_is_caught_that_has_no_name(sources):
    broad = [
        f"{path}:{node.lineno}"
        for path, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None or "Exception" in {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
        )
    ]
    assert broad == []


def test_only_the_compiler_of_descriptions_makes_code(sources):
    made = {
        str(path)
        for path, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("exec", "eval", "compile")
    }
    assert made == {"wire/compilation.py"}
