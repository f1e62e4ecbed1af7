"""A serial device for a test, plugged in for a while."""

import contextlib
import os
import tty
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def plugged_in(port: Path) -> Iterator[int]:
    """A device under a name that stays the same, as those in /dev/serial/by-id do; its other end."""
    device, line = os.openpty()
    tty.setraw(device)
    tty.setraw(line)
    port.symlink_to(os.ttyname(line))
    try:
        yield device
    finally:
        port.unlink()
        os.close(line)
        os.close(device)
