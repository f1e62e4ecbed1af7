import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import tap, tap_words
from p6lowpan.capture.fcs import Fcs

# "IEEE 802.15.4 TAP Link Type Specification" 1.2: the drawings of section 3, filled in by hand.
VECTORS = [
    ("0000 0100 01000000", tap.FcsType(fcs=1)),
    ("0100 0400 0000 b4c2", tap.SignalStrength(strength=tap.single(-90.0))),
    ("0200 0400 90d00300", tap.BitRate(bits_per_second=250_000)),
    ("0300 0300 1a00 00 00", tap.ChannelAssignment(channel=26, page=0)),
    ("0400 0300 07 01 02 00", tap.SunPhy(band=7, modulation=1, mode=2)),
    ("0500 0800 1500cd5b07000000", tap.FrameStart(time_ns=0x75BCD0015)),
    ("0600 0800 ffffffffffffffff", tap.FrameEnd(time_ns=2**64 - 1)),
    ("0700 0800 0102030405000000", tap.AbsoluteSlotNumber(number=0x0504030201)),
    ("0800 0800 0100000000000000", tap.SlotStart(time_ns=1)),
    ("0900 0400 10270000", tap.TimeslotLength(microseconds=10_000)),
    ("0a00 0100 ff000000", tap.LinkQuality(indicator=255)),
    ("0b00 0400 00 f0 16 4a", tap.CenterFrequency(frequency=tap.single(2_472_960.0))),
    (
        "0c00 0a00 c0 c6 5f 49 00 00 c8 43 8100 0000",
        tap.ChannelPlan(first=tap.single(916_588.0), spacing=tap.single(400.0), channels=129),
    ),
    ("0d00 0600 0600 1000 1234 0000", tap.PhyHeader(phy=6, bits=16, header=b"\x12\x34")),
    ("2a00 0500 68656c6c6f 000000", tap.UnknownTlv(type=42, value=b"hello")),
    ("0a00 0200 01020000", tap.UnknownTlv(type=10, value=b"\x01\x02")),  # LQI of two octets is not LQI
    ("0d00 0300 010203 00", tap.UnknownTlv(type=13, value=b"\x01\x02\x03")),  # a PHY header needs four
    ("0000 0000", tap.UnknownTlv(type=0, value=b"")),
    ("0a00 0100 07aabbcc", tap.LinkQuality(indicator=7, padding=b"\xaa\xbb\xcc")),  # kept, though it must be zero
]


@pytest.mark.parametrize(("octets", "value"), VECTORS, ids=lambda item: type(item).__name__)
def test_each_tlv_is_the_same_in_both_directions(octets, value):
    octets = bytes.fromhex(octets)
    assert tap.TLVS.decode(octets + b"rest") == (value, b"rest")
    assert value.encode() == octets


@pytest.mark.parametrize(("octets", "value"), VECTORS, ids=lambda item: type(item).__name__)
def test_each_tlv_cut_at_any_octet_is_truncated(octets, value):
    octets = bytes.fromhex(octets)
    for size in range(len(octets)):
        with pytest.raises(Malformed) as caught:
            tap.TLVS.decode(octets[:size])
        assert (caught.value.offset, caught.value.reason) == (size, Reason.TRUNCATED)


@pytest.mark.parametrize(("octets", "value"), VECTORS, ids=lambda item: type(item).__name__)
def test_each_tlv_with_a_flipped_bit_is_a_value_or_malformed(octets, value):
    octets = bytes.fromhex(octets)
    for bit in range(8 * len(octets)):
        flipped = (int.from_bytes(octets, "big") ^ 1 << bit).to_bytes(len(octets), "big")
        try:
            other, rest = tap.TLVS.decode(flipped)
        except Malformed:
            continue
        assert other != value
        assert other.encode() + rest == flipped


def test_the_header_counts_its_tlvs_and_keeps_their_order():
    tlvs = tuple(value for _, value in VECTORS)
    header = tap.TapHeader(tlvs=tlvs)
    octets = header.encode()
    assert header.length == len(octets)
    assert octets[:4] == b"\0\0" + len(octets).to_bytes(2, "little")
    assert tap.TapHeader.decode(octets + b"frame") == (header, b"frame")


def test_reserved_bits_are_kept():
    octets = bytes.fromhex("00ff0400")
    assert tap.TapHeader.decode_all(octets).encode() == octets


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        ("01000400", 0, Reason.UNSUPPORTED),  # version 1
        ("00000300", 4, Reason.BAD_LENGTH),  # less than the header itself
        ("00000800", 4, Reason.TRUNCATED),
        ("000006000a00", 6, Reason.TRUNCATED),  # half a TLV
        ("00000c000a000900000000 00", 12, Reason.TRUNCATED),  # a TLV longer than the header says
        ("000000", 3, Reason.TRUNCATED),
    ],
)
def test_a_header_that_cannot_be_is_malformed_at_its_place(octets, offset, reason):
    with pytest.raises(Malformed) as caught:
        tap.TapHeader.decode(bytes.fromhex(octets))
    assert (caught.value.offset, caught.value.reason) == (offset, reason)


def test_a_frame_is_encapsulated_with_the_type_of_its_fcs():
    octets = tap.encapsulate(b"frame", Fcs.CRC32, tap.LinkQuality(indicator=200))
    header, frame = tap.TapHeader.decode(octets)
    assert frame == b"frame"
    assert header.tlvs == (tap.FcsType(fcs=2), tap.LinkQuality(indicator=200))


def test_what_tap_cannot_say_is_the_callers_mistake():
    with pytest.raises(UsageError, match="ti"):
        tap.encapsulate(b"frame", Fcs.TI)
    with pytest.raises(UsageError, match="too large"):
        tap.single(1e39)


@given(st.floats(width=32))
def test_real_numbers_come_back_from_their_bits(value):
    assert repr(tap_words.real(tap.single(value))) == repr(value)


def test_every_value_is_said_in_words():
    words = {span.name: span.meaning for _, value in VECTORS[:14] for span in value.layout() if span.meaning}
    assert words["fcs"] == "16-bit CRC"
    assert words["strength"] == "-90 dBm"
    assert words["band"] == "915 MHz (902-928)"
    assert words["modulation"] == "FSK-B"
    assert words["first"] == "916588 kHz"
    assert words["phy"] == "SUN FSK"
    assert words["page"].startswith("868, 915 MHz BPSK")


def test_a_strength_of_no_number_is_said_and_not_raised():
    for bits in (0x7FC00000, 0x7F800000, 0xFF800000, 0):
        assert tap_words.decibel_milliwatts(bits).endswith("dBm")
