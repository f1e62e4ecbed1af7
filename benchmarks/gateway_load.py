"""Who loads a gateway in another process: the nodes of its networks, and the host behind its backbone."""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter
from typing import IO, Any, Self

from benchmarks.gateway_traffic import FIRST_TRANSACTION, FRAME_OCTETS, NetworkTraffic, acknowledgement
from p6lowpan.drivers.zep_datagram import data_datagram, read_frame
from p6lowpan.machines.outcomes import Dropped

CHANNEL = 26
LARGEST = 4096
PATIENCE_SECONDS = 10.0
UNDER_WAY = 4
"""Packets of each direction and network that are under way at a time."""


class Measured:
    """A process that says what it has used."""

    def __init__(self, *arguments: str, files: tuple[int, ...] = (), traced: bool = False) -> None:
        environment = {**os.environ, "PYTHONTRACEMALLOC": "1"} if traced else dict(os.environ)
        command = (sys.executable, "-m", "benchmarks.gateway_process", *arguments)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=files, env=environment
        )
        self._told, self._says = _pipe(self._process.stdin), _pipe(self._process.stdout)
        self.ports: list[int] = self._line()["ports"]

    def clock(self) -> float:
        """Its CPU time."""
        return float(self.used("")["seconds"])

    def used(self, what: str = "whole") -> dict[str, Any]:
        """Everything that it says."""
        self._told.write(f"{what}\n")
        self._told.flush()
        return self._line()

    def close(self) -> None:
        """It ends."""
        self._process.communicate()

    def _line(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._says.readline())
        return said


def _pipe(found: IO[str] | None) -> IO[str]:
    if found is None:
        raise OSError("the process has no pipe")
    return found


class EchoLoad:
    """Datagrams to a process that sends them back."""

    def __init__(self) -> None:
        self.process = Measured("echo")
        self._socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect(("::1", self.process.ports[0]))

    def exchange(self, count: int) -> None:
        """So many datagrams there and back, a few at a time."""
        for number in range(count):
            self._socket.send(bytes(160))
            if number >= UNDER_WAY:
                self._socket.recv(LARGEST)
        for _ in range(min(count, UNDER_WAY)):
            self._socket.recv(LARGEST)

    def round_trips(self, count: int) -> list[float]:
        """How long each takes alone, in seconds."""
        took = []
        for _ in range(count):
            began = perf_counter()
            self._socket.send(bytes(160))
            self._socket.recv(LARGEST)
            took.append(perf_counter() - began)
        return took

    def close(self) -> None:
        """No more."""
        self.process.close()
        self._socket.close()


class GatewayLoad:
    """``networks`` networks with ``nodes`` nodes each, all of which register."""

    def __init__(self, networks: int, nodes: int, traced: bool = False) -> None:
        self.nodes = nodes
        self.traffic = [NetworkTraffic(number) for number in range(1, networks + 1)]
        self.radios = [socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) for _ in self.traffic]
        for radio in self.radios:
            radio.bind(("::1", 0))
        self.backbone, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ports = [str(radio.getsockname()[1]) for radio in self.radios]
        file = theirs.fileno()
        arguments = ("gateway", str(file), *ports, "--neighbors", str(nodes))
        self.process = Measured(*arguments, files=(file,), traced=traced)
        theirs.close()
        for radio, port in zip(self.radios, self.process.ports, strict=True):
            radio.connect(("::1", port))
        self._poll = select.poll()
        for each in (self.backbone, *self.radios):
            each.setblocking(False)
            self._poll.register(each, select.POLLIN)
        self._by_file = {radio.fileno(): place for place, radio in enumerate(self.radios)}
        self._turn = 0
        self.came_out = 0
        self.came_in = [0] * networks
        self.answered = [0] * networks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.close()
        for each in (self.backbone, *self.radios):
            each.close()

    # --- what goes on the air and comes from it -----------------------------------------------------------------------

    def transmit(self, place: int, frame: bytes) -> None:
        """A frame on the air of a network."""
        self.radios[place].send(data_datagram(frame, CHANNEL, 1, 1))

    def listen(self, until: Callable[[], bool]) -> None:
        """Take what comes, and acknowledge it, until something is so."""
        while not until():
            ready = self._poll.poll(PATIENCE_SECONDS * 1000)
            if not ready:
                raise TimeoutError(f"the gateway is silent: {self.process.used()}")
            for file, _ in ready:
                if file == self.backbone.fileno():
                    self._take_packets()
                else:
                    self._take_frames(self._by_file[file])

    def _take_packets(self) -> None:
        try:
            while self.backbone.recv(LARGEST):
                self.came_out += 1
        except BlockingIOError:
            return

    def _take_frames(self, place: int) -> None:
        try:
            while datagram := self.radios[place].recv(LARGEST):
                heard = read_frame(datagram, CHANNEL)
                if isinstance(heard, Dropped) or len(heard.frame) <= len(b"acknowledgement"):
                    continue
                if len(heard.frame) == FRAME_OCTETS:
                    self.came_in[place] += 1
                else:  # an advertisement, or a solicitation of the gateway's
                    self.answered[place] += 1
                answer = acknowledgement(heard.frame)
                if answer is not None:
                    self.transmit(place, answer)
        except BlockingIOError:
            return

    # --- what is measured ---------------------------------------------------------------------------------------------

    def register(self, transaction: int = FIRST_TRANSACTION, nodes: int | None = None) -> None:
        """Nodes of every network register, one after the other, or renew."""
        for number in range(1, (nodes or self.nodes) + 1):
            wanted = [count + 1 for count in self.answered]
            for place, traffic in enumerate(self.traffic):
                self.transmit(place, traffic.registration(number, transaction))
            self.listen(lambda wanted=wanted: self.answered >= wanted)  # type: ignore[misc] # mypy and defaults

    def exchange(self, count: int) -> None:
        """So many full frames out and so many in, on every network alike."""
        each = count // len(self.traffic)
        out, came = self.came_out, list(self.came_in)
        for number in range(each):
            self._turn = self._turn % self.nodes + 1
            for place, traffic in enumerate(self.traffic):
                self.transmit(place, traffic.full_frame(self._turn))
                self.backbone.send(traffic.packet_for(self._turn))
            behind = max(0, number - UNDER_WAY)
            self.listen(lambda behind=behind: self._has(out, came, behind))  # type: ignore[misc] # mypy and defaults
        self.listen(lambda: self._has(out, came, each))

    def _has(self, out: int, came: list[int], each: int) -> bool:
        whole = self.came_out - out >= each * len(self.traffic)
        return whole and all(now - before >= each for now, before in zip(self.came_in, came, strict=True))

    def latencies(self, count: int) -> tuple[list[float], list[float]]:
        """How long single packets take, in seconds: outward, and inward."""
        outward, inward = [], []
        traffic = self.traffic[0]
        for number in range(count):
            node = number % self.nodes + 1
            wanted, came = self.came_out + 1, self.came_in[0] + 1
            began = perf_counter()
            self.transmit(0, traffic.full_frame(node))
            self.listen(lambda wanted=wanted: self.came_out >= wanted)  # type: ignore[misc] # mypy and defaults
            outward.append(perf_counter() - began)
            began = perf_counter()
            self.backbone.send(traffic.packet_for(node))
            self.listen(lambda came=came: self.came_in[0] >= came)  # type: ignore[misc] # mypy and defaults
            inward.append(perf_counter() - began)
        return outward, inward
