"""Devices among themselves: who is woken, what goes wrong, and that all of it can be repeated."""

import copy
import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.outputs import Confirm, Indication
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.inputs import Bind, Wake
from p6lowpan.simulator.faults import LinkChange, Partition, PowerOff, PowerOn, Replacement
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.topology import full, grid, line, star
from p6lowpan.simulator.trace import Fate
from p6lowpan.simulator.world import World
from p6lowpan.wire.ieee802154.frame_check import frame_check_holds

BROADCAST = b"\xff\xff"
SECOND = 1_000_000


def wakes(device):
    return [now for now, _ in device.told_of(Wake)]


class Chatter:
    """What MACs report, by station."""

    def __init__(self):
        self.said = []

    def __call__(self, now, number, output):
        self.said.append((now, number, output))

    def of(self, number, kind):
        return [output for _, owner, output in self.said if owner == number and isinstance(output, kind)]


@pytest.fixture
def macs(mac_device):
    """A world of MACs on a topology, and what they report."""

    def make(topology, seed=1, **given):
        chatter = Chatter()
        world = World(seed, listener=chatter, **given)
        world.place(topology, [mac_device(number, seed) for number in range(len(topology.names))])
        return world, chatter

    return make


# --- waking ---------------------------------------------------------------------------------------------------------


def test_a_device_is_woken_when_it_starts_and_at_its_deadlines(parrot):
    world = World(1)
    world.add(parrot(500, 200))
    world.run(1000)
    assert wakes(world.devices[0]) == [0, 200, 500]
    assert world.next_event is None


def test_a_deadline_that_moved_forward_is_not_woken_for_at_the_old_time(parrot):
    world = World(1)
    device = parrot(500)
    world.add(device)
    world.run(100)
    device.alarms = [700]
    world.run(1000)
    assert wakes(device) == [0, 700]


def test_an_earlier_deadline_after_an_input_counts_and_leaves_nothing_behind(parrot):
    class Setting(parrot):
        def handle(self, now, given):
            if given == Bind(1):
                self.alarms.append(150)
            return super().handle(now, given)

    world = World(1)
    world.add(Setting(500, 1000))
    world.inject(100, 0, Bind(1))
    steps = 0
    while world.step():
        steps += 1
    assert wakes(world.devices[0]) == [0, 150, 500, 1000]
    assert steps == 6  # the start, the input, three wakes, and the one that 150 made needless


def test_a_deadline_that_stays_in_the_past_does_not_stop_time(parrot):
    class Stubborn(parrot):
        @property
        def deadline(self):
            return 10

    world = World(1)
    world.add(Stubborn())
    world.run(13)
    assert wakes(world.devices[0]) == [0, 10, 11, 12, 13]


def test_a_station_may_start_later_and_is_deaf_until_then(parrot, say):
    world = World(1)
    for starts_at in (None, 5000):
        world.add(parrot(), starts_at_us=starts_at)
    world.connect(0, 1)
    say(world, 1000, 0, b"early")
    say(world, 6000, 0, b"late")
    assert not world.is_on(1)
    world.run(10_000)
    assert world.is_on(1)
    assert wakes(world.devices[1]) == [5000]
    assert [octets for _, octets in world.devices[1].heard] == [b"late"]


def test_world_can_be_stepped_event_by_event(parrot):
    world = World(1)
    world.add(parrot(7), "clock")
    assert world.names == ["clock"]
    assert [world.step() for _ in range(3)] == [True, True, False]
    assert world.now == 7


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_station_that_is_off_is_told_nothing_and_catches_up_when_it_is_on(parrot):
    world = World(1)
    world.add(parrot(500))
    world.inject(600, 0, Bind(1))
    world.plan(PowerOff(400, 0), PowerOn(800, 0))
    world.run(1000)
    assert world.devices[0].told == [(0, Wake()), (800, Wake())]
    assert world.counters[0].inputs_missed == 1


