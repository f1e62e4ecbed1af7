"""From what became of the probes to what the neighbour can do: its row, its level, its FLEX field, its bounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.capability.features import HIGHEST_LEVEL, Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import LEVELS, MANDATORY, Profile, flex_field, level_features
from p6lowpan.interop.probing.probe import Probe
from p6lowpan.interop.probing.results import ASKED, Outcome, Result, Results


class Verdict(StrEnum):
    """Whether a neighbour understands a feature."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    HIDDEN = "cannot be seen from outside"


HIDDEN = {
    Feature.ESCAPE: "a node that knows ESC drops what has an extension type that it does not know (RFC 8066 section "
    "3.1), and no type is assigned that is answered here: who understands ESC is as silent as who does not",
}
"""Features of which no answer tells, and why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One feature. ``partly``: some of its forms are understood. ``results`` are the evidence, the decisive first."""

    feature: Feature
    verdict: Verdict
    results: tuple[Result, ...]
    partly: bool = False

    @property
    def was_refused(self) -> bool:
        """Whether it was asked for, and not understood."""
        return self.verdict is Verdict.NO and any(one.outcome in ASKED for one in self.results)

    @property
    def why(self) -> str:
        """In words."""
        if self.verdict is Verdict.HIDDEN:
            return HIDDEN[self.feature]
        if not self.results:
            return "nothing was asked that tells"
        return self.results[0].why


@dataclass(frozen=True, slots=True)
class Bound:
    """A ladder: the highest rung that was answered, the first that was not; ``None``: there was none."""

    name: str
    reached: float | None
    failed: float | None
    results: tuple[Result, ...]


def finding(feature: Feature, plan: Sequence[Probe], results: Results) -> Finding:
    """What is known of one feature."""
    if feature in HIDDEN:
        return Finding(feature, Verdict.HIDDEN, ())
    probes = [probe for probe in plan if feature in probe.subjects and probe.name in results.of]
    found = [results.of[probe.name] for probe in probes]
    answered = [one for one in found if one.outcome is Outcome.ANSWERED]
    against = [one for one in found if one.outcome in ASKED and one not in answered]
    lacking = [one for one in found if one.outcome is Outcome.LACKING]
    rest = [one for one in found if one not in (*answered, *against)]
    suffices = any(probe.suffices and results.of[probe.name] in answered for probe in probes)
    if answered and (suffices or not against):
        return Finding(feature, Verdict.YES, (*answered, *against, *rest), partly=bool(against))
    if against:
        return Finding(feature, Verdict.NO, (*against, *answered, *rest), partly=bool(answered))
    if lacking and len(lacking) == len(found):
        return Finding(feature, Verdict.NO, tuple(found))
    return Finding(feature, Verdict.UNKNOWN, tuple(found))


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is known of a neighbour."""

    features: dict[Feature, Finding]
    bounds: tuple[Bound, ...]
    sends: frozenset[Feature]
    announced: str | None
    is_there: bool
    is_whole: bool
    is_gone: bool = False
    acknowledged: int = 0
    """Frames of ours that its link layer has acknowledged."""

    def having(self, verdict: Verdict) -> frozenset[Feature]:
        """The features of which that was found."""
        return frozenset(feature for feature, one in self.features.items() if one.verdict is verdict)

    @property
    def receives(self) -> frozenset[Feature]:
        """What surely arrives."""
        return self.having(Verdict.YES)

    @property
    def level(self) -> int | None:
        """The highest level all of whose features were answered; ``None``: not even level 0."""
        return max((one for one in _levels() if level_features(one) <= self.receives), default=None)

    @property
    def level_at_most(self) -> int | None:
        """The highest level of which no feature was found missing, and that is not above what the neighbour says."""
        missing = self.having(Verdict.NO)
        said = [one.level for one in LEVELS if one.level is not None and one.name == self.announced]
        highest = min(said, default=HIGHEST_LEVEL)
        return max((one for one in range(highest + 1) if not level_features(one) & missing), default=None)

    @property
    def flex(self) -> int | None:
        """The FLEX field of what was answered. A bit that stands for several features is set where none of them was
        found missing; without the features that FLEX takes for granted there is no field."""
        if not self.receives >= MANDATORY:
            return None
        refused = {one.feature.flex_bit for one in self.features.values() if one.was_refused}
        return flex_field(frozenset(one for one in self.receives if one.flex_bit not in refused))

    @property
    def profile(self) -> Profile:
        """For whoever sends to this neighbour: what surely arrives."""
        return Profile("probed", self.sends, self.receives, P6LOWPAN)


def _levels() -> range:
    return range(HIGHEST_LEVEL + 1)


def findings(plan: Sequence[Probe], results: Results) -> Findings:
    """What the results so far say."""
    features = {feature: finding(feature, plan, results) for feature in Feature}
    is_there = any(one.outcome in (Outcome.ANSWERED, Outcome.REFUSED) for one in results.of.values())
    is_whole = all(probe.name in results.of for probe in plan)
    return Findings(
        features,
        tuple(_bounds(plan, results)),
        results.sends,
        results.announced,
        is_there,
        is_whole,
        results.is_gone,
        results.frames,
    )


def _bounds(plan: Sequence[Probe], results: Results) -> Iterator[Bound]:
    ladders = dict.fromkeys(probe.ladder for probe in plan if probe.ladder)
    for name in ladders:
        rungs = [
            (probe.rung, results.of[probe.name]) for probe in plan if probe.ladder == name if probe.name in results.of
        ]
        reached = [rung for rung, one in rungs if one.outcome is Outcome.ANSWERED]
        failed = [rung for rung, one in rungs if one.outcome in (Outcome.SILENT, Outcome.REFUSED)]
        evidence = tuple(one for _, one in rungs)
        yield Bound(name, max(reached, default=None), min(failed, default=None), evidence)
