"""The C core beside the Python that it must equal: the same frames and packets, the same answers."""

from collections.abc import Callable, Iterator, Sequence
from time import process_time
from typing import Any

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
        frames = [(sample.payload, sample.link) for sample in samples]
        packets = [(sample.packet, sample.link) for sample in samples]
        yield _contest("expand", frames, RFC6282.limits, fast.expand, fast.packets_of, expand, (NOTE,))
        yield _contest("compress", packets, of_level(5), fast.compress, fast.headers_of, candidates)


def _contest(
    task: str,
    items: list[tuple[bytes, Link]],
    setting: Any,  # limits, or a profile
    singly: Callable[..., object],
    together: Callable[..., object],
    in_python: Callable[..., object],
    notes: Sequence[str] = (),
) -> Contest:
    """Every function takes what stands in ``items``, contexts, and the setting."""
    many = items * TIMES

    def a_call_each(function: Callable[..., object]) -> Callable[[], None]:
        def run() -> None:
            for octets, link in items:
                function(octets, link, NO_CONTEXTS, setting)

        return run

    ours = (
        Side(f"C core, fast.{singly.__name__}, a call each", len(items), a_call_each(singly), process_time),
        Side(
            f"C core, fast.{together.__name__}", len(many), lambda: together(many, NO_CONTEXTS, setting), process_time
        ),
    )
    peer = Side("Python", len(items), a_call_each(in_python), process_time)
    return Contest(f"{task}, C or Python", "packets", ours, (peer,), notes, (), REQUIRED)
