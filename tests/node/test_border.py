"""A border router with two sides, whole: what comes by one leaves by the other, and what it knew outlives it."""

import copy
from dataclasses import replace

import pytest

from node.border_network import (
    BORDER,
    LEAF,
    OUTSIDE,
    PREFIX,
    SECOND,
    Network,
    address,
    configuration,
    echo,
    eui64,
)
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.backbone.configuration import BackboneConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Mode
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import make_datagram
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node import inputs
from p6lowpan.node.durable import Durable, Gone
from p6lowpan.node.log import entry_line, read_line
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import AssessChannel, Contradicted, DeliverIcmpv6, DeliverUdp, NotDelivered, ToBackbone
from p6lowpan.simulator.faults import PowerOff
from p6lowpan.wire.address import Ipv6Address, link_local, parse_ipv6
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6.registry import Protocol

PORT = 9


@pytest.mark.parametrize("level", range(7))
def test_a_host_outside_pings_nodes_of_every_level(level):
    network = Network(level)
    for size in (0, 100, 1232):
        network.told.clear()
        network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), size)))
        replies = network.said(ToBackbone)
        assert [len(reply.packet) for reply in replies] == [48 + size]
        assert replies[0].packet[24:40] == OUTSIDE
        assert replies[0].packet[7] == 63  # the border router is a hop
        assert replies[0].packet[40] == 129


def test_the_border_router_itself_answers_and_asks():
    network = Network()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(BORDER))))
    assert [reply.packet[40] for reply in network.said(ToBackbone)] == [129]
    network.give(inputs.SendIcmpv6(OUTSIDE, bytes.fromhex("8000000000010001")))
    assert network.said(ToBackbone)[-1].packet[40] == 128


def test_a_leaf_reaches_a_host_outside_and_gets_its_answer():
    network = Network()
    network.give(inputs.ConfigureBackbone((), 31_250, 100_000))  # nothing comes in that nobody asked for
    heard = []
    network.world.trace.listener = lambda _, number, output: (heard if number else network.told).append(output)
    network.give(inputs.SendIcmpv6(OUTSIDE, bytes.fromhex("8000000000070001") + b"who?"), to=LEAF)
    (request,) = network.said(ToBackbone)
    reply = bytearray(request.packet)
    reply[8:24], reply[24:40], reply[40] = request.packet[24:40], request.packet[8:24], 129
    reply[42:44] = bytes(2)
    checksum = transport_checksum(bytes(reply[8:24]), bytes(reply[24:40]), Protocol.ICMPV6, bytes(reply[40:]))
    reply[42:44] = checksum.to_bytes(2, "big")
    network.give(inputs.FromBackbone(bytes(reply)))
    assert any(isinstance(output, DeliverIcmpv6) and output.octets[8:] == b"who?" for output in heard)


@pytest.mark.parametrize("burst_us", [100_000, 10_000_000])
@pytest.mark.parametrize("spacing_us", [0, 500, 2_500])
@pytest.mark.parametrize("size", [0, 250, 1232])
def test_of_a_flood_each_packet_arrives_or_is_counted_where_it_found_no_room(size, spacing_us, burst_us):
    network, arrived, number = Network(), [], 400
    network.give(inputs.Bind(PORT), to=LEAF)
    network.give(inputs.ConfigureBackbone(("any",), 31_250, burst_us))
    network.world.trace.listener = lambda _, who, output: (arrived if who else network.told).append(output)
    segment = make_datagram(OUTSIDE, PORT, address(LEAF), PORT, bytes(size))
    flood = inputs.FromBackbone(make_packet(OUTSIDE, address(LEAF), Protocol.UDP, 64, segment))
    for at in range(number):
        network.world.inject(network.world.now + at * spacing_us, BORDER, flood)
    network.run(60)  # ends with a registration's renewal
    assert network.said(NotDelivered) == []
    assert {type(output) for output in arrived} == {DeliverUdp}
    assert len(arrived) + network.reasons().count(Reason.AIR_FULL) == number


def test_what_comes_when_the_air_is_free_again_finds_no_more_room_than_there_is():
    network = Network()
    border, now = network.border, network.world.now
    packet = inputs.FromBackbone(echo(OUTSIDE, address(LEAF)))
    border.handle(now, inputs.ConfigureBackbone(("any",), 20, 1))  # a frame takes seconds of the air
    while border.border.backbone.waiting.octets == 0:
        border.handle(now, packet)
    most = border.link.queued
    assert 1 < most < P6LOWPAN.link_queue_frames
    now = border.deadline
    assert AssessChannel() in border.handle(now, inputs.Wake())
    (frame,) = border.handle(now, inputs.ChannelAssessed(True))
    border.handle(now, inputs.TransmitDone())
    border.handle(now, inputs.FrameReceived(bytes((2, 0, frame.octets[2])), 255))
    border.handle(now, packet)
    assert border.link.queued == most - 1
    border.handle(border.border.deadline, packet)
    assert border.link.queued == most


