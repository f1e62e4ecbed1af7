"""In front of packets by other RFCs: routing headers, recoverable fragments, and ESC, which nobody answers."""

import json
from dataclasses import dataclass, field

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import RFC6282, of_level
from p6lowpan.interop.probing import simulated, words
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.prober import Prober
from p6lowpan.interop.probing.record import profile_record
from p6lowpan.interop.probing.results import Outcome
from p6lowpan.interop.profiles import by_name
from p6lowpan.machines.adaptation.layer import Outgoing
from p6lowpan.simulator.links import PERFECT, LinkQuality
from p6lowpan.simulator.world import World
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    NULL_BITMAP,
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
    bitmap_of,
)

REACH = Reach(octets=160, wait_s=0, parallel=1)
RECOVERABLE = ("recoverable/one", "recoverable/three")


def probed(node, quality=PERFECT):
    world = World(1)
    prober = Prober(simulated.OUR_LINK, simulated.SCENE, plan(REACH))
    world.connect(world.add(prober, starts_at_us=simulated.START_US), world.add(node), quality)
    while not prober.is_done:
        assert world.step()
    return prober


@dataclass
class Gathered:
    size: int | None = None
    pieces: dict[int, bytes] = field(default_factory=dict)
    sequences: set[int] = field(default_factory=set)


class Recovering:
    """The receiving end of RFC 8931 in front of a node's adaptation layer: fragments are gathered by sender and tag,
    acknowledged where that is asked for, and handed on when they are whole."""

    def __init__(self, adaptation, bitmap=None, answers=True):
        self.inside = adaptation
        self.gathered = {}
        self.bitmap = bitmap
        self.answers = answers

    def __getattr__(self, name):
        return getattr(self.inside, name)

    def received(self, now, payload, link, secured):
        if payload[0] >> 1 != 0b1110100:
            return self.inside.received(now, payload, link, secured)
        header, piece = RecoverableFragment.decode(payload)
        assert header.fragment_size == len(piece)
        datagram = self.gathered.setdefault((link.source, header.datagram_tag), Gathered())
        datagram.sequences.add(header.sequence)
        datagram.pieces[header.fragment_offset or 0] = piece
        datagram.size = header.datagram_size or datagram.size
        octets = b"".join(datagram.pieces[at] for at in sorted(datagram.pieces))
        is_whole = len(octets) == datagram.size
        outputs = ()
        if header.ack_request:
            bitmap = FULL_BITMAP if is_whole else bitmap_of(datagram.sequences)
            bitmap = bitmap if self.bitmap is None else self.bitmap
            answer = RecoverableFragmentAcknowledgment(datagram_tag=header.datagram_tag, bitmap=bitmap).encode()
            outputs = (Outgoing(link.destination, link.source, answer, 0),)
        if is_whole and self.answers:
            outputs += tuple(self.inside.received(now, octets, link, secured))
        return outputs


def recovering(level=1, **options):
    node = simulated.neighbour(of_level(level))
    node.adaptation = Recovering(node.adaptation, **options)
    return node


def test_a_node_that_reads_routing_headers_is_found_out_by_each_of_their_kinds():
    found = probed(simulated.neighbour(RFC6282)).findings
    one = found.features[Feature.ROUTING_HEADER]
    assert (one.verdict, one.partly) == (Verdict.YES, False)
    assert {result.name for result in one.results} == {
        "route/elective",
        "route/information",
        "route/source",
        "route/encapsulated",
    }
    assert Feature.ROUTING_HEADER in found.receives


def test_a_stack_that_knows_pages_and_no_routing_headers_is_silent():
    found = probed(simulated.neighbour(by_name("contiki-ng"))).findings
    assert found.features[Feature.PAGING].verdict is Verdict.YES
    one = found.features[Feature.ROUTING_HEADER]
    assert (one.verdict, one.was_refused) == (Verdict.NO, True)
    assert {result.outcome for result in one.results} == {Outcome.SILENT}


def test_without_pages_there_are_no_routing_headers():
    one = probed(simulated.neighbour(of_level(6))).findings.features[Feature.ROUTING_HEADER]
    assert (one.verdict, {result.outcome for result in one.results}) == (Verdict.NO, {Outcome.LACKING})


@pytest.mark.parametrize("quality", [PERFECT, LinkQuality(loss=0.2)], ids=["whole", "lossy"])
def test_who_puts_recoverable_fragments_together_is_known_by_its_acknowledgments(quality):
    prober = probed(recovering(answers=False), quality)
    assert prober.findings.features[Feature.RECOVERABLE_FRAGMENT].verdict is Verdict.YES
    for name in RECOVERABLE:
        assert prober.results.of[name].why == "an RFRAG acknowledgment of all fragments"
    assert Feature.RECOVERABLE_FRAGMENT in prober.findings.sends


def test_the_answer_to_the_packet_is_evidence_without_any_acknowledgment():
    prober = probed(recovering(bitmap=NULL_BITMAP))
    assert prober.findings.features[Feature.RECOVERABLE_FRAGMENT].verdict is Verdict.YES
    assert prober.results.of["recoverable/three"].why.startswith("an echo reply")


def test_an_acknowledgment_that_gives_the_datagram_up_is_no_yes():
    prober = probed(recovering(bitmap=NULL_BITMAP, answers=False))
    assert prober.findings.features[Feature.RECOVERABLE_FRAGMENT].verdict is Verdict.NO
    assert all(prober.results.of[name].came for name in RECOVERABLE)


@pytest.mark.parametrize("name", ["linux", "riot"])
def test_who_does_not_know_recoverable_fragments_is_silent(name):
    found = probed(simulated.neighbour(by_name(name))).findings
    assert found.features[Feature.RECOVERABLE_FRAGMENT].verdict is Verdict.NO


def test_what_cannot_be_seen_is_said_with_its_reason_everywhere():
    prober = probed(simulated.neighbour(of_level(0)))
    found = prober.findings
    assert found.having(Verdict.HIDDEN) == {Feature.ESCAPE}
    row = next(row for row in words.rows(found) if row[0] == "escape")
    assert row[3] == "cannot be seen from outside"
    assert "RFC 8066 section 3.1" in row[5]
    assert row[5] in "\n".join(words.explained(found, Feature.ESCAPE))
    record = json.loads(json.dumps(words.record(found, prober.plan, "it")))
    escape = next(one for one in record["features"] if one["name"] == "escape")
    assert (escape["receives"], escape["why"]) == (row[3], row[5])
    assert profile_record(found, "it")["hidden"] == ["escape"]
