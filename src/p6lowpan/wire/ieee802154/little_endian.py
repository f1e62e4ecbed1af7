"""Field types of IEEE 802.15.4: least significant bit and octet first (IEEE 802.15.4-2015 section 4.3)."""

from typing import Annotated

from p6lowpan.wire.description import Bits, Meaning, Octets

Flag = Annotated[int, Bits(1, little=True)]
U8 = Annotated[int, Bits(8, little=True)]
U16 = Annotated[int, Bits(16, little=True)]
U24 = Annotated[int, Bits(24, little=True)]
U32 = Annotated[int, Bits(32, little=True)]
U40 = Annotated[int, Bits(40, little=True)]


def format_pan(pan: int) -> str:
    """``0xabcd``, or ``broadcast`` for the PAN identifier that means every PAN."""
    return "broadcast" if pan == 0xFFFF else f"0x{pan:04x}"


def format_oui(oui: bytes) -> str:
    """``ea:b8:9b``."""
    return oui.hex(":")


Oui = Annotated[bytes, Octets(3, reverse=True), Meaning(format_oui)]
"""A vendor's organizationally unique identifier in printed order."""


def leading_u16(octets: bytes) -> int:
    """The first two octets as a number: the descriptor of an information element."""
    return octets[0] | octets[1] << 8
