"""tshark reads the same header, and the same options in the same places, from messages built here."""

from p6lowpan.wire.coap.message import Option, Payload, compose
from p6lowpan.wire.coap.registry import FETCH, GET, Type, is_critical, is_no_cache_key, is_unsafe

MESSAGES = [
    compose(Type.CONFIRMABLE, GET, 0x7D34, options=[(11, b"temperature")]),
    compose(Type.ACKNOWLEDGEMENT, 69, 0x7D34, token=b"\x20", options=[(12, b"")], payload=b"22.3 C"),
    compose(Type.RESET, 0, 0xAD7C),
    compose(
        Type.NON_CONFIRMABLE,
        FETCH,
        1,
        token=bytes(range(1, 9)),
        options=[
            (1, b"tag"), (3, b"host"), (4, b"e"), (5, b""), (6, b"\1"), (7, b"\x16\x33"), (8, b"l"), (9, b"\x09\x05k"),
            (11, b"a" * 12), (11, b"b" * 13), (11, b"c" * 255), (14, b"\x3c"), (15, b"q"), (16, b"\5"), (17, b"\x32"),
            (20, b"x"), (23, b"\x0e"), (27, b"\x06"), (28, b"\1"), (35, b"p" * 1034), (39, b"coap"), (60, b"\x10"),
            (252, b"echo"), (258, b"\x1a"), (292, b"rt"), (561, b""), (65535, b"z" * 268),
        ],
        payload=b"\xff\xff",
    ),
]  # fmt: skip


def ours(message):
    options, number = [], 0
    for span in message.layout():
        option = span.value
        if isinstance(option, Option):
            number += option.whole_delta
            options.append(
                {
                    "start": span.start,
                    "octets": span.end - span.start,
                    "said": properties(number),
                    "delta": option.delta,
                    "delta_extended": number_of(option.delta_extended),
                    "length": option.length,
                    "length_extended": number_of(option.length_extended),
                }
            )
    return {
        "header": (message.version, message.type, message.token_length, message.code, message.message_id),
        "token": message.token,
        "options": options,
        "marker": 255 if any(isinstance(part, Payload) for part in message.contents) else None,
    }


def number_of(extension):
    return int.from_bytes(extension, "big") if extension else None


def properties(number):
    said = [
        f"Type {number}",
        "Critical" if is_critical(number) else "Elective",
        "Unsafe" if is_unsafe(number) else "Safe",
    ]
    if is_no_cache_key(number):
        said.append("NoCacheKey")
    return ", ".join(said)


def test_tshark_finds_the_same_header_and_options(described_by_tshark):
    assert described_by_tshark([message.encode() for message in MESSAGES]) == [ours(message) for message in MESSAGES]
