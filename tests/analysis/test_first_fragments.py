"""First fragments that cannot be expanded: held for a context, or their datagram given up, once."""

import pytest

from analysis.laboratory import (
    ALICE,
    BOB,
    CAROL,
    GLOBAL_ALICE,
    GLOBAL_BOB,
    Laboratory,
    finding,
    fragments,
    iphc,
    names,
    udp_packet,
    uncompressed,
)
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.first_fragments import MOST_HELD
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.wire.address import LinkAddress

PACKET = udp_packet(bytes(range(200)), GLOBAL_ALICE, GLOBAL_BOB)
TEACHING = uncompressed(udp_packet(b"here", GLOBAL_BOB, GLOBAL_ALICE))
NEEDS_CONTEXT = iphc(PACKET, 0, 0)[:4]
"""LOWPAN_IPHC of both addresses by context 0."""


def in_fragments(tag: int = 1, first: bytes = NEEDS_CONTEXT, packet: bytes = PACKET) -> list[bytes]:
    return fragments(packet, first, 40, tag=tag)


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


def hear_all(laboratory: Laboratory, payloads: list[bytes], source: bytes = ALICE) -> list[Explained]:
    return [laboratory.hear(payload, source) for payload in payloads]


def losses(frames: list[Explained]) -> list[DatagramDropped]:
    """Every loss that was reported, each with its finding."""
    lost = [drop for frame in frames for drop in frame.lost]
    assert sum(names(frame).count("datagram-lost") for frame in frames) == len(lost)
    return lost


# --- malformed -------------------------------------------------------------------------------------------------------

RESERVED = bytes((0x78, 0x34)) + NEEDS_CONTEXT[2:]
"""M=0, DAC=1, DAM=00: reserved."""


def test_a_malformed_first_fragment_takes_its_datagram_with_it_and_that_is_told_once(laboratory: Laboratory) -> None:
    frames = hear_all(laboratory, in_fragments(first=RESERVED))
    assert names(frames[0]) == ["datagram-lost", "reserved"]
    assert [names(frame) for frame in frames[1:]] == [[]] * (len(frames) - 1)
    (drop,) = losses(frames)
    assert (drop.reason, drop.fragments) == (Reason.RESERVED, 1)
    assert laboratory.explainer.finish() == ()


def test_what_came_before_it_is_given_up_under_its_reason(laboratory: Laboratory) -> None:
    first, second, third, *_ = in_fragments(first=RESERVED)
    frames = hear_all(laboratory, [second, third, first])
    (drop,) = losses(frames)
    assert (drop.reason, drop.fragments) == (Reason.RESERVED, 3)
    assert drop.timeline.octets > 0
    assert laboratory.explainer.finish() == ()


def test_a_fragment_that_comes_behind_it_is_not_kept(laboratory: Laboratory) -> None:
    first, second, *_ = in_fragments(first=RESERVED)
    hear_all(laboratory, [first])
    received = laboratory.hear(second).received
    assert received is not None
    (outcome,) = received.outcomes
    assert isinstance(outcome, DatagramDropped)
    assert "first fragment was refused" in outcome.detail


def test_a_good_first_fragment_of_the_same_key_begins_anew(laboratory: Laboratory) -> None:
    hear_all(laboratory, in_fragments(first=RESERVED)[:1])
    frames = hear_all(laboratory, fragments(PACKET, tag=1))
    assert [packet.octets for packet in frames[-1].packets] == [PACKET]
    assert losses(frames) == []


def test_after_a_while_its_key_is_free_again(laboratory: Laboratory) -> None:
    hear_all(laboratory, in_fragments(first=RESERVED)[:1])
    laboratory.wait(200)
    first, second, *others = fragments(PACKET, tag=1)
    frames = hear_all(laboratory, [second, first, *others])
    assert [packet.octets for packet in frames[-1].packets] == [PACKET]


def test_other_datagrams_are_not_touched(laboratory: Laboratory) -> None:
    good = fragments(PACKET, tag=2)
    hear_all(laboratory, good[:2])
    hear_all(laboratory, in_fragments(first=RESERVED))
    frames = hear_all(laboratory, good[2:])
    assert [packet.octets for packet in frames[-1].packets] == [PACKET]


def test_a_time_out_is_told_once_for_all_fragments_of_a_datagram(laboratory: Laboratory) -> None:
    first, second, third, _ = fragments(PACKET)
    frames = hear_all(laboratory, [first, second])
    laboratory.wait(61)
    frames += hear_all(laboratory, [third])
    laboratory.wait(61)
    frames.append(laboratory.hear(TEACHING, CAROL))
    (drop,) = losses(frames)
    assert (drop.reason, drop.fragments) == (Reason.REASSEMBLY_TIMEOUT, 2)


