"""What programs read: JSON objects, rows of CSV, and the summary in both forms."""

import csv
import json

from analysis.laboratory import BROADCAST, Laboratory, fragments, icmpv6_packet, iphc, udp_packet, uncompressed
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.presentation.columns import COLUMNS, cells
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.analysis.presentation.record import frame_record, outcome_record
from p6lowpan.analysis.presentation.report import CsvReport, DetailReport, JsonReport, LineReport, Report
from p6lowpan.analysis.presentation.summary_words import summary_lines, summary_record
from p6lowpan.analysis.summary import Summary
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.machines.adaptation.timeline import DatagramDropped, DatagramKey, Timeline
from p6lowpan.wire.address import LinkAddress

KEYS = [
    "number", "time_ns", "seconds", "link_type", "interface", "octets", "missing", "kind", "note", "channel",
    "signal_dbm", "link_quality", "mac", "security", "repeated", "layers", "restored", "reassembly", "gathered",
    "packets", "features", "level", "growth", "guessed_contexts", "learned", "error", "findings", "text",
]  # fmt: skip


def row(explained: Explained) -> dict[str, object]:
    """The row of a frame by its columns."""
    return dict(zip(COLUMNS, cells(explained, "text"), strict=True))


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_the_keys_of_a_frame_do_not_change():
    laboratory = Laboratory()
    for payload in (b"", b"\x00", b"\x7a", uncompressed(udp_packet()), *fragments(udp_packet(bytes(100)))):
        record = frame_record(laboratory.hear(payload), 0, "")
        assert list(record) == KEYS
        assert json.loads(json.dumps(record)) is not None


def test_a_frame_that_is_no_frame_has_the_same_keys():
    captured = CapturedFrame(1, 5, b"\x04", LinkType.IEEE802_15_4_NOFCS, 9, interface=2)
    record = frame_record(Laboratory().explainer.explain(captured), 0, "words")
    assert list(record) == KEYS
    assert (record["missing"], record["interface"], record["mac"], record["security"]) == (8, 2, None, None)
    assert record["error"]["reason"] in ("reserved", "truncated")
    assert (record["features"], record["level"], record["growth"]) == ([], None, 0)
    assert record["text"] == "words"


def test_a_frame_says_who_sent_it_and_what_it_asks():
    record = frame_record(Laboratory().hear(iphc(udp_packet(), -1, -1)), 1_700_000_000_000_000_000, "")
    assert record["seconds"] == 0.001
    assert record["mac"] == {
        "type": "data",
        "version": 1,
        "sequence": 1,
        "acknowledgement_request": False,
        "pan": "0xabcd",
        "source": "02:12:34:56:78:ab:cd:01",
        "destination": "02:12:34:56:78:ab:cd:02",
    }
    assert (record["level"], record["growth"]) == (3, 36)
    assert record["features"] == sorted(record["features"])
    assert record["restored"][0]["layer"] == "iphc"
    assert record["restored"][0]["fields"][0] == {"name": "version", "value": "6", "origin": "always 6"}


def test_a_layer_has_its_fields_with_their_bits():
    iphc_layer = frame_record(Laboratory().hear(iphc(udp_packet(), -1, -1)), 0, "")["layers"][1]
    assert (iphc_layer["name"], iphc_layer["start"], iphc_layer["end"], iphc_layer["stands_for"]) == (
        "iphc",
        21,
        25,
        (0, 40),
    )
    assert iphc_layer["fields"][1] == {
        "name": "tf",
        "depth": 0,
        "start_bit": 171,
        "bits": 2,
        "value": 3,
        "meaning": "traffic class and flow label elided",
    }


def test_a_packet_has_its_octets_and_layers():
    packet = udp_packet(b"x")
    (record,) = frame_record(Laboratory().hear(uncompressed(packet)), 0, "")["packets"]
    assert record["octets"] == packet.hex()
    assert (record["source"], record["destination"]) == ("fe80::12:3456:78ab:cd01", "fe80::12:3456:78ab:cd02")
    assert [layer["name"] for layer in record["layers"]] == ["ipv6", "udp", "payload"]
    assert record["layers"][2]["raw"] == b"x".hex()
    assert record["fragments"] is None


def test_a_finding_has_its_name_severity_section_and_text():
    packet = bytearray(udp_packet())
    packet[-1] ^= 1
    findings = frame_record(Laboratory().hear(uncompressed(bytes(packet))), 0, "")["findings"]
    (finding,) = [each for each in findings if each["name"] == "wrong-checksum"]
    assert list(finding) == ["name", "severity", "section", "text"]
    assert finding["severity"] == "error"


def test_a_dropped_datagram_says_why():
    key = DatagramKey(LinkAddress(b"\0\1"), LinkAddress(b"\0\2"), 96, 7)
    drop = DatagramDropped(Reason.REASSEMBLY_TIMEOUT, "reassembly", key=key, timeline=Timeline(96), fragments=1)
    record = outcome_record(drop)
    assert (record["outcome"], record["reason"]) == ("dropped", "reassembly-timeout")
    assert (record["size"], record["tag"], record["missing"]) == (96, 7, ((0, 96),))


# --- CSV -------------------------------------------------------------------------------------------------------------


