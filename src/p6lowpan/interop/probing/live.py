"""A prober on a radio, in an asyncio event loop."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from p6lowpan.drivers.radio import Radio
from p6lowpan.interop.probing.prober import Prober
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.node.inputs import ChannelAssessed, FrameReceived, Input, TransmitDone, Wake

MICROSECONDS = 1_000_000


class LiveProbing:
    """``await LiveProbing(prober, radio).run()``: until everything has been asked, or the neighbour is gone.

    ``told`` is called whenever a probe has been decided.
    """

    def __init__(self, prober: Prober, radio: Radio, told: Callable[[], object] = lambda: None) -> None:
        self.prober = prober
        self.radio = radio
        self._told = told
        self._decided = -1
        self._reports: deque[Input] = deque()
        self._stepping = False
        self._timer: asyncio.TimerHandle | None = None
        self._origin = 0.0
        self._done = asyncio.Event()

    async def run(self) -> None:
        """Raises :class:`OSError` where the radio cannot be opened."""
        self._origin = asyncio.get_running_loop().time()
        await self.radio.open(self)
        try:
            self._give(Wake())
            await self._done.wait()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            with contextlib.suppress(OSError):
                await self.radio.close()

    def frame_received(self, octets: bytes, link_quality: int) -> None:
        """The radio heard a frame."""
        self._give(FrameReceived(octets, link_quality))

    def transmitted(self, acknowledged: bool | None = None, accessed: bool = True) -> None:
        """The radio has sent."""
        self._give(TransmitDone(acknowledged, accessed))

    def _give(self, given: Input) -> None:
        self._reports.append(given)
        if self._stepping:
            return
        self._stepping = True
        try:
            while self._reports:
                self._step(self._reports.popleft())
        finally:
            self._stepping = False
        self._arm()

    def _step(self, given: Input) -> None:
        now = int((asyncio.get_running_loop().time() - self._origin) * MICROSECONDS)
        for output in self.prober.handle(now, given):
            if isinstance(output, Transmit):
                self.radio.transmit(output.octets)
            elif isinstance(output, AssessChannel):
                self._reports.append(ChannelAssessed(self.radio.channel_is_clear()))

    def _arm(self) -> None:
        if len(self.prober.results.of) != self._decided:
            self._decided = len(self.prober.results.of)
            self._told()
        if self.prober.is_done:
            self._done.set()
            return
        if self._timer is not None:
            self._timer.cancel()
        deadline = self.prober.deadline
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._origin + deadline / MICROSECONDS, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._give(Wake())
