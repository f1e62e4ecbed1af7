"""A capture file or pipe, whatever its format: ``for frame in open_capture(path)``.

Why no library reads the files: cypcap 0.6.3 (libpcap) refuses a pcapng whose interfaces have different link types,
python-pcapng 2.1.1 reads no pcap, no pipe, and 40 000 frames/s, dpkt 1.9.8 knows one link type a file, gives times as
floats and no offset of the damage, and rests since 2022; scapy is GPL. Both formats together are three small modules.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import pcap, pcapng
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.pcap import PcapReader
from p6lowpan.capture.pcapng import PcapngReader
from p6lowpan.capture.source import Source

LAYER = "capture"
MAGIC_OCTETS = 4

FOREIGN = {
    b"\x1f\x8b": "it is compressed with gzip: gunzip it first",
    b"BZh": "it is compressed with bzip2: bunzip2 it first",
    b"\xfd7zX": "it is compressed with xz: unxz it first",
    b"\x28\xb5\x2f\xfd": "it is compressed with zstd: unzstd it first",
    b"\x34\xcd\xb2\xa1": "a pcap variant of the 1990s: rewrite it with editcap -F pcap",
    b"\xa1\xb2\xcd\x34": "a pcap variant of the 1990s: rewrite it with editcap -F pcap",
    b"snoo": "a snoop file: rewrite it with editcap -F pcap",
}
"""How other files begin that people take for captures, and what to do about it."""


class Capture:
    """The frames of a pcap or pcapng stream, once, in file order.

    Iterating yields every complete frame and then, where the file is cut or damaged, raises :class:`Malformed` whose
    offset is the file's. Closing is for :func:`open_capture`; a stream that the caller opened stays open.
    """

    def __init__(self, stream: BinaryIO, *, closes: bool = False) -> None:
        """Read the file header. Raises :class:`Malformed` where this is no capture."""
        self._stream = stream
        self._closes = closes
        self._source = Source(stream)
        self._reader = _reader(self._source)
        self._frames = iter(self._reader)

    @property
    def format(self) -> str:
        """``pcap`` or ``pcapng``."""
        return pcap.LAYER if isinstance(self._reader, PcapReader) else pcapng.LAYER

    @property
    def octets_read(self) -> int:
        """How far in the file the reading is; with the file's size, progress."""
        return self._source.offset

    @property
    def damaged(self) -> tuple[Malformed, ...]:
        """What was wrong with the blocks that were passed over (the first of them; offsets of the file)."""
        return () if isinstance(self._reader, PcapReader) else tuple(self._reader.damaged)

    @property
    def damaged_blocks(self) -> int:
        """How many blocks were passed over because their inside was wrong."""
        return 0 if isinstance(self._reader, PcapReader) else self._reader.damaged_blocks

    def __iter__(self) -> Iterator[CapturedFrame]:
        return self._frames

    @property
    def pcap(self) -> PcapReader | None:
        """The reader of a pcap file, all of whose frames have one link type; ``None`` for other formats."""
        return self._reader if isinstance(self._reader, PcapReader) else None

    def close(self) -> None:
        """Close the file that :func:`open_capture` opened."""
        if self._closes:
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read(stream: BinaryIO) -> Capture:
    """The capture in a binary stream: a file, a pipe, ``sys.stdin.buffer``, ``io.BytesIO``. No seek is made."""
    return Capture(stream)


def open_capture(path: str) -> Capture:
    """The capture in the file at ``path``; a context manager. Raises ``OSError`` and :class:`Malformed`."""
    stream = open(path, "rb")  # noqa: SIM115 - closed by Capture, or here
    try:
        return Capture(stream, closes=True)
    except Malformed:
        stream.close()
        raise


def _reader(source: Source) -> PcapReader | PcapngReader:
    magic = source.peek(MAGIC_OCTETS)
    if magic in pcap.MAGICS:
        return PcapReader(source)
    if magic == pcapng.MAGIC:
        return PcapngReader(source)
    raise Malformed(LAYER, 0, Reason.NOT_A_CAPTURE, _why(magic))


def _why(magic: bytes) -> str:
    if not magic:
        return "it is empty"
    known = next((why for start, why in FOREIGN.items() if magic.startswith(start)), None)
    return known or f"it begins with {magic.hex(' ')}, neither pcap nor pcapng"
