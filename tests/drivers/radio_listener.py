"""Whom a radio tells what it heard, and that it has sent."""

import asyncio


class Listener:
    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.sent = 0

    def frame_received(self, octets: bytes, link_quality: int) -> None:
        self.heard.put_nowait(octets)

    def transmitted(self, acknowledged: bool | None = None, accessed: bool = True) -> None:
        self.sent += 1
