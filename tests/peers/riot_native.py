"""RIOT as a process on this machine: its own example gnrc_networking for the board native64, with a ZEP radio."""

import asyncio
import contextlib
import os
import re
import signal
from pathlib import Path

EUI64, PAN = "02a0b0c0d0e0f001", 0x23
LINK_LOCAL = "fe80::a0:b0c0:d0e0:f001"
ASKED_FOR = "P6LOWPAN_RIOT"
PROMPT = b"> "
WAIT_SECONDS = 30


def missing() -> str:
    """Why there is none; empty where there is."""
    binary = os.environ.get(ASKED_FOR, "")
    if not binary:
        return f"RIOT as a peer: {ASKED_FOR} names no gnrc_networking.elf"
    return "" if os.access(binary, os.X_OK) else f"RIOT as a peer: {binary} cannot be run"


class Riot:
    """A running RIOT, and its shell."""

    def __init__(self, dispatcher: tuple) -> None:
        self.dispatcher = dispatcher
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Riot":
        host, port = self.dispatcher[:2]
        self._process = await asyncio.create_subprocess_exec(
            str(Path(os.environ[ASKED_FOR]).resolve()),
            *("-E", "-z", f"[{host}]:{port}", f"--eui64={EUI64}"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        await self._until(PROMPT)
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):  # it heeds no gentler signal
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def run(self, command: str) -> str:
        """A line of its shell, and what that said."""
        self._process.stdin.write(command.encode() + b"\n")
        await self._process.stdin.drain()
        return await self._until(PROMPT)

    async def address(self, prefix: str) -> str:
        """Its address under a prefix, once it may be used."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                found = re.search(rf"inet6 addr: ({prefix}\S+)\s+scope: \S+\s+VAL", await self.run("ifconfig"))
                if found:
                    return found[1]
                await asyncio.sleep(0.2)

    async def _until(self, end: bytes) -> str:
        async with asyncio.timeout(WAIT_SECONDS):
            return (await self._process.stdout.readuntil(end)).decode("utf-8", "replace")
