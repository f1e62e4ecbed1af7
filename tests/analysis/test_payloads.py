"""Payloads and frames one by one, without a capture."""

import pytest

from analysis.laboratory import LINK, PAN, fragments, iphc, udp_packet
from p6lowpan.analysis.explainer import Settings
from p6lowpan.analysis.payloads import PayloadExplainer, octets_of, verdict
from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import UsageError


def test_a_payload_is_explained_like_one_that_was_captured():
    packet = udp_packet()
    explained = PayloadExplainer(Settings()).explain_payload(1, iphc(packet, -1, -1), LINK, PAN)
    assert [each.octets for each in explained.packets] == [packet]
    assert explained.pan_id == PAN
    assert explained.frame is None


def test_the_fragments_of_a_datagram_come_one_after_the_other():
    packet = udp_packet(bytes(200))
    explainer = PayloadExplainer(Settings())
    explained = [explainer.explain_payload(number, piece, LINK, None) for number, piece in enumerate(fragments(packet))]
    assert [each.octets for each in explained[-1].packets] == [packet]


def test_findings_are_found_too():
    packet = bytearray(udp_packet())
    packet[-1] ^= 1
    explained = PayloadExplainer(Settings()).explain_payload(1, b"\x41" + packet, LINK, None)
    assert "wrong-checksum" in [finding.name for finding in explained.findings]


def test_a_payload_that_cannot_be_read_says_why():
    explained = PayloadExplainer(Settings()).explain_payload(1, b"\x7a", LINK, None)
    assert explained.error is not None


def test_a_mac_frame_is_explained():
    assert PayloadExplainer(Settings()).explain_frame(1, bytes.fromhex("020007")).frame is not None


def test_a_profile_takes_a_frame_or_says_what_it_lacks():
    explained = PayloadExplainer(Settings()).explain_payload(1, iphc(udp_packet(), -1, -1), LINK, None)
    assert verdict(explained, profiles.of_level(3)) == "level-3 takes it"
    assert verdict(explained, profiles.of_level(0)).startswith(
        "level-0 does not take it: elided_identifier, flow_label, "
    )


def test_a_growth_above_the_bound_is_not_taken():
    payload = bytes.fromhex("7e33ee7a333b")
    explained = PayloadExplainer(Settings()).explain_payload(1, payload, LINK, None)
    assert verdict(explained, profiles.of_level(6)).endswith("a growth of 74 octets (its bound is 51)")


@pytest.mark.parametrize("text", ["7a333a", "7A:33:3a", "0x7a333a", "7a 33 3a", "7a-33_3a", "7a,33,3a"])
def test_octets_are_read_with_and_without_separators(text):
    assert octets_of(text) == bytes.fromhex("7a333a")


@pytest.mark.parametrize("text", ["7a3", "xy", "7a 3"])
def test_what_is_no_hexadecimal_is_refused(text):
    with pytest.raises(UsageError, match="is no even number of hexadecimal digits"):
        octets_of(text)
