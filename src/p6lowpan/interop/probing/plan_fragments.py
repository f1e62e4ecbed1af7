"""Probes of fragments: whether they are put together at all, in which orders, how many, how much in the first.

Who cannot send fragments may yet receive them: a short echo is cut in four, and its answer fits one frame.
"""

from collections.abc import Callable, Iterator, Sequence

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance import extensions, writer
from p6lowpan.interop.conformance.fragments import STEP, Piece, pieces_of
from p6lowpan.interop.conformance.packets import Part
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.interop.probing.probe import (
    ROOM,
    SHORT_OCTETS,
    Ask,
    Form,
    Frames,
    OutFrame,
    Probe,
    Send,
    in_form,
    least,
    pieces,
    plain,
)
from p6lowpan.interop.probing.questions import Question, echo
from p6lowpan.interop.probing.scene import Base, Scene
from p6lowpan.wire.address import Link, link_local
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE

Arrange = Callable[[Sequence[OutFrame]], Sequence[OutFrame]]
FRAGMENTED_OCTETS = 300
LEAST_FIRST = 48
"""An IPv6 header and 8 octets: LOWPAN_IPHC is not cut."""
FIRST_HEADER_OCTETS = 4 + 8
"""FRAG1, and LOWPAN_IPHC whose addresses alone are left out."""


def octets_in_fragments(scene: Scene) -> int:
    """How long a packet is that is to be answered though it comes in fragments."""
    return SHORT_OCTETS if scene.is_short_fragmented else FRAGMENTED_OCTETS


def echoes(scene: Scene, number: int, octets: int, count: int = 1) -> tuple[Question, ...]:
    """Echo requests in packets of so many octets."""
    kind = "an echo request in short fragments" if octets <= ROOM else "an echo request in fragments"
    return tuple(echo(scene, number + each, kind=kind, data=octets - 48) for each in range(count))


def in_fragments(count: int = 1) -> Ask:
    """``count`` echo requests that go in fragments."""
    return lambda scene, number: echoes(scene, number, octets_in_fragments(scene), count)


def control(scene: Scene, number: int) -> tuple[Question, ...]:
    """What shows that there is room for fragments."""
    return echoes(scene, number, octets_in_fragments(scene))


def cuts_of(octets: int, step: int = STEP) -> list[Piece]:
    """A first fragment with the IPv6 header whole, and equal steps behind it."""
    if octets > STEP and step == STEP:
        return pieces_of(octets)
    step = 16 if octets <= STEP else step
    first = max(LEAST_FIRST, step)
    return [(0, first), *((first + start, min(first + end, octets)) for start, end in pieces_of(octets - first, step))]


def form_of_fragments(scene: Scene, packet: bytes, link: Link) -> Written:
    """The form that a first fragment is known to be understood in."""
    form = scene.fragments or scene.base
    return least(scene, packet, link) if form is Base.IPHC else plain(scene, packet, link)


def cut_in(form: Form, cuts: Callable[[int], list[Piece]] = cuts_of) -> Send:
    """Packets in fragments, in order, whether or not one frame would hold them."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        frames: list[OutFrame] = []
        for tag, question in enumerate(questions, number):
            frames += pieces(scene, question.packet, form, tag, cuts(len(question.packet)))
        return tuple(frames)

    return send


IN_FRAGMENTS = cut_in(form_of_fragments)


def fragmentation() -> Iterator[Probe]:
    """In order, behind both forms, and so that the answer needs no fragments: one that is understood is enough."""
    subjects = frozenset({Feature.FRAGMENTATION})
    about = "short fragments, whose answer fits one frame"
    yield Probe("fragment/short", about, _echo_of(SHORT_OCTETS), cut_in(least), subjects, suffices=True)
    for name, form in (("iphc", least), ("plain", plain)):
        about = f"fragments in order, the first {'compressed' if name == 'iphc' else 'behind 0x41'}"
        yield Probe(f"fragment/{name}", about, _echo_of(FRAGMENTED_OCTETS), in_form(form), subjects, suffices=True)


def _echo_of(octets: int) -> Ask:
    return lambda scene, number: echoes(scene, number, octets)


# --- orders -----------------------------------------------------------------------------------------------------------


def _arranged(arrange: Arrange) -> Send:
    """Fragments, in another order or number than they should be."""
    return lambda scene, questions, number: tuple(arrange(IN_FRAGMENTS(scene, questions, number)))


def _first_last(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return (*frames[1:], frames[0])


def _first_second(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return (frames[1], frames[0], *frames[2:])


def _last_first(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return (frames[-1], *frames[:-1])


def _swapped(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return (frames[0], frames[2], frames[1], *frames[3:])


def _reversed(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return frames[::-1]


def _twice(frames: Sequence[OutFrame]) -> Sequence[OutFrame]:
    return [one for frame in frames[:-1] for one in (frame, frame)] + [frames[-1]]


def orders() -> Iterator[Probe]:
    """Each order that three fragments can have, and repetitions: each is a bound of its own."""
    for name, about, arrange in (
        ("swapped", "two subsequent fragments change places", _swapped),
        ("first-second", "the first two fragments change places", _first_second),
        ("last-first", "the last fragment comes first", _last_first),
        ("repeated", "every fragment but the last comes twice", _twice),
        ("first-last", "the first fragment comes last", _first_last),
        ("reversed", "all fragments in reverse", _reversed),
    ):
        ladder = f"fragments {name}"
        yield Probe(f"order/{name}", about, in_fragments(), _arranged(arrange), ladder=ladder, rung=1)


def at_once(count: int) -> Ask:
    """Packets whose answers fit a frame each: who has room for them has room for the answers, too."""
    return lambda scene, number: echoes(scene, number, SHORT_OCTETS, count)


def several(count: int) -> Send:
    """The first fragments of all packets, then the second ones, and so on."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        rows = [IN_FRAGMENTS(scene, (one,), number + each) for each, one in enumerate(questions[:count])]
        return tuple(frame for column in zip(*rows, strict=True) for frame in column)

    return send


