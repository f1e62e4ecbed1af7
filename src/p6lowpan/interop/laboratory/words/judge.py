"""What stacks would make of a capture, in all."""

import json
from collections.abc import Iterator

from p6lowpan.analysis.presentation.names import counted
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.interop.laboratory.judge import VERBS, StackJudge


def judge_summary(judge: StackJudge, palette: Palette) -> Iterator[str]:
    """A line for each stack; nothing where there was no packet."""
    if not judge.packets:
        return
    yield ""
    yield palette.title(f"stacks, of {counted(judge.packets, 'packet')}")
    for stack in judge.stacks:
        lost = [f"{count} {fate}" for fate in VERBS if (count := judge.totals[stack.name, fate])]
        yield f"  {stack.name:<18} {', '.join(lost) or 'takes all'}"


def judge_record_line(judge: StackJudge) -> Iterator[str]:
    """The same as an object of JSON."""
    stacks = {
        stack.name: {fate.name.lower(): judge.totals[stack.name, fate] for fate in VERBS} for stack in judge.stacks
    }
    yield json.dumps({"stacks": stacks, "packets": judge.packets})
