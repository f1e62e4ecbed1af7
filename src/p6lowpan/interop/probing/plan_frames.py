"""Probes of the plainest forms, and of what stands in front of a packet: mesh headers, pages, what is deprecated."""

from collections.abc import Callable, Iterator

from p6lowpan.capability.features import Feature
from p6lowpan.interop.probing.plan_addresses import modes, plain_echo
from p6lowpan.interop.probing.probe import Form, Frames, OutFrame, Probe, Send, as_known, in_form, least, plain
from p6lowpan.interop.probing.questions import Question, closed_port, echo
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.wire.address import ALL_NODES, BROADCAST, Link
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, mesh_header
from p6lowpan.wire.sixlowpan.paging import PageSwitch

HC1, UNCOMPRESSED_NEXT_HEADER, HC1_UDP_AND_HC2 = 0x42, 0b00001000, 0b00001011
"""RFC 4944 section 10.1: both addresses in line, traffic class and flow label zero; HC_UDP behind where UDP follows."""


def base() -> Iterator[Probe]:
    """What comes before everything else: is it there, and in which form does it understand anything?"""
    feature = Feature.UNCOMPRESSED_IPV6
    yield Probe("base/plain", "dispatch 0x41", plain_echo, in_form(plain), frozenset({feature}))
    about = "LOWPAN_IPHC, everything in line that can be"
    subjects = frozenset({Feature.IPHC, Feature.STATELESS_UNICAST})
    yield Probe("base/iphc", about, plain_echo, in_form(least), subjects)


# --- the mesh, pages, what is deprecated ------------------------------------------------------------------------------


def in_front_of(make: Callable[[Scene], bytes], form: Form = as_known, everybody: bool = False) -> Send:
    """A packet in one frame, ``make`` in front of it."""

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
    yield Probe("mesh/one-hop", "a mesh header with one hop left", plain_echo, in_front_of(_hops(1)), mesh)
    deep = frozenset({Feature.MESH_DEEP_HOPS})
    yield Probe("mesh/deep", "hops left in an octet of its own", plain_echo, in_front_of(_hops(20)), deep)
    broadcast = frozenset({Feature.BROADCAST_HEADER})
    send = in_front_of(_broadcast, everybody=True)
    yield Probe("mesh/broadcast", "LOWPAN_BC0 behind a mesh header to everybody", _to_all, send, broadcast)
    page = PageSwitch(page=1).encode()
    paging = frozenset({Feature.PAGING})
    about = "LOWPAN_IPHC in page 1"
    yield Probe("page/1", about, plain_echo, in_front_of(lambda _scene: page, modes()), paging)
    hc1 = _deprecated(bytes((UNCOMPRESSED_NEXT_HEADER,)))
    yield Probe("hc1/icmpv6", "LOWPAN_HC1, addresses in line", plain_echo, hc1, frozenset({Feature.HC1}))
    hc2 = _deprecated(bytes((HC1_UDP_AND_HC2, 0)))
    yield Probe("hc1/udp", "HC_UDP behind LOWPAN_HC1", _any_port, hc2, frozenset({Feature.HC2}))
