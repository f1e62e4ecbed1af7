"""RIOT's own packets, out of its frames in tests/vectors/captures, given to a node in the place of RIOT's peer.

The packets between two RIOT nodes are answered by one of ours with the addresses of the second, and its answers are
compared with those that RIOT gave. They are given a second time with the destination rewritten to an address of ours.
"""

import struct
from pathlib import Path

import pytest

from p6lowpan.capability.profile import RFC6282
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import open_capture
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.outputs import DeliverIcmpv6, DeliverUdp, Origin, Route, ToNeighborDiscovery
from p6lowpan.wire.address import Link, is_multicast, parse_ipv6
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ipv6.neighbor_discovery import RouterSolicitation
from properties.building import checksum
from properties.network import FRAME, ICMPV6, ME, MY_LINK_LOCAL, PORT, UDP, drops, node, routed, text_of

CAPTURES = Path(__file__).parents[2] / "vectors" / "captures"
NAMES = ["riot-rpl.pcap", "riot-short.pcap", "riot-stock.pcap", "riot-udp.pcap"]
ECHO_REQUEST, ECHO_REPLY, UNREACHABLE, ROUTER_SOLICITATION, RPL = 128, 129, 1, 133, 155


@pytest.fixture(scope="module")
def captured() -> dict[str, list[tuple[bytes, Origin]]]:
    """Every packet of each capture, with the ends of its (last) frame."""
    return {name: list(packets_of(CAPTURES / name)) for name in NAMES}


def packets_of(path):
    receiver = Receiver(RFC6282)
    for captured_frame in open_capture(path):
        frame, _ = decode_frame(captured_frame.octets)
        if not isinstance(frame, Frame) or frame.frame_type != FrameType.DATA:
            continue
        link = Link(frame.source, frame.destination)
        for packet in receiver.receive(captured_frame.time_ns // 1000, frame.payload, link, {}).packets:
            yield packet.octets, Origin(packet.link.source, packet.link.destination)


def unicast(packets, kind):
    """The ICMPv6 packets of one type that are for one node."""
    return [(packet, origin) for packet, origin in packets if packet[6] == ICMPV6 and packet[40] == kind
            and not is_multicast(packet[24:40])]  # fmt: skip


def in_the_place_of(packet):
    """A node with the packet's destination as its address, which finds the packet's source on its link."""
    here = node()
    here.addresses.assign(0, packet[24:40], AddressState.PREFERRED)
    here.routes.add_on_link(0, packet[8:24], 128)
    return here


def readdressed(packet, destination):
    """The same packet for somebody else, its checksum right again."""
    source, protocol, field = text_of(packet[8:24]), packet[6], 46 if packet[6] == UDP else 42
    segment = packet[40:field] + bytes(2) + packet[field + 2 :]
    summed = struct.pack(">H", checksum(source, destination, protocol, segment))
    return packet[:24] + parse_ipv6(destination) + packet[40:field] + summed + packet[field + 2 :]


@pytest.mark.parametrize("name", ["riot-rpl.pcap", "riot-short.pcap", "riot-stock.pcap"])
def test_an_echo_request_of_riot_is_answered_as_riot_answered_it(captured, name):
    replies = {packet for packet, _ in unicast(captured[name], ECHO_REPLY)}
    requests = unicast(captured[name], ECHO_REQUEST)
    assert len(requests) >= 4
    for request, origin in requests:
        (answer,) = in_the_place_of(request).received(0, request, origin)
        assert answer.next_hop == request[8:24]
        assert answer.packet in replies


@pytest.mark.parametrize("name", ["riot-rpl.pcap", "riot-short.pcap", "riot-stock.pcap"])
def test_an_echo_request_of_riot_to_an_address_of_ours_is_answered_with_its_octets(captured, name):
    sizes = set()
    for request, _ in unicast(captured[name], ECHO_REQUEST):
        destination = MY_LINK_LOCAL if request[8] == 0xFE else ME
        here = node()
        here.routes.add_on_link(0, request[8:24], 128)
        (answer,) = here.received(0, readdressed(request, destination), FRAME)
        assert isinstance(answer, Route)
        assert (answer.packet[24:40], answer.packet[40], answer.packet[44:]) == (
            request[8:24],
            ECHO_REPLY,
            request[44:],
        )
        sizes.add(len(request))
    assert sizes & {548, 1280}, "the large ones, which came in fragments, are among them"


@pytest.mark.parametrize("name", ["riot-short.pcap", "riot-udp.pcap"])
def test_a_datagram_of_riot_is_delivered_with_its_payload(captured, name):
    datagrams = [(packet, origin) for packet, origin in captured[name] if packet[6] == UDP]
    assert len(datagrams) >= 4
    for packet, origin in datagrams:
        source_port, port = struct.unpack(">HH", packet[40:44])
        here = in_the_place_of(packet)
        if port not in here.ports.bound:
            here.bind(port)
        (delivered,) = here.received(0, packet, origin)
        assert delivered == DeliverUdp(packet[8:24], source_port, packet[24:40], port, packet[48:])
        (delivered,) = here.received(0, readdressed(packet, ME), FRAME)
        assert delivered.payload == packet[48:]


@pytest.mark.parametrize("name", ["riot-short.pcap", "riot-udp.pcap"])
def test_a_datagram_for_a_closed_port_is_answered_as_riot_answered_it_but_for_what_is_not_the_packets(captured, name):
    """RIOT quotes the packet and then what its buffer still held; ours ends with the packet."""
    errors = {packet[48:]: packet for packet, _ in unicast(captured[name], UNREACHABLE)}
    compared = 0
    for packet, origin in captured[name]:
        theirs = next((errors[quoted] for quoted in errors if quoted.startswith(packet)), None)
        if packet[6] != UDP or theirs is None:
            continue
        here = in_the_place_of(packet)
        here.close(PORT)
        outputs = here.received(0, packet, origin)
        (ours,) = routed(outputs)
        assert drops(outputs) == [Reason.PORT_UNREACHABLE]
        assert ours.packet[48:] == packet
        assert ours.packet[:4] + ours.packet[6:42] == theirs[:4] + theirs[6:42]
        assert ours.packet[44:48] == theirs[44:48]
        compared += 1
    assert compared >= 4


@pytest.mark.parametrize("name", NAMES)
def test_what_riot_sent_to_a_node_that_asked_is_delivered(captured, name):
    for kind in (ECHO_REPLY, UNREACHABLE, RPL):
        for packet, origin in unicast(captured[name], kind):
            (delivered,) = in_the_place_of(packet).received(0, packet, origin)
            assert delivered == DeliverIcmpv6(packet[8:24], packet[24:40], packet[40:])


@pytest.mark.parametrize("name", NAMES)
def test_the_router_solicitations_of_riot_are_handed_to_neighbor_discovery(captured, name):
    solicitations = [each for each in captured[name] if each[0][6] == ICMPV6 and each[0][40] == ROUTER_SOLICITATION]
    assert solicitations
    for packet, origin in solicitations:
        (output,) = node().received(0, packet, origin)
        assert isinstance(output, ToNeighborDiscovery)
        assert isinstance(output.message, RouterSolicitation)
        assert output.origin == origin
        assert drops(node(is_router=False).received(0, packet, origin)) == [Reason.NOT_FOR_US]
