"""Ordinary frames at a glance: whatever is asked for, it is what the explainer says that looks at every header."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.captured import CAPTURES, FRAMES, KNOWN
from analysis.mixtures import BURSTS, MIXTURES, SECOND_NS, disordered, frames_of, pcap_of
from p6lowpan import fast_capture
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.gleaning import Gleaner, Written
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.mac_headers import MacHeaders
from p6lowpan.analysis.presentation.report import LineReport
from p6lowpan.analysis.presentation.summary_words import summary_record
from p6lowpan.analysis.summary import Summary
from p6lowpan.capability.errors import Malformed
from p6lowpan.capture.files import read
from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.pcap import MICROSECONDS, NANOSECONDS, PcapWriter

READABLE = ("riot-udp", "riot-stock", "riot-rpl", "riot-short", "contiki-ng-rpl-1hop")
NOTHING_GIVEN = Settings()


def told(seen, explainer):
    """Lines, figures and packets."""
    report, summary, packets = LineReport(features=True), Summary(), []
    lines = []
    for one in seen:
        if isinstance(one, Glimpse):
            summary.add_glimpse(one)
            lines.append(report.glimpse(one).rstrip("\n"))
        else:
            summary.add(one)
            lines += report.frame(one)
        packets += [packet.octets for packet in one.packets]
    summary.finish(explainer.finish())
    return lines, summary_record(summary), packets


def explained(frames, given_settings=NOTHING_GIVEN):
    explainer = Explainer(given_settings)
    return told([explainer.explain(frame) for frame in frames], explainer)


def glanced(frames, given_settings=NOTHING_GIVEN):
    explainer = Explainer(given_settings)
    glancer = Glancer(explainer)
    return told([glancer.look(frame) for frame in frames], explainer)


def sifted(frames):
    """As a file of one interface, many frames at once."""
    explainer = Explainer(Settings())
    return told([seen for _, seen in Glancer(explainer).see(pcap_of(frames))], explainer)


def packets_alone(frames):
    """The packets, how many datagrams were lost, and the number of frames."""
    explainer, capture = Explainer(Settings()), pcap_of(frames)
    seen = [one for _, one in Glancer(explainer, packets_alone=True).see(capture)]
    packets = [packet.octets for one in seen for packet in one.packets]
    return packets, sum(len(one.lost) for one in seen) + len(explainer.finish()), capture.pcap.number


def records_alone(frames, nanoseconds=True):
    """The same where packets may come as records: their octets and times, in the order of the file."""
    explainer, capture = Explainer(Settings()), pcap_of(frames, nanoseconds=nanoseconds)
    stream, glancer, lost = io.BytesIO(), Glancer(explainer, packets_alone=True), 0
    writer = PcapWriter(stream, LinkType.IPV6, nanoseconds=nanoseconds)
    glancer.glean_with(Gleaner(explainer, writer.unit_ns))
    for captured, one in glancer.glean(capture):
        lost += len(one.lost)
        if isinstance(one, Written):
            writer.write_records(one.octets)
        for packet in one.packets:
            writer.write(packet.octets, captured.time_ns)
    for pan in explainer.pans.values():
        assert is_accounted_for(pan.receiver.reassembler)
    stream.seek(0)
    written = [(packet.time_ns, packet.octets) for packet in read(stream)]
    return written, lost + len(explainer.finish()), capture.pcap.number


def is_accounted_for(reassembler):
    """Whether every fragment is somewhere, and every octet."""
    ended = reassembler.delivered + reassembler.duplicates + sum(reassembler.dropped.values())
    held = sum(len(octets) for one in reassembler.buffers for _, octets in reassembler.pieces(one.key))
    return reassembler.received == ended + reassembler.pending and reassembler.octets == held


def timed(frames, settings=NOTHING_GIVEN):
    """The packets of the explanation with their times, how many datagrams were lost, and the number of frames."""
    explainer = Explainer(settings)
    seen = [(frame, explainer.explain(frame)) for frame in frames]
    packets = [(frame.time_ns, packet.octets) for frame, one in seen for packet in one.packets]
    return packets, sum(len(one.lost) for _, one in seen) + len(explainer.finish()), len(frames)


@pytest.fixture(params=["core", "python"])
def core(request, monkeypatch):
    """With the C core where there is one, and without it."""
    if request.param == "python":
        monkeypatch.setattr(fast_capture, "CORE", None)
    elif fast_capture.CORE is None:
        pytest.skip("the C core is not built, or not wanted")
    return request.param


@pytest.mark.parametrize("name", READABLE)
def test_every_line_figure_and_packet_of_a_capture_is_the_same(name, core):
    frames = frames_of(name)
    expected = explained(frames)
    assert glanced(frames) == expected
    assert sifted(frames) == expected


@pytest.mark.parametrize("name", ["riot-stock", "contiki-ng-rpl-1hop", "openthread-ping-meshlocal"])
def test_what_the_user_knows_makes_no_difference_to_that(name):
    frames = frames_of(name)
    assert glanced(frames, KNOWN[name].settings) == explained(frames, KNOWN[name].settings)


@pytest.mark.parametrize("name", [*READABLE, "openthread-udp"])
def test_the_packets_alone_are_those_of_the_explanation(name, core):
    frames = frames_of(name)
    _, summary, packets = explained(frames)
    assert packets_alone(frames) == (packets, summary["datagrams_lost"], FRAMES[name])
    assert records_alone(frames) == timed(frames)


def test_nearly_all_packets_of_fragments_and_of_plain_frames_are_written_at_once():
    if fast_capture.CORE is None:
        pytest.skip("the C core is not built, or not wanted")
    explainer = Explainer(Settings())
    glancer = Glancer(explainer, packets_alone=True)
    glancer.glean_with(Gleaner(explainer))
    seen = [one for _, one in glancer.glean(pcap_of(frames_of("riot-udp")))]
    written = sum(one.number for one in seen if isinstance(one, Written))
    assert written > 4 * sum(len(one.packets) for one in seen)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("magic", "unit_ns"), [(MICROSECONDS, 1000), (NANOSECONDS, 1)])
def test_whoever_wrote_the_file_its_frames_are_the_same(order, magic, unit_ns):
    frames = frames_of("riot-udp")
    octets = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, LinkType.IEEE802_15_4_WITHFCS)
    for frame in frames:
        seconds, fraction_ns = divmod(frame.time_ns, SECOND_NS)
        octets += struct.pack(order + "IIII", seconds, fraction_ns // unit_ns, len(frame.octets), frame.original_length)
        octets += frame.octets
    explainer = Explainer(Settings())
    assert told([seen for _, seen in Glancer(explainer).see(read(io.BytesIO(octets)))], explainer) == explained(frames)


def test_an_extension_module_of_other_calls_is_not_called(monkeypatch):
    if fast_capture.CORE is None:
        pytest.skip("the C core is not built, or not wanted")
    monkeypatch.setattr(fast_capture, "CALLS", fast_capture.CALLS + 1)
    assert fast_capture._core() is None


def test_nearly_all_frames_of_a_capture_are_ordinary():
    """Else the second speed would be none."""
    if fast_capture.CORE is None:
        pytest.skip("the C core is not built, or not wanted")
    glancer = Glancer(Explainer(Settings()))
    seen = [glancer.look(frame) for frame in frames_of("riot-stock")]
    assert sum(isinstance(one, Glimpse) for one in seen) > 0.8 * len(seen)


@settings(max_examples=60)
@given(MIXTURES)
def test_frames_in_any_order_damaged_or_sent_again_are_explained_the_same(frames):
    expected = explained(frames)
    assert glanced(frames) == expected
    assert sifted(frames) == expected
    assert packets_alone(frames) == (expected[2], expected[1]["datagrams_lost"], len(frames))
    assert records_alone(frames) == timed(frames)


@settings(max_examples=40)
@given(BURSTS)
def test_fragments_in_any_order_join_the_same_datagrams(frames):
    assert records_alone(frames) == timed(frames)


@pytest.mark.parametrize("order", [(0, 1, 0, 2), (1, 0, 2, 1), (2, 0, 2, 1), (0, 2, 0, 1, 2)])
def test_a_fragment_that_comes_again_joins_nothing_twice(order):
    frames = disordered(order)
    assert records_alone(frames) == timed(frames)


@settings(max_examples=25)
@given(MIXTURES, st.integers(1, 3))
def test_a_frame_heard_on_two_interfaces_is_a_copy_at_a_glance_too(frames, every):
    heard = []
    for frame in frames:
        heard.append(frame._replace(number=len(heard) + 1))
        if frame.number % every == 0:
            heard.append(frame._replace(number=len(heard) + 1, interface=1))
    assert glanced(heard) == explained(heard)


def read_until(frames):
    """Numbers of frames, and why there are no more."""
    numbers, why = [], None
    try:
        for captured in frames:
            numbers.append(captured.number)
    except Malformed as error:
        why = error.offset, error.detail
    return numbers, why


@pytest.mark.parametrize("end", [24, 30, 41, 5000, 5001, 5017, 9540])
def test_a_file_that_is_cut_ends_where_it_does(end, core):
    octets = (CAPTURES / "riot-rpl.pcap").read_bytes()[:end]
    seen = Glancer(Explainer(Settings())).see(read(io.BytesIO(octets)))
    assert read_until(captured for captured, _ in seen) == read_until(read(io.BytesIO(octets)))


def test_no_more_headers_are_remembered_than_there_is_room_for():
    headers, explainer = MacHeaders(most=3), Explainer(Settings())
    frames = [frame for frame in frames_of("riot-rpl") if len(frame.octets) > 20]
    for frame in frames:
        headers.learn(explainer.explain(frame))
    assert len(headers._headers) == 3
    assert headers.of(frames[-1]) is not None
