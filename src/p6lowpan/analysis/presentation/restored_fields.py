"""One field of a packet that was put back: its value, and where the receiver has it from."""

from dataclasses import dataclass

IN_LINE = "in line"


@dataclass(frozen=True, slots=True)
class Restored:
    """One field of the packet: its value in words, and where the receiver has it from."""

    name: str
    value: str
    origin: str

    @property
    def was_elided(self) -> bool:
        """Whether the field, or a part of it, was not on the link."""
        return self.origin != IN_LINE
