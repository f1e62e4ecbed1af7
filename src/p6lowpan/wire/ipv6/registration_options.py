"""Address registration: RFC 6775 section 4.1 (ARO), RFC 8505 section 4.1 (EARO), and what later RFCs put into it.

One class serves the ARO and the EARO. They are one option type, of the same layout, and an EARO of two units is an ARO
whose reserved fields are used: the T flag tells which of the two it is meant to be (RFC 8505 section 4.1), the octets
do not.

Flags, first bit first: unassigned; C (RFC 8928); P, two bits (RFC 9685); I, two bits; R; T (RFC 8505). RFC 8928 drew C
as bit 3, which is now the second bit of P; RFC 9927 moves it to bit 1. An option of an implementation older than that
with its C flag set reads as a registration of a multicast address, and only its sender knows better.
"""

from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import format_link
from p6lowpan.wire.description import AUTO, U8, Bits, Check, Computed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.neighbor_option import FixedType, Minutes
from p6lowpan.wire.ipv6.registry import NeighborOptionType

STATUSES = {  # RFC 6775 section 4.1, RFC 8505 table 1, RFC 9685 for 11 and 12; at most 63 (RFC 9010 section 12.2)
    0: "success",
    1: "duplicate address",
    2: "neighbor cache full",
    3: "moved",
    4: "removed",
    5: "validation requested",
    6: "duplicate source address",
    7: "invalid source address",
    8: "registered address topologically incorrect",
    9: "6LBR registry saturated",
    10: "validation failed",
    11: "registration refresh request",
    12: "invalid registration",
}
ADDRESS_TYPES = {0: "unicast", 1: "multicast", 2: "anycast", 3: "prefix"}
"""The P field, RFC 9685 section 7.1; 3 is of RFC 9926."""

OPAQUE_TYPES = {0: "topology"}
"""The I field, RFC 8505 section 4.1. RFC 9010 section 9.2.1 names a topology by its RPLInstanceID."""

REGISTRATION_OCTETS = (8, 16, 24, 32)
"""Sizes of a Registration Ownership Verifier, RFC 8505 section 4.1."""

Status = Annotated[int, Bits(8), Meaning(STATUSES)]
AddressType = Annotated[int, Bits(2), Meaning(ADDRESS_TYPES)]


def verifier_in_words(verifier: bytes) -> str:
    """A verifier of 64 bits is written as the EUI-64 that RFC 6775 has there."""
    return format_link(verifier) if len(verifier) == 8 else verifier.hex()


@wire("nd-option-address-registration")
class AddressRegistration(Header):
    """RFC 6775 section 4.1 and RFC 8505 section 4.1.

    ``ownership_verifier`` is the EUI-64 of an ARO or the ROVR of an EARO. In a Neighbor Solicitation that registers a
    prefix (address type 3, RFC 9926), ``status`` holds the F flag and the prefix length: :func:`prefix_registration`.
    """

    CHECKS = (
        Check(
            "len(ownership_verifier) in REGISTRATION_OCTETS",
            "length",
            Reason.BAD_LENGTH,
            "2 to 5 units, for a verifier of 64, 128, 192 or 256 bits (RFC 8505 section 4.1)",
        ),
    )
    type: FixedType = NeighborOptionType.ADDRESS_REGISTRATION
    length: Annotated[int, Bits(8), Computed("len(ownership_verifier) // 8 + 1")] = AUTO
    status: Status = 0
    opaque: U8 = 0
    reserved: Annotated[int, Bits(1)] = 0
    crypto_id: Annotated[int, Bits(1)] = 0
    address_type: AddressType = 0
    opaque_type: Annotated[int, Bits(2), Meaning(OPAQUE_TYPES)] = 0
    reachability_requested: Annotated[int, Bits(1)] = 0
    has_transaction: Annotated[int, Bits(1)] = 0
    transaction: U8 = 0
    lifetime_minutes: Minutes
    ownership_verifier: Annotated[bytes, Octets("8 * length - 8"), Meaning(verifier_in_words)]

    @property
    def is_extended(self) -> bool:
        """Whether the sender means an EARO: the T flag says that a transaction is there."""
        return bool(self.has_transaction)


def prefix_registration(option: AddressRegistration) -> tuple[bool, int]:
    """The F flag (forward to me what comes from the prefix) and the prefix length that the status octet holds in a
    Neighbor Solicitation that registers a prefix, RFC 9926."""
    return bool(option.status & 0x80), option.status & 0x7F
