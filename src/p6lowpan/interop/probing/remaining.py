"""What is still to be asked, and whether it can be: what a probe needs comes before it."""

from collections.abc import Sequence

from p6lowpan.capability.features import Feature
from p6lowpan.interop.probing.findings import Verdict, finding
from p6lowpan.interop.probing.probe import Probe
from p6lowpan.interop.probing.results import Outcome, Result, Results
from p6lowpan.interop.probing.scene import Scene

FOR_EVERYBODY = ("multicast/", "unspecified/", "stateful/group", "mesh/broadcast")
"""Probes whose frames nobody acknowledges."""


class Remaining:
    """The probes of a plan that have no result yet, in order."""

    def __init__(self, plan: Sequence[Probe], results: Results) -> None:
        self.plan = tuple(plan)
        self.results = results
        self.queue = [probe for probe in self.plan if probe.name not in results.of]

    @property
    def is_done(self) -> bool:
        """Whether everything has been asked, or the neighbour is gone."""
        return not self.queue or self.results.is_gone

    def first(self, scene: Scene, frames_alone: bool) -> Probe | None:
        """The first of the queue; ``frames_alone``: the first that can be put and needs no fragments, if any."""
        if not frames_alone:
            return self.queue[0]
        return next((probe for probe in self.queue if self.goes_in_frames(probe, scene)), None)

    def goes_in_frames(self, probe: Probe, scene: Scene) -> bool:
        """Whether it can be put, and each of its packets fits a frame."""
        features = probe.features(scene)
        return features is not None and Feature.FRAGMENTATION not in features

    def decide(self, probe: Probe, result: Result) -> None:
        """A probe of the queue has its result."""
        self.queue.remove(probe)
        self.results.of[probe.name] = result
        if not self.queue:
            self._ask_again()

    def reopen(self, scene: Scene) -> None:
        """What could not be put before is put now, if it can be: another address or context is known."""
        open_ = [probe for probe in self.plan if self._is_open(probe)]
        if any(self.cannot(probe, scene) is None for probe in open_):
            for probe in open_:
                del self.results.of[probe.name]
            self.queue = [probe for probe in self.plan if probe.name not in self.results.of]

    def _is_open(self, probe: Probe) -> bool:
        done = self.results.of.get(probe.name)
        return done is not None and done.outcome is Outcome.OPEN and not done.tries

    def below(self, probe: Probe) -> Probe | None:
        """The highest rung of its ladder that was answered."""
        rungs = [
            one for one in self.plan if probe.ladder and one.ladder == probe.ladder and one.name in self.results.of
        ]
        answered = [one for one in rungs if self.results.of[one.name].outcome is Outcome.ANSWERED]
        return answered[-1] if answered else None

    def cannot(self, probe: Probe, scene: Scene) -> tuple[Outcome, str] | None:
        """Why a probe is not put at all."""
        if probe.ladder and (other := self._of_ladder(probe)):
            return other
        features = probe.features(scene)
        if features is None:
            return (
                Outcome.OPEN,
                "it cannot be put to this neighbour: an address or a context is not known, or there is no room",
            )
        for feature in sorted(features - probe.subjects, key=lambda one: one.value.name):
            known = finding(feature, self.plan, self.results).verdict
            if known is Verdict.NO:
                return Outcome.LACKING, f"it needs {feature.value.name}, which is not understood"
            if known is Verdict.UNKNOWN:
                return Outcome.OPEN, f"it needs {feature.value.name}, of which nothing is known"
        kinds = {one.kind for one in probe.ask(scene, 0)}
        if unanswerable := kinds & self.results.unanswerable:
            return Outcome.UNANSWERABLE, f"{min(unanswerable)} is not answered in any form"
        return None

    def named(self, name: str) -> Probe:
        """The probe of that name that has no result yet."""
        return next(one for one in self.queue if one.name == name)

    def above(self, probe: Probe) -> list[Probe]:
        """The rungs above it that have no result yet."""
        return [one for one in self.queue if one.ladder == probe.ladder and one.rung > probe.rung]

    def _of_ladder(self, probe: Probe) -> tuple[Outcome, str] | None:
        """What other rungs say of it."""
        for other in self.plan:
            done = self.results.of.get(other.name)
            if other.ladder != probe.ladder or done is None:
                continue
            if other.rung > probe.rung and done.outcome is Outcome.ANSWERED:
                return Outcome.IMPLIED, f"{other.about} was answered"
            if other.rung < probe.rung and done.outcome not in (Outcome.ANSWERED, Outcome.IMPLIED):
                return Outcome.LACKING, f"{other.about} was not answered"
        return None

    def _ask_again(self) -> None:
        """What was judged before it was known how much is lost is asked again, and what depended on it."""
        results = self.results
        doubtful = {
            name
            for name, one in results.of.items()
            if one.outcome is Outcome.SILENT
            and not one.is_sure
            and one.tries < results.tries(len(one.sent), name.startswith(FOR_EVERYBODY))
        }
        if doubtful:
            doubtful |= {name for name, one in results.of.items() if one.outcome is Outcome.LACKING}
            self.queue = [probe for probe in self.plan if probe.name in doubtful]
            for name in doubtful:
                del results.of[name]
