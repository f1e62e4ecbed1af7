"""The CoAP server, datagram by datagram; what it must do is of RFC 7252 unless said otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.machines.coap.exchange import (
    BAD_OPTION,
    BAD_REQUEST,
    CHANGED,
    CONTENT,
    CREATED,
    DELETED,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    PROXYING_NOT_SUPPORTED,
    TOO_LARGE,
)
from p6lowpan.machines.coap.resources import Echo
from p6lowpan.machines.coap.server import LIFETIME_US, Server
from p6lowpan.wire.address import ALL_NODES, parse_ipv6
from p6lowpan.wire.coap.message import Message, compose
from p6lowpan.wire.coap.registry import DELETE, FETCH, GET, POST, PUT, Type
from p6lowpan.wire.coap.values import block

US, THEM = parse_ipv6("2001:db8::1"), parse_ipv6("2001:db8::2")
CON, NON, ACK, RST = Type
PATH, FORMAT, QUERY, ACCEPT, BLOCK2, BLOCK1, SIZE1 = 11, 12, 15, 17, 23, 27, 60
ECHO = (PATH, b"echo")


class Asking:
    """A server, and requests one after the other."""

    def __init__(self, limits=P6LOWPAN) -> None:
        self.server = Server({"echo": Echo()}, limits)
        self.now = 0
        self.message_id = 0

    def datagram(self, octets, destination=US, port=40_000):
        return self.server.received(self.now, THEM, port, destination, octets)

    def __call__(self, code, *options, kind=CON, payload=b"", token=b"\x01\x02"):
        self.message_id += 1
        request = compose(kind, code, self.message_id, token=token, options=options, payload=payload)
        answer = self.datagram(request.encode())
        return None if answer is None else Message.decode(answer)[0]


@pytest.fixture
def ask():
    return Asking()


def test_a_confirmable_request_is_answered_in_its_acknowledgement(ask):
    answer = ask(GET, ECHO, token=b"abcd")
    assert (answer.type, answer.code, answer.message_id, answer.token) == (ACK, CONTENT, 1, b"abcd")


def test_another_request_is_answered_by_a_message_of_its_own(ask):
    first, second = (ask(GET, ECHO, kind=NON, token=b"") for _ in range(2))
    assert (first.type, first.code, first.token) == (NON, CONTENT, b"")
    assert first.message_id != second.message_id


def test_what_was_put_is_got_until_it_is_deleted_and_what_is_posted_comes_back(ask):
    assert ask(PUT, ECHO, (FORMAT, b""), payload=b"one").code == CREATED
    assert ask(PUT, ECHO, (FORMAT, b""), payload=b"two").code == CHANGED
    got = ask(GET, ECHO)
    assert (got.payload, got.option_values(FORMAT)) == (b"two", (b"",))  # text/plain is 0, in no octets
    posted = ask(POST, ECHO, payload=b"three")
    assert (posted.code, posted.payload, posted.option_values(FORMAT)) == (CHANGED, b"three", (b"\x2a",))
    assert ask(DELETE, ECHO).code == DELETED
    assert ask(GET, ECHO).payload == b""


def test_resources_are_listed_where_rfc_6690_says(ask):
    answer = ask(GET, (PATH, b".well-known"), (PATH, b"core"))
    assert (answer.code, answer.payload, answer.option_values(FORMAT)) == (CONTENT, b'</echo>;rt="echo";ct=42', (b"(",))
    assert ask(PUT, (PATH, b".well-known"), (PATH, b"core"), payload=b"x").code == METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("code", "options", "expected"),
    [
        (GET, [], NOT_FOUND),
        (GET, [(PATH, b"nowhere")], NOT_FOUND),
        (GET, [ECHO, (PATH, b"")], NOT_FOUND),
        (FETCH, [ECHO], METHOD_NOT_ALLOWED),
        (31, [ECHO], METHOD_NOT_ALLOWED),
        (GET, [ECHO, (9, b"")], BAD_OPTION),  # OSCORE: critical
        (GET, [ECHO, (65001, b"")], BAD_OPTION),
        (GET, [ECHO, (10, b"elective")], CONTENT),
        (GET, [ECHO, (6, b"")], CONTENT),  # Observe is elective: answered once
        (GET, [ECHO, (QUERY, b"a=1"), (QUERY, b"b")], CONTENT),
        (GET, [ECHO, (3, b"a"), (3, b"b")], BAD_OPTION),  # section 5.4.5: supernumerary
        (GET, [ECHO, (3, b"")], BAD_OPTION),  # section 5.4.3: Uri-Host has 1 octet or more
        (GET, [ECHO, (35, b"coap://x/")], PROXYING_NOT_SUPPORTED),
        (GET, [ECHO, (39, b"http")], PROXYING_NOT_SUPPORTED),
        (PUT, [ECHO, (BLOCK1, b"\x0e")], BAD_OPTION),  # RFC 7959: requests are in one piece
    ],
)  # fmt: skip
def test_what_is_asked_is_judged_as_section_5_says(ask, code, options, expected):
    assert ask(code, *options).code == expected


def test_another_format_than_there_is_is_not_acceptable(ask):
    ask(PUT, ECHO, (FORMAT, b"\x32"), payload=b"{}")
    assert ask(GET, ECHO, (ACCEPT, b"\x32")).code == CONTENT
    assert ask(GET, ECHO, (ACCEPT, b"")).code == NOT_ACCEPTABLE


def test_a_payload_beyond_the_bound_is_too_large_and_the_bound_is_said(ask):
    assert ask(PUT, ECHO, payload=bytes(1024)).code == CREATED
    answer = ask(PUT, ECHO, payload=bytes(1025))
    assert (answer.code, answer.option_values(SIZE1)) == (TOO_LARGE, (b"\x04\x00",))
    assert len(ask(GET, ECHO).payload) == 1024


def test_a_repetition_is_answered_alike_and_does_nothing(ask):
    post = compose(CON, PUT, 900, options=[ECHO], payload=b"one").encode()
    first = ask.datagram(post)
    assert ask.datagram(post) == first  # a second PUT would have been Changed
    assert ask.datagram(post, port=40_001) != first  # another endpoint
    ask.now = LIFETIME_US[CON]
    assert ask.datagram(post) != first


def test_a_repetition_that_is_not_confirmable_is_not_answered(ask):
    request = compose(NON, GET, 7, options=[ECHO]).encode()
    assert ask.datagram(request) is not None
    assert ask.datagram(request) is None


def test_no_more_exchanges_are_remembered_than_the_bound():
    ask = Asking(replace(P6LOWPAN, coap_exchanges=2))
    requests = [compose(CON, POST, number, options=[ECHO], payload=b"x").encode() for number in range(1000)]
    for request in requests:
        ask.datagram(request)
    assert len(ask.server._answered) == 2


def test_pings_and_what_is_no_request_are_reset_and_never_acknowledged(ask):
    for octets in ("40000007", "40450007", "40200007", "4f010007", "400100070d"):
        assert ask.datagram(bytes.fromhex(octets)).hex() == "70000007"


@pytest.mark.parametrize(
    "octets",
    ["", "40", "50000007", "50450007", "5f010007", "60000007", "70000007", "60450007", "80010007", "00010007",
     "510100070193"],
)  # fmt: skip
def test_what_nobody_waits_for_is_not_answered(ask, octets):
    assert ask.datagram(bytes.fromhex(octets)) is None  # empty, no CON, another version, a critical option in a NON


def test_nobody_answers_for_a_group(ask):
    for kind in (CON, NON):
        assert ask.datagram(compose(kind, GET, 1, options=[ECHO]).encode(), ALL_NODES) is None


def test_a_representation_comes_in_the_blocks_that_are_asked_for(ask):
    whole = bytes(number % 251 for number in range(1000))
    ask(PUT, ECHO, payload=whole)
    got, number, more = b"", 0, True
    while more:
        value = block(number, False, 2)
        answer = ask(GET, ECHO, (BLOCK2, value.to_bytes(2, "big").lstrip(b"\0")))
        said = int.from_bytes(answer.option_values(BLOCK2)[0], "big")
        assert (said >> 4, said & 7) == (number, 2)
        got, number, more = got + answer.payload, number + 1, bool(said & 8)
    assert got == whole
    assert number == 16
    assert ask(GET, ECHO, (BLOCK2, b"\x01\x02")).code == BAD_REQUEST  # the seventeenth
    assert ask(GET, ECHO, (BLOCK2, b"\x07")).code == BAD_REQUEST  # a size that is reserved


@given(st.binary(max_size=40))
def test_any_octets_are_answered_by_a_message_or_not_at_all(octets):
    answer = Asking().datagram(octets)
    if answer is not None:
        message, _ = Message.decode(answer)
        assert message.message_id == int.from_bytes(octets[2:4], "big") or message.type == NON
        assert message.type in (ACK, RST, NON)
