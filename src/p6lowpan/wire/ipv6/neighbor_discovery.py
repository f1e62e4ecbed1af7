"""Neighbor Discovery messages, RFC 4861 section 4. The options are in :mod:`p6lowpan.wire.ipv6.neighbor_options`.

What this module does not do: the checks of sections 6.1 and 7.1 that look outside the message (hop limit 255, which
addresses go with which options).
"""

from typing import Annotated

from p6lowpan.wire import address
from p6lowpan.wire.description import U8, U16, U32, Bits, Each, Header, Meaning, wire
from p6lowpan.wire.ipv6.icmpv6_message import FixedType
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS_OF_A_MESSAGE  # noqa: F401 - the descriptions below name it
from p6lowpan.wire.ipv6.registry import MessageType
from p6lowpan.wire.ipv6.router_options import PREFERENCES

NEIGHBOR_DISCOVERY_HOP_LIMIT = 255
"""The only hop limit with which these messages are valid, RFC 4861 section 11.2."""

Options = Annotated[tuple[Header, ...], Each("OPTIONS_OF_A_MESSAGE")]


@wire("icmpv6-router-solicitation")
class RouterSolicitation(Header):
    """RFC 4861 section 4.1."""

    type: FixedType = MessageType.ROUTER_SOLICITATION
    code: U8 = 0
    checksum: U16 = 0
    reserved: U32 = 0
    options: Options = ()


@wire("icmpv6-router-advertisement")
class RouterAdvertisement(Header):
    """RFC 4861 section 4.2. The home agent flag is of RFC 6275 section 7.1, the preference of RFC 4191 section 2.2, the
    proxy flag of RFC 4389 section 4.1.3.3. A value of zero leaves its parameter to others; a router lifetime of zero
    says that this is no default router."""

    type: FixedType = MessageType.ROUTER_ADVERTISEMENT
    code: U8 = 0
    checksum: U16 = 0
    hop_limit: U8 = 0
    managed_addresses: Annotated[int, Bits(1)] = 0
    other_configuration: Annotated[int, Bits(1)] = 0
    home_agent: Annotated[int, Bits(1)] = 0
    preference: Annotated[int, Bits(2), Meaning(PREFERENCES)] = 0
    proxied: Annotated[int, Bits(1)] = 0
    reserved: Annotated[int, Bits(2)] = 0
    router_lifetime_seconds: U16 = 0
    reachable_time_ms: U32 = 0
    retransmission_timer_ms: U32 = 0
    options: Options = ()


@wire("icmpv6-neighbor-solicitation")
class NeighborSolicitation(Header):
    """RFC 4861 section 4.3."""

    type: FixedType = MessageType.NEIGHBOR_SOLICITATION
    code: U8 = 0
    checksum: U16 = 0
    reserved: U32 = 0
    target: address.Ipv6
    options: Options = ()


@wire("icmpv6-neighbor-advertisement")
class NeighborAdvertisement(Header):
    """RFC 4861 section 4.4."""

    type: FixedType = MessageType.NEIGHBOR_ADVERTISEMENT
    code: U8 = 0
    checksum: U16 = 0
    router: Annotated[int, Bits(1)] = 0
    solicited: Annotated[int, Bits(1)] = 0
    override: Annotated[int, Bits(1)] = 0
    reserved: Annotated[int, Bits(29)] = 0
    target: address.Ipv6
    options: Options = ()


@wire("icmpv6-redirect")
class Redirect(Header):
    """RFC 4861 section 4.5."""

    type: FixedType = MessageType.REDIRECT
    code: U8 = 0
    checksum: U16 = 0
    reserved: U32 = 0
    target: address.Ipv6
    destination: address.Ipv6
    options: Options = ()
