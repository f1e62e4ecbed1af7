"""The end of an explanation: what was there in all, for readers and as JSON."""

from collections.abc import Iterator
from itertools import islice
from textwrap import wrap
from typing import Any

from p6lowpan.analysis.conversations import Conversation
from p6lowpan.analysis.presentation.line import SEVERITY_ROLES
from p6lowpan.analysis.presentation.names import counted, in_order, ipv6_name
from p6lowpan.analysis.presentation.packet_words import protocol_name
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.summary import FindingCount, Summary
from p6lowpan.capability.features import Feature

SHOWN_CONVERSATIONS = 20
LINE_CELLS = 110
NANOSECONDS = 1_000_000_000

Json = dict[str, Any]  # JSON has no narrower type


def summary_lines(summary: Summary, palette: Palette) -> Iterator[str]:
    """The figures of a capture, the findings last: they are what a reader should not miss."""
    title, faint = palette.title, palette.faint
    seconds = (summary.last_time - (summary.first_time or 0)) / NANOSECONDS if summary.frames else 0.0
    yield title(f"{counted(summary.frames, 'frame')}, {counted(summary.octets, 'octet')} in {seconds:.3f} s")
    if summary.retransmissions:
        yield f"  {counted(summary.retransmissions, 'retransmission')} on the link"
    if summary.fragments_received or summary.datagrams_lost:
        lost = f", {counted(summary.datagrams_lost, 'datagram')} lost" if summary.datagrams_lost else ""
        yield f"  {counted(summary.fragments_received, 'fragment')} of datagrams{lost}"
    yield f"  {counted(summary.packets, 'IPv6 packet')}"
    if summary.octets_on_link:
        share = 100 * summary.saved / summary.octets_uncompressed if summary.octets_uncompressed else 0.0
        yield (
            f"  6LoWPAN: {counted(summary.octets_on_link, 'octet')} on the link, {summary.octets_uncompressed} "
            f"uncompressed: {summary.saved} saved, {share:.0f} %"
        )
    if len(summary.conversations):
        yield ""
        yield from _conversations(summary, palette)
    if summary.features:
        yield ""
        yield title("lowest level that takes a frame") + faint("  (payloads)")
        yield f"  {', '.join(f'{name} {count}' for name, count in _levels(summary))}"
        yield title("features") + faint("  (payloads that use them)")
        yield from _features(summary)
    if summary.findings:
        yield ""
        yield from _findings(summary, palette)


def _conversations(summary: Summary, palette: Palette) -> Iterator[str]:
    rows = [(_name(row), row) for row in islice(summary.conversations, SHOWN_CONVERSATIONS)]
    width = max(len(name) for name, _ in rows)
    heading = f"{'conversations':<{width + 2}}  {'packets':>8} {'octets':>9}  seconds"
    yield palette.title(heading)
    for name, row in rows:
        first, last = (_seconds(summary, time) for time in (row.first_time, row.last_time))
        yield f"  {palette.address(f'{name:<{width}}')}  {row.packets:>8} {row.octets:>9}  {first} to {last}"
    left = len(summary.conversations) + summary.conversations.forgotten - len(rows)
    if left > 0:
        yield palette.faint(f"  and {left} more")


def _name(row: Conversation) -> str:
    if not row.source:
        return "others"
    ends = f"{ipv6_name(row.source)} > {ipv6_name(row.destination)}"
    ports = f" {row.source_port} > {row.destination_port}" if row.source_port is not None else ""
    return f"{ends}  {protocol_name(row.protocol)}{ports}"


def _seconds(summary: Summary, time: int) -> str:
    return f"{(time - (summary.first_time or 0)) / NANOSECONDS:.3f}"


def _levels(summary: Summary) -> list[tuple[str, int]]:
    """Levels in their order, and the frames that no level takes."""
    numbered = sorted((level, count) for level, count in summary.levels.items() if level is not None)
    none = summary.levels.get(None, 0)
    return [(f"level {level}:", count) for level, count in numbered] + ([("no level:", none)] if none else [])


def _most_common(summary: Summary) -> list[tuple[Feature, int]]:
    """Features by their number; those of one number in the order of the table."""
    ordered = [(feature, summary.features[feature]) for feature in in_order(summary.features)]
    return sorted(ordered, key=lambda item: -item[1])


def _features(summary: Summary) -> Iterator[str]:
    for feature, count in _most_common(summary):
        row = feature.value
        level = "no level" if row.level is None else f"level {row.level}"
        yield f"  {count:>8}  {row.name:<28} {level:<9} {row.meaning}  ({row.section})"


def _findings(summary: Summary, palette: Palette) -> Iterator[str]:
    yield palette.title("findings")
    for name, row in findings_by_severity(summary):
        severity = palette[SEVERITY_ROLES[row.severity]](f"{row.severity.name.lower():<8}")
        where = f"first in frame {row.first_frame}" if row.first_frame is not None else "at the end"
        yield f"  {severity} {name}  {palette.faint(f'{row.count} x, {where}, {row.section}')}"
        yield from wrap(row.text, LINE_CELLS, initial_indent=" " * 11, subsequent_indent=" " * 11)


def findings_by_severity(summary: Summary) -> list[tuple[str, FindingCount]]:
    """The worst first, then the most frequent."""
    return sorted(summary.findings.items(), key=lambda item: (-item[1].severity, -item[1].count, item[0]))


# --- JSON ------------------------------------------------------------------------------------------------------------


def summary_record(summary: Summary) -> Json:
    """The figures of a capture under keys that do not change."""
    return {
        "frames": summary.frames,
        "octets": summary.octets,
        "first_time_ns": summary.first_time,
        "last_time_ns": summary.last_time if summary.frames else None,
        "packets": summary.packets,
        "retransmissions": summary.retransmissions,
        "fragments_received": summary.fragments_received,
        "datagrams_lost": summary.datagrams_lost,
        "octets_on_link": summary.octets_on_link,
        "octets_uncompressed": summary.octets_uncompressed,
        "saved": summary.saved,
        "levels": {"none" if level is None else str(level): count for level, count in summary.levels.items()},
        "features": {feature.value.name: count for feature, count in _most_common(summary)},
        "conversations": [_conversation(row) for row in summary.conversations],
        "findings": [
            {
                "name": name,
                "severity": row.severity.name.lower(),
                "section": row.section,
                "count": row.count,
                "first_frame": row.first_frame,
                "text": row.text,
            }
            for name, row in findings_by_severity(summary)
        ],
    }


def _conversation(row: Conversation) -> Json:
    known = bool(row.source)
    return {
        "source": ipv6_name(row.source) if known else None,
        "destination": ipv6_name(row.destination) if known else None,
        "protocol": protocol_name(row.protocol) if known else None,
        "source_port": row.source_port,
        "destination_port": row.destination_port,
        "packets": row.packets,
        "octets": row.octets,
        "first_time_ns": row.first_time,
        "last_time_ns": row.last_time,
    }
