"""The stacks that a verb asks about. Imported where some are asked for: most who explain a capture ask about none."""

from collections.abc import Iterator

from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.interop.laboratory.judge import StackJudge
from p6lowpan.interop.laboratory.words.judge import judge_record_line, judge_summary
from p6lowpan.interop.profiles import STACKS, by_name
from p6lowpan.interop.stack import Stack

ALL = "all"


def stacks_of(text: str) -> tuple[Stack, ...]:
    """The stacks that are named: ``all``, or names with commas between them. Raises :class:`UsageError`."""
    return tuple(STACKS.values()) if text == ALL else tuple(by_name(name.strip()) for name in text.split(","))


def judge_of(text: str) -> StackJudge:
    """Who says what the named stacks make of each packet."""
    return StackJudge(stacks_of(text))


def judged(judge: StackJudge, palette: Palette, *, json: bool) -> Iterator[str]:
    """What the judge says in the end."""
    return judge_record_line(judge) if json else judge_summary(judge, palette)
