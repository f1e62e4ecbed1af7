"""Whole nodes in the simulator on a mesh below IP: a line, a grid, and a leaf at its edge that knows no mesh header."""

import copy
import io

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import flex_field, level_features, of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Role
from p6lowpan.node.configuration import StaticRoute
from p6lowpan.node.inputs import Bind, SendIcmpv6, SendUdp
from p6lowpan.node.outputs import AddressAssigned, LevelLearned
from p6lowpan.simulator.topology import line
from p6lowpan.wire.address import ALL_NODES, Ipv6Address, link_local
from properties.mesh_networks import (
    ECHO_REQUEST,
    KEY,
    PORT,
    PREFIX,
    SECOND,
    Run,
    address,
    along_the_line,
    eui64,
    grid_of,
    line_of,
    make,
    short,
)


@pytest.mark.parametrize("security", [None, KEY], ids=["plain", "secured"])
@pytest.mark.parametrize("has_short", [False, True], ids=["long", "short"])
def test_a_link_local_ping_goes_over_three_hops_and_back(security, has_short):
    run = line_of(4, security=security, has_short=has_short)
    target = link_local(short(3) if has_short else eui64(3))
    run.world.inject(5 * SECOND, 0, SendIcmpv6(target, ECHO_REQUEST))
    run.world.run(6 * SECOND)
    assert run.replies(0) == [target]
    assert [node.mesh.forwarded for node in run.nodes] == [0, 2, 2, 0]


@pytest.mark.parametrize("security", [None, KEY], ids=["plain", "secured"])
@pytest.mark.parametrize("has_short", [False, True], ids=["long", "short"])
def test_the_largest_datagram_goes_over_three_hops_in_fragments(security, has_short):
    run = line_of(4, security=security, has_short=has_short)
    payload = bytes(range(250)) * 4 + bytes(232)
    run.world.inject(0, 3, Bind(PORT))
    for at, target in ((5, eui64(3)), *(((6, short(3)),) if has_short else ())):
        run.world.inject(at * SECOND, 0, SendUdp(PORT, link_local(target), PORT, payload))
    run.world.run(8 * SECOND)
    assert run.datagrams() == [(3, payload)] * (1 + has_short)
    assert run.drops(Reason.TOO_BIG) == []


def test_hops_left_end_a_frame_on_its_way_and_that_is_counted():
    run = line_of(5, hops=3)
    run.world.run(4 * SECOND)
    before = run.nodes[3].mesh.dropped[Reason.HOPS_EXHAUSTED]  # of floods
    for target in (3, 4):
        run.world.inject(5 * SECOND, 0, SendIcmpv6(link_local(eui64(target)), ECHO_REQUEST))
    run.world.run(6 * SECOND)
    assert run.replies(0) == [link_local(eui64(3))]
    assert run.nodes[3].mesh.dropped[Reason.HOPS_EXHAUSTED] == before + 1
    assert run.world.counters[3].drops[Reason.HOPS_EXHAUSTED] == before + 1


def test_hosts_register_with_a_border_router_that_is_several_hops_below_ip_away():
    count = 4
    configurations = [
        make(
            number,
            of_level(5),
            MeshConfiguration(next_hops=along_the_line(number, count)),
            role=Role.HOST if number else Role.BORDER_ROUTER,
        )
        for number in range(count)
    ]
    run = Run(line(count), configurations)
    for number in range(1, count):
        run.world.inject(30 * SECOND, 0, SendIcmpv6(address(number), ECHO_REQUEST))
    run.world.inject(31 * SECOND, 3, SendIcmpv6(address(1), ECHO_REQUEST))
    run.world.run(40 * SECOND)
    assigned = {(who, out.address) for _, who, out in run.outputs(AddressAssigned)}
    assert {(number, address(number)) for number in range(1, count)} <= assigned
    assert set(run.replies(0)) == {address(number) for number in range(1, count)}
    assert run.replies(3) == [address(1)]
    learned = {(out.neighbor, out.profile.level, out.how) for _, _, out in run.outputs(LevelLearned, 0)}
    assert learned == {(eui64(number), 5, How.ADVERTISEMENT) for number in range(1, count)}


