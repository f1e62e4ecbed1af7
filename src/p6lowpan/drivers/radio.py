"""What a node asks of a radio, and what a radio tells it.

A radio sends and receives IEEE 802.15.4 frames without their frame check sequence, which is the radio's business. It
calls its listener from the event loop, in the order of the air: that a frame has been sent, before what came after it.
"""

from typing import Protocol


class RadioListener(Protocol):
    """Who is told what a radio hears and does."""

    def frame_received(self, octets: bytes, link_quality: int) -> None:
        """A frame came whole; its frame check sequence is taken off. ``link_quality``: 0 to 255, the best."""

    def transmitted(self, acknowledged: bool | None = None, accessed: bool = True) -> None:
        """The frame given last has been sent. ``acknowledged``: ``None`` where the radio does not look for
        acknowledgements. ``accessed``: false where the radio found no clear channel, and has not sent."""


class Radio(Protocol):
    """A radio that a node can be given. What it does itself, the node leaves to it."""

    @property
    def does_csma(self) -> bool:
        """Whether the radio waits for a clear channel itself."""

    @property
    def acknowledges(self) -> bool:
        """Whether the radio answers frames that ask for an acknowledgement itself."""

    async def open(self, listener: RadioListener) -> None:
        """Begin to receive. Raises :class:`OSError` where that cannot be."""

    async def close(self) -> None:
        """Receive no more. No harm in doing it twice."""

    def transmit(self, octets: bytes) -> None:
        """Send a frame, and tell the listener when that is done: at once, or later. Raises nothing."""

    def channel_is_clear(self) -> bool:
        """Whether nobody is heard sending. Only asked where the radio does no CSMA/CA."""
