"""Frames that no capture holds, told by the C core: not a letter differs."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.captured import CAPTURES
from analysis.mixtures import BURSTS, MIXTURES
from analysis.tellings import told, told_slowly
from p6lowpan import fast_capture
from p6lowpan.capture.files import read

pytestmark = pytest.mark.skipif(fast_capture.CORE is None, reason="the C core is not built, or not wanted")


@settings(max_examples=60)
@given(MIXTURES)
def test_frames_in_any_order_damaged_or_sent_again_are_told_the_same(frames):
    assert told(frames) == told_slowly(frames)


FILE = (CAPTURES / "riot-short.pcap").read_bytes()[:12_000]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(24, len(FILE) - 1), st.integers(0, 255)), max_size=8))
def test_a_damaged_file_is_told_as_far_as_it_goes(damage):
    octets = bytearray(FILE)
    for place, octet in damage:
        octets[place] = octet
    assert told(read(io.BytesIO(octets))) == told_slowly(read(io.BytesIO(octets)))


@settings(max_examples=40)
@given(BURSTS)
def test_fragments_in_any_order_are_told_the_same(frames):
    assert told(frames) == told_slowly(frames)
