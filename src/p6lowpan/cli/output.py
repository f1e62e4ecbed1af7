"""Writing to a terminal, a file or a pipe: colour, progress, and a reader who goes away."""

import codecs
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.files import Capture

LARGE_OCTETS = 4 << 20
"""A capture of this size takes some seconds; below it a progress bar is only flicker."""

FRAMES_PER_UPDATE = 256
COLOURS = {"always": True, "never": False}


def palette_of(colour: str) -> Palette:
    """``auto``: colour on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb."""
    if colour in COLOURS:
        return Palette(COLOURS[colour])
    if colour != "auto":
        raise UsageError(f"--color is auto, always or never, not {colour!r}")
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Palette(sys.stdout.isatty() and not plain)


def write(lines: Iterator[str], *, at_once: bool = False) -> None:
    """Lines to standard output; ``at_once``: whoever reads them waits for each."""
    for line in lines:
        sys.stdout.write(line + "\n")
    if at_once:
        sys.stdout.flush()


def write_octets(text: bytes) -> None:
    """Text in UTF-8 to standard output, as it is where that takes it."""
    stream, beneath = sys.stdout, getattr(sys.stdout, "buffer", None)
    if beneath is None or codecs.lookup(stream.encoding).name != "utf-8" or os.linesep != "\n":
        stream.write(text.decode())
        return
    stream.flush()
    left = memoryview(text)
    while left:  # what is beneath may be unbuffered, and take a part
        left = left[beneath.write(left) :]
    if stream.line_buffering:
        stream.flush()


def complain(text: str) -> None:
    """One line on standard error, behind what was already written."""
    sys.stdout.flush()
    sys.stderr.write(f"p6lowpan: {text}\n")


@contextmanager
def counting() -> Iterator[Callable[[int, int], object]]:
    """To be told how many of how many are done: shown on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    rich = import_module("rich.progress")  # takes a while, and is rarely wanted
    words = (rich.TextColumn(text) for text in ("{task.completed} of {task.total}", "{task.elapsed:.0f} s"))
    console = import_module("rich.console").Console(stderr=True)
    with rich.Progress(rich.BarColumn(), *words, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


class Advance:
    """Moves a progress bar along a capture."""

    def __init__(self, progress: Any, capture: Capture, size: int) -> None:  # Any: Progress of rich, or None
        self._progress = progress
        self._capture = capture
        self._shown = 0
        self._task = progress.add_task("", total=size) if progress else None

    def to(self, number: int) -> None:
        """So many frames were read."""
        if self._progress is not None and self._task is not None and number >= self._shown + FRAMES_PER_UPDATE:
            self._shown = number
            self._progress.update(self._task, completed=self._capture.octets_read)


@contextmanager
def progress_bar(capture: Capture, size: int, *, lines_are_shown: bool) -> Iterator[Advance]:
    """A bar on standard error, where that is a terminal on which nothing else moves, and the capture is large."""
    silent = size < LARGE_OCTETS or not sys.stderr.isatty() or (lines_are_shown and sys.stdout.isatty())
    if silent:
        yield Advance(None, capture, size)
        return
    rich = import_module("rich.progress")  # takes a while, and is rarely wanted
    columns = (rich.BarColumn(), rich.TextColumn("{task.percentage:>3.0f} %"), rich.TimeRemainingColumn())
    # Without redirection: what is written to standard output goes there, and not through the bar.
    console = import_module("rich.console").Console(stderr=True)
    with rich.Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        yield Advance(progress, capture, size)
