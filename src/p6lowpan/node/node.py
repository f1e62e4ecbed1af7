"""One device, assembled: link, adaptation, IPv6 and Neighbor Discovery. Wiring only.

    node = Node(configuration)
    outputs = node.handle(now, FrameReceived(octets))
    ...
    wake at node.deadline with node.handle(now, Wake())

Theory of operation. Each machine returns what it asks of the others and of the world. A table says who handles what:
an event for another machine is handled at once, depth first, so that everything that one input brings about is in the
outputs of that one call, in the order in which it came about. ``now`` is an int of microseconds and never goes back. A
node has no clock, no chance but its seed, and no reference to anything outside: ``copy.deepcopy`` copies it whole, and
the inputs with their times are a complete log to replay.
"""

from collections.abc import Callable, Iterable
from typing import Any

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.context_table import ContextTable
from p6lowpan.machines.adaptation.discovery import Levels
from p6lowpan.machines.adaptation.layer import AdaptationLayer, Arrived, Outgoing
from p6lowpan.machines.adaptation.mesh_under import Abandon, Hop, Inside, MeshUnder
from p6lowpan.machines.adaptation.news import Learned
from p6lowpan.machines.backbone.backbone import LetIn
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import Confirm, Indication
from p6lowpan.machines.neighbor_discovery import outputs as discovery
from p6lowpan.machines.neighbor_discovery.neighbor_discovery import NeighborDiscovery
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.network import Network
from p6lowpan.machines.network.outputs import BackboneRoute, ClassError, Origin, Route, ToNeighborDiscovery
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import Binding
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.node import inputs
from p6lowpan.node.border import ADMINISTRATION, Border, RoomSought
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.durable import Durable, Lasting
from p6lowpan.node.outputs import Bound, LevelLearned, NotDelivered, Output
from p6lowpan.wire.address import ALL_ROUTERS, BROADCAST, Link, format_link, is_link_local, is_multicast
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.ipv6.registry import Protocol

Events = Iterable[Any]  # Any: the outputs of every machine; the table below says which


