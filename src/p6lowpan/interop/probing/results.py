"""What became of the probes so far: enough to go on from after a restart, and to explain every verdict."""

import json
import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import BY_NAME, Feature

VERSION = 2
FEWEST_TRIES, MOST_TRIES = 3, 12
MANY_ANSWERED = 100
"""Where none of so many was lost, two that are lost in a row are as unlikely as :data:`CHANCE_OF_ERROR`."""
CHANCE_OF_ERROR = 1e-4
"""That a verdict "no" is loss: so many tries are made that it is no likelier, as far as what was lost so far tells."""
FRAMES_OF_A_TRY = 4
FRAMES = ("sent", "came", "control", "control_came")


class Outcome(StrEnum):
    """How a probe ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """By the error of Principled 6LoWPAN."""
    SILENT = "silent"
    """No answer, while the same packet in a plain form was answered."""
    UNANSWERABLE = "unanswerable"
    """The packet is not answered in any form, so that silence says nothing."""
    IMPLIED = "implied"
    """More than it tries was answered."""
    LACKING = "lacking"
    """It needs a feature that the neighbour does not have."""
    OPEN = "open"
    """It needs something of which nothing is known, or cannot be put to this neighbour."""


ASKED = frozenset({Outcome.ANSWERED, Outcome.REFUSED, Outcome.SILENT})


@dataclass(frozen=True, slots=True)
class Result:
    """One probe. ``sent`` and ``came``: the frames of the last try, MAC payloads in hex; ``control`` and
    ``control_came``: those of the plainer packet that was answered instead; ``why`` in words. ``is_sure``: more tries
    would say no more, however much is lost."""

    name: str
    outcome: Outcome
    why: str
    tries: int = 0
    sent: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    is_sure: bool = False
    control: tuple[str, ...] = ()
    control_came: tuple[str, ...] = ()


@dataclass
class Results:
    """``answered`` and ``lost`` count tries of what is known to be understood, ``frames`` those that were
    acknowledged, and ``attempts`` how often these were sent. ``announced`` is what the neighbour said of itself, by
    profile name; ``seen`` counts the features of the frames that it sent. ``ends`` are link-layer addresses that turned
    out to be the neighbour's, beside those by which it was asked. ``neighbour`` is what whoever asks calls it."""

    of: dict[str, Result] = field(default_factory=dict)
    number: int = 0
    answered: int = 0
    lost: int = 0
    frames: int = 0
    attempts: int = 0
    unanswerable: set[str] = field(default_factory=set)
    announced: str | None = None
    seen: dict[str, int] = field(default_factory=dict)
    base: str | None = None
    fragments: str | None = None
    is_short_fragmented: bool = False
    ends: set[str] = field(default_factory=set)
    is_gone: bool = False
    neighbour: str = ""

    def saw(self, features: frozenset[Feature]) -> None:
        """A frame of the neighbour's uses these."""
        for feature in features:
            self.seen[feature.value.name] = self.seen.get(feature.value.name, 0) + 1

    @property
    def sends(self) -> frozenset[Feature]:
        """What the neighbour was seen to send."""
        return frozenset(BY_NAME[name] for name in self.seen)

    def tries(self, frames: int, everybody: bool = False) -> int:
        """How often something must go unanswered to be taken for not understood. What is for ``everybody`` is
        acknowledged by nobody: it is lost as often as a frame has to be repeated."""
        chance = (self.answered / max(1, self.answered + self.lost)) ** max(1.0, frames / FRAMES_OF_A_TRY)
        chance = chance if self.answered else 1.0
        if everybody and self.attempts:
            chance *= self.frames / self.attempts
        if chance == 1:
            return FEWEST_TRIES - int(self.answered >= MANY_ANSWERED)
        needed = math.log(CHANCE_OF_ERROR) / math.log(1 - min(max(chance, 0.01), 0.99))
        return min(max(math.ceil(needed), FEWEST_TRIES), MOST_TRIES)

    def saved(self) -> str:
        """To be given to :func:`restored`."""
        record: dict[str, Any] = asdict(self) | {"version": VERSION, "unanswerable": sorted(self.unanswerable)}
        record["ends"] = sorted(self.ends)
        record["of"] = [asdict(result) for result in self.of.values()]
        return json.dumps(record, indent=1)


def restored(text: str) -> Results:
    """What was saved. Raises :class:`UsageError` for anything else."""
    try:
        record = json.loads(text)
        if record.pop("version") != VERSION:
            raise UsageError("the state is of another version")
        results = Results(**record)
        results.of = {one["name"]: _result(one) for one in record["of"]}
        results.unanswerable, results.ends = set(record["unanswerable"]), set(map(str, results.ends))
        results.is_gone = False
        frozenset(BY_NAME[name] for name in results.seen)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"no state of a probing: {error}") from None
    return results


def _result(record: dict[str, Any]) -> Result:  # Any: JSON
    texts = {name: tuple(map(str, record[name])) for name in FRAMES}
    outcome, is_sure = Outcome(record["outcome"]), bool(record["is_sure"])
    return Result(record["name"], outcome, str(record["why"]), int(record["tries"]), **texts, is_sure=is_sure)
