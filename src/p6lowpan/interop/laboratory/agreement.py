"""How far predictions agree with what was measured: figures that the tests recompute."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from p6lowpan.interop import measured


@dataclass(frozen=True)
class Agreement:
    """Of one list of requests: how many were asked, in how many the outcome is the same (the packet, nothing, another
    packet; for packets to send, the frames), in how many the octets are."""

    asked: int
    agree: int
    same: int


@cache
def agreement() -> dict[str, dict[str, Agreement]]:
    """By stack and list."""
    recorded = json.loads(resources.files(measured).joinpath("agreement.json").read_text("utf-8"))
    return {stack: {name: Agreement(*figures) for name, figures in lists.items()} for stack, lists in recorded.items()}
