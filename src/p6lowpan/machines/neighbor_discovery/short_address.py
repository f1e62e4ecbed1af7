"""Whose short address it is, as Neighbor Discovery tells it.

A node that speaks from one of its link-layer addresses and names the other in its source link-layer address option, or
registers from its short one and says its EUI-64 as RFC 6775 section 4.1 demands, is one neighbor with both.

Where the link demands security that is believed in a secured frame from the EUI-64 alone: a frame's nonce has the
EUI-64 of its sender (IEEE 802.15.4-2015 section 9.3.2), so that its sender used it, and holds the key. Where the link
demands none it is believed as everything is there.
"""

from p6lowpan.machines.neighbor_discovery.interface import Arrival, Interface
from p6lowpan.machines.neighbor_discovery.messages import source_link_address
from p6lowpan.machines.neighbor_discovery.outputs import ShortAddressLearned
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.registration_options import AddressRegistration

SHORT_OCTETS, EXTENDED_OCTETS = 2, 8


def short_address_in(
    interface: Interface, arrival: Arrival, options: tuple[Header, ...]
) -> tuple[ShortAddressLearned, ...]:
    """The short address that the sender of a message says to have, where it is to be believed."""
    sender, named = interface.sender_of(arrival), source_link_address(options)
    if sender is None:
        return ()
    if arrival.origin.secured:
        own = sender if len(sender) == EXTENDED_OCTETS else None
    elif interface.configuration.link_secured:
        own = None
    else:
        own = next((one for one in (sender, named, _verifier_in(options)) if one and len(one) == EXTENDED_OCTETS), None)
    short = next((one for one in (named, sender) if one and len(one) == SHORT_OCTETS), None)
    if own is None or short is None or not all(map(interface.is_foreign_link_address, (short, own))):
        return ()
    return (ShortAddressLearned(short, own),)


def _verifier_in(options: tuple[Header, ...]) -> LinkAddress | None:
    """Who registers. In RFC 8505 it need not be an EUI-64: then it is a name like another; nothing is sent there."""
    claims = [option for option in options if isinstance(option, AddressRegistration)]
    return LinkAddress(claims[0].ownership_verifier) if claims else None
