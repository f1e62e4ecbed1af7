"""A RPL network with RFC 8138 and 8931, explained: roots from DIOs, routes put back, fragments on two hops."""

from pathlib import Path

import pytest

from analysis import routed
from analysis.laboratory import Laboratory, finding, names
from analysis.routed import (
    FAR,
    FAR_ADDRESS,
    HOST,
    LONG,
    NEAR,
    NEAR_ADDRESS,
    PAN,
    ROOT,
    ROOT_ADDRESS,
    SIZE,
    datagram,
    dio,
    down,
    packet,
    up,
)
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.presentation.columns import COLUMNS, cells
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.line import LineWriter
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.analysis.presentation.record import frame_record
from p6lowpan.analysis.summary import Summary, uncompressed_octets
from p6lowpan.capture.files import open_capture
from p6lowpan.wire.sixlowpan.routing_header import rpl_information
from properties.recoverable import recoverable

CAPTURE = Path(__file__).parents[1] / "vectors" / "routed" / "rpl-6lorh-rfrag.pcap"
DATA = b"hello"
OPTION = bytes.fromhex("2900" + "6304" + "00" + "00" + "0300")
UP = (
    bytes.fromhex("60000000")
    + (8 + 48 + len(DATA)).to_bytes(2, "big")
    + b"\x00\x3f"
    + FAR_ADDRESS
    + ROOT_ADDRESS
    + OPTION
    + packet(FAR_ADDRESS, HOST, DATA)
)


def text(explained: Explained) -> str:
    return LineWriter(PLAIN).text(explained)


def hear(laboratory: Laboratory, payload: bytes, source: bytes = FAR, destination: bytes = NEAR) -> Explained:
    return laboratory.hear(payload, source, destination, destination_pan=PAN)


@pytest.fixture
def laboratory() -> Laboratory:
    """It has heard the root's DIO."""
    laboratory = Laboratory()
    hear(laboratory, dio(ROOT, 256), ROOT, routed.EVERYBODY)
    return laboratory


# --- the capture -----------------------------------------------------------------------------------------------------


def test_the_capture_holds_the_conversation(tmp_path: Path) -> None:
    routed.write_capture(str(tmp_path / "again.pcap"))
    assert (tmp_path / "again.pcap").read_bytes() == CAPTURE.read_bytes()


def explained() -> list[Explained]:
    explainer = Explainer(Settings())
    with open_capture(str(CAPTURE)) as capture:
        return [explainer.explain(frame) for frame in capture]


def test_every_packet_of_the_capture_is_put_together_with_right_checksums() -> None:
    frames = explained()
    assert [frame.captured.number for frame in frames if frame.packets] == [1, 2, 3, 4, 5, 6, 10, 17]
    assert all(transport.checksum_holds for frame in frames for transport in frame.transports)
    assert [frame.captured.number for frame in frames if frame.error or frame.lost] == []
    inner = packet(FAR_ADDRESS, HOST, LONG)
    assert [frames[number - 1].packets[0].octets[-len(inner) :] for number in (10, 17)] == [inner, inner]
    assert {name for frame in frames for name in names(frame)} == {"fragments-asked-for"}


def test_the_lines_of_the_capture_say_what_happens() -> None:
    lines = [text(frame) for frame in explained()]
    assert lines[2] == (
        "IPHC RPI-6LoRH up rank 768 instance 0  IP-in-IP-6LoRH hop limit 63  2001:db8::ff:fe00:3 > 2001:db8::ff:fe00:1"
        "  RPL option 0x63 up rank 768, IPv6 2001:db8::ff:fe00:3 > 2001:db8:ffff::99, UDP 61617 > 61618, 5 octets"
    )
    assert "source route, 1 left" in lines[4]
    assert lines[13] == "RFACK tag 0x09 received 0, 2, 3"
    assert lines[15] == "RFRAG tag 0x05 fragment 1 70-139/246 again, its datagram is complete"
    assert lines[16].startswith(
        "RFRAG tag 0x09 fragment 1 70-139/246 complete: 4 fragments in 0.060 s  2001:db8::ff:fe00:3"
    )


