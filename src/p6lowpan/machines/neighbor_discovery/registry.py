"""The border router's table of who has which address: the DAD table of RFC 6775 section 8.2.2, the registry of RFC 8505
section 5.7.

An address belongs to whoever registered it first, while that one's lifetime lasts. A later transaction from another
router is a movement, and the router before is told; the same transaction from another router is the same node at two
routers, and the address stays until both gave it back. What was given back is kept a moment more (section 5.7: "in a
DELAY state"), so that a node that moves does not lose its address on the way. Counters that cannot be compared count as
later: the node is there and asks (RFC 6550 section 7.2, rule 4).
"""

from dataclasses import dataclass

from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, Interface
from p6lowpan.machines.neighbor_discovery.sequence import Order, compare
from p6lowpan.machines.neighbor_discovery.statuses import Status
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.sixlowpan.contexts import masked


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants an address: the content of a DAR or EDAR. ``transaction`` ``None``: from a node of RFC 6775."""

    address: Ipv6Address
    verifier: bytes
    transaction: int | None
    lifetime_minutes: int


@dataclass(slots=True)
class Record:
    """Who has an address, and through which routers. ``is_given_back``: it ends in a moment."""

    verifier: bytes
    transaction: int | None
    expires_at: int
    registrars: tuple[Ipv6Address, ...]
    is_given_back: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status to answer with, and the routers that the node has moved away from."""

    status: Status
    displaced: tuple[Ipv6Address, ...] = ()


class Registry:
    """At most ``limits.bindings`` records. ``refusals`` counts the requests that found no room."""

    def __init__(self, interface: Interface) -> None:
        self.refusals = 0
        self.prefixes = interface.configuration.prefixes
        self._interface = interface
        self._records: dict[Ipv6Address, Record] = {}

    def __len__(self) -> int:
        return len(self._records)

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(record.expires_at for record in self._records.values()))

    def get(self, address: bytes) -> Record | None:
        """Who has an address."""
        return self._records.get(Ipv6Address(address))

    def tick(self, now: int) -> None:
        """Records whose time is over go, silently."""
        for address, record in tuple(self._records.items()):
            if record.expires_at <= now:
                del self._records[address]

    def request(self, now: int, registrar: Ipv6Address, wanted: Request) -> Verdict:
        """Enter, renew or remove, or say why not."""
        record = self._records.get(wanted.address)
        if wanted.address in self._interface.addresses:
            return Verdict(Status.DUPLICATE_ADDRESS)
        if not self._is_ours(wanted.address):
            return Verdict(Status.REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT)
        if record is not None and record.verifier != wanted.verifier:
            return Verdict(Status.DUPLICATE_ADDRESS)
        if record is not None and is_outdated(wanted.transaction, record.transaction):
            return Verdict(Status.MOVED)
        if wanted.lifetime_minutes == 0:
            return self._remove(now, registrar, wanted, record)
        if record is None:
            return self._enter(now, registrar, wanted)
        return self._renew(now, registrar, wanted, record)

    def _is_ours(self, address: bytes) -> bool:
        """Whether an address is of one of our prefixes; where we announce none, we cannot tell."""
        return not self.prefixes or any(
            masked(address, one.length) == masked(one.prefix, one.length) for one in self.prefixes
        )

    def _enter(self, now: int, registrar: Ipv6Address, wanted: Request) -> Verdict:
        if len(self._records) >= self._interface.limits.bindings:
            ending = next((address for address, one in self._records.items() if one.is_given_back), None)
            if ending is None:
                self.refusals += 1
                extended = wanted.transaction is not None
                return Verdict(Status.REGISTRY_SATURATED if extended else Status.NEIGHBOR_CACHE_FULL)
            del self._records[ending]
        self._records[wanted.address] = Record(wanted.verifier, wanted.transaction, _end(now, wanted), (registrar,))
        return Verdict(Status.SUCCESS)

    def _renew(self, now: int, registrar: Ipv6Address, wanted: Request, record: Record) -> Verdict:
        others = tuple(one for one in record.registrars if one != registrar)
        is_same = wanted.transaction is not None and wanted.transaction == record.transaction
        if is_same and not record.is_given_back:
            most = self._interface.limits.default_routers
            record.registrars = (*others, registrar)[-most:]
            displaced: tuple[Ipv6Address, ...] = ()
        else:
            record.registrars = (registrar,)
            displaced = others if wanted.transaction is not None and not record.is_given_back else ()
        record.transaction = wanted.transaction
        record.expires_at = _end(now, wanted)
        record.is_given_back = False
        return Verdict(Status.SUCCESS, displaced)

    def _remove(self, now: int, registrar: Ipv6Address, wanted: Request, record: Record | None) -> Verdict:
        if record is None:
            return Verdict(Status.SUCCESS)
        if wanted.transaction is None:
            del self._records[wanted.address]
            return Verdict(Status.SUCCESS)
        record.registrars = tuple(one for one in record.registrars if one != registrar)
        if not record.registrars or wanted.transaction != record.transaction:
            record.transaction = wanted.transaction
            record.is_given_back = True
            record.expires_at = min(record.expires_at, now + self._interface.limits.removed_binding_us)
        return Verdict(Status.SUCCESS)


def is_outdated(wanted: int | None, known: int | None) -> bool:
    """Whether a request is older than what is known. One without a transaction never replaces one that has one: RFC
    8505 section 6.3, "would be an attack vector"."""
    if known is None:
        return False
    return wanted is None or compare(wanted, known) is Order.OLDER


def _end(now: int, wanted: Request) -> int:
    return now + wanted.lifetime_minutes * MINUTE_US
