"""One case of the conformance corpus: what is put to a stack, and what holds of the answer whoever gives it.

A case knows nothing of levels: it says which features it uses and which bound it exceeds.
:mod:`p6lowpan.interop.conformance.expectation` says from that what a node of a level must do.
"""

from dataclasses import dataclass

from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Context


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the frames. ``offset``: the octet of the frame at which it shows; ``None``: not claimed."""

    reason: Reason
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Frames, and the packets that they stand for.

    ``name`` is stable and unique, words with slashes between them. ``fault``: why no packet, or not every one, may come
    out of any stack. ``bound``: the bound of Principled 6LoWPAN that the frames exceed; plain RFC 6282 has none.
    ``disputed``: the RFC can be read in two ways, and stacks do. ``sends``: the packet serves the other direction, too.
    ``covers``: published test cases that the case stands for. ``meant``: the packet that a fault keeps back.
    ``is_error``: the packet is an ICMPv6 error or a Redirect, which no error may answer.
    """

    name: str
    about: str
    section: str
    link: Link
    frames: tuple[bytes, ...]
    packets: tuple[bytes, ...]
    features: frozenset[Feature]
    growth: int = 0
    contexts: tuple[Context, ...] = ()
    fault: Fault | None = None
    bound: Reason | None = None
    disputed: bool = False
    sends: bool = False
    covers: tuple[str, ...] = ()
    meant: bytes = b""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message of Principled 6LoWPAN that a neighbour sends, and the level that its receiver learns from it.

    ``packet`` comes from the neighbour ``link.source``, uncompressed. ``level`` is ``None`` where nothing is learned.
    ``needs``: what was last sent to that neighbour used a feature of this level; ``None``: it does not matter.
    """

    name: str
    about: str
    section: str
    link: Link
    packet: bytes
    level: int | None
    needs: int | None = None
