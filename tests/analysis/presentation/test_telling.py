"""Ordinary frames told by the C core: lines and figures are what the explainer says that looks at every header."""

from dataclasses import replace
from functools import cache

import pytest

from analysis.captured import KNOWN, explained
from analysis.mixtures import (
    SECOND_NS,
    acknowledged_unasked,
    alone,
    announced,
    beginnings,
    conversation,
    disordered,
    frames_of,
    interleaved,
    paced,
    short_messages,
)
from analysis.tellings import NOTHING_GIVEN, tell, told, told_slowly
from p6lowpan import fast_capture
from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.presentation.telling import Teller
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ipv6.registry import Protocol

COLOURED = Palette(coloured=True)
pytestmark = pytest.mark.skipif(fast_capture.CORE is None, reason="the C core is not built, or not wanted")


@cache
def slowly(name, known=False):
    return told_slowly(frames_of(name), KNOWN[name].settings if known else NOTHING_GIVEN)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("name", KNOWN)
def test_every_line_and_figure_of_a_capture_is_the_same(name, known):
    assert told(frames_of(name), KNOWN[name].settings if known else NOTHING_GIVEN) == slowly(name, known)


@pytest.mark.parametrize("features", [False, True])
@pytest.mark.parametrize("name", ["riot-udp", "riot-short"])
def test_colours_and_features_are_the_same(name, features):
    frames = frames_of(name)
    assert told(frames, palette=COLOURED, features=features) == told_slowly(frames, NOTHING_GIVEN, COLOURED, features)


@pytest.mark.parametrize("name", ["riot-stock", "riot-rpl", "contiki-ng-rpl-1hop"])
def test_the_figures_alone_are_the_same(name):
    frames = frames_of(name)
    way = tell(frames, shows_lines=False)
    assert way.finished()[1] == slowly(name)[1]
    assert way.at_once > len(frames) / 2


ORDERS = [(0, 1, 0, 2), (1, 0, 2, 1), (2, 0, 2, 1), (0, 2, 0, 1, 2), (0, 1, 2), (0, 2, 1), (1, 0, 2)]


@pytest.mark.parametrize("order", ORDERS)
def test_a_fragment_that_comes_late_or_again_is_told_the_same(order):
    frames = disordered(order)
    assert told(frames) == told_slowly(frames)


@pytest.mark.parametrize("scene", [interleaved, acknowledged_unasked, alone, beginnings, short_messages, announced])
def test_what_no_capture_shows_is_told_the_same(scene):
    frames = scene()
    assert told(frames) == told_slowly(frames)


@pytest.mark.parametrize("step_ns", [0, 1, 500, 1500, 999_999_999, -1, -1_000_000, 400 * SECOND_NS])
def test_times_are_written_as_the_python_writes_them(step_ns):
    frames = paced(frames_of("riot-udp")[200:700], step_ns, 2_000_000_000 * SECOND_NS)
    assert told(frames) == told_slowly(frames)


def test_decades_are_written_with_the_digits_that_a_float_has():
    frames = frames_of("riot-udp")[:100]
    later = [frame._replace(time_ns=4_000_000_000_000_000_000 + 123_457_000 * at) for at, frame in enumerate(frames)]
    together = [frame._replace(number=at + 1) for at, frame in enumerate(frames + later)]
    together[0] = together[0]._replace(time_ns=0)
    assert told(together) == told_slowly(together)


def test_a_clock_that_goes_back_and_forth_makes_no_difference():
    frames = frames_of("riot-stock")[:900]
    frames = [
        frame._replace(time_ns=SECOND_NS * (100 + (at * 7919) % 40) + at * 1_000_000) for at, frame in enumerate(frames)
    ]
    assert told(frames) == told_slowly(frames)


def test_a_node_that_sends_from_its_extended_address_is_marked_each_time():
    frames = frames_of("riot-stock")
    pan = next(seen.pan_id for seen in explained("riot-stock") if seen.packets)
    ways = Explainer(NOTHING_GIVEN), Explainer(NOTHING_GIVEN)
    for explainer in ways:
        explainer.addresses.learn(pan, LinkAddress(b"\x12\x34"), LinkAddress(bytes.fromhex("0212345678abcd01")))
    expected = told_slowly(frames, explainer=ways[0])
    assert sum("[extended-source]" in line for line in expected[0]) > 5
    assert told(frames, explainer=ways[1]) == expected


def test_addresses_that_had_to_go_are_seen_again():
    frames = paced(frames_of("riot-rpl") * 3, 9_000_000)
    ways = [Explainer(NOTHING_GIVEN, replace(BOUNDS, extended_addresses=2)) for _ in range(2)]
    assert told(frames, explainer=ways[1]) == told_slowly(frames, explainer=ways[0])
    assert list(ways[1].addresses.candidates()) == list(ways[0].addresses.candidates())
    assert ways[1].addresses.news == ways[0].addresses.news > 4


def test_frames_on_the_air_at_once_wait_side_by_side():
    """As a capture of a whole network shows them: each frame comes before the one before it is over."""
    frames = [frame for frame in frames_of("riot-stock") if len(frame.octets) > 20]
    for gap_ns in (100_000, 300_000, 900_000):
        close = paced(frames[:900], gap_ns)
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
    frames = paced(frames_of("riot-udp") * 3, 900_000)
    assert tell(frames).at_once > 0.8 * len(frames)
