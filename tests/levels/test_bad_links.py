"""Every pair of levels over a link that loses, damages, repeats, delays and reorders frames.

What the link layer's retries cannot bring over, the sender of the test sends again, five times at most, as an
application would. The bounds: everything has arrived then; nothing was handed up twice; no level was ever believed that
the neighbour does not have; nothing was sent above what was known; and where an error was needed one was enough, unless
the radio lost it.
"""

import itertools

import pytest

from levels.meeting import Meeting
from levels.neighborhood import Kind, strangers
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode
from p6lowpan.simulator.links import LinkQuality

BAD = LinkQuality(loss=0.1, corruption=0.02, duplication=0.1, reordering=0.1, jitter_us=200)
RESENT, ERRORS = 5, 2
CASES = [
    pytest.param(one, other, advertise, seed, id=f"{one}-{other}-{advertise}")
    for seed, ((one, other), advertise) in enumerate(
        zip(itertools.combinations_with_replacement(range(7), 2), itertools.cycle((Advertise.ALWAYS, Advertise.NEVER)))
    )
]


@pytest.mark.parametrize(("one", "other", "advertise", "seed"), CASES)
def test_over_a_bad_link_everything_arrives_once_and_nothing_false_is_believed(one, other, advertise, seed):
    kind, profiles = Kind(advertise, mode=Mode.REGULAR), (of_level(one), of_level(other))
    meeting = Meeting(strangers(*profiles, kind, BAD, seed), profiles, is_quiet=False)
    meeting.resend(RESENT)
    assert {packet: count for packet, count in meeting.arrivals().items() if count != 1} == {}
    assert set(meeting.datagrams().values()) == {1}
    assert not meeting.has_false_beliefs()
    verdict = meeting.verdict()
    assert [str(excess) for excess in verdict.excesses] == []
    assert max(verdict.errors.values(), default=0) <= ERRORS
    assert meeting.neighborhood.world.trace.total().fates["lost"] > 0
