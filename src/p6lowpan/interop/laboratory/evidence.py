"""What was measured for the cases that a quirk names."""

from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.interop.measured import Answer, answers

LISTS = {"E": "encode", "R": "random"}


class Kind(StrEnum):
    """What an answer holds."""

    FRAMES = "frames"
    PACKETS = "packets"
    DESCRIBED = "described with the measurement"
    PRINTED = "as it says"


@dataclass(frozen=True)
class Evidence:
    """A case by its identifier; ``answer`` is ``None`` for those that are only described with the measurement, and
    where a draft is the evidence."""

    identifier: str
    kind: Kind
    answer: Answer | None


def evidence(stack: str, identifier: str) -> Evidence:
    """What a stack answered in a case; a variant that was not asked, what the plain stack did."""
    mark, _, rest = identifier.partition(":")
    if mark == "s":
        return Evidence(identifier, Kind.DESCRIBED, None)
    name, case = (LISTS[mark], rest) if mark in LISTS else ("decode", identifier)
    while stack:
        answer = answers(name).get(stack, {}).get(case)
        if answer is not None:
            return Evidence(identifier, Kind.FRAMES if name == "encode" else Kind.PACKETS, answer)
        stack = stack.rpartition("-")[0]
    return Evidence(identifier, Kind.PRINTED, None)
