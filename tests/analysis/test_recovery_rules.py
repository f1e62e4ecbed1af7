"""Recoverable fragments in a capture: what is asked for, aborted, congested or lost; contexts that nobody announced."""

import json

import pytest

from analysis.laboratory import (
    ALICE,
    BOB,
    GLOBAL_ALICE,
    GLOBAL_BOB,
    Laboratory,
    finding,
    iphc,
    names,
    udp_packet,
    uncompressed,
)
from p6lowpan.analysis.explained import Explained, Severity
from p6lowpan.analysis.findings import of_drop
from p6lowpan.analysis.presentation.columns import COLUMNS, cells
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.line import LineWriter
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.analysis.presentation.record import frame_record
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
    bitmap_of,
)
from properties.recoverable import recoverable

PACKET = udp_packet(bytes(range(200)))
DATAGRAM = iphc(PACKET, -1, -1)


def acknowledgment(*sequences: int, **fields: int) -> bytes:
    return RecoverableFragmentAcknowledgment(datagram_tag=5, bitmap=bitmap_of(sequences), **fields).encode()


FIRST, SECOND, THIRD = recoverable(DATAGRAM)


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


def hear_all(laboratory: Laboratory, *payloads: bytes) -> Explained:
    return [laboratory.hear(payload) for payload in payloads][-1]


def text(explained: Explained) -> str:
    return LineWriter(PLAIN).text(explained)


# --- findings --------------------------------------------------------------------------------------------------------


def test_an_acknowledgment_names_the_fragments_that_it_is_without(laboratory: Laboratory) -> None:
    hear_all(laboratory, FIRST, SECOND, THIRD)
    explained = laboratory.hear(acknowledgment(0), BOB, ALICE)
    assert finding(explained, "fragments-asked-for").text == ("of datagram 0x05 these fragments did not arrive: 1, 2")
    assert text(explained) == "RFACK tag 0x05 received 0"


def test_fragments_of_another_hop_are_not_asked_for(laboratory: Laboratory) -> None:
    laboratory.hear(FIRST)
    laboratory.hear(SECOND, BOB, ALICE)
    assert names(laboratory.hear(acknowledgment(0), BOB, ALICE)) == []


def test_a_gap_below_the_last_fragment_is_asked_for_whoever_heard_it(laboratory: Laboratory) -> None:
    explained = laboratory.hear(acknowledgment(0, 3))
    assert finding(explained, "fragments-asked-for").text.endswith("did not arrive: 1, 2")


def test_a_full_bitmap_asks_for_nothing(laboratory: Laboratory) -> None:
    hear_all(laboratory, FIRST, SECOND, THIRD)
    explained = laboratory.hear(
        RecoverableFragmentAcknowledgment(datagram_tag=5, bitmap=FULL_BITMAP).encode(), BOB, ALICE
    )
    assert names(explained) == []
    assert explained.lost == ()


def test_a_datagram_that_its_sender_aborts_is_lost(laboratory: Laboratory) -> None:
    laboratory.hear(FIRST)
    abort = RecoverableFragment(datagram_tag=5, sequence=0, fragment_size=0, datagram_size=0).encode()
    explained = laboratory.hear(abort)
    lost = finding(explained, "datagram-lost")
    assert (lost.severity, lost.section) == (Severity.ERROR, "RFC 8931 6")
    assert lost.text == (
        f"compressed datagram of {len(DATAGRAM)} octets from 02:12:34:56:78:ab:cd:01, tag 0x05: reassembly-aborted, "
        f"1 fragment given up, octets missing: 80-{len(DATAGRAM) - 1} (aborted by its sender or a router on the way)"
    )
    assert finding(explained, "datagram-aborted").text.startswith("the sender, or a router on the way")
    assert text(explained) == "RFRAG tag 0x05 abort"


def test_what_the_end_of_the_capture_leaves_is_told_without_its_size(laboratory: Laboratory) -> None:
    laboratory.hear(SECOND)
    (drop,) = laboratory.explainer.finish()
    assert of_drop(drop).text.startswith("compressed datagram of ? octets from 02:12:34:56:78:ab:cd:01, tag 0x05: ")
    assert "octets missing: 0-79" in of_drop(drop).text


def test_no_stack_is_said_to_lose_recoverable_fragments_for_their_order(laboratory: Laboratory) -> None:
    explained = hear_all(laboratory, THIRD, FIRST, FIRST, SECOND)
    assert explained.packets[0].octets == PACKET
    assert names(explained) == []


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_the_last_fragment_shows_its_packet(laboratory: Laboratory) -> None:
    said = text(hear_all(laboratory, FIRST, SECOND, THIRD))
    assert said.startswith(
        f"RFRAG tag 0x05 fragment 2 160-{len(DATAGRAM) - 1}/{len(DATAGRAM)} complete: 3 fragments in 0.002 s"
    )
    assert "  fe80::12:3456:78ab:cd01 > fe80::12:3456:78ab:cd02  UDP 5683 > 40000 CoAP, 200 octets" in said


