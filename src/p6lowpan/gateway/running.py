"""A gateway as a process: from its configuration's file to the signal that ends it.

SIGHUP reads the file anew; what is wrong with it is logged, and the old one stays. SIGTERM and SIGINT end the process
when everything is written.
"""

import asyncio
import os
import signal
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from p6lowpan import __version__
from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.drivers.text_file import read_text
from p6lowpan.gateway import supervisor
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.logs import LOGGER, set_up
from p6lowpan.gateway.plan import GatewayPlan, read_plan

DEMO = """
[[network]]
name = "demo"
eui64 = "02000000000000ff"
pan = 0x6c6f
prefix = "fd6c:6f77:706e::/64"
contexts = ["0=fd6c:6f77:706e::/64"]
radio = { kind = "simulated" }
"""
DEMO_TUN = """
[tun]
name = "{name}"
addresses = ["fd6c:6f77:706e:ffff::1/128"]
"""


def demo_control() -> str:
    """The demo's control socket: each user has one."""
    return str(Path(tempfile.gettempdir()) / f"p6lowpan-gateway-{os.getuid()}.sock")


def demo_plan(control: str = "", tun: str = "") -> GatewayPlan:
    """A simulated network of every level behind a gateway; with the name of a TUN interface, the host reaches it."""
    text = f'control = "{control or demo_control()}"\n{DEMO}'
    return read_plan(text + (DEMO_TUN.format(name=tun) if tun else ""), "demo.toml")


def read_file(path: Path) -> GatewayPlan:
    """The configuration in a file. Raises :class:`UsageError`, :class:`OSError`."""
    return read_plan(read_text(path), str(path))


async def serve(plan: GatewayPlan, path: Path | None = None, when_up: Callable[[], object] | None = None) -> None:
    """Run a gateway until a signal ends it. Raises what its start raises."""
    set_up(plan.log, plan.log_level)
    gateway = Gateway(plan)
    ends = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ends.set)
    if path is not None:
        gateway.control.reload = lambda: gateway.change(read_file(path))
        loop.add_signal_handler(signal.SIGHUP, _reload, gateway, path)
        _warn_of_keys(plan, path)
    try:
        await gateway.start()
        known = {"control": plan.control, "networks": len(plan.networks), "version": __version__}
        LOGGER.info("gateway is up", extra=known)
        if when_up is not None:
            when_up()
        supervisor.tell(supervisor.READY)
        alive = asyncio.create_task(supervisor.stay_alive())
        await ends.wait()
        alive.cancel()
    finally:
        supervisor.tell(supervisor.STOPPING)
        await gateway.close()
    LOGGER.info("gateway is down")


def _warn_of_keys(plan: GatewayPlan, path: Path) -> None:
    """Whoever has a network's key is in the network."""
    has_keys = any(network.security_key is not None for network in plan.networks)
    if has_keys and path.stat().st_mode & stat.S_IROTH:
        LOGGER.warning("everybody may read the keys in this file", extra={"file": str(path)})


def _reload(gateway: Gateway, path: Path) -> None:
    try:
        gateway.change(read_file(path))
    except (UsageError, OSError) as error:
        words = said_by(error) if isinstance(error, OSError) else str(error)
        LOGGER.error("configuration is not changed", extra={"file": str(path), "error": words})