def pausing(pause_us: int) -> Send:
    """A pause behind the first fragment."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        first, second, *rest = IN_FRAGMENTS(scene, questions, number)
        return (first, OutFrame(second.link, second.payload, pause_us), *rest)

    return send


# --- how many, how long -----------------------------------------------------------------------------------------------

STEPS = (40, 24, 16, 8)
FIRST = (96, 104, 112, 120, 128)
GROWTH = ((37, 0), (43, 1), (49, 2), (55, 3))
COUNT, LAST, FIRST_OCTETS, FIRST_GROWTH = (
    "fragments of a datagram",
    "last fragment octets",
    "first fragment octets",
    "first fragment growth",
)


def _long(octets: int) -> Ask:
    """Only for who can answer so much."""
    return lambda scene, number: () if scene.is_short_fragmented else echoes(scene, number, octets)


def measures() -> Iterator[Probe]:
    """Ladders: into how many fragments, how many octets in the last one."""
    for step in STEPS:
        count = len(cuts_of(FRAGMENTED_OCTETS, step))
        about = f"{count} fragments, of {step} octets each behind the first"
        send = cut_in(form_of_fragments, lambda octets, step=step: cuts_of(octets, step))  # type: ignore[misc] # bound now
        yield Probe(f"fragments/{count}", about, _long(FRAGMENTED_OCTETS), send, ladder=COUNT, rung=count, fills=True)
    for octets in range(1, 9):
        about = f"a last fragment of {octets} octets"
        yield Probe(f"last/{octets}", about, _long(2 * STEP + octets), IN_FRAGMENTS, ladder=LAST, rung=octets)


def first_fragments() -> Iterator[Probe]:
    """Ladders: how many octets in the first fragment, how much it grows. They need more than fragments."""
    for octets in FIRST:
        about = f"a first fragment that stands for {octets} octets"
        yield Probe(f"first/{octets}", about, _first(octets), _first_of(octets), ladder=FIRST_OCTETS, rung=octets)
    for grows, headers in GROWTH:
        about = f"a first fragment whose headers grow by {grows} octets"
        send = cut_in(grown(headers))
        yield Probe(f"first/growth-{grows}", about, chain(headers, 200), send, ladder=FIRST_GROWTH, rung=grows)


def _first(octets: int) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        fits = FIRST_HEADER_OCTETS + octets - 40 <= scene.room
        is_local = scene.destination == link_local(scene.theirs)
        return echoes(scene, number, octets + STEP) if fits and is_local and not scene.is_short_fragmented else ()

    return ask


def _first_of(octets: int) -> Send:
    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        return writer.iphc(packet, link, SOURCE[0b011], DESTINATION[0b0011])

    return cut_in(form, lambda whole: [(0, octets), (octets, whole)])


# --- headers that grow ------------------------------------------------------------------------------------------------

PADDED = (Protocol.HOP_BY_HOP_OPTIONS, Protocol.DESTINATION_OPTIONS, Protocol.ROUTING, Protocol.DESTINATION_OPTIONS)
PADDING = 6
AT = 40


def _headers(count: int) -> tuple[Protocol, ...]:
    """So many options headers that can be left out all but two octets; the last of three is behind a Routing header, as
    RFC 8200 section 4.1 has it."""
    return PADDED[:count] if count < 3 else PADDED


def chain(count: int, data: int = 8) -> Ask:
    """An echo behind so many of them."""

    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        if scene.destination != link_local(scene.theirs) or (scene.is_short_fragmented and data > ROOM):
            return ()
        parts: list[Part] = [
            extensions.routing_header(1)
            if protocol == Protocol.ROUTING
            else extensions.options_header(protocol, 1, PADDING)
            for protocol in _headers(count)
        ]
        where = " in fragments" if data > ROOM else ""
        kind = f"an echo{where} behind {len(parts)} extension headers" if parts else f"an echo request{where}"
        return (echo(scene, number, *parts, kind=kind, data=data),)

    return ask


def grown(count: int) -> Form:
    """Their headers, as short as they can be."""

    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        headers = _headers(count)
        rows = SOURCE[0b011], DESTINATION[0b0011]
        written, at = writer.iphc(packet, link, *rows, tf=3, nh=int(bool(headers)), hlim=2), AT
        for place, protocol in enumerate(headers, 1):
            padding = 0 if protocol == Protocol.ROUTING else PADDING
            written += writer.extension(packet, at, protocol, nh=int(place < len(headers)), padding=padding)
            at += 8
        return written

    return form
