"""The frame check sequence (IEEE 802.15.4-2015 section 7.2.10): 2 octets of ITU-T CRC, or 4 of Ethernet's CRC.

The 2-octet CRC is ``x^16 + x^12 + x^5 + 1``, remainder 0 at the start, over bits in the order in which they are sent:
least significant bit of each octet first.
"""

from binascii import crc32, crc_hqx

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason

LAYER = "ieee802154-fcs"

# crc_hqx is the same polynomial, most significant bit first: turn every octet round before and after.
REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))

LEAST_OCTETS_OF_CRC32 = 4


def frame_check(octets: bytes, size: int = 2) -> bytes:
    """The frame check sequence of a frame without one, as sent. ``size`` is 2, 4, or 0 for none."""
    if size == 2:
        return crc_hqx(octets.translate(REVERSED), 0).to_bytes(2, "big").translate(REVERSED)
    if size == 4:
        # Section 7.2.10: a shorter frame is taken as padded with zero octets, which are not sent.
        return crc32(octets.ljust(LEAST_OCTETS_OF_CRC32, b"\0")).to_bytes(4, "little")
    if size == 0:
        return b""
    raise UsageError(f"a frame check sequence has 2 or 4 octets, not {size}")


def with_frame_check(octets: bytes, size: int = 2) -> bytes:
    """A frame with its frame check sequence appended."""
    return octets + frame_check(octets, size)


def frame_check_holds(octets: bytes, size: int = 2) -> bool:
    """Whether the last ``size`` octets are the frame check sequence of the ones before."""
    frame, sequence = split_frame_check(octets, size)
    return frame_check(frame, size) == sequence


def split_frame_check(octets: bytes, size: int = 2) -> tuple[bytes, bytes]:
    """A frame and its frame check sequence, unchecked. Raises :class:`Malformed` where there is no room for one."""
    end = len(octets) - size
    if end < 0:
        raise Malformed(LAYER, len(octets), Reason.TRUNCATED, f"{size} octets of frame check, {len(octets)} left")
    return octets[:end], octets[end:]
