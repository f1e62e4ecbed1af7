"""Who is in the neighbor cache, as a policy sees it: how many of each group, and who was used longest ago.

Only of those who may have to go for others is the order kept; the thousands who registered are counted.
"""

from collections import Counter
from collections.abc import Iterable

from p6lowpan.capability.identity_enum import IdentityEnum
from p6lowpan.machines.agenda import Agenda
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import Ipv6Address


class Group(IdentityEnum):
    """What a neighbor is to us."""

    ROUTER = "one of our default routers"
    REGISTERED = "it registered an address with us, or is about to"
    OTHER = "anybody else"


Standing = tuple[Group, State]


class Crowd:
    """See the module. ``ordered`` are the groups of which somebody may be the one used longest ago."""

    def __init__(self, ordered: Iterable[Group]) -> None:
        self.counts: Counter[Group] = Counter()
        self._orders = {group: {state: Agenda[Ipv6Address]() for state in State} for group in ordered}
        self._standings: dict[Ipv6Address, Standing] = {}

    def __len__(self) -> int:
        return len(self._standings)

    def file(self, address: Ipv6Address, group: Group, state: State, used_at: int) -> None:
        """Somebody came, or stands elsewhere than before."""
        before = self._standings.get(address)
        if before is None or before[0] is not group or before[1] is not state:
            self.remove(address)
            self.counts[group] += 1
            self._standings[address] = group, state
        if group in self._orders:
            self._orders[group][state].set(address, used_at)

    def remove(self, address: Ipv6Address) -> None:
        """Somebody went; no matter whether he was there."""
        before = self._standings.pop(address, None)
        if before is not None:
            group, state = before
            self.counts[group] -= 1
            if group in self._orders:
                self._orders[group][state].set(address, None)

    def oldest(self, groups: Iterable[Group], states: Iterable[State]) -> Ipv6Address | None:
        """Who of some groups, in some states, was used longest ago."""
        found: tuple[int, Ipv6Address] | None = None
        for group in groups:
            for state in states:
                order = self._orders[group][state]
                moment, first = order.earliest, order.first
                if moment is not None and first is not None and (found is None or moment < found[0]):
                    found = moment, first
        return None if found is None else found[1]
