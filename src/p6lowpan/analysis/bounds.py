"""How much an explanation remembers: every table that a capture could make grow, in one place.

What one PAN holds is bounded beside its machines; these tables are for the whole capture.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Entries; where a table is full, the oldest one goes."""

    pans: int = 64  # what was learned of a PAN, its incomplete datagrams reported as lost; ours
    senders: int = 4096  # whose last frame is remembered, to tell repetitions; ours
    channels: int = 256  # on which an acknowledgement is waited for; IEEE 802.15.4 has 27 on a page
    frame_counters: int = 16384  # by key, sender and destination; ours
    short_addresses: int = 65536  # whose EUI-64 is known; 16 bits
    extended_addresses: int = 4096  # that were seen, candidates for short ones; ours


BOUNDS = Bounds()
"""For any capture."""
