"""Ordinary frames told by the C core: lines and figures are what the explainer says that looks at every header."""

import pytest
from hypothesis import given, settings

from analysis.captured import KNOWN
from analysis.mixtures import BURSTS, MIXTURES, SECOND_NS, behind_all, conversation, frames_of, pcap_of
from p6lowpan import fast_capture
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.glancing import Glancer
from p6lowpan.analysis.gleaning import Written
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.presentation.palette import PLAIN, Palette
from p6lowpan.analysis.presentation.report import LineReport
from p6lowpan.analysis.presentation.summary_words import summary_lines
from p6lowpan.analysis.presentation.telling import Teller
from p6lowpan.analysis.summary import Summary
from p6lowpan.wire.ipv6.registry import Protocol

COLOURED = Palette(coloured=True)
NOTHING_GIVEN = Settings()

pytestmark = pytest.mark.skipif(fast_capture.CORE is None, reason="the C core is not built, or not wanted")


class Way:
    """One way to tell frames: their lines, their figures, and how many frames were told at once."""

    def __init__(self, given_settings, palette, features):
        self.explainer = Explainer(given_settings)
        self.summary = Summary()
        self.report = LineReport(palette, features=features)
        self.lines = []
        self.at_once = 0

    def add(self, seen):
        if isinstance(seen, Written):
            self.at_once += seen.number
            self.lines += seen.octets.decode().splitlines()
        elif isinstance(seen, Glimpse):
            self.summary.add_glimpse(seen)
            self.lines.append(self.report.glimpse(seen).rstrip("\n"))
        else:
            self.summary.add(seen)
            self.lines += self.report.frame(seen)

    def finished(self):
        self.summary.finish(self.explainer.finish())
        return self.lines, list(summary_lines(self.summary, PLAIN))


def told_slowly(frames, given_settings=NOTHING_GIVEN, palette=PLAIN, features=False):
    way = Way(given_settings, palette, features)
    for frame in frames:
        way.add(way.explainer.explain(frame))
    return way.finished()


def tell(frames, given_settings=NOTHING_GIVEN, palette=PLAIN, features=False, shows_lines=True, nanoseconds=True):
    way = Way(given_settings, palette, features)
    glancer = Glancer(way.explainer)
    teller = Teller(way.explainer, way.summary, way.report.lines, shows_lines=shows_lines)
    for _, seen in glancer.glean(pcap_of(frames, nanoseconds=nanoseconds)):
        way.add(seen)
        glancer.glean_with(teller)
    return way


def told(frames, *how, **named):
    return tell(frames, *how, **named).finished()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("name", KNOWN)
def test_every_line_and_figure_of_a_capture_is_the_same(name, known):
    given_settings, frames = KNOWN[name].settings if known else NOTHING_GIVEN, frames_of(name)
    assert told(frames, given_settings) == told_slowly(frames, given_settings)


@pytest.mark.parametrize("features", [False, True])
@pytest.mark.parametrize("name", ["riot-stock", "riot-udp", "riot-short", "openthread-udp"])
def test_colours_and_features_are_the_same(name, features):
    frames = frames_of(name)
    assert told(frames, palette=COLOURED, features=features) == told_slowly(frames, NOTHING_GIVEN, COLOURED, features)


@pytest.mark.parametrize("name", ["riot-stock", "riot-rpl", "contiki-ng-rpl-1hop"])
def test_the_figures_alone_are_the_same(name):
    frames = frames_of(name)
    way = tell(frames, shows_lines=False)
    assert way.finished()[1] == told_slowly(frames)[1]
    assert way.at_once > len(frames) / 2


@settings(max_examples=60)
@given(MIXTURES)
def test_frames_in_any_order_damaged_or_sent_again_are_told_the_same(frames):
    assert told(frames) == told_slowly(frames)


@settings(max_examples=40)
@given(BURSTS)
def test_fragments_in_any_order_are_told_the_same(frames):
    assert told(frames) == told_slowly(frames)


@pytest.mark.parametrize("order", [(0, 1, 0, 2), (1, 0, 2, 1), (2, 0, 2, 1), (0, 2, 0, 1, 2), (0, 1, 2)])
def test_a_fragment_that_comes_again_is_told_the_same(order):
    frames = behind_all(order)
    assert told(frames) == told_slowly(frames)


@pytest.mark.parametrize("step_ns", [1, 500, 1500, 999_999_999, -1, -1_000_001, 400 * SECOND_NS])
def test_times_are_written_as_the_python_writes_them(step_ns):
    start = 2_000_000_000 * SECOND_NS
    frames = [frame._replace(time_ns=start + at * step_ns) for at, frame in enumerate(frames_of("riot-stock")[:400])]
    assert told(frames) == told_slowly(frames)


def test_frames_on_the_air_at_once_wait_side_by_side():
    """As a capture of a whole network shows them: each frame comes before the one before it is over."""
    frames = [frame for frame in frames_of("riot-stock") if len(frame.octets) > 20]
    for gap_ns in (100_000, 300_000, 900_000):
        close = [
            frame._replace(number=at + 1, time_ns=SECOND_NS + at * gap_ns) for at, frame in enumerate(frames[:900])
        ]
        assert told(close) == told_slowly(close)


def test_packets_of_which_no_two_are_the_same_are_told_the_same(monkeypatch):
    said = []
    of_packet = Teller._packet

    def saying(teller, how, packet):
        said.append(packet)
        return of_packet(teller, how, packet)

    monkeypatch.setattr(Teller, "_packet", saying)
    frames = conversation(400)
    way = tell(frames)
    assert way.at_once > 0.95 * len(frames)
    assert way.finished() == told_slowly(frames)
    by_headers = [packet for packet in said if packet[6] == Protocol.ICMPV6 or packet[40:44] == b"\x13\x88\x17\x70"]
    assert len(by_headers) < 25  # of 160, most of them twice: as a beginning, and whole


def test_what_is_told_at_once_is_nearly_all():
    """Else the third speed would be none."""
    frames = frames_of("riot-udp") * 3
    frames = [frame._replace(number=at + 1, time_ns=SECOND_NS + at * 900_000) for at, frame in enumerate(frames)]
    assert tell(frames).at_once > 0.8 * len(frames)
