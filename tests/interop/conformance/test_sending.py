"""The sending direction: what the vectors offer is right by their own rule, and nothing of the corpus is smaller."""

from functools import cache

import pytest

from interop.conformance.asking import decoded, encoded
from p6lowpan.interop.conformance import catalogue
from p6lowpan.interop.conformance.suite import MTU, profile_of, suite

TARGETS = ["0", "1", "3", "5", "rfc6282", "flex:e0000000"]


@cache
def vectors(target):
    """The sending direction of one profile."""
    return suite(profile_of(target), "send/").send


def octets(frames):
    return sum(map(len, frames))


@pytest.mark.parametrize("target", TARGETS)
def test_every_answer_is_right_by_the_rule_of_the_vectors(target):
    profile = profile_of(target)
    wrong = {}
    for vector in vectors(target):
        if vector.reason is not None:
            refused = encoded(vector.packet, vector.link, vector.contexts, profile.name, MTU)
            assert refused["frames"] == []
            continue
        answer = decoded(vector.frames, vector.link, vector.contexts, "rfc6282")
        allowed = {feature.value.name for feature in profile.receives}
        kept = set(answer["features"]) <= allowed and answer["growth"] <= profile.limits.header_growth_octets
        if answer["packets"] != [vector.packet.hex()] or not kept or max(map(len, vector.frames)) > MTU:
            wrong[vector.name] = answer
    assert wrong == {}


@pytest.mark.parametrize("target", TARGETS)
def test_no_frame_of_the_corpus_is_smaller_than_ours(target):
    profile = profile_of(target)
    ours = {(v.link, v.contexts, v.packet): octets(v.frames) for v in vectors(target) if not v.reason}
    smaller = [
        case.name
        for case in catalogue.cases()
        if case.sends and case.fault is None and case.bound is None and case.features <= profile.sends
        if octets(case.frames) < ours[case.link, case.contexts, case.packets[0]]
    ]
    assert smaller == []
    assert len(ours) > 800


def test_only_what_is_too_big_is_refused():
    assert {v.name: v.reason.value for v in vectors("3") if v.reason} == {
        "send/fragment/plain/size/1281": "too-big",
        "send/fragment/plain/size/2047": "too-big",
    }


def test_a_vector_covers_what_each_form_of_its_packet_covers():
    covered = {case for vector in vectors("rfc6282") for case in vector.covers}
    numbers = {f"TD_6Lo_HC_{number:02}" for number in range(1, 13)}
    numbers |= {f"TD_6Lo_FORMAT_{number:02}" for number in range(1, 9)}
    numbers |= {f"TD_6Lo_ND_HC_{number:02}" for number in range(1, 5)}
    numbers |= {f"TD_6LOWPAN_HC_{number:02}" for number in range(1, 21)}
    numbers |= {f"TD_6LOWPAN_FORMAT_{number:02}" for number in range(1, 17)}
    assert numbers - covered == set()
