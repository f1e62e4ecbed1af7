import io
import struct

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import read
from p6lowpan.capture.pcapng import LARGEST_BLOCK, MOST_INTERFACES, REMEMBERED_DAMAGE


def padded(octets):
    return octets + bytes(-len(octets) % 4)


class Blocks:
    """Blocks of one byte order, as draft-ietf-opsawg-pcapng section 4 draws them."""

    def __init__(self, order="<"):
        self.order = order

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body):
        length = self.pack("I", 12 + len(padded(body)))
        return self.pack("I", kind) + length + padded(body) + length

    def options(self, options):
        parts = [self.pack("HH", code, len(value)) + padded(value) for code, value in options]
        return b"".join(parts) + (bytes(4) if options else b"")

    def section(self, major=1, length=-1):
        return self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, major, 0, length))

    def interface(self, link_type=195, snap=0, options=()):
        return self.block(1, self.pack("HHI", link_type, 0, snap) + self.options(options))

    def enhanced(self, octets, interface=0, ticks=0, original=None, options=()):
        original = len(octets) if original is None else original
        fields = (interface, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), original)
        return self.block(6, self.pack("IIIII", *fields) + padded(octets) + self.options(options))

    def obsolete(self, octets, interface=0, ticks=0):
        fields = (interface, 7, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), len(octets))
        return self.block(2, self.pack("HHIIII", *fields) + padded(octets))

    def simple(self, octets, original=None):
        return self.block(3, self.pack("I", len(octets) if original is None else original) + padded(octets))


LITTLE = Blocks("<")
UNKNOWN = [
    (5, b"statistics.."),
    (4, b"\0\0\0\0"),
    (0x0BAD, b"custom block"),
    (0x0000000A, b"secrets!"),
    (0x12345678, b""),
]


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_three_packet_blocks_of_both_byte_orders_give_frames(collected, order):
    blocks = Blocks(order)
    ticks = 1_700_000_000_123_456
    frames, error = collected(
        blocks.section()
        + blocks.interface(195)
        + blocks.enhanced(b"enhanced", ticks=ticks)
        + blocks.obsolete(b"obsolete!", ticks=ticks)
        + blocks.simple(b"simple")
    )
    assert error is None
    assert [frame.octets for frame in frames] == [b"enhanced", b"obsolete!", b"simple"]
    assert [frame.time_ns for frame in frames] == [ticks * 1000, ticks * 1000, 0]
    assert [frame.number for frame in frames] == [1, 2, 3]


def test_each_interface_has_its_link_type_and_each_section_its_interfaces(collected):
    big = Blocks(">")
    frames, error = collected(
        LITTLE.section()
        + LITTLE.interface(195)
        + LITTLE.interface(1)
        + LITTLE.enhanced(b"a", interface=1)
        + LITTLE.enhanced(b"b", interface=0)
        + big.section()
        + big.interface(283)
        + big.enhanced(b"c", interface=0)
    )
    assert error is None
    assert [(frame.octets, frame.link_type, frame.interface) for frame in frames] == [
        (b"a", 1, 1),
        (b"b", 195, 0),
        (b"c", 283, 2),
    ]
    assert [frame.number for frame in frames] == [1, 2, 3]


@pytest.mark.parametrize(
    ("resolution", "ticks", "time_ns"),
    [
        (b"\x09", 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
        (b"\x06", 1_700_000_000_123_456, 1_700_000_000_123_456_000),
        (b"\x00", 1_700_000_000, 1_700_000_000 * 10**9),
        (b"\x0c", 5_000_000_000_999, 5_000_000_000),  # picoseconds
        (b"\x8a", 1024 * 3 + 512, 3_500_000_000),  # 2^-10
        (b"\xff", (1 << 64) - 1, 0),  # 2^-127
        (b"\x7f", (1 << 64) - 1, 0),  # 10^-127
        (b"\x09\x09", 1_000_000, 10**9),  # not one octet: the default holds
    ],
)
def test_the_unit_of_time_is_the_interfaces(collected, resolution, ticks, time_ns):
    interface = LITTLE.interface(options=[(9, resolution)])
    frames, _ = collected(LITTLE.section() + interface + LITTLE.enhanced(b"x", ticks=ticks))
    assert frames[0].time_ns == time_ns


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("offset", "time_ns"), [(100, 101 * 10**9), (-1, 0), (-100, 0)])
def test_the_offset_of_time_is_added_in_seconds_and_time_does_not_go_below_zero(collected, order, offset, time_ns):
    blocks = Blocks(order)
    interface = blocks.interface(options=[(2, b"wpan0"), (14, blocks.pack("q", offset))])
    frames, _ = collected(blocks.section() + interface + blocks.enhanced(b"x", ticks=1_000_000))
    assert frames[0].time_ns == time_ns


@pytest.mark.parametrize(("value", "octets"), [(16, 2), (32, 4), (2, 2), (4, 4), (0, 0), (7, None)])
def test_an_interface_may_say_how_long_the_fcs_is(collected, value, octets):
    interface = LITTLE.interface(options=[(13, bytes([value]))])
    frames, _ = collected(LITTLE.section() + interface + LITTLE.enhanced(b"x"))
    assert frames[0].fcs_octets == octets


@pytest.mark.parametrize(("flags", "octets"), [(4 << 5, 4), (2 << 5 | 1, 2), (1, 2)])
def test_a_frame_may_say_how_long_its_fcs_is(collected, flags, octets):
    interface = LITTLE.interface(options=[(13, bytes([16]))])
    options = [(1, b"a comment"), (2, struct.pack("<I", flags))]
    frames, _ = collected(LITTLE.section() + interface + LITTLE.enhanced(b"odd", options=options))
    assert (frames[0].octets, frames[0].fcs_octets) == (b"odd", octets)


