"""One line a frame: number, time, who to whom, what a receiver must be able to do, and what the frame says.

    lines = LineWriter(palette)
    print(lines.heading)
    for explained in ...:
        print(lines.line(explained))

The words of a frame are made here and nowhere else: JSON and CSV hold the same, see :meth:`LineWriter.text`.
"""

from collections.abc import Callable
from functools import lru_cache

from p6lowpan.analysis.acknowledgements import asks
from p6lowpan.analysis.explained import Explained, Finding, Severity
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.presentation import lowpan_words, mac_words
from p6lowpan.analysis.presentation.glimpse_words import ASKED, SENT_AGAIN, What, glimpse_words
from p6lowpan.analysis.presentation.names import seconds_between, short_link
from p6lowpan.analysis.presentation.packet_words import packet_words
from p6lowpan.analysis.presentation.palette import Palette, Role
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import takes
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame

SEVERITY_ROLES = {Severity.NOTE: Role.NOTE, Severity.WARNING: Role.WARNING, Severity.ERROR: Role.ERROR}
SEVERITY_MARKS = {Severity.NOTE: "", Severity.WARNING: "!", Severity.ERROR: "!!"}
NUMBER, SECONDS = "{number:>6}", "{seconds:>11}"
NO_LEVEL = "none"
"""Stands in the level's column where no level takes the frame."""

ENDS_CELLS, COST_CELLS = 21, 12
REMEMBERED = 1 << 12
"""As many pairs of addresses; a frame mostly has the ends of one before it."""


