"""Registrations for the tests: a host that registers with a router, and nodes that register with ours."""

from collections.abc import Iterable
from typing import Any

from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit, NeighborOutput
from p6lowpan.wire.address import LinkAddress, link_local
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from properties.neighbors import (
    MINUTE,
    MY_LL,
    PREFIX,
    ROUTER_LL,
    SECOND,
    STRANGER,
    STRANGER_GLOBAL,
    Playbook,
    advertisement,
    answered,
    discovery,
    link,
    messages,
    named,
    of,
    option,
    pio,
    registering,
    registration,
    said,
)

LONG = 0xFFFF  # the longest lifetime that a router can have, in seconds


# --- a host that registers -------------------------------------------------------------------------------------------


def started_host(**changes: Any) -> Playbook:
    """A host that has asked for routers once."""
    play = Playbook(discovery(**changes))
    play.start()
    play.wait(SECOND)
    return play


def attached(*options: Any, extended: bool = False, **changes: Any) -> tuple[Playbook, list[Emit]]:
    """A host that has heard one router, and what it registers first."""
    play = started_host(**changes)
    message = advertisement(*(options or (pio(),)), extended=extended, lifetime=LONG)
    return play, registering(play.hear(message, ROUTER_LL))


def grant(play: Playbook, outputs: Iterable[NeighborOutput], status: int = 0, **changes: Any) -> list[NeighborOutput]:
    """Answer every registration in ``outputs`` until nothing more is asked. Returns what came of it."""
    collected: list[NeighborOutput] = []
    waiting = registering(outputs)
    while waiting:
        asked = waiting.pop(0)
        following = play.hear(answered(asked, status, **changes), asked.destination, asked.source)
        collected += following
        waiting += registering(following)
    return collected


def registered(*options: Any, **changes: Any) -> tuple[Playbook, list[NeighborOutput]]:
    """A host whose every registration is granted, and all that it did since it heard the router."""
    play = started_host(**changes)
    outputs = play.hear(advertisement(*options), ROUTER_LL)
    return play, [*outputs, *grant(play, outputs)]


def registration_in(asked: Emit) -> AddressRegistration:
    """The registration option of a solicitation."""
    found: AddressRegistration = option(said(asked), AddressRegistration)
    return found


# --- a router that takes registrations -------------------------------------------------------------------------------


def registrar(**changes: Any) -> Playbook:
    """A border router: it decides alone."""
    play = Playbook(discovery(Role.BORDER_ROUTER, **{"prefixes": (AdvertisedPrefix(PREFIX),), **changes}))
    play.start()
    play.wait(MINUTE)
    return play


def aro(
    play: Playbook,
    own: bytes = STRANGER_GLOBAL,
    number: int = STRANGER,
    minutes: int = 60,
    under: LinkAddress | None = None,
    frm: LinkAddress | None = None,
    **fields: Any,
) -> tuple[NeighborOutput, ...]:
    """A node of RFC 6775 registers: the address is the source."""
    options = (named(link(number) if under is None else under), registration(number, minutes, **fields))
    return play.hear(NeighborSolicitation(target=MY_LL, options=options), own, frm=frm or link(number))


def earo(
    play: Playbook,
    own: bytes = STRANGER_GLOBAL,
    number: int = STRANGER,
    tid: int = 240,
    minutes: int = 60,
    source: bytes | None = None,
    under: LinkAddress | None = None,
    **fields: Any,
) -> tuple[NeighborOutput, ...]:
    """A node of RFC 8505 registers: the address is the target."""
    options = (named(link(number) if under is None else under), registration(number, minutes, tid, **fields))
    message = NeighborSolicitation(target=own, options=options)
    return play.hear(message, source or link_local(link(number)), frm=link(number))


def told(outputs: Iterable[NeighborOutput]) -> tuple[Emit, AddressRegistration]:
    """The one answer, and its registration option."""
    (emitted,) = of(outputs, Emit)
    assert isinstance(said(emitted), NeighborAdvertisement)
    return emitted, option(said(emitted), AddressRegistration)


def statuses(outputs: Iterable[NeighborOutput]) -> list[int]:
    """The status of every registration that is answered."""
    return [
        one.status
        for message in messages(outputs, NeighborAdvertisement)
        for one in message.options
        if isinstance(one, AddressRegistration)
    ]
