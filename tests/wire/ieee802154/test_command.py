"""MAC commands."""

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.command import (
    COMMANDS,
    AssociationRequest,
    AssociationResponse,
    BeaconRequest,
    Command,
    CommandId,
    CoordinatorRealignment,
    DataRequest,
    DisassociationNotification,
    GtsRequest,
    OrphanNotification,
    PanIdConflictNotification,
)
from p6lowpan.wire.ieee802154.frame import Frame, FrameType

DEVICE = bytes.fromhex("acde480000000002")
COORDINATOR = bytes.fromhex("acde480000000001")

VECTORS = [
    ("01 8e", AssociationRequest(device_type=1, power_source=1, receiver_on_when_idle=1, allocate_address=1)),
    ("01 71", AssociationRequest(alternate_pan_coordinator=1, fast_association=1, reserved=1, security_capability=1)),
    ("02 3412 01", AssociationResponse(short_address=b"\x12\x34", status=1)),
    ("03 02", DisassociationNotification(reason=2)),
    ("04", DataRequest()),
    ("05", PanIdConflictNotification()),
    ("06", OrphanNotification()),
    ("07", BeaconRequest()),
    ("08 cdab 0100 0f 0200", CoordinatorRealignment(pan=0xABCD, coordinator_short_address=b"\0\1", channel=15,
                                                    short_address=b"\0\2")),
    ("08 cdab 0100 0f 0200 01", CoordinatorRealignment(pan=0xABCD, coordinator_short_address=b"\0\1", channel=15,
                                                       short_address=b"\0\2", channel_page=b"\1")),
    ("09 33", GtsRequest(slots=3, direction=1, type=1)),
    ("09 c5", GtsRequest(slots=5, direction=0, type=0, reserved=3)),
    ("15 0102", Command(command_id=CommandId.DSME_GTS_REQUEST, content=b"\1\2")),
    ("24 9bb8ea", Command(command_id=CommandId.VENDOR_SPECIFIC, content=bytes.fromhex("9bb8ea"))),
    ("ff", Command(command_id=0xFF)),
]  # fmt: skip


@pytest.mark.parametrize(("octets", "command"), VECTORS)
def test_octets_and_values_are_the_same_in_both_directions(octets, command, survives):
    octets = bytes.fromhex(octets)
    assert command.encode() == octets
    assert COMMANDS.decode(octets) == (command, b"")
    survives(COMMANDS.decode, octets)


def in_frame(command):
    return Frame(
        frame_type=FrameType.MAC_COMMAND,
        sequence_number=1,
        destination=DEVICE,
        destination_pan=0xABCD,
        source=COORDINATOR,
        payload=command.encode(),
    )


SHOWN = {
    AssociationRequest: {
        "wpan.cinfo.alt_coord": "0",
        "wpan.cinfo.device_type": "1",
        "wpan.cinfo.power_src": "1",
        "wpan.cinfo.idle_rx": "1",
        "wpan.cinfo.sec_capable": "0",
        "wpan.cinfo.alloc_addr": "1",
    },
    AssociationResponse: {"wpan.asoc.addr": "0x1234", "wpan.assoc.status": "0x01"},
    DisassociationNotification: {"wpan.disassoc.reason": "0x02"},
    CoordinatorRealignment: {
        "wpan.realign.pan": "0xabcd",
        "wpan.realign.addr": ["0x0001", "0x0002"],
        "wpan.realign.channel": "15",
    },
    GtsRequest: {"wpan.gtsreq.length": "3", "wpan.gtsreq.direction": "1", "wpan.gtsreq.type": "1"},
}


def test_tshark_reads_the_same(seen_by_tshark):
    commands = [command for _, command in VECTORS]
    names = sorted({name for fields in SHOWN.values() for name in fields})
    seen = seen_by_tshark([in_frame(command).encode() for command in commands], ["wpan.cmd", *names])
    assert [fields["wpan.cmd"] for fields in seen] == [[f"0x{command.command_id:02x}"] for command in commands]
    for kind, expected in SHOWN.items():
        number = next(number for number, command in enumerate(commands) if isinstance(command, kind))
        shown = {name: value for name, value in seen[number].items() if name != "wpan.cmd"}
        assert shown == {name: value if isinstance(value, list) else [value] for name, value in expected.items()}


def test_the_channel_page_has_one_octet():
    with pytest.raises(Malformed) as caught:
        COMMANDS.decode(bytes.fromhex("08 cdab 0100 0f 0200 01 02"))
    assert (caught.value.reason, caught.value.offset) == (Reason.TRAILING, 8)


def test_a_command_without_identifier_is_truncated():
    with pytest.raises(Malformed) as caught:
        COMMANDS.decode(b"")
    assert caught.value.reason is Reason.TRUNCATED


def meaning(command, name):
    return next(span.meaning for span in command.layout() if span.name == name)


def test_the_fields_of_commands_are_said_in_words():
    assert meaning(DataRequest(), "command_id") == "data request"
    assert meaning(AssociationResponse(short_address=b"\0\1", status=1), "status") == "PAN at capacity"
    assert meaning(VECTORS[8][1], "channel_page") == "the same page"
    assert meaning(VECTORS[9][1], "channel_page") == "page 1"
    assert meaning(Command(command_id=0xFF), "command_id") == "not assigned"
