"""A capture that is read as far as it can be: what is wrong with the file is told at the end, not in the middle."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

import typer

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.gleaning import Written
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capture.files import Capture, open_capture, read
from p6lowpan.capture.frame import CapturedFrame, LinkType, link_type_name
from p6lowpan.cli.output import complain, progress_bar

PIPE = "-"
T = TypeVar("T")
FAULTY = 2
"""The exit status where a part of the capture could not be read."""

SHOWN_FAULTS = 5


class Reading:
    """One pass through a capture. ``faults`` are the reasons why not all of it could be read."""

    def __init__(self, capture: Capture, name: str, size: int, is_live: bool) -> None:
        self.capture = capture
        self.name = name
        self.size = size
        self.is_live = is_live
        self.faults: list[str] = []
        self.number = 0

    def frames(self, *, lines_are_shown: bool) -> Iterator[CapturedFrame]:
        """Every complete frame. Raises :class:`UsageError` where none of them can be of interest."""
        for captured, _ in self._read(((captured, None) for captured in self.capture), lines_are_shown):
            yield captured

    def gleaned(
        self, glancer: Glancer, *, lines_are_shown: bool
    ) -> Iterator[tuple[CapturedFrame, Glimpse | Explained | Written]]:
        """The same, and what a glancer says of each that it does not leave out; what it has written included."""
        return self._read(glancer.glean(self.capture), lines_are_shown)

    def _read(
        self, frames: Iterable[tuple[CapturedFrame, T]], lines_are_shown: bool
    ) -> Iterator[tuple[CapturedFrame, T]]:
        known = False
        with progress_bar(self.capture, self.size, lines_are_shown=lines_are_shown) as advance:
            try:
                for captured, seen in frames:
                    self.number = captured.number
                    advance.to(captured.number)
                    if not known:
                        known = _is_known(captured)
                        if not known and self.capture.pcap is not None:
                            raise UsageError(_unknown(self.name, captured))
                    yield captured, seen
            except Malformed as error:
                self.faults.append(f"{self.name}: octet {error.offset}: {error.detail}")
        if self.capture.pcap is not None:
            self.number = self.capture.pcap.number
        for damage in self.capture.damaged[:SHOWN_FAULTS]:
            self.faults.append(f"{self.name}: octet {damage.offset}: {damage.detail or damage}")
        if self.capture.damaged_blocks > SHOWN_FAULTS:
            self.faults.append(f"{self.name}: {self.capture.damaged_blocks} damaged blocks in all were passed over")
        if self.number and not known:
            self.faults.append(f"{self.name}: no frame has a link type that carries 6LoWPAN or IPv6")

    def end(self) -> None:
        """Tell what was wrong. Raises ``typer.Exit`` where anything was."""
        for fault in self.faults:
            complain(fault)
        if self.faults:
            raise typer.Exit(FAULTY)


def _is_known(captured: CapturedFrame) -> bool:
    return captured.link_type in LinkType._value2member_map_


def _unknown(name: str, captured: CapturedFrame) -> str:
    known = ", ".join(str(link_type.value) for link_type in LinkType)
    return (
        f"{name}: link type {link_type_name(captured.link_type)} carries no 6LoWPAN that is known here (only {known})"
    )


@contextmanager
def reading(file: str) -> Iterator[Reading]:
    """The capture in a file, or in standard input for ``-``. Raises :class:`UsageError` where it is none."""
    name = "standard input" if file == PIPE else file
    try:
        capture = read(_standard_input()) if file == PIPE else open_capture(file)
    except Malformed as error:
        raise UsageError(f"{name}: no capture: {error.detail or error}") from None
    status = os.fstat(0) if file == PIPE else os.stat(file)
    is_file = stat.S_ISREG(status.st_mode)
    with capture:
        yield Reading(capture, name, status.st_size if is_file else 0, is_live=not is_file)


def _standard_input() -> BinaryIO:
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal: give it a capture, as in tcpdump -w - | p6lowpan explain -")
    return sys.stdin.buffer
