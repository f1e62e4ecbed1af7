"""CoAP messages: RFC 7252 appendix A, and octets written by hand after its section 3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.coap.message import Message, NumberedOption, Option, Payload, compose, option
from p6lowpan.wire.coap.registry import GET, PUT, Type

TEMPERATURE = (11, b"temperature")
CONTENT, NOT_FOUND, EMPTY = 69, 132, 0
PATH, READING = "bb74656d7065726174757265", "ff32322e332043"

VECTORS = {
    "figure 16, request": (
        f"40017d34 {PATH}",
        compose(Type.CONFIRMABLE, GET, 0x7D34, options=[TEMPERATURE]),
    ),
    "figure 16, response": (
        f"60457d34 {READING}",
        compose(Type.ACKNOWLEDGEMENT, CONTENT, 0x7D34, payload=b"22.3 C"),
    ),
    "figure 17, request": (
        f"41017d35 20 {PATH}",
        compose(Type.CONFIRMABLE, GET, 0x7D35, token=b"\x20", options=[TEMPERATURE]),
    ),
    "figure 17, response": (
        f"61457d35 20 {READING}",
        compose(Type.ACKNOWLEDGEMENT, CONTENT, 0x7D35, token=b"\x20", payload=b"22.3 C"),
    ),
    "figure 20, acknowledgement": ("60007d38", compose(Type.ACKNOWLEDGEMENT, EMPTY, 0x7D38)),
    "figure 20, separate response": (
        f"4145ad7b 53 {READING}",
        compose(Type.CONFIRMABLE, CONTENT, 0xAD7B, token=b"\x53", payload=b"22.3 C"),
    ),
    "figure 21, reset": ("7000ad7c", compose(Type.RESET, EMPTY, 0xAD7C)),
    "figure 22, request": (
        f"51017d40 75 {PATH}",
        compose(Type.NON_CONFIRMABLE, GET, 0x7D40, token=b"\x75", options=[TEMPERATURE]),
    ),
    "figure 23, not found": ("5184952a 86", compose(Type.NON_CONFIRMABLE, NOT_FOUND, 0x952A, token=b"\x86")),
    "RFC 7641 figure 2, registration": (
        f"4101a1b2 4a 60 5b{PATH[2:]}",
        compose(Type.CONFIRMABLE, GET, 0xA1B2, token=b"\x4a", options=[(6, b""), TEMPERATURE]),
    ),
    "every size of delta": (
        "40010000 c0 d000 d0ff e00000",
        Message(
            type=0,
            code=GET,
            message_id=0,
            contents=(option(12), option(13), option(268), option(269)),
        ),
    ),
    "the highest number": ("40010000 e0fef2", compose(Type.CONFIRMABLE, GET, 0, options=[(65535, b"")])),
    "a length in one octet, smallest and largest": (
        "40030000 1d00" + "aa" * 13 + "0dff" + "aa" * 268,
        compose(Type.CONFIRMABLE, PUT, 0, options=[(1, b"\xaa" * 13), (1, b"\xaa" * 268)]),
    ),
    "a length in two octets": (
        "40030000 1e0000" + "aa" * 269,
        compose(Type.CONFIRMABLE, PUT, 0, options=[(1, b"\xaa" * 269)]),
    ),
    "a token of 8 octets": (
        "4801beef 0102030405060708",
        compose(Type.CONFIRMABLE, GET, 0xBEEF, token=bytes(range(1, 9))),
    ),
    "reserved classes of codes are no format errors (section 4.2)": (
        "403f0000",
        Message(type=0, code=0x3F, message_id=0),
    ),
}
vectors = pytest.mark.parametrize(("octets", "message"), VECTORS.values(), ids=VECTORS)


@vectors
def test_octets_decode_to_the_message(octets, message):
    assert Message.decode(bytes.fromhex(octets)) == (message, b"")


@vectors
def test_the_message_encodes_to_the_octets(octets, message):
    assert message.encode() == bytes.fromhex(octets)


@vectors
def test_damaged_octets_decode_or_are_refused(octets, message, stands_hostile_octets):
    stands_hostile_octets(Message.decode, bytes.fromhex(octets)[:64])


def test_the_sizes_of_appendix_a():
    assert [len(VECTORS[f"figure {name}"][1].encode()) for name in ("16, request", "16, response")] == [16, 11]
    assert [len(VECTORS[f"figure {name}"][1].encode()) for name in ("17, request", "17, response")] == [17, 12]


@pytest.mark.parametrize(
    ("octets", "reason", "offset"),
    [
        pytest.param("00010000", Reason.FIXED_VALUE, 0, id="version 0"),
        pytest.param("80010000", Reason.FIXED_VALUE, 0, id="version 2"),
        pytest.param("42010000ff", Reason.TRUNCATED, 5, id="a token that is not there"),
        pytest.param("49010000" + "01" * 9, Reason.RESERVED, 0, id="a token of 9 octets"),
        pytest.param("4f010000" + "01" * 15, Reason.RESERVED, 0, id="a token of 15 octets"),
        pytest.param("4100000001", Reason.BAD_VALUE, 1, id="an Empty message with a token"),
        pytest.param("4000000010", Reason.BAD_VALUE, 1, id="an Empty message with an option"),
        pytest.param("40000000ff01", Reason.BAD_VALUE, 1, id="an Empty message with a payload"),
        pytest.param("40010000ff", Reason.BAD_LENGTH, 5, id="a payload marker without a payload"),
        pytest.param("40010000f0", Reason.RESERVED, 4, id="delta 15 that is no payload marker"),
        pytest.param("400100000f", Reason.RESERVED, 4, id="length 15"),
        pytest.param("400100000f" + "00" * 15, Reason.RESERVED, 4, id="length 15 with 15 octets"),
        pytest.param("40010000d0", Reason.TRUNCATED, 5, id="no room for the delta"),
        pytest.param("40010000de00", Reason.TRUNCATED, 6, id="no room for the length"),
        pytest.param("4001000012aa", Reason.TRUNCATED, 6, id="no room for the value"),
        pytest.param("40010000e0fef310", Reason.BAD_VALUE, 4, id="option 65536"),
        pytest.param("400100", Reason.TRUNCATED, 3, id="no room for the header"),
    ],
)
def test_format_errors_are_refused(octets, reason, offset):
    with pytest.raises(Malformed) as caught:
        Message.decode(bytes.fromhex(octets))
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


def test_what_no_peer_may_send_cannot_be_built():
    with pytest.raises(UsageError, match="reserved"):
        compose(Type.CONFIRMABLE, GET, 0, token=bytes(9))
    with pytest.raises(UsageError, match="Empty"):
        compose(Type.RESET, EMPTY, 0, payload=b"x")
    with pytest.raises(UsageError, match="16 bits"):
        compose(Type.CONFIRMABLE, GET, 0, options=[(65536, b"")])
    with pytest.raises(UsageError, match="0 to 65804"):
        compose(Type.CONFIRMABLE, GET, 0, options=[(70000, b"")])
    with pytest.raises(UsageError, match="nothing follows a payload"):
        Message(type=0, code=GET, message_id=0, contents=(Payload(content=b"x"), option(1)))
    with pytest.raises(UsageError, match="no payload"):
        Payload(content=b"")
    with pytest.raises(UsageError, match="payload marker"):
        Option(delta=15)


def test_options_are_found_by_number():
    message = compose(
        Type.CONFIRMABLE, GET, 1, options=[(15, b"a=1"), (11, b"well"), (3, b"host"), (11, b"known"), (15, b"b=2")]
    )
    assert message.option_values(11) == (b"well", b"known")
    assert message.option_values(12) == ()
    assert [(found.number, found.name) for found in message.options] == [
        (3, "Uri-Host"),
        (11, "Uri-Path"),
        (11, "Uri-Path"),
        (15, "Uri-Query"),
        (15, "Uri-Query"),
    ]
    assert message.path == "/well/known?a=1&b=2"
    assert compose(Type.CONFIRMABLE, GET, 1).path == "/"


def test_the_payload_is_found():
    assert VECTORS["figure 16, response"][1].payload == b"22.3 C"
    assert VECTORS["figure 16, request"][1].payload == b""


def test_a_layout_names_each_option():
    message = compose(
        Type.CONFIRMABLE, PUT, 1, token=b"t", options=[(11, b"led"), (12, b"\x32"), (65001, b"x")], payload=b"{}"
    )
    assert [(span.name, span.start, span.end, span.meaning) for span in message.layout()[-4:]] == [
        ("option", 5, 9, "11 Uri-Path: led"),
        ("option", 9, 11, "12 Content-Format: 50, application/json"),
        ("option", 11, 15, "65001 experimental option: 78, critical"),
        ("payload", 15, 18, ""),
    ]
    assert message.layout()[3].meaning == "0.03 PUT"


@given(
    options=st.lists(st.tuples(st.integers(0, 65535), st.binary(max_size=600)), max_size=5),
    token=st.binary(max_size=8),
    payload=st.binary(max_size=20),
)
def test_what_is_composed_is_found_again(options, token, payload):
    message = compose(Type.CONFIRMABLE, GET, 7, token=token, options=options, payload=payload)
    received = Message.decode_all(message.encode())
    assert received == message
    assert (received.token, received.payload) == (token, payload)
    assert received.options == tuple(NumberedOption(*pair) for pair in sorted(options, key=lambda pair: pair[0]))
