"""How an explanation is written: lines, details, JSON or CSV. Each is a report, fed frame by frame, that gives text.

    report = LineReport(palette)
    for text in report.frame(explained): ...
    for text in report.end(summary): ...

A frame that is not shown is passed over: what is said of a frame may depend on the frames before it.
"""

import csv
import json
from collections.abc import Collection, Iterator

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.presentation.columns import COLUMNS, cells
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.line import LineWriter
from p6lowpan.analysis.presentation.palette import PLAIN, Palette
from p6lowpan.analysis.presentation.record import frame_record
from p6lowpan.analysis.presentation.summary_words import summary_lines, summary_record
from p6lowpan.analysis.summary import Summary

INDENT = " " * 20


class Report:
    """Turns frames into text, line by line without line ends. This one shows the summary alone."""

    shows_frames = False
    glances = True  # a glimpse of an ordinary frame is enough

    def __init__(self, palette: Palette = PLAIN, *, features: bool = False) -> None:
        self.palette = palette
        self.lines = LineWriter(palette, features=features)

    def start(self) -> Iterator[str]:
        """What comes before the first frame."""
        return iter(())

    def pass_over(self, explained: Explained) -> None:
        """Take note of a frame that is not shown."""
        self.lines.note(explained)

    def frame(self, explained: Explained) -> Iterator[str]:
        """A frame."""
        self.pass_over(explained)
        return iter(())

    def glimpse(self, glimpse: Glimpse) -> str:  # noqa: ARG002 - those that show frames take it
        """What is shown of a frame that was glanced at, with its line ends."""
        return ""

    def end(self, summary: Summary) -> Iterator[str]:
        """The figures of the capture."""
        return summary_lines(summary, self.palette)


class LineReport(Report):
    """One line a frame; below it the text of findings that are to be told ``in_full``."""

    shows_frames = True

    def __init__(self, palette: Palette = PLAIN, *, features: bool = False, in_full: Collection[str] = ()) -> None:
        super().__init__(palette, features=features)
        self._in_full = in_full

    def start(self) -> Iterator[str]:
        """The names of the columns."""
        yield self.lines.heading

    def frame(self, explained: Explained) -> Iterator[str]:
        """The line of a frame."""
        yield self.lines.line(explained)
        for finding in explained.findings:
            if finding.name in self._in_full:
                yield f"{INDENT}{finding.text}"

    def glimpse(self, glimpse: Glimpse) -> str:
        """The line of a frame. What is to be told in full is not found at a glance."""
        return self.lines.glimpse(glimpse) + "\n"

    def end(self, summary: Summary) -> Iterator[str]:
        """The figures of the capture, after an empty line."""
        yield ""
        yield from summary_lines(summary, self.palette)


class DetailReport(Report):
    """Every layer of a frame, behind its line."""

    shows_frames = True
    glances = False

    def frame(self, explained: Explained) -> Iterator[str]:
        """A frame in full."""
        return DetailWriter(self.palette).lines(explained, self.lines.line(explained))


class JsonReport(Report):
    """One JSON object a line: a frame each, and the summary."""

    shows_frames = True
    glances = False

    def frame(self, explained: Explained) -> Iterator[str]:
        """The object of a frame."""
        self.lines.note(explained)
        yield json.dumps(frame_record(explained, self.lines.first_ns, self.lines.text(explained)))

    def end(self, summary: Summary) -> Iterator[str]:
        """The summary in an object of its own."""
        yield json.dumps({"summary": summary_record(summary)})


class _Echo:
    """Gives back what it is asked to write: ``csv`` wants a file."""

    def write(self, text: str) -> str:
        """The text."""
        return text


class CsvReport(Report):
    """A table with a row for each frame."""

    shows_frames = True
    glances = False

    def __init__(self) -> None:
        super().__init__()
        self._writer = csv.writer(_Echo(), lineterminator="")

    def start(self) -> Iterator[str]:
        """The names of the columns."""
        yield str(self._writer.writerow(COLUMNS))

    def frame(self, explained: Explained) -> Iterator[str]:
        """The row of a frame."""
        self.lines.note(explained)
        yield str(self._writer.writerow(cells(explained, self.lines.text(explained))))

    def end(self, summary: Summary) -> Iterator[str]:  # noqa: ARG002 - a report takes it
        """Nothing: a table of frames has no room for it."""
        return iter(())
