"""What border routers tell a LoWPAN in Neighbor Discovery options: compression contexts and the set's version (RFC 6775
sections 4.2 and 4.3), the resource directory (RFC 9176 section 4.1.1), how long a node is up (RFC 9685).
"""

from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import address
from p6lowpan.wire.description import AUTO, U8, U16, Bits, Check, Computed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.neighbor_option import (
    FixedType,
    Minutes,
    Seconds,
    exactly,
    octets_for,  # noqa: F401 - a description names it
    prefix_in_words,
)
from p6lowpan.wire.ipv6.registry import NeighborOptionType

DEFAULT_BORDER_ROUTER_MINUTES = 10_000
"""What a valid lifetime of zero means in an ABRO, RFC 6775 section 4.3."""


@wire("nd-option-lowpan-context")
class LowpanContext(Header):
    """RFC 6775 section 4.2 (6CO). ``prefix`` has 8 or 16 octets; ``compress`` is the C flag: without it the context
    serves decompression alone, and with a lifetime of zero it goes at once."""

    CHECKS = (
        Check("context_length <= 128", "context_length", Reason.BAD_VALUE, "at most 128 bits"),
        Check(
            "len(prefix) in (8, 16) and len(prefix) >= octets_for(context_length)",
            "length",
            Reason.BAD_LENGTH,
            "2 or 3 units, 3 for a context of more than 64 bits (RFC 6775 section 4.2)",
        ),
    )
    type: FixedType = NeighborOptionType.LOWPAN_CONTEXT
    length: Annotated[int, Bits(8), Computed("len(prefix) // 8 + 1")] = AUTO
    context_length: U8
    reserved_bits: Annotated[int, Bits(3)] = 0
    compress: Annotated[int, Bits(1)] = 0
    context_identifier: Annotated[int, Bits(4)]
    reserved: U16 = 0
    lifetime_minutes: Minutes
    prefix: Annotated[bytes, Octets("8 * length - 8"), Meaning(prefix_in_words)]


@wire("nd-option-authoritative-border-router")
class AuthoritativeBorderRouter(Header):
    """RFC 6775 section 4.3 (ABRO)."""

    CHECKS = exactly(3, "RFC 6775 section 4.3")
    type: FixedType = NeighborOptionType.AUTHORITATIVE_BORDER_ROUTER
    length: U8 = 3
    version_low: U16
    version_high: U16 = 0
    lifetime_minutes: Minutes = 0
    border_router: address.Ipv6

    @property
    def version(self) -> int:
        """The 32-bit version of the router's prefixes and contexts, of which the low half is sent first."""
        return self.version_high << 16 | self.version_low


@wire("nd-option-resource-directory-address")
class ResourceDirectoryAddress(Header):
    """RFC 9176 section 4.1.1 (RDAO)."""

    CHECKS = exactly(3, "RFC 9176 section 4.1.1")
    type: FixedType = NeighborOptionType.RESOURCE_DIRECTORY_ADDRESS
    length: U8 = 3
    reserved: U16 = 0
    lifetime_seconds: Seconds
    directory: address.Ipv6


@wire("nd-option-consistent-uptime")
class ConsistentUptime(Header):
    """RFC 9685, "Consistent Uptime Option": how long the sender has kept its state, and the sequence numbers of that
    state (NSSI), its own and the last that it heard from the receiver."""

    CHECKS = exactly(1, "RFC 9685")
    type: FixedType = NeighborOptionType.CONSISTENT_UPTIME
    length: U8 = 1
    exponent: Annotated[int, Bits(6)]
    mantissa: Annotated[int, Bits(10)]
    may_sleep: Annotated[int, Bits(1)] = 0
    has_peer_state: Annotated[int, Bits(1)] = 0
    reserved: Annotated[int, Bits(6)] = 0
    state: Annotated[int, Bits(12)] = 0
    peer_state: Annotated[int, Bits(12)] = 0

    @property
    def uptime_ms(self) -> int:
        """Milliseconds that the sender has been up without loss of state."""
        return self.mantissa << self.exponent