class Node:
    """A P6LoWPAN node. See the module."""

    def __init__(self, configuration: NodeConfiguration) -> None:
        limits = configuration.limits
        restored = configuration.restored or Durable()
        chance = Chance(configuration.seed)
        self.configuration = configuration
        self.link = Mac(restored.over(configuration.link), limits, chance)
        secured = configuration.link.security is not None
        identities = self.link.security.identities
        self.levels = Levels(
            configuration.profile, limits, configuration.policy, configuration.pinned, secured, identities
        )
        self.levels.restore(restored.levels)
        self.contexts = ContextTable(configuration.contexts)
        addresses = configuration.link.addresses
        self.mesh = MeshUnder(addresses, configuration.mesh, self.levels, limits, chance, self.link.room)
        is_router = configuration.discovery.is_router
        self.network = Network(NetworkConfiguration(is_router=is_router), limits, chance)
        self.adaptation = AdaptationLayer(
            addresses, self.levels, self.contexts, limits, self.mesh.room, self.mesh.features, self.network.error_bucket
        )
        if configuration.restored is not None:
            self.adaptation.begin_tags(chance)
        self.discovery = NeighborDiscovery(configuration.discovery, limits, chance)
        if self.discovery.border_router is not None:
            self.discovery.border_router.restore(
                restored.version, restored.prefixes, restored.contexts, restored.bindings
            )
        self.lasting = Lasting(self.link, self.levels, self.discovery)
        self.border = Border(configuration.backbone, limits, self.link, self.levels, self.network, self.discovery)
        self._above_link = self.mesh, self.adaptation, self.network, self.discovery
        self._deadline: int | None = None
        self._deadline_above_link: int | None = None
        self._has_moved = True  # since it was asked for
        self._started = False
        self._handle = 0
        self._in_flight: dict[int, Hop] = {}  # as long as the link's queue, which is bounded

    @property
    def deadline(self) -> int | None:
        """When :class:`Wake` has something to do: 0 before the first input, which starts the node."""
        return self._deadline if self._started else 0

    @property
    def durable(self) -> Durable:
        """What the node should still know after a restart."""
        return self.lasting.everything()

    def _next_above_link(self) -> int | None:
        """The deadline of everything above the link. It is asked for anew only when something has got there: most
        frames that a node hears are not for it, and end at the link."""
        if self._has_moved:
            self._has_moved = False
            self._deadline_above_link = earliest(
                self.mesh.deadline, self.adaptation.deadline, self.network.deadline, self.discovery.deadline
            )
        return self._deadline_above_link

    def handle(self, now: int, given: inputs.Input) -> tuple[Output, ...]:
        """Take one input; return everything that it brings about. Never raises because of what a peer sent."""
        events: list[Any] = [] if self._started else list(self._start(now))
        reaches_above = type(given) not in INPUTS_OF_THE_LINK
        self._has_moved |= reaches_above
        events += INPUTS[type(given)](self, now, given)
        if reaches_above or _is_due(self._deadline, now):  # what an input of the link makes due, the link has done
            events += self._due(now)
        outputs = self._run(now, events)
        self.border.sent(now, outputs)
        self._deadline = earliest(self.link.deadline, self._next_above_link(), self.border.deadline)
        return outputs

    def _start(self, now: int) -> Events:
        self._started = True
        for route in self.configuration.routes:
            yield from self.network.routes.add_static(now, route.prefix, route.length, route.next_hop)
        yield from self.discovery.start(now)
        restored = self.configuration.restored
        if restored is not None:
            yield from self.discovery.restore(now, restored.registrations)
            for pair in restored.short_addresses:
                yield from self._identified(now, inputs.Identify(*pair))
        yield from self.border.start(now)

    def _due(self, now: int) -> Events:
        """What the passing of time brings about, asked of every machine that says it is due."""
        if _is_due(self.link.deadline, now):
            yield from self.link.tick(now)
        if _is_due(self._next_above_link(), now):
            self._has_moved = True
            for machine in self._above_link:
                if _is_due(machine.deadline, now):
                    yield from machine.tick(now)
        if _is_due(self.border.deadline, now):
            yield from self.border.seek_room()

    def _run(self, now: int, events: Events) -> tuple[Output, ...]:
        outputs: list[Output] = []
        pending = [*events][::-1]  # what comes next is the last
        while pending:
            event = pending.pop()
            handler = EVENTS.get(type(event))
            if handler is None:
                outputs.append(event)
            else:
                self._has_moved |= type(event) not in EVENTS_OF_THE_LINK
                pending += tuple(handler(self, now, event))[::-1]
        return tuple(outputs)

    # --- from the link ----------------------------------------------------------------------------------------------

    def _indicated(self, now: int, event: Indication) -> Events:
        return self.mesh.received(now, event.payload, Link(event.source, event.destination), event.secured)

    def _confirmed(self, now: int, event: Confirm) -> Events:
        yield from self.border.seek_room()
        hop = self._in_flight.pop(event.handle, None)
        if event.delivered or hop is None:
            return
        if event.reason is Reason.INCOMPLETE_DATAGRAM:
            yield Dropped(event.reason, "link", f"a frame to {format_link(hop.destination)}")
            return
        self._has_moved = True
        if event.reason is not None:
            yield NotDelivered(hop.destination, event.reason, event.attempts, hop.packet)
        self.levels.undelivered(hop.destination, hop.packet)
        if hop.destination != BROADCAST:
            yield from self.discovery.link_failed(now, hop.destination)

    # --- from the mesh ------------------------------------------------------------------------------------------------

    def _hop(self, now: int, event: Hop) -> Events:
        self._handle += 1
        self._in_flight[self._handle] = event
        return self.link.send(
            now, event.destination, event.payload, self._handle, source=event.source, datagram=event.datagram
        )

    def _inside(self, now: int, event: Inside) -> Events:
        return self.adaptation.received(now, event.payload, event.link, event.secured)

    # --- from the adaptation layer ------------------------------------------------------------------------------------

    def _outgoing(self, now: int, event: Outgoing) -> Events:
        return self.mesh.send(now, event.source, event.destination, event.payload, event.packet, event.datagram)

    def _arrived(self, now: int, event: Arrived) -> Events:
        if self.mesh.is_beyond_edge(event.link_destination):
            return self.adaptation.send(now, event.packet, event.link_destination)
        origin = Origin(event.link_source, event.link_destination, event.secured)
        return self.network.received(now, event.packet, origin)

    def _learned(self, _now: int, event: Learned) -> Events:
        yield LevelLearned(event.neighbor, event.profile, event.how)

    # --- from the network layer ---------------------------------------------------------------------------------------

    def _routed(self, now: int, event: Route) -> Events:
        if is_multicast(event.next_hop):
            return self.adaptation.send(now, event.packet, self.mesh.group(event.next_hop))
        return self.discovery.resolve(now, event.next_hop, event.packet)

    def _for_discovery(self, now: int, event: ToNeighborDiscovery) -> Events:
        return self.discovery.received(
            now, event.message, event.source, event.destination, event.hop_limit, event.origin
        )

    def _class_error(self, now: int, event: ClassError) -> Events:
        announced = ClassUnsupported(code=event.code, flex=event.flex).profile
        neighbor = event.origin.link_source
        news = self.levels.error_received(neighbor, announced, event.origin.secured)
        yield from self.adaptation.learned(now, news)
        if isinstance(news, Learned) and (originator := self.mesh.complained(neighbor)):
            yield from self.adaptation.tell(now, originator, neighbor, announced)

    # --- from Neighbor Discovery --------------------------------------------------------------------------------------

    def _emitted(self, now: int, event: discovery.Emit) -> Events:
        packet = make_packet(event.source, event.destination, Protocol.ICMPV6, event.hop_limit, event.message_octets)
        if event.link_destination is not None:
            return self.adaptation.send(now, packet, event.link_destination)
        if event.destination == ALL_ROUTERS:
            everyone = self.mesh.group(event.destination)
            return self.adaptation.spread(now, packet, everyone, self.levels.routers())
        return self.network.send(now, packet)

    def _resolved(self, now: int, event: discovery.Resolved) -> Events:
        for packet in event.packets:
            yield from self.adaptation.send(now, packet, event.link_address)

    def _unreachable(self, now: int, event: discovery.Unreachable) -> Events:
        for packet in event.packets:
            yield from self.network.unreachable(now, packet)

    def _formed(self, now: int, event: discovery.AddressFormed) -> Events:
        return self.network.addresses.assign(now, event.address)

    def _address_confirmed(self, now: int, event: discovery.AddressConfirmed) -> Events:
        return self.network.addresses.confirm(now, event.address)

    def _deprecated(self, now: int, event: discovery.AddressDeprecated) -> Events:
        return self.network.addresses.deprecate(now, event.address)

    def _refused(self, _now: int, event: discovery.AddressRefused) -> Events:
        return self.network.addresses.remove(event.address, Reason.ADDRESS_REFUSED)

    def _lost(self, _now: int, event: discovery.AddressLost) -> Events:
        return self.network.addresses.remove(event.address, Reason.LIFETIME_ENDED)

    def _router_learned(self, now: int, event: discovery.RouterLearned) -> Events:
        self.levels.heard(event.link_address, is_router=True)
        return self.network.routes.add_default_router(now, event.address, preference=event.preference)

    def _router_lost(self, _now: int, event: discovery.RouterLost) -> Events:
        self.network.routes.remove_default_router(event.address)
        return ()

    def _prefix_learned(self, now: int, event: discovery.PrefixLearned) -> Events:
        return self.network.routes.add_on_link(now, event.prefix, event.length) if event.on_link else ()

    def _prefix_lost(self, _now: int, event: discovery.PrefixLost) -> Events:
        self.network.routes.remove_on_link(event.prefix, event.length)
        return ()

    def _hop_limit_learned(self, _now: int, event: discovery.HopLimitLearned) -> Events:
        self.network.hop_limit = event.hop_limit
        return ()

    def _context_learned(self, now: int, event: discovery.ContextLearned) -> Events:
        self.contexts.update(now, event.context, event.lifetime_minutes, event.router_lifetime_seconds)
        return ()

    def _registered(self, now: int, event: discovery.NeighborRegistered) -> Events:
        if is_link_local(event.address):
            return ()  # always on the link, so that it needs no route
        return self.network.routes.add_on_link(now, event.address, 128)

    def _deregistered(self, _now: int, event: discovery.NeighborDeregistered) -> Events:
        self.network.routes.remove_on_link(event.address, 128)
        return ()

    def _identified(self, _now: int, event: discovery.ShortAddressLearned | inputs.Identify) -> Events:
        self.levels.identified(event.short, event.extended)
        return self.link.learn_address(event.short, event.extended)

    def _level_advertised(self, now: int, event: discovery.LevelAdvertised) -> Events:
        news = self.levels.advertised(event.link_address, event.profile, event.secured)
        return self.adaptation.learned(now, news)

    # --- inputs -------------------------------------------------------------------------------------------------------

    def _frame_received(self, now: int, given: inputs.FrameReceived) -> Events:
        return self.link.received(now, given.octets)

    def _channel_assessed(self, now: int, given: inputs.ChannelAssessed) -> Events:
        return self.link.channel_assessed(now, given.clear)

    def _transmit_done(self, now: int, given: inputs.TransmitDone) -> Events:
        return self.link.transmit_done(now, given.acknowledged, given.accessed)

    def _send_udp(self, now: int, given: inputs.SendUdp) -> Events:
        to = given.destination, given.destination_port
        return self.network.send_udp(now, given.source_port, *to, given.payload, given.hop_limit, given.source)

    def _send_icmpv6(self, now: int, given: inputs.SendIcmpv6) -> Events:
        return self.network.send_icmpv6(now, given.destination, given.octets, given.hop_limit)

    def _send_packet(self, now: int, given: inputs.SendPacket) -> Events:
        return self.network.send(now, given.packet)

    def _bind(self, _now: int, given: inputs.Bind) -> Events:
        bound = self.network.bind(given.port, Binding(given.address, given.peer, given.peer_port))
        return (Bound(bound) if isinstance(bound, int) else bound,)

    def _close(self, _now: int, given: inputs.Close) -> Events:
        self.network.close(given.port)
        return ()

    def _join(self, _now: int, given: inputs.JoinGroup) -> Events:
        return self.network.addresses.join(given.group)

    def _leave(self, _now: int, given: inputs.LeaveGroup) -> Events:
        self.network.addresses.leave(given.group)
        return ()

    def _administered(self, now: int, given: Any) -> Events:  # Any: one of the kinds of the table
        return ADMINISTRATION[type(given)](self.border, now, given)


