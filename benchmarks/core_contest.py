"""The C core beside the Python that it must equal: the same frames and packets, the same answers."""

from collections.abc import Iterator
from time import process_time

from benchmarks.material import NO_CONTEXTS, Sample
from benchmarks.measure import Contest, Side
from p6lowpan import fast
from p6lowpan.capability.profile import RFC6282, of_level
from p6lowpan.machines.adaptation.compressor import candidates
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.expansion import expand

TIMES = 100
"""One call of the core is too short to be measured alone."""

REQUIRED = 4
NOTE = "The C core: the same frames and packets, a call each, and all of them in one call; by the processor's time."


def core_contests(samples: list[Sample]) -> Iterator[Contest]:
    """Both ways; none where the core is not built."""
    if fast.CORE is not None:
        yield _expanding([(sample.payload, sample.link) for sample in samples])
        yield _compressing([(sample.packet, sample.link) for sample in samples])


def _expanding(frames: list[tuple[bytes, Link]]) -> Contest:
    limits, many = RFC6282.limits, frames * TIMES

    def singly() -> None:
        for frame, link in frames:
            fast.expand(frame, link, NO_CONTEXTS, limits)

    def in_python() -> None:
        for frame, link in frames:
            expand(frame, link, NO_CONTEXTS, limits)

    ours = (
        Side("C core, fast.expand, a call each", len(frames), singly, process_time),
        Side("C core, fast.packets_of", len(many), lambda: fast.packets_of(many, NO_CONTEXTS, limits), process_time),
    )
    peer = Side("Python", len(frames), in_python, process_time)
    return Contest("expand, C or Python", "packets", ours, (peer,), (NOTE,), (), REQUIRED)


def _compressing(packets: list[tuple[bytes, Link]]) -> Contest:
    level_5, many = of_level(5), packets * TIMES

    def singly() -> None:
        for packet, link in packets:
            fast.compress(packet, link, NO_CONTEXTS, level_5)

    def searched() -> None:
        for packet, link in packets:
            candidates(packet, link, NO_CONTEXTS, level_5)

    ours = (
        Side("C core, fast.compress, a call each", len(packets), singly, process_time),
        Side("C core, fast.headers_of", len(many), lambda: fast.headers_of(many, NO_CONTEXTS, level_5), process_time),
    )
    peer = Side("Python", len(packets), searched, process_time)
    return Contest("compress, C or Python", "packets", ours, (peer,), (), (), REQUIRED)
