"""Fragmentation: sizes at their edges, in order and not, repeated, overlapping, missing, interleaved, contradicting."""

from collections.abc import Iterator, Sequence
from typing import Any

from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import packets, writer
from p6lowpan.interop.conformance.case import Case, Fault
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment

SECTION = "RFC 4944 5.3"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
STEP = 88
"""Octets of the datagram in each fragment: a multiple of 8 that leaves a frame room for its other headers."""

SIZES = (49, 88, 89, 96, 103, 104, 105, 175, 176, 177, 255, 256, 257, 511, 512, 1023, 1024, 1272, 1279, 1280)
TOO_BIG = (1281, 2047)
TAG = 0x7E57
FRAGMENTED = frozenset({Feature.FRAGMENTATION})
Piece = tuple[int, int]
"""From which octet of the datagram a fragment is, and up to which."""


def datagram(size: int, seed: int = 1) -> bytes:
    """A packet of ``size`` octets."""
    return packets.packet(*ENDS, packets.udp(data=packets.pattern(size - 48, seed)), hop_limit=64)


def pieces_of(size: int, step: int = STEP) -> list[Piece]:
    """The datagram in equal steps."""
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def written_in(packet: bytes, form: str) -> Written:
    """The headers in one of the two forms."""
    return writer.WHOLE if form == "plain" else writer.iphc(packet, LONG, tf=3, hlim=2)


def cut(packet: bytes, pieces: Sequence[Piece], front: Written, tag: int = TAG, size: int | None = None) -> list[bytes]:
    """One frame for each piece; one that begins the datagram has its headers as ``front`` says."""
    said = len(packet) if size is None else size
    return [_frame(packet, piece, front, tag, said) for piece in pieces]


