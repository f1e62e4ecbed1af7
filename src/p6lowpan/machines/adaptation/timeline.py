"""What a reassembler reports: which datagram, which of its fragments came when, and what became of them."""

from dataclasses import KW_ONLY
from typing import NamedTuple, TypeAlias

from p6lowpan.capability.value import value
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress


class DatagramKey(NamedTuple):
    """What tells datagrams apart, RFC 4944 section 5.3: both link-layer addresses (originator and final destination
    where there is a mesh header), datagram_size in octets, and datagram_tag. Of recoverable fragments (RFC 8931) only
    the first tells the size: it is 0 in their keys, and in the timeline as soon as it is known."""

    source: LinkAddress
    destination: LinkAddress
    size: int
    tag: int


class Arrival(NamedTuple):
    """One fragment: when it came, and which octets of the datagram it brought: of the uncompressed one, but of the
    compressed one where fragments are recoverable."""

    at_us: int
    offset: int
    length: int
    duplicate: bool = False


class Timeline(NamedTuple):
    """The fragments of one datagram in order of arrival. ``duplicates`` counts all that came twice; of those,
    ``arrivals`` lists the first ``Limits.reassembly_duplicates``. ``overlapped``: how many octets came in more than one
    fragment. ``size`` is 0 as long as it is not known."""

    size: int
    arrivals: tuple[Arrival, ...] = ()
    duplicates: int = 0
    overlapped: int = 0

    @property
    def fragments(self) -> int:
        """How many fragments brought something new."""
        if not self.duplicates:
            return len(self.arrivals)
        return sum(not arrival.duplicate for arrival in self.arrivals)

    @property
    def octets(self) -> int:
        """How many octets of the datagram came."""
        return sum([arrival.length for arrival in self.arrivals if not arrival.duplicate]) - self.overlapped

    @property
    def missing(self) -> tuple[tuple[int, int], ...]:
        """The ranges that did not come: first octet, and one past the last."""
        gaps, position = [], 0
        for arrival in sorted(self.arrivals, key=lambda arrival: arrival.offset):
            if arrival.offset > position:
                gaps.append((position, arrival.offset))
            position = max(position, arrival.offset + arrival.length)
        if position < self.size:
            gaps.append((position, self.size))
        return tuple(gaps)


class Pending(NamedTuple):
    """The fragment was new; others of its datagram are missing."""

    key: DatagramKey
    timeline: Timeline


class Duplicate(NamedTuple):
    """The fragment had come before, octet for octet, and changed nothing. ``completed``: its datagram was already
    delivered; the timeline then lists this fragment alone."""

    key: DatagramKey
    timeline: Timeline
    completed: bool = False


class Complete(NamedTuple):
    """The fragment was the one that was missing. ``datagram`` is the whole uncompressed IPv6 packet; where fragments
    are recoverable, the compressed one."""

    key: DatagramKey
    datagram: bytes
    timeline: Timeline


@value
class DatagramDropped(Dropped):
    """An incomplete datagram, or one fragment of it, was given up. ``fragments`` counts what is lost by that,
    the refused fragment included; ``timeline`` holds those that had been accepted before."""

    _: KW_ONLY
    key: DatagramKey
    timeline: Timeline
    fragments: int


Outcome: TypeAlias = Complete | Pending | Duplicate | DatagramDropped
