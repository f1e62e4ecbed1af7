"""Lists of IPv6 addresses, as routing headers, listener reports and Neighbor Discovery options carry them."""

from collections.abc import Iterable

from p6lowpan.wire import address
from p6lowpan.wire.description import Header, wire


@wire("ipv6-address")
class AddressEntry(Header):
    """One IPv6 address of a list."""

    address: address.Ipv6


def entries(addresses: Iterable[bytes]) -> tuple[AddressEntry, ...]:
    """The list that holds ``addresses``."""
    return tuple(AddressEntry(address=each) for each in addresses)
