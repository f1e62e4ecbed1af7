"""A frame in full: what is shown of it, and that none of its octets is left out."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.laboratory import (
    Laboratory,
    advertisement,
    context_option,
    fragments,
    icmpv6_packet,
    iphc,
    udp_packet,
    uncompressed,
)
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.given import keys_and_addresses, parse_context
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.explained_layers import layers_of
from p6lowpan.analysis.presentation.palette import PLAIN, Palette
from p6lowpan.analysis.presentation.record import frame_record
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.wire.layers import Layer
from properties.packets import cases

CAPTURES = sorted((Path(__file__).parents[2] / "vectors" / "captures").glob("*.pcap"))
THREAD = (
    "thread:00112233445566778899aabbccddeeff",
    "address 9c00 0200000000000001",
    "address bc00 0200000000000002",
    "address cc00 0200000000000003",
)


def shown(explained: Explained) -> str:
    """The text of a frame."""
    return "\n".join(DetailWriter(PLAIN).lines(explained))


def octets_of(layer: Layer) -> bytes:
    """The octets of a layer."""
    return layer.raw if layer.header is None else layer.header.encode()[: layer.end - layer.start]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_the_layers_of_a_captured_frame_cover_it(path):
    keys, addresses = keys_and_addresses(THREAD)
    contexts = (parse_context("0=fd00:db8::/64"), parse_context("1=2001:db8:0:1::/64"))
    explainer = Explainer(Settings(contexts, tuple(keys), addresses) if "openthread" in path.stem else Settings())
    with open_capture(str(path)) as capture:
        for captured in capture:
            explained = explainer.explain(captured)
            reached = 0
            for layer in layers_of(explained):
                assert layer.start == reached
                assert len(octets_of(layer)) == layer.end - layer.start
                reached = layer.end
            assert reached == len(captured.octets)


def test_the_plain_octets_stand_in_the_place_of_the_encrypted_ones():
    keys, addresses = keys_and_addresses(THREAD)
    explainer = Explainer(Settings(keys=tuple(keys), addresses=addresses))
    path = next(path for path in CAPTURES if path.stem == "openthread-ping-linklocal")
    explained = explainer.explain(next(iter(open_capture(str(path)))))
    names = [layer.name for layer in layers_of(explained)]
    assert names == ["ieee802154", "iphc", "in-line", "integrity-code", "frame-check"]
    mac, *_, code, _ = layers_of(explained)
    assert octets_of(mac) + octets_of(code) == explained.captured.octets[: mac.end] + explained.captured.octets[-6:-2]
    assert "decrypted  with Thread network key 0011…, EUI-64 of the source 02:00:00:00:00:00:00:0" in shown(explained)


def test_every_field_has_its_place_value_and_meaning():
    text = shown(Laboratory().hear(iphc(udp_packet(), -1, -1)))
    for row in (
        "  IEEE 802.15.4 MAC header  octets 0-20",
        "    0 b0-2       frame_type                     1  data",
        "    3-4          destination_pan                43981 = 0xabcd",
        "    5-12         destination                    02:12:34:56:78:ab:cd:02",
        "  LOWPAN_IPHC, compressed IPv6 header  octets 21-24, octets 0-39 of the packet",
        "    21 b0-2      dispatch                       3",
        "    22 b2-3      sam                            3",
        "  octets of the packet, carried in line  octets 25-39, octets 40-54 of the packet",
        "  frame check sequence  octets 40-41",
        "    40-41        source_port                    5683 = 0x1633  CoAP",
        "  asks of its receiver  level 3 and above take this frame; its headers grow by 36 of 51 octets",
    ):
        assert row in text.splitlines()


def test_octets_are_shown_once_with_their_offset():
    text = shown(Laboratory().hear(uncompressed(udp_packet())))
    assert "    0015  41                                                A" in text.splitlines()


def test_findings_come_first_with_their_section():
    packet = bytearray(udp_packet())
    packet[-1] ^= 1
    lines = shown(Laboratory().hear(uncompressed(bytes(packet)))).splitlines()
    assert lines[1].startswith("  error wrong-checksum  the UDP checksum ")
    assert lines[1].endswith("(RFC 8200 8.1)")


def test_a_datagram_is_shown_as_it_comes_together():
    laboratory = Laboratory()
    pieces = fragments(udp_packet(bytes(100)))
    first, *_, last = [shown(laboratory.hear(piece)) for piece in pieces]
    assert "  reassembly  datagram of 148 octets, tag 0x0001, " in first
    assert "octets of it came, missing: " in first
    assert "     missing  " in first
    assert "complete\n" in last
    assert f"IPv6 packet  148 octets, from {len(pieces)} fragments" in last


def test_what_was_learned_is_shown():
    text = shown(Laboratory().hear(uncompressed(advertisement(context_option(2, "2001:db8::")))))
    assert "  learned  new: context 2 = 2001:db8::/64" in text


def test_an_error_is_shown_where_it_is():
    text = shown(Laboratory().hear(b"\x7a\x33\x3a\x80"))
    assert "  payload  octet 40 of the packet\n    icmpv6 at octet 41: truncated" in text
    text = shown(Laboratory().hear(b"\x00abc"))
    assert "  octets that were not read  octets 21-24" in text
    assert "    dispatch at octet 21: not-a-lowpan-frame" in text


def test_a_frame_that_no_level_takes_says_so():
    text = shown(Laboratory().hear(bytes.fromhex("42fa") + b"\x40" + bytes.fromhex("80000000")))
    assert "asks of its receiver  no level takes this frame" in text
    assert "    no level     hc1 " in text


def test_what_the_capture_tells_of_the_radio_is_shown():
    tap = bytes.fromhex("00001c000000010001000000010004000000c0c2030003000f000000")
    frame = bytes.fromhex("0200070000")
    captured = CapturedFrame(3, 1_700_000_000_123_456_789, tap + frame, LinkType.IEEE802_15_4_TAP, len(tap + frame) + 4)
    text = shown(Explainer(Settings()).explain(captured))
    assert (
        "2023-11-14 22:13:20.123456789 UTC, link type IEEE802_15_4_TAP (283), 33 octets, 4 more were not captured"
        in text
    )
    assert "channel 15, signal -96.0 dBm" in text


def test_a_time_that_no_calendar_holds_is_left_out():
    captured = CapturedFrame(1, 10**21, b"\x02\x00\x07", LinkType.IEEE802_15_4_NOFCS, 3)
    assert "UTC" not in shown(Explainer(Settings()).explain(captured))


def test_an_ipv6_packet_in_another_link_is_shown_too():
    packet = icmpv6_packet(bytes.fromhex("8000000000010002"))
    captured = CapturedFrame(1, 0, packet + b"\0\0", LinkType.IPV6, len(packet) + 2)
    text = shown(Explainer(Settings()).explain(captured))
    assert "  IPv6  octets 0-39" in text
    assert "  octets that were not read  octets 48-49" in text
    assert f"IPv6 packet  {len(packet)} octets, as captured" in text


def test_colour_changes_no_letter():
    explained = Laboratory().hear(iphc(udp_packet(), -1, -1))
    painted = "\n".join(DetailWriter(Palette(coloured=True)).lines(explained))
    pieces = painted.split("\x1b[")
    assert pieces[0] + "".join(piece.partition("m")[2] for piece in pieces[1:]) == shown(explained)


@settings(max_examples=40)
@given(cases(), st.data())
def test_whatever_is_received_can_be_shown(case, data):
    laboratory = Laboratory(contexts=tuple(case.contexts.values()))
    damage = data.draw(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 255)), max_size=3))
    payload = bytearray(b"\x7a\x33" + case.packet[6:7] + case.packet[40:160])
    for at, value in damage:
        payload[at % len(payload)] = value
    explained = laboratory.hear(bytes(payload))
    assert shown(explained)
    json.dumps(frame_record(explained, 0, ""))
