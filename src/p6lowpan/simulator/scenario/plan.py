"""What a scenario says: every table of the file, and every key, with its meaning.

Times in the file are seconds or milliseconds; here they are whole microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.configuration import kinds
from p6lowpan.configuration.keys import key, table, tables, tagged_table, tagged_tables
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.neighbor_discovery.configuration import Advertise
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.scenario.kinds import (
    CHANCE,
    FLEX,
    LEVELS,
    METRES,
    NAMES,
    PAIR,
    PINNED,
    PROFILE,
    SHARE,
    bounds,
    wholes,
)
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.mesh import DEEP, DEEPEST

MOST_NODES = 10_000
EVERYBODY = ("*",)


# --- links -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPlan:
    """How good links are. What is left out is perfect, or as the network has it."""

    loss: float | None = key(CHANCE, "that a frame is not received", None)
    corruption: float | None = key(CHANCE, "that it is received damaged, so that its frame check fails", None)
    duplication: float | None = key(CHANCE, "that the receiver is told of it twice", None)
    reordering: float | None = key(CHANCE, "that it is held back, so that later ones overtake it", None)
    delay_us: int | None = key(kinds.MILLISECONDS, "between radio and device, for every frame", None, name="delay_ms")
    jitter_us: int | None = key(kinds.MILLISECONDS, "at most, beside the delay", None, name="jitter_ms")
    held_back_us: int | None = key(kinds.MILLISECONDS, "at most, for a frame held back", None, name="held_back_ms")
    indication: int | None = key(kinds.whole(0, 255), "the link quality that the receiver's radio reports", None)

    def over(self, quality: LinkQuality) -> LinkQuality:
        """``quality``, but for what is said here."""
        names = LinkQuality.__dataclass_fields__
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return LinkQuality(**{name: getattr(quality, name) for name in names} | said)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan(QualityPlan):
    """A link that is there besides those of the topology, is another than they are, or is not there."""

    between: tuple[str, str] = key(PAIR, "the names of its ends")
    one_way: bool = key(kinds.FLAG, "the second hears the first, and not the other way round", False)
    absent: bool = key(kinds.FLAG, "neither hears the other, whatever the topology says", False)


# --- topologies ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Nodes in a row, in the order of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Star:
    """The first node in the middle; the others hear it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """All hear one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Row by row; each hears those beside, above and below."""

    columns: int = key(kinds.whole(1, MOST_NODES), "how many nodes are in a row")


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomDisc:
    """The first node in the middle of a disc, the others anywhere in it, so that nobody is alone."""

    radius: float = key(METRES, "of the disc")
    reach: float = key(METRES, "of a radio: who is not further away hears it")
    seed: int | None = key(kinds.whole(0, 2**64 - 1), "for the places; without one, the scenario's", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile:
    """Places or links in a file beside the scenario. As CSV: columns ``name,x,y``, or ``from,to`` and any key of a
    link's quality. As TOML: ``[[position]]`` with ``name``, ``x``, ``y``, and ``[[link]]`` as here."""

    file: str = key(kinds.TEXT, "its name, .csv or .toml")
    reach: float | None = key(METRES, "of a radio, which places need", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyLinks:
    """Nobody hears anybody but over the links of ``[[network.link]]``."""


SHAPES = {
    "line": Line,
    "star": Star,
    "full": Full,
    "grid": Grid,
    "random-disc": RandomDisc,
    "file": FromFile,
    "links": OnlyLinks,
}
Shape = Line | Star | Full | Grid | RandomDisc | FromFile | OnlyLinks


# --- nodes -----------------------------------------------------------------------------------------------------------


class Part(StrEnum):
    """Which part a node plays."""

    BORDER_ROUTER = "border-router"
    ROUTER = "router"
    HOST = "host"
    AUTO = "auto"  # a router where others need it, a host elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    """A node, or several alike."""

    name: str = key(kinds.TEXT, "its name; of several, the beginning: name-1, name-2, ...")
    count: int | None = key(kinds.whole(1, MOST_NODES), "how many nodes this is", None)
    role: Part = key(kinds.choice(Part), "auto: a router where others need it, a host elsewhere", Part.HOST)
    level: tuple[int, ...] | None = key(LEVELS, "its level; a list: in turn. Without any: 6, routers 5", None)
    flex: Profile | None = key(FLEX, "its FLEX field, instead of a level", None)
    profile: Profile | None = key(PROFILE, "its profile by name, instead of a level", None)
    policy: Policy | None = key(kinds.choice(Policy), "what it assumes of strangers; else the network's", None)
    advertise: Advertise | None = key(kinds.choice(Advertise), "when it tells its level; else the network's", None)
    pinned: Mapping[str, Profile] | None = key(PINNED, "neighbors by name, whose profile it is told", None)
    eui64: LinkAddress | None = key(kinds.EUI64, "else 02:00:00:00, the network's number, the node's", None)
    short: LinkAddress | None = key(kinds.SHORT, "its short address, which its frames then have", None)
    security_key: bytes | None = key(kinds.KEY, "its link-layer key; else the network's", None)
    forwards: bool = key(kinds.FLAG, "in a mesh: it sends on what is for others, and what is for all", True)
    starts_us: int = key(kinds.SECONDS, "when it is switched on", 0, name="starts")

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.level, self.flex, self.profile)) > 1:
            raise UsageError("level, flex and profile exclude one another")
        if self.count is not None and (self.eui64 is not None or self.short is not None):
            raise UsageError("several nodes cannot have one address")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """A route by hand."""

    at: str = key(kinds.TEXT, "the node that has it")
    to: str = key(kinds.TEXT, "the node it leads to")
    via: str = key(kinds.TEXT, "the neighbor that comes next")


