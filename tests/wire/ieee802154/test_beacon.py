"""Beacons of versions 0 and 1."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ieee802154.beacon import Beacon, GtsDescriptor, PendingExtendedAddress, PendingShortAddress
from p6lowpan.wire.ieee802154.frame import Frame, FrameType

FULL = Beacon(
    beacon_order=5,
    superframe_order=3,
    final_cap_slot=9,
    battery_life_extension=1,
    pan_coordinator=1,
    association_permit=1,
    gts_permit=1,
    gts_directions=0b10,
    gts_directions_reserved=0,
    gts_descriptors=(
        GtsDescriptor(short_address=b"\x12\x34", starting_slot=7, slots=3),
        GtsDescriptor(short_address=b"\x12\x35", starting_slot=10, slots=2),
    ),
    pending_short=(PendingShortAddress(address=b"\xab\xcd"),),
    pending_extended=(PendingExtendedAddress(address=bytes.fromhex("acde480000000001")),),
    beacon_payload=b"hi",
)
VECTORS = [
    ("ffcf 00 00", Beacon(pan_coordinator=1, association_permit=1)),  # a beacon of a beaconless network
    ("55cf 00 00 51525354", Beacon(beacon_order=5, superframe_order=5, pan_coordinator=1, association_permit=1,
                                   beacon_payload=b"QRST")),  # IEEE 802.15.4-2006 annex C.2.1
    ("35d9 82 02 341237 35122a 11 cdab 0100000000 48deac 6869", FULL),
    ("0020 78 88", Beacon(beacon_order=0, superframe_order=0, final_cap_slot=0, superframe_reserved=1,
                          gts_reserved=15, pending_reserved_low=1, pending_reserved_high=1)),
]  # fmt: skip


@pytest.mark.parametrize(("octets", "beacon"), VECTORS)
def test_octets_and_values_are_the_same_in_both_directions(octets, beacon, survives):
    octets = bytes.fromhex(octets)
    if beacon is FULL:
        octets = bytes.fromhex("35d9 82 02 341237 35122a 11 cdab 01000000 0048deac 6869")
    assert beacon.encode() == octets
    assert Beacon.decode(octets) == (beacon, b"")
    survives(Beacon.decode, octets)


def test_tshark_reads_the_same(seen_by_tshark):
    frame = Frame(frame_type=FrameType.BEACON, sequence_number=1, source=b"\0\1", source_pan=1, payload=FULL.encode())
    shown = {
        "wpan.beacon_order": ["5"],
        "wpan.superframe_order": ["3"],
        "wpan.cap": ["9"],
        "wpan.battery_ext": ["1"],
        "wpan.bcn_coord": ["1"],
        "wpan.assoc_permit": ["1"],
        "wpan.gts.count": ["2"],
        "wpan.gts.permit": ["1"],
        "wpan.gts.direction": ["0", "1"],
        "wpan.gts.address": ["0x1234", "0x1235"],
        "wpan.pending16": ["0xabcd"],
        "wpan.pending64": ["ac:de:48:00:00:00:00:01"],
        "data.data": [b"hi".hex()],
    }
    [seen] = seen_by_tshark([frame.encode()], list(shown))
    assert seen == shown


def test_no_more_than_seven_of_each_are_announced():
    seven = tuple(PendingShortAddress(address=bytes((0, number))) for number in range(7))
    assert Beacon(pending_short=seven).pending_short_count == 7
    with pytest.raises(UsageError):
        Beacon(pending_short=(*seven, *seven[:1]))


def test_directions_are_there_exactly_with_time_slots():
    with pytest.raises(UsageError):
        Beacon(gts_directions=1, gts_directions_reserved=0)
    with pytest.raises(UsageError):
        Beacon(gts_descriptors=FULL.gts_descriptors)