def test_a_station_that_comes_back_with_a_new_device_starts_from_nothing(parrot):
    world = World(1)
    old = parrot(500)
    world.add(old)
    world.plan(PowerOff(400, 0), PowerOn(800, 0, lambda now: parrot(now + 5)))
    world.run(1000)
    assert world.devices[0] is not old
    assert wakes(world.devices[0]) == [800, 805]
    assert wakes(old) == [0]


def test_a_replacement_starts_at_once_and_the_old_device_hears_no_more(parrot, say):
    world = World(1)
    old = parrot(900)
    world.add(old)
    world.add(parrot())
    world.connect(0, 1)
    world.plan(Replacement(500, 0, lambda _: parrot()))
    say(world, 600, 1, b"hello")
    world.run(2000)
    assert wakes(world.devices[0]) == [500]
    assert [octets for _, octets in world.devices[0].heard] == [b"hello"]
    assert old.told == [(0, Wake())]


def test_power_on_where_it_is_on_and_off_where_it_is_off_change_nothing(parrot):
    world = World(1)
    device = parrot()
    world.add(device)
    world.plan(PowerOn(10, 0, lambda _: parrot()), PowerOff(20, 0), PowerOff(30, 0), PowerOn(40, 0))
    world.run(100)
    assert world.devices == (device,)
    assert wakes(device) == [0, 40]


def test_a_partition_separates_for_its_time_and_spares_frames_on_the_air(parrot, say):
    world = World(1)
    world.place(line(3), [parrot() for _ in range(3)])
    world.plan(Partition(100, 20_000, frozenset({0}), frozenset({1, 2})))
    for at in (0, 10_000, 30_000):
        say(world, at, 1, at.to_bytes(4, "big"))
    world.run(15_000)
    assert (world.hears(1), world.hears(0)) == ((2,), ())
    world.run(50_000)
    assert (world.hears(1), world.hears(0)) == ((0, 2), (1,))
    assert [int.from_bytes(octets, "big") for _, octets in world.devices[0].heard] == [0, 30_000]
    assert len(world.devices[2].heard) == 3


def test_a_link_changes_in_one_direction(parrot, say):
    world = World(1)
    world.place(line(2), [parrot(), parrot()])
    world.plan(LinkChange(100, 0, 1, LinkQuality(loss=1)), LinkChange(5000, 0, 1, None))
    for at in (200, 6000):
        say(world, at, 0, b"to 1")
        say(world, at + 1000, 1, b"to 0")
    world.run(10_000)
    assert len(world.devices[0].heard) == 2
    assert world.devices[1].heard == []
    assert (world.counters[1].offered, world.counters[1].fates) == (1, {Fate.LOST: 1})


@pytest.mark.parametrize(
    "fault",
    [
        PowerOff(0, 1),
        PowerOn(0, -1),
        LinkChange(0, 0, 1, None),
        Partition(0, 1, frozenset({0}), frozenset({1})),
        Replacement(0, 1, lambda _: None),
    ],
)
def test_a_fault_of_a_station_that_is_not_there_is_refused_when_planned(parrot, fault):
    world = World(1)
    world.add(parrot())
    with pytest.raises(UsageError, match="there is no station"):
        world.plan(fault)


def test_what_cannot_be_is_refused(parrot):
    world = World(1)
    world.add(parrot())
    with pytest.raises(UsageError, match="there is no station 3"):
        world.inject(0, 3, Wake())
    with pytest.raises(UsageError, match="1 devices for a topology of 2"):
        world.place(line(2), [parrot()])
    with pytest.raises(UsageError, match="cannot begin"):
        Partition(2, 1, frozenset(), frozenset())
    world.run(10)
    with pytest.raises(UsageError, match="it is 10 us"):
        world.inject(9, 0, Wake())


def test_drops_are_counted_by_reason_and_everything_else_is_shown(parrot):
    shown = []

    class Dropping(parrot):
        def handle(self, now, given):
            return Dropped(Reason.NO_ROUTE, "here"), "something else"

    world = World(1, listener=lambda *said: shown.append(said))
    world.add(Dropping())
    world.run(10)
    assert world.counters[0].drops == {Reason.NO_ROUTE: 1}
    assert world.trace.total().drops == {Reason.NO_ROUTE: 1}
    assert shown == [(0, 0, Dropped(Reason.NO_ROUTE, "here")), (0, 0, "something else")]


