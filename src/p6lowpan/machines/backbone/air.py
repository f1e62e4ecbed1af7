"""How much of the air is taken: a token bucket of octets on air, 250 kb/s where nothing else is said.

What our radio sends is counted when it is sent, whoever it is for: our own messages, acknowledgements, repetitions. The
bucket may so be overdrawn, and what waits for it waits until it is not. It is kept as the time at which it will be full
again, so that nothing has to be counted while time passes.
"""

SECOND_US = 1_000_000
PHY_OCTETS = 8  # preamble 4, start-of-frame delimiter 1, length 1, frame check sequence 2 (IEEE 802.15.4-2015 12.1)


class Air:
    """See the module."""

    def __init__(self, octets_per_second: int, burst_us: int) -> None:
        self.octets = 0
        self.octets_per_second = octets_per_second
        self.burst_us = burst_us
        self._full_at = 0

    def sent(self, now: int, frame_octets: int) -> None:
        """A frame of so many octets, without its frame check sequence, went out."""
        octets = frame_octets + PHY_OCTETS
        self.octets += octets
        self._full_at = max(self._full_at, now) + -(-octets * SECOND_US // self.octets_per_second)

    @property
    def free_at(self) -> int:
        """When something may be sent: a time that is past, where it may be now."""
        return self._full_at - self.burst_us