# --- held for a context ----------------------------------------------------------------------------------------------


def test_a_datagram_whose_first_fragment_lacked_a_context_comes_out_when_a_prefix_fits(laboratory: Laboratory) -> None:
    laboratory.hear(TEACHING, BOB, ALICE)
    frames = hear_all(laboratory, in_fragments())
    assert names(frames[0]) == ["no-context"]
    assert [packet.octets for packet in frames[-1].packets] == [PACKET]
    assert frames[-1].guessed_contexts == {0}
    assert "context 0 was never announced" in finding(frames[-1], "guessed-context").text
    assert losses(frames) == []
    again = hear_all(laboratory, in_fragments(tag=2))
    assert names(again[0]) == ["guessed-context"]
    assert [packet.octets for packet in again[-1].packets] == [PACKET]


def test_the_order_of_its_fragments_does_not_matter(laboratory: Laboratory) -> None:
    laboratory.hear(TEACHING, BOB, ALICE)
    first, *others = in_fragments()
    frames = hear_all(laboratory, [*others[::-1], first])
    assert [packet.octets for packet in frames[-1].packets] == [PACKET]
    assert [packet.timeline.fragments for packet in frames[-1].packets if packet.timeline] == [len(others) + 1]


def test_a_whole_datagram_in_a_first_fragment_is_tried_at_once(laboratory: Laboratory) -> None:
    laboratory.hear(TEACHING, BOB, ALICE)
    short = udp_packet(b"ping", GLOBAL_ALICE, GLOBAL_BOB)
    payload = bytes((0xC0, len(short), 0, 1)) + iphc(short, 0, 0)
    heard = laboratory.hear(payload)
    assert [packet.octets for packet in heard.packets] == [short]


def test_where_no_prefix_fits_it_is_lost_for_the_lack_of_a_context_once(laboratory: Laboratory) -> None:
    laboratory.hear(uncompressed(udp_packet(b"", "2001:db8:fffe::1", "2001:db8:fffe::2")))
    frames = hear_all(laboratory, in_fragments())
    (drop,) = losses(frames)
    assert drop.reason is Reason.NO_CONTEXT
    assert drop.fragments == len(frames)
    assert "contexts 0 and 0 asked for" in drop.detail
    assert names(frames[-1]) == ["datagram-lost"]
    assert laboratory.explainer.finish() == ()


def test_one_that_stays_incomplete_is_lost_for_the_lack_of_a_context_too(laboratory: Laboratory) -> None:
    frames = hear_all(laboratory, in_fragments()[:2])
    assert losses(frames) == []
    laboratory.wait(61)
    (drop,) = losses([laboratory.hear(fragments(PACKET, tag=5)[0], CAROL)])
    assert (drop.reason, drop.fragments) == (Reason.NO_CONTEXT, 2)


def test_one_of_which_nothing_else_comes_is_told_in_time_or_at_the_end(laboratory: Laboratory) -> None:
    hear_all(laboratory, in_fragments()[:1])
    laboratory.wait(61)
    (drop,) = losses([laboratory.hear(fragments(PACKET, tag=5)[0], CAROL)])
    assert (drop.reason, drop.fragments, drop.key.tag) == (Reason.NO_CONTEXT, 1, 1)
    hear_all(laboratory, in_fragments(tag=6)[:1])
    at_the_end = {drop.key.tag: drop.reason for drop in laboratory.explainer.finish()}
    assert at_the_end == {5: Reason.REASSEMBLY_UNFINISHED, 6: Reason.NO_CONTEXT}


def test_a_context_that_became_known_meanwhile_serves(laboratory: Laboratory) -> None:
    *before, last = in_fragments()
    frames = hear_all(laboratory, before)
    short = udp_packet(b"ping", GLOBAL_BOB, GLOBAL_ALICE)
    laboratory.hear(TEACHING, BOB, ALICE)
    assert laboratory.hear(iphc(short, 0, 0), BOB, ALICE).guessed_contexts == {0}
    frames.append(laboratory.hear(last))
    assert [packet.octets for packet in frames[-1].packets] == [PACKET]


@pytest.mark.parametrize(("others", "held"), [(MOST_HELD - 1, True), (MOST_HELD, False)])
def test_one_that_is_held_past_the_bound_pushes_out_the_oldest(laboratory: Laboratory, others: int, held: bool) -> None:
    laboratory.hear(TEACHING, BOB, ALICE)
    first, *rest = in_fragments()
    frames = [laboratory.hear(first)]
    for number in range(others):
        frames.append(laboratory.hear(first, LinkAddress(number.to_bytes(8, "big"))))
    assert bool(losses(frames)) is not held
    assert bool(hear_all(laboratory, rest)[-1].packets) is held
