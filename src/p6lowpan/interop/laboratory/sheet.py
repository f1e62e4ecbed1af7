"""What is known of a stack: its version, its features both ways, its bounds, its quirks, each with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.stacks import PROFILES, cells
from p6lowpan.interop.laboratory.agreement import Agreement, agreement
from p6lowpan.interop.laboratory.evidence import Evidence, evidence
from p6lowpan.interop.laboratory.parties import StackParty, known_profile
from p6lowpan.interop.stack import Quirk, Stack

RECEIVES = {"R": "yes", "r": "in part", "!": "wrongly", "-": "no", ".": "not known"}
SENDS = {"S": "yes", "s": "in part", "!": "wrongly", "-": "never", ".": "not known"}
"""The signs of :data:`p6lowpan.capability.stacks.TABLE`, in words."""


@dataclass(frozen=True)
class Sheet:
    """One stack. ``row`` is whose column of the measured table it has, or its own where a draft describes it;
    ``features``: of each, how it is received and whether it is sent; ``bounds`` those that are known; ``quirks`` with
    what was measured for each case that they name; ``agreement`` of prediction and measurement, by list."""

    stack: Stack
    row: str
    features: dict[Feature, tuple[str, str]]
    bounds: dict[str, float]
    quirks: tuple[tuple[Quirk, tuple[Evidence, ...]], ...]
    agreement: dict[str, Agreement]


def sheet(stack: Stack) -> Sheet:
    """The sheet of a stack."""
    known = known_profile(StackParty(stack))
    return Sheet(
        stack,
        known.name,
        _measured(known.name) if known.name in PROFILES else _said(known),
        dict(_bounds(stack)),
        tuple((quirk, tuple(evidence(stack.name, case) for case in quirk.evidence)) for quirk in stack.quirks),
        agreement().get(stack.name, {}),
    )


def _measured(column: str) -> dict[Feature, tuple[str, str]]:
    return {feature: (RECEIVES[cell[0]], SENDS[cell[1]]) for feature, cell in cells(column).items()}


def _said(known: Profile) -> dict[Feature, tuple[str, str]]:
    """Of a stack that a draft describes, the features of the measured table."""
    return {
        feature: ("yes" if feature in known.receives else "no", "yes" if feature in known.sends else "never")
        for feature in cells(next(iter(PROFILES)))
    }


def _bounds(stack: Stack) -> Iterator[tuple[str, float]]:
    for bound in fields(stack.bounds):
        value = getattr(stack.bounds, bound.name)
        if value is not None:
            yield bound.name, value