def _is_due(deadline: int | None, now: int) -> bool:
    return deadline is not None and deadline <= now


INPUTS_OF_THE_LINK = frozenset(
    (inputs.FrameReceived, inputs.ChannelAssessed, inputs.TransmitDone, inputs.FromBackbone, inputs.Wake)
)
EVENTS_OF_THE_LINK: frozenset[type[Any]] = frozenset((Hop, Confirm, BackboneRoute, RoomSought))
"""What nothing between link and backbone hears of, unless they say so in an event, or :class:`Node` does."""

INPUTS: dict[type[Any], Callable[[Node, int, Any], Events]] = {
    inputs.FrameReceived: Node._frame_received,
    inputs.ChannelAssessed: Node._channel_assessed,
    inputs.TransmitDone: Node._transmit_done,
    inputs.Wake: lambda _node, _now, _given: (),
    inputs.SendUdp: Node._send_udp,
    inputs.SendIcmpv6: Node._send_icmpv6,
    inputs.SendPacket: Node._send_packet,
    inputs.Bind: Node._bind,
    inputs.Close: Node._close,
    inputs.JoinGroup: Node._join,
    inputs.LeaveGroup: Node._leave,
    inputs.Identify: Node._identified,
    **{kind: Node._administered for kind in ADMINISTRATION},
}
"""Which machine an input is for."""

