"""What is made of a capture's frames, whatever they are."""

import dataclasses
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.captured import FRAMES, KNOWN, Known, explained, path_of
from analysis.laboratory import (
    ALICE,
    BOB,
    BROADCAST,
    GLOBAL_ALICE,
    GLOBAL_BOB,
    PAN,
    Laboratory,
    advertisement,
    context_option,
    finding,
    fragments,
    iphc,
    names,
    udp_packet,
    uncompressed,
)
from p6lowpan.analysis.bounds import Bounds
from p6lowpan.analysis.explained import Draft, Explained
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.fcs import Fcs
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.machines.adaptation.context_table import ContextAdded, ContextExpired
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.ieee802154.frame_check import with_frame_check
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.building import ipv6

PACKET = udp_packet()
GLOBAL = udp_packet(b"far", GLOBAL_ALICE, GLOBAL_BOB)


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


def test_the_draft_has_every_attribute_of_what_is_explained() -> None:
    drafted = {field.name for field in dataclasses.fields(Draft)}
    assert drafted == set(Explained._fields)
    draft = Draft(CapturedFrame(1, 0, b"", 195, 0))
    for number, field in enumerate(dataclasses.fields(Draft)):
        setattr(draft, field.name, (number,))
    finished = draft.finished()
    assert [getattr(finished, field.name) for field in dataclasses.fields(Draft)] == [
        (number,) for number in range(len(drafted))
    ]


def test_an_unfragmented_frame_is_a_packet(laboratory: Laboratory) -> None:
    heard = laboratory.hear(iphc(PACKET, -1, -1))
    assert [packet.octets for packet in heard.packets] == [PACKET]
    assert heard.pan_id == PAN
    assert heard.transports[0].checksum_holds
    assert heard.growth == 36
    assert heard.error is None


# --- contexts in time order ------------------------------------------------------------------------------------------


def test_a_context_serves_after_it_was_announced_and_not_before(laboratory: Laboratory) -> None:
    compressed = iphc(GLOBAL, 3, 3, (3, 3))
    assert laboratory.hear(compressed).error is not None
    heard = laboratory.hear(uncompressed(advertisement(context_option(3, "2001:db8::"))), ALICE, BROADCAST)
    assert heard.learned == (ContextAdded(Context(3, parse_ipv6("2001:db8::"), 64)),)
    assert [packet.octets for packet in laboratory.hear(compressed).packets] == [GLOBAL]


def test_a_context_of_one_pan_is_none_of_another(laboratory: Laboratory) -> None:
    compressed = iphc(GLOBAL, 0, 0)
    announcement = uncompressed(advertisement(context_option(0, "2001:db8::")))
    laboratory.hear(announcement, ALICE, BROADCAST, destination_pan=1)
    assert laboratory.hear(compressed, destination_pan=1).packets
    assert not laboratory.hear(compressed, destination_pan=2).packets


def test_a_context_that_expires_is_told_with_the_next_payload(laboratory: Laboratory) -> None:
    announcement = uncompressed(advertisement(context_option(0, "2001:db8::", lifetime_minutes=1)))
    laboratory.hear(announcement, ALICE, BROADCAST)
    laboratory.wait(61)
    (event,) = laboratory.hear(iphc(GLOBAL, 0, 0)).learned
    assert isinstance(event, ContextExpired)


@pytest.mark.parametrize("broken", ["checksum", "hop limit"])
def test_an_advertisement_that_nodes_discard_teaches_nothing(laboratory: Laboratory, broken: str) -> None:
    packet = bytearray(advertisement(context_option(0, "2001:db8::")))
    packet[42 if broken == "checksum" else 7] ^= 1
    assert laboratory.hear(uncompressed(bytes(packet)), ALICE, BROADCAST).learned == ()
    assert laboratory.hear(iphc(GLOBAL, 0, 0)).error is not None


def test_given_contexts_serve_every_pan() -> None:
    laboratory = Laboratory(contexts=(Context(0, parse_ipv6("2001:db8::"), 64),))
    for pan in (1, 2):
        heard = laboratory.hear(iphc(GLOBAL, 0, 0), destination_pan=pan)
        assert [packet.octets for packet in heard.packets] == [GLOBAL]
        assert heard.guessed_contexts == frozenset()


# --- guesses ---------------------------------------------------------------------------------------------------------


def test_a_prefix_in_line_serves_where_a_checksum_confirms_it(laboratory: Laboratory) -> None:
    laboratory.hear(uncompressed(GLOBAL))
    heard = laboratory.hear(iphc(GLOBAL, 0, 0))
    assert [packet.octets for packet in heard.packets] == [GLOBAL]
    assert heard.guessed_contexts == {0}
    assert "guessed-context" in names(heard)


def test_source_and_destination_may_miss_different_contexts(laboratory: Laboratory) -> None:
    far = udp_packet(b"far", "2001:db8:1::12:3456:78ab:cd01", "2001:db8:2::12:3456:78ab:cd02")
    laboratory.hear(uncompressed(far))
    heard = laboratory.hear(iphc(far, 4, 9, (4, 9)))
    assert [packet.octets for packet in heard.packets] == [far]
    assert heard.guessed_contexts == {4, 9}


