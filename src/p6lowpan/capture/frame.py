"""What a capture file holds: one frame, with its time, and the link types that this package understands."""

from enum import IntEnum
from typing import NamedTuple


class LinkType(IntEnum):
    """Link-layer header types (the registry at tcpdump.org) whose frames may carry 6LoWPAN or IPv6."""

    NULL = 0  # BSD loopback, address family in the byte order of the capturing host
    ETHERNET = 1
    RAW_BSD = 12  # DLT_RAW of most systems, where a writer forgot to map it to RAW
    RAW_OPENBSD = 14
    RAW = 101  # an IPv4 or IPv6 packet, told apart by its version
    LOOP = 108  # OpenBSD loopback, address family in network byte order
    LINUX_SLL = 113
    IEEE802_15_4_WITHFCS = 195
    IEEE802_15_4_NONASK_PHY = 215
    IPV4 = 228
    IPV6 = 229
    IEEE802_15_4_NOFCS = 230
    LINUX_SLL2 = 276
    IEEE802_15_4_TAP = 283


def link_type_name(number: int) -> str:
    """The registry's name of a link type that is understood, else its number."""
    try:
        return f"{LinkType(number).name} ({number})"
    except ValueError:
        return str(number)


class CapturedFrame(NamedTuple):
    """One frame of a capture file, as captured.

    ``number`` counts from 1 as other tools do. ``time_ns`` is nanoseconds since 1970, 0 where the file has no time
    (pcapng simple packet block). ``interface`` counts interface descriptions over the whole file. ``fcs_octets`` is
    what the file says about the frame check sequence at the end; ``None``: it says nothing.
    """

    number: int
    time_ns: int
    octets: bytes
    link_type: int
    original_length: int
    interface: int = 0
    fcs_octets: int | None = None

    @property
    def missing(self) -> int:
        """Octets of the frame that the snap length cut off its end."""
        return max(0, self.original_length - len(self.octets))
