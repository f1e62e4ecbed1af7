"""The air, with devices that say exactly what the test says: who is told what, when."""

import io
import struct

import pytest

from p6lowpan.machines.link.outputs import Transmit
from p6lowpan.node.inputs import ChannelAssessed, FrameReceived, TransmitDone
from p6lowpan.simulator.faults import LinkChange, PowerOff, PowerOn
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.medium import airtime_us
from p6lowpan.simulator.topology import full, line
from p6lowpan.simulator.trace import Fate
from p6lowpan.simulator.world import World
from p6lowpan.wire.ieee802154.frame_check import frame_check_holds

FRAME = bytes(range(1, 43))  # 42 octets: 50 with preamble and frame check, 1600 us
AIRTIME = 1600


@pytest.fixture
def world_of(parrot):
    def make(topology, **given):
        world = World(1, **given)
        world.place(topology, [parrot() for _ in topology.names])
        return world

    return make


def fates(world, number):
    return dict(world.counters[number].fates)


def records(stream):
    """Times and octets of a capture, read with nothing of ours."""
    capture = stream.getvalue()
    assert struct.unpack_from("<I16xI", capture) == (0xA1B2C3D4, 195)
    offset, found = 24, []
    while offset < len(capture):
        seconds, fraction, length, _ = struct.unpack_from("<IIII", capture, offset)
        found.append((seconds * 1_000_000 + fraction, capture[offset + 16 : offset + 16 + length]))
        offset += 16 + length
    return found


def test_an_octet_takes_32_microseconds_and_the_preamble_and_frame_check_count():
    assert airtime_us(0) == 8 * 32
    assert airtime_us(125) == 4256  # the longest frame: 133 octets on the air


def test_the_sender_is_told_first_then_its_neighbors_at_the_end_of_the_frame(world_of, say):
    told = []
    world = world_of(line(3))
    for device in world.devices:
        device.handle = lambda now, given, device=device, handle=device.handle: (
            told.append((now, world.devices.index(device), type(given).__name__)) or handle(now, given)
        )
    say(world, 1000, 1, FRAME)
    world.run(10_000)
    moments = [entry for entry in told if entry[2] in ("TransmitDone", "FrameReceived")]
    end = 1000 + AIRTIME
    assert moments == [(end, 1, "TransmitDone"), (end, 0, "FrameReceived"), (end, 2, "FrameReceived")]
    assert world.devices[1].told_of(TransmitDone) == [(end, TransmitDone(None, True))]
    assert world.devices[0].heard == [(end, FRAME)]


def test_who_has_no_link_hears_nothing_and_is_offered_nothing(world_of, say):
    world = world_of(line(3))
    say(world, 0, 0, FRAME)
    world.run(10_000)
    assert world.devices[2].heard == []
    assert [counters.offered for counters in world.counters] == [0, 1, 0]


def test_the_same_octets_again_are_a_repeat_whatever_was_acknowledged_in_between(world_of, say):
    world = world_of(line(2))
    for at, octets in enumerate((FRAME, b"\x02\x00\x07", FRAME, FRAME[:-1], FRAME, b"\x02\x00\x07", b"\x02\x00\x07")):
        say(world, 1000 + at * 10_000, 0, octets)
    world.run(100_000)
    assert world.counters[0].repeats == 1


def test_counters_add_up_frames_octets_and_air_time(world_of, say):
    world = world_of(line(2))
    say(world, 0, 0, FRAME)
    say(world, 5000, 0, FRAME[:10])
    world.run(10_000)
    sender, receiver = world.counters
    assert (sender.sent, sender.octets_sent, sender.airtime_us) == (2, 44 + 12, AIRTIME + 18 * 32)
    assert (receiver.fates[Fate.RECEIVED], receiver.octets_received) == (2, 56)
    total = world.trace.total()
    assert (total.sent, total.settled, total.octets_received) == (2, 2, 56)


def test_a_channel_is_clear_unless_a_carrier_was_there_in_the_eight_symbols(world_of, say, assess):
    world = world_of(line(3))
    say(world, 1000, 0, FRAME)  # until 2600
    for at in (871, 872, 1500, 2599, 2600):
        assess(world, at, 1)
    assess(world, 1500, 2)  # out of reach of the sender
    world.run(10_000)
    assert world.devices[1].told_of(ChannelAssessed) == [
        (999, ChannelAssessed(True)),  # ended before the frame began
        (1000, ChannelAssessed(True)),  # ended when it began: none of its symbols was in the air
        (1628, ChannelAssessed(False)),
        (2727, ChannelAssessed(False)),
        (2728, ChannelAssessed(True)),
    ]
    assert world.devices[2].told_of(ChannelAssessed) == [(1628, ChannelAssessed(True))]