@pytest.mark.parametrize("level", range(5))
def test_a_node_below_level_5_is_not_configured_for_a_mesh(level):
    with pytest.raises(UsageError, match="mesh_header"):
        make(0, of_level(level), MeshConfiguration())


# --- floods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "frames"), [(20, 1), (600, 10)])
def test_a_multicast_reaches_every_node_of_a_grid_once_and_each_node_sends_it_once(size, frames):
    run = grid_of(4, 4)
    run.world.run(60 * SECOND)  # until nobody solicits a router any more
    payload = bytes(size)
    for number in range(16):
        run.world.inject(run.world.now, number, Bind(PORT))
    before = run.world.trace.total().sent
    run.world.inject(run.world.now, 5, SendUdp(PORT, ALL_NODES, PORT, payload))
    run.world.run(run.world.now + 2 * SECOND)
    assert sorted(run.datagrams()) == [(number, payload) for number in range(16) if number != 5]
    sent = run.world.trace.total().sent - before
    assert sent % 16 == 0
    assert 16 <= sent <= 16 * frames
    assert run.drops(Reason.DUPLICATE_MEMORY_FULL) == run.drops(Reason.QUEUE_FULL) == []


def test_the_same_world_gives_the_same_capture():
    captures = []
    for _ in range(2):
        stream = io.BytesIO()
        run = grid_of(3, 3, stream)
        run.world.inject(5 * SECOND, 0, SendUdp(PORT, ALL_NODES, PORT, bytes(200)))
        run.world.run(6 * SECOND)
        captures.append(stream.getvalue())
    assert captures[0] == captures[1]
    assert len(captures[0]) > 1000


def test_a_copy_of_a_mesh_goes_on_as_the_original_does():
    run = grid_of(3, 3)
    run.world.inject(5 * SECOND, 0, SendUdp(PORT, ALL_NODES, PORT, bytes(200)))
    run.world.run(5 * SECOND + 10_000)
    other = copy.deepcopy(run.world)
    assert any(node.mesh.deadline for node in run.nodes)
    for world in (run.world, other):
        world.run(7 * SECOND)
    assert other.counters == run.world.counters


# --- levels ----------------------------------------------------------------------------------------------------------


def errors(run, number):
    return [
        (out.neighbor, out.profile.level) for _, _, out in run.outputs(LevelLearned, number) if out.how is How.ERROR
    ]


def edge(leaf_level, originator_level=5, count=4):
    """A line whose last node is a leaf that has no mesh; nobody says a level before an error does."""
    ways = [MeshConfiguration(next_hops=along_the_line(number, count)) for number in range(count - 1)]
    levels = [originator_level, *[5] * (count - 2)]
    meshed = [
        make(number, of_level(level), mesh, advertise=Advertise.NEVER)
        for number, (level, mesh) in enumerate(zip(levels, ways, strict=True))
    ]
    return Run(line(count), [*meshed, make(count - 1, of_level(leaf_level), None, advertise=Advertise.NEVER)])


@pytest.mark.parametrize("size", [10, 1232])
@pytest.mark.parametrize("level", range(5))
def test_a_leaf_without_mesh_tells_the_originator_its_level_over_the_mesh_and_gets_the_packet(level, size):
    run = edge(level)
    run.world.inject(0, 3, Bind(PORT))
    for at in (5, 8):
        run.world.inject(at * SECOND, 0, SendUdp(PORT, link_local(eui64(3)), PORT, bytes(size)))
    run.world.run(10 * SECOND)
    assert run.datagrams() == [(3, bytes(size))] * 2
    assert errors(run, 2) == errors(run, 0) == [(eui64(3), level)]
    assert errors(run, 1) == []


