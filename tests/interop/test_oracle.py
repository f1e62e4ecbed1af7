"""The oracle answers as a stack would when it is asked by the stack's name."""

import json
from typing import Any

import pytest

from interop.agreement import requests
from p6lowpan.analysis import oracle as ours
from p6lowpan.capability.errors import UsageError
from p6lowpan.interop.oracle import answer, answers
from p6lowpan.interop.profiles import STACKS, by_name


def _asked(name: str, identifier: str, **changes: object) -> dict[str, Any]:
    return answer(json.dumps({**requests(name)[identifier], **changes}))


def test_a_wrong_packet_comes_out_wrong() -> None:
    right = _asked("decode", "tf/tf-full/hl64")
    riot = _asked("decode", "tf/tf-full/hl64", profile="riot")
    assert right["packets"] == requests("decode")["tf/tf-full/hl64"]["expect"]
    assert riot["packets"] != right["packets"]
    assert riot["packets"][0][16:] == right["packets"][0][16:]


def test_a_drop_has_its_reason_and_a_crash_is_told() -> None:
    assert _asked("decode", "plain/1", profile="openthread") == {
        "id": "plain/1",
        "packets": [],
        "features": ["uncompressed_ipv6"],
        "level": 0,
        "growth": 0,
        "errors": [{"layer": "openthread", "offset": 0, "reason": "dropped", "detail": "an uncompressed packet"}],
        "replies": [],
    }
    (error,) = _asked("decode", "bad/nhc-ea", profile="riot")["errors"]
    assert (error["layer"], error["reason"]) == ("riot", "crash")


def test_frames_are_those_of_the_stack() -> None:
    assert _asked("encode", "ext/44", profile="riot")["frames"][0].startswith("7e33e506")
    assert _asked("encode", "ext/44", profile="openthread")["frames"][0].startswith("7a332c")
    refused = _asked("encode", "ext/44", profile="openthread", mtu=12)
    assert refused["frames"] == []
    assert refused["errors"][0]["reason"] == "refused"


def test_what_the_frames_ask_for_is_told_whoever_receives_or_sends_them() -> None:
    for operation, identifier in (("decode", "tf/tf-full/hl64"), ("encode", "size/512")):
        for name in STACKS:
            answered = _asked(operation, identifier, profile=name)
            again = answered if operation == "decode" else _asked("decode", "plain/1", frames=answered["frames"])
            right = _asked("decode", identifier) if operation == "decode" else again
            told = {key: answered[key] for key in ("features", "level", "growth")}
            assert told == {key: right[key] for key in told}


def test_our_own_stack_can_be_held_to_a_real_one() -> None:
    held = _asked("decode", "plain/1", profile="toward:openthread")
    assert held["packets"] == []
    assert held["errors"][0]["reason"] == "feature-above-profile"


def test_any_other_profile_is_our_own() -> None:
    line = json.dumps({**requests("decode")["plain/1"], "profile": "level-0"})
    assert answer(line) == ours.answer(line)
    assert list(answers([line, " ", line])) == [json.dumps(ours.answer(line))] * 2


@pytest.mark.parametrize(
    "request_fields",
    [{"profile": "zigbee"}, {"profile": 7}, {"op": "guess"}, {"profile": "riot", "pan": "xyz"}, {"profile": "toward:"}],
)
def test_a_bad_request_is_answered_with_its_error(request_fields: dict[str, object]) -> None:
    (error,) = _asked("decode", "plain/1", **request_fields)["errors"]
    assert error["reason"] == "bad-request"


def test_a_stack_is_found_by_its_name() -> None:
    assert by_name("riot") is STACKS["riot"]
    with pytest.raises(UsageError, match="unknown stack 'zigbee'"):
        by_name("zigbee")


def test_a_stack_is_asked_as_the_drafts_print_it() -> None:
    assert _asked("decode", "plain/1", profile="openthread@2020")["packets"] == []
    assert _asked("decode", "mesh/deep", profile="riot@2020")["packets"] == []
    assert len(_asked("decode", "tf/tf-full/hl64", profile="riot@2018")["packets"]) == 1
    assert _asked("decode", "plain/1", profile="riot@2019")["errors"]
