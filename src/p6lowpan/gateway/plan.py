"""What the configuration of a gateway says: every table of the file, and every key, with its meaning."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Interface
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.named import by_name
from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.configuration import kinds
from p6lowpan.configuration.keys import Kind, Misplaced, key, table, tables
from p6lowpan.configuration.toml_file import read_toml
from p6lowpan.gateway.radios import ADDRESS, INTERFACE, RADIO, RadioPlan, read_texts
from p6lowpan.interop.probing.record import SUFFIX, profile_file
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.backbone.configuration import Prefix, read_permit, read_prefix
from p6lowpan.machines.neighbor_discovery.configuration import Advertise
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context

MOST_NEIGHBORS = 10_000
CONTROL = "/run/p6lowpan/gateway.sock"


def _permits(value: Any, where: str) -> tuple[str, ...]:
    lines = read_texts(value, where)
    for line in lines:
        try:
            read_permit(line)
        except UsageError as error:
            raise Misplaced(f"{where}: {error}") from None
    return lines


def _hosts(value: Any, where: str) -> tuple[IPv6Interface, ...]:
    return tuple(map(IPv6Interface, read_texts(value, where)))


def _profile(value: Any, where: str) -> Profile:
    return by_name(kinds.TEXT.take(value, where))


def _pinned(value: Any, where: str) -> Profile:
    name = kinds.TEXT.take(value, where)
    if not name.endswith(SUFFIX):
        return by_name(name)
    try:
        return profile_file(name)
    except UsageError as error:
        raise Misplaced(f"{where}: {error}") from None
    except OSError as error:
        raise Misplaced(f"{where}: {name}: {error.strerror}") from None


PERMITS = Kind('a list of rules, like "udp from 2001:db8::/32 port 5683"', _permits)
HOSTS = Kind('a list of IPv6 addresses with their length, like "2001:db8::1/128"', _hosts)
PREFIX = Kind("an IPv6 prefix, like 2001:db8::/64", lambda value, where: read_prefix(kinds.TEXT.take(value, where)))
HOST = Kind("an IPv6 address", lambda value, where: parse_ipv6(kinds.TEXT.take(value, where)))
PROFILE = Kind("rfc6282, level-0 to level-6, flex: and 8 hex digits, or a stack of docs/reference/stacks.md", _profile)
PINNED = Kind(f"{PROFILE.expected}, or a {SUFFIX} file that p6lowpan probe wrote", _pinned)


class LogForm(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """From which level on something is logged; debug names every drop."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


# --- networks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighborPlan:
    """A neighbor of which something is known: what it can do, or that an EUI-64 and a short address are both its."""

    eui64: LinkAddress | None = key(kinds.EUI64, "who it is", None)
    short: LinkAddress | None = key(kinds.SHORT, "or its short address, or its short address as well", None)
    profile: Profile | None = key(PINNED, "what it is sent, whatever it says", None)

    def __post_init__(self) -> None:
        if self.eui64 is None and self.short is None:
            raise UsageError("a neighbor has an eui64, a short address, or both")
        if self.profile is None and (self.eui64 is None or self.short is None):
            raise UsageError(
                "a neighbor has a profile, or both an eui64 and a short address: nothing else is said of it"
            )

    @property
    def address(self) -> LinkAddress:
        """The one that is given."""
        return self.eui64 or self.short or LinkAddress(b"")


