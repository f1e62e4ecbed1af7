"""The reassembly of one datagram: which fragments came when, which repeated, which are missing."""

from collections.abc import Iterator

from p6lowpan.analysis.presentation.names import counted
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
from p6lowpan.wire.address import format_link

BAR_CELLS = 48


def outcome_words(outcome: Outcome) -> Iterator[str]:
    """A datagram, how it stands after a frame, and its fragments."""
    yield f"{datagram_words(outcome.key, outcome.timeline)}: {_state(outcome)}"
    yield from timeline_words(outcome.timeline)


def datagram_words(key: DatagramKey, timeline: Timeline) -> str:
    """What tells a datagram from others. Its tag has 16 bits, or 8 where fragments are recoverable."""
    ends = f"{format_link(key.source)} > {format_link(key.destination)}"
    if is_recoverable(key):
        return f"compressed datagram of {timeline.size or '?'} octets, tag {key.tag:#04x}, {ends}"
    return f"datagram of {key.size} octets, tag {key.tag:#06x}, {ends}"


def _state(outcome: Outcome) -> str:
    match outcome:
        case Pending(timeline=timeline):
            return f"{timeline.octets} octets of it came, missing: {gaps_words(timeline)}"
        case Complete():
            return "complete"
        case Duplicate(completed=completed):
            return "this fragment came before" + (", and the datagram is complete" if completed else "")
        case DatagramDropped(reason=reason, fragments=fragments, detail=detail):
            why = f" ({detail})" if detail else ""
            return f"given up for {reason.value}{why}, {counted(fragments, 'fragment')} lost"


def gaps_words(timeline: Timeline) -> str:
    """Which octets did not come."""
    return ", ".join(f"{start}-{end - 1}" for start, end in timeline.missing) or "nothing"


def timeline_words(timeline: Timeline) -> Iterator[str]:
    """One line a fragment in order of arrival, its time since the first and its place; then what is missing."""
    if not timeline.arrivals:
        return
    start = timeline.arrivals[0].at_us
    size = timeline.size or max(arrival.offset + arrival.length for arrival in timeline.arrivals)
    for arrival in timeline.arrivals:
        end = arrival.offset + arrival.length
        seconds, bar = (arrival.at_us - start) / 1e6, _bar(size, [(arrival.offset, end)])
        again = "  again" if arrival.duplicate else ""
        yield f"{seconds:+10.6f} s  {bar}  {arrival.offset:>4}-{max(arrival.offset, end - 1):<4}{again}"
    listed = sum(arrival.duplicate for arrival in timeline.arrivals)
    if timeline.duplicates > listed:
        yield f"{'':12}  and {counted(timeline.duplicates - listed, 'repetition')} more"
    if timeline.missing:
        yield f"{'missing':>12}  {_bar(size, list(timeline.missing))}  {gaps_words(timeline)}"


def _bar(size: int, ranges: list[tuple[int, int]]) -> str:
    """The datagram as a row of cells, those of ``ranges`` filled."""
    cells = ["·"] * BAR_CELLS
    for start, end in ranges:
        first = start * BAR_CELLS // size
        last = max(first + 1, -(-end * BAR_CELLS // size))
        for cell in range(first, min(last, BAR_CELLS)):
            cells[cell] = "█"
    return "".join(cells)
