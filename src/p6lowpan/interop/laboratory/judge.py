"""A judge of captures: which of some stacks would lose a packet or hand up another, why, and what would have been safe.

A frame that stands alone is put to the profiles at once; fragments wait, in a bounded table, until ours have made a
packet of them. So memory does not grow with the capture. Who drops what our own decoder refuses too is not worth a
word; who makes a packet of it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.judging import LOST_BY_STACKS, TAKEN_BY_STACKS
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS
from p6lowpan.interop.laboratory.delivery import Fate, fate_of
from p6lowpan.interop.laboratory.parties import own
from p6lowpan.interop.laboratory.probes import Probe
from p6lowpan.interop.laboratory.reasons import quirks_of_receiver
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import HandedUp, hands_up
from p6lowpan.interop.stack import Quirk, Stack
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts

MOST_DATAGRAMS = 64
MOST_FRAGMENTS = 256
"""A datagram of 2047 octets has no more in steps of 8."""

REMEMBERED_LEVELS = 1 << 10
VERBS = {
    Fate.IS_LOST: "drops it",
    Fate.ARRIVES_WRONG: "hands up another packet",
    Fate.ENDS_THE_RECEIVER: "does not survive it",
}

Loss = tuple[str, Fate, str]
"""Who, what becomes of the packet there, and why."""


class StackJudge:
    """Puts the packets of a capture to ``stacks``. ``totals``: by stack and fate, of ``packets`` in all."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self.stacks = tuple(stacks)
        self.packets = 0
        self.totals: Counter[tuple[str, Fate]] = Counter()
        self._fragments: BoundedTable[tuple[Link, int, int], list[bytes]] = BoundedTable(MOST_DATAGRAMS)
        self._levels: BoundedTable[object, int | None] = BoundedTable(REMEMBERED_LEVELS)
        self._known: dict[str, list[tuple[tuple[Quirk, ...], Stack]]] = {}

    def judge(
        self, octets: bytes, link: Link, contexts: Contexts, pan_id: int | None, received: Received
    ) -> Iterator[Finding]:
        """The findings about one payload."""
        frames = self._frames(octets, received)
        if frames is None:
            return
        node = Node(link, dict(contexts), pan_id)
        if len(received.packets) == 1:
            yield from self._packet(received.packets[0].octets, frames, node, received.features)
        elif not received.packets and received.error is not None:
            yield from self._refused(frames, node)

    def _frames(self, octets: bytes, received: Received) -> tuple[bytes, ...] | None:
        """All frames of what this one completes; ``None`` while a datagram is incomplete."""
        fragment = received.payload.stack.fragment if received.payload else None
        if fragment is None or received.payload is None:
            return (octets,)
        key = received.payload.stack.link, fragment.datagram_size, fragment.datagram_tag
        kept = self._fragments.get(key)
        if kept is None:
            self._fragments.put(key, kept := [])
        if len(kept) < MOST_FRAGMENTS:
            kept.append(octets)
        if not received.packets:
            return None
        self._fragments.remove(key)
        return tuple(kept)

    def _packet(
        self, packet: bytes, frames: tuple[bytes, ...], node: Node, features: frozenset[Feature]
    ) -> Iterator[Finding]:
        self.packets += 1
        probe = Probe("captured", packet, node.link, node.contexts, node.pan)
        losses = [loss for stack in self.stacks if (loss := self._loss(stack, frames, probe)) is not None]
        self.totals.update((who, fate) for who, fate, _ in losses)
        if losses:
            losing = tuple(stack for stack in self.stacks if stack.name in {who for who, _, _ in losses})
            yield LOST_BY_STACKS.finding(f"{'; '.join(_in_words(losses))}. {self._advice(probe, losing, features)}")

    def _loss(self, stack: Stack, frames: tuple[bytes, ...], probe: Probe) -> Loss | None:
        up = hands_up(stack, frames, probe.node)
        fate = fate_of(probe.packet, up)
        if fate is Fate.ARRIVES:
            return None
        return stack.name, fate, self._why(stack, frames, probe, up)

    def _why(self, stack: Stack, frames: tuple[bytes, ...], probe: Probe, up: HandedUp) -> str:
        """The quirks to blame; those that were to blame before are tried first, because it is mostly they."""
        known = self._known.setdefault(stack.name, [])
        for quirks, mended in known:
            if fate_of(probe.packet, hands_up(mended, frames, probe.node)) is Fate.ARRIVES:
                return _says(quirks)
        quirks = quirks_of_receiver(stack, frames, probe)
        if quirks:
            known.append((quirks, stack.without(*quirks)))
        return _says(quirks) or "; ".join(dict.fromkeys(up.dropped)) or "how it reads the frame"

    def _refused(self, frames: tuple[bytes, ...], node: Node) -> Iterator[Finding]:
        taking = [stack.name for stack in self.stacks if hands_up(stack, frames, node).packets]
        if taking:
            yield TAKEN_BY_STACKS.finding(f"handed up as a packet by {', '.join(taking)}")

    def _advice(self, probe: Probe, losing: tuple[Stack, ...], features: frozenset[Feature]) -> str:
        """The highest level at which the packet would have got through to all of them.

        To search takes a while, so that a packet that uses what one before it did, and is lost by the same, is tried
        with what was found for that one first; where nothing was, nothing is looked for.
        """
        key = features, tuple(stack.name for stack in losing)
        remembered = self._levels.get(key)
        if key not in self._levels or (remembered is not None and not _gets_through(remembered, probe, losing)):
            levels = (level for level in reversed(range(len(LEVELS))) if _gets_through(level, probe, losing))
            remembered = next(levels, None)
            self._levels.put(key, remembered)
        if remembered is None:
            return "No level gets it through to all of them"
        return f"Level {remembered} would be safe"


def _gets_through(level: int, probe: Probe, stacks: tuple[Stack, ...]) -> bool:
    frames = own(LEVELS[level]).sends(probe.packet, probe.node).frames
    ups = (hands_up(stack, frames, probe.node) for stack in stacks)
    return bool(frames) and all(fate_of(probe.packet, up) is Fate.ARRIVES for up in ups)


def _says(quirks: tuple[Quirk, ...]) -> str:
    """Quirks in words, each with its section."""
    return "; ".join(quirk.says + (f" ({quirk.clause})" if quirk.clause else "") for quirk in quirks)


def _in_words(losses: list[Loss]) -> Iterator[str]:
    """Those who do the same for the same reason together."""
    for (fate, why), same in groupby(sorted(losses, key=lambda loss: loss[1:]), key=lambda loss: loss[1:]):
        names = [who for who, _, _ in same]
        yield f"{', '.join(names)} {VERBS[fate] if len(names) == 1 else PLURALS[fate]}: {why}"


PLURALS = {
    Fate.IS_LOST: "drop it",
    Fate.ARRIVES_WRONG: "hand up another packet",
    Fate.ENDS_THE_RECEIVER: "do not survive it",
}
