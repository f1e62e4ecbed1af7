"""Delivery below IP by hand: what a frame becomes on its way, when a flood is sent on, and what is dropped and why."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.profile import RFC6282, flex_field, level_features, of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.discovery import Levels
from p6lowpan.machines.adaptation.flood_memory import FloodMemory
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration
from p6lowpan.machines.adaptation.mesh_under import Abandon, Hop, Inside, MeshUnder
from p6lowpan.machines.adaptation.paced_queue import PacedQueue
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import ALL_NODES, BROADCAST, Link, LinkAddress, group_address, parse_ipv6, parse_link

ME, SHORT_ME = parse_link("0200000000000001"), parse_link("0x1001")
NEXT, FAR, BEFORE, ORIGIN = (parse_link(f"020000000000000{n}") for n in (2, 3, 4, 5))
INSIDE = b"\x41inside"
ROOM = 100
HOP_BEFORE = Link(BEFORE, ME)
LEVEL_5 = of_level(5)
OVER_NEXT = MeshConfiguration(next_hops={FAR: NEXT})
MESH_TO_FAR = bytes.fromhex("8e 0200000000000001 0200000000000003")  # 10, 64-bit, 64-bit, 14 hops left


def mesh(configuration=OVER_NEXT, profile=LEVEL_5, limits=P6LOWPAN):
    levels = Levels(profile, limits)
    return MeshUnder((ME, SHORT_ME), configuration, levels, limits, Chance(1), lambda destination, source: ROOM)


def take(machine, payload, now=0, link=HOP_BEFORE, secured=False):
    return machine.received(now, bytes.fromhex(payload) if isinstance(payload, str) else payload, link, secured)


def from_origin(hops, final_destination, sequence_number=None, inside=INSIDE):
    short = len(final_destination) == 2
    first = bytes((0b10000000 | short << 4 | min(hops, 15),)) + (bytes((hops,)) if hops >= 15 else b"")
    flooded = b"" if sequence_number is None else bytes((0x50, sequence_number))
    return first + ORIGIN + final_destination + flooded + inside


def only(outputs):
    (output,) = outputs
    return output


# --- sending ---------------------------------------------------------------------------------------------------------


def test_what_is_for_a_direct_neighbor_goes_as_it_is():
    assert mesh().send(0, ME, NEXT, INSIDE) == (Hop(ME, NEXT, INSIDE),)
    assert mesh(None).send(0, ME, FAR, INSIDE) == (Hop(ME, FAR, INSIDE),)
    assert mesh(None).send(0, ME, BROADCAST, INSIDE) == (Hop(ME, BROADCAST, INSIDE),)


def test_what_is_for_somebody_else_goes_to_the_next_hop_behind_a_mesh_header():
    assert mesh().send(0, ME, FAR, INSIDE, b"packet") == (Hop(ME, NEXT, MESH_TO_FAR + INSIDE, b"packet"),)


def test_the_originator_is_named_by_the_address_that_the_packet_has():
    (hop,) = mesh().send(0, SHORT_ME, FAR, INSIDE)
    assert hop == Hop(ME, NEXT, bytes.fromhex("ae 1001 0200000000000003") + INSIDE)


def test_more_than_14_hops_have_an_octet_of_their_own():
    deep = MeshConfiguration(next_hops={FAR: NEXT}, hops_left=15)
    assert only(mesh(deep).send(0, ME, FAR, INSIDE)).payload[:2] == bytes.fromhex("8f 0f")


def test_each_frame_for_all_has_a_sequence_number_of_its_own():
    machine, sent = mesh(), []
    for now in range(0, 260 * P6LOWPAN.flood_gap_us, P6LOWPAN.flood_gap_us):
        sent.append(only(machine.send(now, ME, group_address(ALL_NODES), INSIDE)))
    assert {hop.destination for hop in sent} == {BROADCAST}
    assert {hop.payload[:11] for hop in sent} == {bytes.fromhex("9e 0200000000000001 8001")}
    numbers = [hop.payload[12] for hop in sent]
    assert numbers == [(numbers[0] + count) % 256 for count in range(260)]
    assert sent[0].payload[13:] == INSIDE


def test_a_group_has_the_address_of_rfc_4944_in_a_mesh_and_everybodys_elsewhere():
    """Section 9: 100, the last five bits of the 15th octet, the 16th octet."""
    group = parse_ipv6("ff02::1:ff12:fabc")
    assert mesh().group(group) == bytes.fromhex("9abc")
    assert mesh(None).group(group) == BROADCAST


def test_room_is_left_for_the_headers():
    assert mesh().room(NEXT, ME) == mesh(None).room(FAR, ME) == ROOM
    assert mesh().room(FAR, ME) == ROOM - 17
    assert mesh().room(FAR, SHORT_ME) == ROOM - 11
    assert mesh().room(BROADCAST, ME) == ROOM - 11 - 2
    assert mesh(MeshConfiguration(next_hops={FAR: NEXT}, hops_left=255)).room(FAR, ME) == ROOM - 18


@pytest.mark.parametrize("destination", [FAR, NEXT, BROADCAST, group_address(ALL_NODES)])
def test_a_payload_that_fills_its_room_fills_the_frame(destination):
    machine = mesh()
    (hop,) = machine.send(0, ME, destination, bytes(machine.room(destination, ME)))
    assert len(hop.payload) == ROOM


def test_frames_of_ours_leave_a_gap_for_those_who_send_them_on():
    machine = mesh()
    first = machine.send(0, ME, FAR, b"\x41one")
    assert machine.send(10, ME, FAR, b"\x41two") == machine.send(20, ME, FAR, b"\x41three") == ()
    assert machine.send(30, ME, NEXT, b"\x41direct") == (Hop(ME, NEXT, b"\x41direct"),)
    gap = P6LOWPAN.mesh_gap_us
    assert machine.deadline == gap
    assert machine.tick(gap - 1) == ()
    later = machine.tick(gap) + machine.tick(2 * gap)
    assert [hop.payload[17:] for hop in (*first, *later)] == [b"\x41one", b"\x41two", b"\x41three"]
    assert machine.deadline is None


def test_what_has_no_room_to_wait_is_dropped_and_counted():
    machine = mesh(limits=Limits(mesh_queue_frames=2))
    outputs = [machine.send(0, ME, FAR, INSIDE, b"packet", number) for number in range(4)]
    assert [[type(output) for output in some] for some in outputs] == [[Hop], [], [], [Dropped, Abandon]]
    assert outputs[-1][-1] == Abandon(3)  # what was sent of it already is of no use
    assert machine.dropped == {Reason.QUEUE_FULL: 1}


def test_no_route_is_a_reason():
    listed = mesh(MeshConfiguration(next_hops={NEXT: NEXT}, others_are_direct=False))
    assert listed.send(0, ME, NEXT, INSIDE) == (Hop(ME, NEXT, INSIDE),)
    assert only(listed.send(0, ME, FAR, INSIDE)).reason is Reason.NO_ROUTE
    assert only(take(listed, from_origin(5, FAR))).reason is Reason.NO_ROUTE
    assert listed.dropped == {Reason.NO_ROUTE: 2}


def test_what_has_no_route_goes_to_the_default_forwarder():
    """RFC 4944 section 11: how a device with reduced functions uses a mesh without routing in it."""
    machine = mesh(MeshConfiguration(default_forwarder=NEXT, forwards=False))
    assert machine.send(0, ME, FAR, INSIDE) == (Hop(ME, NEXT, MESH_TO_FAR + INSIDE),)
    assert machine.send(0, ME, NEXT, INSIDE) == (Hop(ME, NEXT, INSIDE),)
    with pytest.raises(UsageError, match="nobody"):
        MeshConfiguration(default_forwarder=BROADCAST)


# --- receiving -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"", b"\x41", b"\x60\x00", b"\xc0\x10", b"\x50\x01\x41", b"\x00", b"\xff"])
def test_what_has_no_mesh_header_goes_up_as_it_is(payload):
    assert take(mesh(), payload) == (Inside(payload, HOP_BEFORE, False),)


@pytest.mark.parametrize("cut", range(1, 17))
def test_a_mesh_header_cut_short_goes_up_to_be_refused(cut):
    payload = from_origin(5, ME)[:cut]
    assert take(mesh(), payload) == (Inside(payload, HOP_BEFORE, False),)


@pytest.mark.parametrize("configuration", [None, MeshConfiguration()])
@pytest.mark.parametrize("mine", [ME, SHORT_ME])
@pytest.mark.parametrize("hops", [0, 1, 14, 15, 200])
def test_what_is_for_us_goes_up_with_the_ends_that_the_mesh_header_names(configuration, mine, hops):
    outputs = take(mesh(configuration), from_origin(hops, mine), secured=True)
    assert outputs == (Inside(INSIDE, Link(ORIGIN, mine), True),)


@pytest.mark.parametrize(("hops", "left"), [(2, "81"), (14, "8d"), (15, "8e"), (16, "8f0f"), (255, "8ffe")])
def test_what_is_for_another_is_sent_on_with_one_hop_less(hops, left):
    machine = mesh()
    payload = bytes.fromhex(left) + ORIGIN + FAR + INSIDE
    assert take(machine, from_origin(hops, FAR)) == (Hop(ME, NEXT, payload),)
    assert machine.forwarded == 1


@pytest.mark.parametrize("hops", [0, 1])
def test_a_frame_without_hops_left_is_dropped_and_counted(hops):
    machine = mesh()
    assert only(take(machine, from_origin(hops, FAR))).reason is Reason.HOPS_EXHAUSTED
    assert (machine.dropped, machine.forwarded) == ({Reason.HOPS_EXHAUSTED: 1}, 0)


@pytest.mark.parametrize("configuration", [None, MeshConfiguration(forwards=False)])
def test_who_forwards_nothing_says_so(configuration):
    assert only(take(mesh(configuration), from_origin(5, FAR))).reason is Reason.NOT_A_FORWARDER


def test_a_frame_of_ours_that_comes_back_is_dropped():
    machine = mesh()
    (hop,) = machine.send(0, ME, FAR, INSIDE)
    assert only(take(machine, hop.payload)).reason is Reason.OWN_FRAME
    (flood,) = machine.send(1_000_000, ME, BROADCAST, INSIDE)
    assert only(take(machine, flood.payload)).reason is Reason.OWN_FRAME
    assert machine.deadline is None


def test_nobody_is_everybody():
    assert only(take(mesh(), "b5 ffff 1001" + INSIDE.hex())).reason is Reason.BAD_VALUE


# --- floods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("everybody", [BROADCAST, group_address(ALL_NODES)])
def test_a_flood_goes_up_once_and_on_once_after_a_random_wait(everybody):
    machine = mesh()
    assert take(machine, from_origin(5, everybody, 7), 100) == (Inside(INSIDE, Link(ORIGIN, everybody), False),)
    for again in range(3):
        assert only(take(machine, from_origin(4, everybody, 7), 200 + again)).reason is Reason.DUPLICATE
    assert 100 <= machine.deadline < 100 + P6LOWPAN.flood_jitter_us
    assert machine.tick(machine.deadline) == (Hop(ME, BROADCAST, from_origin(4, everybody, 7)),)
    assert (machine.deadline, machine.flooded, machine.dropped) == (None, 1, {Reason.DUPLICATE: 3})


def test_floods_wait_for_times_that_differ():
    waits = set()
    machine = mesh()
    for number in range(20):
        take(machine, from_origin(5, BROADCAST, number), 1_000_000 * number)
        waits.add(machine.deadline - 1_000_000 * number)
        machine.tick(1_000_000 * number + P6LOWPAN.flood_jitter_us)
    assert len(waits) > 15


@pytest.mark.parametrize("configuration", [None, MeshConfiguration(floods=False)])
def test_who_floods_nothing_delivers_a_flood_once_all_the_same(configuration):
    machine = mesh(configuration)
    kinds = [type(only(take(machine, from_origin(5, BROADCAST, 7)))) for _ in range(2)]
    assert (kinds, machine.deadline) == ([Inside, Dropped], None)


def test_a_flood_whose_hops_end_here_is_delivered_and_its_end_counted():
    delivered, ended = take(mesh(), from_origin(1, BROADCAST, 7))
    assert (type(delivered), ended.reason) == (Inside, Reason.HOPS_EXHAUSTED)


def test_without_bc0_what_is_for_all_is_delivered_and_not_sent_on():
    machine = mesh()
    assert [type(only(take(machine, from_origin(5, BROADCAST)))) for _ in range(2)] == [Inside, Inside]
    assert machine.deadline is None


def test_a_sequence_number_that_comes_round_is_a_new_flood():
    machine = mesh()
    lifetime = P6LOWPAN.flood_memory_us
    times = (0, lifetime - 1, lifetime, 2 * lifetime - 1, 2 * lifetime)
    kinds = [type(take(machine, from_origin(5, BROADCAST, 7), now)[0]) for now in times]
    assert kinds == [Inside, Dropped, Inside, Dropped, Inside]


def test_the_memory_forgets_the_oldest_flood_and_says_so_where_that_is_too_early():
    memory = FloodMemory(Limits(flood_memory=2))
    assert memory.remember(0, (FAR, 1)) == memory.remember(1, (FAR, 2)) == ()
    assert only(memory.remember(2, (NEXT, 1))).reason is Reason.DUPLICATE_MEMORY_FULL
    assert [memory.knows(3, flood) for flood in ((FAR, 1), (FAR, 2), (NEXT, 1))] == [False, True, True]
    assert memory.remember(1 + P6LOWPAN.flood_memory_us, (NEXT, 2)) == ()
    assert len(memory) == 2


def test_a_queue_without_room_cannot_be():
    with pytest.raises(UsageError, match="bound"):
        PacedQueue(0)


# --- levels ----------------------------------------------------------------------------------------------------------


def known(machine, neighbor, level):
    machine._levels.advertised(neighbor, of_level(level), secured=False)


@pytest.mark.parametrize("profile", [of_level(4), of_flex(flex_field(level_features(5) - {Feature.MESH_HEADER}))])
def test_who_reads_no_mesh_header_hands_it_up_to_be_refused(profile):
    for payload in (from_origin(5, ME), from_origin(5, FAR), from_origin(5, BROADCAST, 7)):
        assert take(mesh(None, profile), payload) == (Inside(payload, HOP_BEFORE, False),)


def test_in_flex_nobody_reads_deep_hops_as_they_have_no_bit():
    machine = mesh(profile=of_flex(flex_field(level_features(5))))
    payload = from_origin(15, FAR)
    assert take(machine, payload) == (Inside(payload, HOP_BEFORE, False),)
    assert type(only(take(machine, from_origin(14, FAR)))) is Hop


def test_a_next_hop_that_is_known_to_read_no_mesh_header_gets_none():
    machine = mesh()
    known(machine, NEXT, 2)
    assert only(machine.send(0, ME, FAR, INSIDE)).reason is Reason.FEATURE_ABOVE_PROFILE
    assert only(take(machine, from_origin(5, FAR))).reason is Reason.FEATURE_ABOVE_PROFILE
    assert machine.forwarded == 0


@pytest.mark.parametrize(("level", "kind"), [(4, Inside), (5, Hop)])
def test_at_the_edge_what_is_for_a_leaf_below_level_5_is_read_for_it(level, kind):
    machine = mesh()
    known(machine, NEXT, level)
    output = only(take(machine, from_origin(5, NEXT)))
    assert type(output) is kind
    assert output == (Inside(INSIDE, Link(ORIGIN, NEXT), False) if kind is Inside else output)
    assert machine.is_beyond_edge(NEXT)
    assert not any(map(machine.is_beyond_edge, (ME, SHORT_ME, BROADCAST, group_address(ALL_NODES))))


def test_whoever_sent_last_hears_what_a_leaf_complains_about_once():
    machine = mesh()
    take(machine, from_origin(5, NEXT))
    assert [machine.complained(neighbor) for neighbor in (FAR, NEXT, NEXT)] == [None, ORIGIN, None]
    known(machine, NEXT, 5)
    take(machine, from_origin(5, NEXT))
    assert machine.complained(NEXT) is None


def test_a_leafs_name_goes_into_the_mesh_header_even_to_a_direct_neighbor():
    (hop,) = mesh().send(0, FAR, NEXT, INSIDE)
    assert hop == Hop(ME, NEXT, bytes((0x8E,)) + FAR + NEXT + INSIDE)


def test_originators_that_are_forgotten_are_counted():
    machine = mesh(limits=Limits(discovery_neighbors=2))
    for number in range(3):
        take(machine, from_origin(5, parse_link(f"0x200{number}")))
    assert machine.complaints_forgotten == 1


# --- configuration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hops", [0, 256])
def test_hops_that_no_header_holds_are_refused(hops):
    with pytest.raises(UsageError, match="hops"):
        MeshConfiguration(hops_left=hops)


@pytest.mark.parametrize(
    "routes", [{BROADCAST: NEXT}, {FAR: BROADCAST}, {FAR: LinkAddress(b"")}, {group_address(ALL_NODES): FAR}]
)
def test_routes_to_or_over_nobody_are_refused(routes):
    with pytest.raises(UsageError, match="nobody"):
        MeshConfiguration(next_hops=routes)


def test_a_mesh_needs_the_features_of_level_5():
    for profile in (of_level(5), of_level(6), RFC6282, of_flex(0x00000180)):
        MeshConfiguration().check(profile)
    for profile in (of_level(4), of_flex(0x00000100), of_flex(0x00000080)):
        with pytest.raises(UsageError, match="lacks"):
            MeshConfiguration().check(profile)
    MeshConfiguration(hops_left=15).check(of_level(5))
    with pytest.raises(UsageError, match="mesh_deep_hops"):
        MeshConfiguration(hops_left=15).check(of_flex(0xFFFFFFFF))


# --- anything --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 300_000),
            st.one_of(
                st.binary(max_size=24),
                st.builds(
                    from_origin,
                    st.integers(0, 255),
                    st.sampled_from([ME, SHORT_ME, FAR, NEXT, BROADCAST, group_address(ALL_NODES)]),
                    st.one_of(st.none(), st.integers(0, 255)),
                    st.binary(max_size=4),
                ),
            ),
        ),
        max_size=30,
    )
)
def test_whatever_comes_at_most_one_frame_goes_up_and_one_on_and_a_copy_does_the_same(frames):
    limits = Limits(flood_memory=4, mesh_queue_frames=3, discovery_neighbors=2)
    machine = mesh(limits=limits)
    other, now = copy.deepcopy(machine), 0
    for pause, payload in frames:
        now += pause
        assert machine.tick(now) == other.tick(now)
        outputs = take(machine, payload, now)
        assert outputs == take(other, payload, now)
        assert sum(isinstance(output, Inside) for output in outputs) <= 1
        assert sum(isinstance(output, Hop) for output in outputs) <= 1
        assert outputs
        assert len(machine._queue) <= 3
        assert len(machine._memory) <= 4
