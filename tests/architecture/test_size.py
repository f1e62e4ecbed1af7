"""Size gates. Complexity (10) is ruff's: C901."""

import ast

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
TOOLS = ("docs", "fuzz", "benchmarks")


def test_no_file_is_longer_than_400_lines(root):
    files = [path for place in ("src", *TOOLS) for path in (root / place).rglob("*.py")]
    assert len(files) > 20
    lengths = {str(path.relative_to(root)): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines_without_its_docstring(sources):
    lengths = {
        f"{path}: {node.name}": length_of(node)
        for path, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, but for the docstring."""
    docstring = function.body[0] if ast.get_docstring(function) else None
    documentation = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return function.end_lineno - function.lineno + 1 - documentation


def test_there_is_no_module_of_odds_and_ends(sources):
    assert [path for path in sources if path.stem in ("utils", "util", "helpers", "misc", "common")] == []
