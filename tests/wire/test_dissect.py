"""Dissection: every octet has a layer, every layer its octets, and nothing that a peer sends raises."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import RFC6282
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import open_capture
from p6lowpan.wire.address import Link, LinkAddress, parse_link
from p6lowpan.wire.coap.message import Message, compose
from p6lowpan.wire.coap.registry import Type
from p6lowpan.wire.dissect import frame_layers, packet_layers, payload_layers
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.udp import datagram
from p6lowpan.wire.layers import Layer, Raw, fields_of
from p6lowpan.wire.rpl.messages import ControlMessage
from p6lowpan.wire.sixlowpan.contexts import Context, masked
from p6lowpan.wire.sixlowpan.payload import Payload, decode_payload

VECTORS = Path(__file__).parent.parent / "vectors"
CAPTURES = sorted((VECTORS / "captures").glob("*.pcap"))
DECODE_VECTORS = [
    vector for line in (VECTORS / "decode.jsonl").read_text().splitlines() if (vector := json.loads(line))
]


def octets_of(layer: Layer) -> bytes:
    """The octets of a layer, from its header where it has one."""
    return layer.raw if layer.header is None else layer.header.encode()[: layer.end - layer.start]


def joined(layers: tuple[Layer, ...]) -> bytes:
    """The octets of layers that follow each other without a gap; the fields of each lie within it."""
    reached = layers[0].start if layers else 0
    for layer in layers:
        assert layer.start == reached
        reached = layer.end
        assert len(octets_of(layer)) == layer.end - layer.start
        for line in fields_of(layer):
            assert 8 * layer.start <= line.start_bit
            assert line.start_bit + line.bits <= 8 * layer.end
    return b"".join(octets_of(layer) for layer in layers)


def mac_frame(frame_type: FrameType, payload: bytes) -> Frame:
    """A frame to a short address."""
    return Frame(
        frame_type=frame_type, sequence_number=1, destination_pan=1, destination=LinkAddress(b"\0\0"), payload=payload
    )


def ipv6(next_header: int, payload: bytes, said: int | None = None) -> bytes:
    """A packet between two addresses."""
    header = Ipv6(
        payload_length=len(payload) if said is None else said,
        next_header=next_header,
        hop_limit=64,
        source=bytes.fromhex("fe800000000000000012345678abcd01"),
        destination=bytes.fromhex("fe800000000000000012345678abcd02"),
    )
    return header.encode() + payload


def udp(source_port: int, destination_port: int, payload: bytes) -> bytes:
    """A packet with a UDP datagram."""
    return ipv6(17, datagram(source_port, destination_port, payload).encode() + payload)


# --- MAC frames ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_every_octet_of_a_captured_frame_is_in_one_layer(path: Path) -> None:
    with open_capture(str(path)) as capture:
        for captured in capture:
            octets = captured.octets
            frame, _ = decode_frame(octets, 2)
            layers = frame_layers(octets, 2)
            assert isinstance(frame, Frame)
            if frame.frame_type == FrameType.DATA and not frame.is_encrypted:
                end = len(octets) - 2 - len(frame.mic)
                inner = payload_layers(frame.payload, end - len(frame.payload))
                layers = tuple(sorted((*layers, *inner), key=lambda layer: layer.start))
            assert joined(layers) == octets


def test_a_frame_that_cannot_be_read_is_one_layer_with_the_reason() -> None:
    (layer,) = frame_layers(b"\x04\x00\x00", offset=10)
    assert layer.header is None
    assert layer.error is not None
    assert (layer.error.reason, layer.error.offset) == (Reason.RESERVED, 10)


def test_a_command_and_the_frame_check_are_layers_of_their_own() -> None:
    frame = mac_frame(FrameType.MAC_COMMAND, b"\x04")
    layers = frame_layers(frame.encode() + b"ab", 2)
    assert [layer.name for layer in layers] == ["ieee802154", "data-request", "frame-check"]
    assert joined(layers) == frame.encode() + b"ab"


def test_a_command_that_cannot_be_read_keeps_its_octets() -> None:
    frame = mac_frame(FrameType.MAC_COMMAND, b"\x02\x01")
    _, content = frame_layers(frame.encode())
    assert content.raw == b"\x02\x01"
    assert content.error is not None
    assert content.error.reason is Reason.TRUNCATED
    assert content.error.offset == len(frame.encode())


def test_encrypted_octets_stay_raw_until_the_frame_is_opened() -> None:
    path = next(path for path in CAPTURES if path.stem == "openthread-ping-global")
    secured = next(frame.octets for frame in open_capture(str(path)) if frame.octets[0] & 8)
    layers = frame_layers(secured, 2)
    assert [layer.name for layer in layers] == ["ieee802154", "encrypted", "integrity-code", "frame-check"]
    assert joined(layers) == secured
    encrypted = layers[1]
    opened = mac_frame(FrameType.DATA, encrypted.raw)
    without = frame_layers(secured, 2, opened=opened)
    assert [layer.name for layer in without] == ["ieee802154", "integrity-code", "frame-check"]
    assert without[1].start - without[0].end == len(encrypted.raw)


@given(st.binary(max_size=140), st.sampled_from((0, 2, 4)))
def test_any_octets_have_layers_as_a_frame(octets: bytes, fcs_octets: int) -> None:
    for layer in frame_layers(octets, fcs_octets):
        assert 0 <= layer.start <= layer.end <= len(octets)
        list(fields_of(layer))


# --- 6LoWPAN ---------------------------------------------------------------------------------------------------------


def understood(vector: dict[str, Any], octets: bytes) -> Payload | None:
    """What a receiver makes of a frame of a vector; nothing where it refuses it."""
    contexts = {
        row["cid"]: Context(row["cid"], masked(bytes.fromhex(row["prefix"]), row["len"]), row["len"])
        for row in vector["contexts"]
    }
    ends = [parse_link(vector[end]) if vector[end] else LinkAddress(b"") for end in ("ll_src", "ll_dst")]
    try:
        return decode_payload(octets, Link(*ends), contexts, RFC6282)
    except Malformed:
        return None


def test_every_payload_of_the_vectors_is_covered_whether_understood_or_not() -> None:
    for vector in DECODE_VECTORS:
        for octets in map(bytes.fromhex, vector["frames"]):
            assert joined(payload_layers(octets, 9, understood(vector, octets))) == octets


def test_layers_are_the_headers_that_the_receiver_found() -> None:
    """Two ways to the same headers: the receiver's, which checks everything, and the dissection's, which goes on."""
    seen = 0
    for vector in DECODE_VECTORS:
        for octets in map(bytes.fromhex, vector["frames"]):
            payload = understood(vector, octets)
            if payload is None:
                continue
            parts = payload.expanded.parts if payload.expanded else ()
            expected = [placed.header for placed in payload.stack.headers] + [part.header for part in parts]
            assert [layer.header for layer in payload_layers(octets) if layer.header] == expected
            seen += 1
    assert seen > len(DECODE_VECTORS) // 2


def test_what_a_frame_becomes_leaves_no_octet_of_the_packet_out() -> None:
    for vector in DECODE_VECTORS:
        for octets in map(bytes.fromhex, vector["frames"]):
            payload = understood(vector, octets)
            if payload is None or payload.expanded is None:
                continue
            ranges = [layer.stands_for for layer in payload_layers(octets, 0, payload) if layer.stands_for]
            reached = 0
            for start, end in ranges:
                assert start == reached
                reached = end
            assert reached == len(payload.expanded.octets)


def test_a_subsequent_fragment_stands_for_its_place_in_the_datagram() -> None:
    octets = bytes.fromhex("e07f00010c") + b"abcdefgh"
    payload = decode_payload(octets, Link(), {}, RFC6282)
    _, rest = payload_layers(octets, 5, payload)
    assert (rest.kind, rest.start, rest.stands_for) == (Raw.FRAGMENT, 10, (96, 104))


def test_a_header_that_needs_an_unknown_context_is_read_all_the_same() -> None:
    octets = bytes.fromhex("7ef733") + bytes.fromhex("e03a06630400000161") + b"\x9b\x02"
    assert understood({"contexts": [], "ll_src": "", "ll_dst": ""}, octets) is None
    layers = payload_layers(octets)
    assert [layer.name for layer in layers] == ["iphc", "nhc-extension", "in-line"]


def test_what_is_no_6lowpan_is_raw_octets_with_the_reason() -> None:
    (layer,) = payload_layers(b"\x00abc", 21)
    assert layer.raw == b"\x00abc"
    assert layer.error is not None
    assert (layer.error.reason, layer.error.offset) == (Reason.NOT_A_LOWPAN_FRAME, 21)


@given(st.binary(max_size=140))
def test_any_octets_are_covered_as_a_payload(octets: bytes) -> None:
    assert joined(payload_layers(octets)) == octets


def test_every_payload_of_the_vectors_is_covered_when_cut_or_damaged() -> None:
    for vector in DECODE_VECTORS[::7]:
        octets = bytes.fromhex(vector["frames"][0])
        for end in range(len(octets)):
            assert joined(payload_layers(octets[:end])) == octets[:end]
        for bit in range(0, 8 * len(octets), 3):
            damaged = bytearray(octets)
            damaged[bit // 8] ^= 0x80 >> bit % 8
            assert joined(payload_layers(bytes(damaged))) == bytes(damaged)


# --- packets ---------------------------------------------------------------------------------------------------------


def test_every_packet_of_the_vectors_is_covered_whole_cut_and_damaged() -> None:
    packets = {packet for vector in DECODE_VECTORS for packet in vector.get("expect", ())}
    for index, packet in enumerate(sorted(packets)):
        octets = bytes.fromhex(packet)
        assert joined(packet_layers(octets)) == octets
        for end in range(0, len(octets), 1 if index % 20 == 0 else 29):
            assert joined(packet_layers(octets[:end])) == octets[:end]
        for bit in range(0, 8 * len(octets), 1 if index % 40 == 0 else 97):
            damaged = bytearray(octets)
            damaged[bit // 8] ^= 0x80 >> bit % 8
            assert joined(packet_layers(bytes(damaged))) == bytes(damaged)


@given(st.binary(max_size=200), st.sampled_from((0, 17, 41, 43, 44, 58, 60, 135)))
def test_any_octets_are_covered_as_a_packet(payload: bytes, next_header: int) -> None:
    packet = ipv6(next_header, payload)
    assert joined(packet_layers(packet)) == packet
    assert joined(packet_layers(payload)) == payload


def test_an_icmpv6_message_is_a_layer() -> None:
    packet = ipv6(58, bytes.fromhex("9b0000000000"))
    layers = packet_layers(packet)
    assert isinstance(layers[-1].header, ControlMessage)


def test_an_icmpv6_message_that_cannot_be_read_keeps_its_octets_and_the_reason() -> None:
    *_, last = packet_layers(ipv6(58, bytes.fromhex("80001234")))
    assert (last.kind, last.raw) == (Raw.PAYLOAD, bytes.fromhex("80001234"))
    assert last.error is not None
    assert (last.error.reason, last.error.offset) == (Reason.TRUNCATED, 44)


def test_coap_is_read_on_its_port() -> None:
    message = compose(Type.CONFIRMABLE, 1, 7, options=((11, b"sensors"),))
    assert packet_layers(udp(61617, 5683, message.encode()))[-1].header == message


def test_what_is_no_coap_is_an_error_on_the_port_of_coap_only() -> None:
    assert packet_layers(udp(61617, 5683, b"hello"))[-1].error is not None
    borrowed = packet_layers(udp(61616, 61616, b"hello"))[-1]
    assert (borrowed.kind, borrowed.error) == (Raw.PAYLOAD, None)


def test_on_a_borrowed_port_a_message_needs_a_code_that_exists() -> None:
    reads_as_coap = bytes.fromhex("656263646162636465")
    assert Message.decode(reads_as_coap)[0].code == 0x62
    assert packet_layers(udp(61616, 61616, reads_as_coap))[-1].header is None
    assert isinstance(packet_layers(udp(5683, 61616, reads_as_coap))[-1].header, Message)


def test_a_wrong_payload_length_is_shown_with_the_header_and_the_rest_is_read() -> None:
    layers = packet_layers(ipv6(58, bytes.fromhex("8000000000010002"), said=100))
    assert [layer.name for layer in layers] == ["ipv6", "icmpv6-echo-request"]
    assert layers[0].error is not None
    assert layers[0].error.reason is Reason.TRUNCATED


def test_a_header_that_cannot_be_read_ends_the_packet() -> None:
    layers = packet_layers(ipv6(0, bytes.fromhex("3aff")))
    assert [layer.name for layer in layers] == ["ipv6", "data"]
    assert layers[1].error is not None


def test_the_payload_of_an_ipv6_fragment_is_not_taken_for_a_message() -> None:
    fragment = bytes.fromhex("3a00000900000001")
    layers = packet_layers(ipv6(44, fragment + bytes.fromhex("8000000000010002")))
    assert [layer.name for layer in layers] == ["ipv6", "ipv6-fragment", "payload"]
