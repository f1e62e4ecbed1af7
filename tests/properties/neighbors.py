"""Neighbors for the tests: a node with a clock of its own, messages to say to it, and a neighborhood of several."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.neighbor_discovery.neighbor_discovery import NeighborDiscovery
from p6lowpan.machines.neighbor_discovery.outputs import Emit, NeighborOutput
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import (
    BROADCAST,
    Ipv6Address,
    LinkAddress,
    interface_identifier,
    is_multicast,
    link_local,
    parse_ipv6,
)
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation, RouterAdvertisement
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.router_options import PrefixInformation

SECOND = 1_000_000
MINUTE = 60 * SECOND
ICMPV6 = 58
PREFIX = parse_ipv6("2001:db8:1::")
OTHER_PREFIX = parse_ipv6("2001:db8:2::")


def link(number: int) -> LinkAddress:
    """The EUI-64 of device ``number``."""
    return LinkAddress(bytes.fromhex("021234567800") + number.to_bytes(2, "big"))


def address(prefix: bytes, number: int) -> Ipv6Address:
    """The address that device ``number`` forms from a prefix."""
    return Ipv6Address(prefix[:8] + interface_identifier(link(number)))


ME, ROUTER, OTHER_ROUTER, STRANGER = 1, 2, 3, 4
MY_LINK, ROUTER_LINK, OTHER_ROUTER_LINK, STRANGER_LINK = map(link, (ME, ROUTER, OTHER_ROUTER, STRANGER))
MY_LL, ROUTER_LL, OTHER_ROUTER_LL, STRANGER_LL = map(link_local, map(link, (ME, ROUTER, OTHER_ROUTER, STRANGER)))
MY_GLOBAL, STRANGER_GLOBAL = address(PREFIX, ME), address(PREFIX, STRANGER)
SHORT = LinkAddress(b"\x0a\x0b")
BORDER = parse_ipv6("2001:db8:1::b0")


class Still:
    """Chance that never moves: always 0."""

    def below(self, n: int) -> int:
        """The smallest number."""
        assert n >= 1
        return 0


def limited(**limits: int) -> Limits:
    """The usual bounds but for these."""
    return dataclasses.replace(P6LOWPAN, **limits)


def discovery(
    role: Role = Role.HOST, number: int = ME, limits: Limits = P6LOWPAN, policy: Any = None, **configuration: Any
) -> NeighborDiscovery:
    """A node that never waits longer than it must."""
    return NeighborDiscovery(
        Configuration(**{"role": role, "extended": link(number), **configuration}), limits, Still(), policy
    )


# --- messages --------------------------------------------------------------------------------------------------------


def named(number_or_link: int | bytes) -> SourceLinkLayerAddress:
    """The Source Link-Layer Address option of a device."""
    octets = link(number_or_link) if isinstance(number_or_link, int) else number_or_link
    return SourceLinkLayerAddress(address=address_field(LinkAddress(octets)))


def named_target(number: int) -> TargetLinkLayerAddress:
    """The Target Link-Layer Address option of a device."""
    return TargetLinkLayerAddress(address=address_field(link(number)))


def pio(prefix: bytes = PREFIX, valid: int = 86_400, preferred: int | None = None, **fields: Any) -> PrefixInformation:
    """A Prefix Information option for addresses that are formed, of a prefix that is not on-link."""
    return PrefixInformation(
        **{
            "prefix_length": 64,
            "autonomous": 1,
            "valid_lifetime_seconds": valid,
            "preferred_lifetime_seconds": valid if preferred is None else preferred,
            "prefix": prefix,
            **fields,
        }
    )


def context_option(identifier: int = 0, prefix: bytes = PREFIX, minutes: int = 100, compress: int = 1) -> LowpanContext:
    """A 6LoWPAN Context Option of 64 bits."""
    return LowpanContext(
        context_length=64,
        compress=compress,
        context_identifier=identifier,
        lifetime_minutes=minutes,
        prefix=prefix[:8],
    )


def abro(version: int = 1, border_router: bytes = BORDER, minutes: int = 0) -> AuthoritativeBorderRouter:
    """An Authoritative Border Router option."""
    return AuthoritativeBorderRouter(
        version_low=version & 0xFFFF,
        version_high=version >> 16,
        lifetime_minutes=minutes,
        border_router=border_router,
    )


EXTENDED = CapabilityIndication(router=1, extended_registration=1)
"""What a router of RFC 8505 says of itself."""


def advertisement(
    *options: Any, number: int = ROUTER, lifetime: int = 1800, extended: bool = False, **fields: Any
) -> RouterAdvertisement:
    """A Router Advertisement of a device, of RFC 6775 unless it says more."""
    said = (EXTENDED,) if extended else ()
    return RouterAdvertisement(router_lifetime_seconds=lifetime, options=(*options, named(number), *said), **fields)


def registration(
    number: int = STRANGER, minutes: int = 60, tid: int | None = None, **fields: Any
) -> AddressRegistration:
    """An ARO of a device, or with ``tid`` an EARO."""
    return AddressRegistration(
        **{
            "lifetime_minutes": minutes,
            "ownership_verifier": link(number),
            "has_transaction": int(tid is not None),
            "transaction": tid or 0,
            **fields,
        }
    )


# --- one node --------------------------------------------------------------------------------------------------------


class Playbook:
    """A node, what is said to it, and what it does."""

    def __init__(self, node: NeighborDiscovery, now: int = 0) -> None:
        self.node = node
        self.now = now

    def start(self) -> tuple[NeighborOutput, ...]:
        """The node comes."""
        return self.node.start(self.now)

    def hear(
        self,
        message: Any,
        source: bytes,
        destination: bytes = MY_LL,
        *,
        frm: LinkAddress | None = None,
        hop_limit: int = 255,
        secured: bool = False,
    ) -> tuple[NeighborOutput, ...]:
        """A message comes; from the link-layer address in its source, unless another is named."""
        if frm is None:
            frm = next((link(number) for number in range(1, 99) if link_local(link(number)) == source), STRANGER_LINK)
        to = BROADCAST if is_multicast(destination) else MY_LINK
        origin = Origin(frm, to, secured)
        return self.node.received(self.now, message, Ipv6Address(source), Ipv6Address(destination), hop_limit, origin)

    def wait(self, duration: int) -> tuple[NeighborOutput, ...]:
        """Time passes; the node is woken whenever it asks for it."""
        end, outputs, steps = self.now + duration, [], 0
        while self.node.deadline is not None and self.node.deadline <= end:
            assert self.node.deadline >= self.now, "a deadline that was missed"
            self.now = self.node.deadline
            outputs += self.node.tick(self.now)
            assert self.node.deadline is None or self.node.deadline > self.now or steps < 1000
            steps += 1
        self.now = end
        return tuple(outputs)

    def resolve(self, next_hop: bytes, packet: bytes = b"packet") -> tuple[NeighborOutput, ...]:
        """A packet goes to a neighbor."""
        return self.node.resolve(self.now, Ipv6Address(next_hop), packet)

    def state(self, own: bytes) -> str | None:
        """The state of an address of ours."""
        found = self.node.interface.addresses.get(Ipv6Address(own))
        return None if found is None else found.state.name


def of(outputs: Iterable[NeighborOutput], kind: type) -> list[Any]:
    """The outputs of one kind."""
    return [output for output in outputs if isinstance(output, kind)]


def said(emitted: Emit) -> Any:
    """The message that goes out, whose checksum is right."""
    assert checksum_holds(emitted.source, emitted.destination, ICMPV6, emitted.message_octets)
    message, rest = MESSAGES.decode(emitted.message_octets)
    assert not rest
    return message


def messages(outputs: Iterable[NeighborOutput], kind: type | None = None) -> list[Any]:
    """What goes out, decoded."""
    found = [said(emitted) for emitted in of(outputs, Emit)]
    return found if kind is None else [message for message in found if isinstance(message, kind)]


def option(message: Any, kind: type) -> Any:
    """The only option of a kind in a message."""
    (found,) = [one for one in message.options if isinstance(one, kind)]
    return found


def reasons(outputs: Iterable[NeighborOutput]) -> list[Any]:
    """Why something was dropped."""
    return [output.reason for output in of(outputs, Dropped)]


def answered(asked: Emit, status: int = 0, **changes: Any) -> NeighborAdvertisement:
    """What a router says to a solicitation that registers an address."""
    solicitation = said(asked)
    assert isinstance(solicitation, NeighborSolicitation)
    copied = dataclasses.replace(option(solicitation, AddressRegistration), **{"status": status, **changes})
    return NeighborAdvertisement(router=1, solicited=1, target=solicitation.target, options=(copied,))


def registering(outputs: Iterable[NeighborOutput]) -> list[Emit]:
    """The solicitations that register an address."""
    return [
        emitted
        for emitted in of(outputs, Emit)
        if any(isinstance(one, AddressRegistration) for one in getattr(said(emitted), "options", ()))
        and isinstance(said(emitted), NeighborSolicitation)
    ]


# --- several nodes ---------------------------------------------------------------------------------------------------


class Neighborhood:
    """Nodes that hear one another as ``hears`` says, without a network layer: what is unicast further than a hop gets
    there at once, with a hop limit that says so."""

    def __init__(
        self, nodes: dict[str, NeighborDiscovery], hears: Callable[[str, str], bool] = lambda one, other: True
    ) -> None:
        self.nodes = nodes
        self.hears = hears
        self.now = 0
        self.log: list[tuple[int, str, NeighborOutput]] = []
        self.lost: Callable[[str, str, Emit], bool] = lambda one, other, emitted: False

    def start(self, *names: str) -> None:
        """Nodes come; all, where none is named."""
        for name in names or tuple(self.nodes):
            self._take(name, self.nodes[name].start(self.now))

    def run(self, duration: int) -> None:
        """Time passes for everybody."""
        end = self.now + duration
        while True:
            due = [(node.deadline, name) for name, node in self.nodes.items() if node.deadline is not None]
            if not due or min(due)[0] > end:
                break
            self.now, name = min(due)
            self._take(name, self.nodes[name].tick(self.now))
        self.now = end

    def outputs(self, name: str, kind: type) -> list[Any]:
        """What a node put out so far."""
        return [output for _, node, output in self.log if node == name and isinstance(output, kind)]

    def emitted(self, kind: type | None = None) -> list[Any]:
        """Every message so far."""
        return messages((output for _, _, output in self.log), kind)

    def _take(self, name: str, outputs: Iterable[NeighborOutput]) -> None:
        for output in outputs:
            self.log.append((self.now, name, output))
            if isinstance(output, Emit):
                self._deliver(name, output)

    def _deliver(self, sender: str, emitted: Emit) -> None:
        message, origin_link = said(emitted), self._link_source(sender, emitted)
        for name, node in self.nodes.items():
            if name == sender or self.lost(sender, name, emitted):
                continue
            hop_limit = emitted.hop_limit
            if is_multicast(emitted.destination):
                if not self.hears(sender, name):
                    continue
                origin = Origin(origin_link, BROADCAST)
            elif emitted.link_destination is not None:
                if emitted.link_destination not in node.configuration.link_addresses or not self.hears(sender, name):
                    continue
                origin = Origin(origin_link, emitted.link_destination)
            elif node.interface.owns(emitted.destination):
                hop_limit, origin = hop_limit - 1, Origin(origin_link, node.configuration.extended)
            else:
                continue
            outputs = node.received(self.now, message, emitted.source, emitted.destination, hop_limit, origin)
            self._take(name, outputs)

    def _link_source(self, sender: str, emitted: Emit) -> LinkAddress:
        configuration = self.nodes[sender].configuration
        for one in configuration.link_addresses:
            if emitted.source[8:] == interface_identifier(one):
                return one
        return configuration.extended


def border_router(number: int = 9, seed: int = 9, **configuration: Any) -> NeighborDiscovery:
    """A border router with one prefix."""
    defaults = {"role": Role.BORDER_ROUTER, "extended": link(number), "prefixes": (AdvertisedPrefix(PREFIX),)}
    return NeighborDiscovery(Configuration(**{**defaults, **configuration}), P6LOWPAN, Chance(seed))


def another(role: Role, number: int, **configuration: Any) -> NeighborDiscovery:
    """A host or a router that leaves things to chance."""
    return NeighborDiscovery(
        Configuration(**{"role": role, "extended": link(number), **configuration}), P6LOWPAN, Chance(number)
    )
