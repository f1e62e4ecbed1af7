"""The MPL Control Message, RFC 7731 sections 6.2 and 6.3: ICMPv6 type 159.

The MPL Option that data messages carry is with the options of IPv6, and so are the sizes of a seed-id.
"""

from typing import Annotated

from p6lowpan.wire.description import AUTO, U8, U16, Bits, Computed, Each, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.options import SEED_KINDS, SEED_OCTETS, seed_length_of  # noqa: F401 - descriptions name them
from p6lowpan.wire.ipv6.registry import MessageType


@wire("mpl-seed-info")
class SeedInfo(Header):
    """RFC 7731 section 6.3: which messages of one seed are buffered. Bit i is for ``minimum_sequence`` + i."""

    minimum_sequence: U8
    buffered_length: Annotated[int, Bits(6), Computed("len(buffered_messages)")] = AUTO
    seed_length: Annotated[int, Bits(2), Computed("seed_length_of(seed)"), Meaning(SEED_KINDS)] = AUTO
    seed: Annotated[bytes, Octets("SEED_OCTETS[seed_length]"), Meaning(bytes.hex)] = b""
    buffered_messages: Annotated[bytes, Octets("buffered_length"), Meaning(bytes.hex)] = b""

    @property
    def sequences(self) -> tuple[int, ...]:
        """The sequence numbers whose messages are buffered; they wrap at 256."""
        vector, bits = int.from_bytes(self.buffered_messages, "big"), 8 * len(self.buffered_messages)
        return tuple((self.minimum_sequence + i) % 256 for i in range(bits) if vector >> (bits - 1 - i) & 1)


@wire("mpl")
class MplControl(Header):
    """RFC 7731 section 6.2, from its ICMPv6 type on."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(MessageType)] = MessageType.MPL_CONTROL
    code: Annotated[int, Bits(8), Fixed()] = 0
    checksum: U16 = 0
    seed_infos: Annotated[tuple[SeedInfo, ...], Each("SeedInfo")] = ()
