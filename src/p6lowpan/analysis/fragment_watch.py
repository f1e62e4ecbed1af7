"""The fragments of one PAN, watched: legal orders, times and mixtures that known stacks lose datagrams by."""

from p6lowpan.analysis.explained import Draft, Finding, Severity
from p6lowpan.analysis.known_stacks import REASSEMBLY, Reassembly, names
from p6lowpan.analysis.rule import Rule
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.recovery import is_recoverable
from p6lowpan.machines.adaptation.timeline import (
    Complete,
    DatagramDropped,
    DatagramKey,
    Duplicate,
    Outcome,
    Pending,
    Timeline,
)
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

SECTION = "RFC 4944 5.3"
WARNING = Severity.WARNING
MOST_SENDERS = 1024

DATAGRAM_LOST = Rule("datagram-lost", Severity.ERROR, SECTION, "a datagram was not put together: fragments are missing")
FRAGMENTS_LATE = Rule(
    "fragments-late", WARNING, SECTION, "a datagram took longer than some stacks wait for its last fragment"
)
FIRST_FRAGMENT_LATE = Rule(
    "first-fragment-late", WARNING, SECTION, "a subsequent fragment came before the first: some stacks drop it"
)
FRAGMENTS_OUT_OF_ORDER = Rule(
    "fragments-out-of-order", WARNING, SECTION, "fragments did not come in ascending order: some stacks need that"
)
FRAGMENT_REPEATED = Rule(
    "fragment-repeated", WARNING, SECTION, "a fragment came twice: some stacks lose the datagram by it"
)
DATAGRAMS_INTERLEAVED = Rule(
    "datagrams-interleaved", WARNING, SECTION, "a sender mixed the fragments of two datagrams to one receiver"
)
MANY_REASSEMBLIES = Rule(
    "many-reassemblies",
    WARNING,
    SECTION,
    "more datagrams to one receiver were incomplete at once than some stacks hold",
)
FRAGMENT_RULES = (
    DATAGRAM_LOST,
    FRAGMENTS_LATE,
    FIRST_FRAGMENT_LATE,
    FRAGMENTS_OUT_OF_ORDER,
    FRAGMENT_REPEATED,
    DATAGRAMS_INTERLEAVED,
    MANY_REASSEMBLIES,
)

SECOND_US = 1_000_000
SHORTEST_TIMEOUT_US = SECOND_US * min(row.timeout_seconds for row in REASSEMBLY if row.timeout_seconds)
FEWEST_DATAGRAMS = min(row.datagrams for row in REASSEMBLY if row.datagrams)


def lost_in_words(drop: DatagramDropped) -> str:
    """A datagram that was not put together, and what is missing of it."""
    gaps = ", ".join(f"{start}-{end - 1}" for start, end in drop.timeline.missing)
    fragments = f"{drop.fragments} fragment{'' if drop.fragments == 1 else 's'}"
    which = f"datagram of {drop.key.size} octets from {format_link(drop.key.source)}, tag {drop.key.tag:#06x}"
    if is_recoverable(drop.key):
        size = drop.timeline.size or "?"
        which = f"compressed datagram of {size} octets from {format_link(drop.key.source)}, tag {drop.key.tag:#04x}"
    text = f"{which}: {drop.reason.value}, {fragments} given up, octets missing: {gaps or 'none'}"
    return text + (f" ({drop.detail})" if drop.detail else "")


def _is_handed_on(draft: Draft) -> bool:
    """Whether a fragment came behind a mesh header: the same fragment is then heard on every hop."""
    payload = draft.received.payload if draft.received else None
    return payload is not None and any(isinstance(placed.header, MeshHeader) for placed in payload.stack.headers)


