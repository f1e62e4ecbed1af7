"""ZEP datagrams as radios exchange them: what is sent, and what of a received one is believed.

The frame check sequence is sent as ZEP has it, two octets at the frame's end, and taken off what comes. Whether it is
right is not looked at unless asked for: UDP has a checksum of its own, and RIOT's simulated radio sends another CRC
than IEEE 802.15.4 has. Where the sender says that the end of the frame is TI's metadata, the bit that tells whether the
check held is believed.
"""

import time
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import zep
from p6lowpan.capture.fcs import TiMetadata
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame_check import frame_check, with_frame_check

WHERE = "zep"
FRAME_CHECK_OCTETS = 2
BEST_LINK_QUALITY = 255

Data = zep.DataVersion1 | zep.DataVersion2


class Heard(NamedTuple):
    """A frame that a datagram carries, without frame check sequence. ``device`` is its sender's number."""

    frame: bytes
    link_quality: int
    device: int


def data_datagram(frame: bytes, channel: int, device: int, sequence: int) -> bytes:
    """The datagram for a frame without frame check sequence."""
    return zep.encapsulate(
        with_frame_check(frame),
        channel=channel,
        device=device,
        sequence=sequence & 0xFFFFFFFF,
        time_ns=time.time_ns(),
        link_quality=BEST_LINK_QUALITY,
    )


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
