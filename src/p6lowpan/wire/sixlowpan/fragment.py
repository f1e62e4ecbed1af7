"""The fragmentation headers (RFC 4944 section 5.3). Size and offset count octets of the uncompressed datagram."""

from typing import Annotated, ClassVar

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import U16, Bits, Check, Fixed, Header, Meaning, wire

OFFSET_UNIT = 8
LARGEST_DATAGRAM = (1 << 11) - 1

SIZE_CHECK = Check("datagram_size > 0", "datagram_size", Reason.BAD_VALUE, "a datagram has at least one octet")


def _offset_words(datagram_offset: int) -> str:
    return f"from octet {datagram_offset * OFFSET_UNIT}"


@wire("frag1")
class FirstFragment(Header):
    """RFC 4944 section 5.3: the first fragment, offset zero."""

    dispatch: Annotated[int, Bits(5), Fixed()] = 0b11000
    datagram_size: Annotated[int, Bits(11)]
    datagram_tag: U16

    CHECKS: ClassVar = (SIZE_CHECK,)

    @property
    def offset(self) -> int:
        """Where the fragment lies in the datagram, in octets."""
        return 0


@wire("fragn")
class SubsequentFragment(Header):
    """RFC 4944 section 5.3: the second and any further fragment; ``datagram_offset`` in units of 8 octets."""

    dispatch: Annotated[int, Bits(5), Fixed()] = 0b11100
    datagram_size: Annotated[int, Bits(11)]
    datagram_tag: U16
    datagram_offset: Annotated[int, Bits(8), Meaning(_offset_words)]

    CHECKS: ClassVar = (SIZE_CHECK,)

    @property
    def offset(self) -> int:
        """Where the fragment lies in the datagram, in octets."""
        return self.datagram_offset * OFFSET_UNIT


Fragment = FirstFragment | SubsequentFragment
