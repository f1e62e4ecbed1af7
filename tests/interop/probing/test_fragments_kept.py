"""Neighbours that keep what is not whole: what is asked meanwhile, what it says, and how long it all takes."""

from dataclasses import replace

import pytest

from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.attempt import are_fragments, completion
from p6lowpan.interop.probing.learning import begun
from p6lowpan.interop.probing.plan import DATAGRAM, REASSEMBLIES, WAIT, Reach, plan
from p6lowpan.interop.probing.plan_fragments import IN_FRAGMENTS, at_once, in_fragments
from p6lowpan.interop.probing.probe import OutFrame, ending_together
from p6lowpan.interop.probing.results import Outcome, restored
from p6lowpan.interop.probing.room import KEPT_US, SOON_US, Room
from p6lowpan.interop.probing.scene import Base
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.wire.address import Link

SECOND = 1_000_000
REACH = Reach()
SCENE = replace(simulated.SCENE, base=Base.PLAIN, fragments=Base.PLAIN, room=100)
LINK = Link(simulated.OURS, simulated.THEIRS)


def run(name, reach=REACH, loss=0.0):
    simulation = simulated.simulation(simulated.by_name(name), LinkQuality(loss=loss), reach)
    simulation.run()
    assert simulation.prober.is_done
    return simulation


def bounds_of(simulation):
    return {one.name: (one.reached, one.failed) for one in simulation.prober.findings.bounds}


@pytest.mark.parametrize(
    ("name", "seconds"), [("contiki", 240), ("tinyos", 360), ("smoltcp", 220), ("scapy", 150), ("lwip", 170)]
)
def test_a_neighbour_that_keeps_fragments_for_a_minute_is_probed_in_a_few(name, seconds):
    assert run(name).world.now < seconds * SECOND


def test_while_there_is_no_room_for_fragments_what_needs_none_is_asked():
    results = run("contiki").prober.results
    order = list(results.of)
    assert results.of["size/1152"].why.endswith("its fragments were kept, and not put together")
    assert order.index("size/1152") < order.index("hop-limit/255") < order.index("fragments/8")


def test_that_fragments_were_kept_says_no_at_once_and_needs_no_second_try():
    results = run("tinyos").prober.results
    kept = results.of["order/reversed"]
    assert (kept.outcome, kept.tries, kept.is_sure) == (Outcome.SILENT, 1, True)
    assert restored(results.saved()).of["order/reversed"] == kept


@pytest.mark.parametrize(
    ("name", "expected"), [("smoltcp-full", (4, 5)), ("nanostack", (8, 12)), ("wisun-wsbrd", (8, 12))]
)
def test_what_was_left_before_does_not_lessen_a_bound(name, expected):
    assert bounds_of(run(name))[REASSEMBLIES] == expected


def test_a_bound_is_tried_again_where_what_was_asked_before_may_have_taken_room():
    probes = {one.name: one for one in plan(REACH)}
    first = [one for name, one in probes.items() if name.startswith(("base/", "fragment/"))]
    at_once_ = [one for name, one in probes.items() if name.startswith("parallel/")]
    simulation = simulated.simulation(simulated.by_name("smoltcp-full"), reach=REACH, probes=(*first, *at_once_))
    simulation.run()
    results = simulation.prober.results.of
    assert results["fragment/ends-before-header"].outcome is not Outcome.ANSWERED  # it leaves something there
    assert bounds_of(simulation)[REASSEMBLIES] == (4, 5)


def test_loss_does_not_lessen_a_bound_either():
    bounds = bounds_of(run("contiki", Reach(octets=1281, wait_s=1), loss=0.15))
    assert (bounds[DATAGRAM], bounds[REASSEMBLIES]) == ((1024, 1152), (2, 3))


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_pauses_are_tried_together_and_shorter_ones_are_implied():
    simulation = run("5", Reach(octets=160, wait_s=65))
    assert bounds_of(simulation)[WAIT] == (58, 65)
    assert simulation.world.now < 200 * SECOND  # 300 and more one after the other
    waits = [one for bound in simulation.prober.findings.bounds if bound.name == WAIT for one in bound.results]
    assert {one.outcome for one in waits} == {Outcome.ANSWERED, Outcome.IMPLIED, Outcome.SILENT}
    implied = [one.why for one in waits if one.outcome is Outcome.IMPLIED]
    assert all(why.endswith(" s between the first fragment and the others was answered") for why in implied)


def test_rows_of_frames_end_together_whatever_their_pauses():
    def row(name, pause):
        return OutFrame(LINK, name + b"1"), OutFrame(LINK, name + b"2", pause), OutFrame(LINK, name + b"3")

    frames = ending_together([row(b"a", 2), row(b"b", 5), row(b"c", 0)])
    at, times = 0, {}
    for frame in frames:
        at += frame.after_us
        times[frame.payload] = at
    assert times == {b"b1": 0, b"a1": 3, b"c1": 5, b"a2": 5, b"a3": 5, b"b2": 5, b"b3": 5, b"c2": 5, b"c3": 5}


def test_who_goes_on_later_knows_how_many_datagrams_at_once_are_put_together():
    results = run("riot", Reach(octets=160, wait_s=0)).prober.results
    assert begun(simulated.SCENE, restored(results.saved()), 100).parallel == 4


# --- what completes datagrams, and when there may be room -------------------------------------------------------------


def test_what_completes_datagrams_is_the_rest_of_each_in_order():
    frames = IN_FRAGMENTS(SCENE, in_fragments(2)(SCENE, 64), 64)
    count = len(frames) // 2
    again = completion(frames[::-1])
    assert [frame.payload for frame in again] == [frame.payload for frame in (*frames[1:count], *frames[count + 1 :])]
    assert are_fragments(again)
    assert not are_fragments(tuple(OutFrame(LINK, payload) for payload in (b"\x41", b"\x7a\x33", b"\xf1", b"\xe8\0")))


def test_short_packets_are_cut_all_the_same():
    assert len(IN_FRAGMENTS(SCENE, at_once(1)(SCENE, 64), 64)) == 4


def test_room_is_looked_for_soon_and_then_when_no_neighbour_keeps_anything():
    room = Room(may_be_taken=False)
    assert room.was_all_free(0)
    room.left(5)
    assert not room.was_all_free(5 + SOON_US)
    assert room.moment(9, 0, is_known=True) == 5 + SOON_US
    assert room.moment(9, 1, is_known=True) == 5 + KEPT_US
    assert room.moment(9, 3, is_known=True) is None
    assert room.moment(9, 0, is_known=False) == 5 + KEPT_US
    room.is_there(absences=2, is_all=False)
    assert room.was_all_free(9)
    room.left(20)
    assert room.moment(30, 0, is_known=True) == 20 + KEPT_US  # this one keeps them long
