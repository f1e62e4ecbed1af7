"""Prefixes that packets name inside, and the context that they explain."""

import pytest

from analysis.captured import MESH_LOCAL, NETWORK_KEY, ROUTERS, Known, explained
from analysis.laboratory import ALICE, BOB, Laboratory, iphc, names, udp_packet
from p6lowpan.analysis.suggestions import MANAGEMENT_PORT, named_inside, registered
from p6lowpan.wire.address import parse_ipv6
from properties.building import ipv6

PREFIX = "fd00:aa:bb:cc"
FAR_ALICE, FAR_BOB = f"{PREFIX}:12:3456:78ab:cd01", f"{PREFIX}:12:3456:78ab:cd02"
TARGET = parse_ipv6(f"{PREFIX}::77")
HEADER = bytes.fromhex("50021234ff")
IPV6_PROTOCOL = 41


def management(tlvs: bytes, port: int = MANAGEMENT_PORT, header: bytes = HEADER) -> bytes:
    return udp_packet(header + tlvs, FAR_ALICE, FAR_BOB, source_port=port, destination_port=port)


QUERY = management(b"\x00\x10" + TARGET)


def test_an_address_query_names_its_target() -> None:
    assert named_inside(QUERY) == (TARGET,)


def test_a_list_of_addresses_and_a_dataset_are_read_too() -> None:
    tlvs = b"\x02\x02\x9c\x00" + b"\x0e\x20" + TARGET + TARGET + b"\x07\x08" + TARGET[:8]
    assert named_inside(management(tlvs)) == (TARGET, TARGET, TARGET[:8])


@pytest.mark.parametrize(
    "packet",
    [
        management(b"\x00\x10" + TARGET, port=5683),
        management(b"\x00\x0f" + TARGET[:15]),
        management(b"\x00\x10" + TARGET[:15]),
        management(b"\x00"),
        management(b"", header=b"\x10"),
    ],
    ids=["another port", "of another size", "cut", "no length", "no CoAP"],
)
def test_what_is_no_query_names_nothing(packet: bytes) -> None:
    assert named_inside(packet) == ()


def test_a_tunnel_names_the_ends_of_its_inner_header() -> None:
    tunnel = ipv6(IPV6_PROTOCOL, udp_packet(b"", FAR_ALICE, FAR_BOB))
    assert named_inside(tunnel) == (parse_ipv6(FAR_ALICE), parse_ipv6(FAR_BOB))


def test_a_child_registers_addresses_in_full_or_under_a_context() -> None:
    assert list(registered(b"\x81" + bytes(8) + b"\x00" + TARGET + b"\x00" + TARGET[:15])) == [TARGET]
    assert list(registered(b"")) == []


def test_the_query_itself_is_expanded_with_what_it_names() -> None:
    laboratory = Laboratory()
    heard = laboratory.hear(iphc(QUERY), ALICE, BOB)
    assert [packet.octets for packet in heard.packets] == [QUERY]
    assert names(heard) == ["guessed-context"]


def test_a_tunnel_proves_nothing_of_its_outer_addresses() -> None:
    inner = udp_packet(b"inside", FAR_ALICE, FAR_BOB)
    tunnel = ipv6(IPV6_PROTOCOL, inner, FAR_ALICE, FAR_BOB)
    laboratory = Laboratory()
    assert names(laboratory.hear(iphc(tunnel), ALICE, BOB)) == ["no-context"]
    packet = udp_packet(b"outside", FAR_ALICE, FAR_BOB)
    assert [each.octets for each in laboratory.hear(iphc(packet), ALICE, BOB).packets] == [packet]
    assert [each.octets for each in laboratory.hear(iphc(tunnel), ALICE, BOB).packets] == [tunnel]


def test_openthread_tells_its_mesh_local_prefix_when_it_looks_for_an_address() -> None:
    known = Known({}, (f"thread:{NETWORK_KEY}",), ROUTERS)
    for name, before, contexts in (("openthread-ping-meshlocal", 0, {0}), ("openthread-ping-global", 8, {0, 1})):
        frames = list(explained(name, known))
        assert sum("no-context" in names(frame) for frame in frames) == before
        assert set().union(*(frame.guessed_contexts for frame in frames)) <= contexts
        packets = [packet.octets for frame in frames for packet in frame.packets]
        assert any(octets[8:16] == parse_ipv6(MESH_LOCAL)[:8] for octets in packets) or before
