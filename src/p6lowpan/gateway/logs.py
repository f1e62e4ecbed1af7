"""The log of a gateway: a line each, as ``key=value`` or as JSON, and no more lines than somebody can read.

What neighbors do is logged: how often, they decide. So of records that say the same, at most :data:`MOST` are let
through in :data:`PERIOD_SECONDS`, and the next one says how many were not. Errors are always let through, and where
everything is wanted everything is.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from p6lowpan.gateway.plan import LogForm, LogLevel

MOST, PERIOD_SECONDS = 20, 60.0
LOGGER = logging.getLogger("p6lowpan.gateway")
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LineFormatter(logging.Formatter):
    """Time, level, logger, text, and whatever the record was given as ``extra``."""

    def __init__(self, form: LogForm) -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """One line: what would break it is written as JSON writes it."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        said: dict[str, Any] = {  # Any: what JSON holds, or its text
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in USUAL},
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        if self.form is LogForm.JSON:
            return json.dumps(said, default=str)
        return " ".join(f"{name}={_plain(value)}" for name, value in said.items())


def _plain(value: object) -> str:
    text = str(value)
    simple = text and text.isprintable() and not set(text) & {" ", '"', "="}
    return text if simple else json.dumps(text)


class Throttle(logging.Filter):
    """See the module. ``clock`` is in seconds, and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._periods: dict[str, tuple[float, int]] = {}  # as many as there are calls in the source; begin and count

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to let it through."""
        if record.levelno >= logging.ERROR:
            return True
        now = self._clock()
        began, count = self._periods.get(record.msg, (now, 0))
        if now - began >= PERIOD_SECONDS:
            if count > MOST:
                record.suppressed = count - MOST
            began, count = now, 0
        self._periods[record.msg] = began, count + 1
        return count < MOST


def set_up(form: LogForm, level: LogLevel) -> None:
    """Log to standard error from now on; done again, in the other way. What the event loop says is part of it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(form))
    if level is not LogLevel.DEBUG:
        handler.addFilter(Throttle())
    for name, lowest in (("p6lowpan", level.value.upper()), ("asyncio", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(lowest)
        logger.propagate = False
