"""``p6lowpan verdict``: who is right about a frame."""

import json as json_module
import sys
from typing import Annotated

import typer

from p6lowpan.analysis.payloads import octets_of
from p6lowpan.cli.asked_stacks import stacks_of
from p6lowpan.cli.decode import PIPE, end_of
from p6lowpan.cli.options import AUTO, ColorOption, ContextOption, ContextsOption, pan_of
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.settings import settings_of
from p6lowpan.drivers.decoders import opinions
from p6lowpan.interop.laboratory.verdict import verdict as verdict_of
from p6lowpan.interop.laboratory.words.verdict import verdict_lines, verdict_record
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import HandedUp
from p6lowpan.wire.address import Link


def verdict(
    octets: Annotated[
        list[str], typer.Argument(metavar="HEX...|-", help="A 6LoWPAN payload, the fragments of one, or - for lines.")
    ],
    source: Annotated[str, typer.Option("--source", metavar="ADDRESS", help="Link-layer source.")] = "",
    destination: Annotated[str, typer.Option("--destination", metavar="ADDRESS", help="Link-layer destination.")] = "",
    pan: Annotated[str, typer.Option("--pan", metavar="HEX", help="PAN identifier.")] = "",
    stacks: Annotated[str, typer.Option("--stacks", metavar="NAME,...", help="These stacks instead of all.")] = "all",
    others: Annotated[
        bool, typer.Option("--others/--no-others", help="Ask tshark and scapy, if there are any.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    color: ColorOption = AUTO,
    context: ContextOption = None,
    contexts: ContextsOption = None,
) -> None:
    """Put a frame, or the fragments of a datagram, to every stack, our decoder, tshark and scapy: who says what, why.

    Stacks answer by their profiles. An address that the frame elides comes from --source and --destination.
    """
    known = {each.identifier: each for each in settings_of(context, contexts, None, None, None).contexts}
    node = Node(Link(end_of(source), end_of(destination)), known, pan_of(pan) if pan else None)
    texts = [line for text in octets for line in (sys.stdin.read().split() if text == PIPE else [text])]
    frames = [octets_of(text) for text in texts]
    asked = opinions(frames, node.link, known, node.pan) if others else ()
    found = verdict_of(
        frames, node, [(each.who, HandedUp(each.packets, each.dropped)) for each in asked], stacks_of(stacks)
    )
    write(
        iter([json_module.dumps(verdict_record(found), indent=1)]) if json else verdict_lines(found, palette_of(color))
    )
