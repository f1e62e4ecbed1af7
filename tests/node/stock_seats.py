"""The ends of the captures of RIOT and Contiki-NG, as seats that a node of ours can take, and what was said there.

A seat comes with the addresses of the stack that had it, and with what stood in its tables: contexts and routes.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from analysis.captured import path_of
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import (
    Advertise,
    AdvertisedPrefix,
    Configuration,
    Mode,
    Role,
)
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.node import Node
from p6lowpan.wire.address import (
    UNSPECIFIED,
    Ipv6Address,
    LinkAddress,
    interface_identifier,
    link_local,
    parse_ipv6,
    parse_link,
)
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.ipv6.udp import Udp
from p6lowpan.wire.sixlowpan.contexts import Context

NEIGHBOR_DISCOVERY = range(MessageType.ROUTER_SOLICITATION, MessageType.REDIRECT)
RPL = MessageType.RPL_CONTROL


@dataclass(frozen=True)
class Seat:
    """One end of a capture. ``prefix`` is of everybody's global addresses; ``peers`` are the others' link-layer
    addresses, the one that is used for their IPv6 addresses; ``ports`` those where the seat's application listens."""

    capture: str
    pan: int
    link: LinkAddress
    peers: tuple[LinkAddress, ...]
    prefix: Ipv6Address
    contexts: tuple[Context, ...] = ()
    extended: LinkAddress | None = None
    ports: tuple[int, ...] = ()
    also_heard: tuple[LinkAddress, ...] = ()
    mode: Mode = Mode.LOWPAN
    has_default_route: bool = False

    @property
    def ours(self) -> tuple[LinkAddress, ...]:
        """The link-layer addresses of the seat."""
        return (self.link,) if self.extended is None else (self.link, self.extended)

    @property
    def others(self) -> frozenset[bytes]:
        """Whose frames are sent again."""
        return frozenset((*self.peers, *self.also_heard))

    def global_address(self, link: LinkAddress) -> Ipv6Address:
        """Under the prefix of the network."""
        return Ipv6Address(self.prefix[:8] + interface_identifier(link))


def _contexts(prefixes: dict[int, str]) -> tuple[Context, ...]:
    return tuple(Context(number, parse_ipv6(prefix), 64) for number, prefix in prefixes.items())


def _riot(number: int) -> LinkAddress:
    return parse_link(f"02:12:34:56:78:ab:cd:{number:02x}")


def _contiki(number: int) -> LinkAddress:
    return parse_link(f"02:00:00:00:00:00:00:{number:02x}")


DB8, FD00 = parse_ipv6("2001:db8::"), parse_ipv6("fd00::")
RIOT_CONTEXTS = _contexts({0: "2001:db8::", 5: "2001:db8:5::"})
RIOT_PAN, CONTIKI_PAN = 0x0023, 0xABCD
SHORT = parse_link("0x1234"), parse_link("0x5678")
RIOT_PORTS = 53, 5683, 61440, 61599, 61616, 61617, 61631, 61632, 61695, 61696
CONTIKI_PORTS = {1: (5678, 61618), 2: (8765, 61617)}

RIOT_SEATS = {
    **{
        f"riot-stock-{me}": Seat(
            "riot-stock", RIOT_PAN, _riot(me), (_riot(3 - me),), DB8, RIOT_CONTEXTS, has_default_route=True
        )
        for me in (1, 2)
    },
    **{
        f"riot-short-{me}": Seat(
            "riot-short", RIOT_PAN, SHORT[me - 1], (SHORT[2 - me],), DB8, RIOT_CONTEXTS[:1], _riot(me),
            also_heard=(_riot(3 - me),),
        )
        for me in (1, 2)
    },
    "riot-rpl-root": Seat("riot-rpl", RIOT_PAN, _riot(1), (_riot(2), _riot(3)), DB8),
    "riot-udp-receiver": Seat("riot-udp", RIOT_PAN, _riot(2), (_riot(1),), DB8),
    "riot-udp-application": Seat("riot-udp", RIOT_PAN, _riot(2), (_riot(1),), DB8, ports=RIOT_PORTS),
    "riot-udp-sender": Seat("riot-udp", RIOT_PAN, _riot(1), (_riot(2),), DB8),
}  # fmt: skip
CONTIKI_SEATS = {
    f"contiki-ng-{'root' if me == 1 else 'node'}-{mode.value}": Seat(
        "contiki-ng-rpl-1hop", CONTIKI_PAN, _contiki(me), (_contiki(3 - me),), FD00, _contexts({0: "fd00::"}),
        ports=CONTIKI_PORTS[me], mode=mode,
    )
    for me in (1, 2)
    for mode in Mode
}  # fmt: skip
SEATS = RIOT_SEATS | CONTIKI_SEATS


