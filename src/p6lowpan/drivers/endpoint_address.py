"""Addresses as users of sockets write them: ``(host, port)`` or ``(host, port, flow information, scope)``."""

import ipaddress
import socket
from typing import Any

from p6lowpan.machines.network.udp import LAST_PORT
from p6lowpan.wire.address import Ipv6Address, format_ipv6

Address = tuple[Any, ...]  # Any: of text and numbers, as the socket module has it


def read_host(host: str | bytes | None) -> Ipv6Address:
    """The octets of a numeric host; none, or an empty one, is ``::``. A zone (``%lowpan0``) is dropped: a node has one
    interface. Raises :class:`socket.gaierror` as a name does that nobody knows: there is no name service here."""
    try:
        return Ipv6Address(ipaddress.IPv6Address(str(host or "::").partition("%")[0]).packed)
    except ValueError as error:
        raise socket.gaierror(socket.EAI_NONAME, str(error)) from None


def read_address(address: Address) -> tuple[Ipv6Address, int]:
    """Host and port. Raises :class:`TypeError`, :class:`OverflowError` and :class:`socket.gaierror` as sockets do."""
    if not isinstance(address, tuple) or not 2 <= len(address) <= 4 or not isinstance(address[1], int):
        raise TypeError(f"an address is (host, port), not {address!r}")
    if not 0 <= address[1] <= LAST_PORT:
        raise OverflowError(f"port must be 0-{LAST_PORT}")
    return read_host(address[0]), address[1]


def write_address(host: bytes, port: int) -> tuple[str, int, int, int]:
    """As IPv6 sockets show an address. The scope is 0: a node has one interface, and no need to name it."""
    return format_ipv6(host), port, 0, 0