def test_the_first_fragment_shows_whose_packet_it_begins(laboratory: Laboratory) -> None:
    said = text(laboratory.hear(FIRST))
    assert said == (
        f"RFRAG tag 0x05 fragment 0 0-79/{len(DATAGRAM)} 37 %  fe80::12:3456:78ab:cd01 > fe80::12:3456:78ab:cd02  "
        "UDP 5683 > 40000 CoAP, 200 octets"
    )
    assert dict(zip(COLUMNS, cells(laboratory.hear(FIRST), ""), strict=True))["dst_port"] == 40000


def test_a_first_fragment_that_cannot_be_read_by_itself_shows_nothing_of_its_packet(laboratory: Laboratory) -> None:
    lacking = iphc(udp_packet(bytes(200), GLOBAL_ALICE, GLOBAL_BOB), 0, 0)
    for begin in (b"\x41" + PACKET, bytes.fromhex("7e33f8"), lacking, b"\xea" * 90):
        first = recoverable(begin.ljust(100, b"\0"), tag=9)[0]
        assert text(laboratory.hear(first)).endswith(f"/{max(100, len(begin))} {8000 // max(100, len(begin))} %")


def test_in_full_the_compressed_datagram_has_its_layers(laboratory: Laboratory) -> None:
    laboratory.hear(FIRST)
    middle = "\n".join(DetailWriter(PLAIN).lines(laboratory.hear(SECOND)))
    assert f"compressed datagram of {len(DATAGRAM)} octets, tag 0x05, 02:12:" in middle
    assert "160 octets of it came, missing: 160-" in middle
    last = "\n".join(DetailWriter(PLAIN).lines(laboratory.hear(THIRD)))
    assert f"compressed datagram  {len(DATAGRAM)} octets\n" in last
    assert "LOWPAN_IPHC, compressed IPv6 header  octets 0-3, octets 0-39 of the packet" in last
    assert "from the length of the compressed datagram" in last
    assert "IPv6 packet  248 octets, from 3 fragments" in last


def test_before_the_first_fragment_the_size_is_not_known(laboratory: Laboratory) -> None:
    explained = laboratory.hear(SECOND)
    assert text(explained) == "RFRAG tag 0x05 fragment 1 80-159/? 80 octets"
    assert "compressed datagram of ? octets" in "\n".join(DetailWriter(PLAIN).lines(explained))
    record = frame_record(explained, 0, "")
    assert record["reassembly"][0]["size"] is None
    assert record["gathered"] is None


def test_a_record_holds_the_compressed_datagram_with_its_last_fragment(laboratory: Laboratory) -> None:
    explained = hear_all(laboratory, FIRST, SECOND, THIRD)
    record = json.loads(json.dumps(frame_record(explained, 0, "")))
    assert record["gathered"]["octets"] == DATAGRAM.hex()
    assert [layer["name"] for layer in record["gathered"]["layers"]] == ["iphc", "in-line"]
    assert record["gathered"]["restored"][0]["layer"] == "iphc"
    assert record["packets"][0]["fragments"] == 3
    assert (record["reassembly"][0]["outcome"], record["reassembly"][0]["size"]) == ("complete", len(DATAGRAM))


def test_a_row_has_tag_and_place(laboratory: Laboratory) -> None:
    rows = [dict(zip(COLUMNS, cells(laboratory.hear(payload), ""), strict=True)) for payload in (FIRST, SECOND)]
    assert [(row["tag"], row["offset"], row["datagram_size"]) for row in rows] == [
        (5, 0, len(DATAGRAM)),
        (5, 80, None),
    ]


# --- contexts --------------------------------------------------------------------------------------------------------


def test_a_context_that_nobody_announced_is_guessed_when_the_datagram_is_whole(laboratory: Laboratory) -> None:
    laboratory.hear(uncompressed(udp_packet(b"", GLOBAL_ALICE, GLOBAL_BOB)))
    packet = udp_packet(bytes(200), GLOBAL_ALICE, GLOBAL_BOB)
    explained = hear_all(laboratory, *recoverable(iphc(packet, 0, 0)))
    assert [each.octets for each in explained.packets] == [packet]
    assert explained.guessed_contexts == {0}
    assert explained.error is None
    assert "2001:db8::12:3456:78ab:cd01 (guess)" in text(explained)


def test_without_any_prefix_the_datagram_lacks_its_context(laboratory: Laboratory) -> None:
    explained = hear_all(laboratory, *recoverable(iphc(udp_packet(bytes(200), GLOBAL_ALICE, GLOBAL_BOB), 0, 0)))
    assert names(explained) == ["no-context"]
    assert explained.packets == ()
