"""Duplicate address detection over several hops: DAR and DAC (RFC 6775 section 4.4), EDAR and EDAC (RFC 8505 section
4.2), between a 6LR and the 6LBR.

The code is split: its suffix is the size of the verifier in units of 8 octets, or 0 from a node that knows RFC 6775
alone, whose EUI-64 is 8 octets too. RFC 8929 section 3.1 lets Neighbor Discovery options follow.
"""

from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import address
from p6lowpan.wire.description import AUTO, U8, U16, Bits, Check, Computed, Each, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.icmpv6_message import FixedType
from p6lowpan.wire.ipv6.neighbor_option import Minutes
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS_OF_A_MESSAGE  # noqa: F401 - the descriptions below name it
from p6lowpan.wire.ipv6.registration_options import AddressType, Status, verifier_in_words
from p6lowpan.wire.ipv6.registry import MessageType

LARGEST_SUFFIX = 4

SUFFIXES = {
    0: "RFC 6775: EUI-64, no transaction",
    1: "verifier of 64 bits",
    2: "verifier of 128 bits",
    3: "verifier of 192 bits",
    4: "verifier of 256 bits",
}


def verifier_octets(code_suffix: int) -> int:
    """The size of the verifier that a code suffix announces."""
    return 8 * (code_suffix or 1)


KNOWN_SUFFIX = Check(
    "code_suffix <= LARGEST_SUFFIX",
    "code_suffix",
    Reason.RESERVED,
    "the code suffix is 0 to 4 (RFC 8505 section 4.2)",
)

Suffix = Annotated[int, Bits(4), Meaning(SUFFIXES), Computed("len(ownership_verifier) // 8")]
Verifier = Annotated[bytes, Octets("verifier_octets(code_suffix)"), Meaning(verifier_in_words)]
Options = Annotated[tuple[Header, ...], Each("OPTIONS_OF_A_MESSAGE")]


@wire("icmpv6-duplicate-address-request")
class DuplicateAddressRequest(Header):
    """RFC 6775 section 4.4, RFC 8505 section 4.2. RFC 9685 section 7.2 puts the P field where the DAC has its status.
    Where that says prefix (RFC 9926), the last octet of ``registered_address`` holds the prefix length."""

    CHECKS = (KNOWN_SUFFIX,)
    type: FixedType = MessageType.DUPLICATE_ADDRESS_REQUEST
    code_prefix: Annotated[int, Bits(4)] = 0
    code_suffix: Suffix = AUTO
    checksum: U16 = 0
    address_type: AddressType = 0
    reserved: Annotated[int, Bits(6)] = 0
    transaction: U8 = 0
    lifetime_minutes: Minutes
    ownership_verifier: Verifier
    registered_address: address.Ipv6
    options: Options = ()


@wire("icmpv6-duplicate-address-confirmation")
class DuplicateAddressConfirmation(Header):
    """RFC 6775 section 4.4, RFC 8505 section 4.2."""

    CHECKS = (KNOWN_SUFFIX,)
    type: FixedType = MessageType.DUPLICATE_ADDRESS_CONFIRMATION
    code_prefix: Annotated[int, Bits(4)] = 0
    code_suffix: Suffix = AUTO
    checksum: U16 = 0
    status: Status = 0
    transaction: U8 = 0
    lifetime_minutes: Minutes
    ownership_verifier: Verifier
    registered_address: address.Ipv6
    options: Options = ()
