"""The page about driving a node: its Python runs, one block after the other."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"


def test_the_python_of_the_page_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 3
    names = {"__name__": "embedding"}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)
    assert "AddressAssigned" in capsys.readouterr().out
    assert any(type(output).__name__ == "DeliverIcmpv6" for output in names["told"])
