"""The line of a frame: its columns, its marks, and what it remembers of the frames before."""

from dataclasses import replace

from analysis.laboratory import ALICE, BOB, BROADCAST, Laboratory, iphc, udp_packet, uncompressed
from p6lowpan.analysis.explained import Explained, Finding, Severity
from p6lowpan.analysis.presentation.line import LineWriter, link_ends
from p6lowpan.analysis.presentation.palette import PLAIN, Palette
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.sixlowpan.contexts import Context

COLUMNS = "     1    0.000000  …ab:cd:01 > …ab:cd:02  "


def plain(*frames: Explained, **options: bool) -> list[str]:
    """The lines of some frames."""
    lines = LineWriter(PLAIN, **options)
    return [lines.line(frame) for frame in frames]


def captured(octets: bytes = b"", time_ns: int = 0, number: int = 1) -> CapturedFrame:
    """A frame of a capture."""
    return CapturedFrame(number, time_ns, octets, LinkType.IEEE802_15_4_NOFCS, len(octets))


def acknowledgement(sequence: int) -> Frame:
    """An acknowledgement."""
    return Frame(frame_type=FrameType.ACKNOWLEDGEMENT, frame_version=0, sequence_number=sequence % 256)


def test_the_columns_stand_under_their_names():
    (line,) = plain(Laboratory().hear(uncompressed(udp_packet())))
    heading = LineWriter(PLAIN).heading
    assert line.startswith(COLUMNS + "    0     +0  IPV6   fe80::")
    assert line.index("IPV6") == heading.index("what")
    assert line.index("…ab:cd:02") == heading.index("to ")


def test_time_counts_from_the_first_frame():
    lines = plain(
        *[Explained(captured(time_ns=time_ns, number=7)) for time_ns in (5_000_000_000, 5_000_001_000, 4_000_000_000)]
    )
    assert [line.split()[:2] for line in lines] == [["7", "0.000000"], ["7", "0.000001"], ["7", "-1.000000"]]


def test_the_cost_is_the_lowest_level_and_the_growth():
    (line,) = plain(Laboratory().hear(iphc(udp_packet(), -1, -1)))
    assert line.startswith(COLUMNS + "    3    +36  IPHC   ")
    features = frozenset({Feature.HC1})
    (line,) = plain(Explained(captured(), features=features, growth=60))
    assert " none    +60  " in line


def test_findings_are_marked_by_their_severity():
    findings = tuple(Finding(f"a-{severity.name.lower()}", severity, "RFC 1", "text") for severity in Severity)
    (line,) = plain(Explained(captured(), findings=findings))
    assert line.endswith("  [a-note]  [!a-warning]  [!!a-error]")


def test_features_are_shown_when_asked_for():
    frame = Laboratory().hear(uncompressed(udp_packet()))
    assert plain(frame, features=True)[0].endswith("  uncompressed_ipv6  [uncompressed]")
    assert "uncompressed_ipv6" not in plain(frame)[0]


def test_an_acknowledgement_belongs_to_the_frame_with_its_sequence_number():
    laboratory = Laboratory()
    frame = laboratory.hear(uncompressed(udp_packet()), acknowledgement_request=1)
    sequence = frame.frame.sequence_number
    right, wrong = (laboratory.hear_frame(acknowledgement(number)) for number in (sequence, sequence + 1))
    _, second, third = plain(frame, right, wrong)
    assert second.split("  [")[0].endswith(f"ACK    seq {sequence}, of frame 1")
    assert third.split("  [")[0].endswith(f"seq {sequence + 1}")


def test_an_acknowledgement_that_asks_for_one_is_not_its_own():
    laboratory = Laboratory()
    frame = laboratory.hear(uncompressed(udp_packet()), acknowledgement_request=1)
    sequence = frame.frame.sequence_number
    damaged = laboratory.hear_frame(replace(acknowledgement(sequence), acknowledgement_request=1))
    again = laboratory.hear_frame(acknowledgement(sequence))
    assert [line.split("  [")[0].endswith("of frame 1") for line in plain(frame, damaged, again)] == [False, True, True]


