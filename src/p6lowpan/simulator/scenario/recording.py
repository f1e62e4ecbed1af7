"""What is noted while a scenario runs: packets sent and delivered, class-unsupported errors, frames given up."""

from collections import Counter
from collections.abc import Callable, Sequence

from p6lowpan.machines.adaptation.layer import Complained
from p6lowpan.node.outputs import NotDelivered
from p6lowpan.simulator.scenario.members import Member
from p6lowpan.simulator.scenario.results import ErrorResult, PairResult
from p6lowpan.simulator.scenario.traffic import Packet, Sending, delivered
from p6lowpan.wire.address import LinkAddress, link_local

Key = tuple[int, int, int]
"""Of a pair: the entry in the file, the numbers of sender and receiver."""


class Recorder:
    """Listens to a world. ``kinds`` names the entries of the file's traffic."""

    def __init__(self, members: Sequence[Member], kinds: Sequence[str], now: Callable[[], int]) -> None:
        self.undelivered: Counter[int] = Counter()
        self._members = members
        self._kinds = kinds
        self._now = now
        self._sent: dict[Packet, int] = {}
        self._delivered: dict[Packet, int] = {}
        self._repeated: Counter[Packet] = Counter()
        self._errors: Counter[tuple[int, int]] = Counter()
        self._owners: dict[int, dict[bytes, int]] = {}
        self._stations: dict[tuple[int, LinkAddress], int] = {}
        for member in members:
            owned = self._owners.setdefault(member.network, {})
            for link_address, address in zip(member.link_addresses, member.addresses, strict=True):
                owned[address] = owned[link_local(link_address)] = member.number
                self._stations[member.network, link_address] = member.number

    def planned(self, sending: Sending) -> None:
        """A packet will be sent."""
        self._sent[sending.packet] = sending.at_us

    def heard(self, now: int, number: int, output: object) -> None:
        """A node put something out."""
        network = self._members[number].network
        match output:
            case Complained(neighbor=neighbor):
                offender = self._stations.get((network, neighbor))
                if offender is not None:
                    self._errors[number, offender] += 1
            case NotDelivered():
                self.undelivered[number] += 1
            case _:
                packet = delivered(number, output, self._owners[network])
                if packet in self._sent:
                    self._took(now, packet)

    def _took(self, now: int, packet: Packet) -> None:
        if packet in self._delivered:
            self._repeated[packet] += 1
        else:
            self._delivered[packet] = now - self._sent[packet]

    @property
    def errors(self) -> tuple[ErrorResult, ...]:
        """The errors by who sent them to whom."""
        names = [member.name for member in self._members]
        return tuple(ErrorResult(names[one], names[other], count) for (one, other), count in self._errors.items())

    @property
    def pairs(self) -> tuple[PairResult, ...]:
        """The packets that should be on their way by now, by entry and pair."""
        packets: dict[Key, list[Packet]] = {}
        for packet, at in self._sent.items():
            if at <= self._now():
                packets.setdefault((packet.entry, packet.sender, packet.receiver), []).append(packet)
        return tuple(self._pair(key, each) for key, each in packets.items())

    def _pair(self, key: Key, packets: Sequence[Packet]) -> PairResult:
        entry, sender, receiver = key
        times = [self._delivered[packet] for packet in packets if packet in self._delivered]
        return PairResult(
            kind=self._kinds[entry],
            sender=self._members[sender].name,
            receiver=self._members[receiver].name,
            sent=len(packets),
            delivered=len(times),
            repeated=sum(self._repeated[packet] for packet in packets),
            longest_us=max(times, default=0),
        )
