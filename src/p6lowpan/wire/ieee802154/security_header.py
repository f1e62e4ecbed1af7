"""The auxiliary security header (IEEE 802.15.4-2015 section 9.4, IEEE 802.15.4-2006 section 7.6.2)."""

from enum import IntEnum
from typing import Annotated, ClassVar

from p6lowpan.wire.description import AUTO, Bits, Computed, Header, Meaning, Octets, When, wire
from p6lowpan.wire.ieee802154.little_endian import U32, Flag


class SecurityLevel(IntEnum):
    """IEEE 802.15.4-2015 Table 9-6. Level 4 is deprecated there: encryption that nobody authenticates."""

    NONE = 0
    MIC_32 = 1
    MIC_64 = 2
    MIC_128 = 3
    ENC = 4
    ENC_MIC_32 = 5
    ENC_MIC_64 = 6
    ENC_MIC_128 = 7


class KeyIdentifierMode(IntEnum):
    """IEEE 802.15.4-2015 Table 9-7: what names the key."""

    IMPLICIT = 0
    KEY_INDEX = 1
    KEY_SOURCE_4_OCTETS = 2
    KEY_SOURCE_8_OCTETS = 3


MIC_OCTETS = (0, 4, 8, 16, 0, 4, 8, 16)
"""Octets of the message integrity code, by security level."""

KEY_SOURCE_OCTETS = (0, 0, 4, 8)
"""Octets of the key source, by key identifier mode."""


def encrypts(level: int) -> bool:
    """Whether a security level hides the private payload."""
    return level >= SecurityLevel.ENC


@wire("ieee802154-security")
class AuxiliarySecurityHeader(Header):
    """Frame version 2: the frame counter may be left out, and the nonce may take the absolute slot number instead.

    ``key_source`` is as sent.
    """

    level: Annotated[int, Bits(3, little=True), Meaning(SecurityLevel)]
    key_identifier_mode: Annotated[int, Bits(2, little=True), Meaning(KeyIdentifierMode)]
    frame_counter_suppression: Annotated[Flag, Computed("int(frame_counter is None)")] = AUTO
    asn_in_nonce: Flag = 0
    reserved: Flag = 0
    frame_counter: Annotated[int | None, Bits(32, little=True), When("not frame_counter_suppression")] = None
    key_source: Annotated[bytes, Octets("KEY_SOURCE_OCTETS[key_identifier_mode]")] = b""
    key_index: Annotated[int | None, Bits(8), When("key_identifier_mode != 0")] = None


@wire("ieee802154-security")
class AuxiliarySecurityHeader2006(Header):
    """Frame version 1: the three high bits of the security control field are reserved, the counter is always there."""

    frame_counter_suppression: ClassVar[int] = 0
    asn_in_nonce: ClassVar[int] = 0

    level: Annotated[int, Bits(3, little=True), Meaning(SecurityLevel)]
    key_identifier_mode: Annotated[int, Bits(2, little=True), Meaning(KeyIdentifierMode)]
    reserved: Annotated[int, Bits(3, little=True)] = 0
    frame_counter: U32
    key_source: Annotated[bytes, Octets("KEY_SOURCE_OCTETS[key_identifier_mode]")] = b""
    key_index: Annotated[int | None, Bits(8), When("key_identifier_mode != 0")] = None


SecurityHeader = AuxiliarySecurityHeader | AuxiliarySecurityHeader2006

SECURITY_HEADERS: tuple[type[Header] | None, ...] = (None, AuxiliarySecurityHeader2006, AuxiliarySecurityHeader, None)
"""The class by frame version. A frame of version 0 names its security suite nowhere: its payload stays as it is."""
