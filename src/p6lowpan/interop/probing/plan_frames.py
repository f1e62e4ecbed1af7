"""Probes of what stands in front of a packet: fragments in every order, mesh headers, pages, what is deprecated."""

from collections.abc import Callable, Iterator, Sequence

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance.fragments import Piece, pieces_of
from p6lowpan.interop.probing.plan_addresses import modes, plain_echo
from p6lowpan.interop.probing.probe import (
    ROOM,
    Ask,
    Form,
    Frames,
    OutFrame,
    Probe,
    Send,
    as_known,
    in_form,
    least,
    packet_in,
    pieces,
    plain,
)
from p6lowpan.interop.probing.questions import Question, closed_port, echo
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.wire.address import ALL_NODES, BROADCAST, Link
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, mesh_header
from p6lowpan.wire.sixlowpan.paging import PageSwitch

Arrange = Callable[[Sequence[OutFrame]], Sequence[OutFrame]]
FRAGMENTED_OCTETS = 300
HC1, UNCOMPRESSED_NEXT_HEADER, HC1_UDP_AND_HC2 = 0x42, 0b00001000, 0b00001011
"""RFC 4944 section 10.1: both addresses in line, traffic class and flow label zero; HC_UDP behind where UDP follows."""


def in_size(octets: int, count: int = 1) -> Ask:
    """``count`` echo requests in packets of so many octets."""

    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        kind = "an echo request" if octets <= ROOM else "an echo request in fragments"
        return tuple(echo(scene, number + each, kind=kind, data=octets - 48) for each in range(count))

    return ask


def base() -> Iterator[Probe]:
    """What comes before everything else: is it there, and in which form does it understand anything?"""
    feature = Feature.UNCOMPRESSED_IPV6
    yield Probe("base/plain", "dispatch 0x41", plain_echo, in_form(plain), frozenset({feature}))
    about = "LOWPAN_IPHC, everything in line that can be"
    subjects = frozenset({Feature.IPHC, Feature.STATELESS_UNICAST})
    yield Probe("base/iphc", about, plain_echo, in_form(least), subjects)


def fragmentation() -> Iterator[Probe]:
    """In order, behind both forms: one that is understood is enough."""
    for name, form in (("iphc", least), ("plain", plain)):
        about = f"fragments in order, the first {'compressed' if name == 'iphc' else 'behind 0x41'}"
        subjects = frozenset({Feature.FRAGMENTATION})
        ask = in_size(FRAGMENTED_OCTETS)
        yield Probe(f"fragment/{name}", about, ask, in_form(form), subjects, suffices=True)


# --- orders -----------------------------------------------------------------------------------------------------------


def arranged(arrange: Arrange, form: Form = as_known) -> Send:
    """Fragments, in another order or number than they should be."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        frames = packet_in(scene, questions[0].packet, form, number)
        return tuple(arrange(frames))

    return send


def _first_last(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return (*frames[1:], frames[0])


def _swapped(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return (frames[0], frames[2], frames[1], *frames[3:])


def _reversed(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return frames[::-1]


def _twice(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return [one for frame in frames[:-1] for one in (frame, frame)] + [frames[-1]]


def orders() -> Iterator[Probe]:
    """Each order is a bound of its own."""
    ask = in_size(FRAGMENTED_OCTETS)
    for name, about, arrange in (
        ("swapped", "two subsequent fragments change places", _swapped),
        ("first-last", "the first fragment comes last", _first_last),
        ("reversed", "all fragments in reverse", _reversed),
        ("repeated", "every fragment but the last comes twice", _twice),
    ):
        yield Probe(f"order/{name}", about, ask, arranged(arrange), ladder=f"fragments {name}", rung=1)


def several(count: int) -> Send:
    """The first fragments of all packets, then the second ones, and so on."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        rows = [packet_in(scene, one.packet, as_known, number + each) for each, one in enumerate(questions[:count])]
        return tuple(frame for column in zip(*rows, strict=True) for frame in column)

    return send


def pausing(pause_us: int) -> Send:
    """A pause behind the first fragment."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        packet = questions[0].packet
        cuts: list[Piece] = pieces_of(len(packet))
        first, second, *rest = pieces(scene, packet, as_known, number, cuts)
        return (first, OutFrame(second.link, second.payload, pause_us), *rest)

    return send


# --- the mesh, pages, what is deprecated ------------------------------------------------------------------------------


def _in_front(make: Callable[[Scene], bytes], form: Form = as_known, everybody: bool = False) -> Send:
    def send(scene: Scene, questions: tuple[Question, ...], _number: int) -> Frames:
        packet = questions[0].packet
        link = Link(scene.ours, BROADCAST) if everybody else scene.link
        written = form(scene, packet, link)
        return (OutFrame(link, make(scene) + written.octets + packet[written.covers :]),)

    return send


def _hops(hops: int) -> Callable[[Scene], bytes]:
    return lambda scene: mesh_header(scene.ours, scene.theirs, hops).encode()


def _broadcast(scene: Scene) -> bytes:
    return mesh_header(scene.ours, BROADCAST, 1).encode() + BroadcastHeader(sequence_number=scene.ours[-1]).encode()


def _to_all(scene: Scene, number: int) -> tuple[Question, ...]:
    return (echo(scene, number, kind="an echo to all nodes", destination=ALL_NODES),)


def _any_port(scene: Scene, number: int) -> tuple[Question, ...]:
    return (closed_port(scene, number),)


def _deprecated(encodings: bytes) -> Send:
    """LOWPAN_HC1 with both addresses in line (RFC 4944 sections 10.1, 10.3.1)."""

    def send(scene: Scene, questions: tuple[Question, ...], _number: int) -> Frames:
        packet = questions[0].packet
        inline = packet[7:8] + packet[8:40] + (b"" if len(encodings) > 1 else packet[6:7])
        return (OutFrame(scene.link, bytes((HC1,)) + encodings + inline + packet[40:]),)

    return send


def in_front() -> Iterator[Probe]:
    """Headers in front of the packet, and forms that RFC 6282 has replaced."""
    mesh = frozenset({Feature.MESH_HEADER})
    yield Probe("mesh/one-hop", "a mesh header with one hop left", plain_echo, _in_front(_hops(1)), mesh)
    deep = frozenset({Feature.MESH_DEEP_HOPS})
    yield Probe("mesh/deep", "hops left in an octet of its own", plain_echo, _in_front(_hops(20)), deep)
    broadcast = frozenset({Feature.BROADCAST_HEADER})
    send = _in_front(_broadcast, everybody=True)
    yield Probe("mesh/broadcast", "LOWPAN_BC0 behind a mesh header to everybody", _to_all, send, broadcast)
    page = PageSwitch(page=1).encode()
    paging = frozenset({Feature.PAGING})
    about = "LOWPAN_IPHC in page 1"
    yield Probe("page/1", about, plain_echo, _in_front(lambda _scene: page, modes()), paging)
    hc1 = _deprecated(bytes((UNCOMPRESSED_NEXT_HEADER,)))
    yield Probe("hc1/icmpv6", "LOWPAN_HC1, addresses in line", plain_echo, hc1, frozenset({Feature.HC1}))
    hc2 = _deprecated(bytes((HC1_UDP_AND_HC2, 0)))
    yield Probe("hc1/udp", "HC_UDP behind LOWPAN_HC1", _any_port, hc2, frozenset({Feature.HC2}))