def test_the_figures_of_the_capture_count_recoverable_fragments_and_what_routes_take_uncompressed() -> None:
    summary, expected = Summary(), 0
    for frame in explained():
        summary.add(frame)
        payload = len(frame.frame.payload)
        for whole in frame.packets:
            expected += uncompressed_octets(len(whole.octets), 127 - len(frame.captured.octets) + payload)
        if frame.captured.number in (14, 15, 16, 18, 19):  # acknowledgments, and a fragment that came twice
            expected += payload
    assert summary.fragments_received == 9
    assert summary.octets_uncompressed == expected


@pytest.mark.parametrize("packets_alone", [True, False])
def test_at_a_glance_the_capture_is_the_same(packets_alone: bool) -> None:
    whole = [packet.octets for frame in explained() for packet in frame.packets]
    glancer = Glancer(Explainer(Settings()), packets_alone=packets_alone)
    with open_capture(str(CAPTURE)) as capture:
        seen = [packet.octets for frame in capture for packet in glancer.look(frame).packets]
    assert seen == whole


# --- the root --------------------------------------------------------------------------------------------------------


def test_a_dio_tells_the_root_that_an_outer_header_leaves_out(laboratory: Laboratory) -> None:
    frame = hear(laboratory, up(FAR_ADDRESS, 0x0300, DATA))
    assert [each.octets for each in frame.packets] == [UP]
    assert names(frame) == []


def test_without_a_dio_the_packet_inside_is_shown_and_it_is_said_why() -> None:
    frame = hear(Laboratory(), up(FAR_ADDRESS, 0x0300, DATA))
    assert [each.octets for each in frame.packets] == [packet(FAR_ADDRESS, HOST, DATA)]
    assert frame.error is None
    assert finding(frame, "no-root").text == (
        "the address of the encapsulator is told by that of the root of instance 0, which is not known: the packet is "
        "shown without its outer header"
    )
    assert "2001:db8::ff:fe00:3 > 2001:db8:ffff::99  UDP" in text(frame)
    last = "\n".join(DetailWriter(PLAIN).lines(frame))
    assert "LOWPAN_IPHC, compressed IPv6 header  octets 17-50, octets 0-39 of the packet" in last


def test_an_outer_header_that_is_not_shown_may_be_longer_than_the_packet_inside() -> None:
    path = [bytes((octet,)) * 16 for octet in range(8)]
    frame = hear(Laboratory(), down(path, FAR_ADDRESS, b""), ROOT, NEAR)
    assert names(frame) == ["no-root"]
    assert "6lorh stands for" not in "\n".join(DetailWriter(PLAIN).lines(frame))
    assert [rows["layer"] for rows in frame_record(frame, 0, "")["restored"]] == ["iphc", "nhc-udp"]


def test_the_root_may_be_given() -> None:
    for roots in ({None: ROOT_ADDRESS}, {0: ROOT_ADDRESS}):
        frame = hear(Laboratory(Settings(roots=roots)), up(FAR_ADDRESS, 0x0300, DATA))
        assert [each.octets for each in frame.packets] == [UP]


def test_a_dio_of_another_pan_tells_nothing() -> None:
    laboratory = Laboratory()
    laboratory.hear(dio(ROOT, 256), ROOT, routed.EVERYBODY, destination_pan=PAN + 1)
    assert names(hear(laboratory, up(FAR_ADDRESS, 0x0300, DATA))) == ["no-root"]


def test_recoverable_fragments_without_a_root_are_told_of_with_the_last(laboratory: Laboratory) -> None:
    laboratory = Laboratory()
    frames = [hear(laboratory, payload) for payload in recoverable(up(FAR_ADDRESS, 0x0300, LONG), SIZE)]
    assert [names(frame) for frame in frames] == [[], [], [], ["no-root"]]
    assert frames[-1].packets[0].octets == packet(FAR_ADDRESS, HOST, LONG)


# --- the option ------------------------------------------------------------------------------------------------------


def test_the_option_type_that_is_put_back_is_nobodys_fault(laboratory: Laboratory) -> None:
    sent = hear(laboratory, up(FAR_ADDRESS, 0x0300, DATA)).packets[0].octets
    assert names(hear(laboratory, up(FAR_ADDRESS, 0x0300, DATA))) == []
    as_it_is = hear(laboratory, b"\x41" + sent, FAR, NEAR)
    assert "rpl-option-0x63" in names(as_it_is)