def test_a_packet_longer_than_the_network_takes_is_told_how_long_it_may_be():
    network = Network()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), 1400)))
    assert network.reasons() == [Reason.TOO_BIG]
    (answer,) = network.said(ToBackbone)
    assert answer.packet[40] == 2
    assert int.from_bytes(answer.packet[44:48], "big") == 1280


def test_registrations_levels_and_contexts_outlive_a_restart_without_registering_again():
    network = Network(2)
    durable = network.border.durable
    assert [one.address for one in durable.registrations] == [link_local(eui64(LEAF)), address(LEAF)]
    assert [(one.neighbor, one.profile.level, one.how) for one in durable.levels] == [
        (eui64(LEAF), 2, How.ADVERTISEMENT)
    ]
    assert durable.contexts
    assert durable.version >= 1
    network.restart(durable)
    assert network.border.levels.known(eui64(LEAF)) == (of_level(2), How.ADVERTISEMENT)
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), 300)))
    assert len(network.said(ToBackbone)) == 1
    kept, now = network.border.durable, durable
    assert (kept.registrations, kept.bindings, kept.version) == (now.registrations, now.bindings, now.version)


def test_without_what_was_kept_the_same_packet_goes_nowhere():
    network = Network(2)
    network.restart(None)
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    assert Reason.NO_ROUTE in network.reasons()


def stock_leaf():
    """A host that knows RFC 4861 and nothing newer: it registers nothing."""
    leaf = configuration(LEAF, 5)
    discovery = replace(leaf.discovery, mode=Mode.REGULAR)
    return replace(leaf, discovery=discovery)


@pytest.mark.parametrize("asks", [False, True])
def test_who_registers_nothing_is_found_by_a_border_router_that_asks(asks):
    network = Network(leaf=stock_leaf(), asks=asks)
    assert not network.border.durable.registrations
    for size in (0, 1000):
        network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), size)))
    found = [reply.packet[40] for reply in network.said(ToBackbone)]
    assert found == ([129, 129] if asks else [1, 1])


def test_for_who_is_not_there_nothing_goes_back_and_forth():
    network = Network(asks=True)
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(0x77))))
    network.run(10)
    (answer,) = network.said(ToBackbone)
    assert (answer.packet[40], answer.packet[41]) == (1, 3)  # address unreachable


def test_what_ended_while_the_node_was_off_is_not_restored():
    network = Network()
    durable = network.border.durable
    network.world.plan(PowerOff(network.world.now, LEAF))
    network.restart(durable.shifted(-3600 * SECOND))
    assert network.border.durable.registrations == ()
    network.restart(durable.shifted(-3600 * SECOND + 60 * SECOND))
    assert len(network.border.durable.registrations) == 2
    network.run(60)
    assert network.border.durable.registrations == ()


def test_frame_counters_are_not_behind_those_that_were_kept():
    network = Network(secured=True)
    durable = network.border.durable
    assert durable.frame_counter > 0
    assert [one.neighbor for one in durable.neighbor_counters] == [eui64(LEAF)]
    network.restart(replace(durable, frame_counter=durable.frame_counter + 1000))
    assert network.border.link.frame_counter >= durable.frame_counter + 1000
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    assert len(network.said(ToBackbone)) == 1
    assert Reason.REPLAYED not in network.reasons()


def test_what_changed_of_the_durable_is_known_and_told_once():
    network = Network()
    border = network.border
    assert border.lasting.take_changes() is None  # nobody looked before
    assert not border.lasting.has_news(border.link.frame_counter)
    network.give(inputs.AnnounceContext(3, parse_ipv6("2001:db8:9::"), 64))
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    assert border.lasting.has_news(border.link.frame_counter)
    changes = border.lasting.take_changes()
    assert [one.context.identifier for one in changes.present.contexts] == [3]
    assert (changes.present.registrations, changes.present.levels, changes.gone) == ((), (), ())
    assert changes.present.version == border.durable.version
    network.give(inputs.WithdrawContext(3))
    network.run(border.configuration.limits.context_change_delay_us / SECOND)
    assert Gone("contexts", 3) in border.lasting.take_changes().gone