def test_frames_that_are_passed_over_are_remembered():
    laboratory = Laboratory()
    frame = laboratory.hear(uncompressed(udp_packet()), acknowledgement_request=1)
    answer = laboratory.hear_frame(acknowledgement(frame.frame.sequence_number))
    lines = LineWriter(PLAIN)
    lines.note(frame)
    line = lines.line(answer)
    assert "     2    0.001000" in line
    assert "of frame 1" in line


def test_a_retransmission_is_no_second_packet():
    laboratory = Laboratory()
    frame = laboratory.data(uncompressed(udp_packet()))
    first, second = plain(laboratory.hear_frame(frame), laboratory.hear_frame(frame))
    assert "IPV6   fe80::" in first
    assert "RETRY  seq 1, 56 octets, sent again: no acknowledgement came" in second


def test_a_guessed_context_marks_the_address_that_leans_on_it():
    laboratory = Laboratory(contexts=(Context(1, bytes.fromhex("20010db8").ljust(16, b"\0"), 64),))
    packet = udp_packet(source="2001:db8::12:3456:78ab:cd01", destination="fe80::12:3456:78ab:cd02")
    frame = laboratory.hear(iphc(packet, 1, -1, contexts=(1, 0)))
    assert frame.packets
    guessed = Explained(
        frame.captured, frame.inside, frame.frame, received=frame.received, guessed_contexts=frozenset({1})
    )
    (line,) = plain(guessed)
    assert "2001:db8::12:3456:78ab:cd01 (guess) > fe80::12:3456:78ab:cd02  UDP" in line


def test_what_is_no_frame_of_a_lowpan_says_what_it_is():
    other = Explained(captured(), Encapsulated(Kind.OTHER, b"", note="EtherType 0x0806"))
    unknown = Explained(captured(), error=Malformed("encapsulation", 0, Reason.UNKNOWN_LINK_TYPE, "link type 147"))
    zep = Explained(captured(), Encapsulated(Kind.ZEP_ACKNOWLEDGEMENT, b""))
    packet = Explained(captured(), Encapsulated(Kind.IPV6, udp_packet()))
    said = [line[57:] for line in plain(other, unknown, zep, packet)]
    assert said[0] == "-      EtherType 0x0806"
    assert said[1] == "?      encapsulation at octet 0: unknown-link-type (link type 147)"
    assert said[2] == "-      zep acknowledgement"
    assert said[3].startswith("IPv6   fe80::12:3456:78ab:cd01 > fe80::12:3456:78ab:cd02  UDP")


def test_the_ends_are_those_of_the_mac_frame_or_of_the_link():
    inside = Encapsulated(Kind.LOWPAN, b"\x41", source=ALICE, destination=BROADCAST)
    assert link_ends(Explained(captured(), inside)) == (ALICE, BROADCAST)
    assert link_ends(Laboratory().hear(b"\0")) == (ALICE, BOB)
    assert link_ends(Explained(captured())) == (b"", b"")


def test_text_is_what_the_line_says_behind_its_columns():
    frame = Laboratory().hear(uncompressed(udp_packet()))
    lines = LineWriter(PLAIN)
    assert f"  {lines.text(frame).replace('IPV6', 'IPV6  ')}  [" in lines.line(frame)


def test_colour_changes_no_letter():
    laboratory = Laboratory()
    frames = [
        laboratory.hear(uncompressed(udp_packet())),
        laboratory.hear(b"\x7a"),
        laboratory.hear(b"\xc0\x10\0\1\x41"),
    ]
    coloured = LineWriter(Palette(coloured=True))
    for frame, line in zip(frames, plain(*frames), strict=True):
        painted = coloured.line(frame)
        assert "\x1b[" in painted
        assert without_colour(painted) == line


def without_colour(text: str) -> str:
    """The text that a terminal shows."""
    pieces = text.split("\x1b[")
    return pieces[0] + "".join(piece.partition("m")[2] for piece in pieces[1:])