EVENTS: dict[type[Any], Callable[[Node, int, Any], Events]] = {
    Indication: Node._indicated,
    Confirm: Node._confirmed,
    Hop: Node._hop,
    Abandon: lambda node, now, event: node.link.abandon(now, event.datagram),
    Inside: Node._inside,
    Outgoing: Node._outgoing,
    Arrived: Node._arrived,
    Learned: Node._learned,
    Route: Node._routed,
    RoomSought: lambda node, now, _event: node.border.release(now),
    LetIn: lambda node, now, event: node.border.let_in(now, event),
    BackboneRoute: lambda node, now, event: node.border.leaving(now, event),
    ToNeighborDiscovery: Node._for_discovery,
    ClassError: Node._class_error,
    discovery.Emit: Node._emitted,
    discovery.Resolved: Node._resolved,
    discovery.Unreachable: Node._unreachable,
    discovery.AddressFormed: Node._formed,
    discovery.AddressConfirmed: Node._address_confirmed,
    discovery.AddressDeprecated: Node._deprecated,
    discovery.AddressRefused: Node._refused,
    discovery.AddressLost: Node._lost,
    discovery.RouterLearned: Node._router_learned,
    discovery.RouterLost: Node._router_lost,
    discovery.PrefixLearned: Node._prefix_learned,
    discovery.PrefixLost: Node._prefix_lost,
    discovery.HopLimitLearned: Node._hop_limit_learned,
    discovery.ContextLearned: Node._context_learned,
    discovery.NeighborRegistered: Node._registered,
    discovery.NeighborDeregistered: Node._deregistered,
    discovery.ShortAddressLearned: Node._identified,
    discovery.LevelAdvertised: Node._level_advertised,
}
"""What an event leads to; what is not here is an output of the node."""