class FragmentWatch:
    """What one PAN's senders did last."""

    def __init__(self) -> None:
        self._current: BoundedTable[tuple[LinkAddress, LinkAddress], DatagramKey] = BoundedTable(MOST_SENDERS)
        self._mixed: BoundedTable[DatagramKey, None] = BoundedTable(MOST_SENDERS)
        self._crowded: BoundedTable[LinkAddress, int] = BoundedTable(MOST_SENDERS)

    @property
    def tables(self) -> tuple[object, ...]:
        """The tables and the bounds for the C core (c/python/watch.c), which keeps the rules of this module where there
        is nothing to say."""
        current = self._current
        return (
            current.entries,
            current.bound,
            self._mixed.entries,
            self._crowded.entries,
            FEWEST_DATAGRAMS,
            SHORTEST_TIMEOUT_US,
        )

    def look(self, draft: Draft, reassembler: Reassembler) -> None:
        """Look at what became of a fragment."""
        outcomes = draft.received.outcomes if draft.received else ()
        if not outcomes or is_recoverable(outcomes[-1].key):
            return
        if not (isinstance(outcomes[-1], Duplicate) and _is_handed_on(draft)):
            self.watch(draft.findings, outcomes[-1], reassembler)

    def watch(self, findings: list[Finding], last: Outcome, reassembler: Reassembler) -> None:
        """The same of a fragment that nobody hands on."""
        if isinstance(last, Pending):
            if last.timeline.fragments == 1:
                self._begun(findings, last.key, reassembler)
            self._mixture(findings, last.key, last.timeline)
        elif isinstance(last, Complete):
            self._mixture(findings, last.key, last.timeline)
            self._whole(findings, last.timeline)
            self._mixed.remove(last.key)
        elif isinstance(last, Duplicate):
            self._find(findings, FRAGMENT_REPEATED, [row for row in REASSEMBLY if not row.takes_duplicates])

    @staticmethod
    def _find(findings: list[Finding], rule: Rule, rows: list[Reassembly], detail: str = "") -> None:
        """A finding that names the stacks that lose the datagram."""
        stacks = names(row.stack for row in rows)
        findings.append(rule.finding(f"{detail or rule.meaning}: {stacks}"))

    def _whole(self, findings: list[Finding], timeline: Timeline) -> None:
        """A datagram is whole: how long it took, and in which order it came."""
        arrivals = [arrival for arrival in timeline.arrivals if not arrival.duplicate]
        took = arrivals[-1].at_us - arrivals[0].at_us
        if took > SHORTEST_TIMEOUT_US:
            rows = [row for row in REASSEMBLY if row.timeout_seconds and took > row.timeout_seconds * SECOND_US]
            detail = f"the datagram took {took / SECOND_US:.1f} s, and these stacks do not wait as long"
            self._find(findings, FRAGMENTS_LATE, rows, detail)
        offsets = [arrival.offset for arrival in arrivals]
        if offsets[0] != 0:
            self._find(findings, FIRST_FRAGMENT_LATE, [row for row in REASSEMBLY if row.needs_first])
        elif offsets != sorted(offsets):
            self._find(findings, FRAGMENTS_OUT_OF_ORDER, [row for row in REASSEMBLY if row.needs_order])

    def _begun(self, findings: list[Finding], key: DatagramKey, reassembler: Reassembler) -> None:
        """A datagram begins: how many its receiver holds now. Said once for each number that a receiver reaches."""
        held = reassembler.held_for(key.destination)
        if held <= max(FEWEST_DATAGRAMS, self._crowded.get(key.destination, 0)):
            return
        self._crowded.put(key.destination, held)
        rows = [row for row in REASSEMBLY if row.datagrams is not None and held > row.datagrams]
        detail = f"{held} datagrams to {format_link(key.destination)} are incomplete at once, these stacks hold fewer"
        self._find(findings, MANY_REASSEMBLIES, rows, detail)

    def _mixture(self, findings: list[Finding], key: DatagramKey, timeline: Timeline) -> None:
        """Whether the sender turned back to a datagram after it had begun another."""
        ends = (key.source, key.destination)
        current = self._current.get(ends)
        if current is not None and current.tag == key.tag and current.size == key.size:
            return
        self._current.put(ends, key)
        if current is None or timeline.fragments == 1 or key in self._mixed or current in self._mixed:
            return
        self._mixed.put(key, None)
        detail = f"fragments of datagrams {current.tag:#06x} and {key.tag:#06x} are mixed, these stacks hold one or two"
        rows = [row for row in REASSEMBLY if row.datagrams is not None and row.datagrams <= 2]
        self._find(findings, DATAGRAMS_INTERLEAVED, rows, detail)
