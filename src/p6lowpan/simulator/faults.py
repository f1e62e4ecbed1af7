"""What goes wrong in a run, and when: values, which ``World.plan`` puts on the clock."""

from collections.abc import Callable
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError
from p6lowpan.simulator.device import Device
from p6lowpan.simulator.links import LinkQuality

Make = Callable[[int], Device]
"""Makes a device; is told the time."""


@dataclass(frozen=True, slots=True)
class PowerOff:
    """A station falls silent and deaf. Its device is told nothing, and keeps its state."""

    at_us: int
    station: int


@dataclass(frozen=True, slots=True)
class PowerOn:
    """A station comes back: with the device and the state that it had, or with a new device."""

    at_us: int
    station: int
    make: Make | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """A station's device becomes another, say one of a higher level, and starts at once."""

    at_us: int
    station: int
    make: Make


@dataclass(frozen=True, slots=True)
class Partition:
    """From ``start_us`` to ``end_us`` no station of ``one`` hears one of ``other``, nor the other way round.

    A frame on the air when it begins or ends is not touched by it. Raises :class:`UsageError`.
    """

    start_us: int
    end_us: int
    one: frozenset[int]
    other: frozenset[int]

    def __post_init__(self) -> None:
        if self.start_us > self.end_us:
            raise UsageError(f"a partition that ends at {self.end_us} us cannot begin at {self.start_us} us")


@dataclass(frozen=True, slots=True)
class LinkChange:
    """From now on ``receiver`` hears ``sender`` so well, or not at all. The other direction stays as it is."""

    at_us: int
    sender: int
    receiver: int
    quality: LinkQuality | None


Fault = PowerOff | PowerOn | Replacement | Partition | LinkChange
