"""A rule: one thing that a reader of a capture should know, with its name, severity and section."""

from collections.abc import Callable
from dataclasses import dataclass

from p6lowpan.analysis.explained import Draft, Finding, Severity
from p6lowpan.capability.features import Feature

Find = Callable[[Draft], str]
"""Looks at a frame; the text of a finding, or nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table of findings. ``name`` is stable, ``meaning`` is for the documentation and for findings that
    have nothing to add; ``find`` is ``None`` where a finding takes more than one frame and comes from a watcher.
    A rule with a ``feature`` looks only at frames that use it."""

    name: str
    severity: Severity
    section: str
    meaning: str
    find: Find | None = None
    feature: Feature | None = None

    def finding(self, text: str = "") -> Finding:
        """This rule, found."""
        return Finding(self.name, self.severity, self.section, text or self.meaning)
