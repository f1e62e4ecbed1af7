"""The C core for captures: a compressed packet at a glance, in one call, where the core was built.

What the glance says is what :mod:`p6lowpan.wire.sixlowpan` says with all the story of the headers; where there is no
core, or the core cannot tell, there is no glance, and whoever asks takes the long way.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from p6lowpan import fast
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.pcap import Sift, Sifted
from p6lowpan.wire.sixlowpan.contexts import Contexts

MOST_AT_ONCE = 1024
"""Of as many records at most is told in one call."""

CALLS = 2
"""The version of the calls to the extension module, one more wherever one of them changes: a module that was built
before is not called."""

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
    is_of_this_version = len(Feature) == found.FEATURES and getattr(found, "CALLS", None) == CALLS
    return found if is_of_this_version else None


CORE = _core()
"""The extension module; ``None`` where there is none or none is wanted."""

NO_CONTEXT: int = CORE.NO_CONTEXT if CORE is not None else -1
"""How :data:`look` says that a context is missing."""


def known(contexts: Contexts, limits: Limits) -> object | None:
    """What a node knows, for :data:`look`; ``None`` where nobody can look."""
    return None if CORE is None else fast._known(contexts, limits)


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


class Gleaning(Protocol):
    """Who has tools to glean packets with."""

    tools: Tools

    def written(self, number: int) -> object:
        """What to say of a ``number`` of packets that were written."""


def sift_with(sieve: Sieve, gleaning: Callable[[], Gleaning | None] = lambda: None) -> Sift | None:
    """A sieve at work; ``None`` where there is no core. Once somebody is ``gleaning``, it goes on to the packets, for
    which the sieve has to leave out what has none: of all frames up to the next one that is unusual there is but one
    item, with the number of the last of these frames, and what is said of the packets."""
    core = CORE
    if core is None:
        return None

    def sift(buffer: bytes, at: int, number: int, is_big: bool, unit_ns: int) -> tuple[list[Sifted], int, int]:
        now = gleaning()
        tools = None if now is None else now.tools
        items, count, at, number = core.sift(buffer, at, number, is_big, unit_ns, MOST_AT_ONCE, sieve, tools)
        if now is not None and count:
            items.insert(0, (sieve.frame(number, 0, b"", sieve.link_type, 0), now.written(count), None))
        return items, at, number

    return sift


def is_plain(packet: bytes) -> bool:
    """Whether a whole packet is one that :data:`Compressed` calls plain; where there is no core, nobody says so."""
    return CORE is not None and CORE.plain(packet) != 0


def look(known: object, payload: bytes, at: int, source: bytes, destination: bytes, size: int) -> Compressed | int:
    """What LOWPAN_IPHC from octet ``at`` of a payload on stands for, see :data:`Compressed`; a number where the
    core refuses it. ``size`` is that of the datagram where it is a first fragment, else 0."""
    assert CORE is not None  # noqa: S101 - whoever has ``known`` has a core
    answer: Compressed | int = CORE.look(known, payload, at, source, destination, size)
    return answer
