"""The border router's table of who has which address: the DAD table of RFC 6775 section 8.2.2, the registry of RFC 8505
section 5.7.

An address belongs to whoever registered it first, while that one's lifetime lasts. The same transaction from another
router is the same node at two routers, and the address stays until both gave it back. A later transaction from another
router is a movement, unless the router before comes with the same one: a node renews at all its routers, and one of
them is the first to say so. So the router before is told after a moment. What was given back is kept a moment more
(section 5.7: "in a DELAY state"), so that a node that moves does not lose its address on the way. Counters that cannot
be compared count as later: the node is there and asks (RFC 6550 section 7.2, rule 4).
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace

from p6lowpan.capability.value import value
from p6lowpan.machines.agenda import Agenda
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix
from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, Interface
from p6lowpan.machines.neighbor_discovery.prefix_life import covers
from p6lowpan.machines.neighbor_discovery.sequence import Order, compare
from p6lowpan.machines.neighbor_discovery.statuses import Status
from p6lowpan.machines.timers import earliest
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import Ipv6Address

FULL = (Status.REGISTRY_SATURATED, Status.NEIGHBOR_CACHE_FULL)
"""How a registry without room says so, to a node of RFC 8505 and to one of RFC 6775."""


@value
class Request:
    """Somebody wants an address: the content of a DAR or EDAR. ``transaction`` ``None``: from a node of RFC 6775."""

    address: Ipv6Address
    verifier: bytes
    transaction: int | None
    lifetime_minutes: int


@dataclass(slots=True)
class Record:
    """Who has an address, and through which routers. ``is_given_back``: it ends in a moment. ``former`` are the routers
    that had an older transaction, and are told so at ``notice_at``."""

    verifier: bytes
    transaction: int | None
    expires_at: int
    registrars: tuple[Ipv6Address, ...]
    is_given_back: bool = False
    former: tuple[Ipv6Address, ...] = ()
    notice_at: int | None = None


@value
class KeptRecord:
    """A record and its address, as a value that outlives a restart."""

    address: Ipv6Address
    verifier: bytes
    transaction: int | None
    expires_at: int
    registrars: tuple[Ipv6Address, ...]
    is_given_back: bool = False
    former: tuple[Ipv6Address, ...] = ()
    notice_at: int | None = None

    def shifted(self, by_us: int) -> "KeptRecord":
        """The same, for a clock that shows so much more."""
        notice_at = None if self.notice_at is None else self.notice_at + by_us
        return replace(self, expires_at=self.expires_at + by_us, notice_at=notice_at)


@value
class Departure:
    """A node is not with ``registrar`` any more: it has registered elsewhere, with a later transaction."""

    registrar: Ipv6Address
    address: Ipv6Address
    verifier: bytes
    transaction: int


class Registry:
    """At most ``limits.bindings`` records. ``refusals`` counts the requests that found no room."""

    def __init__(self, interface: Interface) -> None:
        self.refusals = 0
        self.prefixes = interface.configuration.prefixes
        self._takes_any = not self.prefixes
        self._interface = interface
        self.touched: Touched[Ipv6Address] = Touched()
        self._records: dict[Ipv6Address, Record] = {}
        self._due: Agenda[Ipv6Address] = Agenda()
        self._given_back: dict[Ipv6Address, None] = {}

    def __len__(self) -> int:
        return len(self._records)

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return self._due.earliest

    def get(self, address: bytes) -> Record | None:
        """Who has an address."""
        return self._records.get(Ipv6Address(address))

    def addresses(self) -> tuple[Ipv6Address, ...]:
        """Every address that somebody has."""
        return tuple(self._records)

    def kept_of(self, address: Ipv6Address) -> KeptRecord | None:
        """The record of one address, as it outlives a restart."""
        record = self._records.get(address)
        return None if record is None else KeptRecord(address, *astuple(record))

    def _file(self, address: Ipv6Address, record: Record | None) -> None:
        """A record is new, has changed, or is gone: behind every change."""
        self.touched.note(address)
        if record is None:
            self._records.pop(address, None)
            self._due.set(address, None)
        else:
            self._records[address] = record
            self._due.set(address, earliest(record.expires_at, record.notice_at))
        if record is not None and record.is_given_back:
            self._given_back.setdefault(address)
        else:
            self._given_back.pop(address, None)

    def restore(self, kept: Iterable[KeptRecord]) -> None:
        """Take over records from before a restart, as many as there is room for, but of prefixes that are ours no more;
        those that ended go in due course."""
        for one in kept:
            if len(self._records) < self._interface.limits.bindings and self.is_ours(one.address):
                _, *record = astuple(one)
                self._file(one.address, Record(*record))

    def tick(self, now: int) -> tuple[Departure, ...]:
        """Records whose time is over go, silently. Who is to be told of what."""
        departures: list[Departure] = []
        for address in self._due.take(now):
            record = self._records[address]
            if record.notice_at is not None and record.notice_at <= now:
                departures += _departures(address, record)
                record.former, record.notice_at = (), None
            self._file(address, None if record.expires_at <= now else record)
        return tuple(departures)

    def request(self, now: int, registrar: Ipv6Address, wanted: Request) -> Status:
        """Enter, renew or remove, or say why not."""
        record = self._records.get(wanted.address)
        if wanted.address in self._interface.addresses:
            return Status.DUPLICATE_ADDRESS
        if not self.is_ours(wanted.address):
            return Status.REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT
        if record is not None and record.verifier != wanted.verifier:
            return Status.DUPLICATE_ADDRESS
        if record is not None and is_outdated(wanted.transaction, record.transaction):
            return Status.MOVED
        if wanted.lifetime_minutes == 0:
            self._remove(now, registrar, wanted, record)
            return Status.SUCCESS
        if record is None:
            return self._enter(now, registrar, wanted)
        self._renew(now, registrar, wanted, record)
        return Status.SUCCESS

    def is_ours(self, address: bytes) -> bool:
        """Whether an address is of one of our prefixes; where we never announced one, we cannot tell."""
        return self._takes_any or any(covers(one, address) for one in self.prefixes)

    def serve(self, prefixes: tuple[AdvertisedPrefix, ...]) -> None:
        """From now on these are our prefixes: who has an address of another has it no more."""
        fewer = set(self.prefixes) - set(prefixes)
        self.prefixes = prefixes
        self._takes_any = False
        if fewer:
            for address in [one for one in self._records if not self.is_ours(one)]:
                self._file(address, None)

    def _enter(self, now: int, registrar: Ipv6Address, wanted: Request) -> Status:
        if len(self._records) >= self._interface.limits.bindings:
            ending = next(iter(self._given_back), None)
            if ending is None:
                self.refusals += 1
                extended = wanted.transaction is not None
                return Status.REGISTRY_SATURATED if extended else Status.NEIGHBOR_CACHE_FULL
            self._file(ending, None)
        self._file(wanted.address, Record(wanted.verifier, wanted.transaction, _end(now, wanted), (registrar,)))
        return Status.SUCCESS

    def _renew(self, now: int, registrar: Ipv6Address, wanted: Request, record: Record) -> None:
        most = self._interface.limits.default_routers
        others = tuple(one for one in record.registrars if one != registrar)
        is_same = wanted.transaction is not None and wanted.transaction == record.transaction
        if is_same and not record.is_given_back:
            record.registrars = (*others, registrar)[-most:]
        else:
            record.registrars = (registrar,)
            record.former = (*record.former, *others)[-most:]
        record.former = tuple(one for one in record.former if one not in record.registrars)
        if not record.former or wanted.transaction is None:
            record.former, record.notice_at = (), None
        elif record.notice_at is None:
            record.notice_at = now + self._interface.limits.removed_binding_us
        record.transaction = wanted.transaction
        record.expires_at = _end(now, wanted)
        record.is_given_back = False
        self._file(wanted.address, record)

    def _remove(self, now: int, registrar: Ipv6Address, wanted: Request, record: Record | None) -> None:
        if record is None:
            return
        if wanted.transaction is None:
            self._file(wanted.address, None)
            return
        record.registrars = tuple(one for one in record.registrars if one != registrar)
        if not record.registrars or wanted.transaction != record.transaction:
            record.registrars = ()
            record.transaction = wanted.transaction
            record.is_given_back = True
            record.expires_at = min(record.expires_at, now + self._interface.limits.removed_binding_us)
        self._file(wanted.address, record)


def _departures(address: Ipv6Address, record: Record) -> list[Departure]:
    newer = record.transaction
    return [Departure(one, address, record.verifier, newer) for one in record.former if newer is not None]


def is_outdated(wanted: int | None, known: int | None) -> bool:
    """Whether a request is older than what is known. One without a transaction never replaces one that has one: RFC
    8505 section 6.3, "would be an attack vector"."""
    if known is None:
        return False
    return wanted is None or compare(wanted, known) is Order.OLDER


def _end(now: int, wanted: Request) -> int:
    return now + wanted.lifetime_minutes * MINUTE_US