def pinned_in(known: tuple[NeighborPlan, ...]) -> dict[LinkAddress, Profile]:
    """Whose profile is given."""
    return {one.address: one.profile for one in known if one.profile is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """Nodes behind a router of the network."""

    prefix: Prefix = key(PREFIX, "their addresses")
    via: bytes = key(HOST, "the router's link-local address")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """One PAN with its radio. ``permit`` lets in what comes from outside; the host's own addresses are always let in,
    unless ``permit_host`` is false."""

    name: str = key(kinds.TEXT, "its name, under which its state is kept", "lowpan")
    eui64: LinkAddress = key(kinds.EUI64, "the gateway's address on this link")
    short: LinkAddress | None = key(kinds.SHORT, "its short address, which its frames then have", None)
    pan: int = key(kinds.whole(0, 0xFFFE), "the PAN identifier")
    prefix: bytes = key(kinds.PREFIX, "what is announced, and routed here")
    contexts: tuple[Context, ...] = key(kinds.CONTEXTS, "compression contexts that are announced", ())
    radio: RadioPlan = key(RADIO, "what it is spoken over")
    profile: Profile = key(PROFILE, "what the gateway itself can do: a level or a FLEX field", of_level(6))
    policy: Policy = key(kinds.choice(Policy), "what is assumed of strangers", Policy.OPTIMISTIC)
    advertise: Advertise = key(kinds.choice(Advertise), "when the gateway tells its level", Advertise.ALWAYS)
    security_key: bytes | None = key(kinds.KEY, "the link-layer key (ENC-MIC-32, key index 1)", None)
    permit: tuple[str, ...] = key(PERMITS, "what comes in from outside though nobody inside asked for it", ())
    permit_host: bool = key(kinds.FLAG, "the addresses of [tun] may begin a conversation", True)
    air_kbps: float = key(kinds.number(1, 1000, "kb/s"), "how much of the air our frames may take in the mean", 250)
    burst_us: int = key(kinds.MILLISECONDS, "for how long they may take all of it", 100_000, name="burst_ms")
    neighbors: int = key(kinds.whole(8, MOST_NEIGHBORS), "for how many there is room", 250)
    known: tuple[NeighborPlan, ...] = key(
        tables(NeighborPlan), "neighbors of which something is known", (), name="neighbor"
    )
    asks: bool = key(kinds.FLAG, "nodes that register no address, as Linux's, are asked for theirs (RFC 4861)", False)
    routes: tuple[RoutePlan, ...] = key(tables(RoutePlan), "nodes behind routers", (), name="route")
    tap: str = key(kinds.TEXT, "a named pipe or file that gets every frame, for Wireshark", "")

    def __post_init__(self) -> None:
        if not self.profile.is_principled:
            raise UsageError(f"profile: the gateway is no {self.profile.name}: a level or a FLEX field")

    @property
    def inside(self) -> Prefix:
        """Its prefix."""
        return Prefix(read_prefix(f"{_text_of(self.prefix)}/64").address, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class TunPlan:
    """The interface on which the host's kernel reaches the networks."""

    name: str = key(INTERFACE, "the interface's name; lowpan%d: the first that is free", "lowpan%d")
    addresses: tuple[IPv6Interface, ...] = key(HOSTS, "the host's addresses on it, of none of the networks", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPlan:
    """A gateway, whole."""

    state: str = key(kinds.TEXT, "the database of what outlives a restart; without one, nothing does", "")
    control: str = key(kinds.TEXT, "the socket for p6lowpan gateway status and the like", CONTROL)
    metrics: tuple[str, int] | None = key(ADDRESS, "where Prometheus gets its numbers, like 127.0.0.1:9154", None)
    log: LogForm = key(kinds.choice(LogForm), "how the log is written", LogForm.TEXT)
    log_level: LogLevel = key(kinds.choice(LogLevel), "from which level on", LogLevel.INFO)
    tun: TunPlan | None = key(table(TunPlan), "the backbone; without one, only the control socket reaches nodes", None)
    networks: tuple[NetworkPlan, ...] = key(tables(NetworkPlan), "the networks", name="network")

    def __post_init__(self) -> None:
        if not self.networks:
            raise UsageError("network: a gateway without a network has nothing to do")
        for number, one in enumerate(self.networks):
            for other in self.networks[:number]:
                if one.name == other.name:
                    raise UsageError(f"network[{number}].name: another network is called {one.name!r}, too")
                if one.prefix == other.prefix:
                    raise UsageError(f"network[{number}].prefix: {one.inside} is another network's, too")
        for address in self.tun.addresses if self.tun else ():
            if any(network.inside.holds(address.packed) for network in self.networks):
                raise UsageError(f"tun.addresses: {address} is in the prefix of a network: the host is outside")


def _text_of(octets: bytes) -> str:
    return octets.hex(":", 2)


def read_plan(text: str, file: str) -> GatewayPlan:
    """The gateway that ``text`` is; ``file`` is for errors. Raises :class:`UsageError`: file, key, what was expected,
    and the line."""
    return read_toml(GatewayPlan, text, file)
