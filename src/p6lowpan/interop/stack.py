"""A stack as a profile: what it is, where it departs from the RFCs, and with what evidence.

The data is a list of *quirks*. A quirk says in words what the stack does, names the measured cases that show it, and
holds the steps that do it (places of :class:`~p6lowpan.interop.receiving.reading.Receiving` and
:class:`~p6lowpan.interop.sending.writing.Sending`). The stack's receiver and sender are the right ones with the steps
of all its quirks put in, in order; a place that holds a mapping is merged. So a stack does nothing wrong without
evidence, and with a quirk taken away (:meth:`Stack.without`) one sees what that quirk is to blame for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from p6lowpan.interop.receiving import rules as receiving_rules
from p6lowpan.interop.receiving.reading import Receiving
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.writing import Sending

Steps = Mapping[str, Any]  # by the name of a place; what may stand there is said by the fields of the two classes
Rules = TypeVar("Rules", Receiving, Sending)


@dataclass(frozen=True)
class Quirk:
    """One departure. ``evidence``: identifiers of measured cases; those that begin with ``E:`` are of packets to send,
    with ``R:`` of the random list, with ``s:`` of a list kept with the measurement."""

    says: str
    evidence: tuple[str, ...]
    receives: Steps = field(default_factory=dict)
    sends: Steps = field(default_factory=dict)
    clause: str = ""
    """The section of an RFC that it departs from; empty where the RFCs leave the choice."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a stack can hold; ``None``: as much as memory holds, or not measured. ``received_octets`` and
    ``sent_octets`` are the largest datagrams, ``first_fragment_octets`` is what a first fragment may hold, restored."""

    reassemblies: int | None = None
    reassembly_seconds: float | None = None
    contexts: int | None = None
    received_octets: int | None = None
    sent_octets: int | None = None
    first_fragment_octets: int | None = None


@dataclass(frozen=True)
class Stack:
    """A profile. ``name`` as in measured answers, ``version`` what exactly was measured. ``bounds`` inform; where one
    decides about frames, a quirk keeps it."""

    name: str
    version: str
    quirks: tuple[Quirk, ...] = ()
    bounds: Bounds = Bounds()

    @cached_property
    def receiving(self) -> Receiving:
        """Its receiver."""
        return _assembled(receiving_rules.RIGHT, [quirk.receives for quirk in self.quirks])

    @cached_property
    def sending(self) -> Sending:
        """Its sender."""
        return _assembled(sending_rules.RIGHT, [quirk.sends for quirk in self.quirks])

    def without(self, *quirks: Quirk) -> "Stack":
        """The same stack, some of its quirks mended."""
        return replace(self, quirks=tuple(quirk for quirk in self.quirks if quirk not in quirks))

    def with_quirks(self, *quirks: Quirk, name: str, version: str) -> "Stack":
        """A variant: more quirks, later ones win."""
        return Stack(name, version, (*self.quirks, *quirks), self.bounds)


def _assembled(rules: Rules, changes: list[Steps]) -> Rules:
    places: dict[str, Any] = {}
    for change in changes:
        for place, step in change.items():
            current = places.get(place, getattr(rules, place))
            places[place] = {**current, **step} if isinstance(current, Mapping) else step
    return replace(rules, **places)
