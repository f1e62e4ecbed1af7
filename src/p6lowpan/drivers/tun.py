"""A TUN interface: whole IPv6 packets between the host's kernel and this process (Linux; needs CAP_NET_ADMIN).

    tun = Tun("lowpan0", addresses=["2001:db8::1/128"], routes=["2001:db8:1::/64"])
    await tun.open(received)
    tun.send(packet)

A name with ``%d`` is completed by the kernel. The interface is there as long as it is open, and with it its addresses
and routes. Its queues are the kernel's: what they do not take is lost, and counted. The kernel shall not speak by
itself on it: it neither forms a link-local address nor solicits routers, as far as it can be told so.

Where somebody sets it down, its addresses and routes go: they are there again when somebody has set it up. Where
somebody deletes it, it is made again, once nobody else has its name.
"""

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import socket
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.drivers.socket_errors import about

try:
    from pyroute2 import IPRoute
    from pyroute2.netlink.exceptions import NetlinkError
except ImportError:  # an extra: p6lowpan[gateway]
    IPRoute, NetlinkError = None, OSError

LOGGER = logging.getLogger("p6lowpan.tun")

DEVICE = "/dev/net/tun"
TUNSETIFF, TUNGETIFF = 0x400454CA, 0x800454D2  # linux/if_tun.h
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
SIOCGIFFLAGS, IFF_UP = 0x8913, 0x0001  # linux/sockios.h, linux/if.h
WATCH_SECONDS = 1.0
REQUEST = "16sH22x"  # linux/if.h: struct ifreq
NAME_OCTETS = 15  # linux/if.h: IFNAMSIZ less the zero at its end
LARGEST_PACKET = 65_535
PACKETS_AT_ONCE = 64
IFA_F_NODAD = 0x02  # linux/if_addr.h: nobody else can have the address on an interface with two ends
NO_LINK_LOCAL_ADDRESS = 1  # linux/if_link.h: IN6_ADDR_GEN_MODE_NONE
HINTS = {
    errno.EPERM: "a TUN interface needs root, or CAP_NET_ADMIN",
    errno.EBUSY: "another process has an interface of this name",
    errno.EINVAL: "an interface of this name is there, and is no TUN interface",
}
SETTINGS = {"addr_gen_mode": NO_LINK_LOCAL_ADDRESS, "accept_ra": 0, "router_solicitations": 0}

Received = Callable[[bytes], object]