def test_a_carrier_is_there_from_the_begin_of_a_frame_to_its_end_for_who_sends_it_and_who_hears_it(world_of, say):
    world = world_of(line(3))
    say(world, 1000, 0, FRAME)  # until 2600
    seen = {}
    for at in (999, 1000, 2599, 2600):
        world.run(at)
        seen[at] = [world.is_clear(number) for number in range(3)]
    assert seen == {999: [True] * 3, 1000: [False, False, True], 2599: [False, False, True], 2600: [True] * 3}


def test_two_assessments_that_end_together_both_find_the_channel_clear(parrot, assess):
    class Eager(parrot):
        def handle(self, now, given):
            return (*super().handle(now, given), *([Transmit(FRAME)] if given == ChannelAssessed(True) else []))

    world = World(1, collisions=True)
    world.place(full(3), [Eager(), Eager(), parrot()])
    assess(world, 100, 0)
    assess(world, 100, 1)
    world.run(10_000)
    assert fates(world, 2) == {Fate.COLLIDED: 2}


def test_a_short_frame_within_the_assessment_is_noticed_after_it_has_ended(world_of, say, assess):
    world = world_of(line(2))
    say(world, 1000, 0, b"")  # 256 us
    assess(world, 1200, 1)
    world.run(10_000)
    assert world.devices[1].told_of(ChannelAssessed) == [(1328, ChannelAssessed(False))]


def test_who_sends_hears_nothing_meanwhile(world_of, say):
    world = world_of(line(2))
    say(world, 0, 0, FRAME)
    say(world, AIRTIME - 1, 1, FRAME)
    world.run(10_000)
    assert [device.heard for device in world.devices] == [[], []]
    assert [fates(world, number) for number in (0, 1)] == [{Fate.DEAF: 1}, {Fate.DEAF: 1}]


def test_frames_back_to_back_do_not_overlap(world_of, say):
    world = world_of(full(3), collisions=True)
    say(world, 0, 0, FRAME)
    say(world, AIRTIME, 1, FRAME)
    say(world, 2 * AIRTIME, 0, FRAME)
    world.run(10_000)
    assert world.devices[2].heard == [(AIRTIME * n, FRAME) for n in (1, 2, 3)]
    assert world.devices[0].heard == [(AIRTIME * 2, FRAME)]
    assert len(world.devices[1].heard) == 2


def test_hidden_stations_collide_where_both_are_heard_and_only_there(world_of, say):
    # 0 - 1 - 2 - 3: stations 0 and 2 do not hear each other.
    world = world_of(line(4), collisions=True)
    say(world, 0, 0, FRAME)
    say(world, AIRTIME - 1, 2, FRAME)
    world.run(10_000)
    assert fates(world, 1) == {Fate.COLLIDED: 2}
    assert world.devices[1].heard == []
    assert world.devices[3].heard == [(2 * AIRTIME - 1, FRAME)]


def test_three_that_overlap_in_a_chain_are_all_destroyed_and_the_one_after_is_not(world_of, say):
    world = world_of(full(5), collisions=True)
    for number, at in enumerate((0, 1000, 2000)):
        say(world, at, number, FRAME)
    say(world, 2000 + AIRTIME, 3, FRAME)
    world.run(10_000)
    assert fates(world, 4) == {Fate.COLLIDED: 3, Fate.RECEIVED: 1}


def test_without_collisions_overlapping_frames_are_all_heard(world_of, say):
    world = world_of(line(3))
    say(world, 0, 0, FRAME)
    say(world, 100, 2, FRAME)
    world.run(10_000)
    assert world.devices[1].heard == [(AIRTIME, FRAME), (AIRTIME + 100, FRAME)]


@pytest.mark.parametrize(
    ("quality", "fate"), [(LinkQuality(loss=1), Fate.LOST), (LinkQuality(corruption=1), Fate.CORRUPTED)]
)
def test_what_is_lost_or_corrupted_is_not_handed_up(world_of, say, quality, fate):
    world = world_of(line(2, quality))
    say(world, 0, 0, FRAME)
    world.run(10_000)
    assert world.devices[1].heard == []
    assert fates(world, 1) == {fate: 1}


