"""The last steps: checksums that were elided, and a look at the packet."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.wire.sixlowpan.expansion import Unsummed, with_checksums
from p6lowpan.wire.sixlowpan.payload import check_packet


def finished(reading: Reading, packet: bytes) -> bytes:
    """Compute what was elided, and drop what is no IPv6 packet as long as it says."""
    try:
        check_packet(packet)
    except Malformed as error:
        raise Dropped(str(error)) from None
    return summed(reading, packet)


def summed(reading: Reading, packet: bytes) -> bytes:
    """With the UDP checksums that were elided."""
    try:
        return with_checksums(packet, tuple(Unsummed(ipv6, udp) for ipv6, udp in reading.unsummed))
    except Malformed as error:
        raise Dropped(str(error)) from None
