"""One probe: what is asked, in which form it is sent, and of which features the answer tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import RFC6282
from p6lowpan.interop.conformance import writer
from p6lowpan.interop.conformance.fragments import STEP, Piece, cut, pieces_of
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.interop.probing.questions import Question
from p6lowpan.interop.probing.scene import Base, Scene
from p6lowpan.wire.address import BROADCAST, Link, is_multicast
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE
from p6lowpan.wire.sixlowpan.payload import decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of

ROOM = STEP + 5
"""Octets of 6LoWPAN that fit a frame between EUI-64s that is secured, too."""
SHORT_OCTETS = STEP
"""A packet of so many octets fits one frame in any form."""


@dataclass(frozen=True, slots=True)
class OutFrame:
    """A MAC payload, its ends, and how long to wait before it goes out."""

    link: Link
    payload: bytes
    after_us: int = 0


Frames = tuple[OutFrame, ...]
Ask = Callable[[Scene, int], tuple[Question, ...]]
"""The questions of one try, under a number that no other try has; none where they cannot be put to this neighbour."""
Send = Callable[[Scene, tuple[Question, ...], int], Frames]
Form = Callable[[Scene, bytes, Link], Written]
"""How the headers of a packet are written."""


@dataclass(frozen=True, slots=True)
class Probe:
    """``subjects`` are the features of which the answer tells, given that the others are understood.

    ``suffices``: one such probe that is answered proves the feature. Probes of one ``ladder`` are asked in turn until
    one is not answered; ``rung`` is the measure that this one tries. ``fills``: it may take all the room that there is
    for fragments. ``staggers``: rungs are asked together where the neighbour has room, begun one after the other, to
    end at the same time. ``optional``: silence says nothing. ``spares`` are features that its frames seem to need and
    whoever reads them in this way does not.
    """

    name: str
    about: str
    ask: Ask
    send: Send
    subjects: frozenset[Feature] = frozenset()
    suffices: bool = False
    ladder: str = ""
    rung: float = 0
    fills: bool = False
    staggers: bool = False
    optional: bool = False
    spares: frozenset[Feature] = frozenset()

    def features(self, scene: Scene) -> frozenset[Feature] | None:
        """What its frames ask of their reader; ``None`` where it cannot be put to this neighbour."""
        questions = self.ask(scene, 0)
        if not questions:
            return None
        return used(scene, self.send(scene, questions, 0)) - self.spares | self.subjects


def used(scene: Scene, frames: Frames) -> frozenset[Feature]:
    """The features of frames, as a complete receiver sees them."""
    found: frozenset[Feature] = frozenset()
    for frame in frames:
        try:
            found |= features_of(decode_payload(frame.payload, frame.link, scene.contexts, RFC6282))
        except Malformed:
            continue  # what nobody reads is asked of nobody; the probe's subjects say what it is
    return found


def ending_together(rows: Sequence[Frames]) -> Frames:
    """The frames of all rows, each with its own pauses, so that all rows end at the same time."""
    timed: list[tuple[int, OutFrame]] = []
    longest = max(sum(frame.after_us for frame in row) for row in rows)
    for row in rows:
        at = longest - sum(frame.after_us for frame in row)
        for frame in row:
            at += frame.after_us
            timed.append((at, frame))
    timed.sort(key=lambda one: one[0])
    before = (0, *(at for at, _ in timed))
    return tuple(
        OutFrame(frame.link, frame.payload, at - last) for (at, frame), last in zip(timed, before, strict=False)
    )


def for_everybody(frames: Sequence[OutFrame]) -> bool:
    """Whether any of the frames goes to all."""
    return any(frame.link.destination == BROADCAST for frame in frames)


def link_for(scene: Scene, packet: bytes) -> Link:
    """The ends of the frames of a packet: a group is everybody."""
    return Link(scene.ours, BROADCAST) if is_multicast(packet[24:40]) else scene.link


def plain(_scene: Scene, _packet: bytes, _link: Link) -> Written:
    """Dispatch 0x41."""
    return writer.WHOLE


def least(_scene: Scene, packet: bytes, link: Link) -> Written:
    """LOWPAN_IPHC with everything in line that can be."""
    rows = DESTINATION[0b1000 if is_multicast(packet[24:40]) else 0b0000]
    return writer.iphc(packet, link, SOURCE[0b000], rows)


def as_known(scene: Scene, packet: bytes, link: Link) -> Written:
    """The plainest form that the neighbour is known to understand; of two that are open, :data:`Base.PLAIN`."""
    is_fragmented = len(packet) >= ROOM and scene.fragments is not None
    base = scene.fragments if is_fragmented else scene.base
    return least(scene, packet, link) if base is Base.IPHC else plain(scene, packet, link)


def in_form(form: Form) -> Send:
    """Packets as ``form`` writes them: each in one frame, or fragments in order."""

    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        frames: list[OutFrame] = []
        for tag, question in enumerate(questions, number):
            frames += packet_in(scene, question.packet, form, tag)
        return tuple(frames)

    return send


def packet_in(scene: Scene, packet: bytes, form: Form, tag: int, step: int = STEP) -> list[OutFrame]:
    """One packet, fragmented where one frame does not hold it."""
    link = link_for(scene, packet)
    written = form(scene, packet, link)
    whole = written.octets + packet[written.covers :]
    if len(whole) <= ROOM:
        return [OutFrame(link, whole)]
    return [OutFrame(link, each) for each in cut(packet, pieces_of(len(packet), step), written, tag & 0xFFFF)]


def pieces(scene: Scene, packet: bytes, form: Form, tag: int, cuts: Sequence[Piece]) -> list[OutFrame]:
    """One packet in the fragments that are asked for."""
    link = link_for(scene, packet)
    return [OutFrame(link, each) for each in cut(packet, cuts, form(scene, packet, link), tag & 0xFFFF)]


AS_KNOWN = in_form(as_known)
