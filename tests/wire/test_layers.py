"""Layers by hand: raw octets, the fields of a layer, and layers with gaps between them."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import BROADCAST, LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.layers import Layer, Octets, Raw, fields_of, filled, raw_layer
from p6lowpan.wire.rpl.messages import ControlMessage, Dio


def test_a_layer_is_named_after_its_header_and_else_after_what_its_octets_are() -> None:
    header = Ipv6(payload_length=0, next_header=59, hop_limit=1, source=bytes(16), destination=bytes(16))
    assert Layer(Octets.PACKET, 0, 40, header).name == "ipv6"
    assert raw_layer(Octets.FRAME, 3, b"ab", Raw.FRAME_CHECK).name == "frame-check"


def test_the_error_of_raw_octets_counts_from_where_they_begin() -> None:
    layer = raw_layer(Octets.FRAME, 7, b"abc", error=Malformed("iphc", 2, Reason.RESERVED))
    assert layer.error is not None
    assert (layer.start, layer.end, layer.error.offset) == (7, 10, 9)


def test_the_fields_of_a_layer_count_bits_from_the_first_octet_of_all() -> None:
    header = Ipv6(payload_length=0, next_header=58, hop_limit=64, source=bytes(16), destination=bytes(16))
    lines = list(fields_of(Layer(Octets.PACKET, 40, 80, header)))
    assert [(line.name, line.start_bit, line.bits) for line in lines[:4]] == [
        ("version", 320, 4),
        ("dscp", 324, 6),
        ("ecn", 330, 2),
        ("flow_label", 332, 20),
    ]
    assert lines[-1].start_bit + lines[-1].bits == 640


def test_fields_behind_the_end_of_a_layer_are_left_to_the_next_one() -> None:
    frame = Frame(
        sequence_number=1, destination_pan=0xABCD, destination=BROADCAST, source=LinkAddress(b"\0\1"), payload=b"abc"
    )
    end = len(frame.encode()) - 3
    names = [line.name for line in fields_of(Layer(Octets.FRAME, 0, end, frame))]
    assert names[-1] == "source"


def test_headers_inside_a_header_are_opened_with_their_place() -> None:
    message = ControlMessage(
        base=Dio(
            rpl_instance_id=1, version_number=2, rank=256, mode_of_operation=1, trigger_sequence=0, dodag_id=bytes(16)
        )
    )
    lines = {line.name: line for line in fields_of(Layer(Octets.PACKET, 40, 68, message))}
    assert lines["base"].value == "rpl-dio"
    assert lines["base"].header == message.base
    assert (lines["base"].depth, lines["rank"].depth) == (0, 1)
    assert lines["rank"].start_bit == 8 * 46


def test_a_header_without_octets_has_no_lines() -> None:
    assert list(fields_of(raw_layer(Octets.FRAME, 0, b"abc"))) == []


def test_gaps_between_layers_and_behind_them_are_filled_with_raw_octets() -> None:
    layers = filled([raw_layer(Octets.FRAME, 4, b"ef"), raw_layer(Octets.FRAME, 1, b"bc")], b"abcdefgh")
    assert [(layer.start, layer.raw) for layer in layers] == [(0, b"a"), (1, b"bc"), (3, b"d"), (4, b"ef"), (6, b"gh")]


def test_no_layers_at_all_leave_one_of_all_octets() -> None:
    (layer,) = filled((), b"abc")
    assert (layer.start, layer.end, layer.raw) == (0, 3, b"abc")
    assert filled((), b"") == ()
