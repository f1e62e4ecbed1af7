"""The life of contexts at the border router, row by row."""

import pytest

from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.context_life import TABLE, ContextEvent, ContextLife, Phase
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import OTHER_PREFIX, PREFIX, discovery, limited

DELAY = 300_000_000
CONTEXT, OTHER = Context(1, PREFIX, 64), Context(1, OTHER_PREFIX, 64)


def life(*contexts, **limits):
    return ContextLife(discovery(Role.BORDER_ROUTER, contexts=contexts, limits=limited(**limits)).interface)


def phases(contexts):
    return [managed.phase for managed in contexts._managed.values()]


def test_a_new_context_is_introduced_and_then_used():
    contexts = life()
    assert contexts.announce(0, CONTEXT)
    assert phases(contexts) == [Phase.INTRODUCED]
    assert not contexts.tick(DELAY - 1)
    assert contexts.deadline == DELAY
    assert contexts.tick(DELAY)
    assert (phases(contexts), contexts.deadline) == ([Phase.IN_USE], None)


def test_a_context_that_was_only_introduced_retires_as_well():
    contexts = life()
    contexts.announce(0, CONTEXT)
    assert contexts.withdraw(1, 1)
    assert phases(contexts) == [Phase.RETIRING]
    assert contexts.tick(DELAY + 1)
    assert phases(contexts) == []


def test_a_context_in_use_retires_before_it_goes():
    contexts = life(CONTEXT)
    assert contexts.withdraw(0, 1)
    assert [one.compress for one in contexts.contexts] == [False]
    assert contexts.tick(DELAY)
    assert contexts.contexts == ()


def test_the_last_word_counts_while_a_context_retires():
    contexts = life(CONTEXT)
    contexts.withdraw(0, 1)
    assert not contexts.announce(1, OTHER)  # nothing to announce yet
    assert contexts.tick(DELAY)
    assert contexts.contexts == (Context(1, OTHER_PREFIX, 64, compress=False),)


def test_a_retiring_context_that_is_wanted_again_still_retires_first():
    contexts = life(CONTEXT)
    contexts.announce(0, OTHER)
    contexts.announce(1, CONTEXT)
    contexts.tick(DELAY)
    assert contexts.contexts == (Context(1, PREFIX, 64, compress=False),)
    contexts.tick(2 * DELAY)
    assert contexts.contexts == (CONTEXT,)


def test_what_nobody_announced_is_not_withdrawn():
    assert not life().withdraw(0, 3)


def test_sixteen_contexts_fit():
    contexts = life()
    for identifier in range(16):
        contexts.announce(0, Context(identifier, PREFIX, 64))
    assert len(contexts.options()) == 16
    assert contexts.tick(DELAY)
    assert all(one.compress for one in contexts.options())


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_can_be_left_by_waiting_but_the_one_of_use(phase):
    assert ((phase, ContextEvent.WAITED) in TABLE) == (phase is not Phase.IN_USE)
