"""What is known about one captured frame when it has been explained, and the findings that came up on the way."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from p6lowpan.analysis.known_stacks import Trait
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.inside import Encapsulated
from p6lowpan.machines.adaptation.context_table import ContextEvent
from p6lowpan.machines.adaptation.receiver import Packet, Received
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.wire.ieee802154.decoding import AnyFrame
from p6lowpan.wire.thread.mle import Message


class Severity(IntEnum):
    """How much a finding matters. An error loses packets, a warning may, a note explains."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a reader of the capture should know. ``name`` is stable, ``section`` the rule that it is about."""

    name: str
    severity: Severity
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Security:
    """How a secured frame was opened: by which key, and under which EUI-64 of the source; ``error`` if it was not.
    ``integrity_octets`` is the length of its integrity code."""

    key_name: str
    extended_source: bytes
    error: Malformed | None = None
    integrity_octets: int = 0


class Explained(NamedTuple):
    """One frame. What is ``None`` was not reached, and ``error`` says why.

    ``frame`` is the MAC frame, with its security taken off where ``security`` says so; ``received`` what the adaptation
    layer made of its payload; ``packets`` the IPv6 packets that were whole with this frame, ``transports`` what each of
    them carries. ``lost``: the datagrams that were given up with this frame, each once. ``pan_id`` is the PAN in
    which the 6LoWPAN payload was understood; ``traits`` are what it asks of a receiver: see
    :func:`~p6lowpan.analysis.known_stacks.losses`. ``repeated``: its sender sent the frame again; ``copied``: it was
    heard on another way too (two sniffers, a dispatcher). Neither is understood a second time. ``mle`` is what a
    message of Thread's Mesh Link Establishment says, where a network key opened it.
    """

    captured: CapturedFrame
    inside: Encapsulated | None = None
    frame: AnyFrame | None = None
    security: Security | None = None
    received: Received | None = None
    packets: tuple[Packet, ...] = ()
    error: Malformed | None = None
    learned: tuple[ContextEvent, ...] = ()
    guessed_contexts: frozenset[int] = frozenset()
    findings: tuple[Finding, ...] = ()
    features: frozenset[Feature] = frozenset()
    growth: int = 0
    repeated: bool = False
    transports: tuple[Transport, ...] = ()
    lost: tuple[DatagramDropped, ...] = ()
    pan_id: int | None = None
    traits: frozenset[Feature | Trait] = frozenset()
    copied: bool = False
    mle: Message | None = None


@dataclass(slots=True)
class Draft:
    """What has been found out about a frame so far: the attributes of :class:`Explained`, to be filled in."""

    captured: CapturedFrame
    inside: Encapsulated | None = None
    frame: AnyFrame | None = None
    security: Security | None = None
    received: Received | None = None
    packets: tuple[Packet, ...] = ()
    error: Malformed | None = None
    learned: tuple[ContextEvent, ...] = ()
    guessed_contexts: frozenset[int] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    features: frozenset[Feature] = frozenset()
    growth: int = 0
    repeated: bool = False
    transports: tuple[Transport, ...] = ()
    lost: tuple[DatagramDropped, ...] = ()
    pan_id: int | None = None
    traits: frozenset[Feature | Trait] = frozenset()
    copied: bool = False
    mle: Message | None = None

    def finished(self) -> Explained:
        """The value that goes out."""
        return Explained(
            self.captured,
            self.inside,
            self.frame,
            self.security,
            self.received,
            self.packets,
            self.error,
            self.learned,
            self.guessed_contexts,
            tuple(self.findings),
            self.features,
            self.growth,
            self.repeated,
            self.transports,
            self.lost,
            self.pan_id,
            self.traits,
            self.copied,
            self.mle,
        )
