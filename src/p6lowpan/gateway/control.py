"""The control socket: a line of JSON asks, a line of JSON answers (a Unix socket that its owner alone may use).

{"ask": "ping", "address": "2001:db8:1::2", "size": 1232}
{"answer": {"source": "2001:db8:1::2", "octets": 1232, "milliseconds": 47.1}}
{"error": "..."}

The socket is there before the networks are, so that no second gateway begins; who asks then is answered when they are.
"""

import asyncio
import contextlib
import errno
import json
import os
import stat
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.drivers.socket_errors import about
from p6lowpan.node.services import ECHO_PORT
from p6lowpan.wire.address import parse_ipv6

if TYPE_CHECKING:
    from p6lowpan.gateway.gateway import Gateway

LONGEST_QUESTION = 65_536
LONGEST_ANSWER = 1 << 26
LARGEST_PING = 1232
LONGEST_WAIT_SECONDS = 60

Answer = Any  # Any: what JSON holds
Reload = Callable[[], object]


class Waiting(asyncio.DatagramProtocol):
    """The first datagram that comes back."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: Any) -> None:  # noqa: ARG002 - only one peer is heard
        """It has come back."""
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """It never will."""
        if not self.answer.done():
            self.answer.set_exception(exc)


class ControlServer:
    """See the module. ``reload`` is what reads the configuration anew, where there is a file of it."""

    def __init__(self, path: str, gateway: "Gateway") -> None:
        self.path = path
        self.reload: Reload | None = None
        self._gateway = gateway
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()  # as many as the owner opens connections
        self._is_up = asyncio.Event()
        self._questions: dict[str, Callable[[dict[str, Any]], Awaitable[Answer]]] = {
            "status": self._status,
            "neighbors": self._neighbors,
            "drops": self._drops,
            "reload": self._reload,
            "ping": self._ping,
            "echo": self._echo,
        }

    async def open(self) -> None:
        """Listen. Raises :class:`OSError`: EADDRINUSE where another gateway does."""
        if os.path.dirname(self.path):
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
        if os.path.exists(self.path):
            await self._take_over()
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._talk, self.path, limit=LONGEST_QUESTION)
        except OSError as error:
            raise about(error, self.path) from None
        finally:
            os.umask(before)

    def answer(self) -> None:
        """The gateway is up: from now on there is something to say."""
        self._is_up.set()

    async def _take_over(self) -> None:
        """The socket of a gateway that was killed is in the way; of one that lives it is not ours, nor is a file."""
        if not stat.S_ISSOCK(os.stat(self.path).st_mode):
            raise OSError(errno.ENOTSOCK, "in the way of the control socket is something else", self.path)
        try:
            _, writer = await asyncio.open_unix_connection(self.path)
        except OSError:
            os.unlink(self.path)
            return
        writer.close()
        raise OSError(errno.EADDRINUSE, "another gateway runs here", self.path)

    async def close(self) -> None:
        """Answer nobody any more. No harm in doing it twice."""
        if self._server is not None:
            self._server.close()
            self._server = None
            with contextlib.suppress(OSError):
                os.unlink(self.path)
        for writer in tuple(self._writers):
            writer.close()
        await asyncio.sleep(0)  # so that whoever talks notices

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError):
            try:
                while line := await reader.readline():
                    await self._is_up.wait()
                    writer.write(json.dumps(await self._answered(line)).encode() + b"\n")
                    await writer.drain()
            except ValueError:  # a line without end
                pass
            finally:
                self._writers.discard(writer)
                writer.close()

    async def _answered(self, line: bytes) -> dict[str, Answer]:
        try:
            question = json.loads(line)
            ask = self._questions.get(question["ask"])
            if ask is None:
                raise UsageError(f"there is no {question['ask']!r}: {', '.join(self._questions)}")
            return {"answer": await ask(question)}
        except TimeoutError:
            return {"error": "nobody answers"}
        except OSError as error:
            return {"error": said_by(error)}
        except UsageError as error:
            return {"error": str(error)}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return {"error": f"no question: {error}"}

    # --- questions ---------------------------------------------------------------------------------------------------

    async def _status(self, _question: dict[str, Any]) -> Answer:
        return self._gateway.status()

    async def _neighbors(self, _question: dict[str, Any]) -> Answer:
        return self._gateway.neighbors()

    async def _drops(self, _question: dict[str, Any]) -> Answer:
        return self._gateway.drops()

    async def _reload(self, _question: dict[str, Any]) -> Answer:
        if self.reload is None:
            raise UsageError("this gateway has no configuration file")
        self.reload()
        return "reloaded"

    async def _ping(self, question: dict[str, Any]) -> Answer:
        address, payload, wait = _target(question)
        node = self._gateway.nearest(parse_ipv6(address)).node
        pong = await node.ping(address, payload, timeout=wait)
        return {"source": pong.source, "octets": len(pong.payload), "milliseconds": round(pong.seconds * 1000, 1)}

    async def _echo(self, question: dict[str, Any]) -> Answer:
        address, payload, wait = _target(question)
        node = self._gateway.nearest(parse_ipv6(address)).node
        began = asyncio.get_running_loop().time()
        port = int(question.get("port", ECHO_PORT))
        transport, protocol = await node.create_datagram_endpoint(Waiting, remote_addr=(address, port))
        try:
            transport.sendto(payload)
            async with asyncio.timeout(wait):
                answer = await protocol.answer
        finally:
            transport.close()
        if answer != payload:
            raise UsageError(f"{len(answer)} other octets came back")
        seconds = asyncio.get_running_loop().time() - began
        return {"source": address, "octets": len(answer), "milliseconds": round(seconds * 1000, 1)}


def _target(question: dict[str, Any]) -> tuple[str, bytes, float]:
    size, wait = int(question.get("size", 0)), float(question.get("wait", 5))
    if not 0 <= size <= LARGEST_PING or not 0 < wait <= LONGEST_WAIT_SECONDS:
        raise UsageError(f"0 to {LARGEST_PING} octets, and a wait of up to {LONGEST_WAIT_SECONDS} seconds")
    return str(question["address"]), bytes(number & 0xFF for number in range(size)), wait


async def ask(path: str, **question: Any) -> Answer:
    """Ask a gateway. Raises :class:`UsageError` for what it answers with an error, :class:`OSError` where none is."""
    reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_ANSWER)
    try:
        writer.write(json.dumps(question).encode() + b"\n")
        line = await reader.readline()
    finally:
        writer.close()
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not said.keys() & {"answer", "error"}:
        raise UsageError(f"{path}: no gateway answers there")
    if "error" in said:
        raise UsageError(str(said["error"]))
    return said["answer"]