def test_a_prefix_that_is_configured_no_more_is_withdrawn_and_who_registered_in_it_is_forgotten():
    network = Network()
    kept, other = network.border.durable, parse_ipv6("2001:db8:9::")
    assert len(kept.registrations) == 2
    assert len(kept.bindings) == 1
    discovery = replace(network.configuration.discovery, prefixes=(AdvertisedPrefix(other),))
    network.configuration = replace(network.configuration, discovery=discovery)
    network.restart(kept)
    border = network.border
    assert border.durable.version > kept.version
    assert [one.address for one in border.durable.registrations] == [link_local(eui64(LEAF))]
    assert border.durable.bindings == ()
    announced = {one.prefix: one.valid_lifetime_seconds > 0 for one in border.discovery.border_router.options()[:2]}
    assert announced == {other: True, PREFIX: False}
    network.run(60)
    leaf = network.world.devices[LEAF]
    preferred = {one.address for one in leaf.network.addresses.own(network.world.now) if one.is_assigned}
    assert Ipv6Address(other[:8] + address(LEAF)[8:]) in preferred
    network.told.clear()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    assert Reason.BAD_DESTINATION in network.reasons()
    withdrawn = [one for one in border.durable.prefixes if one.ends_at is not None]
    network.restart(border.durable)
    assert [one for one in network.border.durable.prefixes if one.ends_at is not None] == withdrawn
    lifetime = Node(replace(network.configuration, restored=Durable(prefixes=tuple(withdrawn))))
    lifetime.handle(withdrawn[0].ends_at, inputs.Wake())
    assert [one.announced.prefix for one in lifetime.durable.prefixes] == [other]


def test_a_prefix_that_is_announced_later_is_inside():
    network = Network()
    other = parse_ipv6("2001:db8:9::")
    network.give(inputs.AnnouncePrefix(other, 64, 3600, 3600))
    network.give(inputs.FromBackbone(echo(Ipv6Address(other[:8] + bytes(7) + b"\x01"), address(LEAF))))
    assert Reason.BAD_SOURCE in network.reasons()


def test_a_pinned_neighbor_is_spoken_to_as_configured_until_it_is_not():
    network = Network(5)
    network.give(inputs.PinNeighbor(eui64(LEAF), "level-1"))
    assert network.border.levels.known(eui64(LEAF)) == (of_level(1), How.CONFIGURED)
    assert network.said(Contradicted) == []
    network.give(inputs.PinNeighbor(eui64(LEAF), "level-6"))
    assert network.said(Contradicted) == [Contradicted(eui64(LEAF), of_level(6), of_level(5))]
    network.give(inputs.PinNeighbor(eui64(LEAF)))
    assert network.border.levels.known(eui64(LEAF)) == (of_level(5), How.ADVERTISEMENT)


def test_a_copy_goes_its_own_way():
    network = Network()
    copied = copy.deepcopy(network.border)
    now = network.world.now
    outputs = copied.handle(now, inputs.FromBackbone(echo(OUTSIDE, address(BORDER))))
    assert any(isinstance(output, ToBackbone) for output in outputs)
    assert network.border.border.backbone.packets != copied.border.backbone.packets


def test_a_host_has_no_backbone():
    with pytest.raises(UsageError):
        replace(configuration(LEAF, 5), backbone=BackboneConfiguration())
    with pytest.raises(UsageError):
        Node(configuration(LEAF, 5)).handle(0, inputs.FromBackbone(echo(OUTSIDE, link_local(eui64(LEAF)))))


@pytest.mark.parametrize(
    "given",
    [
        inputs.FromBackbone(b"\x60\x00"),
        inputs.ConfigureBackbone(("udp port 5", "any"), 31_250, 1),
        inputs.PinNeighbor(eui64(1), "level-2"),
        inputs.AnnouncePrefix(PREFIX, 64, 5, 5),
        inputs.AnnounceContext(1, PREFIX, 64),
        inputs.WithdrawContext(1),
    ],
)
def test_a_log_keeps_what_an_administrator_says(given):
    assert read_line(entry_line(5, given)) == (5, given)


def test_fragments_behind_a_restart_have_other_tags():
    fresh, again = Node(configuration(BORDER, 5)), Node(replace(configuration(BORDER, 5), restored=Durable()))
    assert fresh.adaptation._next_tag() == 1
    assert again.adaptation._next_tag() not in (0, 1)


def test_no_bit_that_is_turned_on_the_backbone_upsets_the_node():
    node, packet, now = Network().border, echo(OUTSIDE, address(LEAF), 8), 60 * SECOND
    for bit in range(8 * len(packet)):
        turned = bytearray(packet)
        turned[bit // 8] ^= 1 << bit % 8
        now += SECOND
        outputs = node.handle(now, inputs.FromBackbone(bytes(turned)))
        assert all(isinstance(output.reason, Reason) for output in outputs if isinstance(output, Dropped))
    for end in range(len(packet)):
        assert any(isinstance(output, Dropped) for output in node.handle(now, inputs.FromBackbone(packet[:end])))


def test_as_many_registrations_are_restored_as_there_is_room_for():
    (kept, *_) = Network().border.durable.registrations
    many = tuple(replace(kept, address=address(number), link_address=eui64(number)) for number in range(2, 40))
    restored = replace(configuration(BORDER, 5), restored=Durable(registrations=many))
    node = Node(restored)
    node.handle(0, inputs.Wake())
    assert node.durable.registrations == many[: restored.limits.neighbors]
