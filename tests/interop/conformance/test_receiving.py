"""The receiving direction: our decoder, which had no part in writing the frames, against every vector."""

from itertools import pairwise

import pytest

from interop.conformance.asking import decoded
from p6lowpan.capability.profile import of_level
from p6lowpan.interop.conformance import catalogue
from p6lowpan.interop.conformance.expectation import Answer, expected
from p6lowpan.interop.conformance.suite import profile_of
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION_MODES, SOURCE_MODES
from properties.building import checksum

TARGETS = ["0", "1", "2", "3", "4", "5", "6", "rfc6282", "flex:e0000000", "flex:ffffffc0", "flex:00000000"]
CASES = {case.name: case for case in catalogue.cases()}


def test_the_oracle_makes_of_every_case_what_it_is_made_of():
    wrong = {}
    for name, case in CASES.items():
        if case.fault is not None:
            continue
        answer = decoded(case.frames, case.link, case.contexts, "rfc6282")
        found = answer["packets"], answer["features"], answer["growth"], answer["errors"]
        features = sorted(feature.value.name for feature in case.features)
        if found != ([packet.hex() for packet in case.packets], features, case.growth, []):
            wrong[name] = answer
    assert wrong == {}


def test_the_oracle_finds_every_fault_where_it_is():
    wrong = {}
    for name, case in CASES.items():
        if case.fault is None:
            continue
        answer = decoded(case.frames, case.link, case.contexts, "rfc6282")
        errors = [(error["reason"], error["offset"]) for error in answer["errors"]]
        offsets = [offset for reason, offset in errors if reason == case.fault.reason.value]
        packets = [packet.hex() for packet in case.packets]
        if answer["packets"] != packets or not offsets or case.fault.offset not in (None, *offsets):
            wrong[name] = answer
    assert wrong == {}


def mistakes(case, wanted, profile):
    """What the oracle does otherwise than a node of the profile must."""
    answer = decoded(case.frames, case.link, case.contexts, profile.name)
    replies, reasons = set(answer["replies"]), {error["reason"] for error in answer["errors"]} or {None}
    if answer["packets"] != [packet.hex() for packet in wanted.packets]:
        yield "packets", answer["packets"]
    allowed = {
        Answer.MUST: [{wanted.error_frame.hex()}],
        Answer.MAY: [set(), {wanted.error_frame.hex()}],
        Answer.NEVER: [set()],
    }
    if replies not in allowed[wanted.answer]:
        yield "replies", replies
    if wanted.answer is not Answer.MAY and (wanted.reason and wanted.reason.value) not in reasons:
        yield "reasons", reasons


@pytest.mark.parametrize("target", TARGETS)
def test_the_oracle_does_what_a_node_must(target):
    profile = profile_of(target)
    wrong = {
        name: found for name, case in CASES.items() if (found := list(mistakes(case, expected(case, profile), profile)))
    }
    assert len(CASES) > 1400
    assert wrong == {}


def test_every_name_is_used_once():
    names = [case.name for case in catalogue.cases()] + [lesson.name for lesson in catalogue.all_lessons()]
    assert len(set(names)) == len(names)


def test_every_row_of_the_address_table_meets_every_other_on_every_link():
    named = [name for name in CASES if name.startswith("address/") and name.count("/") == 3]
    assert len(named) == 4 * len(SOURCE_MODES) * len(DESTINATION_MODES)


def test_no_frame_is_longer_than_the_link_allows():
    assert {name for name, case in CASES.items() if max(map(len, case.frames)) > 102} == set()


def test_every_level_takes_more_than_the_one_below():
    taken = [
        {name for name, case in CASES.items() if case.fault is None and expected(case, of_level(level)).packets}
        for level in range(7)
    ]
    assert all(below < above for below, above in pairwise(taken))


ERRORS = {  # by hand, but for the checksum: from fe80::12:4b00:14b5:d902 to fe80::212:4b00:14b5:d901, type 100, code
    0: "416000000000043afffe8000000000000000124b0014b5d902fe8000000000000002124b0014b5d901" + "6400",
    1: "6033000000003aff" + "6401",
    2: "6033000000003aff" + "6402",
    3: "7b333a" + "6403",
    4: "7b333a" + "6404",
    5: "7b333a" + "6405",
}
ABOVE_ALL = {**dict.fromkeys(range(5), "extension/routing/8/nhc"), 5: "generic/udp/literal-1"}


@pytest.mark.parametrize("level", ERRORS)
def test_the_error_has_the_octets_that_the_draft_says(level):
    wanted = expected(CASES[ABOVE_ALL[level]], of_level(level))
    ends = "fe80::12:4b00:14b5:d902", "fe80::212:4b00:14b5:d901"
    right = checksum(*ends, 58, bytes((CLASS_UNSUPPORTED_TYPE, level, 0, 0)))
    assert (wanted.answer, wanted.error_frame.hex()) == (Answer.MUST, ERRORS[level] + f"{right:04x}")


def test_nobody_answers_a_group_or_who_has_no_address():
    groups = [case for case in CASES.values() if case.link.destination == b"\xff\xff"]
    groups += [
        case
        for name, case in CASES.items()
        if "/m1-" in name and name.startswith("address/") and "reserved" not in name
    ]
    groups += [case for name, case in CASES.items() if "/sac1-sam0/" in name]
    assert len(groups) > 160
    assert {expected(case, of_level(0)).answer for case in groups} == {Answer.NEVER}


def test_nobody_answers_an_error_however_compressed():
    errors = [case for name, case in CASES.items() if name.startswith("error/")]
    assert len(errors) == 13
    assert {expected(case, of_level(0)).answer for case in errors} == {Answer.NEVER}
    assert sum(bool(expected(case, of_level(0)).packets) for case in errors) == 1
