"""A radio that is a network interface: raw IEEE 802.15.4 frames through AF_PACKET (Linux; needs CAP_NET_RAW).

It is ``wpan0`` of a driver in the kernel, or a monitor interface. To any other interface frames of ours would be
nonsense, and it is refused. The kernel does CSMA/CA and ends each frame that is sent with its check sequence; on a
monitor interface those that come in still have it.

``acknowledges``: whether somebody below us acknowledges. On an interface with our address the hardware does, repeats
what is not acknowledged, and tells nobody how that ended: what was handed over counts as delivered. Nor does the kernel
pass anything but data frames there, and none that we have secured ourselves. A monitor interface hears and sends
everything and does nothing by itself: there ``acknowledges`` is false.

An interface that goes down, or away, is looked for by its name until it is back.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections import Counter
from collections.abc import Mapping

from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.radio import RadioListener
from p6lowpan.drivers.reopening import Reopening
from p6lowpan.wire.ieee802154.frame_check import frame_check

ETH_P_ALL = 0x0003  # linux/if_ether.h
PACKET_OUTGOING = 4  # linux/if_packet.h
LONGEST = 4096
FRAMES_AT_ONCE = 64
FRAME_CHECK_OCTETS = 2
BEST_LINK_QUALITY = 255
IEEE802154: Mapping[int, bool] = {804: False, 805: True}  # linux/if_arp.h: ARPHRD_IEEE802154, and its _MONITOR


class RawInterfaceRadio:
    """See the module. ``hardware``: types of interfaces, as the kernel numbers them, that are taken, and whether frames
    come in with their check sequence there."""

    does_csma = True

    def __init__(
        self,
        interface: str,
        *,
        acknowledges: bool = True,
        hardware: Mapping[int, bool] = IEEE802154,
    ) -> None:
        self.interface = interface
        self.acknowledges = acknowledges
        self.hardware = hardware
        self.dropped: Counter[Reason] = Counter()
        self.send_errors = 0
        self._checked = False
        self._listener: RadioListener | None = None
        self._socket: socket.socket | None = None
        self._reopening = Reopening(interface, self._open_again)

    async def open(self, listener: RadioListener) -> None:
        """Begin to receive. Raises :class:`OSError`: there is no such interface, or it is not for us."""
        try:
            made = self._bound()
        except OSError as error:  # the kernel does not say of which interface it speaks
            raise OSError(error.errno, error.strerror or os.strerror(error.errno or 0), self.interface) from None
        self._listener = listener
        self._begin(made)

    def _begin(self, made: socket.socket) -> None:
        self._socket = made
        asyncio.get_running_loop().add_reader(made, self._readable, made)

    def _open_again(self) -> None:
        with contextlib.ExitStack() as undo:
            made = undo.enter_context(self._bound())
            fault = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if fault:  # it is there, and down
                raise OSError(fault, os.strerror(fault))
            undo.pop_all()
        self._begin(made)

    def _bound(self) -> socket.socket:
        with contextlib.ExitStack() as undo:
            made = undo.enter_context(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
            made.setblocking(False)
            made.bind((self.interface, ETH_P_ALL))
            hardware = made.getsockname()[3]
            if hardware not in self.hardware:
                raise OSError(errno.EMEDIUMTYPE, f"no IEEE 802.15.4 interface, but one of type {hardware}")
            self._checked = self.hardware[hardware]
            undo.pop_all()
        return made

    @property
    def is_up(self) -> bool:
        """Whether the interface is there, and up."""
        return self._socket is not None

    async def close(self) -> None:
        """Receive no more."""
        self._listener = None
        self._reopening.stop()
        self._close()

    def _close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def transmit(self, octets: bytes) -> None:
        """Send a frame; the kernel has it at once."""
        try:
            if self._socket is not None:
                self._socket.send(octets)
            else:
                self.send_errors += 1
        except OSError:  # its queue is full, or the interface is down
            self.send_errors += 1
        if self._listener is not None:
            self._listener.transmitted(True if self.acknowledges else None)

    def channel_is_clear(self) -> bool:
        """The kernel looks."""
        return True

    def _readable(self, made: socket.socket) -> None:
        for _ in range(FRAMES_AT_ONCE):
            try:
                octets, address = made.recvfrom(LONGEST)
            except BlockingIOError:
                return
            except OSError as error:  # the interface went down, or away
                self._close()
                self._reopening.begin(error)
                return
            if address[2] != PACKET_OUTGOING:
                self._received(octets)

    def _received(self, octets: bytes) -> None:
        if self._checked:
            octets, check = octets[:-FRAME_CHECK_OCTETS], octets[-FRAME_CHECK_OCTETS:]
            if frame_check(octets) != check:
                self.dropped[Reason.BAD_CHECKSUM] += 1
                return
        if self._listener is not None:
            self._listener.frame_received(octets, BEST_LINK_QUALITY)
