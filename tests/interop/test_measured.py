"""The database of measured answers: who was asked what."""

import pytest

from interop.agreement import requests
from p6lowpan.interop.measured import LISTS, answers
from p6lowpan.interop.profiles import STACKS

COMPARED = ("scapy", "tshark")
"""Tools that were measured beside the stacks; nobody runs them as a node."""


def test_every_stack_with_a_profile_was_measured() -> None:
    assert set(STACKS) <= set(answers("decode"))
    assert set(STACKS) <= set(answers("encode"))


@pytest.mark.parametrize("name", LISTS)
def test_every_answer_has_its_request_in_the_corpora(name: str) -> None:
    for stack, given in answers(name).items():
        assert set(given) <= set(requests(name)), stack
        assert len(given) >= 0.6 * len(requests(name)), stack


def test_crashes_are_told_and_packets_are_kept() -> None:
    assert answers("decode")["riot"]["bad/nhc-ea"].crash == "timeout (stack hangs)"
    plain = answers("decode")["riot"]["plain/1"]
    assert [packet.hex() for packet in plain.octets] == requests("decode")["plain/1"]["expect"]
    assert answers("decode")["openthread"]["plain/1"].octets == ()
    assert answers("encode")["openthread"]["ext/44"].octets[0].hex().startswith("7a332c")


def test_a_tool_that_only_reads_is_no_stack_among_others() -> None:
    assert "tshark" not in STACKS
    assert set(COMPARED) <= set(answers("decode"))
