"""Neighbor Unreachability Detection as a table: RFC 4861 section 7.3 and appendix C.

UNREACHABLE is what RFC 6775 section 6 needs: a registered neighbor that does not answer "SHOULD NOT be deleted but
rather retained until the Registration Lifetime expires". A packet for it starts the probes again (RFC 7048 section 3).
Any other entry ends there.
"""

from collections.abc import Mapping
from enum import Enum

from p6lowpan.capability.identity_enum import IdentityEnum


class State(IdentityEnum):
    """What is known of a neighbor's reachability."""

    INCOMPLETE = "its link-layer address is asked for"
    REACHABLE = "it answered a short while ago"
    STALE = "not known, and nobody asks"
    DELAY = "not known; an upper layer may hear from it before we ask"
    PROBE = "it is asked"
    UNREACHABLE = "it did not answer"


class Event(IdentityEnum):
    """What may happen."""

    NEEDED = "a packet goes to it"
    LEARNED = "its link-layer address was heard; nothing says that it hears us"
    CONFIRMED = "it answered our question, or an upper layer made progress"
    DOUBTED = "an advertisement without the override flag names another link-layer address"
    FAILED = "the link layer could not deliver a frame to it"
    TIMEOUT = "the deadline of the state has come"
    EXHAUSTED = "the same, behind the last solicitation"


class Action(Enum):
    """What is done on the way."""

    RELEASE = "the packets that wait go out"
    SOLICIT = "a solicitation goes out"
    GIVE_UP = "the packets that wait come back; the entry goes, unless it is registered"


Step = tuple[State, Action | None]

TABLE: Mapping[tuple[State, Event], Step] = {
    (State.INCOMPLETE, Event.NEEDED): (State.INCOMPLETE, None),
    (State.INCOMPLETE, Event.LEARNED): (State.STALE, Action.RELEASE),
    (State.INCOMPLETE, Event.CONFIRMED): (State.REACHABLE, Action.RELEASE),
    (State.INCOMPLETE, Event.TIMEOUT): (State.INCOMPLETE, Action.SOLICIT),
    (State.INCOMPLETE, Event.EXHAUSTED): (State.UNREACHABLE, Action.GIVE_UP),
    (State.REACHABLE, Event.NEEDED): (State.REACHABLE, None),
    (State.REACHABLE, Event.LEARNED): (State.STALE, None),
    (State.REACHABLE, Event.CONFIRMED): (State.REACHABLE, None),
    (State.REACHABLE, Event.DOUBTED): (State.STALE, None),
    (State.REACHABLE, Event.FAILED): (State.PROBE, Action.SOLICIT),
    (State.REACHABLE, Event.TIMEOUT): (State.STALE, None),
    (State.STALE, Event.NEEDED): (State.DELAY, None),
    (State.STALE, Event.LEARNED): (State.STALE, None),
    (State.STALE, Event.CONFIRMED): (State.REACHABLE, None),
    (State.STALE, Event.DOUBTED): (State.STALE, None),
    (State.STALE, Event.FAILED): (State.PROBE, Action.SOLICIT),
    (State.DELAY, Event.NEEDED): (State.DELAY, None),
    (State.DELAY, Event.LEARNED): (State.STALE, None),
    (State.DELAY, Event.CONFIRMED): (State.REACHABLE, None),
    (State.DELAY, Event.DOUBTED): (State.DELAY, None),
    (State.DELAY, Event.FAILED): (State.PROBE, Action.SOLICIT),
    (State.DELAY, Event.TIMEOUT): (State.PROBE, Action.SOLICIT),
    (State.PROBE, Event.NEEDED): (State.PROBE, None),
    (State.PROBE, Event.LEARNED): (State.STALE, None),
    (State.PROBE, Event.CONFIRMED): (State.REACHABLE, None),
    (State.PROBE, Event.DOUBTED): (State.PROBE, None),
    (State.PROBE, Event.FAILED): (State.PROBE, None),
    (State.PROBE, Event.TIMEOUT): (State.PROBE, Action.SOLICIT),
    (State.PROBE, Event.EXHAUSTED): (State.UNREACHABLE, Action.GIVE_UP),
    (State.UNREACHABLE, Event.NEEDED): (State.PROBE, Action.SOLICIT),
    (State.UNREACHABLE, Event.LEARNED): (State.STALE, None),
    (State.UNREACHABLE, Event.CONFIRMED): (State.REACHABLE, None),
    (State.UNREACHABLE, Event.DOUBTED): (State.UNREACHABLE, None),
    (State.UNREACHABLE, Event.FAILED): (State.UNREACHABLE, None),
}
"""Where there is no row, nothing happens: an INCOMPLETE entry has no address to doubt or to fail, and a state without
a deadline has no timeout."""

UNMOVED = frozenset(state for (state, event), step in TABLE.items() if event is Event.NEEDED and step == (state, None))
"""Where a packet for a neighbor leads to nothing: there most packets are."""
