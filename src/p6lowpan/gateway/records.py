"""What a node should still know after a restart, as values that a database holds: a kind, a key, and JSON.

Octets are in hex, profiles have their names, times are microseconds of the clock on the wall. What cannot be read any
more, as a profile that this version does not know, is left out: it will be learned again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.named import by_name
from p6lowpan.machines.adaptation.discovery import How, KnownLevel
from p6lowpan.machines.link.configuration import NeighborCounter
from p6lowpan.machines.neighbor_discovery.context_life import KeptContext, Phase
from p6lowpan.machines.neighbor_discovery.registry import KeptRecord
from p6lowpan.machines.neighbor_discovery.restoring import KeptRegistration
from p6lowpan.node.durable import Durable
from p6lowpan.wire.address import Ipv6Address, LinkAddress
from p6lowpan.wire.ieee802154.security_header import KeyIdentifierMode
from p6lowpan.wire.sixlowpan.contexts import Context

T = TypeVar("T")
Place = tuple[str, str]
Json = Any  # Any: what JSON holds
LEVEL, REGISTRATION, BINDING, CONTEXT, SHORT, COUNTER, NODE = (
    "level", "registration", "binding", "context", "short-address", "frame-counter", "node",
)  # fmt: skip
VERSION, OWN_COUNTER = "version", "frame-counter"


def values_of(durable: Durable) -> dict[Place, Json]:
    """A row for each thing."""
    rows: dict[Place, Json] = {(NODE, VERSION): durable.version, (NODE, OWN_COUNTER): durable.frame_counter}
    for level in durable.levels:
        rows[LEVEL, level.neighbor.hex()] = [level.profile.name, level.how.value, level.is_router]
    for one in durable.registrations:
        rows[REGISTRATION, one.address.hex()] = [
            one.link_address.hex(), one.verifier.hex(), one.transaction, one.lifetime_minutes, one.expires_at,
            one.reachability_requested,
        ]  # fmt: skip
    for record in durable.bindings:
        rows[BINDING, record.address.hex()] = [
            record.verifier.hex(), record.transaction, record.expires_at, [one.hex() for one in record.registrars],
            record.is_given_back, [one.hex() for one in record.former], record.notice_at,
        ]  # fmt: skip
    for kept in durable.contexts:
        successor = None if kept.successor is None else _context_row(kept.successor)
        rows[CONTEXT, str(kept.context.identifier)] = [
            _context_row(kept.context), kept.phase.name, kept.deadline, successor
        ]  # fmt: skip
    for short, extended in durable.short_addresses:
        rows[SHORT, short.hex()] = extended.hex()
    for counter in durable.neighbor_counters:
        mode, source, index = counter.key
        rows[COUNTER, f"{int(mode)}/{source.hex()}/{index}/{counter.neighbor.hex()}"] = [
            int(mode), source.hex(), index, counter.neighbor.hex(), counter.counter
        ]  # fmt: skip
    return rows


def durable_from(rows: Mapping[Place, Json]) -> Durable:
    """What :func:`values_of` made rows of."""
    return Durable(
        levels=tuple(_read(rows, LEVEL, _level)),
        registrations=tuple(_read(rows, REGISTRATION, _registration)),
        bindings=tuple(_read(rows, BINDING, _binding)),
        contexts=tuple(_read(rows, CONTEXT, _context)),
        version=_number(rows, VERSION),
        short_addresses=tuple(_read(rows, SHORT, lambda key, row: (_link(key), _link(row)))),
        frame_counter=_number(rows, OWN_COUNTER),
        neighbor_counters=tuple(_read(rows, COUNTER, _counter)),
    )


def _read(rows: Mapping[Place, Json], kind: str, reader: Callable[[str, Json], T]) -> Iterator[T]:
    for (each, key), row in rows.items():
        if each != kind:
            continue
        try:
            value = reader(key, row)
        except (UsageError, ValueError, TypeError, KeyError):
            continue
        yield value


def _number(rows: Mapping[Place, Json], key: str) -> int:
    value = rows.get((NODE, key), 0)
    return value if isinstance(value, int) else 0


def _link(text: str) -> LinkAddress:
    return LinkAddress(bytes.fromhex(text))


def _ipv6(text: str) -> Ipv6Address:
    return Ipv6Address(bytes.fromhex(text))


def _level(key: str, row: Json) -> KnownLevel:
    name, how, is_router = row
    return KnownLevel(_link(key), by_name(name), How(how), bool(is_router))


def _registration(key: str, row: Json) -> KeptRegistration:
    link_address, verifier, transaction, lifetime, expires_at, requested = row
    return KeptRegistration(
        _ipv6(key), _link(link_address), bytes.fromhex(verifier), transaction, lifetime, expires_at, requested
    )


def _binding(key: str, row: Json) -> KeptRecord:
    verifier, transaction, expires_at, registrars, is_given_back, former, notice_at = row
    return KeptRecord(
        _ipv6(key),
        bytes.fromhex(verifier),
        transaction,
        expires_at,
        tuple(map(_ipv6, registrars)),
        is_given_back,
        tuple(map(_ipv6, former)),
        notice_at,
    )


def _context_row(context: Context) -> Json:
    return [context.identifier, context.prefix.hex(), context.length, context.compress]


def _context_from(row: Json) -> Context:
    identifier, prefix, length, compress = row
    return Context(identifier, bytes.fromhex(prefix), length, compress)


def _context(_key: str, row: Json) -> KeptContext:
    context, phase, deadline, successor = row
    after = None if successor is None else _context_from(successor)
    return KeptContext(_context_from(context), Phase[phase], deadline, after)


def _counter(_key: str, row: Json) -> NeighborCounter:
    mode, source, index, neighbor, counter = row
    return NeighborCounter((KeyIdentifierMode(mode), bytes.fromhex(source), index), _link(neighbor), counter)
