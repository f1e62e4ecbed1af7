"""Who takes which ICMPv6 message: Neighbor Discovery and the P6LoWPAN error only from neighbors."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.outputs import ClassError, DeliverIcmpv6, Origin, ToNeighborDiscovery
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from properties.building import ipv6
from properties.network import (
    ALL_NODES,
    FAR,
    FRAME,
    ICMPV6,
    IPV6_IN_IPV6,
    ME,
    MY_LINK,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK,
    NEIGHBOR_LINK_LOCAL,
    NEIGHBOR_SOLICITATION,
    SOLICITED_NODE,
    UDP,
    drops,
    icmpv6,
    node,
    routed,
    udp_segment,
)

TARGET = bytes.fromhex("20010db8000100000000000000000001")
DISCOVERY = {
    133: (bytes(4), RouterSolicitation),
    134: (bytes(12), RouterAdvertisement),
    135: (bytes(4) + TARGET, NeighborSolicitation),
    136: (bytes(4) + TARGET, NeighborAdvertisement),
    137: (bytes(4) + TARGET + TARGET, Redirect),
}
ROUTED_DISCOVERY = {157: DuplicateAddressRequest, 158: DuplicateAddressConfirmation}
DUPLICATE_ADDRESS = bytes(4) + bytes(8) + TARGET
TENTATIVE = "2001:db8:1::77"


def packet(kind, body, source=NEIGHBOR_LINK_LOCAL, destination=MY_LINK_LOCAL, hop_limit=255, code=0):
    return ipv6(ICMPV6, icmpv6(kind, code, body, source, destination), source, destination, hop_limit)


def class_error(code=2, body=b"", **ends):
    return packet(100, body, code=code, **ends)


@pytest.mark.parametrize("kind", DISCOVERY)
def test_neighbor_discovery_is_handed_out_with_its_origin(kind):
    body, expected = DISCOVERY[kind]
    (output,) = node().received(0, packet(kind, body), FRAME)
    assert isinstance(output, ToNeighborDiscovery)
    assert isinstance(output.message, expected)
    assert (output.source, output.destination) == (parse_ipv6(NEIGHBOR_LINK_LOCAL), parse_ipv6(MY_LINK_LOCAL))
    assert (output.hop_limit, output.origin) == (255, FRAME)


@pytest.mark.parametrize("kind", DISCOVERY)
@pytest.mark.parametrize("hop_limit", [0, 1, 64, 254])
def test_neighbor_discovery_with_another_hop_limit_is_refused(kind, hop_limit):
    outputs = node().received(0, packet(kind, DISCOVERY[kind][0], hop_limit=hop_limit), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.NOT_FROM_A_NEIGHBOR], [])


@pytest.mark.parametrize("kind", ROUTED_DISCOVERY)
@pytest.mark.parametrize("hop_limit", [1, 64, 255])
def test_duplicate_address_messages_come_over_several_hops(kind, hop_limit):
    (output,) = node().received(0, packet(kind, DUPLICATE_ADDRESS, FAR, ME, hop_limit), FRAME)
    assert isinstance(output.message, ROUTED_DISCOVERY[kind])
    assert output.hop_limit == hop_limit


def test_neighbor_discovery_for_a_group_of_ours_is_handed_out():
    (output,) = node().received(0, packet(135, DISCOVERY[135][0], destination=SOLICITED_NODE), FRAME)
    assert output.destination == parse_ipv6(SOLICITED_NODE)


def test_neighbor_discovery_from_nobody_is_handed_out():
    (output,) = node().received(0, packet(135, DISCOVERY[135][0], source="::", destination=SOLICITED_NODE), FRAME)
    assert output.source == bytes(16)


@pytest.mark.parametrize("kind", [*DISCOVERY, *ROUTED_DISCOVERY])
def test_every_flipped_bit_and_every_cut_is_found(kind):
    body = DISCOVERY[kind][0] if kind in DISCOVERY else DUPLICATE_ADDRESS
    octets = icmpv6(kind, 0, body, NEIGHBOR_LINK_LOCAL, MY_LINK_LOCAL)
    number = int.from_bytes(octets, "big")
    flipped = [(number ^ 1 << bit).to_bytes(len(octets), "big") for bit in range(8 * len(octets))]
    for hostile in (*flipped, *(octets[:end] for end in range(len(octets)))):
        outputs = node().received(0, ipv6(ICMPV6, hostile, NEIGHBOR_LINK_LOCAL, MY_LINK_LOCAL, 255), FRAME)
        assert drops(outputs)[0] in (Reason.BAD_CHECKSUM, Reason.TRUNCATED)


@pytest.mark.parametrize("kind", [135, 157])
def test_a_message_that_is_cut_with_its_checksum_right_is_refused(kind):
    outputs = node().received(0, packet(kind, bytes(8)), FRAME)
    assert drops(outputs) == [Reason.TRUNCATED]


def test_neighbor_discovery_out_of_a_tunnel_is_refused():
    # or anyone could be a neighbor: RFC 4861 section 11.2 trusts the hop limit
    inner = packet(135, DISCOVERY[135][0], NEIGHBOR, ME)
    assert drops(node().received(0, ipv6(IPV6_IN_IPV6, inner, FAR, ME), FRAME)) == [Reason.NOT_FROM_A_NEIGHBOR]


def test_neighbor_discovery_from_ourselves_is_refused():
    outputs = node().send(0, packet(136, DISCOVERY[136][0], ME, ME))
    assert drops(outputs) == [Reason.NOT_FROM_A_NEIGHBOR]


@pytest.mark.parametrize("kind", [135, 136])
def test_an_address_that_is_not_ours_yet_hears_neighbor_discovery(kind):
    here = node()
    here.addresses.assign(0, parse_ipv6(TENTATIVE), AddressState.TENTATIVE)
    (output,) = here.received(0, packet(kind, DISCOVERY[kind][0], NEIGHBOR, TENTATIVE), FRAME)
    assert isinstance(output, ToNeighborDiscovery)


def test_an_address_that_is_not_ours_yet_hears_nothing_else():
    here = node()
    here.addresses.assign(0, parse_ipv6(TENTATIVE), AddressState.TENTATIVE)
    echo = packet(128, bytes(4), NEIGHBOR, TENTATIVE)
    error = packet(100, b"", NEIGHBOR, TENTATIVE, code=2)
    datagram = ipv6(UDP, udp_segment(destination=TENTATIVE), NEIGHBOR, TENTATIVE)
    for each in (echo, error, datagram):
        outputs = here.received(0, each, FRAME)
        assert (drops(outputs), routed(outputs)) == ([Reason.TENTATIVE_ADDRESS], [])


@pytest.mark.parametrize("source", [NEIGHBOR_LINK_LOCAL, NEIGHBOR])
def test_the_error_of_a_neighbor_says_its_level(source):
    destination = MY_LINK_LOCAL if source == NEIGHBOR_LINK_LOCAL else ME
    frame = Origin(NEIGHBOR_LINK, MY_LINK, secured=True)
    outputs = node().received(0, class_error(3, source=source, destination=destination), frame)
    assert outputs == (ClassError(3, None, parse_ipv6(source), 255, frame),)


def test_the_error_of_a_flex_neighbor_carries_its_bitfield():
    (output,) = node().received(0, class_error(0x80, b"\xfe\xdc\xba\x98"), FRAME)
    assert (output.code, output.flex) == (0x80, 0xFEDCBA98)


@pytest.mark.parametrize("hop_limit", [0, 64, 254])
def test_the_error_with_another_hop_limit_lowers_nobody(hop_limit):
    outputs = node().received(0, class_error(hop_limit=hop_limit), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.NOT_FROM_A_NEIGHBOR], [])


@pytest.mark.parametrize("source", [FAR, "2001:db8:9::1", "::"])
def test_the_error_of_somebody_off_link_lowers_nobody(source):
    assert drops(node().received(0, class_error(source=source, destination=ME), FRAME)) == [Reason.NOT_FROM_A_NEIGHBOR]


def test_a_neighbor_that_registered_is_on_the_link():
    here = node()
    here.routes.add_on_link(0, parse_ipv6("2001:db8:9::1"), 128)
    (output,) = here.received(0, class_error(source="2001:db8:9::1", destination=ME), FRAME)
    assert isinstance(output, ClassError)


def test_the_error_out_of_a_tunnel_lowers_nobody():
    inner = class_error(source=NEIGHBOR, destination=ME)
    assert drops(node().received(0, ipv6(IPV6_IN_IPV6, inner, FAR, ME), FRAME)) == [Reason.NOT_FROM_A_NEIGHBOR]
    inner = class_error()
    assert drops(node().received(0, ipv6(IPV6_IN_IPV6, inner, FAR, ME), FRAME)) == [Reason.BEYOND_SCOPE]


def test_the_error_to_a_group_lowers_nobody():
    assert drops(node().received(0, class_error(destination=ALL_NODES), FRAME)) == [Reason.BAD_DESTINATION]


@pytest.mark.parametrize(("code", "body"), [(7, b""), (2, b"\0"), (0x80, b""), (0x80, bytes(5)), (0xFF, b"")])
def test_another_message_of_its_type_is_delivered(code, body):
    # the type is for everybody's experiments (RFC 4443 section 2.1)
    (output,) = node().received(0, class_error(code, body), FRAME)
    assert isinstance(output, DeliverIcmpv6)


def test_the_type_of_the_error_is_configured():
    here = node(class_unsupported_type=101)
    assert isinstance(here.received(0, class_error(), FRAME)[0], DeliverIcmpv6)
    assert isinstance(here.received(0, packet(101, b"", code=2), FRAME)[0], ClassError)


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4, 129, 130, 131, 132, 143, 155, 159, 200, 255])
def test_every_other_message_is_delivered_as_it_came(kind):
    octets = icmpv6(kind, 5, b"\x01\x02\x03\x04rest", NEIGHBOR, ME)
    outputs = node().received(0, ipv6(ICMPV6, octets, NEIGHBOR, ME), FRAME)
    assert outputs == (DeliverIcmpv6(parse_ipv6(NEIGHBOR), parse_ipv6(ME), octets),)


def test_a_message_of_four_octets_is_one_and_of_three_is_none():
    assert isinstance(node().received(0, packet(200, b""), FRAME)[0], DeliverIcmpv6)
    short = ipv6(ICMPV6, icmpv6(NEIGHBOR_SOLICITATION)[:3], NEIGHBOR, ME)
    assert drops(node().received(0, short, FRAME)) == [Reason.TRUNCATED]
