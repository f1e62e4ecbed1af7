"""Whoever supervises the process is told how it stands: systemd's protocol, sd_notify(3), where its socket is named.

That the event loop turns is said again and again: with ``WatchdogSec=`` a gateway that hangs is begun anew.
"""

import asyncio
import contextlib
import os
import socket

SOCKET = "NOTIFY_SOCKET"
READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"
ALIVE_SECONDS = 5.0


def tell(words: str) -> None:
    """Tell it, if it is there; what became of it is nobody's concern here."""
    place = os.environ.get(SOCKET, "")
    if not place:
        return
    abstract = "\0" + place[1:] if place.startswith("@") else place
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as made:
        made.sendto(words.encode(), abstract)


async def stay_alive() -> None:
    """For as long as this runs, say so."""
    while True:
        tell(ALIVE)
        await asyncio.sleep(ALIVE_SECONDS)