def test_a_packet_with_an_elided_checksum_confirms_nothing(laboratory: Laboratory) -> None:
    laboratory.hear(uncompressed(udp_packet(b"", "2001:db8:bad::1", "2001:db8:bad::2")))
    segment = GLOBAL[40:]
    elided = bytes((0b01111110, 0x77, 0xF4)) + segment[:4] + segment[8:]
    heard = laboratory.hear(elided)
    assert heard.error is not None
    assert heard.error.reason is Reason.NO_CONTEXT


def test_a_guess_that_makes_a_wrong_checksum_is_dropped(laboratory: Laboratory) -> None:
    """By chance a wrong prefix fits: ffff more in it, which the sum does not see."""
    laboratory.hear(uncompressed(udp_packet(b"", "2001:db8:ffff::1", "2001:db8:ffff::2")))
    wrong = laboratory.hear(iphc(GLOBAL, 0, 0))
    assert wrong.guessed_contexts == {0}
    one_end = udp_packet(b"far", GLOBAL_ALICE, "fe80::12:3456:78ab:cd02")
    damaged = bytearray(iphc(one_end, 0, -1))
    damaged[-1] ^= 1
    assert "wrong-checksum" in names(laboratory.hear(bytes(damaged)))
    assert laboratory.explainer.pans[PAN].knowledge.contexts == {}


# --- PANs ------------------------------------------------------------------------------------------------------------


def test_datagrams_of_two_pans_do_not_mix(laboratory: Laboratory) -> None:
    one, other = fragments(udp_packet(bytes(200))), fragments(udp_packet(bytes(range(200))))
    for pan, payloads in ((1, one), (2, other)):
        for payload in payloads[:-1]:
            laboratory.hear(payload, destination_pan=pan)
    assert laboratory.hear(one[-1], destination_pan=1).packets[0].octets == udp_packet(bytes(200))
    assert laboratory.hear(other[-1], destination_pan=2).packets[0].octets == udp_packet(bytes(range(200)))


@pytest.mark.parametrize(("others", "lost"), [(2, False), (3, True)])
def test_one_pan_past_the_bound_pushes_out_the_oldest_and_says_what_is_lost(others: int, lost: bool) -> None:
    laboratory = Laboratory()
    laboratory.explainer = Explainer(Settings(), Bounds(pans=3))
    laboratory.hear(fragments(udp_packet(bytes(200)))[0], destination_pan=99)
    heard = [laboratory.hear(uncompressed(PACKET), destination_pan=pan) for pan in range(others)]
    assert [len(frame.lost) for frame in heard] == [0] * (others - 1) + [int(lost)]
    assert ("datagram-lost" in names(heard[-1])) is lost
    assert len(laboratory.explainer.finish()) == 1 - lost


def test_a_frame_that_leaves_its_pan_out_belongs_to_that_of_its_sender(laboratory: Laboratory) -> None:
    laboratory.hear(uncompressed(advertisement(context_option(0, "2001:db8::"))), ALICE, BROADCAST)
    without = {"destination_pan": None, "frame_version": 2, "pan_id_compression": 1}
    heard = laboratory.hear(iphc(GLOBAL, 0, 0), ALICE, BOB, **without)
    assert heard.pan_id == PAN
    assert [packet.octets for packet in heard.packets] == [GLOBAL]
    back = udp_packet(b"near", GLOBAL_BOB, GLOBAL_ALICE)
    assert laboratory.hear(iphc(back, 0, 0), BOB, ALICE, **without).pan_id == PAN
    strangers = LinkAddress(bytes(8)), LinkAddress(bytes((9,)) * 8)
    assert laboratory.hear(uncompressed(PACKET), *strangers, **without).pan_id is None


# --- other captures --------------------------------------------------------------------------------------------------


def test_lowpan_over_ethernet_is_understood(laboratory: Laboratory) -> None:
    header = bytes.fromhex("02123456cd02 02123456cd01 a0ed".replace(" ", ""))
    heard = laboratory.hear_octets(header + uncompressed(PACKET), LinkType.ETHERNET)
    assert [packet.octets for packet in heard.packets] == [PACKET]
    assert heard.frame is None
    assert heard.pan_id is None


def test_a_plain_ipv6_packet_is_a_packet(laboratory: Laboratory) -> None:
    heard = laboratory.hear_octets(PACKET, LinkType.RAW)
    assert [packet.octets for packet in heard.packets] == [PACKET]
    assert heard.received is None
    wrong = laboratory.hear_octets(PACKET[:46] + b"\x12\x34" + PACKET[48:], LinkType.RAW)
    assert names(wrong) == ["wrong-checksum"]


@pytest.mark.parametrize("octets", [b"", b"\x60", PACKET[:39], ipv6(17, b"")[:-1]])
def test_a_piece_of_an_ipv6_packet_is_an_error(laboratory: Laboratory, octets: bytes) -> None:
    heard = laboratory.hear_octets(octets, LinkType.IPV6)
    assert heard.error is not None
    assert heard.packets == ()


