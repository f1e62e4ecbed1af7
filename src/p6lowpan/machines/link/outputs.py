"""What the link's machines ask of the radio, and what they tell the layer above."""

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress


@value
class AssessChannel:
    """Do a clear channel assessment now, and say whether the channel is clear."""


@value
class Transmit:
    """Send this MAC frame, which has no frame check sequence yet, now; and say when it has been sent."""

    octets: bytes


@value
class Indication:
    """A frame for us: its MAC payload. ``secured``: its integrity code was checked. ``source`` may be empty."""

    payload: bytes
    source: LinkAddress
    destination: LinkAddress
    secured: bool


@value
class Confirm:
    """What became of one frame that was to be sent; comes exactly once for each.

    ``delivered``: it was acknowledged, or was sent and asks for no acknowledgement; else ``reason`` says why not.
    ``attempts``: how often it was put on the air.
    """

    handle: int
    delivered: bool
    reason: Reason | None = None
    attempts: int = 0


MacOutput = AssessChannel | Transmit | Indication | Confirm | Dropped
