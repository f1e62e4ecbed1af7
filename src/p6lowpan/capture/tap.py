"""IEEE 802.15.4 TAP (link type 283): metadata in front of a frame, as TLVs.

"IEEE 802.15.4 TAP Link Type Specification" 1.2, Exegin Technologies. All fields are little endian, values are padded
with zeros to 32 bits. A TLV of a known type and another length than the specified one is kept as unknown octets.
"""

import struct
from typing import Annotated

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import tap_words
from p6lowpan.capture.fcs import Fcs
from p6lowpan.wire.description import AUTO, U8, Bits, Check, Computed, Each, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.family import Family

L16 = Annotated[int, Bits(16, little=True)]
L32 = Annotated[int, Bits(32, little=True)]
Fixed16 = Annotated[int, Bits(16, little=True), Fixed()]
Nanoseconds = Annotated[int, Bits(64, little=True), Meaning(tap_words.nanoseconds)]
Kilohertz = Annotated[int, Bits(32, little=True), Meaning(tap_words.kilohertz)]
Padding1 = Annotated[bytes, Octets(1)]
Padding2 = Annotated[bytes, Octets(2)]
Padding3 = Annotated[bytes, Octets(3)]


def single(value: float) -> int:
    """The bits of an IEEE 754 single, as the TLVs with real numbers hold them. Raises :class:`UsageError`."""
    try:
        return int.from_bytes(struct.pack("<f", value), "little")
    except OverflowError:
        raise UsageError(f"{value} is too large for an IEEE 754 single") from None


@wire("tap-tlv")
class FcsType(Header):
    """Which frame check sequence follows the frame."""

    type: Fixed16 = 0
    length: Fixed16 = 1
    fcs: Annotated[int, Bits(8), Meaning(tap_words.FCS_TYPES)]
    padding: Padding3 = bytes(3)


@wire("tap-tlv")
class SignalStrength(Header):
    """Received signal strength in dBm; a real number, held as its bits (:func:`single`)."""

    type: Fixed16 = 1
    length: Fixed16 = 4
    strength: Annotated[int, Bits(32, little=True), Meaning(tap_words.decibel_milliwatts)]


@wire("tap-tlv")
class BitRate(Header):
    """Bits a second of this frame."""

    type: Fixed16 = 2
    length: Fixed16 = 4
    bits_per_second: L32


@wire("tap-tlv")
class ChannelAssignment(Header):
    """IEEE 802.15.4-2015 section 10.1.2: channel number and page."""

    type: Fixed16 = 3
    length: Fixed16 = 3
    channel: L16
    page: Annotated[int, Bits(8), Meaning(tap_words.PAGES)] = 0
    padding: Padding1 = bytes(1)


@wire("tap-tlv")
class SunPhy(Header):
    """Band (IEEE 802.15.4-2015 table 7-19), modulation (table 7-20) and rate mode of a SUN PHY."""

    type: Fixed16 = 4
    length: Fixed16 = 3
    band: Annotated[int, Bits(8), Meaning(tap_words.BANDS)]
    modulation: Annotated[int, Bits(8), Meaning(tap_words.MODULATIONS)]
    mode: U8
    padding: Padding1 = bytes(1)


@wire("tap-tlv")
class FrameStart(Header):
    """When the frame began, in nanoseconds since the receiver was switched on."""

    type: Fixed16 = 5
    length: Fixed16 = 8
    time_ns: Nanoseconds


@wire("tap-tlv")
class FrameEnd(Header):
    """When the frame ended, in nanoseconds since the receiver was switched on."""

    type: Fixed16 = 6
    length: Fixed16 = 8
    time_ns: Nanoseconds


@wire("tap-tlv")
class AbsoluteSlotNumber(Header):
    """TSCH: the slot's number since the network began, part of the nonce."""

    type: Fixed16 = 7
    length: Fixed16 = 8
    number: Annotated[int, Bits(64, little=True)]


@wire("tap-tlv")
class SlotStart(Header):
    """TSCH: when the slot began, in nanoseconds since the receiver was switched on."""

    type: Fixed16 = 8
    length: Fixed16 = 8
    time_ns: Nanoseconds


@wire("tap-tlv")
class TimeslotLength(Header):
    """TSCH: how long a slot is. The specification's drawing says length 8 over four octets; four are sent."""

    type: Fixed16 = 9
    length: Fixed16 = 4
    microseconds: L32


