"""What each neighbour can take: discovery of capability levels (draft-ayers-low-power-interop-01 section 6.2).

Theory of operation. Per link-layer neighbour one thing is known: its level (or FLEX field), or nothing yet. It is
learned from a class-unsupported error, which can only lower it, from Neighbor Discovery, or from configuration. What is
sent uses the features that both ends have; before anything is known, the policy decides.

An error may come a while after the datagram that provoked it. So that discovery loses no packet, the first datagram to
a neighbour that uses a feature not yet proven there is kept, and until it is known what became of it, others go with
proven features and those of level 0 alone. An error lowers the level and gives the kept datagram back to be sent again;
so does an advertisement that overtakes the error. Silence for ``discovery_wait_us`` proves the features. Only so many
datagrams are kept (``discovery_datagrams``); while they are, neighbours beside them get proven features and level 0.

A neighbour is who has its EUI-64: what is learned under a short address counts for both, from when it is known whose it
is (:class:`Identities`).

    unknown --error--> known      unknown --advertisement--> known      known --advertisement--> known (up or down)
    known --error--> lower, where what was last sent exceeds what the error announces; else the error is stale
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation.audience import Audience, audience_of
from p6lowpan.machines.adaptation.news import Contradicted, How, Learned
from p6lowpan.machines.agenda import Agenda
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.link.identities import Identities
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import LinkAddress

WHERE = "discovery"
ROUTER_LEVEL = 5
"""Draft section 6.1: "P6LoWPAN routers are required to be level 5"."""
MOST_AGREED = 32
"""For how many profiles it is remembered what we have in common."""

Features = frozenset[Feature]
BASELINE: Features = profiles.level_features(0)
"""Nobody complains about these."""


class Policy(StrEnum):
    """What is sent to a neighbour of which nothing is known."""

    OPTIMISTIC = "optimistic"  # our own level; errors teach
    CONSERVATIVE = "conservative"  # level 0 until it says more
    ROUTERS_ARE_5 = "routers-are-5"  # level 5 to routers, level 0 to others


@value
class KnownLevel:
    """What is worth keeping of a neighbour over a restart: what it can do, and how that was learned."""

    neighbor: LinkAddress
    profile: Profile
    how: How
    is_router: bool = False


@dataclass(slots=True)
class Neighbor:
    """What is held for one neighbour; :mod:`p6lowpan.machines.adaptation.neighbor_entry` tells in how few octets.

    ``proven`` was sent and not complained about, ``last_sent`` may still be; ``kept`` is the datagram that waits for
    that until ``kept_until``.
    """

    profile: Profile | None = None
    how: How | None = None
    is_router: bool = False
    proven: Features = frozenset()
    last_sent: Features = frozenset()
    kept: bytes | None = None
    kept_until: int = 0


class Levels:
    """What one node knows of its neighbours. ``own`` is the node's profile: a level, or a FLEX field."""

    def __init__(
        self,
        own: Profile,
        limits: Limits,
        policy: Policy = Policy.OPTIMISTIC,
        pinned: Mapping[LinkAddress, Profile] | None = None,
        demands_security: bool = False,
        identities: Identities | None = None,
    ) -> None:
        self.own = own
        self.policy = policy
        self.limits = limits
        self.demands_security = demands_security
        self.evicted = 0
        self.errors_ignored = 0
        self.waited_for_room = 0
        self.touched: Touched[LinkAddress] = Touched()
        self._of = (identities or Identities(limits.short_addresses)).of
        self._agreed: dict[int, tuple[Profile, Profile]] = {}
        self._pinned = dict(pinned or {})
        self._neighbors: BoundedTable[LinkAddress, Neighbor] = BoundedTable(limits.discovery_neighbors)
        self._probation: Agenda[LinkAddress] = Agenda()  # until when silence about a kept datagram is no proof
        self._strangers: dict[LinkAddress, None] = {}  # of whom nothing is known, and for whom nothing is kept
        self._census: Counter[Profile | None] = Counter()  # of those that are not pinned

    @property
    def neighbors(self) -> Mapping[LinkAddress, Neighbor]:
        """Who was sent to or heard of, the longest known first."""
        return self._neighbors

    # --- what outlives a restart --------------------------------------------------------------------------------------

    def addresses(self) -> tuple[LinkAddress, ...]:
        """Whom :meth:`known_level` may be asked about."""
        return tuple(self._neighbors)

    def known_level(self, neighbor: LinkAddress) -> KnownLevel | None:
        """What was learned of one neighbour."""
        entry = self._neighbors.get(neighbor)
        if entry is None or entry.profile is None or entry.how is None:
            return None
        return KnownLevel(neighbor, entry.profile, entry.how, entry.is_router)

    def restore(self, known: Iterable[KnownLevel]) -> None:
        """Take over what was known before a restart."""
        for one in known:
            entry = self._entry(one.neighbor)
            self._set_profile(one.neighbor, entry, one.profile, one.how)
            entry.is_router = one.is_router

    def pin(self, neighbor: LinkAddress, profile: Profile | None) -> Contradicted | None:
        """From now on a neighbour's profile is configured; ``None``: no longer, and what it can do is learned."""
        neighbor = self._of(neighbor)
        entry = self._neighbors.get(neighbor)
        if entry is not None:
            self._count(neighbor, entry, -1)
        if profile is None:
            self._pinned.pop(neighbor, None)
        else:
            self._pinned[neighbor] = profile
        if entry is not None:
            self._count(neighbor, entry, 1)
        return self._contradicted(neighbor, self.announced(neighbor))

    def announced(self, neighbor: LinkAddress) -> Profile | None:
        """What a neighbour whose profile is configured said of itself."""
        neighbor = self._of(neighbor)
        entry = self._neighbors.get(neighbor)
        return entry.profile if entry is not None and neighbor in self._pinned else None

    # --- what to send ------------------------------------------------------------------------------------------------

    def known(self, neighbor: LinkAddress) -> tuple[Profile | None, How | None]:
        """What is known of a neighbour, and how it was learned."""
        neighbor = self._of(neighbor)
        if neighbor in self._pinned:
            return self._pinned[neighbor], How.CONFIGURED
        entry = self._neighbors.get(neighbor)
        return (entry.profile, entry.how) if entry else (None, None)

    def sending_profile(self, neighbor: LinkAddress) -> Profile:
        """The features and bounds of what may be sent to a neighbour now: what both ends have, as far as is known."""
        neighbor = self._of(neighbor)
        profile, _ = self.known(neighbor)
        if profile is not None:
            return self._common(profile)
        assumed = self._common(self._assumed(neighbor))
        entry = self._neighbors.get(neighbor)
        if entry is None or entry.kept is None:
            if self._has_room():
                return assumed
            self.waited_for_room += 1
        proven = entry.proven if entry is not None else frozenset()
        return replace(assumed, sends=assumed.sends & (proven | BASELINE))

    def everybody(self) -> Audience:
        """No error may answer a multicast: the lowest among the neighbours, level 0 while any of them is unknown."""
        principled = [profile or profiles.of_level(0) for profile in self._census]
        return audience_of(self.own, principled if principled or self._pinned else [profiles.of_level(0)], self._pinned)

    def routers(self) -> Audience:
        """For solicitations: a router's level is 5 at least (draft section 6.1), but for those of stock stacks."""
        stock = {neighbor: profile for neighbor, profile in self._pinned.items() if not profile.is_principled}
        return audience_of(self.own, [profiles.of_level(ROUTER_LEVEL)], stock)

    def takes_errors(self, neighbor: LinkAddress) -> bool:
        """Whether a class-unsupported error says something to a neighbour: to a stock stack it does not."""
        profile, _ = self.known(neighbor)
        return profile is None or profile.is_principled

    def _has_room(self) -> bool:
        """Whether one more datagram can be kept; if not, nothing new is tried until an answer or silence makes room."""
        return len(self._probation) < self.limits.discovery_datagrams

    def _assumed(self, neighbor: LinkAddress) -> Profile:
        if self.policy is Policy.OPTIMISTIC:
            return self.own
        entry = self._neighbors.get(neighbor)
        if self.policy is Policy.ROUTERS_ARE_5 and entry is not None and entry.is_router:
            return profiles.of_level(ROUTER_LEVEL)
        return profiles.of_level(0)

    def _common(self, other: Profile) -> Profile:
        """The same answer for the same profile object, of which there are few: it is asked for at every packet."""
        found = self._agreed.get(id(other))
        if found is None or found[0] is not other:
            if len(self._agreed) >= MOST_AGREED:
                self._agreed.clear()
            found = self._agreed[id(other)] = other, self.own.within(other)
        return found[1]

    # --- what was sent -----------------------------------------------------------------------------------------------

    def sent(self, now: int, neighbor: LinkAddress, features: Features, packet: bytes) -> None:
        """A packet went out with these features: remember it where they may be too much for its receiver."""
        neighbor = self._of(neighbor)
        entry = self._entry(neighbor)
        if self.known(neighbor)[0] is not None:
            entry.last_sent = features
        elif not features <= entry.proven | BASELINE:
            entry.last_sent = features
            if entry.kept is not None or self._has_room():
                self._keep(neighbor, entry, packet, now + self.limits.discovery_wait_us)

    def undelivered(self, neighbor: LinkAddress, packet: bytes) -> None:
        """The link did not bring a packet over: silence about it proves nothing."""
        neighbor = self._of(neighbor)
        entry = self._neighbors.get(neighbor)
        if entry is not None and entry.kept == packet:
            self._keep(neighbor, entry, None)

    def relayed(self, neighbor: LinkAddress, features: Features) -> None:
        """A frame went out with these features that is somebody else's, or for somebody else: an error about them is
        provoked, but there is no packet to keep here."""
        self._entry(self._of(neighbor)).last_sent |= features

    @property
    def deadline(self) -> int | None:
        """When :meth:`expire` has something to do."""
        return self._probation.earliest

    def expire(self, now: int) -> None:
        """Silence proves what was sent."""
        for neighbor in self._probation.take(now):
            entry = self._neighbors[neighbor]
            entry.proven |= entry.last_sent
            self._keep(neighbor, entry, None)

    # --- what was learned --------------------------------------------------------------------------------------------

    def heard(self, neighbor: LinkAddress, is_router: bool | None = None) -> None:
        """A frame came from a neighbour: it exists."""
        neighbor = self._of(neighbor)
        entry = self._entry(neighbor)
        if is_router is not None and entry.is_router != is_router:
            entry.is_router = is_router
            self.touched.note(neighbor)

    def error_received(
        self, neighbor: LinkAddress, announced: Profile, secured: bool
    ) -> Learned | Contradicted | Dropped:
        """A class-unsupported error came from ``neighbor`` itself (hop limit 255 was checked). Where the neighbour's
        profile is configured, that counts, and the first error that says less is told of."""
        neighbor = self._of(neighbor)
        entry = self._neighbors.get(neighbor)
        if entry is None or not entry.last_sent:
            return self._ignored(Reason.UNPROVOKED, "nothing was sent to this neighbour")
        if self.demands_security and not secured:
            return self._ignored(Reason.NOT_SECURED, "the link demands security, the error has none")
        if entry.last_sent <= announced.receives:
            return self._ignored(Reason.STALE, "what was last sent is within what the error announces")
        news = self._told(neighbor, entry, announced, How.ERROR)
        return news or self._ignored(Reason.STALE, "this neighbour's profile is configured")

    def advertised(
        self, neighbor: LinkAddress, announced: Profile, secured: bool
    ) -> Learned | Contradicted | Dropped | None:
        """Neighbor Discovery told a level: it may go up. ``None`` where that is no news."""
        neighbor = self._of(neighbor)
        if self.demands_security and not secured:
            return self._ignored(Reason.NOT_SECURED, "the link demands security, the advertisement has none")
        entry = self._entry(neighbor)
        return None if entry.profile == announced else self._told(neighbor, entry, announced, How.ADVERTISEMENT)

    def _told(
        self, neighbor: LinkAddress, entry: Neighbor, announced: Profile, how: How
    ) -> Learned | Contradicted | None:
        """A neighbour says what it takes: that is learned, or only noted where something is configured."""
        if neighbor not in self._pinned:
            return self._learn(neighbor, entry, announced, how)
        if entry.profile == announced:
            return None
        self._set_profile(neighbor, entry, announced, how)
        return self._contradicted(neighbor, announced)

    def _learn(self, neighbor: LinkAddress, entry: Neighbor, announced: Profile, how: How) -> Learned:
        kept = () if entry.kept is None else (entry.kept,)
        again = () if entry.last_sent <= announced.receives else kept
        entry.proven = frozenset()
        self._set_profile(neighbor, entry, announced, how)
        self._keep(neighbor, entry, None)
        return Learned(neighbor, announced, how, again)

    def _contradicted(self, neighbor: LinkAddress, announced: Profile | None) -> Contradicted | None:
        configured = self._pinned.get(neighbor)
        if configured is None or announced is None or configured.receives <= announced.receives:
            return None
        return Contradicted(neighbor, configured, announced)

    def _ignored(self, reason: Reason, detail: str) -> Dropped:
        self.errors_ignored += 1
        return Dropped(reason, WHERE, detail)

    def identified(self, short: LinkAddress, extended: LinkAddress) -> None:
        """Both are one neighbour's, as will be known in a moment. What was known under the short address counts, where
        nothing is under the EUI-64."""
        configured, before = self._pinned.get(short), self._neighbors.get(short)
        if configured is not None:
            self.pin(short, None)
            self.pin(extended, self._pinned.get(extended, configured))
        if before is None:
            return
        known = replace(before)
        self._forget(short)
        entry = self._entry(extended)
        entry.is_router |= known.is_router
        entry.proven |= known.proven
        entry.last_sent |= known.last_sent
        if entry.profile is None:
            self._set_profile(extended, entry, known.profile, known.how)
        if entry.kept is None:
            self._keep(extended, entry, known.kept, known.kept_until)

    # --- the table ---------------------------------------------------------------------------------------------------

    def _entry(self, neighbor: LinkAddress) -> Neighbor:
        entry = self._neighbors.get(neighbor)
        if entry is None:
            entry = Neighbor()
            self._make_room()
            self._neighbors.put(neighbor, entry)
            self._strangers[neighbor] = None
            self._count(neighbor, entry, 1)
        return entry

    def _make_room(self) -> None:
        """Of whom nothing is known goes first: strangers, of whom there may be any number, push out one another."""
        if len(self._neighbors) < self._neighbors.bound:
            return
        neighbor = next(iter(self._strangers), None) or next(iter(self._neighbors))
        self._forget(neighbor)
        self.evicted += 1

    def _forget(self, neighbor: LinkAddress) -> None:
        entry = self._neighbors[neighbor]
        self._set_profile(neighbor, entry, None, None)
        self._keep(neighbor, entry, None)
        self._count(neighbor, entry, -1)
        self._strangers.pop(neighbor, None)
        self._neighbors.remove(neighbor)

    def _set_profile(self, neighbor: LinkAddress, entry: Neighbor, profile: Profile | None, how: How | None) -> None:
        """What a neighbour can do is another now."""
        self.touched.note(neighbor)
        self._count(neighbor, entry, -1)
        entry.profile, entry.how = profile, how
        self._count(neighbor, entry, 1)
        self._note_stranger(neighbor, entry)

    def _keep(self, neighbor: LinkAddress, entry: Neighbor, packet: bytes | None, until: int = 0) -> None:
        """Keep a datagram for a neighbour, or none any more."""
        entry.kept, entry.kept_until = packet, until
        self._probation.set(neighbor, None if packet is None else until)
        self._note_stranger(neighbor, entry)

    def _note_stranger(self, neighbor: LinkAddress, entry: Neighbor) -> None:
        if entry.profile is None and entry.kept is None:
            self._strangers.setdefault(neighbor)
        else:
            self._strangers.pop(neighbor, None)

    def _count(self, neighbor: LinkAddress, entry: Neighbor, by: int) -> None:
        if neighbor not in self._pinned:
            self._census[entry.profile] += by
            if not self._census[entry.profile]:
                del self._census[entry.profile]
