"""Extension headers under LOWPAN_NHC: lengths, padding, and next headers that nobody assigned."""

from p6lowpan.interop.receiving.reading import Reading


def length_rounded_down(header: bytes) -> bytes:
    """Nothing is put back; the length octet is what whole units of 8 octets there are, less one."""
    return header[:1] + bytes((len(header) // 8 - 1 & 0xFF,)) + header[2:]


def unknown_is_payload(_reading: Reading) -> bool:
    """An unknown LOWPAN_NHC: the Next Header stays 0, and the octet is the first one of the payload."""
    return False
