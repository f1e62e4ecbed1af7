"""What a probing found, as a table, as text with its evidence, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from p6lowpan.capability.features import Feature
from p6lowpan.interop.probing.findings import Bound, Finding, Findings, Verdict
from p6lowpan.interop.probing.probe import Probe
from p6lowpan.interop.probing.record import profile_record
from p6lowpan.interop.probing.results import ASKED, FRAMES, Outcome, Result

HEADING = ("feature", "level", "FLEX bit", "receives", "sends", "why")
INTERRUPTED = "            not everything was asked: interrupted; with --state the same command goes on from there"
BOUND_HEADING = ("bound", "reached", "not", "why")
Row = tuple[str, ...]
Json = dict[str, Any]


def rows(found: Findings) -> list[Row]:
    """The neighbour's row of the feature table, turned upright."""
    return [_row(one, found) for one in found.features.values()]


def _row(one: Finding, found: Findings) -> Row:
    row = one.feature.value
    verdict = one.verdict.value + (", in part" if one.partly else "")
    sends = "seen" if one.feature in found.sends else ""
    return row.name, _number(row.level), _number(row.flex_bit), verdict, sends, why(one)


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def why(one: Finding) -> str:
    """The decisive probe and what became of it; where forms differ, which are understood."""
    asked = [result for result in one.results if result.outcome in ASKED]
    answered = [result.name for result in asked if result.outcome is Outcome.ANSWERED]
    if one.partly:
        missing = ", ".join(result.name for result in asked if result.name not in answered)
        return f"{len(answered)} of {len(asked)} forms; not {missing}"
    if one.verdict is Verdict.YES:
        return f"{', '.join(answered[:3])}{' ...' if len(answered) > 3 else ''}: {one.why}"
    return f"{one.results[0].name}: {one.why}" if one.results else one.why


def bound_rows(found: Findings) -> list[Row]:
    """Every ladder."""
    return [(one.name, _measure(one.reached), _measure(one.failed), _bound_why(one)) for one in found.bounds]


def _measure(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _bound_why(one: Bound) -> str:
    rungs = (result for result in one.results if result.outcome not in (Outcome.ANSWERED, Outcome.IMPLIED))
    last = next(rungs, None)
    return "" if last is None else last.why


def summary(found: Findings) -> Iterator[str]:
    """What it is, in a few lines."""
    if not found.is_there:
        yield "Nothing answered: who is not there, or answers no echo requests, cannot be probed."
        if found.acknowledged:
            yield f"It is there, for it acknowledged {found.acknowledged} frames."
        else:
            yield "No frame was acknowledged: its address, PAN, channel or key may be another."
        if not found.is_gone:
            yield INTERRUPTED
        return
    least, most = found.level, found.level_at_most
    level = "less than level 0" if least is None else f"level {least}"
    if most != least:
        level += " for sure" + ("" if most is None else f", level {most} if what is unknown were there")
    flex = "none: something that FLEX takes for granted is missing" if found.flex is None else f"{found.flex:08x}"
    yield f"level       {level}"
    yield f"FLEX field  {flex}"
    yield f"announces   {found.announced or 'nothing'}"
    if not found.is_whole:
        yield "            not everything was asked: it stopped answering" if found.is_gone else INTERRUPTED


def explained(found: Findings, feature: Feature) -> Iterator[str]:
    """All evidence of one feature: frames sent, frames that came, for each of its forms."""
    one = found.features[feature]
    yield f"{feature.value.name}: {one.verdict.value}{', in part' if one.partly else ''}"
    if not one.results:
        yield f"  {one.why}"
    for result in one.results:
        yield from _evidence(result)


def _evidence(result: Result) -> Iterator[str]:
    yield f"  {result.name}: {result.outcome.value} ({result.why}), tries {result.tries}"
    yield from (f"    sent {frame}" for frame in result.sent)
    yield from (f"    came {frame}" for frame in result.came)
    yield from (f"    control sent {frame}" for frame in result.control)
    yield from (f"    control came {frame}" for frame in result.control_came)


def bound_explained(one: Bound) -> Iterator[str]:
    """All evidence of one bound, rung by rung."""
    yield f"{one.name}: {_measure(one.reached) or 'none'} reached, {_measure(one.failed) or 'none'} not"
    for result in one.results:
        yield from _evidence(result)


def record(found: Findings, plan: Sequence[Probe], name: str) -> Json:
    """Everything, for programs."""
    about = {probe.name: probe.about for probe in plan}
    return {
        "profile": profile_record(found, name),
        "there": found.is_there,
        "complete": found.is_whole,
        "announced": found.announced,
        "level_at_most": found.level_at_most,
        "features": [_feature_record(one, found, about) for one in found.features.values()],
        "bounds": [
            {
                "name": one.name,
                "reached": one.reached,
                "failed": one.failed,
                "why": _bound_why(one),
                "probes": [_probe_record(result, about) for result in one.results],
            }
            for one in found.bounds
        ],
    }


def _feature_record(one: Finding, found: Findings, about: dict[str, str]) -> Json:
    return {
        "name": one.feature.value.name,
        "receives": one.verdict.value,
        "partly": one.partly,
        "seen": one.feature in found.sends,
        "why": why(one),
        "probes": [_probe_record(result, about) for result in one.results],
    }


def _probe_record(result: Result, about: dict[str, str]) -> Json:
    return {
        "name": result.name,
        "about": about.get(result.name, ""),
        "outcome": result.outcome.value,
        "why": result.why,
        "tries": result.tries,
        **{name: list(getattr(result, name)) for name in FRAMES},
    }
