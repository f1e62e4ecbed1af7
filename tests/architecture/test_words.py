"""What is committed speaks to whoever reads it: no notes to self, no trace of the machine it was written on."""

import re

import pytest

TEXT = {".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".cfg", ".cmake", ""}
PLACES = ("src", "tests", "docs", "fuzz", "benchmarks", ".ci")
FORBIDDEN = {
    "a note to self": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b"),
    "an absolute path of one machine": re.compile(r"(?<![\w.:/$-])/(?:wo" + r"rk|ro" + r"ot|home|Users)/\w"),
    "the number of an issue": re.compile(r"(?<!\w)(?:issue|iss" + r"ue) #?\d|\(#\d+\)", re.IGNORECASE),
    "an index of packages": re.compile(r"(?:extra-)?index" + r"-url|find" + r"-links"),
}


def files(root):
    """Text files that are ours: no vectors, no caches, nothing hidden but .ci."""
    paths = [*root.iterdir(), *(path for place in PLACES for path in (root / place).rglob("*"))]
    ignored = ("_build", "__pycache__", "vectors", "corpus", "LICENSE")
    return [
        path
        for path in paths
        if path.is_file() and path.suffix in TEXT and not set(ignored) & set(path.parts) and path.name[0] != "."
    ]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_file_contains(root, kind):
    read = {path: path.read_text("utf-8") for path in files(root)}
    assert len(read) > 100
    found = {
        str(path.relative_to(root)): match[0] for path, text in read.items() if (match := FORBIDDEN[kind].search(text))
    }
    assert found == {}


def test_a_test_is_a_sentence(root):
    names = [
        name
        for path in (root / "tests").rglob("test_*.py")
        for name in re.findall(r"^\s*def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(names) > 300
    assert [name for name in names if name.count("_") < 3] == []


def test_the_same_licence_is_named_everywhere(root):
    assert "Apache License" in (root / "LICENSE").read_text("utf-8")
    assert 'license = "Apache-2.0"' in (root / "pyproject.toml").read_text("utf-8")
