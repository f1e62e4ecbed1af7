"""The packets of ordinary frames, written out by the C core many frames at once.

What a packet depends on (contexts, addresses, fragments) stays in the tables of the explainer. The core reads and
fills them by the rules of :mod:`p6lowpan.analysis.packets_alone` as long as nothing is unusual; at the first frame that
is, it stops, and the Python goes on from the same tables.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from p6lowpan import fast_capture
from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.glancing_payloads import GENERIC
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.learning import contexts_used, from_message
from p6lowpan.analysis.lessons import lesson_of
from p6lowpan.analysis.mac_headers import MacHeader
from p6lowpan.analysis.pan import Pan
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.machines.adaptation.timeline import DatagramDropped, DatagramKey
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.payload import decode_payload

NEVER = (1 << 63) - 1


class Written(NamedTuple):
    """The packets of many frames, a ``number`` of them, as records of a pcap file, little endian; or the lines of a
    ``number`` of frames, in UTF-8. No packet is there as a value, and no datagram was lost."""

    octets: bytes
    number: int
    packets: tuple[Packet, ...] = ()
    lost: tuple[DatagramDropped, ...] = ()


class Ground(NamedTuple):
    """One PAN, as the core takes it; good as long as its contexts are. ``gathers``: fragments are not unusual.
    ``guesses``: by the octets that tell the contexts of a header, the guessed ones among these (``None``: none), or
    ``None`` where no context is a guess. ``shelf`` is the reassembler's. ``telling``: what was told of payloads, who
    tells it, and the tables of the fragment watch, where frames are told."""

    known: object
    deadline: int
    gathers: bool
    guesses: dict[bytes, frozenset[int] | None] | None
    suspects: dict[DatagramKey, frozenset[int]]
    addresses: dict[bytes, None]
    refused: dict[DatagramKey, int]
    reported: dict[DatagramKey, int]
    unsummed: dict[DatagramKey, Any]
    guess: Callable[[bytes, LinkAddress, LinkAddress], frozenset[int] | None]
    judge: Callable[[int, DatagramKey | None, frozenset[int] | None], bool]
    wait: Callable[[DatagramKey, frozenset[int]], object]
    learn: Callable[[bytes], None]
    prefixes: dict[bytes, None]
    messages: dict[tuple[MacHeader, bytes], fast_capture.Message | None]
    look_at_message: Callable[[MacHeader, bytes], fast_capture.Message | None]
    shelf: tuple[object, ...]
    telling: tuple[object, ...] | None


class Gleaner:
    """What the core needs of an explainer. ``unit_ns``: nanoseconds in a unit of the records' fractions."""

    def __init__(self, explainer: Explainer, unit_ns: int = 1000) -> None:
        self._explainer = explainer
        self._made: BoundedTable[int | None, tuple[Pan, Contexts, Ground]] = BoundedTable(BOUNDS.pans)
        self._grounds: dict[int | None, Ground | None] = {}
        self.tools = fast_capture.Tools(self._grounds, self._ground, explainer.homes.entries, unit_ns, GENERIC)

    @property
    def state(self) -> fast_capture.State | None:
        """Nothing is told."""
        return None

    def written(self, text: bytes, number: int, told: fast_capture.Told | None) -> Written:  # noqa: ARG002 - who tells
        """What was written."""
        return Written(text, number)

    def mark(self, finding: Finding) -> str:  # noqa: ARG002 - who tells
        """What is told of a finding."""
        return ""

    def telling(self, pan: Pan, contexts: Contexts) -> tuple[object, ...] | None:  # noqa: ARG002 - who tells
        """What the payloads of a PAN are told with, as long as it has these contexts."""
        return None

    def renew(self) -> None:
        """A frame went another way: whatever it taught counts now."""
        self._grounds.clear()

    def _ground(self, identifier: int | None) -> Ground | None:
        """What the core needs of a PAN; ``None``: all its frames are unusual."""
        pan = self._explainer.pans.get(identifier)
        if pan is None:
            return None
        contexts, gathers = pan.knowledge.contexts, pan.gathers
        before = self._made.get(identifier)
        if before is not None and before[0] is pan and before[1] is contexts:
            ground = before[2]
            if ground.gathers is not gathers:
                ground = ground._replace(gathers=gathers)
            return ground
        known = fast_capture.known(contexts, ANALYSIS)
        if known is None:
            return None
        ground = self._new(pan, known, contexts)
        self._made.put(identifier, (pan, contexts, ground))
        return ground._replace(gathers=gathers)

    def _new(self, pan: Pan, known: object, contexts: Contexts) -> Ground:
        knowledge = pan.knowledge
        deadline = NEVER if knowledge.deadline is None else knowledge.deadline
        guesses: dict[bytes, frozenset[int] | None] | None = {} if knowledge.has_guesses else None

        def guess(octets: bytes, source: LinkAddress, destination: LinkAddress) -> frozenset[int] | None:
            """The guessed contexts that a payload leans on."""
            read = decode_payload(octets, Link(source, destination), contexts, ANALYSIS)
            return knowledge.guessed(contexts_used(read)) or None

        return Ground(
            known,
            deadline,
            True,
            guesses,
            pan.suspects,
            knowledge.addresses,
            *pan.first_fragments.troubled,
            pan.receiver.unsummed,
            guess,
            partial(_judge, pan),
            pan.suspect,
            knowledge.learn_addresses,
            knowledge.ordered_prefixes,
            {},
            partial(self._look_at_message, knowledge),
            pan.receiver.reassembler.shelf,
            self.telling(pan, contexts),
        )

    def _look_at_message(self, knowledge: Knowledge, header: MacHeader, packet: bytes) -> fast_capture.Message | None:
        """A message, where it may be heard again without another look."""
        lesson = lesson_of(Packet(packet, header.link))
        if lesson is None:
            return None
        taught, findings = lesson
        where = header.link, header.pan, knowledge, self._explainer.addresses

        def teach(now: int) -> None:
            if taught is not None:
                from_message(now, taught, *where)

        marks = "".join(map(self.mark, findings))
        names = tuple([finding.name for finding in findings])
        return fast_capture.Message(None if taught is None else teach, marks.encode(), names)


def _judge(pan: Pan, now: int, key: DatagramKey | None, guessed: frozenset[int] | None) -> bool:
    """A checksum is right that speaks for guesses; whether that changes the contexts."""
    contexts = pan.knowledge.contexts
    of_first = None if key is None else pan.suspects.pop(key, None)
    all_guessed = (guessed or frozenset()) | (of_first or frozenset())
    if all_guessed:
        pan.knowledge.judge(now, all_guessed, True)
    return pan.knowledge.contexts is not contexts
