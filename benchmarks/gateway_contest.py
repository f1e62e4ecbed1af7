"""The gateway: packets a second of one core beside saturated radios, what it adds in time, what neighbors cost.

``make bench`` has its row; ``python -m benchmarks.gateway_contest`` prints the tables of docs/performance.md. Rates are
of the gateway's own CPU time: nodes and host, which are played by another process, do not count.
"""

import os
import sys
from collections.abc import Iterator
from statistics import median, quantiles

from benchmarks.gateway_load import EchoLoad, GatewayLoad
from benchmarks.gateway_traffic import FIRST_TRANSACTION
from benchmarks.measure import Contest, Side

NETWORKS, NODES, EXCHANGES = 4, 20, 100
"""Networks, nodes in each, and full frames of each direction and network that a call exchanges."""

RADIO = 31_250 / 133
"""Full frames a second of a radio of 250 kb/s that does nothing else: 127 octets behind 6 of preamble and length, with
no pause between them and no acknowledgement."""

REQUIRED = 5
"""Saturated radios that one core serves at least, however busy the machine is; the goal, on an idle one, is 20."""

SIZES = (1, 100, 5000)
RENEWALS, PACKETS, LATENCIES, ECHOES = 100, 400, 1000, 500
MIB = 1 << 20

NOTE = (
    f"The gateway: {NETWORKS} networks over ZEP with {NODES} nodes each, full frames of UDP out and in at once, each "
    "acknowledged; seconds are of the gateway's process. A radio: 250 kb/s, saturated with full frames without a pause."
)


def gateway_contests() -> Iterator[Contest]:
    """One, with a gateway in a process of its own."""
    echo = EchoLoad()
    with GatewayLoad(NETWORKS, NODES) as load:
        load.register()
        count = 2 * NETWORKS * EXCHANGES
        ours = Side("gateway", count, lambda: load.exchange(NETWORKS * EXCHANGES), load.process.clock)
        radio = Side("radio of 250 kb/s", 1, rate=RADIO)
        datagrams = Side("asyncio's UDP echo", ECHOES, lambda: echo.exchange(ECHOES), echo.process.clock)
        task = "forward full frames"
        yield Contest(task, "packets", (ours,), (radio,), (NOTE,), (), REQUIRED)
        yield Contest(task, "packets", (ours,), (datagrams,))
    echo.close()


def main() -> int:
    """Print what there is to know beside the row."""
    _latency()
    print("\n| Neighbors | MB resident | KB a neighbor | µs a registration renewed | µs a packet |")
    print("|--:|--:|--:|--:|--:|")
    for size in SIZES:
        _size(size)
    return 0


def _latency() -> None:
    echo = EchoLoad()
    trips = echo.round_trips(LATENCIES)
    echo.close()
    with GatewayLoad(1, NODES) as load:
        load.register()
        outward, inward = load.latencies(LATENCIES)
    print("| Way | median ms | p99 ms |\n|---|--:|--:|")
    for name, seconds in (("out", outward), ("in", inward), ("asyncio's UDP echo, there and back", trips)):
        print(f"| {name} | {1000 * median(seconds):.2f} | {1000 * quantiles(seconds, n=100)[98]:.2f} |")


def _size(size: int) -> None:
    with GatewayLoad(1, size, traced=True) as load:
        before = load.process.used()["traced"]
        load.register()
        each = (load.process.used()["traced"] - before) / size
    with GatewayLoad(1, size) as load:
        load.register()
        resident = load.process.used()["resident"]
        renewals, began = min(size, RENEWALS), load.process.clock()
        for transaction in range(1, 1 + RENEWALS // renewals):
            load.register(FIRST_TRANSACTION + transaction % 8, renewals)
        renewed = (load.process.clock() - began) / (RENEWALS // renewals * renewals)
        load.exchange(PACKETS // 4)
        began = load.process.clock()
        load.exchange(PACKETS)
        packet = (load.process.clock() - began) / (2 * PACKETS)
    cells = f"{resident / MIB:.0f} | {each / 1024:.1f} | {renewed * 1e6:.0f} | {packet * 1e6:.0f}"
    print(f"| {size} | {cells} |", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
