"""Frames from a compressed packet (RFC 4944 section 5.3)."""

from p6lowpan.interop.outcomes import Refused
from p6lowpan.interop.sending.writing import Chained, Writing
from p6lowpan.wire.sixlowpan.fragment import LARGEST_DATAGRAM

FIRST, SUBSEQUENT = 0xC0, 0xE0


def frames(writing: Writing, headers: Chained) -> list[bytes]:
    """One frame where that is enough; else fragments as full as the units of 8 octets allow."""
    whole = headers.octets + writing.packet[headers.end :]
    if len(whole) <= writing.mtu:
        return [whole]
    if len(writing.packet) > LARGEST_DATAGRAM:
        raise Refused(f"a datagram of {len(writing.packet)} octets, which no size field holds")
    return fragments(writing, headers, writing.mtu)


def fragments(writing: Writing, headers: Chained, mtu: int, last_in_units: bool = False) -> list[bytes]:
    """Fragments, each of at most ``mtu`` octets; a size or offset that does not fit its field is cut to it.

    ``last_in_units``: the last one holds no more than the others, though it need not end on a unit of 8 octets."""
    packet, tag = writing.packet, writing.rules.tag
    end = (headers.end + mtu - 4 - len(headers.octets)) // 8 * 8
    if end < headers.end:
        raise Refused("the compressed headers do not fit the first fragment")
    out = [prefix(FIRST, len(packet), tag) + headers.octets + packet[headers.end : end]]
    room = (mtu - 5) // 8 * 8
    last = room if last_in_units else mtu - 5
    while end < len(packet):
        length = min(len(packet) - end, last if len(packet) - end <= last else room)
        if length <= 0:
            raise Refused("no room behind the fragment header")
        out.append(prefix(SUBSEQUENT, len(packet), tag) + bytes((end // 8 & 0xFF,)) + packet[end : end + length])
        end += length
    return out


def prefix(dispatch: int, size: int, tag: int) -> bytes:
    """The four octets that every fragment begins with."""
    return (dispatch << 8 | size & 0x7FF).to_bytes(2, "big") + tag.to_bytes(2, "big")
