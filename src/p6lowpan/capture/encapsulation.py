"""From a captured frame to what it carries: an IEEE 802.15.4 frame, a LoWPAN payload, or an IPv6 packet.

    inner = decapsulate(frame)
    inner.kind, inner.frame, inner.channel

Link types: see :class:`~p6lowpan.capture.frame.LinkType`. ZEP is looked for in UDP port 17754. What is no business of
ours (ARP, TCP, fragments of IPv4) is a value of kind ``OTHER`` with a note, never an error and never a guess.
"""

from collections.abc import Callable
from typing import Final

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import tap, tap_words, zep
from p6lowpan.capture.fcs import FCS_OF_OCTETS, Fcs
from p6lowpan.capture.frame import CapturedFrame, LinkType, link_type_name
from p6lowpan.capture.inside import Encapsulated, Kind, Unwrapping
from p6lowpan.capture.outer import (
    Ethernet,
    EtherType,
    Hardware,
    IpProtocol,
    Ipv4,
    LinuxCooked,
    LinuxCooked2,
    Loopback,
    NonAskPhy,
    OuterExtension,
    OuterIpv6,
    OuterUdp,
    VlanTag,
)

LAYER = "encapsulation"
SMALLEST_ETHERTYPE: Final = 0x0600
SHORTEST_ETHERNET: Final = 60  # octets without the FCS; shorter frames are padded
IPV4_FAMILY: Final = 2
IPV6_FAMILIES: Final = frozenset({10, 23, 24, 26, 28, 30})  # Linux, Windows, NetBSD, illumos, FreeBSD, Darwin
MOST_VLAN_TAGS: Final = 4  # IEEE 802.1ad has two
MOST_EXTENSIONS: Final = 8
VLAN_TYPES: Final = frozenset({EtherType.VLAN, EtherType.SERVICE_VLAN, EtherType.OLD_SERVICE_VLAN})
EXTENSIONS: Final = frozenset({IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.DESTINATION_OPTIONS})


def decapsulate(frame: CapturedFrame, fcs: Fcs | None = None) -> Encapsulated:
    """What ``frame`` carries. ``fcs`` overrides what the capture says about the end of IEEE 802.15.4 frames.

    Raises :class:`Malformed` with the offset in ``frame.octets``.
    """
    unwrap = _LINK_TYPES.get(frame.link_type)
    if unwrap is None:
        detail = f"link type {link_type_name(frame.link_type)} carries no 6LoWPAN that is known here"
        raise Malformed(LAYER, 0, Reason.UNKNOWN_LINK_TYPE, detail)
    return unwrap(Unwrapping(frame, fcs))


# --- IEEE 802.15.4 ----------------------------------------------------------------------------------------------------


def _with_fcs(inside: Unwrapping) -> Encapsulated:
    octets = inside.captured.fcs_octets
    return inside.radio_frame(Fcs.CRC16 if octets is None else FCS_OF_OCTETS.get(octets, Fcs.CRC16))


def _without_fcs(inside: Unwrapping) -> Encapsulated:
    return inside.radio_frame(Fcs.NONE)


def _non_ask(inside: Unwrapping) -> Encapsulated:
    inside.narrow(inside.take(NonAskPhy).length, NonAskPhy.LAYER)
    return _with_fcs(inside)


def _tap(inside: Unwrapping) -> Encapsulated:
    header = inside.take(tap.TapHeader)
    fcs = Fcs.NONE
    for tlv in header.tlvs:
        match tlv:
            case tap.FcsType():
                fcs = tap.FCS_KINDS.get(tlv.fcs, Fcs.NONE)
            case tap.ChannelAssignment():
                inside.channel = tlv.channel
            case tap.SignalStrength():
                inside.signal_dbm = tap_words.real(tlv.strength)
            case tap.LinkQuality():
                inside.link_quality = tlv.indicator
            case tap.FrameStart():
                inside.radio_time_ns = tlv.time_ns
    return inside.radio_frame(fcs)


