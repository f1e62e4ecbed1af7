"""Which EUI-64 a short address stands for: given, or learned in time order from what the capture shows.

Learned from association responses (IEEE 802.15.4), from frames that carry both addresses of a node (a short source on
the link and an elided EUI-64 in a registration, RFC 6775), and from whoever says so on the command line.
"""

from collections.abc import Mapping

from p6lowpan.wire.address import LinkAddress

MOST = 65536
"""Short addresses have 16 bits; beyond as many entries the oldest goes."""


class AddressBook:
    """EUI-64 by PAN and short address. An entry without a PAN (``None``) holds in every PAN."""

    def __init__(self, given: Mapping[LinkAddress, LinkAddress] | None = None) -> None:
        self._given = dict(given or {})
        self._learned: dict[tuple[int | None, LinkAddress], LinkAddress] = {}

    def learn(self, pan: int | None, short: LinkAddress, extended: LinkAddress) -> bool:
        """Remember that ``short`` in ``pan`` is ``extended``; whether that was news."""
        key = (pan, short)
        if len(short) != 2 or len(extended) != 8 or self._learned.get(key) == extended:
            return False
        self._learned.pop(key, None)
        self._learned[key] = extended
        if len(self._learned) > MOST:
            self._learned.pop(next(iter(self._learned)))
        return True

    def extended(self, pan: int | None, address: LinkAddress) -> LinkAddress | None:
        """The EUI-64 of an address; ``None`` where it is not known."""
        if len(address) == 8:
            return address
        return self._given.get(address) or self._learned.get((pan, address))

    def candidates(self) -> tuple[LinkAddress, ...]:
        """Every EUI-64 that is known: one of them may be the source whose short address is not known yet."""
        return tuple(dict.fromkeys((*self._given.values(), *self._learned.values())))
