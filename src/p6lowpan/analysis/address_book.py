"""Which EUI-64 a short address stands for: given, or learned in time order from what the capture shows.

Learned from association responses (IEEE 802.15.4), from frames that carry both addresses of a node (a short source on
the link and an EUI-64 in a registration or a link-layer address option), and from the integrity codes of secured
frames. Every EUI-64 that was seen at all is kept: one of them may belong to a short address that is not known yet.
"""

from collections.abc import Iterator, Mapping

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress


class AddressBook:
    """EUI-64 by PAN and short address. A given entry holds in every PAN."""

    def __init__(
        self,
        given: Mapping[LinkAddress, LinkAddress] | None = None,
        most_learned: int = BOUNDS.short_addresses,
        most_seen: int = BOUNDS.extended_addresses,
    ) -> None:
        self._given = dict(given or {})
        self._learned: BoundedTable[tuple[int | None, LinkAddress], LinkAddress] = BoundedTable(most_learned)
        self._short: BoundedTable[tuple[int | None, LinkAddress], LinkAddress] = BoundedTable(most_learned)
        self._seen: BoundedTable[LinkAddress, None] = BoundedTable(most_seen)
        self.news = 0
        """Counts the EUI-64s that came to be known: what failed for the lack of one may be tried again."""

    def see(self, extended: LinkAddress) -> None:
        """Remember an EUI-64."""
        if extended not in self._seen:
            self._seen.put(extended, None)
            self.news += 1

    @property
    def tables(self) -> tuple[dict[LinkAddress, None], dict[tuple[int | None, LinkAddress], LinkAddress]]:
        """The EUI-64s that were seen, and short addresses by PAN and EUI-64, to be read by who must be fast."""
        return self._seen.entries, self._short.entries

    def learn(self, pan: int | None, short: LinkAddress, extended: LinkAddress) -> bool:
        """Remember that ``short`` in ``pan`` is ``extended``; whether that was news."""
        key = (pan, short)
        if len(short) != 2 or len(extended) != 8 or self._learned.get(key) == extended:
            return False
        self.see(extended)
        self._learned.put(key, extended)
        self._short.put((pan, extended), short)
        return True

    def extended(self, pan: int | None, address: LinkAddress) -> LinkAddress | None:
        """The EUI-64 of an address; ``None`` where it is not known."""
        if len(address) == 8:
            return address
        return self._learned.get((pan, address)) or self._given.get(address)

    def short(self, pan: int | None, extended: LinkAddress) -> LinkAddress | None:
        """The short address that was last heard of the node with this EUI-64; ``None`` where none was."""
        return self._short.get((pan, extended))

    def candidates(self) -> Iterator[LinkAddress]:
        """Every EUI-64 that is known, those that the user gave first, then the latest first."""
        given = dict.fromkeys(self._given.values())
        yield from given
        for extended in reversed(tuple(self._seen)):
            if extended not in given:
                yield extended