def _zep(inside: Unwrapping) -> Encapsulated:
    message = inside.take(zep.MESSAGES)
    match message:
        case zep.Acknowledgement():
            return inside.done(Kind.ZEP_ACKNOWLEDGEMENT)
        case zep.DataVersion1():
            pass
        case zep.DataVersion2():
            inside.radio_time_ns = zep.time_from_ntp(message.timestamp)
        case _:
            return inside.done(Kind.OTHER, "ZEP of an unknown version or type")
    inside.channel = message.channel
    inside.link_quality = message.link_quality
    inside.narrow(message.length, message.LAYER, exactly=True)
    if isinstance(message, zep.DataVersion2) and message.type == zep.REGISTRATION:
        return inside.done(Kind.OTHER, "ZEP: a node registers with its dispatcher")
    return inside.radio_frame(Fcs.CRC16 if message.mode else Fcs.TI)


# --- links ------------------------------------------------------------------------------------------------------------


def _ethernet(inside: Unwrapping) -> Encapsulated:
    inside.end -= min(inside.captured.fcs_octets or 0, inside.end)
    padded = inside.end == SHORTEST_ETHERNET
    header = inside.take(Ethernet)
    ether_type = _untagged(inside, header.ether_type)
    if ether_type < SMALLEST_ETHERTYPE:
        return inside.done(Kind.OTHER, "IEEE 802.3 with a length, not an EtherType")
    if ether_type == EtherType.LOWPAN:
        # RFC 7973 assigns the number and no length: padding to the Ethernet minimum cannot be told from payload.
        note = "may end with padding to the shortest Ethernet frame" if padded else ""
        return inside.lowpan(header.source, header.destination, note)
    if ether_type == EtherType.IEEE802_15_4:
        return inside.radio_frame(Fcs.CRC16)
    return _network(inside, ether_type)


def _untagged(inside: Unwrapping, ether_type: int) -> int:
    for _ in range(MOST_VLAN_TAGS):
        if ether_type not in VLAN_TYPES:
            break
        ether_type = inside.take(VlanTag).ether_type
    return ether_type


def _network(inside: Unwrapping, ether_type: int) -> Encapsulated:
    if ether_type == EtherType.IPV4:
        return _ipv4(inside)
    if ether_type == EtherType.IPV6:
        return _ipv6(inside)
    return inside.done(Kind.OTHER, f"EtherType {ether_type:#06x}")


def _linux_cooked(inside: Unwrapping) -> Encapsulated:
    return _cooked(inside, inside.take(LinuxCooked))


def _linux_cooked2(inside: Unwrapping) -> Encapsulated:
    return _cooked(inside, inside.take(LinuxCooked2))


def _cooked(inside: Unwrapping, header: LinuxCooked | LinuxCooked2) -> Encapsulated:
    protocol = _untagged(inside, header.protocol)
    if protocol == EtherType.LOWPAN:
        return inside.lowpan(header.address[: header.address_length], b"")
    if protocol == EtherType.IEEE802_15_4_LINUX:
        # A monitor interface passes the FCS on; for the other libpcap itself chooses the link type without FCS.
        return inside.radio_frame(Fcs.CRC16 if header.hardware == Hardware.IEEE802_15_4_MONITOR else Fcs.NONE)
    return _network(inside, protocol)


def _loopback(inside: Unwrapping) -> Encapsulated:
    family = inside.take(Loopback).family
    if family > 0xFFFF:  # link type 0 has the byte order of the capturing host; all families are small numbers
        family = int.from_bytes(family.to_bytes(4, "big"), "little")
    if family == IPV4_FAMILY:
        return _ipv4(inside)
    if family in IPV6_FAMILIES:
        return _ipv6(inside)
    return inside.done(Kind.OTHER, f"address family {family}")


def _raw_ip(inside: Unwrapping) -> Encapsulated:
    return _ipv4(inside) if inside.octets[:1] and inside.octets[0] >> 4 == 4 else _ipv6(inside)


