"""The numbers of IEEE 802.15.4 TAP in words: PHYs, bands, modulations, channel pages, real numbers."""

import struct

FCS_TYPES = {0: "none", 1: "16-bit CRC", 2: "32-bit CRC"}

PAGES = {
    0: "868, 915 MHz BPSK and 2450 MHz O-QPSK",
    1: "868, 915 MHz ASK",
    2: "868, 915 MHz O-QPSK",
    3: "2450 MHz CSS",
    4: "HRP UWB",
    5: "780 MHz",
    6: "920 MHz GFSK",
    7: "MSK",
    8: "LRP UWB",
    9: "SUN",
    10: "SUN FSK, generic",
    11: "2380 MHz",
    12: "LECIM",
    13: "RCC",
}

BANDS = {
    0: "169 MHz (169.400-169.475)",
    1: "450 MHz (450-470)",
    2: "470 MHz (470-510)",
    3: "780 MHz (779-787)",
    4: "863 MHz (863-870)",
    5: "896 MHz (896-901)",
    6: "901 MHz (901-902)",
    7: "915 MHz (902-928)",
    8: "917 MHz (917-923.5)",
    9: "920 MHz (920-928)",
    10: "928 MHz (928-960)",
    11: "920 MHz (920-960)",
    12: "1427 MHz (1427-1518)",
    13: "2450 MHz (2400-2483.5)",
}

MODULATIONS = {
    0: "FSK-A",
    1: "FSK-B",
    2: "O-QPSK-A",
    3: "O-QPSK-B",
    4: "O-QPSK-C",
    5: "OFDM option 1",
    6: "OFDM option 2",
    7: "OFDM option 3",
    8: "OFDM option 4",
}

PHYS = {
    0: "raw",
    1: "O-QPSK",
    2: "CSS",
    3: "HRP UWB",
    4: "MSK",
    5: "LRP UWB",
    6: "SUN FSK",
    7: "SUN OFDM",
    8: "SUN O-QPSK",
    9: "LECIM FSK",
    10: "TVWS-FSK",
    11: "TVWS-OFDM",
    12: "TVWS-NB-OFDM",
    13: "RCC LMR",
    14: "CMB O-QPSK",
    15: "CMB GFSK",
    16: "TASK",
    17: "RS-GFSK",
    18: "Wi-SUN FSK mode switch",
}


def real(bits: int) -> float:
    """The number whose IEEE 754 single has these bits; not a number and infinities included."""
    (value,) = struct.unpack("<f", bits.to_bytes(4, "little"))
    return float(value)


def decibel_milliwatts(bits: int) -> str:
    """A signal strength in words."""
    return f"{real(bits):g} dBm"


def kilohertz(bits: int) -> str:
    """A frequency in words."""
    return f"{real(bits):.9g} kHz"


def nanoseconds(value: int) -> str:
    """A receiver's time in words."""
    return f"{value // 1_000_000_000}.{value % 1_000_000_000:09} s since the receiver was switched on"
