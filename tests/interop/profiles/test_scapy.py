"""What was measured of Scapy with frames and packets made by hand."""

from interop.profiles.hand_made import NODE, fragmented, packet, sent, up
from p6lowpan.interop.profiles.scapy import SCAPY
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

INSIDE = bytes.fromhex("7a333a") + bytes(8)


def test_a_broadcast_header_alone_is_read() -> None:
    assert up(SCAPY, b"\x50\x07" + INSIDE) == [packet(58, bytes(8))]


def test_a_mesh_header_does_not_say_where_a_frame_comes_from() -> None:
    mesh = MeshHeader(hops_left=3, originator=b"\x12\x34", final_destination=b"\x56\x78").encode()
    (octets,) = up(SCAPY, mesh + INSIDE)
    assert octets[17:24] == NODE.link.source[1:]


def test_payload_that_looks_like_an_extension_header_vanishes() -> None:
    (octets,) = up(SCAPY, bytes.fromhex("7e33f3128a9fe1020102") + b"left")
    assert octets[40:] == bytes.fromhex("f0b1f0b2000c8a9f") + b"left"


def test_joined_fragments_are_taken_for_a_frame_of_nobody() -> None:
    inner = bytes.fromhex("7a333a") + bytes(61)
    first, second = fragmented(packet(59, inner), "7a333b", 40, 80)
    (octets,) = up(SCAPY, first, second)
    assert octets == packet(58, bytes(61), bytes(32))


def test_fragments_are_sent_without_a_dispatch() -> None:
    octets = packet(58, bytes(200))
    first, *others = sent(SCAPY, octets).frames
    assert first[4:] == octets[:96]
    assert b"".join(frame[5:] for frame in others) == octets[96:]
