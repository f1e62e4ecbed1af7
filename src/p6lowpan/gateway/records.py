"""What a node should still know after a restart, as values that a database holds: a kind, a key, and JSON.

Octets are in hex, profiles have their names, times are microseconds of the clock on the wall. What cannot be read any
more, as a profile that this version does not know, is left out: it will be learned again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.named import by_name
from p6lowpan.machines.adaptation.discovery import KnownLevel
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.link.configuration import KeyName, NeighborCounter
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix
from p6lowpan.machines.neighbor_discovery.context_life import KeptContext, Phase
from p6lowpan.machines.neighbor_discovery.entry import KeptRegistration
from p6lowpan.machines.neighbor_discovery.prefix_life import KeptPrefix, PrefixKey
from p6lowpan.machines.neighbor_discovery.registry import KeptRecord
from p6lowpan.node.durable import Durable, Gone
from p6lowpan.wire.address import Ipv6Address, LinkAddress
from p6lowpan.wire.ieee802154.security_header import KeyIdentifierMode
from p6lowpan.wire.sixlowpan.contexts import Context

Place = tuple[str, str]
Json = Any  # Any: what JSON holds
Record = Any  # Any: of the class that the form is for
NODE, VERSION, OWN_COUNTER = "node", "version", "frame-counter"


@dataclass(frozen=True, slots=True)
class Form:
    """How the records of one field of :class:`Durable` are written and read."""

    field: str
    kind: str
    key_of: Callable[[Record], Any]
    key_text: Callable[[Any], str]
    row: Callable[[Record], Json]
    read: Callable[[str, Json], Record]


def values_of(durable: Durable) -> dict[Place, Json]:
    """A row for each thing."""
    return {**numbers_of(durable), **records_of(durable)}


def numbers_of(durable: Durable) -> dict[Place, Json]:
    """The rows of the two numbers."""
    return {(NODE, VERSION): durable.version, (NODE, OWN_COUNTER): durable.frame_counter}


def records_of(durable: Durable) -> dict[Place, Json]:
    """The rows of all else."""
    rows: dict[Place, Json] = {}
    for form in FORMS.values():
        for record in getattr(durable, form.field):
            rows[form.kind, form.key_text(form.key_of(record))] = form.row(record)
    return rows


def place_of(gone: Gone) -> Place:
    """Where the row of something was that is there no more."""
    form = FORMS[gone.field]
    return form.kind, form.key_text(gone.key)


def durable_from(rows: Mapping[Place, Json]) -> Durable:
    """What :func:`values_of` made rows of."""
    return Durable(
        **{form.field: tuple(_read(rows, form)) for form in FORMS.values()},
        version=_number(rows, VERSION),
        frame_counter=_number(rows, OWN_COUNTER),
    )


def _read(rows: Mapping[Place, Json], form: Form) -> Iterator[Record]:
    for (kind, key), row in rows.items():
        if kind != form.kind:
            continue
        try:
            value = form.read(key, row)
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


# --- a row of each kind ----------------------------------------------------------------------------------------------


def _level_row(one: KnownLevel) -> Json:
    return [one.profile.name, one.how.value, one.is_router]


def _level(key: str, row: Json) -> KnownLevel:
    name, how, is_router = row
    return KnownLevel(_link(key), by_name(name), How(how), bool(is_router))


def _registration_row(one: KeptRegistration) -> Json:
    return [
        one.link_address.hex(), one.verifier.hex(), one.transaction, one.lifetime_minutes, one.expires_at,
        one.reachability_requested,
    ]  # fmt: skip


def _registration(key: str, row: Json) -> KeptRegistration:
    link_address, verifier, transaction, lifetime, expires_at, requested = row
    return KeptRegistration(
        _ipv6(key), _link(link_address), bytes.fromhex(verifier), transaction, lifetime, expires_at, requested
    )


def _binding_row(one: KeptRecord) -> Json:
    return [
        one.verifier.hex(), one.transaction, one.expires_at, [each.hex() for each in one.registrars],
        one.is_given_back, [each.hex() for each in one.former], one.notice_at,
    ]  # fmt: skip


def _binding(key: str, row: Json) -> KeptRecord:
    verifier, transaction, expires_at, registrars, is_given_back, former, notice_at = row
    return KeptRecord(
        _ipv6(key), bytes.fromhex(verifier), transaction, expires_at, tuple(map(_ipv6, registrars)), is_given_back,
        tuple(map(_ipv6, former)), notice_at,
    )  # fmt: skip


def _prefix_key_text(key: PrefixKey) -> str:
    prefix, length = key
    return f"{prefix.hex()}/{length}"


def _prefix_row(one: KeptPrefix) -> Json:
    said = one.announced
    return [
        said.valid_lifetime_seconds, said.preferred_lifetime_seconds, said.on_link, said.autonomous, one.ends_at
    ]  # fmt: skip


def _prefix(key: str, row: Json) -> KeptPrefix:
    prefix, length = key.split("/")
    valid, preferred, on_link, autonomous, ends_at = row
    return KeptPrefix(AdvertisedPrefix(_ipv6(prefix), int(length), valid, preferred, on_link, autonomous), ends_at)


def _context_row(context: Context) -> Json:
    return [context.identifier, context.prefix.hex(), context.length, context.compress]


def _read_context(row: Json) -> Context:
    identifier, prefix, length, compress = row
    return Context(identifier, bytes.fromhex(prefix), length, compress)


def _kept_context_row(one: KeptContext) -> Json:
    successor = None if one.successor is None else _context_row(one.successor)
    return [_context_row(one.context), one.phase.name, one.deadline, successor]


def _kept_context(_key: str, row: Json) -> KeptContext:
    context, phase, deadline, successor = row
    behind = None if successor is None else _read_context(successor)
    return KeptContext(_read_context(context), Phase[phase], deadline, behind)


def _counter_key_text(key: tuple[KeyName, LinkAddress]) -> str:
    (mode, source, index), neighbor = key
    return f"{int(mode)}/{source.hex()}/{index}/{neighbor.hex()}"


def _counter_row(one: NeighborCounter) -> Json:
    mode, source, index = one.key
    return [int(mode), source.hex(), index, one.neighbor.hex(), one.counter]


def _counter(_key: str, row: Json) -> NeighborCounter:
    mode, source, index, neighbor, counter = row
    return NeighborCounter((KeyIdentifierMode(mode), bytes.fromhex(source), index), _link(neighbor), counter)


FORMS: Mapping[str, Form] = {
    form.field: form
    for form in (
        Form("levels", "level", lambda one: one.neighbor, bytes.hex, _level_row, _level),
        Form("registrations", "registration", lambda one: one.address, bytes.hex, _registration_row, _registration),
        Form("bindings", "binding", lambda one: one.address, bytes.hex, _binding_row, _binding),
        Form("prefixes", "prefix", lambda one: one.key, _prefix_key_text, _prefix_row, _prefix),
        Form("contexts", "context", lambda one: one.context.identifier, str, _kept_context_row, _kept_context),
        Form(
            "short_addresses", "short-address", lambda one: one[0], bytes.hex, lambda one: one[1].hex(),
            lambda key, row: (_link(key), _link(row)),
        ),
        Form(
            "neighbor_counters", "frame-counter", lambda one: (one.key, one.neighbor), _counter_key_text, _counter_row,
            _counter,
        ),
    )
}  # fmt: skip
"""Every field of :class:`Durable` that holds records."""
