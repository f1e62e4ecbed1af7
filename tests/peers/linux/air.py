"""A radio of ours on the air of the guest, through the socket of :mod:`peers.linux.guest`."""

import asyncio
import socket

from p6lowpan.drivers.radio import RadioListener
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame_check import frame_check

IPHC, FIRST_FRAGMENT, FIRST_FRAGMENT_OCTETS = 0b011, 0b11000, 4


class GuestRadio(asyncio.DatagramProtocol):
    """A radio of :mod:`p6lowpan.drivers.radio`. The simulated radios acknowledge nothing, and lose nothing either:
    whatever is sent has arrived. ``sent`` and ``heard`` keep every frame."""

    does_csma = True
    acknowledges = True

    def __init__(self, made: socket.socket, peer: tuple[str, int]) -> None:
        self.sent: list[bytes] = []
        self.heard: list[bytes] = []
        self._socket = made
        self._peer = peer
        self._listener: RadioListener | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, listener: RadioListener) -> None:
        self._listener = listener
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._listener = self._transport = None

    def transmit(self, octets: bytes) -> None:
        if self._transport is not None and self._listener is not None:
            self.sent.append(octets)
            self._transport.sendto(octets, self._peer)
            self._listener.transmitted(True)

    def channel_is_clear(self) -> bool:
        return True

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        frame = without_check(data)
        self.heard.append(frame)
        if self._listener is not None:
            self._listener.frame_received(frame, 255)


def without_check(frame: bytes) -> bytes:
    """A frame as the monitor interface shows it, its check taken off."""
    return frame[:-2] if len(frame) > 2 and frame_check(frame[:-2]) == frame[-2:] else frame


def contexts_of(frames: list[bytes]) -> set[tuple[bool, bool]]:
    """The bits SAC and DAC of every compressed header that is no multicast."""
    found = set()
    for frame in frames:
        payload = decode_frame(frame, 0)[0].payload
        if payload[0] >> 3 == FIRST_FRAGMENT:
            payload = payload[FIRST_FRAGMENT_OCTETS:]
        if payload[0] >> 5 == IPHC and not payload[1] & 0x08:
            found.add((bool(payload[1] & 0x40), bool(payload[1] & 0x04)))
    return found
