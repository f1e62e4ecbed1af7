"""Extension headers under LOWPAN_NHC: lengths, padding, and next headers that nobody assigned."""

from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reading import Reading


def length_rounded_down(header: bytes) -> bytes:
    """Nothing is put back; the length octet is what whole units of 8 octets there are, less one."""
    return header[:1] + bytes((len(header) // 8 - 1 & 0xFF,)) + header[2:]


def length_rounded_up(header: bytes) -> bytes:
    """Nothing is put back; the length octet counts the unit that is begun."""
    return header[:1] + bytes(((len(header) + 7) // 8 - 1 & 0xFF,)) + header[2:]


def unknown_is_payload(_reading: Reading) -> bool:
    """An unknown LOWPAN_NHC: the Next Header stays 0, and the octet is the first one of the payload."""
    return False


def whole_units(header: bytes) -> bytes:
    """Nothing is put back: octets behind the last whole unit of 8 are lost, and a header without one whole unit
    drops the frame."""
    units = len(header) // 8
    if not units:
        raise Dropped(f"an extension header of {len(header)} octets, fewer than 8")
    return header[:1] + bytes((units - 1,)) + header[2 : 8 * units]
