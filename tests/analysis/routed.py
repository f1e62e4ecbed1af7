"""A RPL network as 6TiSCH runs it: the root, two routers and a host outside, packets compressed with RFC 8138, long
ones in recoverable fragments (RFC 8931) that are forwarded hop by hop. Packets have right checksums."""

from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.pcap import PcapFile
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import with_frame_check
from p6lowpan.wire.rpl.messages import ControlMessage, Dio
from p6lowpan.wire.rpl.options import DodagConfiguration
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.recoverable_fragment import FULL_BITMAP, RecoverableFragmentAcknowledgment, bitmap_of
from p6lowpan.wire.sixlowpan.routing_header import IpInIp, ip_in_ip, rpl_information, source_routes
from properties.recoverable import recoverable

PAN = 0xCAFE
PREFIX = bytes.fromhex("20010db8000000000000" + "00fffe00")
ROOT, NEAR, FAR = (LinkAddress(bytes((0, number))) for number in (1, 2, 3))
EVERYBODY = LinkAddress(b"\xff\xff")
HOST = bytes.fromhex("20010db8ffff00000000000000000099")
SECOND_NS = 1_000_000_000


def address(node: bytes) -> bytes:
    """The global address of a node."""
    return PREFIX + node


ROOT_ADDRESS, NEAR_ADDRESS, FAR_ADDRESS = map(address, (ROOT, NEAR, FAR))


def local(node: bytes) -> bytes:
    return bytes.fromhex("fe80000000000000" + "000000fffe00") + node


def dio_message(
    root: bytes, instance: int = 0, flag: int | None = None, mode: int = 1, rank: int = 256
) -> ControlMessage:
    """A DIO. ``flag``: that of its configuration for the new type of the RPL option; ``None``: it has none."""
    configuration = DodagConfiguration(
        option_type_0x23=flag or 0,
        interval_doublings=8,
        interval_minimum=12,
        redundancy_constant=10,
        default_lifetime=30,
        lifetime_unit=60,
    )
    base = Dio(
        rpl_instance_id=instance,
        version_number=1,
        rank=rank,
        mode_of_operation=mode,
        trigger_sequence=0,
        dodag_id=root,
        options=() if flag is None else (configuration,),
    )
    return ControlMessage(base=base)


def dio(
    sender: bytes, rank: int, root: bytes = ROOT_ADDRESS, *, instance: int = 0, flag: int = 0, mode: int = 1
) -> bytes:
    """A DIO to all RPL nodes, compressed: ff02::1a in 8 bits, its source elided."""
    message = dio_message(root, instance, flag, mode, rank).encode()
    group = bytes.fromhex("ff02000000000000000000000000001a")
    return bytes.fromhex("7b3b3a1a") + summed(message, local(sender), group, 58, 2)


def summed(segment: bytes, source: bytes, destination: bytes, protocol: int, at: int) -> bytes:
    """An upper layer with its checksum at octet ``at``."""
    bare = segment[:at] + bytes(2) + segment[at + 2 :]
    checksum = transport_checksum(source, destination, protocol, bare)
    return bare[:at] + checksum.to_bytes(2, "big") + bare[at + 2 :]


def datagram(source: bytes, destination: bytes, data: bytes, ports: tuple[int, int] = (0xF0B1, 0xF0B2)) -> bytes:
    """UDP behind LOWPAN_IPHC with both addresses in line (context-free), hop limit 64, and LOWPAN_NHC."""
    header = ports[0].to_bytes(2, "big") + ports[1].to_bytes(2, "big") + (8 + len(data)).to_bytes(2, "big") + bytes(2)
    segment = summed(header + data, source, destination, 17, 6)
    short = (ports[0] & 15) << 4 | ports[1] & 15
    return bytes.fromhex("7e00") + source + destination + bytes((0xF3, short)) + segment[6:8] + data