def test_blocks_that_nobody_reads_are_passed_over(collected):
    unknown = b"".join(LITTLE.block(kind, body) for kind, body in UNKNOWN)
    large = LITTLE.block(0x80000001, bytes(300_000))
    file = LITTLE.section() + unknown + LITTLE.interface() + large + LITTLE.enhanced(b"x") + unknown
    frames, error = collected(file)
    assert ([frame.octets for frame in frames], error) == ([b"x"], None)


def test_a_simple_packet_is_as_long_as_the_snap_length_allows(collected):
    frames, _ = collected(LITTLE.section() + LITTLE.interface(snap=6) + LITTLE.simple(b"abcdef", original=100))
    assert (frames[0].octets, frames[0].original_length, frames[0].missing) == (b"abcdef", 100, 94)


def test_a_file_that_ends_at_any_octet_gives_its_whole_frames_and_then_says_where_it_ends(collected):
    parts = [
        LITTLE.section(),
        LITTLE.interface(),
        LITTLE.block(5, b"skip"),
        LITTLE.enhanced(b"abc"),
        LITTLE.simple(b"d"),
    ]
    whole = b"".join(parts)
    ends = [len(b"".join(parts[: count + 1])) for count in range(len(parts))]
    for size in range(4, len(whole)):
        frames, error = collected(whole[:size])
        assert len(frames) == sum(size >= end for end in ends[3:])
        if size in ends:
            assert error is None
        else:
            assert (error.layer, error.offset, error.reason) == ("pcapng", size, Reason.TRUNCATED)


DAMAGED_BLOCKS = {
    "of an interface that is not described": LITTLE.enhanced(b"x", interface=1),
    "longer than its block": LITTLE.block(6, struct.pack("<IIIII", 0, 0, 0, 100, 100) + b"abcd"),
    "with an option longer than its block": LITTLE.block(6, struct.pack("<IIIIIHH", 0, 0, 0, 0, 0, 2, 400)),
    "enhanced but too short": LITTLE.block(6, bytes(16)),
    "simple but too short": LITTLE.block(3, b""),
    "obsolete but too short": LITTLE.block(2, bytes(16)),
    "described too shortly": LITTLE.block(1, b""),
    "described with a long option": LITTLE.block(1, struct.pack("<HHIHH", 1, 0, 0, 9, 99)),
}


@pytest.mark.parametrize("damaged", DAMAGED_BLOCKS.values(), ids=DAMAGED_BLOCKS.keys())
def test_a_block_that_is_wrong_inside_costs_only_itself(damaged):
    start = LITTLE.section() + LITTLE.interface()
    capture = read(io.BytesIO(start + damaged + LITTLE.enhanced(b"after")))
    assert [frame.octets for frame in capture] == [b"after"]
    assert capture.damaged_blocks == 1
    assert [(error.offset, error.reason) for error in capture.damaged] == [(len(start), Reason.BAD_CAPTURE)]
    assert capture.damaged[0].detail


def test_an_interface_described_too_shortly_still_counts():
    file = LITTLE.section() + LITTLE.block(1, b"") + LITTLE.interface(230) + LITTLE.enhanced(b"x", interface=1)
    assert [frame.link_type for frame in read(io.BytesIO(file))] == [230]


def test_damage_is_counted_beyond_what_is_remembered():
    many = REMEMBERED_DAMAGE + 1
    capture = read(io.BytesIO(LITTLE.section() + LITTLE.enhanced(b"x") * many))
    assert list(capture) == []
    assert (capture.damaged_blocks, len(capture.damaged)) == (many, REMEMBERED_DAMAGE)


def test_interfaces_are_bounded():
    file = LITTLE.section() + LITTLE.interface() * (MOST_INTERFACES + 1) + LITTLE.enhanced(b"x")
    capture = read(io.BytesIO(file))
    assert len(list(capture)) == 1
    assert (capture.damaged_blocks, capture.damaged[0].reason) == (1, Reason.BAD_CAPTURE)


BROKEN_FRAMES = {
    "a length of 8": (struct.pack("<III", 6, 8, 8), 4, "8 octets"),
    "a length of 13": (struct.pack("<III", 6, 13, 13), 4, "13 octets"),
    "two lengths": (struct.pack("<III", 6, 12, 16), 8, "ends with the length 16"),
    "a length beyond all bounds": (struct.pack("<II", 6, LARGEST_BLOCK + 4), 4, "damaged"),
    "a section of an unknown byte order": (b"\x0a\x0d\x0d\x0a\x1c\0\0\0" + bytes(20), 8, "byte-order magic"),
    "a section of version 2": (LITTLE.section(major=2), 12, "version 2"),
    "a section too short": (LITTLE.block(0x0A0D0D0A, struct.pack("<I", 0x1A2B3C4D)), 4, "section header of 16"),
}


@pytest.mark.parametrize(("broken", "offset", "words"), BROKEN_FRAMES.values(), ids=BROKEN_FRAMES.keys())
def test_a_block_without_a_sound_frame_ends_the_reading_with_its_offset(collected, broken, offset, words):
    before = LITTLE.section() + LITTLE.interface() + LITTLE.enhanced(b"before")
    frames, error = collected(before + broken)
    assert [frame.octets for frame in frames] == [b"before"]
    assert (error.offset, error.reason) == (len(before) + offset, Reason.BAD_CAPTURE)
    assert words in error.detail
