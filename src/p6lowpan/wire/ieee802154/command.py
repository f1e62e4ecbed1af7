"""MAC commands (IEEE 802.15.4-2015 section 7.5): what a MAC command frame carries, behind its payload elements."""

from enum import IntEnum
from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import format_link
from p6lowpan.wire.description import U8, Bits, Check, Fixed, Header, Meaning, Octets, Rest, wire
from p6lowpan.wire.family import Family
from p6lowpan.wire.ieee802154.little_endian import U16, Flag, format_pan


class CommandId(IntEnum):
    """IEEE 802.15.4-2015 Table 7-49."""

    ASSOCIATION_REQUEST = 0x01
    ASSOCIATION_RESPONSE = 0x02
    DISASSOCIATION_NOTIFICATION = 0x03
    DATA_REQUEST = 0x04
    PAN_ID_CONFLICT_NOTIFICATION = 0x05
    ORPHAN_NOTIFICATION = 0x06
    BEACON_REQUEST = 0x07
    COORDINATOR_REALIGNMENT = 0x08
    GTS_REQUEST = 0x09
    TRLE_MANAGEMENT_REQUEST = 0x0A
    TRLE_MANAGEMENT_RESPONSE = 0x0B
    DSME_ASSOCIATION_REQUEST = 0x13
    DSME_ASSOCIATION_RESPONSE = 0x14
    DSME_GTS_REQUEST = 0x15
    DSME_GTS_RESPONSE = 0x16
    DSME_GTS_NOTIFY = 0x17
    DSME_INFORMATION_REQUEST = 0x18
    DSME_INFORMATION_RESPONSE = 0x19
    DSME_BEACON_ALLOCATION_NOTIFICATION = 0x1A
    DSME_BEACON_COLLISION_NOTIFICATION = 0x1B
    DSME_LINK_REPORT = 0x1C
    RIT_DATA_REQUEST = 0x20
    DBS_REQUEST = 0x21
    DBS_RESPONSE = 0x22
    RIT_DATA_RESPONSE = 0x23
    VENDOR_SPECIFIC = 0x24


ASSOCIATION_STATUS = {
    0x00: "association successful",
    0x01: "PAN at capacity",
    0x02: "PAN access denied",
    0x03: "hopping sequence offset duplication",
    0x80: "fast association successful",
}
"""IEEE 802.15.4-2015 Table 7-50."""

DISASSOCIATION_REASON = {1: "the coordinator wishes the device to leave", 2: "the device wishes to leave"}
"""IEEE 802.15.4-2015 Table 7-51."""

DEVICE_TYPE = {0: "reduced-function device", 1: "full-function device"}
POWER_SOURCE = {0: "battery", 1: "mains"}
GTS_DIRECTION = {0: "transmit", 1: "receive"}
GTS_TYPE = {0: "deallocation", 1: "allocation"}

Id = Annotated[int, Bits(8), Fixed(), Meaning(CommandId)]
ShortAddress = Annotated[bytes, Octets(2, reverse=True), Meaning(format_link)]


def _page(octets: bytes) -> str:
    return f"page {octets[0]}" if octets else "the same page"


@wire("mac-command")
class Command(Header):
    """A command whose content is kept as it is: not decoded, not known, or without any."""

    command_id: Annotated[int, Bits(8), Meaning(CommandId)]
    content: Rest = b""


@wire("association-request")
class AssociationRequest(Header):
    """Section 7.5.2: what the device can do. The lowest bit told, until 2011, who could become PAN coordinator."""

    command_id: Id = CommandId.ASSOCIATION_REQUEST
    alternate_pan_coordinator: Flag = 0
    device_type: Annotated[Flag, Meaning(DEVICE_TYPE)] = 0
    power_source: Annotated[Flag, Meaning(POWER_SOURCE)] = 0
    receiver_on_when_idle: Flag = 0
    fast_association: Flag = 0
    reserved: Flag = 0
    security_capability: Flag = 0
    allocate_address: Flag = 0


@wire("association-response")
class AssociationResponse(Header):
    """Section 7.5.3. Address ffff: not associated; fffe: associated, and addressed by the extended address."""

    command_id: Id = CommandId.ASSOCIATION_RESPONSE
    short_address: ShortAddress
    status: Annotated[int, Bits(8), Meaning(ASSOCIATION_STATUS)] = 0


@wire("disassociation-notification")
class DisassociationNotification(Header):
    """Section 7.5.4."""

    command_id: Id = CommandId.DISASSOCIATION_NOTIFICATION
    reason: Annotated[int, Bits(8), Meaning(DISASSOCIATION_REASON)]


@wire("data-request")
class DataRequest(Header):
    """Section 7.5.5: a device polls its coordinator."""

    command_id: Id = CommandId.DATA_REQUEST


@wire("pan-id-conflict-notification")
class PanIdConflictNotification(Header):
    """Section 7.5.6."""

    command_id: Id = CommandId.PAN_ID_CONFLICT_NOTIFICATION


@wire("orphan-notification")
class OrphanNotification(Header):
    """Section 7.5.7."""

    command_id: Id = CommandId.ORPHAN_NOTIFICATION


@wire("beacon-request")
class BeaconRequest(Header):
    """Section 7.5.8. In frames of version 2 an enhanced one: what is asked for is in the payload elements."""

    command_id: Id = CommandId.BEACON_REQUEST


@wire("coordinator-realignment")
class CoordinatorRealignment(Header):
    """Section 7.5.10. The channel page is there (one octet) where it changes, and never before 2006."""

    command_id: Id = CommandId.COORDINATOR_REALIGNMENT
    pan: Annotated[U16, Meaning(format_pan)]
    coordinator_short_address: ShortAddress
    channel: U8
    short_address: ShortAddress
    channel_page: Annotated[Rest, Meaning(_page)] = b""

    CHECKS = (Check("len(channel_page) <= 1", "channel_page", Reason.TRAILING, "a channel page has one octet"),)


@wire("gts-request")
class GtsRequest(Header):
    """Section 7.5.11."""

    command_id: Id = CommandId.GTS_REQUEST
    slots: Annotated[int, Bits(4, little=True)]
    direction: Annotated[Flag, Meaning(GTS_DIRECTION)] = 0
    type: Annotated[Flag, Meaning(GTS_TYPE)] = 1
    reserved: Annotated[int, Bits(2, little=True)] = 0


COMMANDS = Family(
    layer="mac-command",
    members={
        CommandId.ASSOCIATION_REQUEST: AssociationRequest,
        CommandId.ASSOCIATION_RESPONSE: AssociationResponse,
        CommandId.DISASSOCIATION_NOTIFICATION: DisassociationNotification,
        CommandId.DATA_REQUEST: DataRequest,
        CommandId.PAN_ID_CONFLICT_NOTIFICATION: PanIdConflictNotification,
        CommandId.ORPHAN_NOTIFICATION: OrphanNotification,
        CommandId.BEACON_REQUEST: BeaconRequest,
        CommandId.COORDINATOR_REALIGNMENT: CoordinatorRealignment,
        CommandId.GTS_REQUEST: GtsRequest,
    },
    unknown=Command,
)
