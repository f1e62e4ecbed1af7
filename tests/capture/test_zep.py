import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import zep
from p6lowpan.capture.fcs import Fcs

# Field by field after the layouts that Wireshark's dissector documents.
V1 = "4558 01 1a 0102 00 ff 00000000000000 05"
V2 = "4558 02 01 0b 00ab 01 37 da1c5f40 80000000 00000007 00000000000000000000 05"
VECTORS = [
    (V1, zep.DataVersion1(channel=26, device=0x0102, mode=0, link_quality=255, length=5)),
    (
        V2,
        zep.DataVersion2(
            channel=11,
            device=0xAB,
            mode=1,
            link_quality=0x37,
            timestamp=0xDA1C5F40_80000000,
            sequence=7,
            length=5,
        ),
    ),
    ("4558 02 02 00000007", zep.Acknowledgement(sequence=7)),
    ("4558 03 01 aabb", zep.UnknownMessage(version=3, content=b"\x01\xaa\xbb")),
]


@pytest.mark.parametrize(("octets", "value"), VECTORS, ids=lambda item: type(item).__name__)
def test_each_message_is_the_same_in_both_directions(octets, value):
    octets = bytes.fromhex(octets)
    assert zep.MESSAGES.decode(octets) == (value, b"")
    assert value.encode() == octets


@pytest.mark.parametrize("octets", [V1, V2, "4558020200000007"])
def test_each_message_cut_at_any_octet_is_truncated(octets):
    octets = bytes.fromhex(octets)
    for size in range(len(octets)):
        with pytest.raises(Malformed) as caught:
            zep.MESSAGES.decode(octets[:size])
        assert (caught.value.offset, caught.value.reason) == (size, Reason.TRUNCATED)


@pytest.mark.parametrize(("octets", "value"), VECTORS, ids=lambda item: type(item).__name__)
def test_each_message_with_a_flipped_bit_is_another_value_or_malformed(octets, value):
    octets = bytes.fromhex(octets)
    for bit in range(8 * len(octets)):
        flipped = (int.from_bytes(octets, "big") ^ 1 << bit).to_bytes(len(octets), "big")
        try:
            other, rest = zep.MESSAGES.decode(flipped)
        except Malformed:
            continue
        assert other != value
        assert other.encode() + rest == flipped


def test_another_preamble_is_no_zep():
    with pytest.raises(Malformed) as caught:
        zep.MESSAGES.decode(b"EY" + bytes(30))
    assert (caught.value.offset, caught.value.reason) == (0, Reason.FIXED_VALUE)


def test_the_length_is_seven_bits_and_the_eighth_is_kept():
    octets = bytes.fromhex(V2)[:-1] + b"\x85"
    message, _ = zep.MESSAGES.decode(octets)
    assert (message.length, message.reserved_bit) == (5, 1)
    assert message.encode() == octets


@pytest.mark.parametrize(
    ("timestamp", "time_ns"),
    [
        (0, None),
        (2_208_988_800 << 32, 0),
        (2_208_988_801 << 32 | 0x80000000, 1_500_000_000),
        (0x00000000_80000000, 2_085_978_496 * 10**9 + 500_000_000),  # 2036, RFC 4330 section 3
    ],
)
def test_ntp_time_is_read(timestamp, time_ns):
    assert zep.time_from_ntp(timestamp) == time_ns


@given(st.integers(min_value=0, max_value=4_200_000_000 * 10**9))
def test_a_time_comes_back_from_ntp_to_the_nanosecond(time_ns):
    timestamp = zep.ntp_from_time(time_ns)
    assume(timestamp)  # the one instant in 2036 that ZEP takes for "unknown"
    assert zep.time_from_ntp(timestamp) == time_ns


@pytest.mark.parametrize(("fcs", "mode"), [(Fcs.CRC16, 1), (Fcs.TI, 0)])
def test_a_frame_is_encapsulated_in_version_2(fcs, mode):
    octets = zep.encapsulate(
        b"frame", channel=17, device=3, sequence=9, time_ns=1_500_000_000, fcs=fcs, link_quality=80
    )
    header, frame = zep.MESSAGES.decode(octets)
    assert frame == b"frame"
    assert (header.channel, header.device, header.sequence, header.mode) == (17, 3, 9, mode)
    assert (header.length, header.link_quality) == (5, 80)
    assert zep.time_from_ntp(header.timestamp) == 1_500_000_000


def test_a_frame_of_more_than_127_octets_does_not_fit():
    with pytest.raises(UsageError, match="length"):
        zep.encapsulate(bytes(128), channel=11, device=0, sequence=0, time_ns=0)


def test_every_value_is_said_in_words():
    message, _ = zep.MESSAGES.decode(bytes.fromhex(V2))
    words = {span.name: span.meaning for span in message.layout() if span.meaning}
    assert words == {
        "type": "data",
        "mode": "the frame ends with its FCS",
        "timestamp": "1450303680.500000 s since 1970",
    }
    assert zep.DataVersion2(channel=1, device=1, timestamp=0, sequence=1, length=0).layout()[7].meaning == "unknown"
