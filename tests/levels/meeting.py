"""Two nodes that send each other the whole mix, and what must be true of it afterwards."""

from collections import Counter

from levels.judge import Party, Verdict, judge
from levels.mix import Mix, place
from levels.neighborhood import CONTEXTS, SECOND, Neighborhood, without_hop_limit
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.adaptation.news import How
from p6lowpan.node.outputs import DeliverUdp, LevelLearned


def addresses(number: int):
    """The link-layer addresses of node ``number``: to others they are two neighbours."""
    return place(number + 1).extended, place(number + 1).short


class Meeting:
    """Everything is sent when it has been made. ``resend`` sends again, so many times, what has not arrived."""

    def __init__(
        self,
        neighborhood: Neighborhood,
        profiles: tuple[Profile, Profile],
        start: int = 6 * SECOND,
        routers: frozenset[int] = frozenset(),
        is_quiet: bool = True,
        **pace: int,
    ) -> None:
        self.neighborhood = neighborhood
        self.profiles = profiles
        self.routers = routers
        self.is_quiet = is_quiet
        self.mixes = Mix(place(1), place(2)), Mix(place(2), place(1))
        self.now = start
        for number, mix in enumerate(self.mixes):
            self.now = SECOND + neighborhood.send_all(self.now, number, mix.packets.values(), **pace)
        self._run(SECOND)

    def _run(self, microseconds: int) -> None:
        self.now += microseconds
        self.neighborhood.run(self.now)

    def arrivals(self) -> Counter[tuple[int, str]]:
        """How often each packet arrived, by sender and name."""
        return Counter(
            {
                (number, name): self.neighborhood.watched[1 - number].arrived[without_hop_limit(packet)]
                for number, mix in enumerate(self.mixes)
                for name, packet in mix.packets.items()
            }
        )

    def resend(self, times: int) -> None:
        for _ in range(times):
            for (number, name), count in self.arrivals().items():
                if count == 0:
                    self.neighborhood.send(self.now, number, self.mixes[number].packets[name])
                    self._run(SECOND)

    def verdict(self) -> Verdict:
        parties = {
            number: Party(profile, addresses(number), number in self.routers, frozenset({1 - number}))
            for number, profile in enumerate(self.profiles)
        }
        return judge(self.neighborhood.capture.getvalue(), parties, CONTEXTS, self.is_quiet)

    def beliefs(self, *how: How):
        """What was learned of which node."""
        learned = [news for news in self.neighborhood.outputs(LevelLearned) if news.how in how]
        owners = {address: number for number in range(2) for address in addresses(number)}
        return [(owners[news.neighbor], news.profile) for news in learned]

    def has_false_beliefs(self) -> bool:
        return any(profile != self.profiles[number] for number, profile in self.beliefs(*How))

    def datagrams(self) -> Counter[tuple[int, bytes]]:
        """What applications got, by receiver and payload."""
        return Counter(
            (number, output.payload) for _, number, output in self.neighborhood.said if isinstance(output, DeliverUdp)
        )


def check(meeting: Meeting, policy: Policy) -> Verdict:
    """What must be true on a link that loses nothing."""
    assert {packet: count for packet, count in meeting.arrivals().items() if count != 1} == {}
    assert set(meeting.datagrams().values()) == {1}
    verdict = meeting.verdict()
    assert verdict.unreadable == []
    assert [str(excess) for excess in verdict.excesses] == []
    assert set(verdict.errors.values()) <= {1}
    assert policy is not Policy.CONSERVATIVE or not verdict.errors
    assert not meeting.has_false_beliefs()
    return verdict
