"""Features of stacks, measured on frames."""

import pytest

from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.profile import RFC6282
from p6lowpan.evaluation.features import largest, plainest, trials, trials_of, verdict
from p6lowpan.evaluation.pairs import name_of
from p6lowpan.interop.laboratory.draft import PAIRS
from p6lowpan.interop.printed import PRINTED_2020
from p6lowpan.machines.adaptation.receiver import Receiver

ROWS = {row.feature: row for row in PRINTED_2020.rows}
IN_THE_TABLE = {BY_NAME[name] for row in PRINTED_2020.rows for name in row.features}


@pytest.mark.parametrize("feature", sorted(IN_THE_TABLE, key=lambda feature: feature.value.name))
def test_the_plainest_frames_use_the_feature_and_no_others_use_less(feature):
    found = plainest(feature)
    assert found
    sets = {trial.features for trial in found}
    assert all(feature in each for each in sets)
    assert not any(trial.features < each for trial in trials() if feature in trial.features for each in sets)


def test_frames_really_use_what_they_are_said_to_use():
    for feature in IN_THE_TABLE:
        for trial in plainest(feature)[::40]:
            receiver = Receiver(RFC6282)
            received = [
                receiver.receive(now, frame, trial.probe.link, trial.probe.contexts)
                for now, frame in enumerate(trial.frames)
            ]
            used = frozenset().union(*(each.features for each in received))
            assert trial.features - {Feature.HEADERS_PAST_FIRST_FRAGMENT} <= used
            if Feature.BROADCAST_HEADER not in trial.features:
                assert [packet.octets for each in received for packet in each.packets] == [trial.probe.packet]


def test_the_largest_packet_has_1280_octets_and_rows_about_behaviour_have_no_frames():
    assert {len(trial.probe.packet) for trial in largest()} == {1280}
    assert trials_of(ROWS["Regular IPv6 ND"]) == ()


def test_a_verdict_in_the_signs_of_the_drafts():
    assert [verdict(0, 3), verdict(2, 3), verdict(3, 3), verdict(0, 0)] == ["", "~", "o", ""]


def test_what_the_sheets_of_the_stacks_say_comes_out(whole):
    def of(row, stack):
        return whole[f"features/{row}/{stack}/verdict"].value

    assert of("Uncompressed IPv6", "openthread") == ""
    assert of("Uncompressed IPv6", "nanostack") == "o"
    assert of("Stateful multicast addr compression", "contiki") == ""
    assert of("Stateful multicast addr compression", "openthread") == "o"
    assert of("TC and Flow label compression", "riot") == "~"
    assert of("Broadcast Header", "nanostack") == "o"
    assert {of("RFC 7400 Generic Header Compression", stack) for stack in PRINTED_2020.stacks} == {""}
    assert of("Dispatch_IPHC header prefix", "tinyos") == "o"


def test_a_feature_that_lacks_has_a_frame_and_a_reason(whole):
    for entry in whole:
        if entry.name.startswith("features/") and entry.name.endswith("/verdict") and entry.value != "o":
            base = entry.name.removesuffix("/verdict")
            if whole[f"{base}/of"].value:
                assert whole[f"{base}/why"].value


def test_each_pair_of_the_draft_has_a_witness_or_another_packet(whole):
    for pair in PAIRS:
        base = f"pairs/{name_of(pair.names)}"
        assert whole[f"{base}/frames"].value
        assert whole[f"{base}/fate"].value != "arrives"


def test_with_discovery_no_pair_of_levels_or_fields_fails(whole):
    assert whole["matrix/own, with discovery/failing pairs"].value == 0
    assert whole["matrix/own, without discovery/failing pairs"].value > 0
    assert whole["matrix/own, without discovery/level-0/level-6"].value == ""
