"""A prober on a radio, in an asyncio event loop."""

import asyncio
import contextlib
from collections.abc import Callable

from p6lowpan.drivers.machine_loop import MachineLoop
from p6lowpan.drivers.radio import Radio
from p6lowpan.interop.probing.prober import Prober


class LiveProbing:
    """``await LiveProbing(prober, radio).run()``: until everything has been asked, or the neighbour is gone.

    ``told`` is called whenever a probe has been decided; an :class:`OSError` of its ends the probing.
    """

    def __init__(self, prober: Prober, radio: Radio, told: Callable[[], object] = lambda: None) -> None:
        self.prober = prober
        self._told = told
        self._decided = -1
        self._done = asyncio.Event()
        self._failed: OSError | None = None
        self._loop = MachineLoop(prober, radio, tell=_nobody, keep=self._look)

    async def run(self) -> None:
        """Raises :class:`OSError` where the radio cannot be opened, or ``told`` fails."""
        await self._loop.open()
        try:
            await self._done.wait()
            if self._failed is not None:
                raise self._failed
        finally:
            with contextlib.suppress(OSError):
                await self._loop.close()

    def _look(self) -> None:
        if len(self.prober.results.of) != self._decided:
            self._decided = len(self.prober.results.of)
            try:
                self._told()
            except OSError as error:  # raised here it would be the event loop's, which tells nobody
                self._failed = error
        if self.prober.is_done or self._failed is not None:
            self._done.set()


def _nobody(_output: object) -> None:
    """A prober tells nobody anything: what it finds is in its results."""
