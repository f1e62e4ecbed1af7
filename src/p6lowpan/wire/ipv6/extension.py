"""Extension headers, RFC 8200 section 4, but for the Routing header (:mod:`p6lowpan.wire.ipv6.routing`).

Each header takes exactly its own octets from the front. AH and ESP are read as far as can be shown without keys: of ESP
that is the clear text in front. What this module does not do: follow the chain (:mod:`p6lowpan.wire.ipv6.chain` does).
"""

from typing import Annotated

from p6lowpan.wire.description import AUTO, U8, U16, U32, Bits, Computed, Each, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.header import NextHeader
from p6lowpan.wire.ipv6.options import OPTIONS  # noqa: F401 - the descriptions below name it


@wire("ipv6-hop-by-hop")
class HopByHopOptions(Header):
    """RFC 8200 section 4.3. ``length`` counts 8-octet units behind the first 8 octets. The options with their padding
    fill the header: :func:`p6lowpan.wire.ipv6.options.padded` adds what is missing."""

    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("(octets_in(options) + 2) // 8 - 1")] = AUTO
    options: Annotated[tuple[Header, ...], Each("OPTIONS", size="8 * length + 6")]


@wire("ipv6-destination-options")
class DestinationOptions(Header):
    """RFC 8200 section 4.6; the same format as Hop-by-Hop Options."""

    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("(octets_in(options) + 2) // 8 - 1")] = AUTO
    options: Annotated[tuple[Header, ...], Each("OPTIONS", size="8 * length + 6")]


@wire("ipv6-fragment")
class FragmentHeader(Header):
    """RFC 8200 section 4.5. ``offset`` counts units of 8 octets."""

    next_header: NextHeader
    reserved: U8 = 0
    offset: Annotated[int, Bits(13), Meaning(lambda units: f"octet {8 * units}")]
    reserved_bits: Annotated[int, Bits(2)] = 0
    more: Annotated[int, Bits(1), Meaning({0: "the last fragment", 1: "more fragments follow"})]
    identification: U32

    @property
    def is_atomic(self) -> bool:
        """Whether the fragment is the whole packet (RFC 6946)."""
        return self.offset == 0 and not self.more


MOBILITY_MESSAGES = {  # RFC 6275 section 6.1 and the registry that it opens
    0: "binding refresh request",
    1: "home test init",
    2: "care-of test init",
    3: "home test",
    4: "care-of test",
    5: "binding update",
    6: "binding acknowledgement",
    7: "binding error",
    8: "fast binding update",
    9: "fast binding acknowledgement",
    10: "fast neighbor advertisement",
    11: "experimental mobility header",
    12: "home agent switch",
    13: "heartbeat",
    14: "handover initiate",
    15: "handover acknowledge",
    16: "binding revocation",
    17: "localized routing initiation",
    18: "localized routing acknowledgment",
    19: "update notification",
    20: "update notification acknowledgement",
    21: "flow binding",
    22: "subscription query",
    23: "subscription response",
}


@wire("ipv6-mobility")
class MobilityHeader(Header):
    """RFC 6275 section 6.1.1; the message is kept raw. ``length`` is in 8-octet units behind the first 8 octets."""

    payload_protocol: NextHeader
    length: Annotated[int, Bits(8), Computed("(len(data) - 2) // 8")] = AUTO
    type: Annotated[int, Bits(8), Meaning(MOBILITY_MESSAGES)]
    reserved: U8 = 0
    checksum: U16 = 0
    data: Annotated[bytes, Octets("8 * length + 2")]

    @property
    def next_header(self) -> int:
        """Payload Proto, under the name that every other extension header has for it."""
        return self.payload_protocol


@wire("ipv6-authentication")
class AuthenticationHeader(Header):
    """RFC 4302 section 2. ``length`` counts 4-octet units behind the first two."""

    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("len(integrity_check_value) // 4 + 1")] = AUTO
    reserved: U16 = 0
    security_parameters_index: U32
    sequence_number: U32
    integrity_check_value: Annotated[bytes, Octets("4 * length - 4")] = b""


@wire("ipv6-esp")
class EncapsulatingSecurityPayload(Header):
    """RFC 4303 section 2: the 8 octets in front that are not encrypted."""

    security_parameters_index: U32
    sequence_number: U32


@wire("ipv6-extension")
class GenericExtension(Header):
    """An extension header of the common format (RFC 6564 section 4) whose content is kept raw: HIP and Shim6."""

    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("(len(data) + 2) // 8 - 1")] = AUTO
    data: Annotated[bytes, Octets("8 * length + 6")]
