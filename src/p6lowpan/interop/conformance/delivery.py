"""Headers for delivery below IP: mesh addressing with every form of addresses and hops left, and LOWPAN_BC0."""

from collections.abc import Iterator
from dataclasses import replace

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance import fragments, packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.packets import LINKS, LONG
from p6lowpan.wire.address import BROADCAST, Link, LinkAddress
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION
from p6lowpan.wire.sixlowpan.mesh import DEEP, BroadcastHeader, mesh_header

MESH, BROADCASTING = "RFC 4944 5.2", "RFC 4944 11.1"
ORIGINATORS = {
    8: LinkAddress(bytes.fromhex("00124b0014b5d9aa")),
    2: LinkAddress(bytes.fromhex("5c6d")),
}
HOPS = (*range(DEEP + 2), 127, 255)


def cases() -> Iterator[Case]:
    """Everything about delivery."""
    for bits, link in LINKS.items():
        yield _meshed(f"mesh/address/{bits}", f"originator and final destination of {bits} bits", link, 3)
    for hops in HOPS:
        form = "an octet of its own" if hops >= DEEP else "four bits"
        yield _meshed(f"mesh/hops/{hops}", f"{hops} hops left, in {form}", LONG, hops)
    yield from _meshed_fragments()
    yield from _broadcasts()


def _ends(link: Link) -> Link:
    """Originator and final destination: the originator is not the neighbour that the frame comes from."""
    return Link(ORIGINATORS[len(link.source)], link.destination)


def _in_front(case: Case, octets: bytes, features: set[Feature], link: Link, name: str, about: str) -> Case:
    """The same case behind other headers, from the neighbour ``link.source``."""
    return replace(
        case,
        name=name,
        about=about,
        link=link,
        frames=tuple(octets + frame for frame in case.frames),
        features=case.features | features,
        sends=False,
    )


def _meshed(name: str, about: str, link: Link, hops: int) -> Case:
    ends = _ends(link)
    packet = packets.packet(packets.link_local_of(ends.source), packets.link_local_of(ends.destination), packets.udp())
    case = writer.framed(name, about, MESH, ends, packet, writer.iphc(packet, ends))
    deep = {Feature.MESH_DEEP_HOPS} if hops >= DEEP else set()
    header = mesh_header(ends.source, ends.destination, hops).encode()
    return _in_front(case, header, {Feature.MESH_HEADER} | deep, link, name, about)


def _meshed_fragments() -> Iterator[Case]:
    """Every fragment has the mesh header: the reassembly goes by originator and final destination."""
    packet = fragments.datagram(300, seed=10)
    front = writer.WHOLE
    frames = fragments.cut(packet, fragments.pieces_of(300, 72), front)
    case = fragments.case("", "", packet, front, frames)
    header = mesh_header(_ends(LONG).source, LONG.destination, 5).encode()
    about = "fragments behind a mesh header, in order"
    meshed = _in_front(case, header, {Feature.MESH_HEADER}, LONG, "mesh/fragments/in-order", about)
    yield meshed
    about = "fragments behind a mesh header, from two neighbours on the way: hops left differ"
    deeper = mesh_header(_ends(LONG).source, LONG.destination, 3).encode()
    mixed = (*meshed.frames[:2], *(deeper + frame for frame in frames[2:]))
    yield replace(meshed, name="mesh/fragments/two-ways", about=about, frames=mixed)


def _broadcasts() -> Iterator[Case]:
    """LOWPAN_BC0, by itself and behind a mesh header that goes to everybody."""
    heard = Link(LONG.source, BROADCAST)
    packet = packets.packet(packets.link_local_of(LONG.source), packets.ALL_NODES, packets.udp())
    group = DESTINATION[0b1011]
    forms = {"plain": writer.WHOLE, "iphc": writer.iphc(packet, heard, destination=group)}
    for form, written in forms.items():
        case = writer.framed("", "", BROADCASTING, heard, packet, written)
        for number in (0, 1, 255):
            octets = BroadcastHeader(sequence_number=number).encode()
            name, about = f"broadcast/{form}/{number}", f"LOWPAN_BC0 with sequence number {number}"
            yield _in_front(case, octets, {Feature.BROADCAST_HEADER}, heard, name, about)
    ends = Link(ORIGINATORS[8], BROADCAST)
    packet = packets.packet(packets.link_local_of(ends.source), packets.ALL_NODES, packets.udp())
    case = writer.framed("", "", BROADCASTING, ends, packet, writer.iphc(packet, ends, destination=group))
    octets = mesh_header(ends.source, ends.destination, 4).encode() + BroadcastHeader(sequence_number=77).encode()
    about = "a mesh header to everybody, then LOWPAN_BC0"
    yield _in_front(case, octets, {Feature.MESH_HEADER, Feature.BROADCAST_HEADER}, heard, "broadcast/mesh", about)
