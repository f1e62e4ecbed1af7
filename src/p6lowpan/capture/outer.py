"""The headers around a frame that travelled or was captured in another network: Ethernet, Linux cooked, IP, UDP.

They are here to find what is inside, not to explain it; a packet of IPv6 itself is the business of ``wire.ipv6``.
"""

from enum import IntEnum
from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import U8, U16, U32, Bits, Check, Fixed, Header, Meaning, Octets, wire


class EtherType(IntEnum):
    """Protocol numbers of Ethernet, which Linux cooked captures use too."""

    IEEE802_15_4_LINUX = 0x00F6  # ETH_P_IEEE802154 of Linux, in cooked captures only
    IPV4 = 0x0800
    VLAN = 0x8100  # IEEE 802.1Q
    IEEE802_15_4 = 0x809A  # an IEEE 802.15.4 frame with its FCS, as Wireshark reads it
    IPV6 = 0x86DD
    SERVICE_VLAN = 0x88A8  # IEEE 802.1ad
    OLD_SERVICE_VLAN = 0x9100
    LOWPAN = 0xA0ED  # RFC 7973


class IpProtocol(IntEnum):
    """The protocol numbers that are looked into."""

    HOP_BY_HOP = 0
    UDP = 17
    IPV6 = 41  # RFC 4213: IPv6 in IPv4
    ROUTING = 43
    FRAGMENT = 44
    DESTINATION_OPTIONS = 60


class Hardware(IntEnum):
    """ARPHRD numbers of Linux that matter here."""

    IEEE802_15_4 = 804
    IEEE802_15_4_MONITOR = 805


def _hexadecimal(address: bytes) -> str:
    return address.hex(":")


def _dotted(address: bytes) -> str:
    return ".".join(map(str, address))


Mac = Annotated[bytes, Octets(6), Meaning(_hexadecimal)]
Protocol = Annotated[int, Bits(16), Meaning(EtherType)]
Direction = Meaning({0: "to us", 1: "broadcast", 2: "multicast", 3: "to another host", 4: "sent by us"})


@wire("ethernet")
class Ethernet(Header):
    """IEEE 802.3 with an EtherType, or a length where it is below 0x0600."""

    destination: Mac
    source: Mac
    ether_type: Protocol


@wire("vlan")
class VlanTag(Header):
    """IEEE 802.1Q, what follows the EtherType 0x8100."""

    priority: Annotated[int, Bits(3)] = 0
    drop_eligible: Annotated[int, Bits(1)] = 0
    identifier: Annotated[int, Bits(12)]
    ether_type: Protocol


@wire("sll")
class LinuxCooked(Header):
    """Link type 113: what Linux gives where there is no link-layer header, or for the interface "any"."""

    packet_type: Annotated[int, Bits(16), Direction]
    hardware: Annotated[int, Bits(16), Meaning(Hardware)]
    address_length: U16
    address: Annotated[bytes, Octets(8), Meaning(_hexadecimal)]
    protocol: Protocol


@wire("sll2")
class LinuxCooked2(Header):
    """Link type 276: the same with the number of the interface."""

    protocol: Protocol
    reserved: U16 = 0
    interface: U32
    hardware: Annotated[int, Bits(16), Meaning(Hardware)]
    packet_type: Annotated[int, Bits(8), Direction]
    address_length: U8
    address: Annotated[bytes, Octets(8), Meaning(_hexadecimal)]


@wire("loopback")
class Loopback(Header):
    """Link types 0 and 108: an address family whose number and byte order are the capturing system's."""

    family: U32


@wire("nonask-phy")
class NonAskPhy(Header):
    """Link type 215: the preamble of zeros, the start-of-frame delimiter and the PHY header, as sent."""

    preamble: U32 = 0
    delimiter: Annotated[int, Bits(8), Fixed()] = 0xA7
    reserved: Annotated[int, Bits(1)] = 0
    length: Annotated[int, Bits(7)]


@wire("ipv4")
class Ipv4(Header):
    """RFC 791 section 3.1."""

    version: Annotated[int, Bits(4), Fixed()] = 4
    header_words: Annotated[int, Bits(4)] = 5
    type_of_service: U8 = 0
    total_length: U16
    identification: U16 = 0
    reserved: Annotated[int, Bits(1)] = 0
    do_not_fragment: Annotated[int, Bits(1)] = 0
    more_fragments: Annotated[int, Bits(1)] = 0
    fragment_offset: Annotated[int, Bits(13)] = 0
    time_to_live: U8 = 64
    protocol: Annotated[int, Bits(8), Meaning(IpProtocol)]
    checksum: U16 = 0
    source: Annotated[bytes, Octets(4), Meaning(_dotted)]
    destination: Annotated[bytes, Octets(4), Meaning(_dotted)]
    options: Annotated[bytes, Octets("header_words * 4 - 20")] = b""

    CHECKS = (
        Check(
            "total_length == 0 or total_length >= header_words * 4",  # 0: segmentation was left to the hardware
            "total_length",
            Reason.BAD_LENGTH,
            "the total length is less than the header",
        ),
    )


@wire("ipv6")
class OuterIpv6(Header):
    """RFC 8200 section 3, as far as it is needed to look inside."""

    version: Annotated[int, Bits(4), Fixed()] = 6
    traffic_class: Annotated[int, Bits(8)] = 0
    flow_label: Annotated[int, Bits(20)] = 0
    payload_length: U16
    next_header: Annotated[int, Bits(8), Meaning(IpProtocol)]
    hop_limit: U8 = 64
    source: Annotated[bytes, Octets(16)]
    destination: Annotated[bytes, Octets(16)]


@wire("ipv6-extension")
class OuterExtension(Header):
    """RFC 8200 sections 4.3, 4.4 and 4.6: hop-by-hop options, routing, destination options; passed over."""

    next_header: Annotated[int, Bits(8), Meaning(IpProtocol)]
    length: U8
    content: Annotated[bytes, Octets("length * 8 + 6")]


@wire("udp")
class OuterUdp(Header):
    """RFC 768."""

    source_port: U16
    destination_port: U16
    length: U16
    checksum: U16 = 0
