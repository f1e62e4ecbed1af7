"""A tap on a radio: every frame that it hears or sends, as a pcap stream for Wireshark.

    radio = TappedRadio(ZepRadio(...), PcapTap("/run/p6lowpan/tap"))

    $ mkfifo /run/p6lowpan/tap && wireshark -k -i /run/p6lowpan/tap

The tap is a named pipe or a file. A pipe is opened as soon as somebody reads it, and again when the next one does; a
reader that is too slow misses frames, which are counted, and holds up nobody. A file is written from its beginning.
"""

import contextlib
import errno
import io
import os
import stat
import time

from p6lowpan.capture.pcap import PcapWriter
from p6lowpan.drivers.radio import Radio, RadioListener
from p6lowpan.wire.ieee802154.frame_check import with_frame_check

IEEE802154_WITHFCS = 195  # https://www.tcpdump.org/linktypes.html


class PcapTap:
    """See the module. ``missed`` counts the frames that a reader was too slow for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.frames = 0
        self.missed = 0
        self._file: int | None = None
        self._buffer = io.BytesIO()
        self._writer: PcapWriter | None = None

    def open(self) -> None:
        """Open what can be opened without waiting: not a pipe that nobody reads. Raises :class:`OSError` for what will
        never be a tap."""
        is_pipe = os.path.exists(self.path) and stat.S_ISFIFO(os.stat(self.path).st_mode)
        flags = os.O_WRONLY | os.O_CLOEXEC | (os.O_NONBLOCK if is_pipe else os.O_CREAT | os.O_TRUNC)
        try:
            self._file = os.open(self.path, flags, 0o600)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise

    def write(self, frame: bytes) -> None:
        """A frame without its frame check sequence."""
        if self._file is None:
            with contextlib.suppress(OSError):
                self.open()
        if self._file is None:
            return
        if self._writer is None:
            self._buffer = io.BytesIO()
            self._writer = PcapWriter(self._buffer, IEEE802154_WITHFCS)
        self._writer.write(with_frame_check(frame), time.time_ns())
        self._flush()

    def close(self) -> None:
        """Whoever reads comes to the end. No harm in doing it twice."""
        if self._file is not None:
            os.close(self._file)
        self._file = self._writer = None

    def _flush(self) -> None:
        octets = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        try:
            if self._file is not None:
                os.write(self._file, octets)  # of less than PIPE_BUF octets: all or nothing
                self.frames += 1
        except BlockingIOError:
            self.missed += 1
        except OSError:  # the reader has gone
            self.close()


class TappedRadio:
    """A radio whose frames are seen by a tap as well."""

    def __init__(self, radio: Radio, tap: PcapTap) -> None:
        self.radio = radio
        self.tap = tap
        self._listener: RadioListener | None = None

    @property
    def does_csma(self) -> bool:
        """As the radio does."""
        return self.radio.does_csma

    @property
    def acknowledges(self) -> bool:
        """As the radio does."""
        return self.radio.acknowledges

    async def open(self, listener: RadioListener) -> None:
        """Begin to receive. Raises :class:`OSError`."""
        self._listener = listener
        self.tap.open()
        await self.radio.open(self)

    async def close(self) -> None:
        """Receive no more."""
        self._listener = None
        await self.radio.close()
        self.tap.close()

    def transmit(self, octets: bytes) -> None:
        """Send a frame."""
        self.tap.write(octets)
        self.radio.transmit(octets)

    def channel_is_clear(self) -> bool:
        """Whether nobody is heard sending."""
        return self.radio.channel_is_clear()

    def frame_received(self, octets: bytes, link_quality: int) -> None:
        """The radio heard a frame."""
        self.tap.write(octets)
        if self._listener is not None:
            self._listener.frame_received(octets, link_quality)

    def transmitted(self, acknowledged: bool | None = None, accessed: bool = True) -> None:
        """The radio has sent."""
        if self._listener is not None:
            self._listener.transmitted(acknowledged, accessed)
