"""``p6lowpan explain`` on real captures: what is shown, what is given, and how the exit status comes about."""

import csv
import io
import json
import os
import struct

import pytest

LINES_OF_RIOT_RPL = """\
 frame     seconds       from   to         level growth  what
     1    0.000000  …ab:cd:01 > broadcast      3    +36  IPHC   fe80::12:3456:78ab:cd01 > ff02::2  RS with SLLAO \
02:12:34:56:78:ab:cd:01
     2    0.004631  …ab:cd:01 > broadcast      3    +36  IPHC   fe80::12:3456:78ab:cd01 > ff02::1a  RPL DIS
     3    0.297183  …ab:cd:01 > broadcast      3    +36  IPHC   fe80::12:3456:78ab:cd01 > ff02::2  RS with SLLAO \
02:12:34:56:78:ab:cd:01
     4    0.504963  …ab:cd:02 > broadcast      3    +36  IPHC   fe80::12:3456:78ab:cd02 > ff02::2  RS with SLLAO \
02:12:34:56:78:ab:cd:02
     5    0.509595  …ab:cd:02 > broadcast      3    +36  IPHC   fe80::12:3456:78ab:cd02 > ff02::1a  RPL DIS
"""


@pytest.fixture(scope="module")
def riot(captures):
    return captures / "riot-rpl.pcap"


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_a_frame_is_one_line(run, riot):
    result = run("explain", "--no-summary", riot)
    assert result.exit_code == 0
    assert result.stdout.startswith(LINES_OF_RIOT_RPL)
    assert len(result.stdout.splitlines()) == 1 + 123


def test_fragments_say_how_far_their_datagram_is(run, riot):
    lines = run("explain", "--no-summary", riot).stdout.splitlines()
    assert "FRAG1  tag 0x0001 0-95/548 17 %" in lines[50]
    assert "FRAGN  tag 0x0001 480-547/548 complete: 6 fragments in" in lines[60]
    assert lines[60].endswith("ICMPv6 echo request id 56942 seq 0, 500 octets")


def test_an_acknowledgement_says_of_which_frame(run, riot):
    lines = run("explain", "--no-summary", riot).stdout.splitlines()
    assert lines[28].endswith("ACK    seq 20, of frame 27")


def test_the_summary_comes_at_the_end(run, riot):
    text = run("explain", riot).stdout
    assert "\n123 frames, 7548 octets in 16.036 s\n" in text
    assert text.index("123 frames") > text.index("   123   16.036101")


def test_quiet_shows_the_summary_alone(run, riot):
    assert run("explain", "--quiet", riot).stdout.startswith("123 frames, 7548 octets")


def test_features_are_named_when_asked_for(run, riot):
    line = run("explain", "--no-summary", "--features", riot).stdout.splitlines()[1]
    assert line.endswith(
        "elided_identifier,flow_label,hop_limit,iphc,stateless_multicast,stateless_unicast,traffic_class"
    )


def test_one_frame_is_shown_in_full(run, riot):
    text = run("explain", "--frame", "27", riot).stdout
    assert text.splitlines()[0].startswith("    27 ")
    for row in (
        "2026-11-21 20:48:03.240935000 UTC, link type IEEE802_15_4_WITHFCS (195), 60 octets",
        "  LOWPAN_IPHC, compressed IPv6 header  octets 21-23, octets 0-39 of the packet",
        "    21 b3-4      tf                             3  traffic class and flow label elided",
        "    source           fe80::12:3456:78ab:cd02                 prefix fe80::/64, identifier from link-layer "
        "02:12:34:56:78:ab:cd:02",
        "    52-67            prefix                     2001:db8::12:3456:78ab:cd02",
        "  asks of its receiver  level 3 and above take this frame; its headers grow by 37 of 51 octets",
        "    0015  7a 33 3a                                          z3:",
    ):
        assert row in text
    assert "\n    28 " not in text


def test_frames_are_shown_in_the_order_of_the_capture(run, riot):
    text = run("explain", "--frame", "50", "--frame", "2", riot).stdout
    assert [
        line.split()[0] for line in text.splitlines() if " > " in line and line[:4] == "    " and line[5] != " "
    ] == [
        "2",
        "50",
    ]


