"""What is still to be asked."""

from dataclasses import replace

from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.remaining import Remaining
from p6lowpan.interop.probing.results import Outcome, Result, Results
from p6lowpan.interop.probing.scene import Base

FIRST, DOUBTFUL, BEHIND_IT, LAST = plan(Reach())[:4]
FRAME = ("41",)


def decided(probe, outcome, tries=0, is_sure=False):
    return probe, Result(probe.name, outcome, "", tries, FRAME if tries else (), is_sure=is_sure)


def test_what_was_judged_before_it_was_known_how_much_is_lost_is_asked_again_with_what_depended_on_it():
    results = Results(answered=10)
    remaining = Remaining((FIRST, DOUBTFUL, BEHIND_IT, LAST), results)
    remaining.decide(*decided(FIRST, Outcome.ANSWERED, 1))
    remaining.decide(*decided(DOUBTFUL, Outcome.SILENT, results.tries(1)))
    remaining.decide(*decided(BEHIND_IT, Outcome.LACKING))
    results.lost = 10
    remaining.decide(*decided(LAST, Outcome.SILENT, results.tries(1)))
    assert remaining.queue == [DOUBTFUL, BEHIND_IT]
    assert list(results.of) == [FIRST.name, LAST.name]
    remaining.decide(*decided(DOUBTFUL, Outcome.SILENT, results.tries(1)))
    remaining.decide(*decided(BEHIND_IT, Outcome.LACKING))
    assert remaining.is_done


def test_what_is_sure_is_not_asked_again_however_much_was_lost():
    results = Results(answered=10, lost=10)
    remaining = Remaining((FIRST,), results)
    remaining.decide(*decided(FIRST, Outcome.SILENT, 1, is_sure=True))
    assert remaining.is_done


def test_while_there_is_no_room_for_fragments_only_what_needs_none_is_asked():
    scene = replace(simulated.SCENE, base=Base.PLAIN, fragments=Base.PLAIN, room=100)
    probes = plan(Reach())
    in_fragments = next(probe for probe in probes if probe.name.startswith("size/"))
    remaining = Remaining((in_fragments, FIRST), Results())
    assert remaining.first(scene, frames_alone=False) is in_fragments
    assert remaining.first(scene, frames_alone=True) is FIRST
    assert Remaining((in_fragments,), Results()).first(scene, frames_alone=True) is None
