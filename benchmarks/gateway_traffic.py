"""What the nodes of one network say and what comes for them: frames that fill the air, and registrations."""

import struct
from collections.abc import Callable

from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.framing import data_frame
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import make_datagram
from p6lowpan.wire.address import Ipv6Address, Link, LinkAddress, interface_identifier, link_local, parse_ipv6
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, with_level
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Context

PAN = 0x6C6F
LEVEL = 6
FRAME_OCTETS = 125  # IEEE 802.15.4-2015 aMaxPhyPacketSize, less the frame check sequence
SEQUENCE_NUMBER = 2
ACKNOWLEDGEMENT_REQUEST = 0x20
OUTSIDE = parse_ipv6("2001:db8:ffff::9")
PORT = 5683
LIFETIME_MINUTES = 600
FIRST_TRANSACTION = 240


def prefix_of(network: int) -> Ipv6Address:
    """The prefix of a network."""
    return Ipv6Address(parse_ipv6("2001:db8::")[:6] + struct.pack(">H", network) + bytes(8))


def gateway_eui64(network: int) -> LinkAddress:
    """The gateway's address in a network."""
    return LinkAddress(struct.pack(">BxHxxxB", 2, network, 0xFF))


def node_eui64(network: int, number: int) -> LinkAddress:
    """A node's address."""
    return LinkAddress(struct.pack(">BxHBxH", 2, network, 1, number))


class NetworkTraffic:
    """One network; its nodes have the numbers from 1 on."""

    def __init__(self, network: int) -> None:
        self.network = network
        self.gateway = gateway_eui64(network)
        self._contexts = {0: Context(0, prefix_of(network), 64)}
        self._sequence: dict[int, int] = {}
        self._filled: dict[int, bytes] = {}
        self._out_size = self._filling_size(lambda size: self._frame(1, _udp(self.address(1), OUTSIDE, size)))
        self._in_size = self._filling_size(lambda size: self._frame_for(1, _udp(OUTSIDE, self.address(1), size, 63)))

    def address(self, number: int) -> Ipv6Address:
        """A node's global address."""
        identifier = interface_identifier(node_eui64(self.network, number))
        return Ipv6Address(prefix_of(self.network)[:8] + identifier)

    def full_frame(self, number: int) -> bytes:
        """A frame as long as can be, with a datagram of a node for the world outside."""
        frame = self._filled.get(number)
        if frame is None:
            packet = _udp(self.address(number), OUTSIDE, self._out_size)
            self._filled[number] = frame = self._frame(number, packet)
        return self._numbered(number, frame)

    def packet_for(self, number: int) -> bytes:
        """What comes for a node, and fills such a frame."""
        return _udp(OUTSIDE, self.address(number), self._in_size)

    def registration(self, number: int, transaction: int = FIRST_TRANSACTION) -> bytes:
        """A node registers its global address, and says its level."""
        link = node_eui64(self.network, number)
        options: tuple[Header, ...] = (
            SourceLinkLayerAddress(address=address_field(link)),
            AddressRegistration(
                has_transaction=1,
                transaction=transaction,
                lifetime_minutes=LIFETIME_MINUTES,
                ownership_verifier=link,
            ),
            with_level(CapabilityIndication(), LEVEL),
        )
        source, destination = link_local(link), link_local(self.gateway)
        octets = bytearray(NeighborSolicitation(target=self.address(number), options=options).encode())
        octets[2:4] = bytes(2)
        octets[2:4] = struct.pack(">H", transport_checksum(source, destination, Protocol.ICMPV6, bytes(octets)))
        packet = make_packet(source, destination, Protocol.ICMPV6, 255, bytes(octets))
        return self._numbered(number, self._frame(number, packet))

    def _frame(self, number: int, packet: bytes) -> bytes:
        """A packet from a node to the gateway."""
        return self._data(packet, Link(node_eui64(self.network, number), self.gateway))

    def _frame_for(self, number: int, packet: bytes) -> bytes:
        """A packet from the gateway to a node."""
        return self._data(packet, Link(self.gateway, node_eui64(self.network, number)))

    def _data(self, packet: bytes, link: Link) -> bytes:
        (payload,) = send(packet, link, self._contexts, of_level(LEVEL), FRAME_OCTETS, 1).frames
        return data_frame(MacConfiguration(link.source, None, PAN), link.source, link.destination, 0, payload).encode()

    def _numbered(self, number: int, frame: bytes) -> bytes:
        sequence = self._sequence[number] = (self._sequence.get(number, -1) + 1) & 0xFF
        return frame[:SEQUENCE_NUMBER] + bytes((sequence,)) + frame[SEQUENCE_NUMBER + 1 :]

    def _filling_size(self, frame: Callable[[int], bytes]) -> int:
        """How many octets of payload make a frame full."""
        return FRAME_OCTETS - len(frame(0))


def acknowledgement(frame: bytes) -> bytes | None:
    """What a radio answers to a frame that asks for it."""
    return bytes((2, 0, frame[SEQUENCE_NUMBER])) if frame[0] & ACKNOWLEDGEMENT_REQUEST else None


def _udp(source: Ipv6Address, destination: Ipv6Address, size: int, hop_limit: int = 64) -> bytes:
    payload = bytes(number * 37 & 0xFF for number in range(size))
    return make_packet(source, destination, 17, hop_limit, make_datagram(source, PORT, destination, PORT, payload))