def test_a_row_has_every_column():
    found = row(Laboratory().hear(iphc(udp_packet(), -1, -1)))
    assert found["time"] == "1700000000.001000000"
    assert (found["src"], found["pan"], found["mac_type"]) == ("02:12:34:56:78:ab:cd:01", "0xabcd", "data")
    assert (found["protocol"], found["src_port"], found["dst_port"]) == ("udp", 5683, 40000)
    assert (found["compressed"], found["uncompressed"], found["length"]) == (19, 55, 42)
    assert (found["level"], found["growth"], found["packets"]) == (3, 36, 1)
    assert (found["icmp_type"], found["tag"], found["error"]) == (None, None, None)


def test_icmpv6_has_its_type_and_code():
    found = row(Laboratory().hear(uncompressed(icmpv6_packet(bytes.fromhex("0104000000000000")))))
    assert (found["protocol"], found["icmp_type"], found["icmp_code"]) == ("icmpv6", 1, 4)


def test_a_fragment_has_its_place():
    laboratory = Laboratory()
    first, second, *_ = [row(laboratory.hear(piece)) for piece in fragments(udp_packet(bytes(200)))]
    assert (first["tag"], first["offset"], first["datagram_size"], first["packets"]) == (1, 0, 248, 0)
    assert (first["protocol"], first["src_port"]) == ("udp", 5683)
    assert (second["offset"], second["uncompressed"], second["protocol"]) == (72, 72, None)


def test_what_is_no_lowpan_leaves_its_columns_empty():
    found = row(Laboratory().hear(b"\x00", destination=BROADCAST))
    assert (found["dst"], found["level"], found["growth"], found["compressed"]) == ("broadcast", None, None, None)
    assert found["error"] == "not-a-lowpan-frame"


# --- reports ---------------------------------------------------------------------------------------------------------


def test_csv_can_be_read_by_whoever_reads_csv():
    report = CsvReport()
    frame = Laboratory().hear(uncompressed(udp_packet()))
    header, line = [*report.start(), *report.frame(frame)]
    assert next(csv.reader([header])) == list(COLUMNS)
    assert len(next(csv.reader([line]))) == len(COLUMNS)
    assert list(report.end(Summary())) == []


def test_every_report_takes_frames_that_are_not_shown():
    laboratory = Laboratory()
    frames = [laboratory.hear(uncompressed(udp_packet())) for _ in range(2)]
    for report in (Report(), LineReport(), DetailReport(), JsonReport(), CsvReport()):
        report.pass_over(frames[0])
        lines = list(report.frame(frames[1]))
        assert bool(lines) is report.shows_frames
        assert report.lines.first_ns == frames[0].captured.time_ns


# --- the summary -----------------------------------------------------------------------------------------------------


def summary_of(*payloads: bytes) -> Summary:
    """The summary of some frames."""
    laboratory, summary = Laboratory(), Summary()
    for payload in payloads:
        summary.add(laboratory.hear(payload))
    summary.finish(laboratory.explainer.finish())
    return summary


def test_a_summary_says_what_was_there_and_what_is_wrong():
    pieces = fragments(udp_packet(bytes(200)))
    text = "\n".join(summary_lines(summary_of(iphc(udp_packet(), -1, -1), *pieces[:2], b"\x7a"), PLAIN))
    assert text.startswith("4 frames, ")
    assert "  2 fragments of datagrams, 1 datagram lost\n" in text
    assert "  1 IPv6 packet\n" in text
    assert (
        "  fe80::12:3456:78ab:cd01 > fe80::12:3456:78ab:cd02  udp 5683 > 40000         1        55  0.000 to 0.000"
        in text
    )
    assert "  level 0: 2, level 3: 1\n" in text
    assert "         2  fragmentation                level 0   FRAG1 and FRAGN headers  (RFC 4944 5.3)\n" in text
    assert "  error    datagram-lost  1 x, at the end, RFC 4944 5.3\n" in text
    assert "  error    truncated  1 x, first in frame 4, " in text


def test_errors_come_before_notes():
    rows = summary_record(summary_of(uncompressed(udp_packet()), b"\x7a"))["findings"]
    severities = [row["severity"] for row in rows]
    assert severities == sorted(severities, key=("error", "warning", "note").index)
    assert "error" in severities


def test_the_summary_of_nothing_is_short():
    assert list(summary_lines(Summary(), PLAIN)) == ["0 frames, 0 octets in 0.000 s", "  0 IPv6 packets"]
    record = summary_record(Summary())
    assert (record["frames"], record["first_time_ns"], record["last_time_ns"]) == (0, None, None)


def test_many_conversations_are_cut_and_the_rest_is_counted():
    packets = [uncompressed(udp_packet(source_port=5000 + number)) for number in range(30)]
    lines = list(summary_lines(summary_of(*packets), PLAIN))
    assert sum("  udp 50" in line for line in lines) == 20
    assert "  and 10 more" in lines
    assert len(summary_record(summary_of(*packets))["conversations"]) == 30


def test_conversations_that_were_forgotten_are_one_row():
    laboratory, summary = Laboratory(), Summary(most_conversations=2)
    for number in range(5):
        summary.add(laboratory.hear(uncompressed(udp_packet(source_port=5000 + number))))
    lines = list(summary_lines(summary, PLAIN))
    assert any(line.startswith("  others ") for line in lines)
    assert summary_record(summary)["conversations"][-1]["source"] is None


def test_the_summary_has_the_same_keys_always():
    assert list(summary_record(Summary())) == list(summary_record(summary_of(uncompressed(udp_packet()))))
