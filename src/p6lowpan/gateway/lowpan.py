"""One network of a gateway: its radio, its node, and what is kept of it."""

from collections import Counter
from collections.abc import Callable, Iterator

from p6lowpan.capability.named import text_of
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.radio import Radio
from p6lowpan.drivers.raw_interface import RawInterfaceRadio
from p6lowpan.drivers.serial_radio import SerialRadio
from p6lowpan.drivers.tap import PcapTap, TappedRadio
from p6lowpan.drivers.zep import ZepRadio
from p6lowpan.gateway.configuring import backbone_input, configuration_of
from p6lowpan.gateway.keeping import Keeping
from p6lowpan.gateway.plan import GatewayPlan, NetworkPlan, pinned_in
from p6lowpan.gateway.radios import radio_of
from p6lowpan.gateway.store import Store
from p6lowpan.machines.neighbor_discovery.context_life import Phase
from p6lowpan.node.inputs import AnnounceContext, FromBackbone, Identify, Input, PinNeighbor, WithdrawContext
from p6lowpan.node.outputs import Complained, NotDelivered, Output, ToBackbone
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.sixlowpan.contexts import Context

DROPPED, LINK_DROPPED = "dropped ", "dropped by the link "
RADIO_DROPPED, TAP_MISSED = "dropped by the radio ", "missed by the tap "
NOT_SENT, SLOW_READER = "not-sent", "slow-reader"
AIR, COMPLAINED, UNDELIVERED = "octets on air", "class-unsupported errors", "frames not delivered"
PACKETS, OCTETS = "packets ", "octets "

Outward = Callable[["Lowpan", bytes], object]


class Lowpan:
    """See the module. ``outward`` gets the packets for the backbone."""

    def __init__(self, gateway: GatewayPlan, plan: NetworkPlan, store: Store, seed: int, outward: Outward) -> None:
        self.plan = plan
        self.inside = plan.inside
        self.keeping = Keeping(store, plan.name)
        radio = radio_of(plan.radio, plan.eui64, plan.pan, plan.security_key)
        self.radio = TappedRadio(radio, PcapTap(plan.tap)) if plan.tap else radio
        configuration = configuration_of(gateway, plan, seed, self.keeping.restored)
        self.node = AsyncioNode(configuration, self.radio, keep=self.keeping.keep, labels={"network": plan.name})
        self.node.listeners.append(self._told)
        self._outward = outward
        self._events: Counter[str] = Counter()

    async def start(self) -> None:
        """Begin, and bring what is announced to what the plan says."""
        await self.node.start()
        self._identify(self.plan)
        for given in self._context_changes(self.plan.contexts):
            self.node.give(given)

    async def close(self) -> None:
        """End; what is known by now is kept. Who never began knows nothing, and leaves what is kept alone."""
        if self.node.loop.is_open:
            self.keeping.write(self.node.node)
            self.counters()
        await self.node.close()

    def tend(self) -> None:
        """What is done now and then."""
        self.keeping.tend(self.node.node, self.node.now)
        self.counters()

    def inward(self, packet: bytes) -> None:
        """A packet came from the backbone."""
        self.node.give(FromBackbone(packet))

    def change(self, gateway: GatewayPlan, plan: NetworkPlan) -> None:
        """From now on another plan holds, which differs in what a running node can change."""
        self.node.give(backbone_input(gateway, plan))
        self._identify(plan)
        pinned = pinned_in(plan.known)
        for gone in set(pinned_in(self.plan.known)) - set(pinned):
            self.node.give(PinNeighbor(gone))
        for neighbor, profile in pinned.items():
            self.node.give(PinNeighbor(neighbor, text_of(profile)))
        for given in self._context_changes(plan.contexts):
            self.node.give(given)
        self.plan = plan

    def _identify(self, plan: NetworkPlan) -> None:
        """Tell which addresses are the same neighbor's."""
        for one in plan.known:
            if one.short is not None and one.eui64 is not None:
                self.node.give(Identify(one.short, one.eui64))

    def _context_changes(self, wanted: tuple[Context, ...]) -> Iterator[Input]:
        """What makes of the contexts that are announced those that are wanted."""
        kept = self.node.node.durable.contexts
        present = {one.context.identifier: one.context for one in kept if one.phase is not Phase.RETIRING}
        for identifier in set(present) - {one.identifier for one in wanted}:
            yield WithdrawContext(identifier)
        for one in wanted:
            there = present.get(one.identifier)
            if there is None or (there.prefix, there.length) != (one.prefix, one.length):
                yield AnnounceContext(one.identifier, Ipv6Address(one.prefix), one.length)

    # --- counters ----------------------------------------------------------------------------------------------------

    def counters(self) -> Counter[str]:
        """What was counted since the state began; it may be shown, because it is kept."""
        now = Counter(self._events)
        now.update({DROPPED + reason.value: count for reason, count in self.node.dropped.items()})
        now.update(self._lost_at_the_radio())
        backbone = self.node.node.border.backbone
        if backbone is not None:
            now[AIR] = backbone.air.octets
            now.update({PACKETS + way: count for way, count in backbone.packets.items()})
            now.update({OCTETS + way: count for way, count in backbone.octets.items()})
        return self.keeping.counted(now)

    @property
    def radio_is_up(self) -> bool:
        """Whether there is a radio now: what has been pulled out may come back."""
        return not isinstance(self._radio, SerialRadio | RawInterfaceRadio) or self._radio.is_up

    @property
    def _radio(self) -> Radio:
        """The radio itself, without its tap."""
        return self.radio.radio if isinstance(self.radio, TappedRadio) else self.radio

    def _lost_at_the_radio(self) -> Counter[str]:
        lost: Counter[str] = Counter()
        radio = self._radio
        if isinstance(self.radio, TappedRadio):
            lost[TAP_MISSED + SLOW_READER] = self.radio.tap.missed
        if isinstance(radio, ZepRadio | SerialRadio | RawInterfaceRadio):
            lost.update({RADIO_DROPPED + reason.value: count for reason, count in radio.dropped.items()})
            lost[RADIO_DROPPED + NOT_SENT] = radio.send_errors
        return +lost

    def _told(self, output: Output) -> None:
        match output:
            case ToBackbone():
                self._outward(self, output.packet)
            case Complained():
                self._events[COMPLAINED] += 1
            case NotDelivered():
                self._events.update((UNDELIVERED, LINK_DROPPED + output.reason.value))
