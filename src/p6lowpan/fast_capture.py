"""The C core for captures: a compressed packet at a glance, in one call, where the core was built.

What the glance says is what :mod:`p6lowpan.wire.sixlowpan` says with all the story of the headers; where there is no
core, or the core cannot tell, there is no glance, and whoever asks takes the long way.
"""

from collections.abc import Callable
from importlib import import_module
from string import Formatter
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from p6lowpan import fast
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.pcap import Sift, Sifted
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Contexts

MOST_AT_ONCE = 1024
"""Of as many records at most is told in one call."""

CALLS = 5
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


class Forms(NamedTuple):
    """Lines with named places (``{number:>6}``) for what c/python/forms.h names: of an acknowledgement (and where it is
    known of which frame), of a repetition, of the first fragment, another and the last of a datagram, of a packet."""

    acknowledgement: str
    answered: str
    repetition: str
    first: str
    subsequent: str
    last: str
    packet: str


class ToldHeader(NamedTuple):
    """A MAC header as it is told: its ends and whether data is pending, in words; whether it asks for an
    acknowledgement, and whom; its extended addresses; PAN and source where that is one; and its octets."""

    ends: bytes
    pending: bytes
    asks: bool
    asked: bytes | None
    extended: tuple[bytes, ...]
    home: tuple[int | None, bytes] | None
    octets: int


class ToldPayload(NamedTuple):
    """A payload as it is told: its cost, features and findings in words; the names of these findings, what is counted
    of it, and a number with bit 0 where the source leans on a guess, and bit 1 where the destination does."""

    cost: bytes
    features: bytes
    marks: bytes
    rules: tuple[str, ...]
    asks_for: object
    guessed_ends: int


class Telling(NamedTuple):
    """What frames are told with. ``forms``: those of the lines, from :func:`forms`; ``None``: only figures are asked
    for. What was said before of headers, and of packets: by the number of :class:`ToldPayload` and the octets, or, with
    bit 2 in that number, for all packets of UDP or ICMPv6 echoes with the same headers; the numbers of an echo are left
    out between the words, and there are none where headers alone do not tell. The extended addresses that were seen,
    and short ones by them; findings by name; what is counted of payloads, and octets of incomplete datagrams, each with
    its bound; who counts whole packets. Marks and names of the findings that no payload makes: no acknowledgement, sent
    again, extended source."""

    forms: object | None
    headers: dict[Any, ToldHeader]
    tell_header: Callable[[Any], ToldHeader]
    words: dict[bytes, tuple[bytes, ...]]
    say_words: Callable[[int, bytes], tuple[bytes, ...]]
    seen: dict[Any, None]
    shorts: dict[Any, Any]
    findings: dict[str, Any]
    asked_for: dict[Any, int]
    most_asked_for: int
    on_link: dict[Any, int]
    most_on_link: int
    count_packet: Callable[[bytes, bytes, int, int | None, int | None, int, int], object]
    marks: tuple[bytes, bytes, bytes]
    rules: tuple[str, str, str]


class Message(NamedTuple):
    """A message that was looked at, for whenever it comes again: who learns what it teaches, at a time in microseconds;
    and its findings in words, and their names."""

    teach: Callable[[int], object] | None
    marks: bytes
    rules: tuple[str, ...]


class Tally(NamedTuple):
    """Sums of frames that were told."""

    frames: int
    octets: int
    octets_on_link: int
    octets_uncompressed: int
    fragments_received: int
    retransmissions: int
    packets: int
    first_time: int
    last_time: int
    no_acknowledgement: int
    repeated: int
    extended_source: int


Waiting = tuple[tuple[int, int, int, int | None, LinkAddress], ...]
"""Frames that wait for an acknowledgement: number, time, octets, sequence number, destination."""

State = tuple[int, int, int, Waiting]
"""Where telling starts: the time of the first frame; the sequence number (or -1) and the number of the frame that waits
for an acknowledgement in the lines; those that do in the findings."""

Told = tuple[Tally, int, int, Waiting]
"""Where it ended."""


class Tools(NamedTuple):
    """What packets are gleaned with: the ground of each PAN (``None``: all its frames are unusual), and who knows it;
    where addresses are at home; nanoseconds in a unit of the records that are written; the bits of the features that
    are unusual; and where frames are told instead, with what."""

    grounds: dict[int | None, Any]
    ground: Callable[[int | None], object]
    homes: dict[Any, int]
    unit_ns: int
    unusual: int
    telling: Telling | None = None


class Gleaning(Protocol):
    """Who has tools to glean packets with."""

    tools: Tools

    @property
    def state(self) -> State | None:
        """Where telling starts, where frames are told."""

    def written(self, text: bytes, number: int, told: Told | None) -> object:
        """What to say of a ``number`` of packets that were written, or of frames that were told."""


def forms(lines: Forms) -> object | None:
    """Lines for :class:`Telling`; ``None`` where nobody can tell."""
    if CORE is None:
        return None
    parsed = [[(words.encode(), name, format) for words, name, format, _ in Formatter().parse(line)] for line in lines]
    made: object = CORE.forms(
        tuple([tuple([(words, name, format or "") for words, name, format in line]) for line in parsed])
    )
    return made


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
        state = None if now is None else now.state
        how = (is_big, unit_ns, MOST_AT_ONCE, sieve, tools, state)
        items, text, count, told, at, number = core.sift(buffer, at, number, *how)
        if now is not None and count:
            stands_for_all = sieve.frame(number, 0, b"", sieve.link_type, 0)
            items.insert(0, (stands_for_all, now.written(text, count, told), None))
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
