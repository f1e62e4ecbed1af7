"""Everything that the network layer sends, as Wireshark reads it: whole, of the right type, with the right checksum."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p6lowpan.machines.network.outputs import Route
from p6lowpan.wire.address import parse_ipv6
from properties.building import extension, ipv6
from properties.network import (
    ALL_NODES,
    DESTINATION,
    FAR,
    FRAGMENT,
    FRAME,
    HOP_BY_HOP,
    ME,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOTHING,
    NOWHERE,
    ROUTING,
    UDP,
    echo_request,
    node,
    routed,
    udp_packet,
    udp_segment,
)
from properties.network_packets import DESTINATIONS, packets

GOOD = "1"  # checksum status, as tshark says it


def received(packet):
    return routed(node().received(0, packet, FRAME))


def unreachable(packet):
    return routed(node().unreachable(0, packet))


def timed_out(packet):
    here = node()
    here.received(0, packet, FRAME)
    return routed(here.tick(60_000_000))


def source_route(left, *addresses):
    body = b"".join(parse_ipv6(each) for each in addresses)
    return extension(UDP, bytes((3, left)) + bytes(4) + body) + udp_segment(destination=addresses[-1], port=7)


PADDING = bytes.fromhex("010400000000")
TO_FAR = udp_packet(destination=FAR)
SENT = {
    "no route": (received(udp_packet(destination=NOWHERE)), (1, 0)),
    "beyond scope": (received(udp_packet(source=NEIGHBOR_LINK_LOCAL, destination=FAR)), (1, 2)),
    "address unreachable": (unreachable(TO_FAR), (1, 3)),
    "port unreachable": (received(udp_packet(port=7)), (1, 4)),
    "source route broken": (received(ipv6(ROUTING, source_route(2, FAR, NEIGHBOR), NEIGHBOR, ME)), (1, 7)),
    "too big": (received(ipv6(NOTHING, bytes(1241), NEIGHBOR, FAR)), (2, 0)),
    "hop limit exceeded": (received(udp_packet(destination=FAR, hop_limit=1)), (3, 0)),
    "reassembly time exceeded": (
        timed_out(ipv6(FRAGMENT, bytes.fromhex("1100000100000007") + udp_segment(bytes(8)), NEIGHBOR, ME)),
        (3, 1),
    ),
    "erroneous field": (received(ipv6(ROUTING, source_route(3, FAR, NEIGHBOR), NEIGHBOR, ME)), (4, 0)),
    "unrecognized next header": (received(ipv6(253, bytes(20), NEIGHBOR, ME)), (4, 1)),
    "unrecognized option": (
        received(ipv6(HOP_BY_HOP, extension(UDP, bytes.fromhex("de0400000000")) + udp_segment(), NEIGHBOR, ME)),
        (4, 2),
    ),
    "a long packet quoted": (received(ipv6(NOTHING, bytes(1240), NEIGHBOR, NOWHERE)), (1, 0)),
    "echo reply": (received(echo_request(bytes(range(256)))), (129, 0)),
    "echo reply to a group": (received(echo_request(destination=ALL_NODES)), (129, 0)),
    "largest echo reply": (received(echo_request(bytes(1232))), (129, 0)),
    "own message": (node().send_icmpv6(0, parse_ipv6(FAR), b"\x80\0\0\0\0\1\0\2odd"), (128, 0)),
}


@pytest.fixture(scope="module")
def shown(fields_in_tshark):
    return fields_in_tshark({name: routes[0].packet for name, (routes, _) in SENT.items()})


@pytest.mark.parametrize("name", SENT)
def test_wireshark_finds_each_error_and_reply_whole_and_of_its_type(shown, name):
    (route,), (kind, code) = SENT[name]
    fields = shown[name]
    assert (fields["icmpv6.type"][0], fields["icmpv6.code"][0]) == (str(kind), str(code))
    assert fields["icmpv6.checksum.status"][0] == GOOD
    assert int(fields["ipv6.plen"][0]) == len(route.packet) - 40
    assert "_ws.malformed" not in fields


def test_wireshark_finds_the_datagrams_that_are_sent_whole(fields_in_tshark):
    sent = {str(size): node().send_udp(0, 61616, parse_ipv6(FAR), 5683, bytes(size))[0].packet for size in (0, 1, 1232)}
    for size, fields in fields_in_tshark(sent).items():
        assert (fields["udp.length"], fields["udp.checksum.status"]) == ([str(int(size) + 8)], [GOOD])


def test_wireshark_finds_a_packet_on_its_source_route_whole(fields_in_tshark):
    path = ["2001:db8:1::a", "2001:db8:1::b", "2001:db8:1::c"]
    padding = extension(ROUTING, PADDING)
    (route,) = received(ipv6(DESTINATION, padding + source_route(3, *path), NEIGHBOR, ME))
    fields = fields_in_tshark({"route": route.packet})["route"]
    assert fields["ipv6.routing.segleft"] == ["2"]
    assert fields["udp.checksum.status"] == [GOOD]
    assert "_ws.malformed" not in fields


def test_wireshark_finds_nothing_wrong_with_what_any_packets_bring_about(fields_in_tshark):
    emitted: dict[str, bytes] = {}

    @settings(max_examples=250, derandomize=True, database=None)
    @given(packets(), st.sampled_from(DESTINATIONS), st.binary(max_size=30))
    def collect(packet, destination, payload):
        here = node()
        outputs = (*here.received(0, packet, FRAME), *here.send_udp(0, 9, parse_ipv6(destination), 9, payload))
        mine = [parse_ipv6(text) for text in (ME, "fe80::1")]
        for output in outputs:
            if isinstance(output, Route) and output.packet[8:24] in mine:
                emitted[f"{len(emitted)}"] = output.packet

    collect()
    assert len(emitted) > 100
    for fields in fields_in_tshark(emitted).values():
        assert (fields["icmpv6.checksum.status"] or fields["udp.checksum.status"])[0] == GOOD
