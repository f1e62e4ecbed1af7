"""A step function in an asyncio event loop: the loop's clock, one timer, and a radio.

Theory of operation. ``now`` is the loop's clock since the start, in microseconds; one timer stands at the machine's
deadline. ``Transmit`` and ``AssessChannel`` go to the radio, and what the radio reports meanwhile waits until the
machine has finished its step. Every other output is told to whoever drives the machine. Nodes and probers run so.
"""

import asyncio
import errno
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from p6lowpan.drivers.radio import Radio
from p6lowpan.node.inputs import ChannelAssessed, FrameReceived, Input, TransmitDone, Wake
from p6lowpan.node.outputs import AssessChannel, Transmit

MICROSECONDS = 1_000_000
OutputT = TypeVar("OutputT")
OutputT_co = TypeVar("OutputT_co", covariant=True)


def closed() -> OSError:
    """What whoever uses a node is told that does not run."""
    return OSError(errno.ESHUTDOWN, "the node is closed, or has not been started")


class Machine(Protocol[OutputT_co]):
    """What can be driven."""

    @property
    def deadline(self) -> int | None:
        """When a ``Wake`` has something to do."""

    def handle(self, now: int, given: Input) -> tuple[OutputT_co, ...]:
        """Take an input; what is to be done."""


class MachineLoop(Generic[OutputT]):
    """See the module. ``tell`` is given each output that is not the radio's; ``record`` each input and its time, before
    its step; ``keep`` is called behind each step, before anything of what came of it is done: where it returns False,
    nothing of that goes on the air, as if the channel were never clear."""

    def __init__(
        self,
        machine: Machine[OutputT],
        radio: Radio,
        tell: Callable[[OutputT], object],
        *,
        record: Callable[[int, Input], object] | None = None,
        keep: Callable[[], bool | None] | None = None,
    ) -> None:
        self.machine = machine
        self.radio = radio
        self._tell = tell
        self._record = record
        self._keep = keep
        self._reports: deque[Input] = deque()  # what the radio says during a step: at most one thing an output
        self._stepping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._origin = 0.0
        self._timer: asyncio.TimerHandle | None = None

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether it runs."""
        return self._loop is not None

    async def open(self) -> None:
        """Open the radio and begin. Raises :class:`OSError`."""
        loop = asyncio.get_running_loop()
        await self.radio.open(self)
        self._loop, self._origin = loop, loop.time()
        self.give(Wake())

    async def close(self) -> None:
        """Stop, and close the radio. No harm in doing it twice."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop, self._timer = None, None
        await self.radio.close()

    # --- driving ------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The machine's time, in microseconds. Raises :class:`OSError` where it does not run."""
        if self._loop is None:
            raise closed()
        return int((self._loop.time() - self._origin) * MICROSECONDS)

    def give(self, given: Input) -> tuple[OutputT, ...]:
        """Tell the machine something; what that alone brought about. Raises :class:`OSError` where it does not run."""
        outputs = self._step(given)
        while self._reports:
            self._step(self._reports.popleft())
        self._arm()
        return outputs

    def frame_received(self, octets: bytes, link_quality: int) -> None:
        """The radio heard a frame."""
        self._report(FrameReceived(octets, link_quality))

    def transmitted(self, acknowledged: bool | None = None, accessed: bool = True) -> None:
        """The radio has sent."""
        self._report(TransmitDone(acknowledged, accessed))

    def _report(self, given: Input) -> None:
        if self._loop is None:
            return
        if self._stepping:
            self._reports.append(given)
        else:
            self.give(given)

    def _step(self, given: Input) -> tuple[OutputT, ...]:
        now = self.now
        if self._record is not None:
            self._record(now, given)
        self._stepping = True
        try:
            outputs = self.machine.handle(now, given)
            is_silent = self._keep is not None and self._keep() is False
            for output in outputs:
                if is_silent and isinstance(output, Transmit):
                    self._reports.append(TransmitDone(accessed=False))
                else:
                    self._perform(output)
        finally:
            self._stepping = False
        return outputs

    def _perform(self, output: OutputT) -> None:
        if isinstance(output, Transmit):
            self.radio.transmit(output.octets)
        elif isinstance(output, AssessChannel):
            self._reports.append(ChannelAssessed(self.radio.channel_is_clear()))
        else:
            self._tell(output)

    def _arm(self) -> None:
        """See to it that the machine is woken at its deadline. A timer that comes too early is let alone: it wakes
        nobody, and is set again then; most deadlines move away before they come."""
        deadline = self.machine.deadline
        if self._loop is None or deadline is None:
            return
        moment = self._origin + deadline / MICROSECONDS
        if self._timer is not None:
            if self._timer.when() <= moment:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(moment, self._wake)

    def _wake(self) -> None:
        self._timer = None
        deadline = self.machine.deadline
        if deadline is not None and deadline <= self.now:
            self.give(Wake())
        else:
            self._arm()
