"""Serial devices for a test: pairs of ends, and a device that is plugged in for a while."""

import contextlib
import os
import tty
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def serial_line() -> Iterator[tuple[int, str]]:
    """The far end of a line, and the name of the device at the near one. Octets go over as they are."""
    device, line = os.openpty()
    tty.setraw(device)
    tty.setraw(line)
    try:
        yield device, os.ttyname(line)
    finally:
        os.close(line)
        os.close(device)


@contextlib.contextmanager
def plugged_in(port: Path) -> Iterator[int]:
    """A device under a name that stays the same, as those in /dev/serial/by-id do; its other end."""
    with serial_line() as (device, name):
        port.symlink_to(name)
        try:
            yield device
        finally:
            port.unlink()
