"""A radio over UDP: IEEE 802.15.4 frames in ZEP datagrams, as simulated radios and sniffers speak it.

    radio = ZepRadio([("::1", 17754)], registers_as=eui64)      # a dispatcher: RIOT's zep_dispatch, or ours
    radio = ZepRadio([("::1", 17755)], local=("::1", 17754))    # one other radio, or a list of them
    radio = ZepRadio([("ff02::2a", 17754, 0, 2)])               # whoever is in a multicast group (interface 2)

To such a radio the channel is always clear, and frames do not collide; acknowledgements are frames like all others,
because the radios at the other ends expect them. :func:`zep_link` makes a node's link layer for that. A datagram that
is no frame for us is dropped under a reason, counted in ``dropped``, and raises nothing.
"""

import asyncio
import contextlib
import ipaddress
import secrets
import socket
import struct
from collections import Counter
from collections.abc import Sequence
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.zep import PORT
from p6lowpan.drivers.radio import RadioListener
from p6lowpan.drivers.socket_errors import about
from p6lowpan.drivers.zep_datagram import WHERE, data_datagram, read_frame, registration_datagram
from p6lowpan.machines.link.configuration import LinkSecurity, LinkTiming, MacConfiguration
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress

DEFAULT_CHANNEL = 26  # RIOT's
SocketAddress = tuple[Any, ...]  # Any: of text and numbers, as the socket module has it

ZEP_TIMING = LinkTiming(
    turnaround_us=0,  # an event loop is late by itself, and RIOT waits for an acknowledgement for 864 us only
    acknowledgement_wait_us=200_000,  # the other end may be a busy process
    short_spacing_us=0,
    long_spacing_us=0,
)


def zep_link(
    extended: LinkAddress, pan: int, *, short: LinkAddress | None = None, security: LinkSecurity | None = None
) -> MacConfiguration:
    """A link layer for a node on this radio: it needs no CSMA/CA, and its times are those of processes."""
    return MacConfiguration(extended, short, pan, security, hardware_csma=True, timing=ZEP_TIMING)


def is_group(address: SocketAddress) -> bool:
    """Whether a socket's address is a multicast group. Raises :class:`UsageError` for what is no numeric address."""
    try:
        return ipaddress.ip_address(str(address[0]).partition("%")[0]).is_multicast
    except ValueError as error:
        raise UsageError(f"a ZEP radio needs numeric addresses: {error}") from None


