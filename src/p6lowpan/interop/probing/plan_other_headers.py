"""Probes of what other RFCs put in front of a compressed packet: 6LoRH (RFC 8138), recoverable fragments (RFC 8931).

A routing header that ends at the neighbour is consumed by it, and what is behind it is answered; whether the neighbour
would forward along a route cannot be asked of it alone. Recoverable fragments are acknowledged, and their packet is
answered: either shows that they are understood.
"""

from collections.abc import Callable, Iterator

from p6lowpan.capability.features import Feature
from p6lowpan.interop.probing.plan_addresses import PREFIX_BITS, modes, plain_echo
from p6lowpan.interop.probing.plan_frames import in_front_of
from p6lowpan.interop.probing.probe import SHORT_OCTETS, Ask, Frames, OutFrame, Probe, Send, as_known
from p6lowpan.interop.probing.questions import HOP_LIMIT, NUMBERS_OF_A_TRY, Question, echo
from p6lowpan.interop.probing.scene import Scene, under
from p6lowpan.wire.sixlowpan.paging import ROUTING_PAGE, PageSwitch
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment
from p6lowpan.wire.sixlowpan.routing_header import (
    ElectiveRoutingHeader,
    Hop16,
    IpInIp,
    SourceRoute,
    rpl_information,
)

FULL = 4
"""The type of a source route whose addresses are whole."""
NOT_ASSIGNED = 31
INSTANCE, RANK = 0, 256
IPV6_OCTETS = 40
TAGS = 1 << 8
PAGE = PageSwitch(page=ROUTING_PAGE).encode()


def probes() -> Iterator[Probe]:
    """All of them."""
    yield from _routing_headers()
    yield from _recoverable_fragments()


# --- RFC 8138 ---------------------------------------------------------------------------------------------------------


def _elective(_scene: Scene) -> bytes:
    """Section 4.1: it "may be ignored and skipped in parsing"; its type is not assigned."""
    return PAGE + ElectiveRoutingHeader(type=NOT_ASSIGNED, contents=bytes(2)).encode()


def _information(_scene: Scene) -> bytes:
    return PAGE + rpl_information(INSTANCE, RANK).encode()


def _route(scene: Scene) -> SourceRoute:
    return SourceRoute(type=FULL, hops=(Hop16(address=bytes(scene.destination)),))


def _routed(scene: Scene) -> bytes:
    """Section 5.6: the neighbour is the segment endpoint, pops its address, and no route is left."""
    return PAGE + _route(scene).encode()


def _encapsulated(scene: Scene) -> bytes:
    """Section 7: an outer header from us to the neighbour, which is the end of it."""
    outer = IpInIp(hop_limit=HOP_LIMIT, encapsulator=bytes(scene.source))
    return PAGE + _route(scene).encode() + outer.encode()


def _within(scene: Scene, number: int) -> tuple[Question, ...]:
    """Between addresses of a wider scope: what was in a tunnel is let out."""
    prefix = next((one for one in scene.contexts.values() if one.length == PREFIX_BITS), None)
    if prefix is None:
        return ()
    ends = under(prefix, scene.ours), under(prefix, scene.theirs)
    return (echo(scene, number, kind="an echo under a context", source=ends[0], destination=ends[1]),)


def _routing_headers() -> Iterator[Probe]:
    rows: tuple[tuple[str, str, Ask, Callable[[Scene], bytes]], ...] = (
        ("elective", "an elective 6LoRH of a type that is not assigned, to be skipped", plain_echo, _elective),
        ("information", "an RPI-6LoRH, upwards in RPL instance 0", plain_echo, _information),
        ("source", "an SRH-6LoRH that ends at the neighbour", plain_echo, _routed),
        ("encapsulated", "the same, and an IP-in-IP-6LoRH from us", _within, _encapsulated),
    )
    for name, about, ask, make in rows:
        yield Probe(f"route/{name}", about, ask, in_front_of(make, modes()), frozenset({Feature.ROUTING_HEADER}))


# --- RFC 8931 ---------------------------------------------------------------------------------------------------------


def _recoverable(octets: int) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        return (echo(scene, number, data=octets - IPV6_OCTETS - 8, tag=number // NUMBERS_OF_A_TRY % TAGS),)

    return ask


def _cut(count: int) -> Send:
    """Into ``count`` fragments of the compressed packet; the last one asks for an acknowledgment (section 5.1)."""

    def send(scene: Scene, questions: tuple[Question, ...], _number: int) -> Frames:
        packet = questions[0].packet
        written = as_known(scene, packet, scene.link)
        whole = written.octets + packet[written.covers :]
        step = -(-len(whole) // count)
        return tuple(
            OutFrame(scene.link, _fragment(questions[0].tag, sequence, whole, sequence * step, step) + piece)
            for sequence, piece in enumerate(whole[at : at + step] for at in range(0, len(whole), step))
        )

    return send


def _fragment(tag: int | None, sequence: int, whole: bytes, offset: int, step: int) -> bytes:
    size = min(step, len(whole) - offset)
    return RecoverableFragment(
        datagram_tag=tag or 0,
        ack_request=int(offset + size == len(whole)),
        sequence=sequence,
        fragment_size=size,
        datagram_size=None if sequence else len(whole),
        fragment_offset=offset if sequence else None,
    ).encode()


def _recoverable_fragments() -> Iterator[Probe]:
    feature = frozenset({Feature.RECOVERABLE_FRAGMENT})
    about = "a whole packet in one recoverable fragment"
    yield Probe("recoverable/one", about, _recoverable(IPV6_OCTETS + 16), _cut(1), feature)
    about = "a packet in three recoverable fragments"
    yield Probe("recoverable/three", about, _recoverable(SHORT_OCTETS), _cut(3), feature)
