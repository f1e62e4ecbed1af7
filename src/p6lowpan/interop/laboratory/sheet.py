"""What is known of a stack: its version, its features both ways, its bounds, its quirks, each with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from p6lowpan.capability.features import Feature
from p6lowpan.capability.stacks import cells
from p6lowpan.interop.laboratory.agreement import Agreement, agreement
from p6lowpan.interop.laboratory.evidence import Evidence, evidence
from p6lowpan.interop.laboratory.parties import StackParty, known_profile
from p6lowpan.interop.stack import Quirk, Stack

RECEIVES = {"R": "yes", "r": "in part", "!": "wrongly", "-": "no", ".": "not known"}
SENDS = {"S": "yes", "s": "in part", "!": "wrongly", "-": "never", ".": "not known"}
"""The signs of :data:`p6lowpan.capability.stacks.TABLE`, in words."""


@dataclass(frozen=True)
class Sheet:
    """One stack. ``row`` is whose row of the measured table it has; ``features``: of each, how it is received and
    whether it is sent; ``bounds`` those that are known; ``quirks`` with what was measured for each case that they
    name; ``agreement`` of prediction and measurement, by list."""

    stack: Stack
    row: str
    features: dict[Feature, tuple[str, str]]
    bounds: dict[str, float]
    quirks: tuple[tuple[Quirk, tuple[Evidence, ...]], ...]
    agreement: dict[str, Agreement]


def sheet(stack: Stack) -> Sheet:
    """The sheet of a stack."""
    row = known_profile(StackParty(stack)).name
    return Sheet(
        stack,
        row,
        {feature: (RECEIVES[cell[0]], SENDS[cell[1]]) for feature, cell in cells(row).items()},
        dict(_bounds(stack)),
        tuple((quirk, tuple(evidence(stack.name, case) for case in quirk.evidence)) for quirk in stack.quirks),
        agreement().get(stack.name, {}),
    )


def _bounds(stack: Stack) -> Iterator[tuple[str, float]]:
    for bound in fields(stack.bounds):
        value = getattr(stack.bounds, bound.name)
        if value is not None:
            yield bound.name, value
