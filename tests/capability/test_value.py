"""What travels between machines is equal by its fields, and the type checker keeps it as it is."""

from dataclasses import fields, replace
from pathlib import Path

from mypy import api

import p6lowpan
from p6lowpan.capability.value import value

ASSIGNED = """
from p6lowpan.machines.link.outputs import Transmit
sent = Transmit(b"")
sent.octets = b"other"
"""


@value
class Example:
    """Two fields."""

    name: str
    number: int = 0


def test_values_are_equal_and_hashed_by_their_fields():
    assert Example("one") == Example("one", 0) != Example("one", 1)
    assert len({Example("one"), Example("one", 0), Example("two")}) == 2
    assert replace(Example("one"), number=2) == Example("one", 2)
    assert [field.name for field in fields(Example)] == ["name", "number"]
    assert not hasattr(Example("one"), "__dict__")


def test_the_type_checker_refuses_an_assignment(monkeypatch):
    monkeypatch.setenv("MYPYPATH", str(Path(p6lowpan.__file__).parents[1]))
    told, _, status = api.run(["--config-file=", "--strict", "-c", ASSIGNED])
    assert status == 1
    assert 'Property "octets" defined in "Transmit" is read-only' in told
    assert "Found 1 error" in told
