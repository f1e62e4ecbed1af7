"""ZEP datagrams as radios exchange them: what is sent, and what of a received one is believed.

The frame check sequence is sent as ZEP has it, two octets at the frame's end, and taken off what comes. Whether it is
right is not looked at unless asked for: UDP has a checksum of its own, and RIOT's simulated radio sends another CRC
than IEEE 802.15.4 has. Where the sender says that the end of the frame is TI's metadata, the bit that tells whether the
check held is believed.
"""

import time
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import zep
from p6lowpan.capture.fcs import TiMetadata
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame_check import frame_check, with_frame_check

WHERE = "zep"
FRAME_CHECK_OCTETS = 2
BEST_LINK_QUALITY = 255

USUAL = zep.PREAMBLE + bytes((2, zep.DATA))
CHANNEL_AT, DEVICE, MODE_AT, LINK_QUALITY_AT, LENGTH_AT = 4, slice(5, 7), 7, 8, 31
HEADER_OCTETS = 32
STAMP = Struct(">QI10xB")
"""The end of a header of version 2: the time, the number, and the length."""
LONGEST = 127

Data = zep.DataVersion1 | zep.DataVersion2


class Heard(NamedTuple):
    """A frame that a datagram carries, without frame check sequence. ``device`` is its sender's number."""

    frame: bytes
    link_quality: int
    device: int


def data_datagram(frame: bytes, channel: int, device: int, sequence: int) -> bytes:
    """The datagram for a frame without frame check sequence. Raises :class:`UsageError` for one that is too long."""
    whole = with_frame_check(frame)
    if len(whole) > LONGEST:
        raise UsageError(f"a frame of {len(whole)} octets: ZEP has room for {LONGEST}")
    stamp = STAMP.pack(zep.ntp_from_time(time.time_ns()), sequence & 0xFFFFFFFF, len(whole))
    return _head(channel, device) + stamp + whole


@lru_cache(maxsize=64)
def _head(channel: int, device: int) -> bytes:
    """What the headers of a radio have in common: they are as many as its frames."""
    header = zep.DataVersion2(
        channel=channel, device=device, link_quality=BEST_LINK_QUALITY, timestamp=0, sequence=0, length=0
    )
    return header.encode()[: -STAMP.size]


def registration_datagram(address: LinkAddress, channel: int) -> bytes:
    """What tells a dispatcher that a radio is there, before it has anything to send."""
    header = zep.DataVersion2(
        type=zep.REGISTRATION, channel=channel, device=0, timestamp=0, sequence=0, length=len(address)
    )
    return header.encode() + address


def read_datagram(datagram: bytes) -> tuple[Data, bytes] | Dropped:
    """The header and what follows it, of a datagram that is as long as it says; acknowledgements and other versions are
    dropped as unsupported. Any octets may be given."""
    try:
        header, content = zep.MESSAGES.decode(datagram)
    except Malformed as error:
        return Dropped(error.reason, WHERE, str(error))
    if not isinstance(header, zep.DataVersion1 | zep.DataVersion2):
        return Dropped(Reason.UNSUPPORTED, WHERE, type(header).__name__)
    if len(content) != header.length:
        reason = Reason.TRUNCATED if len(content) < header.length else Reason.TRAILING
        return Dropped(reason, WHERE, f"length is {header.length}, {len(content)} octets follow")
    return header, content


def read_frame(datagram: bytes, channel: int, *, checks_frames: bool = False) -> Heard | Dropped:
    """The frame for a radio on ``channel``."""
    return (None if checks_frames else usual_frame(datagram, channel)) or any_frame(datagram, channel, checks_frames)


def usual_frame(datagram: bytes, channel: int) -> Heard | None:
    """What :func:`any_frame` finds in a datagram of the usual kind, which it need not be decoded for; else ``None``."""
    if datagram[:CHANNEL_AT] != USUAL or len(datagram) < HEADER_OCTETS + FRAME_CHECK_OCTETS:
        return None
    fits = len(datagram) == HEADER_OCTETS + datagram[LENGTH_AT] and datagram[CHANNEL_AT] == channel
    if not fits or not datagram[MODE_AT] or datagram[LENGTH_AT] > LONGEST:
        return None
    device = int.from_bytes(datagram[DEVICE], "big")
    return Heard(datagram[HEADER_OCTETS:-FRAME_CHECK_OCTETS], datagram[LINK_QUALITY_AT], device)


def any_frame(datagram: bytes, channel: int, checks_frames: bool) -> Heard | Dropped:
    """The frame for a radio on ``channel``, or why there is none."""
    read = read_datagram(datagram)
    if isinstance(read, Dropped):
        return read
    header, content = read
    if isinstance(header, zep.DataVersion2) and header.type != zep.DATA:
        return Dropped(Reason.UNSUPPORTED, WHERE, f"type {header.type}")
    if header.channel != channel:
        return Dropped(Reason.NOT_FOR_US, WHERE, f"channel {header.channel}, ours is {channel}")
    if len(content) < FRAME_CHECK_OCTETS:
        return Dropped(Reason.TRUNCATED, WHERE, f"{len(content)} octets are no frame with its check")
    frame, check = content[:-FRAME_CHECK_OCTETS], content[-FRAME_CHECK_OCTETS:]
    if header.mode:
        holds = not checks_frames or frame_check(frame) == check
    else:
        holds = bool(TiMetadata.decode(check)[0].crc_ok)
    if not holds:
        return Dropped(Reason.BAD_CHECKSUM, WHERE, f"the frame check sequence {check.hex()} does not hold")
    return Heard(frame, header.link_quality, header.device)
