"""A network in a process: devices, their medium, what goes wrong, and time, which passes from event to event.

    world = World(seed=1, stream=file)
    world.place(line(3), devices)
    world.inject(1_000_000, 0, SendUdp(...))
    world.run(until_us=60_000_000)

The same devices, calls and seed give the same run, and the same capture octet for octet. A device gets a ``Wake`` when
it starts, and one whenever its deadline has come. A deadline that is still in the past after a ``Wake`` is looked at
again a microsecond later, so that time cannot stand still.

``copy.deepcopy`` copies a world with all its devices. Only the capture's stream and the listener stay the same: give
the copy others by ``trace.record_to`` and ``trace.listener``.
"""

from collections.abc import Sequence
from typing import BinaryIO, assert_never

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.node.inputs import Input, Wake
from p6lowpan.simulator.clock import ANYTHING_ELSE, Clock
from p6lowpan.simulator.device import Device
from p6lowpan.simulator.faults import Fault, LinkChange, Make, Partition, PowerOff, PowerOn, Replacement
from p6lowpan.simulator.links import PERFECT, LinkQuality
from p6lowpan.simulator.medium import Medium, Station
from p6lowpan.simulator.topology import Topology
from p6lowpan.simulator.trace import Counters, Listener, Trace

WAKE = Wake()


class _Place:
    """A station and the device at it."""

    __slots__ = ("device", "station", "wakes_at")

    def __init__(self, device: Device, station: Station) -> None:
        self.device = device
        self.station = station
        self.wakes_at: int | None = None


