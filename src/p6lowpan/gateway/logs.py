"""The log of a gateway: a line each, as ``key=value`` or as JSON."""

import json
import logging
import sys
import time
from typing import Any

from p6lowpan.gateway.plan import LogForm, LogLevel

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


def set_up(form: LogForm, level: LogLevel) -> None:
    """Log to standard error from now on; done again, in the other way."""
    root = logging.getLogger("p6lowpan")
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(form))
    root.addHandler(handler)
    root.setLevel(level.value.upper())
    root.propagate = False
