"""The pcapng file format (draft-ietf-opsawg-pcapng), read: sections of both byte orders, several interfaces.

Read: section header, interface description (link type, snap length, if_tsresol, if_tsoffset, if_fcslen), enhanced,
simple and obsolete packet blocks. Every other block (names, statistics, secrets, comments) is passed over unread.
A block whose frame is sound and whose inside is not costs that block only: it is kept in ``damaged``.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.source import Source

LAYER = "pcapng"
MAGIC = b"\x0a\x0d\x0d\x0a"

INTERFACE = 1
OBSOLETE_PACKET = 2
SIMPLE_PACKET = 3
ENHANCED_PACKET = 6
SECTION = 0x0A0D0D0A

IF_TSRESOL = 9
IF_FCSLEN = 13
IF_TSOFFSET = 14
PACKET_FLAGS = 2  # epb_flags and pack_flags
DEFAULT_TICKS = 1_000_000  # "If this option is not present, a resolution of 10^-6 is assumed"

LARGEST_BLOCK = 1 << 24  # Wireshark's bound too; what is larger is damage, and would be unbounded memory
MOST_INTERFACES = 1 << 16  # all that an obsolete packet block can name
REMEMBERED_DAMAGE = 64


@dataclass(frozen=True, slots=True)
class Interface:
    """What an interface description block says about the frames that refer to it."""

    number: int
    link_type: int
    snap_length: int
    ticks_per_second: int = DEFAULT_TICKS
    offset_ns: int = 0
    fcs_octets: int | None = None

    def time_ns(self, high: int, low: int) -> int:
        """Nanoseconds since 1970 of a timestamp in the units of this interface."""
        return (high << 32 | low) * 1_000_000_000 // self.ticks_per_second + self.offset_ns


class PcapngReader:
    """The frames of a pcapng file, from a :class:`Source` that stands at its first block."""

    def __init__(self, source: Source) -> None:
        """Read the first section header. Raises :class:`Malformed`."""
        self.damaged: list[Malformed] = []
        self.damaged_blocks = 0
        self._source = source
        self._order = "<"
        self._interfaces: list[Interface] = []
        self._interfaces_before = 0  # of earlier sections
        self._frames = 0
        self._packet_blocks: dict[int, Callable[[bytes], CapturedFrame]] = {
            ENHANCED_PACKET: self._enhanced,
            SIMPLE_PACKET: self._simple,
            OBSOLETE_PACKET: self._obsolete,
        }
        self._block(source.take(8))

    def __iter__(self) -> Iterator[CapturedFrame]:
        """All frames; then, where the file ends inside a block, :class:`Malformed` with the file offset."""
        while head := self._source.take(8):
            frame = self._block(head)
            if frame is not None:
                yield frame

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _block(self, head: bytes) -> CapturedFrame | None:
        start = self._source.offset - len(head)
        if len(head) < 8:
            raise self._cut(start)
        if head.startswith(MAGIC):
            self._order = self._byte_order(start)
        kind, length = struct.unpack(self._order + "II", head)
        if length < 12 or length % 4:
            raise self._bad(start + 4, f"a block of {length} octets; at least 12 and a multiple of 4 is possible")
        body = self._body(kind, length - 8, start)
        if body[-4:] != head[4:]:
            again = int.from_bytes(body[-4:], "little" if self._order == "<" else "big")
            raise self._bad(self._source.offset - 4, f"a block of {length} octets ends with the length {again}")
        return self._dispatch(kind, body[:-4], start)

    def _body(self, kind: int, size: int, start: int) -> bytes:
        """What follows a block's first 8 octets; of blocks that nobody reads only the length at the end."""
        if kind not in self._packet_blocks and kind not in (SECTION, INTERFACE):
            self._source.skip(size - 4)
            return self._need(4, start)
        if size + 8 > LARGEST_BLOCK:
            raise self._bad(start + 4, f"a block of {size + 8} octets: the file is damaged here or before")
        return self._need(size, start)

    def _dispatch(self, kind: int, body: bytes, start: int) -> CapturedFrame | None:
        try:
            if kind == SECTION:
                self._section(body, start)
            elif kind == INTERFACE:
                self._describe(body)
            elif kind in self._packet_blocks:
                return self._packet_blocks[kind](body)
        except _Damage as damage:
            self.damaged_blocks += 1
            if len(self.damaged) < REMEMBERED_DAMAGE:
                self.damaged.append(self._bad(start, str(damage)))
        return None

    def _byte_order(self, start: int) -> str:
        magic = self._source.peek(4)
        if len(magic) < 4:
            self._source.take(len(magic))
            raise self._cut(start)
        match magic:
            case b"\x4d\x3c\x2b\x1a":
                return "<"
            case b"\x1a\x2b\x3c\x4d":
                return ">"
        raise self._bad(start + 8, f"a section header with the byte-order magic {magic.hex()}")

    def _section(self, body: bytes, start: int) -> None:
        if len(body) < 16:
            raise self._bad(start + 4, f"a section header of {len(body) + 12} octets, at least 28 are needed")
        (major,) = struct.unpack_from(self._order + "H", body, 4)
        if major != 1:
            raise self._bad(start + 12, f"format version {major}, only 1 is known")
        self._interfaces_before += len(self._interfaces)
        self._interfaces = []

    def _describe(self, body: bytes) -> None:
        number = self._interfaces_before + len(self._interfaces)
        if len(self._interfaces) >= MOST_INTERFACES:
            raise _Damage(f"more than {MOST_INTERFACES} interfaces in one section")
        if len(body) < 8:
            # Its number is taken all the same, or all frames after it would be counted to a wrong interface.
            self._interfaces.append(Interface(number, -1, 0))
            raise _Damage(f"interface {number} is described in {len(body)} octets, 8 are needed")
        link_type, snap_length = struct.unpack_from(self._order + "HxxI", body)
        options = self._options(body, 8)
        fcs = options.get(IF_FCSLEN, b"")[:1]
        self._interfaces.append(
            Interface(
                number=number,
                link_type=link_type,
                snap_length=snap_length,
                ticks_per_second=_ticks_per_second(options.get(IF_TSRESOL, b"")),
                offset_ns=self._seconds(options.get(IF_TSOFFSET, b"")) * 1_000_000_000,
                # The draft counts bits; its old example, and so some writers, octets. No FCS has 2 or 4 bits.
                fcs_octets={16: 2, 32: 4, 2: 2, 4: 4, 0: 0}.get(fcs[0]) if fcs else None,
            )
        )

    def _seconds(self, value: bytes) -> int:
        return int(struct.unpack(self._order + "q", value)[0]) if len(value) == 8 else 0

    # --- frames -------------------------------------------------------------------------------------------------------

    def _enhanced(self, body: bytes) -> CapturedFrame:
        number, high, low, length, original = self._fields("IIIII", body)
        return self._frame(number, (high, low), body, (20, length, original))

    def _obsolete(self, body: bytes) -> CapturedFrame:
        number, _drops, high, low, length, original = self._fields("HHIIII", body)
        return self._frame(number, (high, low), body, (20, length, original))

    def _simple(self, body: bytes) -> CapturedFrame:
        (original,) = self._fields("I", body)
        interface = self._interface(0)
        length = min(original, interface.snap_length or original)
        return self._frame(0, None, body, (4, length, original))

    def _frame(
        self, number: int, time: tuple[int, int] | None, body: bytes, extent: tuple[int, int, int]
    ) -> CapturedFrame:
        interface = self._interface(number)
        start, length, original = extent
        if length > len(body) - start:
            raise _Damage(f"a frame of {length} octets in a block that has {len(body) - start} for it")
        self._frames += 1
        fcs_octets = interface.fcs_octets
        options_at = start + length + -length % 4
        if time is not None and len(body) > options_at:  # a simple packet block has no options
            fcs_octets = self._fcs_of_frame(self._options(body, options_at), fcs_octets)
        time_ns = 0 if time is None else max(0, interface.time_ns(*time))
        octets = body[start : start + length]
        return CapturedFrame(self._frames, time_ns, octets, interface.link_type, original, interface.number, fcs_octets)

    def _fcs_of_frame(self, options: dict[int, bytes], otherwise: int | None) -> int | None:
        flags = options.get(PACKET_FLAGS, b"")
        if len(flags) != 4:
            return otherwise
        length: int = struct.unpack(self._order + "I", flags)[0] >> 5 & 0xF  # bits 5 to 8; 0: "not available"
        return length or otherwise

    def _interface(self, number: int) -> Interface:
        if number >= len(self._interfaces):
            raise _Damage(f"a frame of interface {number}, of which there is no description")
        return self._interfaces[number]

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _fields(self, form: str, body: bytes) -> tuple[int, ...]:
        form = self._order + form
        if len(body) < struct.calcsize(form):
            raise _Damage(f"a packet block of {len(body) + 12} octets, {struct.calcsize(form) + 12} are needed")
        return struct.unpack_from(form, body)

    def _options(self, body: bytes, at: int) -> dict[int, bytes]:
        options: dict[int, bytes] = {}
        while len(body) - at >= 4:
            code, length = struct.unpack_from(self._order + "HH", body, at)
            if code == 0:
                break
            if len(body) - at - 4 < length:
                raise _Damage(f"option {code} has {length} octets, {len(body) - at - 4} are left in its block")
            options[code] = body[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
        return options

    def _need(self, size: int, block_start: int) -> bytes:
        octets = self._source.take(size)
        if len(octets) < size:
            raise self._cut(block_start)
        return octets

    def _cut(self, block_start: int) -> Malformed:
        detail = f"the file ends inside the block that begins at {block_start}"
        return Malformed(LAYER, self._source.offset, Reason.TRUNCATED, detail)

    def _bad(self, offset: int, detail: str) -> Malformed:
        return Malformed(LAYER, offset, Reason.BAD_CAPTURE, detail)


class _Damage(Exception):
    """The inside of one block is wrong; the next block can be read."""


def _ticks_per_second(resolution: bytes) -> int:
    if len(resolution) != 1:
        return DEFAULT_TICKS
    exponent = resolution[0] & 0x7F
    base = 2 if resolution[0] & 0x80 else 10
    return int(base**exponent)
