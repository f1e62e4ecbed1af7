"""Who is right: frames put to every profile, to our own decoder and to whoever else is asked, grouped by answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import RFC6282
from p6lowpan.interop.blame import to_blame
from p6lowpan.interop.laboratory.parties import REFERENCE
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import HandedUp, hands_up
from p6lowpan.interop.profiles import STACKS
from p6lowpan.interop.stack import Quirk, Stack
from p6lowpan.machines.adaptation.receiver import Receiver

OURS = "p6lowpan"


@dataclass(frozen=True)
class Opinion:
    """What one makes of the frames; ``quirks``: why it is not what our own decoder makes of them."""

    who: str
    up: HandedUp
    quirks: tuple[Quirk, ...] = ()

    @property
    def answer(self) -> tuple[tuple[bytes, ...], bool]:
        """What opinions are grouped by: the packets, and whether that was its end."""
        return self.up.packets, self.up.crash is not None


@dataclass(frozen=True)
class Group:
    """Those who give the same answer."""

    opinions: tuple[Opinion, ...]
    is_ours: bool

    @property
    def packets(self) -> tuple[bytes, ...]:
        """What they hand up."""
        return self.opinions[0].up.packets


@dataclass(frozen=True)
class Verdict:
    """``groups``: that of our own decoder first, then the largest. ``features``: what the frames ask for."""

    frames: tuple[bytes, ...]
    features: frozenset[Feature]
    groups: tuple[Group, ...]


def verdict(
    frames: Sequence[bytes],
    node: Node,
    others: Iterable[tuple[str, HandedUp]] = (),
    stacks: Iterable[Stack] = tuple(STACKS.values()),
) -> Verdict:
    """Every opinion of frames in their order. ``others``: decoders that are no profile, with their answers."""
    ours = REFERENCE.hands_up(frames, node)
    opinions = [Opinion(OURS, ours), *(Opinion(who, up) for who, up in others)]
    opinions += [_opinion(stack, frames, node, ours) for stack in stacks]
    answers: dict[object, list[Opinion]] = {}
    for opinion in opinions:
        answers.setdefault(opinion.answer, []).append(opinion)
    groups = [Group(tuple(members), members[0].who == OURS) for members in answers.values()]
    groups.sort(key=lambda group: (not group.is_ours, -len(group.opinions)))
    return Verdict(tuple(frames), _features(frames, node), tuple(groups))


def _opinion(stack: Stack, frames: Sequence[bytes], node: Node, ours: HandedUp) -> Opinion:
    up = hands_up(stack, frames, node)
    if up.packets == ours.packets and up.crash is None:
        return Opinion(stack.name, up)
    return Opinion(stack.name, up, to_blame(stack, lambda mended: _same(hands_up(mended, frames, node), ours)))


def _same(up: HandedUp, ours: HandedUp) -> bool:
    return up.packets == ours.packets and up.crash is None


def _features(frames: Sequence[bytes], node: Node) -> frozenset[Feature]:
    receiver = Receiver(RFC6282)
    used = [receiver.receive(now, frame, node.link, node.contexts).features for now, frame in enumerate(frames)]
    return frozenset().union(*used)
