"""The C core beside the Python that it must equal: the same frames and packets, the same answers."""

from collections.abc import Iterator

from benchmarks.material import NO_CONTEXTS, Sample
from benchmarks.measure import Contest, Side
from p6lowpan import fast
from p6lowpan.capability.profile import RFC6282, of_level
from p6lowpan.machines.adaptation.compressor import candidates
from p6lowpan.wire.sixlowpan.expansion import expand

TIMES = 100
"""One call of the core is too short to be measured alone."""

REQUIRED = 4


def core_contests(samples: list[Sample]) -> Iterator[Contest]:
    """Both ways; none where the core is not built."""
    if fast.CORE is None:
        return
    limits, level_5 = RFC6282.limits, of_level(5)
    frames = [(sample.payload, sample.link) for sample in samples]
    packets = [(sample.packet, sample.link) for sample in samples]
    many_frames, many_packets = frames * TIMES, packets * TIMES

    def singly() -> None:
        for frame, link in frames:
            fast.expand(frame, link, NO_CONTEXTS, limits)

    def in_python() -> None:
        for frame, link in frames:
            expand(frame, link, NO_CONTEXTS, limits)

    def compressed_singly() -> None:
        for packet, link in packets:
            fast.compress(packet, link, NO_CONTEXTS, level_5)

    def searched() -> None:
        for packet, link in packets:
            candidates(packet, link, NO_CONTEXTS, level_5)

    many, one = len(many_frames), len(frames)
    expanding = (
        Side("C core, fast.expand, a call each", one, singly),
        Side("C core, fast.packets_of, a list", many, lambda: fast.packets_of(many_frames, NO_CONTEXTS, limits)),
    )
    compressing = (
        Side("C core, fast.compress, a call each", one, compressed_singly),
        Side("C core, fast.headers_of, a list", many, lambda: fast.headers_of(many_packets, NO_CONTEXTS, level_5)),
    )
    note = "The C core: the same frames and packets, a call each, and all of them in one call."
    yield Contest("expand, C or Python", "packets", expanding, (Side("Python", one, in_python),), (note,), (), REQUIRED)
    yield Contest("compress, C or Python", "packets", compressing, (Side("Python", one, searched),), (), (), REQUIRED)