class World:
    """Devices by number, in the order in which they were added. See the module.

    ``collisions``: frames that overlap at a receiver destroy each other there.
    """

    def __init__(
        self,
        seed: int,
        *,
        collisions: bool = False,
        stream: BinaryIO | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.trace = Trace(stream, listener)
        self.names: list[str] = []
        self._clock = Clock()
        self._medium = Medium(self._clock, Chance(seed), self.trace, self._tell, collisions)
        self._places: list[_Place] = []

    # --- what there is ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The time, in microseconds since the world began."""
        return self._clock.now

    @property
    def next_event(self) -> int | None:
        """When something will happen next; ``None``: never again."""
        return self._clock.next

    @property
    def devices(self) -> tuple[Device, ...]:
        """All devices, whether they are on or off."""
        return tuple(place.device for place in self._places)

    @property
    def counters(self) -> Sequence[Counters]:
        """The numbers of each station."""
        return self.trace.counters

    def is_on(self, number: int) -> bool:
        """Whether a station is switched on."""
        return self._medium.stations[number].is_on

    def hears(self, number: int) -> tuple[int, ...]:
        """Who hears this station at the moment."""
        return tuple(link.receiver for link in self._medium.links.heard_by[number])

    def is_clear(self, number: int) -> bool:
        """Whether a station hears nobody at the moment, and is not sending itself."""
        return self._medium.is_clear(self._medium.stations[number])

    def add(self, device: Device, name: str = "", starts_at_us: int | None = None) -> int:
        """Add a device that nobody hears yet, and return its number. Before ``starts_at_us`` it is off."""
        place = _Place(device, self._medium.add())
        number = place.station.number
        self._places.append(place)
        self.names.append(name or str(number))
        if starts_at_us is None or starts_at_us <= self.now:
            self._clock.schedule(self.now, ANYTHING_ELSE, self._start, place, place.station.boots)
        else:
            self._medium.switch_off(place.station)
            self.plan(PowerOn(starts_at_us, number))
        return number

    def connect(self, one: int, other: int, quality: LinkQuality | None = PERFECT) -> None:
        """Let two stations hear each other; ``None``: no longer. One direction alone is a :class:`LinkChange`."""
        self._medium.links.set(one, other, quality)
        self._medium.links.set(other, one, quality)

    def place(self, topology: Topology, devices: Sequence[Device]) -> tuple[int, ...]:
        """Add a device for each of the topology's stations, and its links. Returns their numbers."""
        if len(devices) != len(topology.names):
            raise UsageError(f"{len(devices)} devices for a topology of {len(topology.names)}")
        numbers = tuple(self.add(device, name) for device, name in zip(devices, topology.names, strict=True))
        for edge in topology.edges:
            self._medium.links.set(numbers[edge.sender], numbers[edge.receiver], edge.quality)
        return numbers

    # --- what is to happen --------------------------------------------------------------------------------------------

    def inject(self, at_us: int, number: int, given: Input) -> None:
        """Tell a device something at a time. If it is off then, that is counted in ``inputs_missed``."""
        self._clock.schedule(at_us, ANYTHING_ELSE, self._inject, self._at(number), given)

    def plan(self, *faults: Fault) -> None:
        """Let something go wrong, or right again. Raises :class:`UsageError` for a station that is not there."""
        for fault in faults:
            self._check(fault)
            if isinstance(fault, Partition):
                separation = fault.one, fault.other
                self._clock.schedule(fault.start_us, ANYTHING_ELSE, self._medium.links.separate, separation)
                self._clock.schedule(fault.end_us, ANYTHING_ELSE, self._medium.links.rejoin, separation)
            else:
                self._clock.schedule(fault.at_us, ANYTHING_ELSE, self._happen, fault)

    def step(self) -> bool:
        """Let the next event happen; false where there is none."""
        return self._clock.step()

    def run(self, until_us: int) -> None:
        """Let everything happen up to and including ``until_us``, which is the time then."""
        self._clock.run(until_us)

    # --- what happens -------------------------------------------------------------------------------------------------

    def _tell(self, number: int, given: Input) -> None:
        place, now = self._places[number], self._clock.now
        for output in place.device.handle(now, given):
            if isinstance(output, AssessChannel):
                self._medium.assess(place.station)
            elif isinstance(output, Transmit):
                self._medium.transmit(place.station, output.octets)
            else:
                self.trace.output(now, number, output)
        self._arm(place, now + 1 if given is WAKE else now)

    def _arm(self, place: _Place, earliest: int) -> None:
        """Have a device woken at its deadline, unless it will be woken before that anyway."""
        deadline = place.device.deadline
        if deadline is None:
            return
        at = max(deadline, earliest)
        if place.wakes_at is None or at < place.wakes_at:
            place.wakes_at = at
            self._clock.schedule(at, ANYTHING_ELSE, self._wake, place, place.station.boots)

    def _wake(self, place: _Place, boots: int) -> None:
        now = self._clock.now
        if place.wakes_at != now or place.station.boots != boots:
            return  # it was woken before, or switched off
        place.wakes_at = None
        deadline = place.device.deadline
        if deadline is not None and deadline <= now:
            self._tell(place.station.number, WAKE)
        else:
            self._arm(place, now)

    def _start(self, place: _Place, boots: int) -> None:
        if place.station.boots == boots:
            self._tell(place.station.number, WAKE)

    def _inject(self, place: _Place, given: Input) -> None:
        if place.station.is_on:
            self._tell(place.station.number, given)
        else:
            place.station.counters.inputs_missed += 1

    def _check(self, fault: Fault) -> None:
        """Refuse a fault of a station that is not there now, rather than when it happens."""
        match fault:
            case Partition():
                numbers = fault.one | fault.other
            case LinkChange():
                numbers = frozenset((fault.sender, fault.receiver))
            case _:
                numbers = frozenset((fault.station,))
        for number in numbers:
            self._at(number)

    def _happen(self, fault: PowerOff | PowerOn | Replacement | LinkChange) -> None:
        match fault:
            case PowerOff():
                self._switch_off(self._at(fault.station))
            case PowerOn():
                self._switch_on(self._at(fault.station), fault.make)
            case Replacement():
                self._switch_off(self._at(fault.station))
                self._switch_on(self._at(fault.station), fault.make)
            case LinkChange():
                self._medium.links.set(fault.sender, fault.receiver, fault.quality)
            case _:
                assert_never(fault)

    def _switch_off(self, place: _Place) -> None:
        if place.station.is_on:
            self._medium.switch_off(place.station)

    def _switch_on(self, place: _Place, make: Make | None) -> None:
        if place.station.is_on:
            return
        if make is not None:
            place.device = make(self.now)
        place.wakes_at = None
        self._medium.switch_on(place.station)
        self._start(place, place.station.boots)

    def _at(self, number: int) -> _Place:
        if not 0 <= number < len(self._places):
            raise UsageError(f"there is no station {number} of {len(self._places)}")
        return self._places[number]
