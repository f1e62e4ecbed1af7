"""``p6lowpan explain``: a capture in words."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Annotated

import typer

from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.gleaning import Written
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.judging import LOST_BY_STACKS, TAKEN_BY_STACKS
from p6lowpan.analysis.presentation.report import CsvReport, DetailReport, JsonReport, LineReport, Report
from p6lowpan.analysis.presentation.telling import Teller
from p6lowpan.analysis.summary import Summary
from p6lowpan.capability.errors import UsageError
from p6lowpan.cli.options import (
    AUTO,
    AddressOption,
    ColorOption,
    ContextOption,
    ContextsOption,
    FcsOption,
    IgnoreFcsOption,
    KeyOption,
    KeysOption,
    RootOption,
    shown,
)
from p6lowpan.cli.output import palette_of, write, write_octets
from p6lowpan.cli.reading import Reading, reading
from p6lowpan.cli.settings import settings_of

STATUS_OF_INTERRUPT = 130
TOLD_IN_FULL = (LOST_BY_STACKS.name, TAKEN_BY_STACKS.name)

File = Annotated[str, typer.Argument(metavar="FILE|-", help="A pcap or pcapng capture, or - for a pipe.")]
VerboseOption = Annotated[bool, shown("--verbose", "-v", help="Every layer and field of every frame.")]
FrameOption = Annotated[list[int] | None, shown("--frame", metavar="N", min=1, help="Only this frame, in full.")]
FeaturesOption = Annotated[bool, shown("--features", help="Name the features that each frame uses.")]
StacksOption = Annotated[
    str, shown("--stacks", metavar="all|NAME,...", help="Who of these stacks would lose each packet, and why.")
]
AdviceOption = Annotated[bool, shown("--advice", help="Say by how much frames could be shorter.")]
JsonOption = Annotated[bool, shown("--json", help="One JSON object a frame.")]
CsvOption = Annotated[bool, shown("--csv", help="One row of CSV a frame.")]
QuietOption = Annotated[bool, shown("--quiet", "-q", help="The summary alone.")]
SummaryOption = Annotated[bool, shown("--summary/--no-summary", help="The summary at the end.")]


def explain(
    file: File,
    verbose: VerboseOption = False,
    frame: FrameOption = None,
    features: FeaturesOption = False,
    advice: AdviceOption = False,
    stacks: StacksOption = "",
    json: JsonOption = False,
    csv: CsvOption = False,
    quiet: QuietOption = False,
    summary: SummaryOption = True,
    color: ColorOption = AUTO,
    context: ContextOption = None,
    contexts: ContextsOption = None,
    key: KeyOption = None,
    keys: KeysOption = None,
    address: AddressOption = None,
    root: RootOption = None,
    fcs: FcsOption = AUTO,
    ignore_fcs: IgnoreFcsOption = False,
) -> None:
    """Say in words what a capture holds, frame by frame, and what is wrong with it.

    Contexts are learned from the capture as it goes along, and so are the addresses that decryption needs; what the
    capture does not show can be given. The exit status is 2 where a part of the capture could not be read.
    """
    if json + csv + quiet > 1:
        raise UsageError("--json, --csv and --quiet exclude each other")
    if quiet and (frame or verbose):
        raise UsageError("--quiet shows no frames, so it excludes --verbose and --frame")
    settings = settings_of(context, contexts, key, keys, address, fcs, ignore_fcs, root)
    palette = palette_of(color)
    if json or csv:
        report: Report = JsonReport() if json else CsvReport()
    elif quiet or verbose or frame:
        report = Report(palette) if quiet else DetailReport(palette)
    else:
        report = LineReport(palette, features=features, in_full=TOLD_IN_FULL if stacks else ())
    with reading(file) as source:
        asked = import_module("p6lowpan.cli.asked_stacks") if stacks else None
        explainer = Explainer(replace(settings, advice=advice), judge=asked.judge_of(stacks) if asked else None)
        _tell(source, explainer, report, frozenset(frame or ()), summary and not frame)
        if asked and summary and not frame and not csv:
            write(asked.judged(explainer.judge, palette, json=json))
        source.end()


def _tell(source: Reading, explainer: Explainer, report: Report, wanted: frozenset[int], with_summary: bool) -> None:
    """The frames of a capture, at the speed that the report allows."""
    summary = Summary()
    interrupted = False
    start = report.start()  # written with the first frame: where there is none, an error may be all there is to say
    try:
        if report.glances:
            _glance(source, explainer, report, summary, start)
        else:
            _explain(source, explainer, report, summary, start, wanted)
    except KeyboardInterrupt:
        interrupted = True
    write(start)
    summary.finish(explainer.finish())
    if with_summary:
        write(report.end(summary))
    if interrupted:
        raise typer.Exit(STATUS_OF_INTERRUPT)


def _glance(source: Reading, explainer: Explainer, report: Report, summary: Summary, start: Iterator[str]) -> None:
    """The frames of a capture where their lines, or their figures, are all that is asked for."""
    glancer = Glancer(explainer)
    teller = Teller(explainer, summary, report.lines, shows_lines=report.shows_frames)
    for _, seen in source.gleaned(glancer, lines_are_shown=report.shows_frames):
        write(start)
        if isinstance(seen, Written):
            write_octets(seen.octets)
        elif isinstance(seen, Glimpse):
            summary.add_glimpse(seen)
            sys.stdout.write(report.glimpse(seen))
        else:
            summary.add(seen)
            write(report.frame(seen))
        glancer.glean_with(teller)  # which starts from the first frame
        if source.is_live:
            sys.stdout.flush()


def _explain(
    source: Reading,
    explainer: Explainer,
    report: Report,
    summary: Summary,
    start: Iterator[str],
    wanted: frozenset[int],
) -> None:
    """The frames of a capture, as a report writes them; those that are ``wanted``, or all where none are."""
    last = max(wanted, default=0)
    for captured in source.frames(lines_are_shown=report.shows_frames):
        write(start)
        explained = explainer.explain(captured)
        summary.add(explained)
        if not wanted or captured.number in wanted:
            write(report.frame(explained), at_once=source.is_live)
        else:
            report.pass_over(explained)
        if wanted and captured.number >= last:
            break
    if source.number < last:
        source.faults.append(f"{source.name}: there is no frame {last}, only {source.number} could be read")