def test_what_is_said_of_one_frame_knows_those_before_it(run, riot):
    line = run("explain", "--frame", "28", riot).stdout.splitlines()[0]
    assert "6.527639" in line
    assert line.endswith("of frame 27")


def test_a_frame_that_is_not_there_is_an_error(run, riot):
    result = run("explain", "--frame", "999", riot)
    assert result.exit_code == 2
    assert "there is no frame 999, only 123 could be read" in result.stderr


def test_every_frame_can_be_shown_in_full(run, captures):
    for path in sorted(captures.glob("*.pcap"))[:2]:
        result = run("explain", "--verbose", path)
        assert result.exit_code == 0
        assert result.stdout.count("IEEE 802.15.4 MAC header") > 40


# --- for programs ----------------------------------------------------------------------------------------------------


def test_json_is_one_object_a_frame_and_the_summary(run, riot):
    *frames, last = map(json.loads, run("explain", "--json", riot).stdout.splitlines())
    assert [frame["number"] for frame in frames] == list(range(1, 124))
    assert len({tuple(frame) for frame in frames}) == 1  # the same keys in all
    assert list(last) == ["summary"]
    assert last["summary"]["frames"] == 123
    assert last["summary"]["packets"] == sum(len(frame["packets"]) for frame in frames) == 50


def test_the_layers_in_json_cover_every_frame(run, riot):
    for line in run("explain", "--json", "--no-summary", riot).stdout.splitlines():
        frame = json.loads(line)
        reached = 0
        for layer in frame["layers"]:
            assert layer["start"] == reached
            reached = layer["end"]
        assert 2 * reached == len(frame["octets"])


