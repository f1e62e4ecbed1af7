"""Compressed datagrams in recoverable fragments (RFC 8931 section 5.1)."""

from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment


def fragment_of(
    datagram: bytes, sequence: int, start: int, end: int, tag: int = 5, *, asks: bool = False
) -> tuple[RecoverableFragment, bytes]:
    """The octets from ``start`` to ``end``, and the header in front of them."""
    octets = datagram[start:end]
    header = RecoverableFragment(
        datagram_tag=tag,
        ack_request=int(asks),
        sequence=sequence,
        fragment_size=len(octets),
        datagram_size=None if sequence else len(datagram),
        fragment_offset=start if sequence else None,
    )
    return header, octets


def recoverable(datagram: bytes, size: int = 80, tag: int = 5) -> list[bytes]:
    """All of a datagram in fragments of ``size`` octets, of which the last asks for an acknowledgment."""
    frames = []
    for sequence, start in enumerate(range(0, len(datagram), size)):
        header, octets = fragment_of(datagram, sequence, start, start + size, tag, asks=start + size >= len(datagram))
        frames.append(header.encode() + octets)
    return frames
