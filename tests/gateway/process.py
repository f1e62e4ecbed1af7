"""A gateway in a process of its own."""

import asyncio
import contextlib
import os
import sys

from p6lowpan.gateway.control import ask

WAIT_SECONDS = 20
COMMAND = "import sys; from p6lowpan.cli.main import main; sys.argv = ['p6lowpan', 'gateway', sys.argv[1]]; main()"


async def started(config: str, control: str) -> asyncio.subprocess.Process:
    """A gateway that answers."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", COMMAND, config, env=environment)
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                await ask(control, ask="status")
                return process
            assert process.returncode is None
            await asyncio.sleep(0.02)
