"""When a host asks for routers: RFC 6775 section 5.3, RFC 4861 section 6.3.7.

Theory of operation. Without a router the host multicasts up to 3 Router Solicitations, 10 s apart, and then ever more
slowly, up to 60 s apart. With a router whose information is about to end it asks that one first, up to 3 times, and
then everybody. "In all cases, the RS retransmissions are terminated when an RA is received." On a regular link it falls
silent after 3.

Whatever happens, two solicitations are at least the interval apart: no advertisement, with however short a lifetime,
makes a host send more. And a host that needs a router again shortly after one answered, because that one refused it,
goes on where it was, ever more slowly.
"""

from collections.abc import Mapping
from enum import Enum

from p6lowpan.machines.neighbor_discovery.interface import Interface
from p6lowpan.machines.neighbor_discovery.messages import Way, router_solicitation
from p6lowpan.machines.neighbor_discovery.outputs import Outputs


class Soliciting(Enum):
    """What the host asks for."""

    NOTHING = "it has what it needs, or has given up"
    ANYBODY = "it has no router"
    ONE = "its router's information is about to end"


class SolicitingEvent(Enum):
    """What may happen."""

    ROUTER_NEEDED = "there is no router, or the only one refused us"
    REFRESH_DUE = "a router's information is about to end"
    ANSWERED = "an advertisement came"
    TIMEOUT = "the interval is over"
    EXHAUSTED = "the interval behind the last unicast solicitation is over"


class SolicitingAction(Enum):
    """What is done on the way."""

    WAIT_A_MOMENT = "so that not all hosts ask at once (RFC 4861 section 6.3.7)"
    ASK = "a solicitation goes out as soon as the interval allows"
    STOP = "the timer ends"


TABLE: Mapping[tuple[Soliciting, SolicitingEvent], tuple[Soliciting, SolicitingAction]] = {
    (Soliciting.NOTHING, SolicitingEvent.ROUTER_NEEDED): (Soliciting.ANYBODY, SolicitingAction.WAIT_A_MOMENT),
    (Soliciting.NOTHING, SolicitingEvent.REFRESH_DUE): (Soliciting.ONE, SolicitingAction.ASK),
    (Soliciting.ANYBODY, SolicitingEvent.ANSWERED): (Soliciting.NOTHING, SolicitingAction.STOP),
    (Soliciting.ANYBODY, SolicitingEvent.TIMEOUT): (Soliciting.ANYBODY, SolicitingAction.ASK),
    (Soliciting.ONE, SolicitingEvent.ROUTER_NEEDED): (Soliciting.ANYBODY, SolicitingAction.ASK),
    (Soliciting.ONE, SolicitingEvent.ANSWERED): (Soliciting.NOTHING, SolicitingAction.STOP),
    (Soliciting.ONE, SolicitingEvent.TIMEOUT): (Soliciting.ONE, SolicitingAction.ASK),
    (Soliciting.ONE, SolicitingEvent.EXHAUSTED): (Soliciting.ANYBODY, SolicitingAction.ASK),
}
"""Where there is no row, nothing happens: who asks everybody is not to ask one."""


class Solicitor:
    """The machine. ``state`` is for whoever wants to look."""

    def __init__(self, interface: Interface) -> None:
        self.state = Soliciting.NOTHING
        self.deadline: int | None = None
        self._interface = interface
        self._router: Way | None = None
        self._sent = 0
        self._interval = 0
        self._not_before = 0
        self._next_at = 0
        self._fresh_from = 0

    @property
    def asked(self) -> Way | None:
        """The one router that is asked."""
        return self._router if self.state is Soliciting.ONE else None

    def need_router(self, now: int) -> Outputs:
        """There is no router to use."""
        return self._happened(now, SolicitingEvent.ROUTER_NEEDED)

    def refresh(self, now: int, router: Way) -> Outputs:
        """The information of ``router`` is about to end."""
        if self.state is Soliciting.NOTHING:
            self._router = router
        return self._happened(now, SolicitingEvent.REFRESH_DUE)

    def answered(self, now: int, router: Way) -> None:
        """An advertisement of a router came that can be used."""
        if self.asked is None or self.asked.destination == router.destination:
            self._happened(now, SolicitingEvent.ANSWERED)

    def stop(self) -> None:
        """The host leaves."""
        self.state, self.deadline = Soliciting.NOTHING, None

    def tick(self, now: int) -> Outputs:
        """What is due."""
        if self.deadline is None or self.deadline > now:
            return ()
        exhausted = self.state is Soliciting.ONE and self._sent >= self._interface.limits.router_solicitations
        return self._happened(now, SolicitingEvent.EXHAUSTED if exhausted else SolicitingEvent.TIMEOUT)

    def _happened(self, now: int, event: SolicitingEvent) -> Outputs:
        step = TABLE.get((self.state, event))
        if step is None:
            return ()
        before, (self.state, action) = self.state, step
        limits = self._interface.limits
        goes_on = action is SolicitingAction.WAIT_A_MOMENT and now < self._fresh_from
        if self.state is not before and action is not SolicitingAction.STOP and not goes_on:
            self._sent = 0
            self._interval = self._first_interval()
        match action:
            case SolicitingAction.WAIT_A_MOMENT:
                moment = now + self._interface.random(limits.router_solicitation_delay_us)
                self.deadline = max(moment, self._next_at if goes_on else self._not_before)
            case SolicitingAction.ASK:
                return self._ask(now)
            case SolicitingAction.STOP:
                self.deadline = None
                self._fresh_from = now + limits.longest_solicitation_interval_us
        return ()

    def _ask(self, now: int) -> Outputs:
        """Send, or wait until the interval behind the last solicitation is over."""
        limits = self._interface.limits
        if now < self._not_before:
            self.deadline = self._not_before
            return ()
        if not self._interface.is_lowpan and self._sent >= limits.router_solicitations:
            self.state, self.deadline = Soliciting.NOTHING, None
            return ()
        self._sent += 1
        if self._sent > limits.router_solicitations:
            self._interval = min(2 * self._interval, limits.longest_solicitation_interval_us)
        self._not_before = now + self._first_interval()
        self.deadline = self._next_at = now + self._interval
        return (router_solicitation(self._interface, self.asked),)

    def _first_interval(self) -> int:
        limits = self._interface.limits
        if self._interface.is_lowpan:
            return limits.router_solicitation_interval_us
        return limits.regular_solicitation_interval_us
