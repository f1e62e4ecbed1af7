"""What stands at the end of a captured IEEE 802.15.4 frame where the frame check sequence was sent."""

from enum import StrEnum
from typing import Annotated

from p6lowpan.wire.description import Bits, Header, Meaning, wire


class Fcs(StrEnum):
    """The kinds of frame check sequence in captures."""

    NONE = "none"
    CRC16 = "crc16"  # IEEE 802.15.4: the 16-bit ITU-T CRC
    CRC32 = "crc32"  # SUN and TVWS PHYs: ANSI X3.66-1979
    TI = "ti"  # Texas Instruments CC24xx: the radio replaced the FCS, see TiMetadata

    @property
    def octets(self) -> int:
        """How many octets it takes."""
        return FCS_OCTETS[self]


FCS_OCTETS = {Fcs.NONE: 0, Fcs.CRC16: 2, Fcs.CRC32: 4, Fcs.TI: 2}
FCS_OF_OCTETS = {0: Fcs.NONE, 2: Fcs.CRC16, 4: Fcs.CRC32}


def signed_octet(value: int) -> int:
    """An octet read as two's complement."""
    return value - 256 if value & 0x80 else value


def _strength(value: int) -> str:
    return f"{signed_octet(value)} dB before the chip's offset (CC2420: -45, CC2531: -73)"


@wire("ti-metadata")
class TiMetadata(Header):
    """CC2420 data sheet, RX FIFO: with AUTOCRC the FCS is replaced by the signal strength, whether the CRC was right,
    and the correlation of the first symbols (about 50 is the lowest, 110 the highest quality)."""

    signal_strength: Annotated[int, Bits(8), Meaning(_strength)]
    crc_ok: Annotated[int, Bits(1), Meaning({0: "the FCS was wrong", 1: "the FCS was right"})]
    correlation: Annotated[int, Bits(7)]
