"""Whole nodes over a quiet radio: they meet by Neighbor Discovery, learn one another's level, and talk."""

import copy
import heapq
import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest

from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import (
    Bind,
    ChannelAssessed,
    FrameReceived,
    Input,
    SendIcmpv6,
    SendUdp,
    TransmitDone,
    Wake,
)
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import AddressAssigned, AddressLost, DeliverIcmpv6, DeliverUdp, Dropped, LevelLearned, Output
from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier, link_local
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.attacked_node import AttackedNode
from properties.neighbors import MY_GLOBAL, advertisement, link, pio

PREFIX = bytes.fromhex("20010db800000000")
CONTEXT = Context(0, PREFIX + bytes(8), 64)
ECHO_REQUEST = bytes.fromhex("8000000000010001") + b"are you there?"
SECOND = 1_000_000
STATUS_DUPLICATE = 1


def eui64(number: int) -> LinkAddress:
    return LinkAddress(bytes.fromhex("02000000000000") + bytes((number,)))


def global_address(number: int) -> Ipv6Address:
    return Ipv6Address(PREFIX + interface_identifier(eui64(number)))


def node(
    number: int,
    profile: Profile,
    role: Role,
    advertise: Advertise = Advertise.ALWAYS,
    policy: Policy = Policy.OPTIMISTIC,
) -> Node:
    is_border = role is Role.BORDER_ROUTER
    discovery = Configuration(
        role=role,
        extended=eui64(number),
        profile=profile,
        advertise=advertise,
        prefixes=(AdvertisedPrefix(Ipv6Address(PREFIX + bytes(8))),) if is_border else (),
        contexts=(CONTEXT,) if is_border else (),
    )
    link = MacConfiguration(extended=eui64(number), short=None, pan=0xABCD)
    return Node(NodeConfiguration(link=link, discovery=discovery, profile=profile, policy=policy, seed=number))


class Radio:
    """Everybody hears everybody, nothing is lost, and CSMA alone keeps the air to one frame at a time."""

    def __init__(self, *nodes: Node) -> None:
        self.nodes = nodes
        self.now = self.busy_until = 0
        self.events: list[tuple[int, int, Node, Input]] = []
        self.order = itertools.count()
        self.log: list[tuple[int, Node, Output]] = []
        self.inputs: list[tuple[int, int, Input]] = []
        for one in nodes:
            self.give(one, Wake())

    def at(self, when: int, one: Node, given: Input) -> None:
        heapq.heappush(self.events, (when, next(self.order), one, given))

    def give(self, one: Node, given: Input) -> None:
        self.inputs.append((self.now, self.nodes.index(one), given))
        for output in one.handle(self.now, given):
            self.log.append((self.now, one, output))
            match output:
                case AssessChannel():
                    self.at(self.now, one, ChannelAssessed(clear=self.busy_until <= self.now))
                case Transmit(octets):
                    end = self.busy_until = self.now + 32 * (len(octets) + 8)
                    self.at(end, one, TransmitDone())
                    for other in self.nodes:
                        if other is not one:
                            self.at(end, other, FrameReceived(octets))

    def run(self, until: int) -> None:
        while True:
            wake = [(one.deadline, one) for one in self.nodes if one.deadline is not None]
            timer = min(wake, key=lambda pair: pair[0], default=None)
            event = self.events[0][0] if self.events else None
            moment = min(when for when in (event, timer[0] if timer else None, until) if when is not None)
            if moment >= until:
                self.now = until
                return
            self.now = max(self.now, moment)
            if event is not None and event <= moment:
                _, _, one, given = heapq.heappop(self.events)
                self.give(one, given)
            elif timer is not None:
                self.give(timer[1], Wake())

    def said(self, kind: type[Output], by: Node | None = None) -> list[Output]:  # type: ignore[valid-type]
        return [output for _, one, output in self.log if isinstance(output, kind) and by in (None, one)]


def network(leaf: int, advertise: Advertise = Advertise.ALWAYS, policy: Policy = Policy.OPTIMISTIC) -> Radio:
    border = node(1, of_level(5), Role.BORDER_ROUTER, advertise, policy)
    return Radio(border, node(2, of_level(leaf), Role.HOST, advertise, policy))


def replies(outputs: Iterable[Output]) -> list[bytes]:
    return [output.octets for output in outputs if isinstance(output, DeliverIcmpv6) and output.octets[0] == 129]


@pytest.mark.parametrize("level", range(7))
def test_a_leaf_registers_its_address_and_both_learn_the_level(level: int) -> None:
    radio = network(level)
    radio.run(5 * SECOND)
    border, leaf = radio.nodes
    assert AddressAssigned(global_address(2)) in radio.said(AddressAssigned, leaf)
    learned = [output for output in radio.said(LevelLearned, border) if isinstance(output, LevelLearned)]
    assert [(news.neighbor, news.profile.level) for news in learned] == [(eui64(2), level)]
    assert learned[0].how is How.ADVERTISEMENT
    assert border.levels.sending_profile(eui64(2)).sends == of_level(min(5, level)).sends
    assert [output for output in radio.said(Dropped, border) if output.reason is Reason.BAD_VALUE] == []


