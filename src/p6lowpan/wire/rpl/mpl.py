"""The MPL Control Message, RFC 7731 sections 6.2 and 6.3: ICMPv6 type 159.

The MPL Option that data messages carry is with the options of IPv6.
"""

from typing import Annotated

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.description import AUTO, U8, U16, Bits, Computed, Each, Fixed, Header, Meaning, Octets, wire

ICMPV6_TYPE = 159

SEED_ID_OCTETS = (0, 2, 8, 16)
"""By S, RFC 7731 section 6.3."""

SEED_ID_WORDS = {0: "the IPv6 source address", 1: "16 bits", 2: "64 bits", 3: "128 bits"}


def mode_of(seed_id: bytes) -> int:
    """S for a seed-id. Raises :class:`UsageError`."""
    if len(seed_id) not in SEED_ID_OCTETS:
        raise UsageError(f"a seed-id has 0, 2, 8 or 16 octets, not {len(seed_id)}")
    return SEED_ID_OCTETS.index(len(seed_id))


@wire("mpl-seed-info")
class SeedInfo(Header):
    """RFC 7731 section 6.3: which messages of one seed are buffered."""

    minimum_sequence: U8
    buffered_length: Annotated[int, Bits(6), Computed("len(buffered_messages)")] = AUTO
    seed_id_mode: Annotated[int, Bits(2), Computed("mode_of(seed_id)"), Meaning(SEED_ID_WORDS)] = AUTO
    seed_id: Annotated[bytes, Octets("SEED_ID_OCTETS[seed_id_mode]")] = b""
    buffered_messages: Annotated[bytes, Octets("buffered_length")] = b""

    @property
    def sequences(self) -> tuple[int, ...]:
        """The sequence numbers whose messages are buffered; they wrap at 256."""
        vector, bits = int.from_bytes(self.buffered_messages, "big"), 8 * len(self.buffered_messages)
        return tuple((self.minimum_sequence + i) % 256 for i in range(bits) if vector >> (bits - 1 - i) & 1)


@wire("mpl")
class MplControl(Header):
    """RFC 7731 section 6.2, from its ICMPv6 type on."""

    type: Annotated[int, Bits(8), Fixed(), Meaning({ICMPV6_TYPE: "MPL control"})] = ICMPV6_TYPE
    code: Annotated[int, Bits(8), Fixed()] = 0
    checksum: U16 = 0
    seed_infos: Annotated[tuple[SeedInfo, ...], Each("SeedInfo")] = ()