def node_for(
    seat: Seat, receives: Profile, profile: Profile | None = None, advertise: Advertise = Advertise.ALWAYS
) -> Node:
    """Our node for a seat: it takes all others for stacks that receive what ``receives`` does."""
    own = profile or of_level(6)
    lowpan = seat.mode is Mode.LOWPAN
    extended = seat.extended or seat.link
    short = seat.link if seat.extended else None
    discovery = Configuration(
        role=Role.BORDER_ROUTER,
        extended=extended,
        short=short,
        mode=seat.mode,
        profile=own,
        advertise=advertise,
        prefixes=(AdvertisedPrefix(seat.prefix, on_link=not lowpan),),
        contexts=seat.contexts,
    )
    routes = [StaticRoute(seat.global_address(peer), 128, link_local(peer)) for peer in seat.peers]
    if seat.has_default_route:
        routes.append(StaticRoute(UNSPECIFIED, 0, link_local(seat.peers[0])))
    return Node(
        NodeConfiguration(
            link=MacConfiguration(extended=extended, short=short, pan=seat.pan),
            discovery=discovery,
            profile=own,
            pinned=dict.fromkeys((*seat.peers, *seat.also_heard), receives),
            contexts=seat.contexts,
            routes=tuple(routes) if lowpan else (),
        )
    )


class Said(NamedTuple):
    """An IPv6 packet as its receiver has it."""

    source: bytes
    destination: bytes
    hop_limit: int
    protocol: int
    content: bytes

    @property
    def kind(self) -> int | None:
        """The type of an ICMPv6 message."""
        return self.content[0] if self.protocol == Protocol.ICMPV6 else None


def said_in(packet: bytes) -> Said:
    """What a packet says, without the headers that routers add."""
    chain = walk(packet)
    header = chain.headers[0]
    assert isinstance(header, Ipv6)
    last = chain.headers[-1]
    above = last.encode() + chain.payload if isinstance(last, Udp) else chain.payload
    protocol = int(Protocol.UDP) if isinstance(last, Udp) else chain.protocol
    return Said(header.source, header.destination, header.hop_limit, protocol, above)


class Heard(NamedTuple):
    """A packet, when it was whole, and from and to which neighbour it came."""

    time: int
    link_source: bytes
    said: Said


@cache
def captured_frames(name: str) -> tuple[CapturedFrame, ...]:
    """A capture as it is."""
    with open_capture(str(path_of(name))) as capture:
        return tuple(capture)


@cache
def captured_packets(name: str, contexts: tuple[Context, ...]) -> tuple[Heard, ...]:
    """Every packet of a capture, each once, whatever the number of its frames and of their repetitions."""
    explainer = Explainer(Settings(contexts=contexts))
    return tuple(
        Heard(captured.time_ns // 1000, packet.link.source, said_in(packet.octets))
        for captured in captured_frames(name)
        for packet in explainer.explain(captured).packets
    )


def was_said(seat: Seat) -> list[Said]:
    """What the stack that had the seat said."""
    heard = captured_packets(seat.capture, seat.contexts)
    return [one.said for one in heard if one.link_source in seat.ours]


def was_heard(seat: Seat) -> list[Said]:
    """What the others said, to it or to everybody."""
    heard = captured_packets(seat.capture, seat.contexts)
    return [one.said for one in heard if one.link_source in seat.others]
