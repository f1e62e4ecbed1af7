"""What is still to be asked."""

from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.remaining import Remaining
from p6lowpan.interop.probing.results import Outcome, Results

FIRST, DOUBTFUL, BEHIND_IT, LAST = plan(Reach())[:4]
FRAME = ("41",)


def test_what_was_judged_before_it_was_known_how_much_is_lost_is_asked_again_with_what_depended_on_it():
    results = Results(answered=10)
    remaining = Remaining((FIRST, DOUBTFUL, BEHIND_IT, LAST), results)
    remaining.decide(Outcome.ANSWERED, "", 1, FRAME, FRAME)
    remaining.decide(Outcome.SILENT, "", results.tries(1), FRAME, ())
    remaining.decide(Outcome.LACKING, "", 0, (), ())
    results.lost = 10
    remaining.decide(Outcome.SILENT, "", results.tries(1), FRAME, ())
    assert remaining.queue == [DOUBTFUL, BEHIND_IT]
    assert list(results.of) == [FIRST.name, LAST.name]
    remaining.decide(Outcome.SILENT, "", results.tries(1), FRAME, ())
    remaining.decide(Outcome.LACKING, "", 0, (), ())
    assert remaining.is_done
