"""The MAC payload of a beacon frame of versions 0 and 1 (IEEE 802.15.4-2015 section 7.3.1, 2006 section 7.2.2.1).

An enhanced beacon (frame version 2) has information elements and its beacon payload instead.
"""

from typing import Annotated

from p6lowpan.wire.address import format_link
from p6lowpan.wire.description import AUTO, Bits, Computed, Each, Header, Meaning, Octets, Rest, When, wire
from p6lowpan.wire.ieee802154.little_endian import Flag


@wire("gts-descriptor")
class GtsDescriptor(Header):
    """One guaranteed time slot (section 7.3.1.5)."""

    short_address: Annotated[bytes, Octets(2, reverse=True), Meaning(format_link)]
    starting_slot: Annotated[int, Bits(4, little=True)]
    slots: Annotated[int, Bits(4, little=True)]


@wire("pending-address")
class PendingShortAddress(Header):
    """A device with a short address for which the coordinator holds data (section 7.3.1.6)."""

    address: Annotated[bytes, Octets(2, reverse=True), Meaning(format_link)]


@wire("pending-address")
class PendingExtendedAddress(Header):
    """A device with an extended address for which the coordinator holds data (section 7.3.1.6)."""

    address: Annotated[bytes, Octets(8, reverse=True), Meaning(format_link)]


@wire("beacon")
class Beacon(Header):
    """Superframe specification, guaranteed time slots, pending addresses, and the payload of the layer above."""

    beacon_order: Annotated[int, Bits(4, little=True)] = 15
    superframe_order: Annotated[int, Bits(4, little=True)] = 15
    final_cap_slot: Annotated[int, Bits(4, little=True)] = 15
    battery_life_extension: Flag = 0
    superframe_reserved: Flag = 0
    pan_coordinator: Flag = 0
    association_permit: Flag = 0

    gts_descriptor_count: Annotated[int, Bits(3, little=True), Computed("len(gts_descriptors)")] = AUTO
    gts_reserved: Annotated[int, Bits(4, little=True)] = 0
    gts_permit: Flag = 0
    gts_directions: Annotated[int | None, Bits(7, little=True), When("gts_descriptor_count")] = None
    gts_directions_reserved: Annotated[int | None, Bits(1, little=True), When("gts_descriptor_count")] = None
    gts_descriptors: Annotated[tuple[GtsDescriptor, ...], Each("GtsDescriptor", count="gts_descriptor_count")] = ()

    pending_short_count: Annotated[int, Bits(3, little=True), Computed("len(pending_short)")] = AUTO
    pending_reserved_low: Flag = 0
    pending_extended_count: Annotated[int, Bits(3, little=True), Computed("len(pending_extended)")] = AUTO
    pending_reserved_high: Flag = 0
    pending_short: Annotated[
        tuple[PendingShortAddress, ...], Each("PendingShortAddress", count="pending_short_count")
    ] = ()
    pending_extended: Annotated[
        tuple[PendingExtendedAddress, ...], Each("PendingExtendedAddress", count="pending_extended_count")
    ] = ()
    beacon_payload: Rest = b""