def test_half_the_loss_loses_about_half(world_of, say):
    world = world_of(line(2, LinkQuality(loss=0.5)))
    for number in range(1000):
        say(world, number * 2000, 0, FRAME)
    world.run(3_000_000)
    assert 440 < len(world.devices[1].heard) < 560


def test_duplication_tells_twice_and_counts_once(world_of, say):
    world = world_of(line(2, LinkQuality(duplication=1, delay_us=100)))
    say(world, 0, 0, FRAME)
    world.run(10_000)
    assert world.devices[1].heard == [(AIRTIME + 100, FRAME)] * 2
    assert fates(world, 1) == {Fate.RECEIVED: 1}
    assert world.counters[1].repeated == 1


def test_delay_and_jitter_come_after_the_frame_and_keep_within_their_bounds(world_of, say):
    world = world_of(line(2, LinkQuality(delay_us=500, jitter_us=50)))
    for number in range(200):
        say(world, number * 10_000, 0, FRAME)
    world.run(3_000_000)
    delays = [at % 10_000 - AIRTIME for at, _ in world.devices[1].heard]
    assert len(delays) == 200
    assert (min(delays), max(delays)) == (500, 550)


def test_reordering_lets_later_frames_overtake(world_of, say):
    world = world_of(line(2, LinkQuality(reordering=0.5, held_back_us=20_000)))
    sent = [bytes((number,)) for number in range(50)]
    for number, octets in enumerate(sent):
        say(world, number * 2000, 0, octets)
    world.run(1_000_000)
    heard = [octets for _, octets in world.devices[1].heard]
    assert heard != sent
    assert sorted(heard) == sent


def test_the_quality_indication_is_the_links(world_of, say):
    world = world_of(line(2, LinkQuality(indication=77)))
    say(world, 0, 0, FRAME)
    world.run(10_000)
    assert world.devices[1].told_of(FrameReceived) == [(AIRTIME, FrameReceived(FRAME, 77))]


@pytest.mark.parametrize("octets", [bytes(126), bytes(200)])
def test_a_frame_longer_than_the_radio_sends_is_refused(world_of, say, octets):
    world = world_of(line(2))
    say(world, 0, 0, octets)
    world.run(100_000)
    assert world.devices[0].told_of(TransmitDone) == [(0, TransmitDone(None, accessed=False))]
    assert (world.counters[0].refused, world.counters[0].sent, world.counters[1].offered) == (1, 0, 0)


def test_a_second_frame_while_one_is_on_the_air_is_refused(world_of, say):
    world = world_of(line(2))
    say(world, 0, 0, FRAME)
    say(world, 10, 0, b"impatient")
    world.run(10_000)
    assert world.devices[0].told_of(TransmitDone) == [
        (10, TransmitDone(None, accessed=False)),
        (AIRTIME, TransmitDone()),
    ]
    assert world.devices[1].heard == [(AIRTIME, FRAME)]


def test_the_capture_has_every_frame_once_in_order_with_its_frame_check(world_of, say):
    stream = io.BytesIO()
    world = world_of(full(3), stream=stream)
    say(world, 2_000_000, 0, FRAME)
    say(world, 3_000_000, 1, b"abc")
    world.run(4_000_000)
    found = records(stream)
    assert [(at, octets[:-2]) for at, octets in found] == [(2_000_000 + AIRTIME, FRAME), (3_000_352, b"abc")]
    assert all(frame_check_holds(octets) for _, octets in found)


@pytest.mark.parametrize(
    ("qualities", "holds"),
    [
        ([LinkQuality(corruption=1), LinkQuality(corruption=1)], False),
        ([LinkQuality(corruption=1), LinkQuality(loss=1)], False),
        ([LinkQuality(corruption=1), LinkQuality()], True),  # somebody has it whole
        ([LinkQuality(loss=1), LinkQuality(loss=1)], True),  # it was sent as it should be
    ],
)
def test_the_frame_check_in_the_capture_is_wrong_where_nobody_has_the_frame_whole(parrot, say, qualities, holds):
    stream = io.BytesIO()
    world = World(1, stream=stream)
    for number in range(3):
        world.add(parrot())
        if number:
            world.connect(0, number, qualities[number - 1])
    say(world, 0, 0, FRAME)
    world.run(10_000)
    ((_, octets),) = records(stream)
    assert octets[:-2] == FRAME
    assert frame_check_holds(octets) == holds