def packet(source: bytes, destination: bytes, data: bytes, ports: tuple[int, int] = (0xF0B1, 0xF0B2)) -> bytes:
    """The same uncompressed."""
    header = ports[0].to_bytes(2, "big") + ports[1].to_bytes(2, "big") + (8 + len(data)).to_bytes(2, "big") + bytes(2)
    segment = summed(header + data, source, destination, 17, 6)
    return bytes.fromhex("60000000") + len(segment).to_bytes(2, "big") + b"\x11\x40" + source + destination + segment


def up(source: bytes, rank: int, data: bytes) -> bytes:
    """From a node to the host outside: the RPI, in an outer header to the root."""
    headers = rpl_information(0, rank), ip_in_ip(63, source, ROOT_ADDRESS)
    return routed(headers, datagram(source, HOST, data))


def down(path: list[bytes], destination: bytes, data: bytes) -> bytes:
    """From the host outside to a node: the root adds an outer header, the route and the RPI (figure 20)."""
    headers = *source_routes(path, ROOT_ADDRESS), rpl_information(0, 0x0100, down=True), IpInIp(hop_limit=64)
    return routed(headers, datagram(HOST, destination, data))


def routed(headers: tuple[object, ...], compressed: bytes) -> bytes:
    """Page 1, routing headers and what is behind them."""
    return PageSwitch(page=1).encode() + b"".join(header.encode() for header in headers) + compressed


def acknowledgment(tag: int, *sequences: int) -> bytes:
    bitmap = bitmap_of(sequences) if sequences else FULL_BITMAP
    return RecoverableFragmentAcknowledgment(datagram_tag=tag, bitmap=bitmap).encode()


LONG, SIZE = bytes(range(200)), 70
"""More than a frame holds, and how many of its compressed octets are in a fragment."""

Sent = tuple[LinkAddress, LinkAddress, bytes]


def conversation() -> list[Sent]:
    """A packet up and one down over two hops, then a long one up, of which a fragment is lost behind the first hop."""
    to_far, last_hop = down([NEAR_ADDRESS, FAR_ADDRESS], FAR_ADDRESS, b"on"), down([FAR_ADDRESS], FAR_ADDRESS, b"on")
    first_hop, second_hop = (
        recoverable(up(FAR_ADDRESS, rank, LONG), SIZE, tag) for rank, tag in ((0x0300, 5), (0x0200, 9))
    )
    return [
        (ROOT, EVERYBODY, dio(ROOT, 0x0100)),
        (NEAR, EVERYBODY, dio(NEAR, 0x0200)),
        (FAR, NEAR, up(FAR_ADDRESS, 0x0300, b"hello")),
        (NEAR, ROOT, up(FAR_ADDRESS, 0x0200, b"hello")),
        (ROOT, NEAR, to_far),
        (NEAR, FAR, last_hop),
        *((FAR, NEAR, frame) for frame in first_hop),
        (NEAR, ROOT, second_hop[0]),
        *((NEAR, ROOT, frame) for frame in second_hop[2:]),
        (ROOT, NEAR, acknowledgment(9, *(sequence for sequence in range(len(second_hop)) if sequence != 1))),
        (NEAR, FAR, acknowledgment(5, *(sequence for sequence in range(len(second_hop)) if sequence != 1))),
        (FAR, NEAR, first_hop[1]),
        (NEAR, ROOT, second_hop[1]),
        (ROOT, NEAR, acknowledgment(9)),
        (NEAR, FAR, acknowledgment(5)),
    ]


def frame(number: int, sent: Sent) -> bytes:
    """A MAC frame with its FCS."""
    source, destination, payload = sent
    return with_frame_check(
        Frame(
            frame_type=FrameType.DATA,
            sequence_number=number % 256,
            destination_pan=PAN,
            source=source,
            destination=destination,
            payload=payload,
        ).encode()
    )


def write_capture(path: str) -> None:
    """The conversation as a capture, a frame every 10 ms."""
    with PcapFile(path, LinkType.IEEE802_15_4_WITHFCS) as capture:
        for number, sent in enumerate(conversation()):
            capture.write(frame(number, sent), 1_700_000_000 * SECOND_NS + number * SECOND_NS // 100)


def link_of(sent: Sent) -> Link:
    return Link(sent[0], sent[1])