class LineWriter:
    """Remembers the time of the first frame, and which frame waits for an acknowledgement."""

    def __init__(self, palette: Palette, *, features: bool = False) -> None:
        self.palette = palette
        self.features = features
        self._first_ns: int | None = None
        self.waiting: tuple[int | None, int] = (None, 0)
        """The sequence number of the frame that waits for an acknowledgement, and its number."""
        self.ends = lru_cache(REMEMBERED)(self._painted_ends)
        self.cost = lru_cache(REMEMBERED)(self._painted_cost)

    @property
    def heading(self) -> str:
        """Names the columns."""
        row = f"{'frame':>6} {'seconds':>11}  {'from':>9}   {'to':<9}  {'level':>5} {'growth':>6}  what"
        return self.palette.faint(row)

    @property
    def first_ns(self) -> int:
        """The time of the first frame."""
        return self._first_ns or 0

    def note(self, explained: Explained) -> None:
        """Remember of a frame what is said of those behind it."""
        captured, frame = explained.captured, explained.frame
        if self._first_ns is None:
            self._first_ns = captured.time_ns
        if asks(frame):
            self.waiting = frame.sequence_number, captured.number

    def line(self, explained: Explained) -> str:
        """The line of the next frame."""
        self.note(explained)
        cost = self.cost(explained.features, explained.growth)
        more = self.used(explained.features) + "".join(map(self.mark, explained.findings))
        return self._line(explained.captured, self.ends(*link_ends(explained)), cost, self.what(explained), more)

    def glimpse(self, glimpse: Glimpse) -> str:
        """The line of the next frame, which was glanced at."""
        captured, header, palette = glimpse.captured, glimpse.header, self.palette
        if self._first_ns is None:
            self._first_ns = captured.time_ns
        if header.asks:
            self.waiting = glimpse.sequence_number, captured.number
        kind, role, words = glimpse_words(glimpse, palette)
        if header.acknowledges:
            words = palette.faint(words + self._acknowledged(glimpse.sequence_number))
        cost = self.cost(glimpse.features, glimpse.growth)
        more = self.used(glimpse.features) + "".join(map(self.mark, glimpse.findings))
        return self._line(captured, self.ends(*header.ends), cost, (kind, role, words), more)

    def _line(self, captured: CapturedFrame, ends: str, cost: str, what: What, more: str) -> str:
        number = NUMBER.format(number=captured.number)
        seconds = SECONDS.format(seconds=seconds_between(self.first_ns, captured.time_ns))
        return self.row(number, seconds, ends, cost, what, more)

    def row(self, number: str, seconds: str, ends: str, cost: str, what: What, more: str) -> str:
        """The columns of a line."""
        kind, role, words = what
        palette = self.palette
        return f"{number} {palette.faint(seconds)}  {ends}  {cost}  {palette[role](f'{kind:<6}')} {words}{more}"

    def _painted_ends(self, source: bytes, destination: bytes) -> str:
        """Who sends to whom on the link."""
        if not source and not destination:
            return " " * ENDS_CELLS
        address = self.palette.address
        return f"{address(f'{short_link(source):>9}')} > {address(f'{short_link(destination):<9}')}"

    def _painted_cost(self, features: frozenset[Feature], growth: int) -> str:
        """The lowest level that takes a frame, and by how many octets its headers grow."""
        if not features:
            return " " * COST_CELLS
        level = takes(features, growth)
        return self.palette.faint(f"{NO_LEVEL if level is None else level:>5} {growth:>+6}")

    def text(self, explained: Explained) -> str:
        """What the line of a frame says, without its columns."""
        kind, _, words = self.what(explained)
        return f"{kind} {words}".rstrip()

    def what(self, explained: Explained) -> What:
        """What kind of frame it is, how that word is painted, and what the frame says."""
        inside = explained.inside
        if inside is None:
            return "?", Role.ERROR, self._error(explained)
        return WHAT[inside.kind](self, explained, inside)

    def _error(self, explained: Explained) -> str:
        if explained.error is None:
            return ""
        return self.palette.error(mac_words.error_words(explained.error, explained.frame))

    def _radio_frame(self, explained: Explained, inside: Encapsulated) -> What:
        frame = explained.frame
        if frame is None:
            return "?", Role.ERROR, self._error(explained)
        if explained.received is not None:
            return self._lowpan(explained, inside)
        kind = mac_words.kind_of(frame)
        if explained.error is not None:
            return kind, Role.MAC, self._error(explained)
        words = mac_words.frame_words(frame)
        if explained.repeated:
            return "RETRY", Role.MAC, self.palette.faint(f"{words}, {SENT_AGAIN}")
        if kind == "ACK":
            words += self._acknowledged(getattr(frame, "sequence_number", None))
        return kind, Role.MAC, self.palette.faint(words)

    def _acknowledged(self, sequence_number: int | None) -> str:
        """An acknowledgement names nobody: the frame before it with its sequence number is the one."""
        sequence, number = self.waiting
        return ASKED.format(asked=number) if sequence is not None and sequence == sequence_number else ""

    def _lowpan(self, explained: Explained, _inside: Encapsulated) -> What:
        received = explained.received
        if received is None or received.payload is None:
            return "DATA", Role.MAC, self._error(explained)
        words = lowpan_words.lowpan_words(received, explained.guessed_contexts, self.palette)
        if explained.mle is not None:
            words += f": {self.palette.upper(lowpan_words.meaning_of(explained.mle, 'command'))}"
        if explained.error is not None:
            words = f"{words}  {self._error(explained)}"
        return lowpan_words.kind_of(received.payload), Role.TITLE, words

    def _ipv6(self, _explained: Explained, inside: Encapsulated) -> What:
        words = packet_words(inside.octets)
        address = self.palette.address
        ends = f"{address(words.source)} > {address(words.destination)}"
        return "IPv6", Role.TITLE, f"{ends}  {self.palette.upper(words.text)}"

    def _other(self, _explained: Explained, inside: Encapsulated) -> What:
        return "-", Role.FAINT, self.palette.faint(inside.note or inside.kind.value.replace("-", " "))

    def used(self, features: frozenset[Feature]) -> str:
        """The features of a frame, where they are asked for."""
        if not self.features or not features:
            return ""
        names = ",".join(sorted(feature.value.name for feature in features))
        return f"  {self.palette.faint(names)}"

    def mark(self, finding: Finding) -> str:
        """What a line says of a finding."""
        paint = self.palette[SEVERITY_ROLES[finding.severity]]
        return f"  {paint(f'[{SEVERITY_MARKS[finding.severity]}{finding.name}]')}"


WHAT: dict[Kind, Callable[[LineWriter, Explained, Encapsulated], What]] = {
    Kind.IEEE802154: LineWriter._radio_frame,
    Kind.LOWPAN: LineWriter._lowpan,
    Kind.IPV6: LineWriter._ipv6,
    Kind.OTHER: LineWriter._other,
    Kind.ZEP_ACKNOWLEDGEMENT: LineWriter._other,
}


def link_ends(explained: Explained) -> tuple[bytes, bytes]:
    """Source and destination on the link, empty where the frame does not say."""
    frame, inside = explained.frame, explained.inside
    if isinstance(frame, Frame | MultipurposeFrame):
        return frame.source, frame.destination
    if inside is not None and inside.kind is Kind.LOWPAN:
        return inside.source, inside.destination
    return b"", b""
