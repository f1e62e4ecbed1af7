"""What the documents promise is there."""

import json
import re
import subprocess
import sys
import tomllib

import pytest

from p6lowpan import __version__
from p6lowpan.analysis.oracle import answer
from p6lowpan.cli.main import main

LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]


def test_generated_pages_are_what_the_code_says(root):
    checked = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=root, capture_output=True, text=True, check=False
    )
    assert (checked.stdout, checked.stderr, checked.returncode) == ("", "", 0)


def test_every_verb_of_the_readme_exists(root, capsys, monkeypatch):
    verbs = set(re.findall(r"`?p6lowpan ([a-z]+)", fenced_and_quoted((root / "README.md").read_text("utf-8"))))
    assert len(verbs) >= 7
    monkeypatch.setattr(sys, "argv", ["p6lowpan", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    help_text = capsys.readouterr().out
    assert {verb for verb in verbs if not re.search(rf"\b{verb}\b", help_text)} == set()


def fenced_and_quoted(text: str) -> str:
    return "\n".join(re.findall(r"```console.*?```|`[^`\n]+`", text, re.DOTALL))


def test_every_make_target_of_the_documents_exists(root):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for commands in re.findall(r"`make ([a-z -]+)`", (root / document).read_text("utf-8"))
        for target in commands.split()
    }
    assert "test" in named
    assert named - targets == set()


def test_the_python_of_the_readme_runs(root):
    blocks = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_somewhere(root, document):
    links = LINK.findall((root / document).read_text("utf-8"))
    assert [link for link in links if not (root / link).exists()] == []


def test_the_architecture_fits_on_one_page(root):
    assert len((root / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 90


def test_the_readme_fits_on_one_screen(root):
    assert len((root / "README.md").read_text("utf-8").splitlines()) <= 60


def test_every_file_that_the_architecture_names_exists(root):
    named = re.findall(r"(?:src|tests)/[\w/]+\.py", (root / "ARCHITECTURE.md").read_text("utf-8"))
    assert named
    assert [path for path in named if not (root / path).exists()] == []


def test_the_version_stands_in_one_place(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_oracle_answers_as_its_page_says(root):
    blocks = re.findall(r"```json\n(.*?)```", (root / "docs" / "oracle.md").read_text("utf-8"), re.DOTALL)
    decode, decoded, encode, encoded = (json.loads(block) for block in blocks)
    assert (answer(json.dumps(decode)), answer(json.dumps(encode))) == (decoded, encoded)
