"""Run in a network namespace of its own: a TUN interface that somebody sets down and up, and deletes. Prints what was
there behind each."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable

from pyroute2 import IPRoute

from p6lowpan.drivers import tun
from p6lowpan.drivers.tun import Tun

NAME, ADDRESS, ROUTE = "lowpan0", "2001:db8::1", "2001:db8:1::"
SAID: list[str] = []


class Heard(logging.Handler):
    """Keeps what the log says of interfaces."""

    def emit(self, record: logging.LogRecord) -> None:
        SAID.append(record.getMessage())


def set_to(what: str, **how: str) -> None:
    with IPRoute() as routing:
        routing.link(what, index=routing.link_lookup(ifname=NAME)[0], **how)


def down_and_up() -> None:
    for state in ("down", "up"):
        set_to("set", state=state)


def replace_by_another() -> None:
    set_to("del")
    with IPRoute() as routing:
        routing.link("add", ifname=NAME, kind="veth", peer="other")
    set_to("set", state="up")


def at_once(change: Callable[[], None]) -> None:
    """Nothing of the event loop happens meanwhile. In a thread, because pyroute2 has a loop of its own."""
    thread = threading.Thread(target=change)
    thread.start()
    thread.join()


def is_whole() -> bool:
    with IPRoute() as routing:
        has_address = any(one.get_attr("IFA_ADDRESS") == ADDRESS for one in routing.get_addr())
        return has_address and any(one.get_attr("RTA_DST") == ROUTE for one in routing.get_routes(family=10))


async def said(count: int) -> None:
    while len(SAID) < count:
        await asyncio.sleep(0.01)


async def main() -> None:
    made = Tun(NAME, [f"{ADDRESS}/128"], [f"{ROUTE}/64"])
    await made.open(lambda _: None)
    found = {"at first": await asyncio.to_thread(is_whole)}
    await asyncio.to_thread(set_to, "set", state="down")
    await said(1)
    await asyncio.sleep(0.2)
    found["left down"] = SAID == ["the interface is gone"] and not await asyncio.to_thread(is_whole)
    await asyncio.to_thread(set_to, "set", state="up")
    await said(2)
    found["up again"] = await asyncio.to_thread(is_whole)
    at_once(down_and_up)
    await said(4)
    found["in an instant"] = await asyncio.to_thread(is_whole)
    await asyncio.to_thread(set_to, "del")
    await said(6)
    found["made again"] = await asyncio.to_thread(is_whole)
    at_once(replace_by_another)
    await said(7)
    await asyncio.sleep(0.2)
    found["another let be"] = len(SAID) == 7 and not await asyncio.to_thread(is_whole)
    await asyncio.to_thread(set_to, "del")
    await said(8)
    found["made again behind another"] = await asyncio.to_thread(is_whole)
    used = time.process_time()
    await asyncio.sleep(0.3)
    found["at rest"] = time.process_time() - used < 0.1
    made.close()
    await asyncio.sleep(0.2)
    found["gone when it is closed"] = not await asyncio.to_thread(is_whole)
    print(json.dumps({"found": found, "said": SAID}))


if __name__ == "__main__":
    logging.getLogger("p6lowpan.tun").addHandler(Heard())
    tun.WATCH_SECONDS = 0.05
    asyncio.run(asyncio.wait_for(main(), 20))
