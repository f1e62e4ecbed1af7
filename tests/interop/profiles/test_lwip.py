"""What was measured of lwIP with frames and packets made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.lwip import LWIP
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(200)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160, 200)
NOBODY = bytes.fromhex("7a4b3a01") + bytes(8)


def test_the_first_fragment_comes_first() -> None:
    first, second, third, fourth, fifth = FRAGMENTS
    assert up(LWIP, first, second, fourth, third, fifth) == [DATAGRAM]
    assert up(LWIP, second, first, third, fourth, fifth) == []


def test_duplicates_do_no_harm_and_one_of_two_interleaved_datagrams_is_lost() -> None:
    assert up(LWIP, *(frame for frame in FRAGMENTS for _ in range(2))) == [DATAGRAM]
    other = [frame[:3] + b"\x99" + frame[4:] for frame in FRAGMENTS]
    assert up(LWIP, *(frame for pair in zip(FRAGMENTS, other, strict=True) for frame in pair)) == [DATAGRAM]


@pytest.mark.parametrize("headers", ["7e33f4f0b0f0b1", "7e33e1021e00f3128a9f", "7abc013a3e0011223344", "7a33"])
def test_a_first_fragment_that_cannot_be_restored_ends_the_stack(headers: str) -> None:
    octets = bytes.fromhex("c0600007" + headers)
    assert crashes(LWIP, octets)
    assert not crashes(LWIP, octets[4:])
    assert up(LWIP, octets[4:]) == []


def test_a_headers_chain_that_ends_in_the_first_fragment_ends_the_stack() -> None:
    assert crashes(LWIP, bytes.fromhex("c06000077e33e110") + bytes(8))


def test_frames_from_16_bits_are_dropped_and_to_16_bits_taken() -> None:
    short, long = LinkAddress(b"\x12\x34"), NODE.link.source
    frame = bytes.fromhex("7a333a") + bytes(8)
    assert up(LWIP, frame, node=Node(Link(short, long))) == []
    (octets,) = up(LWIP, frame, node=Node(Link(long, short)))
    assert octets[32:40] == bytes.fromhex("000000fffe001234")


def test_all_contexts_have_64_bits() -> None:
    contexts = {1: Context(1, bytes.fromhex("20010db800010002ffff") + bytes(6), 80)}
    (octets,) = up(LWIP, bytes.fromhex("7af7113a") + bytes(8), node=Node(NODE.link, contexts))
    assert octets[8:24] == bytes.fromhex("20010db800010002") + ADDRESSES[8:16]


def test_the_unspecified_address_is_compressed_by_the_first_context_that_is_not_set() -> None:
    octets = packet(58, bytes(8), bytes(16) + bytes.fromhex("ff02") + bytes(13) + b"\1")
    contexts = {0: Context(0, bytes.fromhex("20010db8") + bytes(12), 64)}
    node = Node(NODE.link, contexts)
    assert sent(LWIP, octets, node=node).frames == (bytes.fromhex("7adb103a") + bytes(8) + b"\1" + bytes(8),)
    assert up(LWIP, NOBODY, node=node) == [octets]


def test_headers_of_more_than_a_fragment_go_in_line() -> None:
    octets = packet(0, bytes.fromhex("3a01") + bytes(14) + bytes(8))
    assert sent(LWIP, octets).frames == (bytes.fromhex("7a3300") + octets[40:],)
    tunnelled = packet(41, packet(58, bytes(8)))
    assert sent(LWIP, tunnelled).frames == (bytes.fromhex("7a3329") + tunnelled[40:],)
