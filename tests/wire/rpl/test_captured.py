"""RPL of RIOT and Contiki-NG as captured: tests/vectors/rpl_captured.jsonl holds the ICMPv6 octets of each different
message in captures/riot-rpl.pcap and captures/contiki-ng-rpl-1hop.pcap, decompressed by tshark 4.0.17 (given context 0,
fd00::/64), and what tshark shows of their fields."""

import json
from pathlib import Path

import pytest

from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.rpl.messages import MESSAGES, Dao, DaoAck, Dio, Dis

VECTORS = [
    json.loads(line) for line in (Path(__file__).parents[2] / "vectors" / "rpl_captured.jsonl").read_text().splitlines()
]
vectors = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['capture']}-{vector['frame']}")


@vectors
def test_a_captured_message_says_what_tshark_says(vector, our_description):
    message, rest = MESSAGES.decode(bytes.fromhex(vector["octets"]))
    assert rest == b""
    assert our_description(message) == [(f"icmpv6.{name}", value) for name, value in vector["tshark"]]


@vectors
def test_a_captured_message_encodes_to_the_octets_it_came_from(vector):
    octets = bytes.fromhex(vector["octets"])
    assert MESSAGES.decode(octets)[0].encode() == octets


@vectors
def test_the_checksum_of_a_captured_message_holds(vector):
    source, destination = parse_ipv6(vector["source"]), parse_ipv6(vector["destination"])
    assert checksum_holds(source, destination, 58, bytes.fromhex(vector["octets"]))


@vectors
def test_a_damaged_message_decodes_or_is_refused(vector, stands_hostile_octets):
    stands_hostile_octets(MESSAGES.decode, bytes.fromhex(vector["octets"]))


def test_the_captures_hold_every_plain_message_of_rfc_6550():
    bases = {type(MESSAGES.decode(bytes.fromhex(vector["octets"]))[0].base) for vector in VECTORS}
    assert bases == {Dis, Dio, Dao, DaoAck}