def test_a_collision_is_captured_with_wrong_frame_checks(world_of, say):
    stream = io.BytesIO()
    world = world_of(line(3), collisions=True, stream=stream)
    say(world, 0, 0, FRAME)
    say(world, 5, 2, FRAME)
    world.run(10_000)
    assert [frame_check_holds(octets) for _, octets in records(stream)] == [False, False]


def test_a_sender_switched_off_in_the_middle_is_heard_by_nobody_and_told_nothing(world_of, say):
    stream = io.BytesIO()
    world = world_of(line(3), stream=stream)
    say(world, 0, 1, FRAME)
    world.plan(PowerOff(800, 1), PowerOn(1000, 1))
    say(world, 5000, 1, b"again")
    world.run(10_000)
    assert fates(world, 0) == fates(world, 2) == {Fate.CORRUPTED: 1, Fate.RECEIVED: 1}
    assert [at for at, _ in world.devices[1].told_of(TransmitDone)] == [5000 + 13 * 32]
    assert [frame_check_holds(octets) for _, octets in records(stream)] == [False, True]


def test_a_receiver_must_be_on_from_begin_to_end(world_of, say):
    world = world_of(line(2))
    for start in (0, 10_000, 20_000):
        say(world, start, 0, FRAME)
    world.plan(PowerOff(500, 1), PowerOn(600, 1))  # within the first
    world.plan(PowerOff(9_000, 1), PowerOn(10_001, 1))  # until just after the second began
    world.run(100_000)
    assert world.devices[1].heard == [(20_000 + AIRTIME, FRAME)]
    assert fates(world, 1) == {Fate.OFF: 2, Fate.RECEIVED: 1}


def test_what_is_on_its_way_to_a_device_is_not_for_the_one_after_a_restart(world_of, say, assess):
    world = world_of(line(2, LinkQuality(delay_us=5000, duplication=1)))
    say(world, 0, 0, FRAME)
    assess(world, 2950, 1)
    world.plan(PowerOff(3000, 1), PowerOn(3001, 1))
    world.run(100_000)
    assert world.devices[1].heard == []
    assert world.devices[1].told_of(ChannelAssessed) == []
    assert fates(world, 1) == {Fate.OFF: 1}
    assert world.counters[1].repeated == 0


def test_who_comes_back_before_its_broken_frame_would_have_ended_may_send(world_of, say):
    world = world_of(line(2))
    say(world, 0, 0, FRAME)
    world.plan(PowerOff(800, 0), PowerOn(900, 0))
    say(world, 1000, 0, b"back")
    world.run(10_000)
    assert world.counters[0].refused == 0
    assert world.devices[1].heard == [(1000 + 12 * 32, b"back")]


def test_a_frame_begins_before_whatever_else_is_planned_for_the_moment(world_of, say):
    world = world_of(line(2))
    say(world, 1000, 0, FRAME)
    world.plan(LinkChange(1000, 0, 1, None))
    world.run(10_000)
    assert world.devices[1].heard == [(1000 + AIRTIME, FRAME)]


def test_who_sends_finds_the_channel_busy(world_of, say, assess):
    world = world_of(line(2))
    say(world, 1000, 0, FRAME)
    assess(world, 1500, 0)
    world.run(10_000)
    assert world.devices[0].told_of(ChannelAssessed) == [(1628, ChannelAssessed(False))]


def test_who_answers_a_frame_at_once_still_hears_another_that_ended_with_it(parrot, say):
    class Hasty(parrot):
        def handle(self, now, given):
            first = isinstance(given, FrameReceived) and not self.heard
            return (*super().handle(now, given), *([Transmit(b"hasty")] if first else []))

    world = World(1)
    world.place(line(3), [parrot(), Hasty(), parrot()])
    say(world, 0, 0, FRAME)
    say(world, 0, 2, FRAME)
    world.run(10_000)
    assert world.devices[1].heard == [(AIRTIME, FRAME)] * 2
    assert world.devices[0].heard == [(AIRTIME + 13 * 32, b"hasty")]