class ZepRadio(asyncio.DatagramProtocol):
    """See the module. ``local``: where to receive; by default on a free port, and for a group on its port.

    With unicast peers only their datagrams are taken. ``registers_as`` tells a dispatcher that we are there.
    ``checks_frames`` refuses frames whose frame check sequence is wrong. Raises :class:`UsageError`.
    """

    does_csma = True
    acknowledges = False

    def __init__(
        self,
        peers: Sequence[SocketAddress] = (("::1", PORT),),
        *,
        local: SocketAddress | None = None,
        channel: int = DEFAULT_CHANNEL,
        registers_as: LinkAddress | None = None,
        checks_frames: bool = False,
    ) -> None:
        if not peers:
            raise UsageError("a ZEP radio needs a dispatcher, a peer or a group to send to")
        self.groups = [peer for peer in peers if is_group(peer)]
        if self.groups and len(peers) > 1:
            raise UsageError("a ZEP radio sends to one group, or to peers")
        if not 0 <= channel <= 0xFF:
            raise UsageError(f"channel {channel} does not exist: ZEP has 0 to 255")
        self.peers = list(peers)
        self.local = local
        self.channel = channel
        self.registers_as = registers_as
        self.checks_frames = checks_frames
        self.device = secrets.randbelow(1 << 16)
        self.dropped: Counter[Reason] = Counter()
        self.send_errors = 0
        self._sequence = 0
        self._heard_last: SocketAddress = ()
        self._transport: asyncio.DatagramTransport | None = None
        self._listener: RadioListener | None = None

    @property
    def sockname(self) -> SocketAddress:
        """Where datagrams for this radio go. Raises :class:`UsageError` while it is closed."""
        if self._transport is None:
            raise UsageError("the radio is closed")
        name: SocketAddress = self._transport.get_extra_info("sockname")
        return name

    async def open(self, listener: RadioListener) -> None:
        """Begin to receive. Raises :class:`OSError`: the port is in use, or the address is not of this machine."""
        loop = asyncio.get_running_loop()
        self._listener = listener
        anywhere = "::" if ":" in str(self.peers[0][0]) else "0.0.0.0"  # noqa: S104 - only peers are heard
        local = self.groups[0] if self.groups else self.local or (anywhere, 0)
        try:
            if self.groups:
                await loop.create_datagram_endpoint(lambda: self, sock=_group_socket(local))
            else:
                await loop.create_datagram_endpoint(lambda: self, local_addr=local)
        except OSError as error:
            raise about(error, f"ZEP at {local[0]} port {local[1]}") from None
        if self.registers_as is not None:
            self._send(registration_datagram(self.registers_as, self.channel))

    async def close(self) -> None:
        """Receive no more."""
        self._listener = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def transmit(self, octets: bytes) -> None:
        """Send a frame to all peers; it has been sent at once."""
        self._sequence += 1
        self._send(data_datagram(octets, self.channel, self.device, self._sequence))
        if self._listener is not None:
            self._listener.transmitted()

    def channel_is_clear(self) -> bool:
        """There is nothing to listen to."""
        return True

    def _send(self, datagram: bytes) -> None:
        for peer in self.peers if self._transport is not None else ():
            self._transport.sendto(datagram, peer)  # type: ignore[union-attr] # asked in the line above

    # --- asyncio.DatagramProtocol -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # asyncio gives no other
        """The socket is open."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: SocketAddress) -> None:
        """Anything may come."""
        if not self.groups and not self._is_peer(addr):
            self._drop(Dropped(Reason.BAD_SOURCE, WHERE, f"from {addr[0]} port {addr[1]}, which is no peer"))
            return
        heard = read_frame(data, self.channel, checks_frames=self.checks_frames)
        if isinstance(heard, Dropped):
            self._drop(heard)
        elif self.groups and heard.device == self.device:
            return  # a group hears itself
        elif self._listener is not None:
            self._listener.frame_received(heard.frame, heard.link_quality)

    def _is_peer(self, addr: SocketAddress) -> bool:
        """Whether somebody is heard. Who was heard last is, without another look: most radios have one peer."""
        if addr != self._heard_last:
            if not any(_same(addr, peer) for peer in self.peers):
                return False
            self._heard_last = addr
        return True

    def error_received(self, _exc: Exception) -> None:
        """A datagram could not be sent, or a peer is not there: to a radio that is a frame that nobody hears."""
        self.send_errors += 1

    def _drop(self, dropped: Dropped) -> None:
        self.dropped[dropped.reason] += 1


def _same(one: SocketAddress, other: SocketAddress) -> bool:
    """Whether two socket addresses name the same place: ``::1`` is ``0:0:0:0:0:0:0:1``, a missing scope is any."""
    return one[1] == other[1] and _plain(one) == _plain(other)


def _plain(address: SocketAddress) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(str(address[0]).partition("%")[0])


def _group_socket(group: SocketAddress) -> socket.socket:
    """A socket in a multicast group that shares the group's port with others on this machine, and hears them."""
    plain = _plain(group)
    family = socket.AF_INET6 if plain.version == 6 else socket.AF_INET
    with contextlib.ExitStack() as undo:
        made = undo.enter_context(socket.socket(family, socket.SOCK_DGRAM))
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            interface = group[3] if len(group) > 3 else 0
            made.bind(("::", group[1]))
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, plain.packed + struct.pack("@I", interface))
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, interface)
        else:
            made.bind(("0.0.0.0", group[1]))  # noqa: S104 - a group has no address of one's own
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, plain.packed + bytes(4))
        undo.pop_all()
        return made
