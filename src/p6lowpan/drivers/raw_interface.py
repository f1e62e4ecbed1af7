"""A radio that is a network interface: raw IEEE 802.15.4 frames through AF_PACKET (Linux; needs CAP_NET_RAW).

``wpan0`` of a driver in the kernel (``fcs=False``), or a monitor interface, where frames end in their frame check
sequence (``fcs=True``); to any other interface frames of ours would be nonsense, and it is refused. The kernel does
CSMA/CA. Whether the hardware acknowledges frames for us is said by ``acknowledges``: on an interface with our address
it does; a monitor interface sees everything and answers nothing.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections import Counter
from collections.abc import Collection

from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.radio import RadioListener
from p6lowpan.wire.ieee802154.frame_check import frame_check, with_frame_check

ETH_P_ALL = 0x0003  # linux/if_ether.h
PACKET_OUTGOING = 4  # linux/if_packet.h
LONGEST = 4096
FRAMES_AT_ONCE = 64
FRAME_CHECK_OCTETS = 2
BEST_LINK_QUALITY = 255
IEEE802154 = frozenset({804, 805})  # linux/if_arp.h: ARPHRD_IEEE802154, ARPHRD_IEEE802154_MONITOR


class RawInterfaceRadio:
    """See the module. ``hardware``: types of interfaces, as the kernel numbers them, that are taken."""

    does_csma = True

    def __init__(
        self,
        interface: str,
        *,
        acknowledges: bool = True,
        fcs: bool = False,
        hardware: Collection[int] = IEEE802154,
    ) -> None:
        self.interface = interface
        self.acknowledges = acknowledges
        self.fcs = fcs
        self.hardware = hardware
        self.dropped: Counter[Reason] = Counter()
        self.send_errors = 0
        self._listener: RadioListener | None = None
        self._socket: socket.socket | None = None

    async def open(self, listener: RadioListener) -> None:
        """Begin to receive. Raises :class:`OSError`: there is no such interface, or it is not for us."""
        try:
            made = self._bound()
        except OSError as error:  # the kernel does not say of which interface it speaks
            raise OSError(error.errno, error.strerror or os.strerror(error.errno or 0), self.interface) from None
        self._listener, self._socket = listener, made
        asyncio.get_running_loop().add_reader(made, self._readable, made)

    def _bound(self) -> socket.socket:
        with contextlib.ExitStack() as undo:
            made = undo.enter_context(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
            made.setblocking(False)
            made.bind((self.interface, ETH_P_ALL))
            hardware = made.getsockname()[3]
            if hardware not in self.hardware:
                raise OSError(errno.EMEDIUMTYPE, f"no IEEE 802.15.4 interface, but one of type {hardware}")
            undo.pop_all()
        return made

    async def close(self) -> None:
        """Receive no more."""
        self._listener = None
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def transmit(self, octets: bytes) -> None:
        """Send a frame; the kernel has it at once."""
        try:
            if self._socket is not None:
                self._socket.send(with_frame_check(octets) if self.fcs else octets)
        except OSError:  # its queue is full, or the interface is down
            self.send_errors += 1
        if self._listener is not None:
            self._listener.transmitted()

    def channel_is_clear(self) -> bool:
        """The kernel looks."""
        return True

    def _readable(self, made: socket.socket) -> None:
        for _ in range(FRAMES_AT_ONCE):
            try:
                octets, address = made.recvfrom(LONGEST)
            except OSError:  # nothing more, or the interface went down
                return
            if address[2] != PACKET_OUTGOING:
                self._received(octets)

    def _received(self, octets: bytes) -> None:
        if self.fcs:
            octets, check = octets[:-FRAME_CHECK_OCTETS], octets[-FRAME_CHECK_OCTETS:]
            if frame_check(octets) != check:
                self.dropped[Reason.BAD_CHECKSUM] += 1
                return
        if self._listener is not None:
            self._listener.frame_received(octets, BEST_LINK_QUALITY)
