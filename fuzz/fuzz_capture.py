"""Any octets as a capture file: frames, then the end or Malformed; each is explained without raising.

Seeds: the first frames of each capture as pcap, and as pcapng under every link type that is known.
"""

import io
import itertools
from collections.abc import Iterator

from fuzz.vectors import CAPTURES, captured_frames, network_keys, pcapng
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.keys import ThreadKey
from p6lowpan.capability.errors import Malformed
from p6lowpan.capture.files import read
from p6lowpan.capture.frame import LinkType

SEED_OCTETS = 1500
SETTINGS = Settings(keys=tuple(map(ThreadKey, network_keys())))


def seeds() -> Iterator[bytes]:
    """Short captures."""
    for path in CAPTURES:
        yield path.read_bytes()[:SEED_OCTETS]
    frames = [captured.octets for captured in itertools.islice(captured_frames(), 0, None, 97)]
    for link_type in LinkType:
        yield pcapng(link_type, frames[:8])


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    explainer = Explainer(SETTINGS)
    try:
        for captured in read(io.BytesIO(octets)):
            explainer.explain(captured)
    except Malformed as error:
        assert 0 <= error.offset <= len(octets)
    explainer.finish()
