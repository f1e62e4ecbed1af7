"""The table of attacks in docs/security.md, beside the tests that try them."""

import ast
import re
from pathlib import Path


def test_the_table_names_every_test_and_every_test_is_in_it():
    page = Path(__file__).parents[2] / "docs" / "security.md"
    files = sorted(Path(__file__).parent.glob("test_attacks_*.py"))
    named_there = re.findall(r"`(test_\w+)`", page.read_text("utf-8"))
    nodes = [node for file in files for node in ast.parse(file.read_text("utf-8")).body]
    functions = [node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert len(files) == 6
    assert len(set(functions)) == len(functions)
    assert set(named_there) == set(functions)