def test_a_frame_that_the_capture_cut_is_neither_checked_nor_reassembled(laboratory: Laboratory) -> None:
    octets = with_frame_check(laboratory.data(uncompressed(PACKET)).encode())
    heard = laboratory.hear_octets(octets, cut=10)
    assert names(heard) == ["cut-short"]
    assert heard.packets == ()
    assert heard.frame is not None
    assert "8 octets" not in finding(heard, "cut-short").text


def test_a_frame_check_may_be_ignored() -> None:
    octets = Laboratory().data(uncompressed(PACKET)).encode() + b"\xff\xff"
    assert names(Laboratory().hear_octets(octets)) == ["bad-frame-check"]
    assert Laboratory(ignore_fcs=True).hear_octets(octets).packets


def test_what_the_capture_says_of_the_frame_check_may_be_overruled() -> None:
    octets = Laboratory().data(uncompressed(PACKET)).encode()
    assert names(Laboratory().hear_octets(octets)) != []
    assert Laboratory(fcs=Fcs.NONE).hear_octets(octets).packets


def test_nothing_that_a_frame_says_keeps_the_way_to_it_alive(laboratory: Laboratory) -> None:
    heard = laboratory.hear(b"\x41")
    assert heard.error is not None
    assert heard.error.__traceback__ is None


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(LinkType), st.binary(max_size=130)), max_size=5))
def test_no_octets_raise(frames: list[tuple[LinkType, bytes]]) -> None:
    laboratory = Laboratory()
    for link_type, octets in frames:
        heard = laboratory.hear_octets(octets, link_type)
        assert heard.captured.octets == octets
        assert all(each.section and each.text for each in heard.findings)
    laboratory.explainer.finish()


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=100), max_size=8), st.sampled_from([b"", b"\x0a\x0b", ALICE]))
def test_no_payload_raises(payloads: list[bytes], source: bytes) -> None:
    laboratory = Laboratory(advice=True, contexts=(Context(0, parse_ipv6("2001:db8::"), 64),))
    laboratory.hear(uncompressed(GLOBAL))
    for payload in payloads:
        heard = laboratory.hear(payload, LinkAddress(source), BOB)
        assert len(heard.packets) == len(heard.transports)
    laboratory.explainer.finish()


# --- captures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FRAMES)
def test_with_what_is_known_of_its_network_nothing_of_a_capture_is_lost(name: str) -> None:
    """Every checksum holds, every secured frame opens, no datagram is lost but those that were never sent whole."""
    explainer, frames = Explainer(KNOWN[name].settings), 0
    with open_capture(str(path_of(name))) as capture:
        for frame in capture:
            heard = explainer.explain(frame)
            frames += 1
            assert heard.error is None, (frame.number, heard.error)
            assert not {"wrong-checksum", "datagram-lost", "udp-length"} & set(names(heard)), frame.number
    assert frames == FRAMES[name]
    unfinished = {"riot-udp": 2}
    assert len(explainer.finish()) == unfinished.get(name, 0)


def test_contiki_ng_never_announces_its_context_and_it_is_guessed() -> None:
    alone, told = list(explained("contiki-ng-rpl-1hop")), list(explained("contiki-ng-rpl-1hop", Known({0: "fd00::"})))
    assert [frame.packets for frame in alone] == [frame.packets for frame in told]
    assert sum(bool(frame.guessed_contexts) for frame in alone) == 146
    assert not any(frame.guessed_contexts for frame in told)


def test_what_no_prefix_of_the_capture_fits_stays_without_context() -> None:
    frames = list(explained("riot-short"))
    assert sum("no-context" in names(frame) for frame in frames) == 18
    assert sum(len(frame.lost) for frame in frames) == 12
    assert all(drop.reason is Reason.NO_CONTEXT for frame in frames for drop in frame.lost)
    assert sum(len(frame.packets) for frame in frames) == 40


def test_a_mesh_local_prefix_that_nobody_names_comes_from_the_user() -> None:
    known = KNOWN["openthread-udp"]
    without = list(explained("openthread-udp", Known({}, known.keys, known.addresses)))
    assert any("no-context" in names(frame) for frame in without)
    assert not any(frame.guessed_contexts for frame in without)
    told = list(explained("openthread-udp", Known({0: known.contexts[0]}, known.keys, known.addresses)))
    assert sum(len(frame.packets) for frame in told) > sum(len(frame.packets) for frame in without)


def test_one_that_an_address_query_names_is_guessed_and_right() -> None:
    known = KNOWN["openthread-ping-meshlocal"]
    without = list(explained("openthread-ping-meshlocal", Known({}, known.keys, known.addresses)))
    told = list(explained("openthread-ping-meshlocal", Known({0: known.contexts[0]}, known.keys, known.addresses)))
    assert [frame.packets for frame in without] == [frame.packets for frame in told]


def test_times_that_go_backwards_do_no_harm(laboratory: Laboratory) -> None:
    payloads = fragments(udp_packet(bytes(200)))
    for payload in payloads[:-1]:
        laboratory.hear(payload)
    laboratory.wait(-1000)
    assert laboratory.hear(payloads[-1]).packets
    assert struct.calcsize("q") == 8
