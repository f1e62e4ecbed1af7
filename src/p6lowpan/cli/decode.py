"""``p6lowpan decode``: octets from a log or a debugger in words."""

import json as json_module
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.payloads import PayloadExplainer, octets_of, verdict
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.line import LineWriter
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.analysis.presentation.record import frame_record
from p6lowpan.capability import named
from p6lowpan.capability.profile import Profile
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
    pan_of,
)
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.settings import settings_of
from p6lowpan.wire.address import Link, LinkAddress, parse_link

PIPE = "-"


def decode(
    octets: Annotated[list[str], typer.Argument(metavar="HEX...|-", help="6LoWPAN payloads, or - for lines of them.")],
    mac: Annotated[bool, typer.Option("--mac", help="Whole IEEE 802.15.4 frames instead of payloads.")] = False,
    source: Annotated[str, typer.Option("--source", metavar="ADDRESS", help="Link-layer source of the payloads.")] = "",
    destination: Annotated[
        str, typer.Option("--destination", metavar="ADDRESS", help="Link-layer destination of the payloads.")
    ] = "",
    pan: Annotated[str, typer.Option("--pan", metavar="HEX", help="PAN identifier of the payloads.")] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="Whether this node takes it: level-3, flex:XXXXXXXX, riot.")
    ] = "rfc6282",
    json: Annotated[bool, typer.Option("--json", help="One JSON object a payload.")] = False,
    color: ColorOption = AUTO,
    context: ContextOption = None,
    contexts: ContextsOption = None,
    key: KeyOption = None,
    keys: KeysOption = None,
    address: AddressOption = None,
    root: RootOption = None,
    fcs: FcsOption = "none",
    ignore_fcs: IgnoreFcsOption = False,
) -> None:
    """Decode 6LoWPAN payloads, one or the fragments of a datagram in their order: every field in words.

    An address that the frame elides comes from its link-layer address: give --source and --destination.
    """
    receiver = named.by_name(profile)
    explainer = PayloadExplainer(settings_of(context, contexts, key, keys, address, fcs, ignore_fcs, root))
    link, pan_id = Link(end_of(source), end_of(destination)), pan_of(pan) if pan else None
    payloads = enumerate(map(octets_of, _given(octets)), 1)
    if mac:
        explanations = (explainer.explain_frame(number, frame) for number, frame in payloads)
    else:
        explanations = (explainer.explain_payload(number, payload, link, pan_id) for number, payload in payloads)
    write(_records(explanations, receiver) if json else _details(explanations, receiver, color))


def _details(explanations: Iterator[Explained], receiver: Profile, color: str) -> Iterator[str]:
    palette = palette_of(color)
    lines, details = LineWriter(palette), DetailWriter(palette)
    for explained in explanations:
        yield f"{explained.captured.number}  {lines.text(explained)}"
        yield from details.lines(explained, was_captured=False)
        if explained.features:
            yield f"  {verdict(explained, receiver)}"
        yield ""


def _records(explanations: Iterator[Explained], receiver: Profile) -> Iterator[str]:
    lines = LineWriter(PLAIN)
    for explained in explanations:
        unsupported = sorted(feature.value.name for feature in receiver.unsupported(explained.features))
        record = frame_record(explained, 0, lines.text(explained))
        yield json_module.dumps({**record, "profile": receiver.name, "unsupported": unsupported})


def _given(texts: list[str]) -> Iterator[str]:
    for text in texts:
        if text == PIPE:
            yield from (line for line in map(str.strip, sys.stdin) if line)
        else:
            yield text


def end_of(text: str) -> LinkAddress:
    """A link-layer address; of no text, none."""
    return parse_link(text) if text else LinkAddress(b"")
