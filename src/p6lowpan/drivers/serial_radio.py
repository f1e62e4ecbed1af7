"""A radio at the other end of a serial line: raw IEEE 802.15.4 frames in SLIP (RFC 1055), and nothing else.

Each packet on the line is a frame with its frame check sequence, in both directions. What the device hears it sends
here at once; what it gets it sends on the air, with CSMA/CA where it can. Firmware for that is a loop of a few lines.
It answers no frames and repeats none: that is done here, but an acknowledgement that crosses a line is late for a radio
that waits no longer than the standard says (0.9 ms). A device that does both by itself, as most can, is one that
``acknowledges``; how that ended it tells nobody: what was handed over counts as delivered. A frame counts as sent when
the line has taken it and the time has passed that it needs on the line and on the air, or when its acknowledgement is
there sooner.

A device that is pulled out is looked for until it is back; its name should stay the same then, as those in
/dev/serial/by-id do.
"""

import asyncio
import errno
import os
from collections import Counter

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.radio import RadioListener
from p6lowpan.drivers.reopening import Reopening
from p6lowpan.drivers.slip import SlipReader, slip_packet
from p6lowpan.drivers.socket_errors import about
from p6lowpan.wire.ieee802154.frame_check import frame_check, with_frame_check

try:
    from serial import Serial
except ImportError:  # an extra: p6lowpan[gateway]
    Serial = None

LONGEST_FRAME = 127  # aMaxPhyPacketSize, with the frame check sequence
FRAME_CHECK_OCTETS = 2
BITS_PER_OCTET = 10  # 8N1
OCTET_SECONDS = 32e-6  # on the air, at 250 kb/s
PREAMBLE_OCTETS = 6  # IEEE 802.15.4: preamble, start delimiter, length
BACKOFF_SECONDS = 0.0024  # at first at most seven periods of 320 us, and the assessment of the channel
BEST_LINK_QUALITY = 255
READ_OCTETS = 4096
FRAME_TYPE, ACK, SEQUENCE = 0b111, 0b010, 2  # IEEE 802.15.4 7.2.2.2; the octet of the sequence number


class SerialRadio:
    """See the module. Raises :class:`UsageError` without pyserial."""

    does_csma = True

    def __init__(self, port: str, baud: int = 115_200, *, acknowledges: bool = False) -> None:
        if Serial is None:
            raise UsageError("a serial radio needs pyserial: pip install 'p6lowpan[gateway]'")
        self.port = port
        self.baud = baud
        self.acknowledges = acknowledges
        self.dropped: Counter[Reason] = Counter()
        self.send_errors = 0
        self._reader = SlipReader(LONGEST_FRAME)
        self._listener: RadioListener | None = None
        self._serial: Serial | None = None
        self._sending: asyncio.TimerHandle | None = None
        self._sequence: int | None = None
        self._reopening = Reopening(port, self._open)

    async def open(self, listener: RadioListener) -> None:
        """Begin to receive. Raises :class:`OSError`."""
        self._listener = listener
        self._open()

    def _open(self) -> None:
        try:
            self._serial = Serial(self.port, self.baud, timeout=0, write_timeout=0)
        except OSError as error:  # its own words hold the number twice
            raise about(error, self.port) from None
        self._reader = SlipReader(LONGEST_FRAME)
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._readable)

    @property
    def is_up(self) -> bool:
        """Whether the device is there."""
        return self._serial is not None

    async def close(self) -> None:
        """Receive no more."""
        self._listener = None
        self._reopening.stop()
        self._close()

    def _close(self) -> None:
        if self._serial is not None:
            asyncio.get_running_loop().remove_reader(self._serial.fileno())
            self._serial.close()
            self._serial = None

    def transmit(self, octets: bytes) -> None:
        """Send a frame."""
        frame = with_frame_check(octets)
        packet = slip_packet(frame)
        try:
            if self._serial is None or os.write(self._serial.fileno(), packet) < len(packet):
                self.send_errors += 1  # the rest would be the beginning of something else: SLIP gets over it
        except OSError:
            self.send_errors += 1
        on_air = (PREAMBLE_OCTETS + len(frame)) * OCTET_SECONDS + BACKOFF_SECONDS
        # An acknowledgement waits for nothing, and nothing for it: what answers it would find us busy.
        seconds = 0.0 if _is_acknowledgement(octets) else len(packet) * BITS_PER_OCTET / self.baud + on_air
        self._sequence = octets[SEQUENCE] if len(octets) > SEQUENCE else None
        self._sending = asyncio.get_running_loop().call_later(seconds, self._sent)

    def channel_is_clear(self) -> bool:
        """The device listens, where it can."""
        return True

    def _sent(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None
        if self._listener is not None:
            self._listener.transmitted(True if self.acknowledges else None)

    def _readable(self) -> None:
        listener = self._listener
        if self._serial is None or listener is None:
            return
        try:
            octets = os.read(self._serial.fileno(), READ_OCTETS)
            if not octets:
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        except BlockingIOError:
            return
        except OSError as error:  # the device was pulled out
            self._close()
            self._reopening.begin(error)
            return
        for packet in self._reader.read(octets):
            frame, check = packet[:-FRAME_CHECK_OCTETS], packet[-FRAME_CHECK_OCTETS:]
            if frame_check(frame) != check:
                self.dropped[Reason.BAD_CHECKSUM] += 1
                continue
            if self._sending is not None and self._acknowledges_the_last(frame):
                self._sent()  # sooner than reckoned: USB is faster than any baud
            listener.frame_received(frame, BEST_LINK_QUALITY)

    def _acknowledges_the_last(self, frame: bytes) -> bool:
        return _is_acknowledgement(frame) and frame[SEQUENCE] == self._sequence


def _is_acknowledgement(frame: bytes) -> bool:
    return len(frame) > SEQUENCE and frame[0] & FRAME_TYPE == ACK
