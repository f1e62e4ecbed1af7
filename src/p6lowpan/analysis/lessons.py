"""Messages that are sent again as they were: a second look at them finds what the first one found.

What they teach has to be learned each time, for others may have taught something else in between.
"""

from typing import NamedTuple

from p6lowpan.analysis.explained import Draft, Finding
from p6lowpan.analysis.findings import examine_packets
from p6lowpan.analysis.glancing_payloads import NO_FRAME
from p6lowpan.analysis.learning import teaching_message
from p6lowpan.analysis.transport import transport_of
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement
from p6lowpan.wire.ipv6.registry import Protocol


class Lesson(NamedTuple):
    """The message that teaches something, where there is one, and what is to be said of the packet."""

    message: Header | None
    findings: tuple[Finding, ...]


def lesson_of(packet: Packet) -> Lesson | None:
    """What is in a packet with an ICMPv6 message right behind its IPv6 header; ``None`` where that may differ from time
    to time: contexts have a lifetime, and a wrong checksum is explained by what was heard before."""
    transport = transport_of(packet.octets)
    if transport.protocol != Protocol.ICMPV6 or transport.at != IPV6_HEADER_OCTETS or not transport.checksum_holds:
        return None
    message = teaching_message(packet, transport)
    if isinstance(message, RouterAdvertisement):
        return None
    draft = Draft(NO_FRAME, packets=(packet,), transports=(transport,))
    examine_packets(draft)
    return Lesson(message, tuple(draft.findings))