def test_json_holds_the_packet_and_its_fragments(run, riot):
    frame = json.loads(run("explain", "--json", "--frame", "60", riot).stdout)
    (packet,) = frame["packets"]
    assert (len(packet["octets"]) // 2, packet["fragments"]) == (548, 6)
    assert packet["text"] == "ICMPv6 echo request id 56942 seq 0, 500 octets"
    (outcome,) = frame["reassembly"]
    assert (outcome["outcome"], outcome["size"], outcome["missing"]) == ("complete", 548, [])
    assert [fragment["offset"] for fragment in outcome["fragments"]] == [0, 96, 192, 288, 384, 480]


def test_csv_is_a_table_with_a_row_for_each_frame(run, riot):
    text = run("explain", "--csv", riot).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 123
    first, acknowledgement, fragment = rows[0], rows[27], rows[49]
    assert (first["src"], first["dst"], first["pan"]) == ("02:12:34:56:78:ab:cd:01", "broadcast", "0x0023")
    assert (first["ip_dst"], first["protocol"], first["icmp_type"]) == ("ff02::2", "icmpv6", "133")
    assert (first["compressed"], first["uncompressed"], first["level"], first["growth"]) == ("28", "64", "3", "36")
    assert (acknowledgement["mac_type"], acknowledgement["sequence"], acknowledgement["level"]) == (
        "acknowledgement",
        "20",
        "",
    )
    assert (fragment["tag"], fragment["offset"], fragment["datagram_size"]) == ("1", "0", "548")


def test_csv_has_udp_ports(run, captures):
    text = run("explain", "--csv", captures / "riot-udp.pcap").stdout
    ports = {
        (row["src_port"], row["dst_port"]) for row in csv.DictReader(io.StringIO(text)) if row["protocol"] == "udp"
    }
    assert ("53", "61632") in ports


def test_forms_exclude_each_other(run, riot):
    for options in (("--json", "--csv"), ("--quiet", "--json"), ("--quiet", "--verbose"), ("--quiet", "--frame", "1")):
        result = run("explain", *options, riot)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1


# --- colour ----------------------------------------------------------------------------------------------------------


def test_there_is_colour_when_asked_for_only(run, riot):
    assert "\x1b[" in run("explain", "--color", "always", riot).stdout
    assert "\x1b[" not in run("explain", "--color", "never", riot).stdout
    assert "\x1b[" not in run("explain", riot).stdout


def test_another_word_for_colour_is_refused(run, riot):
    result = run("explain", "--color", "sometimes", riot)
    assert result.exit_code == 2
    assert "auto, always or never" in result.stderr


# --- what is known ---------------------------------------------------------------------------------------------------


def test_a_key_and_addresses_open_secured_frames(run, captures, thread_options):
    path = captures / "openthread-ping-global.pcap"
    result = run("explain", *thread_options, path)
    assert result.exit_code == 0
    assert "2001:db8:0:1:386a:41da:a9e7:b955 > 2001:db8:0:1:6ae3:fa07:5aba:db8c  ICMPv6 echo request" in result.stdout
    assert "no-context" not in result.stdout
    text = run("explain", *thread_options, "--frame", "12", path).stdout
    assert "decrypted  with Thread network key 0011…, EUI-64 of the source 02:00:00:00:00:00:00:0" in text


def test_keys_contexts_and_addresses_come_from_files_too(run, captures, thread_options, tmp_path):
    path = captures / "openthread-ping-global.pcap"
    keys, contexts = tmp_path / "keys", tmp_path / "contexts"
    keys.write_text(
        "# the network\nthread:00112233445566778899aabbccddeeff\n\naddress 9c00 0200000000000001 # a router\n"
        "address bc00 02:00:00:00:00:00:00:02\naddress cc00 0200000000000003\n"
    )
    contexts.write_text("0=fd00:db8::/64 # mesh-local\n1=2001:db8:0:1::/64\n")
    from_files = run("explain", "--keys", keys, "--contexts", contexts, path)
    assert from_files.exit_code == 0
    assert from_files.stdout == run("explain", *thread_options, path).stdout


def test_a_wrong_key_is_said_in_the_line_and_is_one_finding(run, captures):
    path = captures / "openthread-ping-linklocal.pcap"
    result = run("explain", "--key", "thread:ffffffffffffffffffffffffffffffff", path)
    assert result.exit_code == 0
    secured = [line for line in result.stdout.splitlines() if "no given key opens it" in line]
    assert len(secured) > 100
    assert all(line.count("[") == 1 and line.endswith("[!!bad-integrity-code]") for line in secured)


def test_without_a_key_a_secured_frame_is_a_note(run, captures):
    lines = run("explain", "--no-summary", captures / "openthread-ping-linklocal.pcap").stdout.splitlines()
    assert "secured (security level 5, key index 1), and no key is given for it" in lines[1]
    assert lines[1].endswith("[no-key]")


def test_without_the_address_of_a_short_source_the_line_says_what_to_give(run, captures):
    result = run(
        "explain", "--key", "thread:00112233445566778899aabbccddeeff", captures / "openthread-ping-global.pcap"
    )
    assert "the EUI-64 of 0x9c00 is not known: give it with --address" in result.stdout


def test_an_unknown_context_says_what_to_give(run, captures):
    result = run("explain", captures / "riot-short.pcap")
    assert "none was announced: give it with --context" in result.stdout


def test_a_guessed_context_marks_the_addresses(run, captures):
    lines = run("explain", "--no-summary", captures / "contiki-ng-rpl-1hop.pcap").stdout.splitlines()
    assert "fd00::2 (guess) > fd00::1 (guess)" in lines[12]


def test_frames_with_a_wrong_frame_check_are_read_when_asked_for(run, riot, tmp_path):
    octets = bytearray(riot.read_bytes())
    octets[24 + 16 + 43] ^= 1  # the frame check of the first frame, of 45 octets
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(octets)
    first = run("explain", "--no-summary", damaged).stdout.splitlines()[1]
    assert "the frame check sequence is wrong (--ignore-fcs reads on)" in first
    assert "RS with SLLAO" in run("explain", "--no-summary", "--ignore-fcs", damaged).stdout.splitlines()[1]


def test_another_kind_of_frame_check_may_be_said(run, riot):
    lines = run("explain", "--no-summary", "--fcs", "none", riot).stdout.splitlines()
    assert "malformed" in lines[1]  # the two octets at the end are taken for payload
    result = run("explain", "--fcs", "crc8", riot)
    assert result.exit_code == 2
    assert "--fcs is auto, none, crc16, crc32, ti, not 'crc8'" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--key", "0011"), "a key is 32 hex digits"),
        (("--context", "16=fd00::/64"), "a context is CID=PREFIX/LENGTH"),
        (("--context", "fd00::/64"), "a context is CID=PREFIX/LENGTH"),
        (("--address", "9c00"), "an address is SHORT=EUI64"),
        (("--keys", "/nonexistent"), "/nonexistent: No such file or directory"),
    ],
)
def test_what_is_given_wrongly_is_one_line_on_standard_error(run, riot, options, message):
    result = run("explain", *options, riot)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


