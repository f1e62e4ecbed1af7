"""ZEP, the ZigBee Encapsulation Protocol (Exegin): IEEE 802.15.4 frames in UDP port 17754. Versions 1 and 2.

Sniffers send it to an analyser, and RIOT's and other simulated radios speak it to one another. All fields are big
endian. The frame of ``length`` octets follows the header; whether it ends with an FCS or with TI's metadata, the mode
says.
"""

from typing import Annotated

from p6lowpan.capture.fcs import Fcs
from p6lowpan.wire.description import U8, U16, U32, Bits, Fixed, Header, Meaning, Octets, Rest, wire
from p6lowpan.wire.family import Family

PORT = 17754
PREAMBLE = b"EX"
DATA = 1
ACKNOWLEDGEMENT = 2
REGISTRATION = 255  # RIOT: a node tells its dispatcher that it is there; the "frame" is its link-layer address
NTP_SECONDS_1970 = 2_208_988_800

TYPES = {DATA: "data", ACKNOWLEDGEMENT: "acknowledgement", REGISTRATION: "registration with RIOT's dispatcher"}
MODES = {0: "the frame ends with TI's metadata instead of its FCS", 1: "the frame ends with its FCS"}

Preamble = Annotated[bytes, Octets(2), Fixed()]
Version = Annotated[int, Bits(8), Fixed()]
Mode = Annotated[int, Bits(8), Meaning(lambda mode: MODES[min(mode, 1)])]


def time_from_ntp(timestamp: int) -> int | None:
    """Nanoseconds since 1970 of an NTP timestamp (RFC 5905 section 6); ``None`` for 0, which means unknown.

    Seconds whose first bit is clear are those after 2036 (RFC 4330 section 3).
    """
    if timestamp == 0:
        return None
    seconds, fraction = timestamp >> 32, timestamp & 0xFFFFFFFF
    era = 0 if seconds >> 31 else 1 << 32
    return (seconds + era - NTP_SECONDS_1970) * 1_000_000_000 + (fraction * 1_000_000_000 + (1 << 31) >> 32)


def ntp_from_time(time_ns: int) -> int:
    """The NTP timestamp of nanoseconds since 1970."""
    seconds, fraction_ns = divmod(time_ns, 1_000_000_000)
    return (seconds + NTP_SECONDS_1970 & 0xFFFFFFFF) << 32 | (fraction_ns << 32) // 1_000_000_000


def _time(timestamp: int) -> str:
    time_ns = time_from_ntp(timestamp)
    return "unknown" if time_ns is None else f"{time_ns / 1e9:.6f} s since 1970"


@wire("zep")
class DataVersion1(Header):
    """The header of version 1, 16 octets."""

    preamble: Preamble = PREAMBLE
    version: Version = 1
    channel: U8
    device: U16
    mode: Mode = 1
    link_quality: U8 = 0
    reserved: Annotated[bytes, Octets(7)] = bytes(7)
    reserved_bit: Annotated[int, Bits(1)] = 0
    length: Annotated[int, Bits(7)]


@wire("zep")
class DataVersion2(Header):
    """The header of version 2, 32 octets."""

    preamble: Preamble = PREAMBLE
    version: Version = 2
    type: Annotated[int, Bits(8), Meaning(TYPES)] = DATA
    channel: U8
    device: U16
    mode: Mode = 1
    link_quality: U8 = 0
    timestamp: Annotated[int, Bits(64), Meaning(_time)]
    sequence: U32
    reserved: Annotated[bytes, Octets(10)] = bytes(10)
    reserved_bit: Annotated[int, Bits(1)] = 0
    length: Annotated[int, Bits(7)]


@wire("zep")
class Acknowledgement(Header):
    """Version 2, type 2: a ZEP message with this sequence number arrived. No frame follows."""

    preamble: Preamble = PREAMBLE
    version: Version = 2
    type: Annotated[int, Bits(8), Fixed(), Meaning(TYPES)] = ACKNOWLEDGEMENT
    sequence: U32


@wire("zep")
class UnknownMessage(Header):
    """Another version or type."""

    preamble: Preamble = PREAMBLE
    version: U8
    content: Rest


def _key(octets: bytes) -> int:
    """Version and type; version 1 has none."""
    return 1 << 8 if octets[2] == 1 else octets[2] << 8 | octets[3]


MESSAGES = Family(
    layer="zep",
    members={
        1 << 8: DataVersion1,
        2 << 8 | DATA: DataVersion2,
        2 << 8 | ACKNOWLEDGEMENT: Acknowledgement,
        2 << 8 | REGISTRATION: DataVersion2,
    },
    unknown=UnknownMessage,
    key=_key,
    key_octets=4,
)


def encapsulate(
    frame: bytes, *, channel: int, device: int, sequence: int, time_ns: int, fcs: Fcs = Fcs.CRC16, link_quality: int = 0
) -> bytes:
    """A version 2 data message. ``frame`` ends with its FCS, or with TI's metadata where ``fcs`` says so."""
    header = DataVersion2(
        channel=channel,
        device=device,
        mode=0 if fcs is Fcs.TI else 1,
        link_quality=link_quality,
        timestamp=ntp_from_time(time_ns),
        sequence=sequence,
        length=len(frame),
    )
    return header.encode() + frame
