"""The packet side: what every expectation rests on, checked with nothing of ours."""

from ipaddress import IPv6Address

import pytest

from p6lowpan.interop.conformance import catalogue, packets
from p6lowpan.interop.conformance.packets import context, with_prefix
from properties.building import checksum

UDP, ICMPV6, TCP = 17, 58, 6
CHECKSUM_AT = {UDP: 6, ICMPV6: 2, TCP: 16}
IDENTIFIER = bytes.fromhex("a1b2c3d4e5f60718")


def distinct():
    return {packet for case in catalogue.cases() for packet in case.packets}


def test_lengths_and_checksums_of_all_packets_are_right():
    summed = 0
    for packet in distinct():
        assert packet[0] >> 4 == 6
        assert int.from_bytes(packet[4:6], "big") == len(packet) - 40
        at = CHECKSUM_AT.get(packet[6])
        if at is None:
            continue
        segment, ends = packet[40:], [str(IPv6Address(packet[start : start + 16])) for start in (8, 24)]
        bare = segment[:at] + bytes(2) + segment[at + 2 :]
        assert int.from_bytes(segment[at : at + 2], "big") == checksum(*ends, packet[6], bare)
        summed += 1
    assert summed > 500


@pytest.mark.parametrize(
    ("length", "address"),
    [
        (0, "::a1b2:c3d4:e5f6:718"),
        (1, "::a1b2:c3d4:e5f6:718"),  # 2a01 begins with a zero bit
        (48, "2a01:f3c5:9b87:0:a1b2:c3d4:e5f6:718"),
        (64, "2a01:f3c5:9b87:d6e4:a1b2:c3d4:e5f6:718"),
        (72, "2a01:f3c5:9b87:d6e4:c1b2:c3d4:e5f6:718"),
        (112, "2a01:f3c5:9b87:d6e4:c1a2:b3c4:d5e6:718"),
        (128, "2a01:f3c5:9b87:d6e4:c1a2:b3c4:d5e6:f708"),
    ],
)
def test_a_prefix_counts_before_the_identifier(length, address):
    prefix = context(0, "2a01f3c59b87d6e4c1a2b3c4d5e6f708", length)
    assert with_prefix(prefix, IDENTIFIER) == IPv6Address(address).packed


def test_a_checksum_of_zero_is_sent_as_ffff():
    case = next(case for case in catalogue.cases() if case.name == "udp/checksum/ffff")
    assert case.packets[0][46:48] == b"\xff\xff"


def test_no_two_fragments_hold_the_same_octets():
    octets = packets.pattern(2000)
    assert len({octets[start : start + 8] for start in range(0, 2000, 8)}) == 250
