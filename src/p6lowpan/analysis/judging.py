"""Judges: whoever has something to say of a payload that takes more than this layer knows, such as models of stacks.

An explainer is given one (``Explainer(settings, judge=...)``) and hands it every 6LoWPAN payload that it has read; the
findings of the judge are added to those of the frame. Without a judge nothing is kept or computed for it.
"""

from collections.abc import Iterable
from typing import Protocol

from p6lowpan.analysis.explained import Finding, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts

LOST_BY_STACKS = Rule(
    "lost-by-stacks",
    Severity.WARNING,
    "draft-ayers-low-power-interop-01 3",
    "the packet is legal, and stacks that were asked about lose it or hand up another (only looked for on request)",
)

TAKEN_BY_STACKS = Rule(
    "taken-by-stacks",
    Severity.NOTE,
    "draft-ayers-low-power-interop-01 3",
    "what is wrong here is handed up as a packet by stacks that were asked about (only looked for on request)",
)


class Judge(Protocol):
    """Says something of payloads, in the order in which they were sent."""

    def judge(
        self, octets: bytes, link: Link, contexts: Contexts, pan_id: int | None, received: Received
    ) -> Iterable[Finding]:
        """What there is to say of a payload, which ``received`` is our own reading of."""
