"""tshark: a dissector, which was measured like a receiver."""

import pytest

from interop.agreement import figures, requests
from interop.profiles.hand_made import NODE
from p6lowpan.interop.prediction import sends
from p6lowpan.interop.profiles import EVERY, STACKS
from p6lowpan.interop.profiles.tshark import TSHARK

FLOORS = {"decode": (857, 857), "random": (993, 993)}


@pytest.mark.parametrize("name", FLOORS)
def test_what_it_shows_is_predicted(name: str) -> None:
    found = figures(TSHARK, name)
    assert (found.agree, found.same) >= FLOORS[name]


def test_its_quirks_have_evidence_that_exists() -> None:
    for quirk in TSHARK.quirks:
        for identifier in quirk.evidence:
            kind, _, rest = identifier.rpartition(":")
            assert kind == "s" or rest in requests("random" if kind == "R" else "decode"), identifier


def test_it_sends_nothing_and_is_none_of_the_stacks() -> None:
    packet = bytes.fromhex(requests("encode")["size/512"]["packet"])
    assert sends(TSHARK, packet, NODE, 102).refused == "a dissector sends nothing"
    assert TSHARK not in STACKS.values()
    assert EVERY["tshark"] is TSHARK
