"""The UDP header, RFC 768."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.udp import Udp, datagram, port_in_words, with_checksum

OCTETS = "f0b1 1633 000c 5ea6"
VALUE = Udp(source_port=61617, destination_port=5683, length=12, checksum=0x5EA6)

# tests/vectors/decode.jsonl, addr/e/full/ll64: a datagram whose checksum another implementation computed
SOURCE = bytes.fromhex("20010db8123456789abcdef013572468")
DESTINATION = bytes.fromhex("fe800000000000007c58142479a707d1")
DATAGRAM = bytes.fromhex("1633f0b0000c5ea640010203")


def test_the_header_goes_both_ways_and_stands_hostile_octets(proves):
    proves(Udp, VALUE, OCTETS)


def test_the_payload_is_left_alone(leaves_the_rest):
    leaves_the_rest(Udp, OCTETS)


def test_every_cut_is_truncated(refuses):
    assert {refuses(Udp, "00" * size).reason for size in range(8)} == {Reason.TRUNCATED}


def test_a_checksum_is_kept_as_received():
    header, payload = Udp.decode(DATAGRAM[:6] + b"\xba\xad" + DATAGRAM[8:])
    assert header.checksum == 0xBAAD
    assert header.encode() + payload == DATAGRAM[:6] + b"\xba\xad" + DATAGRAM[8:]


def test_a_checksum_is_computed_on_request():
    header = datagram(5683, 61616, DATAGRAM[8:])
    assert header.checksum == 0
    assert with_checksum(header, SOURCE, DESTINATION, DATAGRAM[8:]).encode() + DATAGRAM[8:] == DATAGRAM


def test_a_checksum_that_was_there_does_not_count():
    header = with_checksum(Udp.decode(DATAGRAM)[0], SOURCE, DESTINATION, DATAGRAM[8:])
    assert header.checksum == 0x5EA6


def test_a_sum_of_zero_is_sent_as_ones():
    """RFC 8200 section 8.1: the payload is chosen so that the sum comes out as zero."""
    first = with_checksum(datagram(1, 2, b"\0\0"), SOURCE, DESTINATION, b"\0\0").checksum
    payload = first.to_bytes(2, "big")
    header = with_checksum(datagram(1, 2, payload), SOURCE, DESTINATION, payload)
    assert header.checksum == 0xFFFF
    assert checksum_holds(SOURCE, DESTINATION, 17, header.encode() + payload)


@pytest.mark.parametrize(
    ("port", "text"),
    [
        (5683, "CoAP"),
        (19788, "MLE"),
        (61616, "compresses to 4 bits"),
        (61440, "compresses to 8 bits"),
        (61632, "compresses to 8 bits"),
        (61695, "compresses to 8 bits"),
        (61696, ""),
        (40000, ""),
    ],
)
def test_a_port_says_who_uses_it_or_how_it_compresses(port, text):
    assert port_in_words(port) == text


def test_a_missing_checksum_is_said(words):
    assert words(datagram(1, 2, b""), "checksum") == "none"
    assert words(VALUE, "checksum") == ""