class Tun:
    """See the module. Raises :class:`UsageError` for a name that no interface has, and without pyroute2."""

    def __init__(self, name: str, addresses: Sequence[str] = (), routes: Sequence[str] = (), mtu: int = 1280) -> None:
        if not 1 <= len(name.encode()) <= NAME_OCTETS:
            raise UsageError(f"an interface's name has 1 to {NAME_OCTETS} octets, {name!r} has not")
        if IPRoute is None:
            raise UsageError("a TUN interface needs pyroute2: pip install 'p6lowpan[gateway]'")
        self.name = name
        self.addresses = tuple(addresses)
        self.routes = tuple(routes)
        self.mtu = mtu
        self.lost = 0
        self._file: int | None = None
        self._watching: asyncio.Task[None] | None = None

    async def open(self, received: Received) -> None:
        """Make the interface, and call ``received`` with each packet that the kernel sends there. Raises
        :class:`OSError`."""
        if self._file is not None:
            raise UsageError(f"{self.name} is open")
        await self._open(received)
        self._watching = asyncio.create_task(self._watch(received))

    async def _open(self, received: Received) -> None:
        file = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self.name = self._made(file)
            self._set_up()
            await asyncio.to_thread(self._configure)
        except BaseException:
            os.close(file)
            raise
        self._file = file
        asyncio.get_running_loop().add_reader(file, self._readable, file, received)

    def close(self) -> None:
        """Take the interface away. No harm in doing it twice."""
        if self._watching is not None:
            self._watching.cancel()
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            asyncio.get_running_loop().remove_reader(self._file)
            os.close(self._file)
            self._file = None

    def send(self, packet: bytes) -> None:
        """Give the kernel a packet."""
        if self._file is None:
            return
        try:
            os.write(self._file, packet)
        except OSError:  # its queue is full, the interface is down, or it is no packet to the kernel
            self.lost += 1

    def _readable(self, file: int, received: Received) -> None:
        for _ in range(PACKETS_AT_ONCE):
            try:
                packet = os.read(file, LARGEST_PACKET)
            except BlockingIOError:
                return
            except OSError:  # somebody has set the interface down, or deleted it: else this comes again and again
                asyncio.get_running_loop().remove_reader(file)
                return
            received(packet)

    # --- what others do to it ----------------------------------------------------------------------------------------

    async def _watch(self, received: Received) -> None:
        """Look whether it is as it should be, and make it so. Nobody is told when an interface is set down."""
        was_whole = True
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            is_whole = self._is_whole()
            if was_whole and not is_whole:
                LOGGER.warning("the interface is gone", extra={"interface": self.name})
            if not is_whole:
                with contextlib.suppress(OSError):
                    is_whole = await self._mend(received)
                if is_whole:
                    LOGGER.warning("the interface is back", extra={"interface": self.name})
            was_whole = is_whole

    async def _mend(self, received: Received) -> bool:
        """Whether it is as it should be, now. One that is down is let be."""
        file = self._file
        if file is None or not _has_interface(file):
            self._close()
            await self._open(received)
        elif self._is_up():
            await asyncio.to_thread(self._configure)
            asyncio.get_running_loop().add_reader(file, self._readable, file, received)
        return self._is_up()

    def _is_whole(self) -> bool:
        is_there = self._file is not None and _has_interface(self._file)
        return is_there and self._is_up() and all(map(_is_ours, self.addresses))

    def _is_up(self) -> bool:
        """Whether there is an interface of this name, and it is up."""
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as made:
            try:
                answer = fcntl.ioctl(made, SIOCGIFFLAGS, struct.pack(REQUEST, self.name.encode(), 0))
            except OSError:
                return False
        return bool(struct.unpack(REQUEST, answer)[1] & IFF_UP)

    def _made(self, file: int) -> str:
        """The name of the interface that the kernel has made."""
        try:
            made = fcntl.ioctl(file, TUNSETIFF, struct.pack(REQUEST, self.name.encode(), IFF_TUN | IFF_NO_PI))
        except OSError as error:
            raise about(error, self.name, HINTS.get(error.errno or 0, "")) from None
        return str(struct.unpack(REQUEST, made)[0].rstrip(b"\0").decode())

    def _set_up(self) -> None:
        for setting, value in SETTINGS.items():
            with contextlib.suppress(OSError):  # a kernel without it, or nobody may write there
                Path(f"/proc/sys/net/ipv6/conf/{self.name}/{setting}").write_text(str(value), "ascii")

    def _configure(self) -> None:
        """Addresses, routes, up. In a thread of its own: pyroute2 waits for the kernel's answers."""
        with IPRoute() as routing:
            found = routing.link_lookup(ifname=self.name)
            if not found:  # it was deleted meanwhile
                raise about(OSError(errno.ENODEV, ""), self.name)
            index = found[0]
            self._ask("up", routing.link, "set", index=index, mtu=self.mtu, state="up")
            for address in self.addresses:
                host, length = _parts(address)
                named = {"index": index, "address": host, "prefixlen": length, "flags": IFA_F_NODAD}
                self._ask(f"address {address}", routing.addr, "replace", **named)
            for route in self.routes:
                self._ask(f"route {route}", routing.route, "replace", dst=route, oif=index, family=socket.AF_INET6)

    def _ask(self, what: str, request: Callable[..., Any], *arguments: Any, **named: Any) -> None:  # Any: pyroute2's
        """Ask the kernel for something; its refusals are of a class that no library but pyroute2 knows."""
        try:
            request(*arguments, **named)
        except NetlinkError as error:
            raise about(OSError(error.code or errno.EINVAL, ""), f"{self.name}: {what}") from None


def _has_interface(file: int) -> bool:
    """Whether the interface that was made for a file is still there; another may have its name."""
    try:
        fcntl.ioctl(file, TUNGETIFF, bytes(struct.calcsize(REQUEST)))
    except OSError:
        return False
    return True


def _parts(address: str) -> tuple[str, int]:
    host, _, length = address.partition("/")
    return host, int(length or 128)


def _is_ours(address: str) -> bool:
    """Whether this host has an address now."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as made:
        try:
            made.bind((_parts(address)[0], 0))
        except OSError as error:
            return error.errno != errno.EADDRNOTAVAIL
    return True
