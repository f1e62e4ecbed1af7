"""Whose short address it is: a device with both kinds of link-layer address is one neighbor, under either.

The EUI-64 is who it is; a short address is one that it was given, for a while perhaps (IEEE 802.15.4-2015 section
6.4.1).
Security needs to know, for the nonce; what is learned of a neighbor under one address counts under the other.
"""

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.link.configuration import EXTENDED_OCTETS
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import LinkAddress, format_link

WHERE = "identities"
SHORT_OCTETS = 2


class Identities:
    """At most ``bound`` short addresses. When the table is full the one noted first goes: its frames will be another
    neighbor's, or under security nobody's, until it is learned again; nothing is lost that protects us."""

    def __init__(self, bound: int) -> None:
        self.touched: Touched[LinkAddress] = Touched()
        self._extended: BoundedTable[LinkAddress, LinkAddress] = BoundedTable(bound)

    def of(self, address: LinkAddress) -> LinkAddress:
        """The EUI-64 of who has an address; the address itself where that is not known."""
        return self._extended.get(address, address)

    def extended(self, address: LinkAddress) -> LinkAddress | None:
        """The EUI-64 of who has an address; ``None`` where that is not known."""
        return address if len(address) == EXTENDED_OCTETS else self._extended.get(address)

    def pair(self, short: LinkAddress) -> tuple[LinkAddress, LinkAddress] | None:
        """A short address and whose it is, as far as that is known."""
        extended = self._extended.get(short)
        return None if extended is None else (short, extended)

    def shorts(self) -> tuple[LinkAddress, ...]:
        """The short addresses of which the EUI-64 is known."""
        return tuple(self._extended)

    def learn(self, short: LinkAddress, extended: LinkAddress) -> tuple[Dropped, ...]:
        """Note whose short address it is. Raises :class:`UsageError` for octets that are no such addresses."""
        if len(short) != SHORT_OCTETS or len(extended) != EXTENDED_OCTETS:
            raise UsageError("a short address has 2 octets, an EUI-64 has 8")
        if self._extended.get(short) == extended:
            return ()
        self.touched.note(short)
        gone = self._extended.put(short, extended)
        if gone is None:
            return ()
        self.touched.note(gone[0])
        return (Dropped(Reason.SHORT_ADDRESSES_FULL, WHERE, f"whose address {format_link(gone[0])} is"),)