class Routing(StrEnum):
    """Where routes beside those of Neighbor Discovery come from."""

    STATIC = "static"  # routers know the shortest path to everybody
    GIVEN = "given"  # what [[network.route]] says, and nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshPlan:
    """Delivery below IP (RFC 4944 sections 5.2 and 11): to IP the network is one link. Every node takes part that has
    mesh headers, which is level 5; others hear those beside them alone."""

    hops: int = key(kinds.whole(1, DEEPEST), "how often a frame is sent at most", DEEP - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """One network: a PAN with its prefix. Networks do not hear one another, unless a link is made later by a fault."""

    name: str = key(kinds.TEXT, "its name", "network")
    pan: int = key(kinds.whole(0, 0xFFFE), "its PAN identifier", 0xABCD)
    prefix: bytes = key(kinds.PREFIX, "what the border router announces")
    contexts: tuple[Context, ...] = key(kinds.CONTEXTS, "what the border router announces", ())
    topology: Shape = key(tagged_table("shape", SHAPES), "who hears whom", OnlyLinks())
    quality: QualityPlan = key(table(QualityPlan), "how good its links are", QualityPlan())
    links: tuple[LinkPlan, ...] = key(tables(LinkPlan), "links that are other than the topology says", (), name="link")
    nodes: tuple[NodePlan, ...] = key(tables(NodePlan), "its nodes", name="node")
    routes: Routing = key(kinds.choice(Routing), "static: routers know the shortest path to everybody", Routing.STATIC)
    given: tuple[RoutePlan, ...] = key(tables(RoutePlan), "routes by hand", (), name="route")
    mesh: MeshPlan | None = key(table(MeshPlan), "delivery below IP, over the shortest paths; else there is none", None)
    policy: Policy = key(kinds.choice(Policy), "what its nodes assume of strangers", Policy.OPTIMISTIC)
    advertise: Advertise = key(kinds.choice(Advertise), "when its nodes tell their level", Advertise.ALWAYS)
    security_key: bytes | None = key(kinds.KEY, "its nodes' link-layer key (ENC-MIC-32, key index 1)", None)


# --- traffic ---------------------------------------------------------------------------------------------------------


class Scope(StrEnum):
    """Which address of its receiver a packet is for."""

    GLOBAL = "global"
    LINK_LOCAL = "link-local"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPlan:
    """Packets from each sender to each receiver of the same network, but not to itself."""

    senders: tuple[str, ...] = key(NAMES, "who sends", EVERYBODY, name="from")
    receivers: tuple[str, ...] = key(NAMES, "to whom", EVERYBODY, name="to")
    sizes: tuple[int, ...] = key(wholes(4, 1232), "octets of payload; a list: in turn", (32,), name="size")
    count: int = key(kinds.whole(1, 65_535), "how many packets each pair gets", 1)
    start_us: int = key(kinds.SECONDS, "when the first pair's first packet is sent", name="start")
    spacing_us: int = key(kinds.SECONDS, "between one pair and the next", 100_000, name="spacing")
    interval_us: int | None = key(
        kinds.SECONDS, "between the rounds; else as soon as one is over", None, name="interval"
    )
    scope: Scope = key(kinds.choice(Scope), "which address of the receiver", Scope.GLOBAL, name="address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping(TrafficPlan):
    """Echo requests. One is delivered when its reply is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Udp(TrafficPlan):
    """Datagrams. One is delivered when the receiver's application has it."""

    port: int = key(kinds.whole(1, 65_535), "source and destination port", 61_617)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coap(TrafficPlan):
    """CoAP requests, not confirmable, that every node answers with what they bring. One is delivered when its response
    is back."""

    port: int = key(kinds.whole(1, 65_535), "source port", 61_618)

    def __post_init__(self) -> None:
        if max(self.sizes) > P6LOWPAN.coap_payload_octets:
            raise UsageError(f"size: a CoAP server takes {P6LOWPAN.coap_payload_octets} octets at most")


AnyTraffic = Ping | Udp | Coap
TRAFFIC = {"ping": Ping, "udp": Udp, "coap": Coap}


# --- faults ----------------------------------------------------------------------------------------------------------


class State(StrEnum):
    """What a node that comes back remembers."""

    KEPT = "kept"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """Nodes fall silent."""

    at_us: int = key(kinds.SECONDS, "when", name="at")
    nodes: tuple[str, ...] = key(NAMES, "who", name="node")


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """Nodes come back."""

    at_us: int = key(kinds.SECONDS, "when", name="at")
    nodes: tuple[str, ...] = key(NAMES, "who", name="node")
    state: State = key(kinds.choice(State), "whether they still know what they knew", State.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """For a while nobody of one side hears anybody of the other."""

    at_us: int = key(kinds.SECONDS, "from when", name="at")
    until_us: int = key(kinds.SECONDS, "until when", name="until")
    one: tuple[str, ...] = key(NAMES, "the one side")
    other: tuple[str, ...] = key(NAMES, "the other side; else everybody else", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Relink(LinkPlan):
    """A link comes, changes or goes."""

    at_us: int = key(kinds.SECONDS, "when", name="at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """Nodes restart with another level, and know nothing of what they knew."""

    at_us: int = key(kinds.SECONDS, "when", name="at")
    nodes: tuple[str, ...] = key(NAMES, "who", name="node")
    profile: Profile = key(PROFILE, "what they can do from now on")


FAULTS = {"off": Off, "on": On, "partition": Cut, "link": Relink, "upgrade": Upgrade}
FaultPlan = Off | On | Cut | Relink | Upgrade


# --- the whole -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectPlan:
    """What a run must show; otherwise the command's exit status is 1."""

    delivered: float | None = key(SHARE, "of the packets of all pairs, at least", None)
    errors_per_pair_max: int | None = key(
        kinds.whole(0, 1_000_000), "class-unsupported errors that one node may get from another", None
    )
    levels_right: bool = key(kinds.FLAG, "what nodes believe of their neighbors at the end is true", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A run, whole."""

    title: str = key(kinds.TEXT, "what it shows, in a line", "")
    seed: int = key(kinds.whole(0, 2**64 - 1), "where all chance comes from", 1)
    duration_us: int = key(kinds.SECONDS, "how long it lasts", name="duration")
    collisions: bool = key(kinds.FLAG, "frames that overlap at a receiver destroy each other", False)
    limits: Mapping[str, int] | None = key(bounds(Limits.__annotations__), "bounds of all nodes", None)
    networks: tuple[NetworkPlan, ...] = key(tables(NetworkPlan), "the networks", name="network")
    traffic: tuple[AnyTraffic, ...] = key(tagged_tables("kind", TRAFFIC), "what is sent", ())
    faults: tuple[FaultPlan, ...] = key(tagged_tables("kind", FAULTS), "what goes wrong, and when", (), name="fault")
    expect: ExpectPlan = key(table(ExpectPlan), "what must come of it", ExpectPlan())
