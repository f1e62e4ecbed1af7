"""Delivery below IP, RFC 4944 sections 5.2, 9 and 11: between the adaptation layer and the link.

Theory of operation. To IP the mesh is one link, whose ends are originator and final destination. A frame for somebody
who is no direct neighbour goes to the next hop behind a mesh header, in front of every fragment; one for many goes to
all behind a mesh header and LOWPAN_BC0. What comes in behind a mesh header is handed up without it, with the ends that
it names, so that addresses and datagrams are read as if the originator stood beside us; what is for others is sent on.

    for us                        handed up
    for many                      handed up and sent on, once each; a repetition is dropped under DUPLICATE
    for another                   sent on with one hop less, unless that leaves none: "The packet is not forwarded any
                                  further if Hops Left is decremented to zero" (section 5.2)
    of ours, come back            dropped

Repetitions are told apart by originator and sequence number (:class:`FloodMemory`), so each fragment has its own
sequence number. A flood is sent on after a random wait, because all who heard it would answer at the same moment; and
our own frames leave a gap between them, in which those before are sent on (:class:`PacedQueue`).

Levels. Who put a feature into a frame must hear that it is too much. The *originator* chose the compression, for the
level of the final destination, and the final destination complains to it, over the mesh. The *hop before* chose to
send a mesh header, and who reads none complains to the address that the frame came from (see
:func:`class_unsupported.previous_hop`). Two things follow, both ours. A next hop that is known to read no mesh header
gets none. And a final destination that reads none, a leaf below level 5, has its mesh end one hop before it, at the
*edge*: that hop tells the originator what the leaf can take, in the leaf's name (:meth:`MeshUnder.complained`), and
from then on hands what is for the leaf up to be read and sent anew over the last hop.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation.discovery import Levels
from p6lowpan.machines.adaptation.flood_memory import FloodMemory
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration, features_of_hops
from p6lowpan.machines.adaptation.paced_queue import PacedQueue
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import BROADCAST, Ipv6Address, Link, LinkAddress, format_link, group_address, is_group
from p6lowpan.wire.sixlowpan.dispatch import Dispatch, dispatch_of
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader, mesh_header

WHERE = "mesh-under"
BC0 = bytes((0b01010000,))
SEQUENCE_NUMBERS = 256


@value
class Hop:
    """One MAC payload for the link. ``packet``: the IPv6 packet of ours that it is of, nothing where it is somebody
    else's; ``datagram``: the number that its payloads share, 0 where it has none here."""

    source: LinkAddress
    destination: LinkAddress
    payload: bytes
    packet: bytes = b""
    datagram: int = 0


@value
class Inside:
    """A payload for the adaptation layer, and its ends: of the frame, or those that the mesh header named."""

    payload: bytes
    link: Link
    secured: bool


@value
class Abandon:
    """A frame of this datagram found no room: the others are of no use to anybody."""

    datagram: int


MeshOutput: TypeAlias = Hop | Inside | Abandon | Dropped


class _Frame(NamedTuple):
    """What came behind a mesh header. ``sequence_number``: of LOWPAN_BC0, where that follows."""

    link: Link
    hops: int
    sequence_number: int | None
    inside: bytes
    secured: bool

    @property
    def features(self) -> frozenset[Feature]:
        """What the headers ask of whoever reads them."""
        flooded = set() if self.sequence_number is None else {Feature.BROADCAST_HEADER}
        return features_of_hops(self.hops) | flooded


def _read(payload: bytes, secured: bool) -> _Frame | None:
    """Take the mesh header off; ``None`` where there is none that can be read."""
    try:
        if not payload or dispatch_of(payload[0]).dispatch is not Dispatch.MESH:
            return None
        header, inside = MeshHeader.decode(payload)
        link = Link(LinkAddress(header.originator), LinkAddress(header.final_destination))
        if not is_group(link.destination) or inside[:1] != BC0:
            return _Frame(link, header.hops, None, inside, secured)
        broadcast, inside = BroadcastHeader.decode(inside)
    except Malformed:
        return None
    return _Frame(link, header.hops, broadcast.sequence_number, inside, secured)


