"""The C core for captures: a compressed packet at a glance, in one call, where the core was built.

What the glance says is what :mod:`p6lowpan.wire.sixlowpan` says with all the story of the headers; where there is no
core, or the core cannot tell, there is no glance, and whoever asks takes the long way.
"""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from p6lowpan import fast
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.pcap import Sift, Sifted
from p6lowpan.wire.sixlowpan.contexts import Contexts

MOST_AT_ONCE = 1024
"""As many records are sifted in one call."""


Compressed = tuple[bytes, int, int, int, int]
"""What a compressed packet, or the beginning of one, stands for: its octets, how many of them are headers that were
compressed, by how many octets these grew, the bits of its features, and whether it is plain: whole, UDP (17) or an
ICMPv6 echo (58) right behind the IPv6 header, with right checksum and lengths, and not of Thread's MLE; else 0."""


def _core() -> ModuleType | None:
    if fast.CORE is None:
        return None
    try:
        found = import_module("p6lowpan._capture")
    except ImportError:
        return None
    is_of_this_version = len(Feature) == found.FEATURES and hasattr(found, "glean")
    return found if is_of_this_version else None


CORE = _core()
"""The extension module; ``None`` where there is none or none is wanted."""

NO_CONTEXT: int = CORE.NO_CONTEXT if CORE is not None else -1
"""How :data:`look` says that a context is missing."""


def known(contexts: Contexts, limits: Limits) -> object | None:
    """What a node knows, for :data:`look`; ``None`` where nobody can look."""
    return None if CORE is None else fast._known(contexts, limits)


@lru_cache(maxsize=4096)
def features_of(bits: int) -> frozenset[Feature]:
    """The features whose bits are set."""
    return frozenset(feature for bit, feature in enumerate(Feature) if bits >> bit & 1)


class Sieve(NamedTuple):
    """How the records of a pcap file are sifted: which MAC headers are known (by the octets without the sequence
    number; ``lengths`` by the two octets of frame control), the last frame of each sender, and how a frame is captured.
    Each frame whose ``check`` octets of frame check are right gets its header, and what is behind it, unless it is an
    acknowledgement or sent again: those may be left out."""

    lengths: dict[bytes, int]
    headers: dict[bytes, Any]
    senders: dict[Any, tuple[int, bytes]]
    most_senders: int
    check: int
    leaves_out: bool
    frame: type[CapturedFrame]
    link_type: int
    fcs_octets: int | None


def sift_with(sieve: Sieve) -> Sift | None:
    """A sieve at work; ``None`` where there is no core."""
    core = CORE
    if core is None:
        return None

    def sift(buffer: bytes, at: int, number: int, is_big: bool, unit_ns: int) -> tuple[list[Sifted], int, int]:
        answer: tuple[list[Sifted], int, int] = core.sift(buffer, at, number, is_big, unit_ns, MOST_AT_ONCE, sieve)
        return answer

    return sift


class Tools(NamedTuple):
    """What packets are gleaned with: the ground of each PAN (``None``: all its frames are unusual), and who knows it;
    where addresses are at home; where records are written, nanoseconds in a unit of theirs; and the bits of the
    features that are unusual."""

    grounds: dict[int | None, Any]
    ground: Callable[[int | None], object]
    homes: dict[Any, int]
    records: bytearray
    unit_ns: int
    unusual: int


def glean_with(sieve: Sieve, tools: Callable[[], Tools | None], written: Callable[[int], object]) -> Sift | None:
    """A sieve that goes on to the packets, once there are tools: of all frames up to the next one that is unusual there
    is but one item, with the last of these frames, and what ``written`` says of their number; ``None`` where there is
    no core."""
    core, sift = CORE, sift_with(sieve)
    if core is None or sift is None:
        return None

    def glean(buffer: bytes, at: int, number: int, is_big: bool, unit_ns: int) -> tuple[list[Sifted], int, int]:
        found = tools()
        if found is None:
            return sift(buffer, at, number, is_big, unit_ns)
        item, count, at, number = core.glean(buffer, at, number, is_big, unit_ns, sieve, found)
        items = [] if item is None else [item]
        if count:
            items.insert(0, (sieve.frame(number, 0, b"", sieve.link_type, 0), written(count), None))
        return items, at, number

    return glean


def is_plain(packet: bytes) -> bool:
    """Whether a whole packet is one that :data:`Compressed` calls plain; where there is no core, nobody says so."""
    return CORE is not None and CORE.plain(packet) != 0


def look(known: object, payload: bytes, at: int, source: bytes, destination: bytes, size: int) -> Compressed | int:
    """What LOWPAN_IPHC from octet ``at`` of a payload on stands for, see :data:`Compressed`; a number where the
    core refuses it. ``size`` is that of the datagram where it is a first fragment, else 0."""
    assert CORE is not None  # noqa: S101 - whoever has ``known`` has a core
    answer: Compressed | int = CORE.look(known, payload, at, source, destination, size)
    return answer
