"""``p6lowpan convert``: the IPv6 packets of a capture, for tools that know no 6LoWPAN."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, BinaryIO

import typer

from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.gleaning import Gleaner, Written
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.pcap import PcapWriter
from p6lowpan.cli.options import (
    AUTO,
    AddressOption,
    ContextOption,
    ContextsOption,
    FcsOption,
    IgnoreFcsOption,
    KeyOption,
    KeysOption,
    RootOption,
)
from p6lowpan.cli.output import complain
from p6lowpan.cli.reading import PIPE, Reading, reading
from p6lowpan.cli.settings import settings_of

LINK_TYPES = {"ipv6": LinkType.IPV6, "raw": LinkType.RAW}
MICROSECOND_NS = 1000


def convert(
    file: Annotated[str, typer.Argument(metavar="IN|-", help="A pcap or pcapng capture, or - for a pipe.")],
    output: Annotated[str, typer.Argument(metavar="OUT|-", help="The pcap file to write, or - for a pipe.")],
    link_type: Annotated[
        str, typer.Option("--link-type", metavar="TYPE", help="ipv6 (229), or raw (101) for tools that lack 229.")
    ] = "ipv6",
    context: ContextOption = None,
    contexts: ContextsOption = None,
    key: KeyOption = None,
    keys: KeysOption = None,
    address: AddressOption = None,
    root: RootOption = None,
    fcs: FcsOption = AUTO,
    ignore_fcs: IgnoreFcsOption = False,
) -> None:
    """Write the IPv6 packets of a capture, decompressed and reassembled, so that any IP tool can read them.

    A packet has the time of the frame with which it was whole. A packet that is heard on several hops is there once
    for each.
    """
    if link_type not in LINK_TYPES:
        raise UsageError(f"--link-type is {' or '.join(LINK_TYPES)}, not {link_type!r}")
    settings = settings_of(context, contexts, key, keys, address, fcs, ignore_fcs, root)
    with reading(file) as source:
        _refuse_the_same(file, output)
        with _opened(output) as stream:
            written, left_out, drops = _convert(source, Explainer(settings), stream, LINK_TYPES[link_type])
        complain(f"{source.number} frames read, {written} IPv6 packets written, {drops} datagrams incomplete")
        if left_out:
            source.faults.append(f"{left_out} packets were left out: a pcap file has times from 1970 to 2106 only")
        source.end()


def _convert(source: Reading, explainer: Explainer, stream: BinaryIO, link_type: LinkType) -> tuple[int, int, int]:
    """Packets written, packets left out, and datagrams that did not become packets."""
    writer: PcapWriter | None = None
    written = left_out = drops = 0
    glancer = Glancer(explainer, packets_alone=True)
    for captured, seen in source.gleaned(glancer, lines_are_shown=False):
        if writer is None:  # a file with nanoseconds is read by fewer tools, so only where there are any
            writer = PcapWriter(stream, link_type, nanoseconds=captured.time_ns % MICROSECOND_NS != 0)
            glancer.glean_with(Gleaner(explainer, writer.unit_ns))
        if isinstance(seen, Written):
            writer.write_records(seen.octets)
            written += seen.number
            continue
        drops += len(seen.lost)
        for packet in seen.packets:
            try:
                writer.write(packet.octets, captured.time_ns)
                written += 1
            except UsageError:
                left_out += 1
    if writer is None:
        PcapWriter(stream, link_type)  # no frame, so no packet: an empty capture all the same
    return written, left_out, drops + len(explainer.finish())


def _refuse_the_same(file: str, output: str) -> None:
    if PIPE not in (file, output) and os.path.exists(output) and os.path.samefile(file, output):
        raise UsageError(f"{output} is the capture that is read: write to another file")


@contextmanager
def _opened(output: str) -> Iterator[BinaryIO]:
    if output == PIPE:
        if sys.stdout.isatty():
            raise UsageError("standard output is a terminal: name a file")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with open(output, "wb") as stream:
        yield stream
