"""The sender that chooses the shortest form everywhere: what profiles depart from."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.interop.outcomes import Refused
from p6lowpan.interop.sending import addresses, compression, fragmentation
from p6lowpan.interop.sending.compression import Trim
from p6lowpan.interop.sending.writing import Sending, Writing
from p6lowpan.wire.sixlowpan.payload import check_packet


def admits(writing: Writing) -> None:
    """An IPv6 packet as long as it says."""
    try:
        check_packet(writing.packet)
    except Malformed as error:
        raise Refused(str(error)) from None


RIGHT = Sending(
    admits=admits,
    installed=addresses.installed,
    traffic=compression.traffic,
    hop_limit=compression.hop_limit,
    context=addresses.context,
    makes=addresses.makes,
    identifier=addresses.identifier,
    sources=addresses.SOURCES,
    destinations=addresses.UNICAST,
    groups=addresses.GROUPS,
    names_contexts=addresses.names_contexts,
    header=compression.header,
    next_headers={
        0: compression.extension(0, Trim()),
        43: compression.extension(1),
        44: compression.fragment(),
        60: compression.extension(3, Trim()),
        135: compression.extension(4),
        41: compression.tunnel,
        17: compression.udp,
    },
    ports=compression.PORT_FORMS,
    packet=compression.compressed,
    frames=fragmentation.frames,
    tag=1,
)
