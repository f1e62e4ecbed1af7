"""The instructions of a packet that the pages print are those of the sources."""

import importlib.util
import platform
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("c-core.md", "performance.md")]
PRINTED = re.compile(
    r"([\d,]+)\s+(?:instructions\s+)?to\s+expand[^.]*?,\s+([\d,]+)\s+to\s+compress\s+it,\s+(?:and\s+)?([\d,]+)\s"
)


@pytest.fixture(scope="module")
def counted(tmp_path_factory) -> list[int]:
    spec = importlib.util.spec_from_file_location("count", ROOT / "c" / "instructions" / "count.py")
    count = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(count)
    if (name := count.missing()) is not None:
        pytest.skip(f"{name} is not on the path: the instructions of a packet are not counted")
    version = subprocess.run([count.COMPILER, "-dumpversion"], capture_output=True, text=True, check=True).stdout
    if platform.machine() != "x86_64" or version.split(".")[0].strip() != "12":
        pytest.skip("another machine or compiler than the pages name: instructions are not compared")
    program = count.compiled(tmp_path_factory.mktemp("count"))
    return [count.instructions(program, task) for task in count.TASKS]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_print_the_instructions_of_the_sources(counted, page: Path) -> None:
    printed = PRINTED.search(page.read_text("utf-8"))
    assert printed is not None
    assert [int(each.replace(",", "")) for each in printed.groups()] == pytest.approx(counted, rel=0.01)
