"""Any octets as a capture file: frames, then the end or Malformed; each is explained, in print, in every form.

Nothing raises, and no line that is meant for a terminal holds a character that would steer it. Seeds: the first frames
of each capture, the vectors as IPv6 packets and as LoWPAN over Ethernet, and some frames under every known link type.
"""

import io
import itertools
from collections.abc import Iterable, Iterator

from fuzz.vectors import CAPTURES, captured_frames, frame_vectors, network_keys, packets, pcapng
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.keys import ThreadKey
from p6lowpan.analysis.presentation.report import CsvReport, DetailReport, JsonReport, LineReport, Report
from p6lowpan.analysis.summary import Summary
from p6lowpan.capability.errors import Malformed
from p6lowpan.capture.files import read
from p6lowpan.capture.frame import LinkType

SEED_OCTETS = 1500
FRAMES_OF_SEED = 4
VECTORS_APART = 30
"""A seed holds vectors from all over: few files, read soon, and something of everything in them."""

LOWPAN_OVER_ETHERNET = bytes.fromhex("021234567801021234567802a0ed")
SETTINGS = Settings(keys=tuple(map(ThreadKey, network_keys())))


def seeds() -> Iterator[bytes]:
    """Short captures."""
    for path in CAPTURES:
        yield path.read_bytes()[:SEED_OCTETS]
    frames = [captured.octets for captured in itertools.islice(captured_frames(), 0, None, 97)]
    for link_type in LinkType:
        yield pcapng(link_type, frames[:FRAMES_OF_SEED])
    payloads = [LOWPAN_OVER_ETHERNET + frame for vector in frame_vectors() for frame in vector.frames]
    for link_type, octets in ((LinkType.ETHERNET, payloads), (LinkType.IPV6, list(packets()))):
        for start in range(VECTORS_APART):
            yield pcapng(link_type, octets[start::VECTORS_APART][:FRAMES_OF_SEED])


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    explainer, summary = Explainer(SETTINGS), Summary()
    in_print: tuple[Report, ...] = (LineReport(), DetailReport())
    for_programs: tuple[Report, ...] = (JsonReport(), CsvReport())
    try:
        for captured in read(io.BytesIO(octets)):
            explained = explainer.explain(captured)
            summary.add(explained)
            for report in in_print:
                check_lines(report.frame(explained))
            for report in for_programs:
                list(report.frame(explained))
    except Malformed as error:
        assert 0 <= error.offset <= len(octets)
    summary.finish(explainer.finish())
    for report in in_print:
        check_lines(report.end(summary))
    for report in for_programs:
        list(report.end(summary))


def check_lines(texts: Iterable[str]) -> None:
    """Every character of a line has a width and no effect."""
    for text in texts:
        for line in text.split("\n"):
            assert line.isprintable(), repr(line)