# --- networks ---------------------------------------------------------------------------------------------------------


def _ipv4(inside: Unwrapping) -> Encapsulated:
    start = inside.at
    header = inside.take(Ipv4)
    if header.total_length:
        inside.narrow(header.total_length - (inside.at - start), Ipv4.LAYER)
    if header.more_fragments or header.fragment_offset:
        place = f"octets from {header.fragment_offset * 8} of datagram {header.identification:#06x}"
        return inside.done(Kind.OTHER, f"a fragment of IPv4: {place}")
    if header.protocol == IpProtocol.UDP:
        return _udp_over_ipv4(inside)
    if header.protocol == IpProtocol.IPV6:
        return _ipv6(inside)
    return inside.done(Kind.OTHER, f"IPv4, protocol {header.protocol}")


def _udp_over_ipv4(inside: Unwrapping) -> Encapsulated:
    if _is_zep(inside, inside.at):
        return _zep_over_udp(inside)
    header = inside.take(OuterUdp)
    return inside.done(Kind.OTHER, f"UDP over IPv4, ports {header.source_port} and {header.destination_port}")


def _ipv6(inside: Unwrapping) -> Encapsulated:
    """An IPv6 packet is handed up whole, unless it carries ZEP."""
    packet = inside.fork()
    header = packet.take(OuterIpv6)
    length = header.payload_length
    if length:  # 0: a jumbogram, or segmentation was left to the hardware
        inside.narrow(packet.at - inside.at + length, OuterIpv6.LAYER)
        packet.end = inside.end
    try:
        next_header = header.next_header
        for _ in range(MOST_EXTENSIONS):
            if next_header not in EXTENSIONS:
                break
            next_header = packet.take(OuterExtension).next_header
    except Malformed:
        return inside.done(Kind.IPV6)  # whoever explains the packet finds the same error at its place
    if next_header == IpProtocol.UDP and _is_zep(packet, packet.at):
        packet.cut = inside.cut
        return _zep_over_udp(packet)
    note = "a fragment of IPv6" if next_header == IpProtocol.FRAGMENT else ""
    return inside.done(Kind.IPV6, note)


def _is_zep(inside: Unwrapping, start: int) -> bool:
    ports = (inside.octets[start : start + 2], inside.octets[start + 2 : start + 4])
    preamble = inside.octets[start + 8 : min(start + 10, inside.end)]
    return zep.PORT.to_bytes(2, "big") in ports and preamble == zep.PREAMBLE


def _zep_over_udp(inside: Unwrapping) -> Encapsulated:
    start = inside.at
    header = inside.take(OuterUdp)
    if header.length:  # 0: segmentation was left to the hardware
        if header.length < 8:
            raise Malformed(OuterUdp.LAYER, start + 4, Reason.BAD_LENGTH, f"a UDP length of {header.length}")
        inside.narrow(header.length - 8, OuterUdp.LAYER)
    return _zep(inside)


_LINK_TYPES: dict[int, Callable[[Unwrapping], Encapsulated]] = {
    LinkType.NULL: _loopback,
    LinkType.ETHERNET: _ethernet,
    LinkType.RAW_BSD: _raw_ip,
    LinkType.RAW_OPENBSD: _raw_ip,
    LinkType.RAW: _raw_ip,
    LinkType.LOOP: _loopback,
    LinkType.LINUX_SLL: _linux_cooked,
    LinkType.IEEE802_15_4_WITHFCS: _with_fcs,
    LinkType.IEEE802_15_4_NONASK_PHY: _non_ask,
    LinkType.IPV4: _ipv4,
    LinkType.IPV6: _ipv6,
    LinkType.IEEE802_15_4_NOFCS: _without_fcs,
    LinkType.LINUX_SLL2: _linux_cooked2,
    LinkType.IEEE802_15_4_TAP: _tap,
}
