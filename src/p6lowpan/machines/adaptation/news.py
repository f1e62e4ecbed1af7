"""What is new of a neighbour: what it can take, or that it says less of itself than is configured."""

from enum import StrEnum

from p6lowpan.capability.profile import Profile
from p6lowpan.capability.value import value
from p6lowpan.wire.address import LinkAddress


class How(StrEnum):
    """How a level was learned."""

    ERROR = "error"
    ADVERTISEMENT = "advertisement"
    CONFIGURED = "configured"


@value
class Learned:
    """Something new is known of a neighbour; ``again`` are the packets that must be sent to it once more."""

    neighbor: LinkAddress
    profile: Profile
    how: How
    again: tuple[bytes, ...] = ()


@value
class Contradicted:
    """A neighbour says that it takes less than what is configured for it. What is configured holds."""

    neighbor: LinkAddress
    configured: Profile
    announced: Profile
