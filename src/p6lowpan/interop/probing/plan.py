"""The plan: every probe, in an order in which what one needs has been asked before.

Bounds are ladders: the same question with a growing measure, until it is not answered. What a bound may cost is said by
:class:`Reach`: a neighbour on a radio is not asked to wait a minute unless somebody wants to know.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.interop.probing import plan_addresses, plan_fragments, plan_frames, plan_headers, plan_other_headers
from p6lowpan.interop.probing.probe import AS_KNOWN, Ask, Probe, in_form
from p6lowpan.interop.probing.questions import Question, router_solicitation
from p6lowpan.interop.probing.scene import Scene

SECOND_US = 1_000_000
SIZES = (160, 256, 384, 512, 640, 768, 1024, 1152, 1280, 1281, 1500, 2047)
PARALLEL = (2, 3, 4, 5, 6, 8, 12, 16)
WAITS_S = (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 45, 58, 65, 90)
DATAGRAM, REASSEMBLIES, WAIT, GROWTH = "datagram octets", "parallel reassemblies", "reassembly seconds", "header growth"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far bounds are tried: datagrams of so many octets, pauses of so many seconds, so many datagrams at once."""

    octets: int = 2047
    wait_s: float = 5.0
    parallel: int = 16


def plan(reach: Reach) -> tuple[Probe, ...]:
    """All probes. What takes a neighbour's room for fragments comes early: others are asked while it is taken."""
    return (
        *plan_frames.base(),
        Probe("polite/routers", "a router solicitation: routers say their level", _solicit, AS_KNOWN, optional=True),
        *plan_fragments.fragmentation(),
        *_at_once(reach),
        *_sizes(reach),
        *plan_fragments.measures(),
        *plan_addresses.probes(),
        *plan_headers.probes(),
        *plan_frames.in_front(),
        *plan_other_headers.probes(),
        *_growth(),
        *plan_fragments.first_fragments(),
        *_pauses(reach),
        *plan_fragments.orders(),
    )


def _solicit(scene: Scene, _number: int) -> tuple[Question, ...]:
    return (router_solicitation(scene),)


def _sizes(reach: Reach) -> Iterator[Probe]:
    for octets in (one for one in SIZES if one <= reach.octets):
        about = f"a datagram of {octets} octets, there and back"
        yield Probe(f"size/{octets}", about, _in_size(octets), AS_KNOWN, ladder=DATAGRAM, rung=octets, fills=True)


def _at_once(reach: Reach) -> Iterator[Probe]:
    for count in (one for one in PARALLEL if one <= reach.parallel):
        about = f"{count} datagrams at once, fragment by fragment"
        ask, send = plan_fragments.at_once(count), plan_fragments.several(count)
        yield Probe(f"parallel/{count}", about, ask, send, ladder=REASSEMBLIES, rung=count, fills=True)


def _pauses(reach: Reach) -> Iterator[Probe]:
    for seconds in (one for one in WAITS_S if one <= reach.wait_s):
        about = f"{seconds:g} s between the first fragment and the others"
        ask, send = plan_fragments.at_once(1), plan_fragments.pausing(int(seconds * SECOND_US))
        yield Probe(f"wait/{seconds:g}", about, ask, send, ladder=WAIT, rung=seconds, staggers=True)


def _growth() -> Iterator[Probe]:
    for growth, count in plan_fragments.GROWTH:
        about = f"headers that grow by {growth} octets"
        ask, send = plan_fragments.chain(count), in_form(plan_fragments.grown(count))
        yield Probe(f"growth/{growth}", about, ask, send, ladder=GROWTH, rung=growth)


def _in_size(octets: int) -> Ask:
    return lambda scene, number: plan_fragments.echoes(scene, number, octets)
