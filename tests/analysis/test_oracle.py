"""The oracle: one JSON answer for every line, whatever the line holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.analysis.oracle import answer, answers
from p6lowpan.capability.profile import LEVELS
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, ipv6, udp

ALICE, BOB = "0212345678abcd01", "0212345678abcd02"
CONTEXT = {"cid": 0, "prefix": "20010db8000000000000000000000000", "len": 64}
Json = dict[str, Any]


def decode(*frames: str, **more: object) -> Json:
    request = {"op": "decode", "id": "d1", "ll_src": ALICE, "ll_dst": BOB, "contexts": [CONTEXT]}
    return answer(json.dumps({**request, "frames": [frame.replace(" ", "") for frame in frames], **more}))


def encode(packet: bytes, **more: object) -> Json:
    request = {"op": "encode", "id": "e1", "ll_src": ALICE, "ll_dst": BOB, "contexts": [CONTEXT]}
    return answer(json.dumps({**request, "packet": packet.hex(), **more}))


# --- decode ----------------------------------------------------------------------------------------------------------


def test_a_frame_is_answered_with_its_packet_and_what_it_used() -> None:
    assert decode("7e33 f3 3a beef 2121") == {
        "id": "d1",
        "packets": [ipv6(17, udp(b"!!", 0xF0B3, 0xF0BA, 0xBEEF)).hex()],
        "features": [
            *("elided_identifier", "flow_label", "hop_limit", "iphc", "nhc_udp", "nhc_udp_ports"),
            *("stateless_unicast", "traffic_class"),
        ],
        "level": 4,
        "growth": 42,
        "errors": [],
        "replies": [],
    }


def test_fragments_are_answered_with_one_packet_and_the_most_growth() -> None:
    packet = ipv6(59, bytes(range(40)))
    answered = decode("c050 0001 7a33 3b" + packet[40:64].hex(), "e050 0001 08" + packet[64:].hex())
    assert (answered["packets"], answered["growth"], answered["errors"]) == ([packet.hex()], 37, [])
    assert "fragmentation" in answered["features"]


def test_every_error_tells_layer_offset_and_reason() -> None:
    answered = decode("7e33 f8", "7e73")
    assert [(error["layer"], error["offset"], error["reason"]) for error in answered["errors"]] == [
        ("nhc", 2, "unknown-next-header"),
        ("nhc", 2, "truncated"),
    ]
    assert all(error["detail"] for error in answered["errors"])


def test_a_packet_without_its_outer_header_comes_with_the_reason() -> None:
    """IP-in-IP-6LoRH whose encapsulator is the root, which no request can name."""
    answered = decode("f1 a1063f 7a333a 8500d3e900000000")
    assert answered["packets"] == decode("7a333a 8500d3e900000000")["packets"]
    (error,) = answered["errors"]
    assert (error["layer"], error["offset"], error["reason"]) == ("6lorh", 1, "no-root")


def test_what_stays_incomplete_is_an_error() -> None:
    answered = decode("c050 0001 7a33 3b" + "00" * 24)
    assert [error["reason"] for error in answered["errors"]] == ["reassembly-unfinished"]
    assert answered["packets"] == []


def test_nothing_is_kept_between_requests() -> None:
    first, second = "c050 0001 7a33 3b" + "00" * 24, "e050 0001 08" + "00" * 16
    assert decode(first)["packets"] == decode(second)["packets"] == []
    assert len(decode(first, second)["packets"]) == 1


@pytest.mark.parametrize(
    ("field", "value", "reason"), [("contexts", [], "no-context"), ("ll_src", "", "no-link-address")]
)
def test_contexts_and_addresses_are_those_of_the_request(field: str, value: object, reason: str) -> None:
    assert decode("7a73 3b")["errors"] == []
    assert [error["reason"] for error in decode("7a73 3b", **{field: value})["errors"]] == [reason]


def test_bits_past_the_length_of_a_context_do_not_count() -> None:
    loose = {"cid": 0, "prefix": "20010db8000000000123456789abcdef", "len": 64}
    assert decode("7a73 3b", contexts=[loose]) == decode("7a73 3b")


# --- profiles and replies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", range(4))
def test_a_frame_above_the_level_is_answered_with_the_error_of_the_level(level: int) -> None:
    answered = decode("7e33 f3 3a beef", profile=f"level-{level}")
    assert answered["packets"] == []
    assert [error["reason"] for error in answered["errors"]] == ["feature-above-profile"]
    (reply,) = answered["replies"]
    link = Link(LinkAddress(bytes.fromhex(BOB)), LinkAddress(bytes.fromhex(ALICE)))
    (packet,) = Receiver(LEVELS[6]).receive(0, bytes.fromhex(reply), link, {}).packets
    assert packet.octets[:40] == ipv6(58, bytes(4), LINK_LOCAL_BOB, LINK_LOCAL_ALICE, hop_limit=255)[:40]
    assert ClassUnsupported.decode_all(packet.octets[40:]).code == level


def test_a_flex_node_answers_uncompressed() -> None:
    (reply,) = decode("7e33 f3 3a beef", profile="flex:c0000000")["replies"]
    assert bytes.fromhex(reply)[0] == 0x41
    assert len(bytes.fromhex(reply)) == 1 + 48
    assert bytes.fromhex(reply)[-4:] == bytes.fromhex("c0000000")


@pytest.mark.parametrize("profile", ["rfc6282", "level-4", "level-6"])
def test_what_is_understood_is_not_answered(profile: str) -> None:
    answered = decode("7e33 f3 3a beef", profile=profile)
    assert (answered["replies"], len(answered["packets"])) == ([], 1)


def test_a_node_without_contexts_answers_a_frame_that_needs_one() -> None:
    assert len(decode("7a73 3b", profile="level-1", contexts=[])["replies"]) == 1


@pytest.mark.parametrize("level", range(7))
@pytest.mark.parametrize("octets", range(0, 48, 3))
def test_a_first_fragment_of_few_octets_is_no_trouble(level: int, octets: int) -> None:
    frame = "c0c80001 41" + ipv6(58, b"\1" * 20).hex()[: 2 * octets]
    assert decode(frame, profile=f"level-{level}")["replies"] == []


# --- encode ----------------------------------------------------------------------------------------------------------


def test_a_packet_is_answered_with_frames_and_what_they_use() -> None:
    packet = ipv6(17, udp(b"!!", 0xF0B3, 0xF0BA, 0xBEEF))
    answered = encode(packet)
    assert answered["frames"] == ["7e33f33abeef2121"]
    back = decode(*answered["frames"])
    assert [back[key] for key in ("features", "level", "growth")] == [
        answered[key] for key in ("features", "level", "growth")
    ]


def test_mtu_and_profile_are_those_of_the_request() -> None:
    packet = ipv6(59, bytes(100))
    assert [len(frame) // 2 for frame in encode(packet)["frames"]] == [95, 17]
    assert max(len(frame) // 2 for frame in encode(packet, mtu=60)["frames"]) <= 60
    assert len(encode(packet, mtu=103)["frames"]) == 1
    assert encode(packet, profile="level-0", mtu=200)["frames"] == ["41" + packet.hex()]


@pytest.mark.parametrize(
    ("packet", "more", "reason"),
    [
        (ipv6(59, bytes(1241)), {"profile": "level-5"}, "too-big"),
        (ipv6(59, bytes(2008)), {}, "too-big"),
        (ipv6(59, bytes(100)), {"mtu": 5}, "too-big"),
        (b"", {}, "bad-request"),
        (ipv6(59, b"!")[:-1], {}, "bad-request"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(packet: bytes, more: Json, reason: str) -> None:
    answered = encode(packet, **more)
    assert (answered["id"], answered["frames"]) == ("e1", [])
    assert [error["reason"] for error in answered["errors"]] == [reason]


# --- bad requests ----------------------------------------------------------------------------------------------------


def refused(line: str) -> Json:
    answered = answer(line)
    (error,) = answered["errors"]
    assert error["reason"] == "bad-request"
    assert error["detail"]
    return answered


@pytest.mark.parametrize(
    "line", ["{", "]", "[]", "1", "null", '"op"', "nonsense", "[" * 100_000, '{"a":' * 100_000, "9" * 5000, "\0", "{}"]
)
def test_a_line_that_is_no_request_is_refused(line: str) -> None:
    assert refused(line)["id"] is None


@pytest.mark.parametrize(
    "fields",
    [
        *({"op": None}, {"op": "guess"}, {"op": 1}, {"op": []}, {"frames": None}, {"frames": "7a33"}, {"frames": [1]}),
        *({"frames": ["7"]}, {"frames": ["zz"]}, {"frames": [[]]}, {"frames": {"a": 1}}, {"frames": ["\ud800"]}),
        *({"ll_src": 1}, {"ll_src": "12"}, {"ll_src": None}, {"ll_dst": "xyz"}, {"ll_dst": "02123456"}),
        *({"contexts": None}, {"contexts": {}}, {"contexts": [1]}, {"contexts": [{}]}, {"contexts": [[]]}),
        *({"contexts": [{**CONTEXT, "cid": 16}]}, {"contexts": [{**CONTEXT, "cid": -1}]}),
        *({"contexts": [{**CONTEXT, "len": 129}]}, {"contexts": [{**CONTEXT, "len": -1}]}),
        *({"contexts": [{**CONTEXT, "len": "64"}]}, {"contexts": [{**CONTEXT, "prefix": "2001"}]}),
        *({"contexts": [{**CONTEXT, "prefix": "::"}]}, {"contexts": [{**CONTEXT, "cid": 10**30}]}),
        *({"profile": 1}, {"profile": "level-7"}, {"profile": "level--1"}, {"profile": "flex:12"}, {"profile": ""}),
        *({"profile": "level-" + "9" * 5000}, {"profile": None}, {"profile": "flex:zzzzzzzz"}),
    ],
)
def test_a_request_with_a_wrong_field_is_refused_under_its_id(fields: Json) -> None:
    request = {"op": "decode", "id": "d1", "ll_src": ALICE, "ll_dst": BOB, "frames": [], **fields}
    assert refused(json.dumps(request))["id"] == "d1"


@pytest.mark.parametrize("mtu", [0, -1, "102", None, 1.5, [], {}])
def test_an_mtu_that_is_no_positive_number_is_refused(mtu: object) -> None:
    request = {"op": "encode", "id": "e1", "packet": ipv6(59, b"").hex(), "mtu": mtu}
    assert refused(json.dumps(request))["id"] == "e1"


def test_an_id_may_be_anything() -> None:
    for each in (None, 1, "x", [1, {"a": None}], {"b": 2}):
        assert decode("7a33 3b", id=each)["id"] == each


def test_every_line_that_is_not_empty_gets_one_line_of_json() -> None:
    lines = ["", "{", "  ", json.dumps({"op": "decode", "id": 1, "frames": []}), "\n"]
    found = list(answers(lines))
    assert len(found) == 2
    assert [json.loads(line)["id"] for line in found] == [None, 1]
    assert all("\n" not in line for line in found)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats()
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
fields = st.sampled_from(["op", "id", "ll_src", "ll_dst", "contexts", "frames", "packet", "mtu", "profile"])
hexes = st.binary(max_size=60).map(bytes.hex)


@given(
    st.sampled_from(["decode", "encode"]),
    st.dictionaries(fields, values, max_size=4),
    st.lists(hexes, max_size=3),
    st.sampled_from(["rfc6282", "level-0", "level-3", "level-6", "flex:ffffffff", "flex:00000000"]),
)
def test_whatever_a_request_holds_it_is_answered(op: str, odd: Json, frames: list[str], profile: str) -> None:
    request = {
        "op": op,
        "ll_src": ALICE,
        "ll_dst": BOB,
        "frames": frames,
        "packet": "".join(frames),
        "profile": profile,
    }
    assert isinstance(json.dumps(answer(json.dumps(request))), str)
    assert isinstance(json.dumps(answer(json.dumps({**request, **odd}))), str)


@given(st.text(max_size=80))
def test_whatever_a_line_holds_it_is_answered(line: str) -> None:
    assert isinstance(answer(line), dict)
