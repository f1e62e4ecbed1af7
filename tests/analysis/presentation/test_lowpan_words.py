"""A 6LoWPAN payload in one line: headers in front, fragments, routing headers."""

import pytest

from analysis.laboratory import Laboratory, iphc, udp_packet
from p6lowpan.analysis.presentation.line import LineWriter
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.machines.adaptation.fragmenter import fragment
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment, RecoverableFragmentAcknowledgment

PACKET = udp_packet(bytes(200))


def said(laboratory: Laboratory, payload: bytes) -> str:
    """The words of a frame."""
    return LineWriter(PLAIN).text(laboratory.hear(payload))


@pytest.fixture
def fragments() -> tuple[bytes, ...]:
    """Three fragments of one packet, uncompressed."""
    return fragment(b"\x41", 0, PACKET, 100, 7)


def test_fragments_say_their_place_and_how_much_came(fragments):
    laboratory = Laboratory()
    first, second, third = (said(laboratory, payload) for payload in fragments)
    assert first.startswith("FRAG1 tag 0x0007 0-87/248 35 %  fe80::12:3456:78ab:cd01 > ")
    assert first.endswith("UDP 5683 > 40000 CoAP, 200 octets")
    assert second == "FRAGN tag 0x0007 88-175/248 70 %"
    assert third.startswith("FRAGN tag 0x0007 176-247/248 complete: 3 fragments in 0.002 s  fe80::12:3456:78ab:cd01 > ")


def test_a_repeated_fragment_says_so(fragments):
    laboratory = Laboratory()
    said(laboratory, fragments[0])
    assert said(laboratory, fragments[0]).startswith("FRAG1 tag 0x0007 0-87/248 again  fe80::")
    for payload in fragments[1:]:
        last = said(laboratory, payload)
    assert "complete: 3 fragments in 0.003 s, 1 came twice" in last
    assert said(laboratory, fragments[2]) == "FRAGN tag 0x0007 176-247/248 again, its datagram is complete"


def test_a_fragment_that_contradicts_says_why_it_was_dropped():
    laboratory = Laboratory()
    assert "dropped: fragment-past-end" in said(laboratory, bytes.fromhex("e010000102") + bytes(8))
    assert said(laboratory, bytes.fromhex("e010000100")).startswith("FRAGN tag 0x0001 0, empty,/16 dropped: ")


def test_a_mesh_header_and_a_broadcast_header_are_said_first():
    laboratory = Laboratory()
    mesh = bytes.fromhex("b512345678") + b"\x50\x09"
    words = said(laboratory, mesh + b"\x41" + udp_packet())
    assert words.startswith("IPV6 mesh 0x1234 > 0x5678, 5 hops left  BC0 seq 9  fe80::")
    assert "1 hop left" in said(laboratory, bytes.fromhex("b112345678") + b"\x41" + udp_packet())


def test_routing_headers_are_said_before_the_packet():
    payload = bytes.fromhex("f1930502a10640") + iphc(udp_packet(), -1, -1)
    words = said(Laboratory(), payload)
    assert words.startswith("IPHC RPI-6LoRH down rank 512 instance 0  IP-in-IP-6LoRH hop limit 64  fe80::")
    assert "SRH-6LoRH 1 hop" in said(Laboratory(), bytes.fromhex("f1800005") + iphc(udp_packet(), -1, -1))


def test_recoverable_fragments_say_what_they_hold_and_acknowledge():
    first = RecoverableFragment(datagram_tag=3, ack_request=1, sequence=0, fragment_size=60, datagram_size=180)
    later = RecoverableFragment(datagram_tag=3, sequence=2, fragment_size=60, fragment_offset=120)
    abort = RecoverableFragment(datagram_tag=3, sequence=0, fragment_size=0, datagram_size=0)
    acknowledgment = RecoverableFragmentAcknowledgment(datagram_tag=3, bitmap=0xC0000000)
    laboratory = Laboratory()
    words = [said(laboratory, header.encode() + bytes(60)) for header in (later, first, later)]
    assert words == [
        "RFRAG tag 0x03 fragment 2 120-179/? 60 octets",
        "RFRAG tag 0x03 fragment 0 0-59/180 66 %, wants RFRAG-ACK",
        "RFRAG tag 0x03 fragment 2 120-179/180 again",
    ]
    assert said(laboratory, first.encode() + b"a").startswith(
        "RFRAG tag 0x03 fragment 0 0-0/180, wants RFRAG-ACK  rfrag at"
    )
    assert said(Laboratory(), abort.encode()) == "RFRAG tag 0x03 abort"
    assert said(Laboratory(), acknowledgment.encode()) == "RFACK tag 0x03 received 0, 1"


def test_an_extension_of_the_dispatch_is_named():
    assert said(Laboratory(), b"\x40\x05").startswith("ESC extension type 5: command of ITU-T G.9903 or G.9905")


def test_a_payload_that_is_refused_says_why():
    assert said(Laboratory(), b"\x7a").startswith("DATA iphc at octet 1: truncated (")
    assert said(Laboratory(), b"\x00abc").startswith("DATA dispatch at octet 0: not-a-lowpan-frame")
