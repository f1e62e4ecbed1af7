"""``p6lowpan explain``: a capture in words."""

from dataclasses import replace
from typing import Annotated

import typer

from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.presentation.report import CsvReport, DetailReport, JsonReport, LineReport, Report
from p6lowpan.analysis.summary import Summary
from p6lowpan.capability.errors import UsageError
from p6lowpan.cli.options import (
    AUTO,
    AddressOption,
    ContextOption,
    ContextsOption,
    FcsOption,
    IgnoreFcsOption,
    KeyOption,
    KeysOption,
    settings_of,
)
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.reading import Reading, reading

FORM = "What is shown"
STATUS_OF_INTERRUPT = 130


def explain(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A pcap or pcapng capture, or - for a pipe.")],
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Every layer and field of every frame.", rich_help_panel=FORM)
    ] = False,
    frame: Annotated[
        list[int] | None,
        typer.Option("--frame", metavar="N", min=1, help="Only this frame, in full.", rich_help_panel=FORM),
    ] = None,
    features: Annotated[
        bool, typer.Option("--features", help="Name the features that each frame uses.", rich_help_panel=FORM)
    ] = False,
    advice: Annotated[
        bool, typer.Option("--advice", help="Say by how much frames could be shorter.", rich_help_panel=FORM)
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a frame.", rich_help_panel=FORM)] = False,
    csv: Annotated[bool, typer.Option("--csv", help="One row of CSV a frame.", rich_help_panel=FORM)] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The summary alone.", rich_help_panel=FORM)] = False,
    summary: Annotated[
        bool, typer.Option("--summary/--no-summary", help="The summary at the end.", rich_help_panel=FORM)
    ] = True,
    color: Annotated[
        str, typer.Option("--color", metavar="WHEN", help="auto, always or never.", rich_help_panel=FORM)
    ] = AUTO,
    context: ContextOption = None,
    contexts: ContextsOption = None,
    key: KeyOption = None,
    keys: KeysOption = None,
    address: AddressOption = None,
    fcs: FcsOption = AUTO,
    ignore_fcs: IgnoreFcsOption = False,
) -> None:
    """Say in words what a capture holds, frame by frame, and what is wrong with it.

    Contexts are learned from the capture as it goes along, and so are the addresses that decryption needs; what the
    capture does not show can be given. The exit status is 2 where a part of the capture could not be read.
    """
    if json and csv:
        raise UsageError("--json and --csv exclude each other")
    if quiet and (frame or verbose):
        raise UsageError("--quiet shows no frames, so it excludes --verbose and --frame")
    settings = replace(settings_of(context, contexts, key, keys, address, fcs, ignore_fcs), advice=advice)
    palette = palette_of(color)
    report: Report
    if json:
        report = JsonReport()
    elif csv:
        report = CsvReport()
    elif quiet:
        report = Report(palette)
    elif verbose or frame:
        report = DetailReport(palette)
    else:
        report = LineReport(palette, features=features)
    with reading(file) as source:
        _explain(source, Explainer(settings), report, frozenset(frame or ()), summary and not frame)
        source.end()


def _explain(source: Reading, explainer: Explainer, report: Report, wanted: frozenset[int], with_summary: bool) -> None:
    """The frames of a capture, as a report writes them; those that are ``wanted``, or all where none are."""
    summary = Summary()
    interrupted = False
    start = report.start()  # written with the first frame: where there is none, an error may be all there is to say
    try:
        for captured in source.frames(lines_are_shown=type(report) is not Report):
            write(start)
            explained = explainer.explain(captured)
            if with_summary:
                summary.add(explained)
            if not wanted or captured.number in wanted:
                write(report.frame(explained), at_once=source.is_live)
            else:
                report.pass_over(explained)
            if wanted and captured.number >= max(wanted):
                break
    except KeyboardInterrupt:
        interrupted = True
    write(start)
    summary.finish(explainer.finish())
    if with_summary:
        write(report.end(summary))
    if wanted and source.number < max(wanted):
        source.faults.append(f"{source.name}: there is no frame {max(wanted)}, only {source.number} could be read")
    if interrupted:
        raise typer.Exit(STATUS_OF_INTERRUPT)
