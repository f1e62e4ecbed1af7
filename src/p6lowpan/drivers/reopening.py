"""What was lost is opened again: a device that was pulled out is put back, an interface that went down comes up.

It is tried every :data:`RETRY_SECONDS` for as long as it takes; that it is gone and that it is back is said once each.
"""

import asyncio
import logging
from collections.abc import Callable

from p6lowpan.capability.errors import said_by

LOGGER = logging.getLogger("p6lowpan.radio")
RETRY_SECONDS = 1.0


class Reopening:
    """``what`` is its name; ``open_again`` raises :class:`OSError` where it cannot be yet."""

    def __init__(self, what: str, open_again: Callable[[], object]) -> None:
        self.what = what
        self._open_again = open_again
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, why: OSError) -> None:
        """It is gone."""
        LOGGER.warning("the radio is gone", extra={"radio": self.what, "error": said_by(why)})
        self._wait()

    def stop(self) -> None:
        """It is not wanted any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._try)

    def _try(self) -> None:
        try:
            self._open_again()
        except OSError:
            self._wait()
        else:
            LOGGER.warning("the radio is back", extra={"radio": self.what})
