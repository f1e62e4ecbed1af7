"""Predictions against every measured answer. ``pytest -rA`` prints the figures; the floors only ever rise."""

import pytest

from interop.agreement import figures
from p6lowpan.interop.laboratory.agreement import agreement
from p6lowpan.interop.profiles import STACKS

# By stack and list: cases of which the outcome (right, nothing, wrong) agrees, and those answered in the same octets.
FLOORS = {
    "contiki": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "contiki-ng": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "contiki-ng-4.2": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "linux": {"decode": (857, 857), "encode": (560, 560), "random": (677, 677)},
    "lwip": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "nanostack": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "ns3": {"decode": (857, 856), "encode": (565, 565), "random": (1000, 1000)},
    "ns3-ul": {"decode": (857, 856), "encode": (565, 565), "random": (1000, 1000)},
    "openthread": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "riot": {"decode": (857, 856), "encode": (565, 565), "random": (1000, 999)},
    "scapy": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "smoltcp": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "smoltcp-full": {"decode": (857, 857), "encode": (565, 565)},
    "tinyos": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "tinyos-fix": {"decode": (857, 857), "encode": (565, 565)},
    "tinyos-fix-libctx": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "tock": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "tock-multi": {"decode": (857, 857), "encode": (565, 565)},
    "wisun-wsbrd": {"decode": (857, 857), "encode": (565, 565), "random": (1000, 1000)},
    "wisun-wsrd": {"decode": (857, 857), "encode": (565, 565)},
}


def test_every_stack_has_its_floors() -> None:
    assert set(FLOORS) == set(STACKS)


@pytest.mark.parametrize(("name", "requests"), [(name, requests) for name in FLOORS for requests in FLOORS[name]])
def test_predictions_agree_with_what_was_measured(name: str, requests: str) -> None:
    found = figures(STACKS[name], requests)
    print(f"{name:16} {requests:7} {found.asked:5} asked, {found.agree / found.asked:7.2%} outcome, ", end="")
    print(f"{found.same / found.asked:7.2%} same octets")
    agree, same = FLOORS[name][requests]
    assert found.agree >= agree
    assert found.same >= same
    recorded = agreement()[name][requests]  # what p6lowpan stacks NAME says: python tests/interop/agreement.py --record
    assert (recorded.asked, recorded.agree, recorded.same) == (found.asked, found.agree, found.same)
