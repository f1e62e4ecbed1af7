"""Reassembly, RFC 4944 section 5.3: what holds for any order, any repetition, and any octets; and the corpus."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p6lowpan.capability.limits import P6LOWPAN, RFC6282
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey, Duplicate, Outcome, Pending
from p6lowpan.wire.address import LinkAddress

Fragment = tuple[DatagramKey, int, bytes]
VECTORS = Path(__file__).parents[2] / "vectors" / "decode.jsonl"
NODES = [LinkAddress(bytes((0, number))) for number in range(3)]


@st.composite
def datagrams(draw: st.DrawFn) -> dict[DatagramKey, bytes]:
    """Up to six datagrams of up to three senders, under distinct keys that differ as little as possible."""
    keys = st.builds(
        DatagramKey, st.sampled_from(NODES), st.sampled_from(NODES), st.integers(1, 200), st.integers(0, 1)
    )
    return {key: draw(st.binary(min_size=key.size, max_size=key.size)) for key in draw(st.sets(keys, max_size=6))}


@st.composite
def cut(draw: st.DrawFn, key: DatagramKey, datagram: bytes) -> list[Fragment]:
    """The datagram in fragments of random lengths, each a multiple of 8 but the last."""
    edges = sorted({0, key.size, *draw(st.lists(st.integers(0, (key.size - 1) // 8).map(lambda unit: 8 * unit)))})
    return [(key, start, datagram[start:end]) for start, end in pairwise(edges)]


@st.composite
def traffic(draw: st.DrawFn) -> tuple[dict[DatagramKey, bytes], list[Fragment]]:
    """Datagrams, and all their fragments once or more often, in any order."""
    sent = draw(datagrams())
    fragments = [fragment for key, datagram in sent.items() for fragment in draw(cut(key, datagram))]
    repeated = draw(st.lists(st.sampled_from(fragments), max_size=10)) if fragments else []
    return sent, draw(st.permutations(fragments + repeated))


@given(traffic())
def test_any_order_and_repetition_delivers_each_datagram_exactly_once(
    given_traffic: tuple[dict[DatagramKey, bytes], list[Fragment]],
) -> None:
    sent, fragments = given_traffic
    reassembler = Reassembler(RFC6282)
    outcomes = [reassembler.add(now, *fragment) for now, fragment in enumerate(fragments)]
    assert all(len(outcome) == 1 for outcome in outcomes)
    delivered = [outcome for (outcome,) in outcomes if isinstance(outcome, Complete)]
    assert {outcome.key: outcome.datagram for outcome in delivered} == sent
    assert len(delivered) == len(sent)
    assert all(outcome.timeline.missing == () for outcome in delivered)
    assert (reassembler.pending, reassembler.octets, reassembler.dropped.total()) == (0, 0, 0)


class Hostile(RuleBasedStateMachine):
    """Whatever comes: no bound is exceeded, and every fragment is delivered, pending, a duplicate, or counted."""

    LIMITS = replace(
        P6LOWPAN,
        datagram_octets=64,
        reassembly_buffers=3,
        reassembly_octets=72,
        reassembly_timeout_us=50,
        reassembly_duplicates=2,
        completed_datagrams=2,
        completed_datagram_us=20,
    )

    def __init__(self) -> None:
        super().__init__()
        self.reassembler = Reassembler(self.LIMITS)
        self.now = 0
        self.sent = 0
        self.lost = 0
        self.kept: dict[DatagramKey, int] = {}

    def account(self, outcomes: tuple[Outcome, ...]) -> None:
        """Follow the outcomes as a caller would who knows nothing else."""
        for outcome in outcomes:
            match outcome:
                case DatagramDropped():
                    self.lost += outcome.fragments
                    assert outcome.timeline.fragments == self.kept.pop(outcome.key, 0)
                case Complete():
                    assert outcome.timeline.fragments == self.kept.pop(outcome.key, 0) + 1
                    assert len(outcome.datagram) == outcome.key.size
                case Pending():
                    self.kept[outcome.key] = outcome.timeline.fragments
                    assert outcome.timeline.missing
                case Duplicate():
                    assert outcome.completed or outcome.timeline.fragments == self.kept[outcome.key]

    @rule(
        key=st.builds(
            DatagramKey, st.sampled_from(NODES), st.just(NODES[0]), st.sampled_from([0, 8, 20, 48, 65]), st.just(1)
        ),
        unit=st.integers(0, 8),
        octets=st.sampled_from([bytes(8), bytes(16), b"\x01" * 8, bytes(4), bytes(9), b"", bytes(20)]),
        later=st.integers(0, 10),
    )
    def fragment(self, key: DatagramKey, unit: int, octets: bytes, later: int) -> None:
        self.now += later
        self.sent += 1
        self.account(self.reassembler.add(self.now, key, 8 * unit, octets))

    @rule(later=st.integers(0, 60))
    def time_passes(self, later: int) -> None:
        self.now += later
        self.account(self.reassembler.expire(self.now))

    @invariant()
    def no_bound_is_exceeded(self) -> None:
        buffers = self.reassembler.buffers
        assert len(buffers) <= self.LIMITS.reassembly_buffers
        for node in NODES:
            assert sum(buffer.key.source == node for buffer in buffers) <= self.LIMITS.reassembly_buffers_per_neighbor
        assert self.reassembler.octets == sum(buffer.timeline.octets for buffer in buffers)
        assert self.reassembler.octets <= self.LIMITS.reassembly_octets
        assert all(len(buffer.timeline.arrivals) <= buffer.timeline.fragments + 2 for buffer in buffers)
        assert self.reassembler.deadline is None or self.reassembler.deadline > self.now

    @invariant()
    def every_fragment_is_accounted_for(self) -> None:
        reassembler = self.reassembler
        assert reassembler.received == self.sent
        assert reassembler.dropped.total() == self.lost
        assert reassembler.pending == sum(self.kept.values())
        assert self.sent == reassembler.delivered + reassembler.duplicates + reassembler.pending + self.lost


TestHostile = Hostile.TestCase
TestHostile.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def requests() -> Iterator[tuple[str, list[bytes], list[str]]]:
    """Every request whose frames are all fragments, and whose first fragment is an uncompressed packet."""
    for line in VECTORS.read_text().splitlines():
        request = json.loads(line)
        frames = [bytes.fromhex(frame) for frame in request["frames"]]
        fragmented = all(len(frame) > 5 and frame[0] >> 3 in (0b11000, 0b11100) for frame in frames)
        if fragmented and any(frame[0] >> 3 == 0b11000 and frame[4] == 0x41 for frame in frames):
            yield request["id"], frames, request["expect"]


UNCOMPRESSED = list(requests())


@pytest.mark.parametrize(
    ("frames", "expected"), [case[1:] for case in UNCOMPRESSED], ids=[case[0] for case in UNCOMPRESSED]
)
def test_the_corpus_comes_out_as_it_says(frames: list[bytes], expected: list[str]) -> None:
    reassembler = Reassembler(P6LOWPAN)
    delivered = []
    for now, frame in enumerate(frames):
        size, tag = int.from_bytes(frame[:2], "big") & 0x7FF, int.from_bytes(frame[2:4], "big")
        offset = 0 if frame[0] >> 3 == 0b11000 else 8 * frame[4]
        outcome = reassembler.add(now, DatagramKey(NODES[0], NODES[1], size, tag), offset, frame[5:])[-1]
        if isinstance(outcome, Complete):
            delivered.append(outcome.datagram.hex())
    assert delivered == expected
    assert reassembler.pending == 0 or not expected


def test_the_corpus_has_every_kind_of_fragmented_request() -> None:
    names = {case[0] for case in UNCOMPRESSED}
    assert {"frag/plain/1280/shuffled", "frag/plain/576/dup", "bad/fragn-past-end", "bad/frag-size0"} <= names
