"""Run in a network namespace of its own: a pair of virtual interfaces that carry raw frames. Prints what went over."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from pyroute2 import IPRoute

from drivers.radio_listener import Listener
from p6lowpan.drivers import reopening
from p6lowpan.drivers.raw_interface import RawInterfaceRadio
from p6lowpan.wire.ieee802154.frame_check import with_frame_check

ARPHRD_ETHER = 1  # linux/if_arp.h: what the pair seems to be
SAID: list[str] = []
FRAMES = (bytes(range(20)), bytes(range(100)))


def set_up() -> None:
    Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")  # else the kernel says something there too
    with IPRoute() as routing:
        routing.link("add", ifname="wpan0", kind="veth", peer="wpan1")
        for name in ("wpan0", "wpan1"):
            (index,) = routing.link_lookup(ifname=name)
            routing.link("set", index=index, state="up")
        while len(list(routing.link_lookup(operstate="UP"))) < 2:  # until then what is sent is lost
            time.sleep(0.01)


def ask(what: str, name: str, **how: str) -> None:
    with IPRoute() as routing:
        routing.link(what, index=routing.link_lookup(ifname=name)[0], **how)


async def down_and_up(one: RawInterfaceRadio, other: RawInterfaceRadio, listener: Listener) -> dict[str, object]:
    """What becomes of radios whose interfaces are taken away and come back under the same names."""
    await asyncio.to_thread(ask, "set", "wpan1", state="down")
    await until(lambda: sum("wpan1: the radio is gone" in one for one in SAID) == 2)
    await asyncio.to_thread(ask, "del", "wpan0")
    await until(lambda: any("wpan0: the radio is gone" in one for one in SAID))
    one.transmit(FRAMES[0])
    while not listener.heard.empty():
        listener.heard.get_nowait()
    await asyncio.to_thread(set_up)
    await until(lambda: sum("back" in one for one in SAID) == 3)
    one.transmit(FRAMES[0])
    heard = await listener.heard.get()
    return {"errors": one.send_errors, "heard": heard == FRAMES[0], "said": sorted(SAID)}


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


async def main() -> None:
    def radio(name: str, checked: bool) -> RawInterfaceRadio:
        return RawInterfaceRadio(name, hardware={ARPHRD_ETHER: checked})

    one, other, plain = radio("wpan0", True), radio("wpan1", True), radio("wpan1", False)
    listeners = [Listener() for _ in range(3)]
    for radio, listener in zip((one, other, plain), listeners, strict=True):
        await radio.open(listener)
    for frame in FRAMES:
        one.transmit(with_frame_check(frame))  # as who sends there does it, or the kernel
    heard = [[await listener.heard.get() for _ in FRAMES] for listener in listeners[1:]]
    plain.transmit(FRAMES[1])  # without a frame check sequence
    while not one.dropped:
        await asyncio.sleep(0.01)
    plain_again = await down_and_up(one, plain, listeners[2])
    for radio in (one, other, plain):
        await radio.close()
    print(
        json.dumps(
            {
                "whole": heard[0] == list(FRAMES),
                "with check": [len(frame) for frame in heard[1]],
                "own": listeners[0].heard.qsize(),
                "sent": listeners[0].sent,
                "again": plain_again,
                "dropped": {reason.value: count for reason, count in one.dropped.items()},
            }
        )
    )


class Heard(logging.Handler):
    """Keeps what the log says of radios."""

    def emit(self, record: logging.LogRecord) -> None:
        SAID.append(f"{record.radio}: {record.getMessage()}")


if __name__ == "__main__":
    logging.getLogger("p6lowpan.radio").addHandler(Heard())
    reopening.RETRY_SECONDS = 0.05
    set_up()
    asyncio.run(asyncio.wait_for(main(), 10))
