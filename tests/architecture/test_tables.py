"""The tables of capability are used, and each row says where it comes from."""

import ast
import re

from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason

SECTION = re.compile(r"RFC \d{4}( [A-Z0-9]+(\.\d+)*)?")


def attributes_of(name, sources, without):
    """The attributes of ``name`` that modules other than ``without`` mention."""
    return {
        node.attr
        for path, module in sources.items()
        if str(path) not in without
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def test_every_reason_is_given_somewhere(sources):
    used = attributes_of("Reason", sources, without={"capability/reasons.py"})
    assert {reason.name for reason in Reason} - used == set()


def test_every_feature_is_recognised_somewhere(sources):
    used = attributes_of("Feature", sources, without={"capability/features.py", "capability/profile.py"})
    assert {feature.name for feature in Feature} - used == set()


def test_every_limit_is_observed_somewhere(sources):
    used = {
        node.attr
        for path, module in sources.items()
        if path.parts[0] != "capability"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
    }
    assert set(Limits.__dataclass_fields__) - used == set()


def test_every_feature_has_its_rfc_and_its_words():
    assert [feature for feature in Feature if not SECTION.fullmatch(feature.value.section)] == []
    assert [feature for feature in Feature if not feature.value.meaning] == []


def test_every_limit_says_where_its_number_comes_from(root):
    table = (root / "docs" / "reference" / "limits.md").read_text("utf-8")
    assert [line for line in table.splitlines() if re.fullmatch(r"\| `.*\|\s*\|", line)] == []
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(Limits.__dataclass_fields__)
