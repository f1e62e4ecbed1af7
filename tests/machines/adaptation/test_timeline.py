"""What a timeline tells about the fragments of one datagram."""

import pytest

from p6lowpan.machines.adaptation.timeline import Arrival, Timeline


@pytest.mark.parametrize(
    ("arrivals", "missing"),
    [
        ((), ((0, 64),)),
        ((Arrival(0, 0, 64),), ()),
        ((Arrival(0, 0, 8),), ((8, 64),)),
        ((Arrival(0, 56, 8),), ((0, 56),)),
        ((Arrival(0, 40, 8), Arrival(1, 16, 8)), ((0, 16), (24, 40), (48, 64))),
        ((Arrival(0, 16, 8), Arrival(1, 24, 8), Arrival(2, 16, 8, duplicate=True)), ((0, 16), (32, 64))),
    ],
)
def test_missing_ranges_are_what_no_arrival_brought(
    arrivals: tuple[Arrival, ...], missing: tuple[tuple[int, int], ...]
) -> None:
    assert Timeline(64, arrivals).missing == missing


def test_duplicates_are_no_fragments_and_bring_no_octets() -> None:
    timeline = Timeline(64, (Arrival(0, 0, 8), Arrival(1, 0, 8, duplicate=True), Arrival(2, 8, 16)), duplicates=1)
    assert (timeline.fragments, timeline.octets) == (2, 24)