@pytest.mark.parametrize("advertise", [Advertise.ALWAYS, Advertise.NEVER])
@pytest.mark.parametrize("level", range(7))
def test_pings_and_datagrams_go_both_ways_whatever_the_level(level: int, advertise: Advertise) -> None:
    radio = network(level, advertise)
    radio.run(5 * SECOND)
    border, leaf = radio.nodes
    for one, peer in ((border, 2), (leaf, 1)):
        radio.give(one, Bind(61617))
        radio.give(one, SendIcmpv6(link_local(eui64(peer)), ECHO_REQUEST))
        radio.run(radio.now + SECOND)
    assert [octets[8:] for octets in replies(radio.said(DeliverIcmpv6))] == [ECHO_REQUEST[8:]] * 2
    for size in (0, 11, 300, 1232):
        radio.give(leaf, SendUdp(61617, link_local(eui64(1)), 61617, bytes(size)))
        radio.run(radio.now + SECOND)
        radio.give(border, SendUdp(61617, global_address(2), 61617, bytes(size)))
        radio.run(radio.now + SECOND)
    delivered = [output for output in radio.said(DeliverUdp) if isinstance(output, DeliverUdp)]
    assert [len(output.payload) for output in delivered] == [0, 0, 11, 11, 300, 300, 1232, 1232]


def test_a_fragment_leaves_room_for_the_long_source_address_of_a_node_that_has_a_short_one_too() -> None:
    one = node(1, of_level(5), Role.HOST)
    short = LinkAddress(b"\x0a\x01")
    both = Node(
        replace(
            one.configuration,
            link=replace(one.configuration.link, short=short),
            discovery=replace(one.configuration.discovery, short=short),
        )
    )
    radio = Radio(both, node(2, of_level(5), Role.HOST))
    radio.run(5 * SECOND)
    radio.give(radio.nodes[1], Bind(61617))
    radio.give(both, SendUdp(61617, link_local(eui64(2)), 61617, bytes(1232)))
    radio.run(radio.now + SECOND)
    assert len(radio.said(DeliverUdp)) == 1


def test_at_most_one_error_is_needed_where_nothing_is_advertised() -> None:
    radio = network(0, Advertise.NEVER)
    radio.run(5 * SECOND)
    border, _ = radio.nodes
    for _ in range(5):
        radio.give(border, SendIcmpv6(link_local(eui64(2)), ECHO_REQUEST))
        radio.run(radio.now + SECOND)
    assert len(replies(radio.said(DeliverIcmpv6, border))) == 5
    learned = [output for output in radio.said(LevelLearned, border) if isinstance(output, LevelLearned)]
    assert [(news.profile.level, news.how) for news in learned] == [(0, How.ERROR)]


def test_the_context_of_the_border_router_compresses_on_both_ends() -> None:
    radio = network(5)
    radio.run(5 * SECOND)
    for one in radio.nodes:
        assert one.contexts.for_compression(radio.now)[0].prefix == CONTEXT.prefix


def test_the_same_inputs_give_the_same_outputs() -> None:
    first = network(3)
    first.run(5 * SECOND)
    again = network(3).nodes
    replayed: list[Output] = []
    for now, index, given in first.inputs[len(again) :]:
        replayed += again[index].handle(now, given)
    assert replayed == [output for _, _, output in first.log][-len(replayed) :]
    assert len(replayed) > 10


def test_a_copy_goes_on_as_the_original_does() -> None:
    radio = network(3)
    radio.run(2 * SECOND)
    copies = copy.deepcopy(radio.nodes)
    done = len(radio.log)
    given_before = len(radio.inputs)
    radio.run(5 * SECOND)
    radio.give(radio.nodes[0], SendIcmpv6(link_local(eui64(2)), ECHO_REQUEST))
    radio.run(6 * SECOND)
    outputs = [
        output for now, index, given in radio.inputs[given_before:] for output in copies[index].handle(now, given)
    ]
    assert outputs == [output for _, _, output in radio.log][done:]
    assert outputs != []


def test_an_early_wake_brings_nothing_about() -> None:
    one = node(1, of_level(5), Role.BORDER_ROUTER)
    one.handle(0, Wake())
    assert one.deadline is not None
    assert one.handle(one.deadline - 1, Wake()) == ()


def test_an_address_that_a_router_refuses_is_lost_and_the_reason_is_said() -> None:
    one = AttackedNode()
    one.hear_message(advertisement(pio()).encode(), link_local(link(2)))
    one.run()
    asked = next(message for message in one.messages() if isinstance(message, NeighborSolicitation))
    copied = next(option for option in asked.options if isinstance(option, AddressRegistration))
    refused = NeighborAdvertisement(
        router=1, solicited=1, target=asked.target, options=(replace(copied, status=STATUS_DUPLICATE),)
    )
    one.hear_message(refused.encode(), link_local(link(2)))
    assert one.received(AddressLost) == [AddressLost(MY_GLOBAL, Reason.ADDRESS_REFUSED)]
    assert one.node.network.addresses.state_of(one.now, MY_GLOBAL) is None
