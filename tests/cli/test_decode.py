"""``p6lowpan decode``: octets from a log, in words."""

import json

ECHO = "7a333a 8000 1234 0001 0002 6162"
ENDS = ("--source", "02:12:34:56:78:ab:cd:01", "--destination", "0212345678abcd02")
FRAGMENTS = ("c0300001 7a333a" + "00" * 8, "e030000106")


def test_a_payload_is_decoded_with_its_link_layer_addresses(run):
    text = run("decode", *ENDS, ECHO).stdout
    assert text.startswith(
        "1  IPHC fe80::12:3456:78ab:cd01 > fe80::12:3456:78ab:cd02  ICMPv6 echo request id 1 seq 2, 2 "
    )
    assert "LOWPAN_IPHC, compressed IPv6 header  octets 0-2, octets 0-39 of the packet" in text
    assert "  rfc6282 takes it\n" in text
    assert "link type" not in text


def test_without_a_link_layer_address_the_reason_is_said(run):
    result = run("decode", ECHO)
    assert result.exit_code == 0
    assert "no-link-address" in result.stdout


def test_the_fragments_of_a_datagram_become_a_packet(run):
    first = "c0320001 7a333a 8000 0000 0001 0002"
    last = "e032000106 6162"
    text = run("decode", *ENDS, first, last).stdout
    assert "tag 0x0001 0-47/50 96 %" in text
    assert "complete: 2 fragments" in text
    assert "IPv6 packet  50 octets, from 2 fragments" in text


def test_contexts_may_be_given(run):
    text = run("decode", *ENDS, "--context", "3=2001:db8::/64", "7af73b333a8000000000010002").stdout
    assert "2001:db8::12:3456:78ab:cd01" not in text  # the octet before says next header, not contexts
    text = run("decode", *ENDS, "--context", "3=2001:db8::/64", "7af7333a8000000000010002").stdout
    assert "2001:db8::12:3456:78ab:cd01 > 2001:db8::12:3456:78ab:cd02" in text
    assert "prefix of context 3" in text


def test_a_profile_says_what_it_does_not_take(run):
    text = run("decode", *ENDS, "--profile", "level-1", ECHO).stdout
    assert "level-1 does not take it: flow_label, hop_limit, traffic_class" in text
    assert run("decode", "--profile", "level-9", ECHO).exit_code == 2


def test_a_whole_frame_is_decoded(run, captures):
    frame = (captures / "riot-rpl.pcap").read_bytes()[40:85].hex()
    text = run("decode", "--mac", "--fcs", "crc16", frame).stdout
    assert "IEEE 802.15.4 MAC header  octets 0-14" in text
    assert "RS with SLLAO" in text
    assert "frame check sequence  octets 43-44" in text


def test_json_is_one_object_a_payload(run):
    first, second = map(
        json.loads, run("decode", "--json", *ENDS, "--profile", "level-1", ECHO, "00").stdout.splitlines()
    )
    assert first["packets"][0]["octets"].startswith("60000000000a3a40fe80")
    assert (first["level"], first["growth"], first["profile"]) == (3, 37, "level-1")
    assert first["unsupported"] == ["flow_label", "hop_limit", "traffic_class"]
    assert second["error"]["reason"] == "not-a-lowpan-frame"


def test_lines_of_octets_come_from_a_pipe(run):
    result = run("decode", *ENDS, "-", standard_input=f"{ECHO}\n\n0x7a:33:3a:80:00\n")
    assert result.stdout.count("LOWPAN_IPHC, compressed IPv6 header") == 2


def test_what_is_no_hexadecimal_is_refused(run):
    for octets in ("7a3", "xyz", "g" * 100):
        result = run("decode", octets)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "is no even number of hexadecimal digits" in result.stderr


def test_addresses_and_pans_that_cannot_be_are_refused(run):
    assert "is no link-layer address" in run("decode", "--source", "12", ECHO).stderr
    assert "--pan is up to 4 hexadecimal digits" in run("decode", "--pan", "12345", ECHO).stderr
    assert "--pan is up to 4 hexadecimal digits" in run("decode", "--pan", "pan", ECHO).stderr


def test_a_checksum_is_explained_with_the_pan(run):
    """A short address whose identifier was made by the older rule of RFC 4944 section 6."""
    payload = "7a333a8000000000010002"
    text = run("decode", "--source", "0001", "--destination", "0002", "--pan", "abcd", payload).stdout
    assert "wrong-checksum" in text