def _frame(packet: bytes, piece: Piece, front: Written, tag: int, size: int) -> bytes:
    start, end = piece
    if start == 0:
        first = FirstFragment(datagram_size=size, datagram_tag=tag)
        return first.encode() + front.octets + packet[front.covers : end]
    header = SubsequentFragment(datagram_size=size, datagram_tag=tag, datagram_offset=start // 8)
    return header.encode() + packet[start:end]


def cases() -> Iterator[Case]:
    """Everything about fragments."""
    for form in ("plain", "iphc"):
        yield from _sizes(form)
        yield from _orders(form)
        yield from _incomplete(form)
    yield from _splits()
    yield from _contradictions()
    yield from _several()
    yield from _headers_past_the_first()


def case(name: str, about: str, packet: bytes, front: Written, frames: list[bytes], **more: Any) -> Case:
    """A datagram that comes whole, unless ``more``, other fields of the case, says otherwise."""
    values: dict[str, Any] = {
        "packets": (packet,),
        "features": front.features | FRAGMENTED,
        "growth": front.growth if front.covers else 0,
    }
    return Case(name=name, about=about, section=SECTION, link=LONG, frames=tuple(frames), **(values | more))


def _sizes(form: str) -> Iterator[Case]:
    for size in (*SIZES, *TOO_BIG):
        packet = datagram(size)
        front = written_in(packet, form)
        pieces = pieces_of(size) if size > STEP else [(0, 48), (48, size)]
        yield case(
            f"fragment/{form}/size/{size}",
            f"{size} octets in {len(pieces)} fragments, in order",
            packet,
            front,
            cut(packet, pieces, front),
            bound=Reason.TOO_BIG if size > P6LOWPAN.datagram_octets else None,
            sends=True,
        )


def _splits() -> Iterator[Case]:
    """Fragments of the fewest octets, and of unequal ones."""
    packet = datagram(200)
    front = writer.WHOLE
    splits = {
        "eights": pieces_of(200, 8),
        "growing": [(0, 8), (8, 24), (24, 64), (64, 144), (144, 200)],
        "eight-octets-last": [(0, 48), (48, 120), (120, 192), (192, 200)],
    }
    for name, pieces in splits.items():
        about = f"a datagram in {len(pieces)} pieces: {name.replace('-', ' ')}"
        yield case(f"fragment/split/{name}", about, packet, front, cut(packet, pieces, front))


def _orders(form: str) -> Iterator[Case]:
    packet = datagram(5 * STEP + 3, seed=2)
    front = written_in(packet, form)
    frames = cut(packet, pieces_of(len(packet)), front)
    orders = {
        "reverse": (5, 4, 3, 2, 1, 0),
        "first-last": (1, 2, 3, 4, 5, 0),
        "last-first": (5, 0, 1, 2, 3, 4),
        "shuffled": (3, 0, 5, 1, 4, 2),
        "first-twice": (0, 0, 1, 2, 3, 4, 5),
        "middle-twice": (0, 1, 2, 2, 3, 4, 5),
        "middle-again-late": (0, 1, 2, 3, 4, 2, 5),
        "last-twice": (0, 1, 2, 3, 4, 5, 5),
        "each-twice": (0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5),
        "all-but-last-twice": (0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5),
    }
    for name, order in orders.items():
        kind = "order" if len(order) == len(frames) else "duplicate"
        about = f"six fragments arrive as {', '.join(str(number + 1) for number in order)}"
        yield case(f"fragment/{form}/{kind}/{name}", about, packet, front, [frames[number] for number in order])


def _incomplete(form: str) -> Iterator[Case]:
    packet = datagram(3 * STEP + 5, seed=3)
    front = written_in(packet, form)
    frames = cut(packet, pieces_of(len(packet)), front)
    for missing in range(len(frames)):
        left = [frame for number, frame in enumerate(frames) if number != missing]
        yield case(
            f"fragment/{form}/missing/{missing + 1}",
            f"of {len(frames)} fragments number {missing + 1} never comes",
            packet,
            front,
            left,
            packets=(),
            fault=Fault(Reason.REASSEMBLY_UNFINISHED),
        )


def _contradictions() -> Iterator[Case]:
    """Fragments that cannot be of one datagram. What overlaps discards what came; a fresh reassembly may begin."""
    packet, other = datagram(200, seed=4), datagram(200, seed=5)
    front = writer.WHOLE
    a, b, c = cut(packet, [(0, 80), (80, 160), (160, 200)], front)
    left, right, middle = cut(packet, [(72, 152), (88, 168), (40, 120)], front)
    changed = cut(other, [(80, 160)], front)[0]
    wrong_size = cut(packet, [(80, 160), (160, 200)], front, size=208)
    wrong_tag = cut(packet, [(80, 160), (160, 200)], front, tag=TAG + 1)
    too_long = cut(packet + bytes(8), [(160, 208)], front, size=200)[0]
    uneven = cut(packet, [(80, 157)], front)[0]
    overlap = Fault(Reason.FRAGMENT_OVERLAP)
    refused = {
        "overlap/left": ([a, left, c], overlap, "the second fragment begins inside the first"),
        "overlap/right": ([a, right, c, b], overlap, "two fragments share eight octets"),
        "overlap/middle": ([a, b, middle, c], overlap, "a fragment lies over the end of one and the start of another"),
        "overlap/changed": ([a, b, changed, c], overlap, "the same range comes with other octets"),
        "size/differs": ([a, *wrong_size], Fault(Reason.REASSEMBLY_UNFINISHED), "the first fragment says another size"),
        "tag/differs": ([a, *wrong_tag], Fault(Reason.REASSEMBLY_UNFINISHED), "the first fragment has another tag"),
        "past-end": ([a, b, too_long], Fault(Reason.FRAGMENT_PAST_END), "the last fragment ends behind the datagram"),
        "not-eight": ([a, uneven, c], Fault(Reason.BAD_LENGTH), "a middle fragment is no multiple of 8 octets"),
    }
    for name, (frames, fault, about) in refused.items():
        yield case(f"fragment/bad/{name}", about, packet, front, frames, packets=(), fault=fault)
    about = "an overlap, and then the whole datagram once more"
    frames = [a, left, a, b, c]
    yield case("fragment/bad/overlap/recovered", about, packet, front, frames, fault=overlap)


def _several() -> Iterator[Case]:
    first, second = datagram(200, seed=6), datagram(208, seed=7)
    front = writer.WHOLE
    ones = cut(first, pieces_of(200), front, tag=1)
    others = cut(second, pieces_of(208), front, tag=2)
    mixed = [frame for pair in zip(ones, others, strict=True) for frame in pair]
    both = (first, second)
    yield case("fragment/several/interleaved", "two datagrams, fragment by fragment", first, front, mixed, packets=both)
    again = cut(second, pieces_of(208), front, tag=1)
    about = "one datagram behind the other under the same tag, but of another size"
    yield case("fragment/several/tag-again", about, first, front, ones + again, packets=both)
    third = datagram(200, seed=8)
    same = cut(third, pieces_of(200), front, tag=1)
    about = "one datagram behind the other under the same tag and of the same size"
    yield case("fragment/several/key-again", about, first, front, ones + same, packets=(first, third))


def _headers_past_the_first() -> Iterator[Case]:
    """The first fragment ends inside the headers of the packet, which it need not compress."""
    packet = datagram(150, seed=9)
    for end in (40, 48):
        front = writer.iphc(packet, LONG, tf=3, hlim=2)
        cut_through = {Feature.HEADERS_PAST_FIRST_FRAGMENT} if end < 48 else set()
        yield case(
            f"fragment/headers/first-ends-at-{end}",
            f"the first fragment stands for {end} octets, the headers for 48",
            packet,
            front,
            cut(packet, [(0, end), (end, 120), (120, 150)], front),
            features=front.features | FRAGMENTED | cut_through,
        )
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2) + writer.udp(packet, 40, 0)
    frames = cut(packet, [(0, 48), (48, 120), (120, 150)], front)
    about = "the first fragment holds nothing but compressed headers"
    yield case("fragment/headers/nhc", about, packet, front, frames)
