"""What a stack knows when it is given frames or a packet: the two ends of the link, its PAN, its contexts."""

from dataclasses import dataclass, field
from enum import IntEnum

from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts


class End(IntEnum):
    """Of a frame, or of a packet."""

    SOURCE = 0
    DESTINATION = 1


@dataclass(frozen=True, slots=True)
class Node:
    """The one who receives or sends; ``link`` has the ends of the frames."""

    link: Link
    contexts: Contexts = field(default_factory=dict)
    pan: int | None = None

    def address(self, end: End) -> bytes:
        """The link-layer address of an end."""
        return self.link.destination if end else self.link.source