def test_a_level_above_that_of_the_final_destination_comes_back_over_the_mesh():
    count = 4
    configurations = [
        make(
            number,
            of_level(6 if number == 0 else 5),
            MeshConfiguration(next_hops=along_the_line(number, count)),
            advertise=Advertise.NEVER,
        )
        for number in range(count)
    ]
    run = Run(line(count), configurations)
    run.world.inject(0, 3, Bind(PORT))
    for at in (5, 8):
        run.world.inject(at * SECOND, 0, SendUdp(PORT, link_local(eui64(3)), PORT, b"generic compression" * 3))
    run.world.run(10 * SECOND)
    assert run.datagrams() == [(3, b"generic compression" * 3)] * 2
    assert errors(run, 0) == [(eui64(3), 5)]
    assert errors(run, 1) == errors(run, 2) == []


def test_an_edge_that_cannot_read_what_is_for_a_leaf_says_so_in_the_name_of_the_leaf():
    """The edge knows the leaf's level, the originator knows nothing yet."""
    run = edge(3, originator_level=6)
    run.world.inject(0, 3, Bind(PORT))
    run.world.inject(5 * SECOND, 2, SendUdp(PORT, link_local(eui64(3)), PORT, b"from the edge"))
    run.world.inject(8 * SECOND, 0, SendUdp(PORT, link_local(eui64(3)), PORT, b"generic compression" * 3))
    run.world.run(10 * SECOND)
    assert run.datagrams() == [(3, b"from the edge"), (3, b"generic compression" * 3)]
    assert errors(run, 2) == [(eui64(3), 3)]
    assert errors(run, 0) == [(eui64(3), 5)]


def test_a_leaf_answers_over_the_router_at_the_edge():
    ways = [MeshConfiguration(next_hops=along_the_line(number, 4)) for number in range(3)]
    way_out = (StaticRoute(Ipv6Address(PREFIX + bytes(8)), 64, link_local(eui64(2))),)
    direct = tuple(StaticRoute(address(number), 128, link_local(eui64(number))) for number in range(4))
    configurations = [
        make(0, of_level(5), ways[0], routes=direct),
        make(1, of_level(5), ways[1]),
        make(2, of_level(5), ways[2], routes=direct, role=Role.ROUTER),
        make(3, of_level(2), None, routes=way_out),
    ]
    run = Run(line(4), configurations)
    for number in (0, 3):
        run.nodes[number].network.addresses.assign(0, address(number))
        run.nodes[number].network.addresses.confirm(0, address(number))
    run.world.inject(30 * SECOND, 0, SendIcmpv6(address(3), ECHO_REQUEST))
    run.world.run(35 * SECOND)
    assert run.replies(0) == [address(3)]


def test_nodes_of_flexible_features_have_a_mesh_where_both_bits_are_set():
    meshed = of_flex(flex_field(level_features(2) | {Feature.MESH_HEADER, Feature.BROADCAST_HEADER}))
    richer = of_flex(flex_field(level_features(5)))
    configurations = [
        make(number, richer if number == 0 else meshed, MeshConfiguration(next_hops=along_the_line(number, 4)),
             advertise=Advertise.NEVER)
        for number in range(4)
    ]  # fmt: skip
    run = Run(line(4), configurations)
    run.world.inject(0, 3, Bind(PORT))
    run.world.inject(5 * SECOND, 0, SendUdp(PORT, link_local(eui64(3)), PORT, bytes(1232)))
    run.world.run(8 * SECOND)
    assert run.datagrams() == [(3, bytes(1232))]
    assert [out.profile for _, _, out in run.outputs(LevelLearned, 0)] == [meshed]


def test_a_broadcast_behind_a_mesh_header_brings_no_error_from_who_cannot_read_it():
    run = edge(2)
    run.world.inject(5 * SECOND, 0, SendUdp(PORT, ALL_NODES, PORT, b"to everybody"))
    run.world.run(7 * SECOND)
    assert run.drops(Reason.FEATURE_ABOVE_PROFILE) == [3]
    assert [errors(run, number) for number in range(4)] == [[], [], [], []]
