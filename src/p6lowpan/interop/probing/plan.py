"""The plan: every probe, in an order in which what one needs has been asked before.

Bounds are ladders: the same question with a growing measure, until it is not answered. What a bound may cost is said by
:class:`Reach`: a neighbour on a radio is not asked to wait a minute unless somebody wants to know.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.interop.conformance import extensions, writer
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.interop.probing import plan_addresses, plan_frames, plan_headers
from p6lowpan.interop.probing.plan_addresses import plain_echo
from p6lowpan.interop.probing.probe import AS_KNOWN, Ask, Form, Probe, in_form
from p6lowpan.interop.probing.questions import Question, echo, router_solicitation
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.wire.address import Link, link_local
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE

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
    """All probes."""
    return (
        *plan_frames.base(),
        Probe("polite/routers", "a router solicitation: routers say their level", _solicit, AS_KNOWN, optional=True),
        *plan_frames.fragmentation(),
        *plan_addresses.probes(),
        *plan_headers.probes(),
        *plan_frames.in_front(),
        *_bounds(reach),
        *plan_frames.orders(),
    )


def _solicit(scene: Scene, _number: int) -> tuple[Question, ...]:
    return (router_solicitation(scene),)


def _bounds(reach: Reach) -> Iterator[Probe]:
    for octets in (one for one in SIZES if one <= reach.octets):
        about = f"a datagram of {octets} octets, there and back"
        yield Probe(f"size/{octets}", about, plan_frames.in_size(octets), AS_KNOWN, ladder=DATAGRAM, rung=octets)
    for growth, count in ((37, 0), (43, 1), (49, 2), (55, 3)):
        about = f"headers that grow by {growth} octets"
        yield Probe(f"growth/{growth}", about, _chain(count), in_form(_grown(count)), ladder=GROWTH, rung=growth)
    for count in (one for one in PARALLEL if one <= reach.parallel):
        about = f"{count} datagrams at once, fragment by fragment"
        ask = plan_frames.in_size(plan_frames.FRAGMENTED_OCTETS, count)
        yield Probe(f"parallel/{count}", about, ask, plan_frames.several(count), ladder=REASSEMBLIES, rung=count)
    for seconds in (one for one in WAITS_S if one <= reach.wait_s):
        about = f"{seconds:g} s between the first fragment and the others"
        ask = plan_frames.in_size(plan_frames.FRAGMENTED_OCTETS)
        send = plan_frames.pausing(int(seconds * SECOND_US))
        yield Probe(f"wait/{seconds:g}", about, ask, send, ladder=WAIT, rung=seconds)


# --- growth -----------------------------------------------------------------------------------------------------------

PADDED = (Protocol.HOP_BY_HOP_OPTIONS, Protocol.DESTINATION_OPTIONS, Protocol.ROUTING, Protocol.DESTINATION_OPTIONS)
PADDING = 6
AT = 40


def _headers(count: int) -> tuple[Protocol, ...]:
    """So many options headers that can be left out all but two octets; the last of three is behind a Routing header, as
    RFC 8200 section 4.1 has it."""
    return PADDED[:count] if count < 3 else PADDED


def _chain(count: int) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        if scene.destination != link_local(scene.theirs):
            return ()
        parts = [
            extensions.routing_header(1)
            if protocol == Protocol.ROUTING
            else extensions.options_header(protocol, 1, PADDING)
            for protocol in _headers(count)
        ]
        if not parts:
            return plain_echo(scene, number)
        return (echo(scene, number, *parts, kind=f"an echo behind {len(parts)} extension headers"),)

    return ask


def _grown(count: int) -> Form:
    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        headers = _headers(count)
        rows = SOURCE[0b011], DESTINATION[0b0011]
        written, at = writer.iphc(packet, link, *rows, tf=3, nh=int(bool(headers)), hlim=2), AT
        for place, protocol in enumerate(headers, 1):
            padding = 0 if protocol == Protocol.ROUTING else PADDING
            written += writer.extension(packet, at, protocol, nh=int(place < len(headers)), padding=padding)
            at += 8
        return written

    return form