class MeshUnder:
    """One node's part in the mesh. ``addresses`` are ours, the EUI-64 first; ``room`` says how many octets of payload
    a frame between two addresses holds. Without a configuration nothing is sent on or behind a mesh header, and what
    comes behind one is handed up if it is for us."""

    def __init__(
        self,
        addresses: tuple[LinkAddress, ...],
        configuration: MeshConfiguration | None,
        levels: Levels,
        limits: Limits,
        chance: ChanceStream,
        room: Callable[[LinkAddress, LinkAddress], int],
    ) -> None:
        self.addresses = addresses
        self.configuration = configuration
        self.forwarded = self.flooded = self.complaints_forgotten = 0
        self.dropped: Counter[Reason] = Counter()
        self._levels = levels
        self._limits = limits
        self._chance = chance
        self._link_room = room
        self._memory = FloodMemory(limits)
        self._sequence_number = chance.below(SEQUENCE_NUMBERS) if configuration else 0
        self._queue: PacedQueue[Hop] = PacedQueue(limits.mesh_queue_frames)
        self._originators: BoundedTable[LinkAddress, LinkAddress] = BoundedTable(limits.discovery_neighbors)

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do."""
        return self._queue.deadline

    # --- what the adaptation layer asks ------------------------------------------------------------------------------

    def group(self, multicast: Ipv6Address) -> LinkAddress:
        """The link-layer address for a multicast packet: that of its group, which "MUST only be used in a mesh-enabled
        LoWPAN" (section 9); elsewhere everybody's."""
        return BROADCAST if self.configuration is None else group_address(multicast)

    def room(self, destination: LinkAddress, source: LinkAddress) -> int:
        """How many octets a payload from ``source`` to ``destination`` may have. Over the mesh, each hop has addresses
        of its own in its frames: room is left for the longest."""
        if not self._is_meshed(source, destination):
            return self._link_room(destination, source)
        longest = self.addresses[0]
        return self._link_room(BROADCAST if is_group(destination) else longest, longest) - len(
            self._headers(source, destination)
        )

    def features(self, destination: LinkAddress, source: LinkAddress) -> frozenset[Feature]:
        """What we add to a payload."""
        if self.configuration is None or not self._is_meshed(source, destination):
            return frozenset()
        flooded = {Feature.BROADCAST_HEADER} if is_group(destination) else set()
        return features_of_hops(self.configuration.hops_left) | flooded

    def send(
        self,
        now: int,
        source: LinkAddress,
        destination: LinkAddress,
        payload: bytes,
        packet: bytes = b"",
        datagram: int = 0,
    ) -> tuple[MeshOutput, ...]:
        """Send a payload. ``source`` is ours, or that of a leaf for which we answer."""
        if self.configuration is None or not self._is_meshed(source, destination):
            return (Hop(source, destination, payload, packet, datagram),)
        if is_group(destination):
            self._sequence_number = (self._sequence_number + 1) % SEQUENCE_NUMBERS
            whole = self._hop(BROADCAST, self._headers(source, destination) + payload, packet, datagram)
            return self._counted(*self._paced(now, whole, self._limits.flood_gap_us))
        whole = self._hop(destination, self._headers(source, destination) + payload, packet, datagram)
        sent = self._over(whole, self.configuration.next_hop(destination), self.configuration.hops_left)
        if isinstance(sent, Hop):
            return self._counted(*self._paced(now, sent, self._limits.mesh_gap_us))
        return self._counted(sent)

    def _hop(self, destination: LinkAddress, payload: bytes, packet: bytes = b"", datagram: int = 0) -> Hop:
        """From our EUI-64, whatever the originator's address: for that the room was left."""
        return Hop(self.addresses[0], destination, payload, packet, datagram)

    def _paced(self, now: int, hop: Hop, gap: int) -> tuple[Hop | Abandon | Dropped, ...]:
        """Leave the next hops time to send on what we sent before."""
        if not self._queue.put_behind(now, hop, gap):
            return (self._full(hop), Abandon(hop.datagram))
        return self._queue.take(now)

    @staticmethod
    def _full(hop: Hop) -> Dropped:
        return Dropped(Reason.QUEUE_FULL, WHERE, f"a frame to {format_link(hop.destination)}")

    def _is_meshed(self, source: LinkAddress, destination: LinkAddress) -> bool:
        if self.configuration is None:
            return False
        direct = not is_group(destination) and self.configuration.next_hop(destination) == destination
        return not direct or source not in self.addresses

    def _headers(self, source: LinkAddress, destination: LinkAddress) -> bytes:
        assert self.configuration is not None  # noqa: S101 - _is_meshed
        mesh = mesh_header(source, destination, self.configuration.hops_left).encode()
        if not is_group(destination):
            return mesh
        return mesh + BroadcastHeader(sequence_number=self._sequence_number).encode()

    def _over(self, hop: Hop, next_hop: LinkAddress | None, hops: int) -> Hop | Dropped:
        """Send what is for ``hop.destination`` to the next hop, if there is one and it reads mesh headers."""
        if next_hop is None:
            return Dropped(Reason.NO_ROUTE, WHERE, f"to {format_link(hop.destination)}")
        features = features_of_hops(hops)
        if not self._reads(next_hop, features):
            return Dropped(Reason.FEATURE_ABOVE_PROFILE, WHERE, f"{format_link(next_hop)} reads no mesh header")
        self._levels.relayed(next_hop, features)
        return self._hop(next_hop, hop.payload, hop.packet, hop.datagram)

    def _reads(self, neighbor: LinkAddress, features: frozenset[Feature]) -> bool:
        profile, _ = self._levels.known(neighbor)
        return profile is None or features <= profile.receives

    # --- what the link brings ----------------------------------------------------------------------------------------

    def received(self, now: int, payload: bytes, link: Link, secured: bool) -> tuple[MeshOutput, ...]:
        """Take one MAC payload. What we do not read as a mesh header goes up as it is, to be refused there."""
        frame = _read(payload, secured)
        if frame is None or not frame.features <= self._levels.own.receives:
            return (Inside(payload, link, secured),)
        originator, final_destination = frame.link.source, frame.link.destination
        ends = f"from {format_link(originator)} to {format_link(final_destination)}"
        if is_group(originator):
            return self._counted(Dropped(Reason.BAD_VALUE, WHERE, f"a frame {ends}"))
        if originator in self.addresses:
            return self._counted(Dropped(Reason.OWN_FRAME, WHERE, ends))
        if is_group(final_destination):
            return self._counted(*self._to_many(now, frame))
        if final_destination in self.addresses:
            return (Inside(frame.inside, frame.link, secured),)
        return self._counted(*self._to_another(frame, ends))

    def _to_many(self, now: int, frame: _Frame) -> tuple[MeshOutput, ...]:
        inside = Inside(frame.inside, frame.link, frame.secured)
        if frame.sequence_number is None:
            return (inside,)  # without LOWPAN_BC0 nobody could tell it from its repetitions
        flood = (frame.link.source, frame.sequence_number)
        if self._memory.knows(now, flood):
            return (Dropped(Reason.DUPLICATE, WHERE, f"flood {flood[1]} of {format_link(flood[0])}"),)
        return (inside, *self._memory.remember(now, flood), *self._flood(now, frame, frame.sequence_number))

    def _flood(self, now: int, frame: _Frame, sequence_number: int) -> tuple[Dropped, ...]:
        """Let a flood wait to be sent on."""
        if self.configuration is None or not self.configuration.floods:
            return ()
        if frame.hops <= 1:
            return (Dropped(Reason.HOPS_EXHAUSTED, WHERE, f"a flood of {format_link(frame.link.source)} ends here"),)
        mesh = mesh_header(frame.link.source, frame.link.destination, frame.hops - 1)
        headers = mesh.encode() + BroadcastHeader(sequence_number=sequence_number).encode()
        due = now + self._chance.below(self._limits.flood_jitter_us)
        hop = self._hop(BROADCAST, headers + frame.inside)
        if not self._queue.put(due, hop):
            return (self._full(hop),)
        self.flooded += 1
        return ()

    def _to_another(self, frame: _Frame, ends: str) -> tuple[MeshOutput, ...]:
        if self.configuration is None or not self.configuration.forwards:
            return (Dropped(Reason.NOT_A_FORWARDER, WHERE, ends),)
        if frame.hops <= 1:
            return (Dropped(Reason.HOPS_EXHAUSTED, WHERE, ends),)
        originator, final_destination = frame.link.source, frame.link.destination
        next_hop, hops = self.configuration.next_hop(final_destination), frame.hops - 1
        if next_hop == final_destination:
            if not self._reads(next_hop, features_of_hops(hops)):
                return (Inside(frame.inside, frame.link, frame.secured),)
            self._remember_originator(next_hop, originator)
        headers = mesh_header(originator, final_destination, hops).encode()
        sent = self._over(self._hop(final_destination, headers + frame.inside), next_hop, hops)
        self.forwarded += isinstance(sent, Hop)
        return (sent,)

    # --- the edge of the mesh ----------------------------------------------------------------------------------------

    def is_beyond_edge(self, destination: LinkAddress) -> bool:
        """Whether what was read here is for a leaf that reads no mesh header."""
        return not is_group(destination) and destination not in self.addresses

    def complained(self, neighbor: LinkAddress) -> LinkAddress | None:
        """``neighbor`` said what it can take. Whose frame brought that about, if it was somebody else's: it must
        hear of it, too."""
        return self._originators.remove(neighbor)

    def _remember_originator(self, final_destination: LinkAddress, originator: LinkAddress) -> None:
        if self._levels.known(final_destination)[0] is not None:
            return  # it is known to read mesh headers
        if self._originators.put(final_destination, originator) is not None:
            self.complaints_forgotten += 1

    # --- what is due -------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> tuple[MeshOutput, ...]:
        """Send what has waited long enough."""
        return self._queue.take(now)

    def _counted(self, *outputs: MeshOutput) -> tuple[MeshOutput, ...]:
        for output in outputs:
            if isinstance(output, Dropped):
                self.dropped[output.reason] += 1
        return outputs