# --- what cannot be read ---------------------------------------------------------------------------------------------


def refused(result, message):
    """Nothing on standard output, one line on standard error, exit status 2."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_truncated_capture_is_explained_as_far_as_it_goes(run, riot, tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(riot.read_bytes()[:5000])
    result = run("explain", cut)
    assert result.exit_code == 2
    assert "    64 " in result.stdout
    assert "\n64 frames" in result.stdout
    assert (
        result.stderr
        == f"p6lowpan: {cut}: octet 5000: the file ends inside frame 65: its content has 124 octets, 47 are there\n"
    )


def test_a_file_that_is_no_capture_is_refused(run, tmp_path):
    path = tmp_path / "random"
    path.write_bytes(bytes(range(200)))
    refused(run("explain", path), "no capture: it begins with 00 01 02 03, neither pcap nor pcapng")


def test_an_empty_file_is_refused(run, tmp_path):
    path = tmp_path / "empty"
    path.touch()
    refused(run("explain", path), "no capture: it is empty")


def test_a_capture_without_frames_is_fine(run, riot, tmp_path):
    path = tmp_path / "none.pcap"
    path.write_bytes(riot.read_bytes()[:24])
    result = run("explain", path)
    assert result.exit_code == 0
    assert "0 frames, 0 octets" in result.stdout


def test_another_link_type_is_refused_at_once(run, riot, tmp_path):
    path = tmp_path / "other.pcap"
    octets = bytearray(riot.read_bytes())
    octets[20:24] = (147).to_bytes(4, "little")
    path.write_bytes(octets)
    refused(run("explain", path), "link type 147 carries no 6LoWPAN that is known here")


def test_a_file_that_is_not_there_is_refused(run, tmp_path):
    refused(run("explain", tmp_path / "nothing"), "No such file or directory")


def test_a_directory_is_refused(run, tmp_path):
    refused(run("explain", tmp_path), "Is a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(run, riot, tmp_path):
    path = tmp_path / "secret.pcap"
    path.write_bytes(riot.read_bytes())
    path.chmod(0)
    refused(run("explain", path), "Permission denied")


def test_a_name_of_no_letters_is_refused(run):
    refused(run("explain", ""), "No such file or directory")


def block(kind, body):
    """A pcapng block."""
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(frames):
    """A pcapng file of (link type, octets), each on an interface of its own."""
    blocks = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    for link_type, _ in frames:
        blocks.append(block(1, struct.pack("<HHI", link_type, 0, 0)))
    for interface, (_, octets) in enumerate(frames):
        sizes = struct.pack("<IIIII", interface, 0, 0, len(octets), len(octets))
        blocks.append(block(6, sizes + octets + bytes(-len(octets) % 4)))
    return b"".join(blocks)


def test_interfaces_of_other_links_are_shown_beside_ours(run, tmp_path):
    path = tmp_path / "mixed.pcapng"
    path.write_bytes(pcapng([(147, b"abc"), (230, b"\x02\x00\x07")]))
    result = run("explain", "--no-summary", path)
    assert result.exit_code == 0
    _, other, ours = result.stdout.splitlines()
    assert "link type 147 carries no 6LoWPAN" in other
    assert "ACK    seq 7" in ours


def test_a_capture_of_other_links_alone_is_an_error_in_the_end(run, tmp_path):
    path = tmp_path / "other.pcapng"
    path.write_bytes(pcapng([(147, b"abc"), (148, b"abc")]))
    result = run("explain", path)
    assert result.exit_code == 2
    assert result.stderr.endswith("no frame has a link type that carries 6LoWPAN or IPv6\n")


def test_a_damaged_block_is_passed_over_and_told(run, tmp_path):
    octets = pcapng([(230, b"\x02\x00\x07"), (230, b"\x02\x00\x08")])
    at = octets.index(struct.pack("<II", 6, 36))
    damaged = bytearray(octets)
    damaged[at + 20 : at + 24] = (1000).to_bytes(4, "little")  # more octets than the block holds
    path = tmp_path / "damaged.pcapng"
    path.write_bytes(damaged)
    result = run("explain", path)
    assert result.exit_code == 2
    assert "seq 8" in result.stdout
    assert f"p6lowpan: {path}: octet " in result.stderr
