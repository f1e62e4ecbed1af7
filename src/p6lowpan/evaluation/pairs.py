"""The ten pairs of draft-00 section 2.3: each claim tried with every packet that it is about, and its smallest"
" witness."""

from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.interop.laboratory.delivery import Delivery
from p6lowpan.interop.laboratory.draft import PAIRS, Outcome, outcome
from p6lowpan.interop.laboratory.reasons import reason
from p6lowpan.interop.profiles import STACKS

SHOWN_OCTETS = 20
QUICK = 3


def name_of(names: tuple[str, str]) -> str:
    """A pair as an entry's name."""
    return " and ".join(names)


def measure(quick: bool) -> dict[str, Value]:
    """Whether each claim holds, and the packet that shows it, or another of the pair."""
    values: dict[str, Value] = {}
    for pair in PAIRS[: QUICK if quick else None]:
        if set(pair.names) <= set(STACKS):
            found = outcome(pair)
            name = name_of(pair.names)
            values |= {f"{name}/holds": found.holds, f"{name}/tried": found.tried}
            values[f"{name}/follows from table 1"] = found.printed is not None
            values |= _shown(name, found)
    return values


def _shown(name: str, found: Outcome) -> dict[str, Value]:
    shown = found.claimed or found.as_if or found.other
    if shown is None:
        return {f"{name}/witness": None}
    return {
        f"{name}/witness": shown.probe.name,
        f"{name}/packet octets": len(shown.probe.packet),
        f"{name}/from": shown.sender.name,
        f"{name}/to": shown.receiver.name,
        f"{name}/frames": _hex(shown),
        f"{name}/fate": shown.fate.value,
        f"{name}/why": reason(shown).says,
        f"{name}/clauses": ", ".join(reason(shown).clauses),
    }


def _hex(delivery: Delivery) -> str:
    """The first frame, as much as fits a line, and how many follow."""
    first = delivery.frames[0]
    more = "" if len(first) <= SHOWN_OCTETS else f"... ({len(first)} octets)"
    others = "" if len(delivery.frames) == 1 else f" and {len(delivery.frames) - 1} more"
    return first[:SHOWN_OCTETS].hex(" ", 4) + more + others


EXPERIMENT = Experiment(
    "pairs",
    "every packet that the one sends and the claim is about, put to the other: both as their profiles predict them",
    measure,
)
