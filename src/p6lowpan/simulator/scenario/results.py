"""What came of a run: values. How they are shown is not said here."""

from dataclasses import dataclass

from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.news import How


@dataclass(frozen=True, slots=True)
class Belief:
    """What a node knows of a neighbor: nothing, where ``profile`` is ``None``. ``truth`` is what that one can do."""

    neighbor: str
    profile: Profile | None
    how: How | None
    truth: Profile

    @property
    def is_wrong(self) -> bool:
        """Whether something is known that is not so."""
        return self.profile is not None and self.profile.receives != self.truth.receives


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was on the air, of one node or of all. ``octets`` are of MAC frames with their frame check."""

    frames: int
    octets: int
    airtime_us: int
    retries: int
    drops: dict[str, int]


@dataclass(frozen=True, slots=True)
class NodeResult:
    """One node. ``undelivered`` counts frames that the link gave up."""

    name: str
    network: str
    role: str
    profile: Profile
    is_on: bool
    addresses: tuple[str, ...]
    traffic: Traffic
    undelivered: int
    beliefs: tuple[Belief, ...]


@dataclass(frozen=True, slots=True)
class PairResult:
    """The packets of one kind from one node to another. ``repeated``: deliveries beyond the first."""

    kind: str
    sender: str
    receiver: str
    sent: int
    delivered: int
    repeated: int
    longest_us: int


@dataclass(frozen=True, slots=True)
class ErrorResult:
    """Class-unsupported errors that ``sender`` sent to ``receiver`` because of its frames."""

    sender: str
    receiver: str
    count: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Something that the scenario expects."""

    expected: str
    found: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A run, whole."""

    seed: int
    now_us: int
    nodes: tuple[NodeResult, ...]
    pairs: tuple[PairResult, ...]
    errors: tuple[ErrorResult, ...]
    total: Traffic
    verdicts: tuple[Verdict, ...]

    @property
    def sent(self) -> int:
        """Packets that were sent."""
        return sum(pair.sent for pair in self.pairs)

    @property
    def delivered(self) -> int:
        """Packets that were delivered."""
        return sum(pair.delivered for pair in self.pairs)

    @property
    def errors_sent(self) -> int:
        """Class-unsupported errors."""
        return sum(error.count for error in self.errors)

    @property
    def is_as_expected(self) -> bool:
        """Whether everything is that the scenario expects."""
        return all(verdict.is_met for verdict in self.verdicts)