# --- real MACs ------------------------------------------------------------------------------------------------------


def test_along_a_line_with_loss_all_is_delivered_once_by_retries(macs, send):
    world, chatter = macs(line(4, LinkQuality(loss=0.1)))
    sent = []
    for round_number in range(20):
        for number in range(4):
            for neighbor in world.hears(number):
                payload = bytes((number, neighbor, round_number))
                send(world, round_number * SECOND + number, number, neighbor, payload, len(sent))
                sent.append((number, neighbor, payload))
    world.run(30 * SECOND)
    got = [(number, said.payload) for _, number, said in chatter.said if isinstance(said, Indication)]
    confirms = [said for _, _, said in chatter.said if isinstance(said, Confirm)]
    assert max(Counter(got).values()) == 1
    assert len(confirms) == len(sent)
    undelivered = [sent[confirm.handle] for confirm in confirms if not confirm.delivered]
    assert len(undelivered) <= 2  # each attempt needs frame and acknowledgement: 0.19 ** 4 fail
    assert {(to, payload) for _, to, payload in sent} - set(got) <= {(to, payload) for _, to, payload in undelivered}
    assert sum(confirm.attempts for confirm in confirms) > len(sent) * 1.1


@pytest.mark.parametrize(
    ("topology", "collided", "delivered"), [(full(6), range(60), range(45, 51)), (star(5), range(60, 201), range(25))]
)
def test_who_hears_the_others_waits_for_them_and_hidden_ones_collide(macs, send, topology, collided, delivered):
    world, chatter = macs(topology, collisions=True)
    for round_number in range(10):
        for leaf in range(1, 6):
            send(world, round_number * SECOND, leaf, 0, bytes(40) + bytes((leaf, round_number)), leaf)
    world.run(20 * SECOND)
    assert world.counters[0].fates[Fate.COLLIDED] in collided
    got = Counter(said.payload for said in chatter.of(0, Indication))
    assert max(got.values()) == 1
    assert len(got) in delivered


def test_a_broadcast_reaches_everybody_who_hears_it(macs, send):
    world, chatter = macs(grid(3, 3))
    send(world, 0, 4, BROADCAST, b"all")
    world.run(SECOND)
    assert [number for number in range(9) if chatter.of(number, Indication)] == [1, 3, 5, 7]


