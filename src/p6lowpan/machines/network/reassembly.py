"""Packets that came in fragments of IPv6 (RFC 8200 section 4.5); those of 6LoWPAN are the adaptation layer's.

Theory of operation. The fragments of a packet share source, destination and identification. A buffer holds what came
and ends in one of these ways:

===================  ============================================================================================
it is complete       the packet: the headers in front of the first fragment's Fragment header, and every part behind
a fragment repeats   same range, same octets: nothing happens (the RFC allows to detect exact duplicates)
fragments overlap    "reassembly of that packet must be abandoned and all the fragments [...] must be discarded, and no
                     ICMP error messages should be sent" (FRAGMENT_OVERLAP). So must be those that come later; ours
                     start a buffer that can never be complete, and is given up for time
they disagree        about where the packet ends: treated as an overlap (FRAGMENT_SIZE_DIFFERS)
a fragment is wrong  not a multiple of 8 octets before the end, or past the largest packet: Parameter Problem. What came
                     before stays: whoever sends a wrong fragment need not be the packet's sender
time is up           REASSEMBLY_TIMEOUT; Time Exceeded, where the first fragment was there to be quoted
there is no room     REASSEMBLY_FULL, for the oldest
===================  ============================================================================================
"""

from dataclasses import dataclass, field

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.network.extension_headers import Fragment
from p6lowpan.machines.network.icmpv6_errors import ERRONEOUS_FIELD, REASSEMBLY_TIME_EXCEEDED, Icmpv6Error, Refused
from p6lowpan.machines.network.packet import PAYLOAD_LENGTH_AT, Arrival, Incoming
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import format_ipv6
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem, TimeExceeded

WHERE = "ipv6-reassembly"
FRAGMENT_HEADER_OCTETS = 8
OFFSET_AT = 2
OFFSET_UNIT = 8
LARGEST_PAYLOAD = 0xFFFF

Key = tuple[bytes, bytes, int]


@value
class GivenUp:
    """A packet that will not be complete. ``incoming`` is its first fragment, or the first that came."""

    incoming: Incoming
    refused: Refused


@value
class Whole:
    """A packet that is complete."""

    incoming: Incoming


@dataclass(slots=True)
class _Buffer:
    deadline: int
    latest: Incoming
    first: tuple[Incoming, Fragment] | None = None
    end: int | None = None
    pieces: dict[int, bytes] = field(default_factory=dict)

    @property
    def octets(self) -> int:
        return sum(map(len, self.pieces.values()))


