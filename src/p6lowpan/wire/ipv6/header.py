"""The IPv6 header, RFC 8200 section 3: 40 octets, without the payload, so that it decodes from the front of a packet.

What this module does not do: follow Next Header (:mod:`p6lowpan.wire.ipv6.chain` does), or compare the payload
length with the octets that came.
"""

from typing import Annotated

from p6lowpan.wire import address
from p6lowpan.wire.description import U8, U16, Bits, Fixed, Header, Meaning, wire
from p6lowpan.wire.ipv6.registry import Protocol

IPV6_HEADER_OCTETS = 40

NextHeader = Annotated[int, Bits(8), Meaning(Protocol)]
"""A field that holds a protocol number."""

CLASS_SELECTORS = {8 * precedence: f"CS{precedence}" for precedence in range(1, 8)}
ASSURED_FORWARDING = {8 * kind + 2 * drop: f"AF{kind}{drop}" for kind in range(1, 5) for drop in range(1, 4)}
DIFFERENTIATED_SERVICES = {
    0: "default forwarding",
    1: "lower effort",  # RFC 8622
    44: "voice admit",  # RFC 5865
    46: "expedited forwarding",  # RFC 3246
    **CLASS_SELECTORS,  # RFC 2474 section 4.2.2
    **ASSURED_FORWARDING,  # RFC 2597 section 6
}
CONGESTION_NOTIFICATION = {  # RFC 3168 section 5
    0: "not capable of congestion notification",
    1: "capable, ECT(1)",
    2: "capable, ECT(0)",
    3: "congestion experienced",
}


@wire("ipv6")
class Ipv6(Header):
    """RFC 8200 section 3. The traffic class is split as RFC 2474 and RFC 3168 do."""

    version: Annotated[int, Bits(4), Fixed()] = 6
    dscp: Annotated[int, Bits(6), Meaning(DIFFERENTIATED_SERVICES)] = 0
    ecn: Annotated[int, Bits(2), Meaning(CONGESTION_NOTIFICATION)] = 0
    flow_label: Annotated[int, Bits(20)] = 0
    payload_length: U16
    next_header: NextHeader
    hop_limit: U8
    source: address.Ipv6
    destination: address.Ipv6

    @property
    def traffic_class(self) -> int:
        """The octet that DSCP and ECN form."""
        return self.dscp << 2 | self.ecn
