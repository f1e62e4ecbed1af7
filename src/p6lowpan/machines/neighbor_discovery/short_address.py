"""Whose short address it is, as Neighbor Discovery tells it to a node that must know for security.

A frame's nonce has the EUI-64 of its sender (IEEE 802.15.4-2015 section 9.3.2), so a secured frame from a short address
is of no use until its owner is known. A node that registers or solicits from its EUI-64 and names its short address in
the source link-layer address option says both. It is believed where the frame was secured: then its sender used that
EUI-64 in the nonce, and holds the key.
"""

from p6lowpan.machines.neighbor_discovery.interface import Arrival, Interface
from p6lowpan.machines.neighbor_discovery.messages import source_link_address
from p6lowpan.machines.neighbor_discovery.outputs import ShortAddressLearned
from p6lowpan.wire.description import Header

SHORT_OCTETS, EXTENDED_OCTETS = 2, 8


def short_address_in(
    interface: Interface, arrival: Arrival, options: tuple[Header, ...]
) -> tuple[ShortAddressLearned, ...]:
    """The short address that the sender of a message says to have, where it is to be believed."""
    if not arrival.origin.secured:
        return ()
    extended, short = interface.sender_of(arrival), source_link_address(options)
    if extended is None or short is None or (len(short), len(extended)) != (SHORT_OCTETS, EXTENDED_OCTETS):
        return ()
    return (ShortAddressLearned(short, extended),) if interface.is_foreign_link_address(short) else ()
