"""``p6lowpan encode``: an IPv6 packet as the frames that a receiver takes."""

import json as json_module
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from p6lowpan.analysis.explainer import Settings
from p6lowpan.analysis.payloads import PayloadExplainer, octets_of
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.names import counted
from p6lowpan.analysis.presentation.record import layer_record
from p6lowpan.capability import named
from p6lowpan.capability import profile as profiles
from p6lowpan.cli.options import AUTO, ColorOption, ContextOption, ContextsOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.settings import settings_of
from p6lowpan.machines.adaptation.sender import Sent, send
from p6lowpan.wire.address import Link, LinkAddress, parse_link
from p6lowpan.wire.dissect import payload_layers

PIPE = "-"


def encode(
    packet: Annotated[str, typer.Argument(metavar="HEX|-", help="An IPv6 packet, or - to read it from a pipe.")],
    source: Annotated[str, typer.Option("--from", metavar="ADDRESS", help="Link-layer address of the sender.")] = "",
    destination: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="Link-layer address of the receiver.")
    ] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="The receiver: rfc6282, level-3, flex:XXXXXXXX, riot.")
    ] = "rfc6282",
    mtu: Annotated[int, typer.Option("--mtu", min=1, help="Octets that a frame has for the payload.")] = 102,
    tag: Annotated[int, typer.Option("--tag", min=0, max=0xFFFF, help="Datagram tag of fragments.")] = 1,
    elide_checksum: Annotated[
        bool, typer.Option("--elide-checksum", help="The application allows to leave the UDP checksum out.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The octets of the frames alone.")] = False,
    json: Annotated[bool, typer.Option("--json", help="A JSON object.")] = False,
    color: ColorOption = AUTO,
    context: ContextOption = None,
    contexts: ContextsOption = None,
) -> None:
    """Encode an IPv6 packet for a receiver: the smallest frames that it takes, fragments where one is not enough."""
    settings = settings_of(context, contexts, None, None, None)
    link = Link(*(parse_link(end) if end else LinkAddress(b"") for end in (source, destination)))
    octets = octets_of("".join(sys.stdin.read().split()) if packet == PIPE else packet)
    known = {context.identifier: context for context in settings.contexts}
    sent = send(octets, link, known, named.toward(named.by_name(profile)), mtu, tag, elide_checksum)
    if json:
        write(iter([json_module.dumps(_record(sent))]))
    elif quiet:
        write(frame.hex() for frame in sent.frames)
    else:
        write(_details(sent, len(octets), link, settings, color))


def _record(sent: Sent) -> dict[str, object]:
    return {
        "frames": [frame.hex() for frame in sent.frames],
        "layers": [[layer_record(layer) for layer in payload_layers(frame)] for frame in sent.frames],
        "features": sorted(feature.value.name for feature in sent.features),
        "level": profiles.takes(sent.features, sent.growth),
        "growth": sent.growth,
    }


def _details(sent: Sent, size: int, link: Link, settings: Settings, color: str) -> Iterator[str]:
    palette = palette_of(color)
    on_link = sum(map(len, sent.frames))
    yield f"{counted(size, 'octet')} of IPv6, {on_link} in {counted(len(sent.frames), 'frame')}"
    explainer, details = PayloadExplainer(settings), DetailWriter(palette)
    for number, frame in enumerate(sent.frames, 1):
        yield ""
        yield f"{number}  {frame.hex()}"
        yield from details.lines(explainer.explain_payload(number, frame, link, None), was_captured=False)
