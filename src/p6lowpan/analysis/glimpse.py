"""What there is to say of an ordinary frame, without a value for every header: :mod:`p6lowpan.analysis.glancing`."""

from typing import NamedTuple

from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.mac_headers import MacHeader
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.machines.adaptation.timeline import DatagramDropped, Outcome

NO_FEATURES: frozenset[Feature] = frozenset()


class Part(NamedTuple):
    """A fragment: its tag, its place in a datagram of ``size`` octets, and what became of it. ``began``: the beginning
    of the packet, where it is the first."""

    tag: int
    offset: int
    octets: int
    size: int
    outcome: Outcome
    began: bytes = b""


class Glimpse(NamedTuple):
    """An acknowledgement, a frame that its sender sent again (``repeated``), a 6LoWPAN payload that was not understood
    (``error``), or one that was: then it has ``features``. The names are those of
    :class:`~p6lowpan.analysis.explained.Explained`; nothing was lost with it. ``guessed_ends``: whether source and
    destination of its packet lean on a guessed context."""

    captured: CapturedFrame
    header: MacHeader
    sequence_number: int
    payload_octets: int
    findings: tuple[Finding, ...] = ()
    features: frozenset[Feature] = NO_FEATURES
    growth: int = 0
    part: Part | None = None
    packets: tuple[Packet, ...] = ()
    transports: tuple[Transport, ...] = ()
    error: Malformed | None = None
    repeated: bool = False
    guessed_ends: tuple[bool, bool] = (False, False)

    @property
    def lost(self) -> tuple[DatagramDropped, ...]:
        """Nothing."""
        return ()
