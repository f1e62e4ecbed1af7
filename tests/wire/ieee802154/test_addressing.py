"""Which PAN identifiers and addresses a frame holds: every row of the tables, in both directions and in tshark."""

import itertools

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ieee802154.addressing import (
    ADDRESS_OCTETS,
    BEFORE_2015,
    RESERVED_MODE,
    TABLE_7_2,
    AddressMode,
    compression_for,
    mode_of,
)
from p6lowpan.wire.ieee802154.frame import Frame

DESTINATIONS = {0: b"", 2: bytes.fromhex("1234"), 3: bytes.fromhex("0212345678abcd02")}
SOURCES = {0: b"", 2: bytes.fromhex("5678"), 3: bytes.fromhex("0212345678abcd01")}


def frames_of_row(version, row):
    for destination, source in itertools.product(row.destination, row.source):
        yield Frame(
            frame_version=version,
            pan_id_compression=row.compression,
            sequence_number=1,
            destination=DESTINATIONS[destination],
            source=SOURCES[source],
            destination_pan=0xABCD if row.destination_pan else None,
            source_pan=0x4321 if row.source_pan else None,
            payload=b"\x3f\0\0",
        )


def octets_by_hand(frame):
    """The same frame, put together from what the row says, not from what the description does."""
    control = 1 | frame.pan_id_compression << 6 | frame.destination_mode << 10
    control |= frame.frame_version << 12 | frame.source_mode << 14
    fields = [control.to_bytes(2, "little"), b"\x01"]
    if frame.destination_pan is not None:
        fields.append(b"\xcd\xab")
    fields.append(frame.destination[::-1])
    if frame.source_pan is not None:
        fields.append(b"\x21\x43")
    return b"".join([*fields, frame.source[::-1], b"\x3f\0\0"])


ROWS = [
    *(pytest.param(2, row, id=f"table-7-2-row-{number}") for number, row in enumerate(TABLE_7_2, 1)),
    *(pytest.param(1, row, id=f"2006-row-{number}") for number, row in enumerate(BEFORE_2015, 1)),
    *(pytest.param(0, row, id=f"2003-row-{number}") for number, row in enumerate(BEFORE_2015, 1)),
]

# tshark does not read on where versions 0 and 1 must not set PAN ID compression
SENT_ROWS = [row for row in ROWS if row.values[1] not in BEFORE_2015[5:]]


@pytest.mark.parametrize(("version", "row"), ROWS)
def test_a_row_says_which_pan_identifiers_are_there(version, row):
    for frame in frames_of_row(version, row):
        octets = octets_by_hand(frame)
        assert frame.encode() == octets
        assert Frame.decode(octets) == (frame, b"")


@pytest.mark.parametrize(("version", "row"), SENT_ROWS)
def test_tshark_reads_the_same_addresses(version, row, seen_by_tshark):
    frames = list(frames_of_row(version, row))
    names = ("wpan.dst_pan", "wpan.dst16", "wpan.dst64", "wpan.src_pan", "wpan.src16", "wpan.src64")
    for frame, seen in zip(frames, seen_by_tshark([frame.encode() for frame in frames], names), strict=True):
        assert seen.get("wpan.dst_pan") == (["0xabcd"] if frame.destination_pan else None)
        assert seen.get("wpan.src_pan") == (["0x4321"] if frame.source_pan else None)
        assert seen.get("wpan.dst16") == (["0x1234"] if len(frame.destination) == 2 else None)
        assert seen.get("wpan.src16") == (["0x5678"] if len(frame.source) == 2 else None)
        assert seen.get("wpan.dst64") == (["02:12:34:56:78:ab:cd:02"] if len(frame.destination) == 8 else None)
        assert seen.get("wpan.src64") == (["02:12:34:56:78:ab:cd:01"] if len(frame.source) == 8 else None)


def test_the_tables_cover_every_combination_once():
    combinations = set(itertools.product((0, 1), AddressMode, AddressMode))
    for table in (TABLE_7_2, BEFORE_2015):
        cases = [
            (row.compression, destination, source)
            for row in table
            for destination, source in itertools.product(row.destination, row.source)
        ]
        assert len(cases) == len(set(cases))
        assert set(cases) == combinations


def test_compression_is_chosen_from_the_pan_identifiers_that_the_caller_gives():
    short, extended = SOURCES[2], SOURCES[3]
    assert compression_for(1, short, extended, (1, None)) == 1
    assert compression_for(1, short, extended, (1, 2)) == 0
    assert compression_for(2, extended, extended, (1, None)) == 0
    assert compression_for(2, extended, extended, (None, None)) == 1
    assert compression_for(2, b"", b"", (1, None)) == 1
    assert compression_for(0, b"", short, (None, 5)) == 0
    with pytest.raises(UsageError, match="cannot hold"):
        compression_for(2, extended, extended, (1, 2))
    with pytest.raises(UsageError, match="cannot hold"):
        compression_for(1, short, extended, (None, None))


def test_an_address_has_the_octets_of_its_mode():
    for mode in AddressMode:
        assert mode_of(bytes(ADDRESS_OCTETS[mode])) == mode
    assert mode_of(b"123") == RESERVED_MODE


def test_the_pan_of_the_source_is_the_destinations_where_compression_says_so():
    frame = Frame(sequence_number=0, destination=b"\0\1", destination_pan=7, source=b"\0\2")
    assert (frame.pan_id_compression, frame.source_pan, frame.pan_of_source) == (1, None, 7)
    other = Frame(sequence_number=0, destination=b"\0\1", destination_pan=7, source=b"\0\2", source_pan=8)
    assert (other.pan_id_compression, other.pan_of_source) == (0, 8)
