"""The numbers of a gateway for Prometheus: its text format over HTTP, GET /metrics, from this event loop.

What is shown is what the control socket shows; a counter was kept before it is shown, so that none goes back.
"""

import asyncio
import contextlib
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from p6lowpan import __version__
from p6lowpan.capability.errors import UsageError
from p6lowpan.drivers.socket_errors import about
from p6lowpan.gateway.keeping import KEPT, STARTS
from p6lowpan.gateway.lowpan import AIR, COMPLAINED, UNDELIVERED
from p6lowpan.gateway.status import UP

try:
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
except ImportError:  # an extra: p6lowpan[gateway]
    CollectorRegistry = None

if TYPE_CHECKING:
    from p6lowpan.gateway.gateway import Gateway

WAIT_SECONDS = 5.0
LONGEST_REQUEST = 8192
CONTENT = "text/plain; version=0.0.4; charset=utf-8"
GAUGES = {
    "neighbors": ("neighbors", "Neighbors of which something is known"),
    "registrations": ("registrations", "Addresses registered with the gateway"),
    "waiting octets": ("waiting_octets", "Octets from the backbone that wait for the radio"),
    "conversations": ("conversations", "Conversations begun inside whose answers come in"),
}
TRUTHS = {
    "radio": (UP, "radio_up", "1 where the radio is there, 0 where it is gone"),
    "state": (KEPT, "state_kept", "1 where the state is kept, 0 where not"),
}
COUNTERS = {
    AIR: ("air_octets", "Octets that the gateway has put on the air"),
    COMPLAINED: ("class_unsupported_errors", "Class-unsupported errors sent"),
    UNDELIVERED: ("undelivered_frames", "Frames that were not delivered, after all retries"),
    STARTS: ("starts", "How often the gateway was started"),
}


class MetricsServer:
    """See the module. Raises :class:`UsageError` without prometheus_client."""

    def __init__(self, address: tuple[str, int], gateway: "Gateway") -> None:
        if CollectorRegistry is None:
            raise UsageError("metrics need prometheus_client: pip install 'p6lowpan[gateway]'")
        self.address = address
        self._gateway = gateway
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)  # memory, open files, processor time, as everybody names them
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. Raises :class:`OSError`."""
        try:
            self._server = await asyncio.start_server(self._serve, *self.address, limit=LONGEST_REQUEST)
        except OSError as error:
            raise about(error, "metrics at {} port {}".format(*self.address)) from None

    async def close(self) -> None:
        """Listen no more. No harm in doing it twice."""
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def port(self) -> int:
        """Where it listens. Raises :class:`UsageError` where it does not."""
        if self._server is None:
            raise UsageError("the metrics are not open")
        return int(self._server.sockets[0].getsockname()[1])

    def describe(self) -> tuple[()]:
        """Prometheus's library asks at registration; what there is, is said when it is collected."""
        return ()

    def collect(self) -> Iterator[Any]:  # Any: the library's families of metrics
        """Every number, as it is now."""
        records = self._gateway.status()
        yield InfoMetricFamily("p6lowpan_build", "Which p6lowpan it is", value={"version": __version__})
        for key, (name, words) in GAUGES.items():
            yield _by_network(GaugeMetricFamily, name, words, {one["network"]: one[key] for one in records})
        for key, (well, name, words) in TRUTHS.items():
            yield _by_network(GaugeMetricFamily, name, words, {one["network"]: one[key] == well for one in records})
        for key, (name, words) in COUNTERS.items():
            counts = {one["network"]: one["counters"].get(key, 0) for one in records}
            yield _by_network(CounterMetricFamily, name, words, counts)
        for what in ("packets", "octets"):
            crossed = CounterMetricFamily(
                f"p6lowpan_backbone_{what}", f"IPv6 {what} across the border", labels=("network", "direction")
            )
            for record, way in itertools.product(records, ("in", "out")):
                crossed.add_metric((record["network"], way), record[f"{what} {way}"])
            yield crossed
        dropped = CounterMetricFamily(
            "p6lowpan_dropped",
            "Frames and packets that were dropped, by place and reason",
            labels=("network", "where", "reason"),
        )
        for drop in self._gateway.drops():
            dropped.add_metric((drop["network"], drop["where"], drop["reason"]), drop["count"])
        yield dropped

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(WAIT_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(request))
                await writer.drain()
        writer.close()

    def _response(self, request: bytes) -> bytes:
        method, _, rest = request.partition(b" ")
        if method != b"GET" or re.split(rb"[ ?]", rest, maxsplit=1)[0] not in (b"/metrics", b"/"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        body: bytes = generate_latest(self._registry)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {CONTENT}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return head.encode() + body


def _by_network(family: Any, name: str, words: str, values: Mapping[str, float]) -> Any:  # Any: the library's families
    told = family(f"p6lowpan_{name}", words, labels=("network",))
    for network, value in values.items():
        told.add_metric((network,), float(value))
    return told