class PacketReassembler:
    """The incomplete packets of one node. See the module for the rules."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buffers: BoundedTable[Key, _Buffer] = BoundedTable(limits.fragmented_packets)

    @property
    def deadline(self) -> int | None:
        """When :meth:`expire` has something to do; ``None``: never."""
        return earliest(*[buffer.deadline for buffer in self._buffers.values()]) if self._buffers else None

    @property
    def octets(self) -> int:
        """How many octets are held."""
        return sum(buffer.octets for buffer in self._buffers.values())

    def __len__(self) -> int:
        return len(self._buffers)

    def add(self, now: int, incoming: Incoming, fragment: Fragment) -> tuple[GivenUp | Whole, ...]:
        """Take one fragment: what it completes, and what had to go for it."""
        given_up = self.expire(now)
        piece = incoming.octets[fragment.at + FRAGMENT_HEADER_OCTETS :]
        if refused := self._fault(fragment, piece):
            return (*given_up, GivenUp(incoming, refused))
        key = (incoming.header.source, incoming.header.destination, fragment.header.identification)
        buffer = self._buffers.get(key)
        if buffer is None:
            buffer = _Buffer(now + self._limits.fragmented_packet_us, incoming)
            gone = self._buffers.put(key, buffer)
            given_up += () if gone is None else (_given_up(gone[1], Reason.REASSEMBLY_FULL),)
        if reason := _insert(buffer, incoming, fragment, piece):
            self._buffers.remove(key)
            return (*given_up, _given_up(buffer, reason))
        if buffer.first is None or buffer.octets != buffer.end:
            return given_up
        self._buffers.remove(key)
        return (*given_up, Whole(_whole(buffer, *buffer.first)))

    def expire(self, now: int) -> tuple[GivenUp, ...]:
        """Give up what has waited long enough."""
        late = [key for key, buffer in self._buffers.items() if buffer.deadline <= now]
        buffers = [buffer for key in late if (buffer := self._buffers.remove(key)) is not None]
        return tuple(
            _given_up(buffer, Reason.REASSEMBLY_TIMEOUT, TimeExceeded(code=REASSEMBLY_TIME_EXCEEDED))
            for buffer in buffers
        )

    def _fault(self, fragment: Fragment, piece: bytes) -> Refused | None:
        """Why the fragment cannot be part of a packet, whatever else comes."""
        header, end = fragment.header, OFFSET_UNIT * fragment.header.offset + len(piece)
        unfragmentable = fragment.at - IPV6_HEADER_OCTETS
        if not piece:
            return Refused(Reason.BAD_LENGTH, WHERE, "a fragment without octets")
        if header.more and len(piece) % OFFSET_UNIT:
            detail = f"{len(piece)} octets before the end: not a multiple of {OFFSET_UNIT}"
            return Refused(Reason.BAD_LENGTH, WHERE, detail, _problem(PAYLOAD_LENGTH_AT))
        if unfragmentable + end > LARGEST_PAYLOAD:
            detail = f"ends at octet {end}: more than a payload length can say"
            return Refused(Reason.FRAGMENT_PAST_END, WHERE, detail, _problem(fragment.at + OFFSET_AT))
        if fragment.at + end > self._limits.fragmented_packet_octets:
            detail = f"a packet of {fragment.at + end} octets or more, at most {self._limits.fragmented_packet_octets}"
            return Refused(Reason.TOO_BIG, WHERE, detail)
        return None


def _problem(pointer: int) -> ParameterProblem:
    return ParameterProblem(code=ERRONEOUS_FIELD, pointer=pointer)


def _insert(buffer: _Buffer, incoming: Incoming, fragment: Fragment, piece: bytes) -> Reason | None:
    """Keep a fragment; why that is impossible together with what came before."""
    start = OFFSET_UNIT * fragment.header.offset
    end = start + len(piece)
    if buffer.pieces.get(start) == piece:
        return None
    if any(start < at + len(other) and at < end for at, other in buffer.pieces.items()):
        return Reason.FRAGMENT_OVERLAP
    known_end = buffer.end if fragment.header.more else end
    reached = max(end, *(at + len(other) for at, other in buffer.pieces.items()), 0)
    if buffer.end not in (None, known_end) or (known_end is not None and reached > known_end):
        return Reason.FRAGMENT_SIZE_DIFFERS
    buffer.end = known_end
    buffer.pieces[start] = piece
    buffer.latest = incoming
    if start == 0:
        buffer.first = incoming, fragment
    return None


def _given_up(buffer: _Buffer, reason: Reason, answer: Icmpv6Error | None = None) -> GivenUp:
    incoming = buffer.first[0] if buffer.first is not None else buffer.latest
    detail = f"{buffer.octets} octets from {format_ipv6(incoming.header.source)}"
    return GivenUp(incoming, Refused(reason, WHERE, detail, answer if buffer.first is not None else None))


def _whole(buffer: _Buffer, incoming: Incoming, fragment: Fragment) -> Incoming:
    """The packet without its Fragment header: the Next Header field in front of that names what is behind it."""
    octets = bytearray(incoming.octets[: fragment.at])
    octets[fragment.named_at] = fragment.header.next_header
    octets += b"".join(piece for _, piece in sorted(buffer.pieces.items()))
    payload_length = len(octets) - IPV6_HEADER_OCTETS
    octets[PAYLOAD_LENGTH_AT : PAYLOAD_LENGTH_AT + 2] = payload_length.to_bytes(2, "big")
    whole = bytes(octets)
    header, _ = Ipv6.decode(whole)
    return Incoming(whole, header, incoming.origin, Arrival.REASSEMBLED)