@wire("tap-tlv")
class LinkQuality(Header):
    """IEEE 802.15.4-2015 section 10.2.6: the link quality indicator."""

    type: Fixed16 = 10
    length: Fixed16 = 1
    indicator: U8
    padding: Padding3 = bytes(3)


@wire("tap-tlv")
class CenterFrequency(Header):
    """The receiver's centre frequency in kHz; a real number, held as its bits (:func:`single`)."""

    type: Fixed16 = 11
    length: Fixed16 = 4
    frequency: Kilohertz


@wire("tap-tlv")
class ChannelPlan(Header):
    """Channel n lies at ``first + n * spacing`` kHz; real numbers, held as their bits (:func:`single`)."""

    type: Fixed16 = 12
    length: Fixed16 = 10
    first: Kilohertz
    spacing: Kilohertz
    channels: L16
    padding: Padding2 = bytes(2)


@wire("tap-tlv")
class PhyHeader(Header):
    """The PHY header of the frame, ``bits`` long, least significant octet first."""

    type: Fixed16 = 13
    length: Annotated[int, Bits(16, little=True), Computed("4 + len(header)")] = AUTO
    phy: Annotated[int, Bits(16, little=True), Meaning(tap_words.PHYS)]
    bits: L16
    header: Annotated[bytes, Octets("length - 4")]
    padding: Annotated[bytes, Octets("-length % 4"), Computed("bytes(-length % 4)")] = AUTO


@wire("tap-tlv")
class UnknownTlv(Header):
    """A type that is not known, or a known one of another length: "dissected as a binary blob"."""

    type: L16
    length: Annotated[int, Bits(16, little=True), Computed("len(value)")] = AUTO
    value: Annotated[bytes, Octets("length")]
    padding: Annotated[bytes, Octets("-length % 4"), Computed("bytes(-length % 4)")] = AUTO


FIXED_TLVS: dict[int, type[Header]] = {
    0: FcsType,
    1: SignalStrength,
    2: BitRate,
    3: ChannelAssignment,
    4: SunPhy,
    5: FrameStart,
    6: FrameEnd,
    7: AbsoluteSlotNumber,
    8: SlotStart,
    9: TimeslotLength,
    10: LinkQuality,
    11: CenterFrequency,
    12: ChannelPlan,
}
PHY_HEADER = 13


def _key(octets: bytes) -> int:
    """Type and length together, because a TLV is only what it claims where both are right."""
    if int.from_bytes(octets[:2], "little") == PHY_HEADER and int.from_bytes(octets[2:4], "little") >= 4:
        return PHY_HEADER
    return int.from_bytes(octets[:4], "little")


def _fixed_length(tlv: type[Header]) -> int:
    return int(next(field.default for field in tlv.FIELDS if field.name == "length"))


TLVS = Family(
    layer="tap-tlv",
    members={_fixed_length(tlv) << 16 | number: tlv for number, tlv in FIXED_TLVS.items()} | {PHY_HEADER: PhyHeader},
    unknown=UnknownTlv,
    key=_key,
    key_octets=4,
)


@wire("tap")
class TapHeader(Header):
    """What precedes the frame. ``length`` counts the header and its TLVs."""

    version: U8 = 0
    reserved: U8 = 0
    length: Annotated[int, Bits(16, little=True), Computed("4 + sum(len(tlv.encode()) for tlv in tlvs)")] = AUTO
    tlvs: Annotated[tuple[Header, ...], Each("TLVS", size="length - 4")] = ()

    CHECKS = (Check("version == 0", "version", Reason.UNSUPPORTED, "only TAP version 0 is defined"),)


FCS_NUMBERS = {Fcs.NONE: 0, Fcs.CRC16: 1, Fcs.CRC32: 2}
FCS_KINDS = {number: kind for kind, number in FCS_NUMBERS.items()}


def encapsulate(frame: bytes, fcs: Fcs, *tlvs: Header) -> bytes:
    """A frame for link type 283: the TAP header with its FCS type and ``tlvs``, then ``frame`` with its FCS.

    Raises :class:`UsageError` for ``Fcs.TI``, which has no number in TAP.
    """
    if fcs not in FCS_NUMBERS:
        raise UsageError(f"TAP cannot say that a frame ends with {fcs.value}")
    return TapHeader(tlvs=(FcsType(fcs=FCS_NUMBERS[fcs]), *tlvs)).encode() + frame