def exchange(macs, send, seed, stream):
    quality = LinkQuality(0.1, 0.05, 0.1, 0.2, jitter_us=200)
    world, chatter = macs(grid(3, 2, quality), seed, collisions=True, stream=stream)
    world.plan(PowerOff(SECOND, 1), PowerOn(2 * SECOND, 1))
    world.plan(Partition(SECOND, 3 * SECOND, frozenset({0, 3}), frozenset({2, 5})))
    for at in range(0, 4 * SECOND, SECOND // 10):
        for number in range(6):
            send(world, at, number, (number + 1) % 6, bytes(number * 9), at)
    return world, chatter


def test_the_same_seed_gives_the_same_capture_octet_for_octet_and_another_does_not(macs, send):
    streams = []
    for seed in (1, 1, 2):
        streams.append(io.BytesIO())
        world, _ = exchange(macs, send, seed, streams[-1])
        world.run(6 * SECOND)
    one, same, other = (stream.getvalue() for stream in streams)
    assert len(one) > 20_000
    assert one == same
    assert one != other


def test_running_in_pieces_or_in_steps_changes_nothing(macs, send):
    whole, pieces, steps = io.BytesIO(), io.BytesIO(), io.BytesIO()
    exchange(macs, send, 1, whole)[0].run(6 * SECOND)
    world, _ = exchange(macs, send, 1, pieces)
    for until in range(0, 6 * SECOND + 1, 12_345):
        world.run(until)
    world, _ = exchange(macs, send, 1, steps)
    while world.step():
        pass
    assert whole.getvalue() == pieces.getvalue() == steps.getvalue()


def test_a_copy_of_a_world_goes_on_as_the_world_does(macs, send):
    world, _ = exchange(macs, send, 1, None)
    world.run(1_500_000)
    twin = copy.deepcopy(world)
    first, second = io.BytesIO(), io.BytesIO()
    world.trace.record_to(first)
    twin.trace.record_to(second)
    world.run(6 * SECOND)
    assert twin.now == 1_500_000
    twin.run(6 * SECOND)
    assert len(first.getvalue()) > 10_000
    assert first.getvalue() == second.getvalue()
    assert world.counters == twin.counters


def test_a_world_of_a_thousand_stations_in_a_line_can_be_copied(parrot):
    world = World(1)
    world.place(line(1000), [parrot() for _ in range(1000)])
    assert copy.deepcopy(world).hears(500) == (499, 501)


def captured(stream):
    """The frames of a capture."""
    capture, offset, frames = stream.getvalue(), 24, []
    while offset < len(capture):
        end = offset + 16 + int.from_bytes(capture[offset + 8 : offset + 12], "little")
        frames.append(capture[offset + 16 : end])
        offset = end
    return frames


CHANCE = st.floats(0, 0.5)
QUALITIES = st.builds(LinkQuality, CHANCE, CHANCE, CHANCE, CHANCE, st.integers(0, 500), st.integers(0, 500))
TOPOLOGIES = st.sampled_from([line, star, full])


@settings(max_examples=40)
@given(st.integers(0, 1 << 32), QUALITIES, TOPOLOGIES, st.booleans(), st.data())
def test_no_device_raises_time_never_goes_back_and_every_frame_has_one_fate(
    mac_device, send, seed, quality, topology, collisions, data
):
    stream = io.BytesIO()
    shape = topology(4, quality)
    count = len(shape.names)
    world = World(seed, collisions=collisions, stream=stream)
    world.place(shape, [mac_device(number, seed) for number in range(count)])
    station = st.integers(0, count - 1)
    for at, number, to, size in data.draw(
        st.lists(st.tuples(st.integers(0, 300_000), station, station, st.integers(0, 100)), max_size=15)
    ):
        send(world, at, number, to if to != number else BROADCAST, bytes(size), size)
    off, lasting, number = data.draw(st.tuples(st.integers(0, 200_000), st.integers(0, 100_000), station))
    world.plan(PowerOff(off, number), PowerOn(off + lasting, number))
    before = 0
    while world.step():
        assert world.now >= before
        before = world.now
    assert all(device.times == sorted(device.times) for device in world.devices)
    for number in range(count):
        heard = [other for other in range(count) if number in world.hears(other)]
        counters = world.counters[number]
        assert counters.offered == sum(world.counters[other].sent for other in heard)
        assert counters.settled == counters.offered
    assert len(captured(stream)) == world.trace.total().sent


FIELDS = ("wpan.frame_type", "wpan.fcs_ok", "_ws.malformed", "frame.time_epoch")


def test_tshark_reads_the_capture_and_agrees_about_every_frame_check(macs, send, fields_in_tshark):
    stream = io.BytesIO()
    world, _ = macs(star(3, LinkQuality(corruption=0.2)), collisions=True, stream=stream)
    for number in (1, 2, 3):
        for round_number in range(10):
            # An IPHC packet with no next header, so that tshark has something to find fault with.
            send(world, (3 * round_number + number) * 100_000, number, 0, bytes.fromhex("7a333b"), round_number)
    world.run(10 * SECOND)
    seen = fields_in_tshark(stream.getvalue(), FIELDS)
    assert len(seen) == world.trace.total().sent > 60
    assert not [fields for fields in seen if "_ws.malformed" in fields]
    times = [float(fields["frame.time_epoch"][0]) for fields in seen]
    assert times == sorted(times)
    right = [fields["wpan.fcs_ok"] == ["1"] for fields in seen]
    assert right == [frame_check_holds(octets) for octets in captured(stream)]
    assert 0 < right.count(False) < len(right) / 2