def test_what_is_put_back_is_no_disagreement_about_the_option_type() -> None:
    laboratory = Laboratory(Settings(roots={None: ROOT_ADDRESS}))
    hear(laboratory, up(FAR_ADDRESS, 0x0300, DATA))
    new = b"\x41" + UP[:42] + b"\x23" + UP[43:]
    assert "rpl-option-types-mixed" not in names(hear(laboratory, new, FAR, NEAR))
    assert "rpl-option-types-mixed" in names(hear(laboratory, b"\x41" + UP, FAR, NEAR))


def test_a_network_that_switched_has_the_new_option_type() -> None:
    laboratory = Laboratory()
    hear(laboratory, dio(ROOT, 256, flag=1), ROOT, routed.EVERYBODY)
    frame = hear(laboratory, up(FAR_ADDRESS, 0x0300, DATA))
    assert frame.packets[0].octets == UP[:42] + b"\x23" + UP[43:]


# --- fragments of RFC 4944 with a context that is guessed ------------------------------------------------------------


def test_a_guessed_context_serves_behind_routing_headers(laboratory: Laboratory) -> None:
    """The addresses of the datagram lean on context 1, which nobody announced."""
    plain = datagram(FAR_ADDRESS, NEAR_ADDRESS, DATA)
    compressed = bytes.fromhex("7ee611") + FAR_ADDRESS[14:] + NEAR_ADDRESS[14:] + plain[34:]
    frame = hear(laboratory, routed.routed((rpl_information(0, 0x0300),), compressed))
    assert frame.guessed_contexts == {1}
    option = bytes.fromhex("1100" + "6304" + "00" + "00" + "0300")
    inner = packet(FAR_ADDRESS, NEAR_ADDRESS, DATA)
    assert frame.packets[0].octets == (
        inner[:4] + (len(inner) - 32).to_bytes(2, "big") + b"\x00\x40" + inner[8:40] + option + inner[40:]
    )


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_in_full_each_routing_header_says_what_it_stands_for(laboratory: Laboratory) -> None:
    frame = hear(laboratory, down([NEAR_ADDRESS, FAR_ADDRESS], FAR_ADDRESS, DATA), ROOT, NEAR)
    said = "\n".join(DetailWriter(PLAIN).lines(frame))
    for layer in (
        "6LoWPAN routing header  octets 10-13, octets 48-63 of the packet",
        "6LoWPAN routing header  octets 14-16, octets 40-47 of the packet",
        "6LoWPAN routing header  octets 17-19, octets 0-39 of the packet",
        "LOWPAN_IPHC, compressed IPv6 header  octets 20-53, octets 64-103 of the packet",
        "octets of the packet, carried in line  octets 58-62, octets 112-116 of the packet",
        "6lorh stands for  octets 48-63 of the packet",
        "    hop 1            2001:db8::ff:fe00:2                     8 bits in line, the rest from the source",
        "    hop 2            2001:db8::ff:fe00:3                     8 bits in line, the rest from the address before",
        "    option type      0x63                                    that of the DODAG; 0x63 unless a DIO says other",
        "    source           2001:db8::ff:fe00:1                     elided: that of the DODAG's root",
        "    destination      2001:db8::ff:fe00:2                     the first hop of the route",
        "iphc stands for  octets 64-103 of the packet",
        "Routing header, RPL source route  octets 48-63 of the packet",
    ):
        assert layer in said
    record = frame_record(frame, 0, "")
    assert [layer["stands_for"] for layer in record["layers"]][2:6] == [(48, 64), (40, 48), (0, 40), (64, 104)]
    row = dict(zip(COLUMNS, cells(frame, ""), strict=True))
    assert [rows["layer"] for rows in record["restored"]] == ["6lorh", "6lorh", "6lorh", "iphc", "nhc-udp"]
    assert (row["ip_src"], row["uncompressed"]) == ("2001:db8::ff:fe00:1", 64 + 48 + len(DATA))
