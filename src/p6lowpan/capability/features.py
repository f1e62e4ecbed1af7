"""THE table of features: every ability that can be seen on the wire, with its level, FLEX bit and RFC section.

A level contains every feature of its number and below (draft-ayers-low-power-interop-01 section 6.1). A feature
without a level is never sent or accepted between P6LoWPAN nodes; the profile ``rfc6282`` knows it all the same.
A feature without a FLEX bit is never used between FLEX nodes. FLEX bits count from the most significant bit of
the 32-bit field; 26 are assigned and 6 reserved.
"""

from dataclasses import dataclass

from p6lowpan.capability.identity_enum import IdentityEnum


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. ``name`` is stable: it appears in JSON, on the command line and, generated, in C."""

    name: str
    level: int | None
    flex_bit: int | None
    section: str
    meaning: str


class Feature(IdentityEnum):
    """Every feature; the member's value is its row."""

    UNCOMPRESSED_IPV6 = Row("uncompressed_ipv6", 0, 0, "RFC 4944 5.1", "a whole IPv6 packet behind dispatch 0x41")
    FRAGMENTATION = Row("fragmentation", 0, 1, "RFC 4944 5.3", "FRAG1 and FRAGN headers")
    IPHC = Row("iphc", 1, 2, "RFC 6282 3.1", "the LOWPAN_IPHC header; version and length elided")
    STATELESS_UNICAST = Row("stateless_unicast", 1, 3, "RFC 6282 3.1.1", "link-local prefix elided, or nothing")
    ELIDED_IDENTIFIER = Row("elided_identifier", 1, 4, "RFC 6282 3.2.2", "interface identifier from the link layer")
    SHORT_ADDRESSES = Row("short_addresses", 1, 5, "RFC 6282 3.2.2", "16-bit interface identifiers and link addresses")
    STATELESS_MULTICAST = Row("stateless_multicast", 1, 6, "RFC 6282 3.2.4", "multicast in 128, 48, 32 or 8 bits")
    UNSPECIFIED_SOURCE = Row("unspecified_source", 1, 7, "RFC 6282 3.1.1", "SAC=1, SAM=00: the source is ::")
    STATEFUL_UNICAST = Row("stateful_unicast", 2, 8, "RFC 6282 3.1.1", "prefix from a context")
    STATEFUL_MULTICAST = Row("stateful_multicast", 2, 9, "RFC 6282 3.2.4", "unicast-prefix-based multicast, context")
    CONTEXT_IDENTIFIER = Row(
        "context_identifier", 2, 10, "RFC 6282 3.1.2", "the octet that names other contexts than 0"
    )
    TRAFFIC_CLASS = Row("traffic_class", 3, 11, "RFC 6282 3.1.1", "TF=01 or 11: DSCP elided")
    FLOW_LABEL = Row("flow_label", 3, 12, "RFC 6282 3.1.1", "TF=10 or 11: flow label elided")
    HOP_LIMIT = Row("hop_limit", 3, 13, "RFC 6282 3.1.1", "hop limit 1, 64 or 255 in two bits")
    NHC_UDP = Row("nhc_udp", 4, 14, "RFC 6282 4.3", "UDP header compressed, length elided")
    NHC_UDP_PORTS = Row("nhc_udp_ports", 4, 15, "RFC 6282 4.3.1", "UDP ports in 8 or 4 bits")
    TUNNELLED_IPV6 = Row("tunnelled_ipv6", 4, 16, "RFC 2473", "next header 41 in line, inner header uncompressed")
    HEADERS_PAST_FIRST_FRAGMENT = Row(
        "headers_past_first_fragment",
        4,
        17,
        "RFC 4944 5.3",
        "headers that the first, compressed fragment does not hold",
    )
    NHC_HOP_BY_HOP = Row("nhc_hop_by_hop", 5, 18, "RFC 6282 4.2", "Hop-by-Hop Options header compressed")
    NHC_ROUTING = Row("nhc_routing", 5, 19, "RFC 6282 4.2", "Routing header compressed")
    NHC_FRAGMENT = Row("nhc_fragment", 5, 20, "RFC 6282 4.2", "Fragment header compressed")
    NHC_DESTINATION_OPTIONS = Row(
        "nhc_destination_options", 5, 21, "RFC 6282 4.2", "Destination Options header compressed"
    )
    NHC_MOBILITY = Row("nhc_mobility", 5, 22, "RFC 6282 4.2", "Mobility header compressed")
    NHC_PADDING_ELIDED = Row("nhc_padding_elided", 5, None, "RFC 6282 4.2", "trailing Pad1 or PadN elided")
    MESH_HEADER = Row("mesh_header", 5, 23, "RFC 4944 5.2", "originator, final destination and hops left")
    MESH_DEEP_HOPS = Row("mesh_deep_hops", 5, None, "RFC 4944 5.2", "hops left in an octet of its own")
    BROADCAST_HEADER = Row("broadcast_header", 5, 24, "RFC 4944 11.1", "LOWPAN_BC0 sequence number")
    GHC_UDP = Row("ghc_udp", 6, 25, "RFC 7400 3.3", "UDP and its payload under generic compression")
    GHC_ICMPV6 = Row("ghc_icmpv6", 6, 25, "RFC 7400 3.3", "ICMPv6 under generic compression")
    GHC_EXTENSION = Row("ghc_extension", 6, 25, "RFC 7400 3.3", "an extension header under generic compression")
    NHC_UDP_CHECKSUM_ELIDED = Row(
        "nhc_udp_checksum_elided", None, None, "RFC 6282 4.3.2", "no UDP checksum on the link"
    )
    NHC_IPV6 = Row("nhc_ipv6", None, None, "RFC 6282 4.2", "a compressed IPv6 header inside a compressed one")
    NHC_FRAGMENT_LENGTH_SIX = Row(
        "nhc_fragment_length_six", None, None, "RFC 6282 4.2", "6 where the Fragment header has its reserved octet"
    )
    HC1 = Row("hc1", None, None, "RFC 4944 10.1", "the deprecated LOWPAN_HC1")
    HC2 = Row("hc2", None, None, "RFC 4944 10.3", "the deprecated HC_UDP")
    ESCAPE = Row("escape", None, None, "RFC 8066", "extension dispatch octets behind ESC")
    PAGING = Row("paging", None, None, "RFC 8025", "dispatches of another page")
    ROUTING_HEADER = Row("routing_header", None, None, "RFC 8138", "6LoRH: RPL information and routes, compressed")
    RECOVERABLE_FRAGMENT = Row("recoverable_fragment", None, None, "RFC 8931", "RFRAG and RFRAG-ACK")

    @property
    def level(self) -> int | None:
        """The lowest level that has it; ``None``: not part of P6LoWPAN."""
        return self.value.level

    @property
    def flex_bit(self) -> int | None:
        """Its bit in the FLEX field, 0 the most significant."""
        return self.value.flex_bit


HIGHEST_LEVEL = 6
FLEX_RESERVED_BITS = 6
BY_NAME = {feature.value.name: feature for feature in Feature}


def lowest_level(features: frozenset[Feature]) -> int | None:
    """The lowest level that takes a frame with these features; ``None`` where no level does."""
    levels = [feature.level for feature in features]
    if None in levels:
        return None
    return max((level for level in levels if level is not None), default=0)
