"""Option values in words: :func:`value_words`. Nothing here refuses a value; what cannot be right is said.

RFC 7252 section 5.4.3: an option whose length is out of its range is treated like one that is not known.
"""

from collections.abc import Callable

from p6lowpan.wire.coap.registry import CONTENT_FORMATS, OPTIONS, Format, OptionRow, is_critical, is_request

NO_RESPONSE = {0x02: "2.xx", 0x08: "4.xx", 0x10: "5.xx"}
"""RFC 7967 section 2.1: classes of responses without interest."""

RESERVED_EXPONENT = 7


def value_words(number: int, value: bytes, code: int) -> str:
    """What the value of an option means in a message with ``code``."""
    row = OPTIONS.get(number)
    if row is None:
        return f"{value.hex() or 'empty'}, {'critical' if is_critical(number) else 'elective'}"
    words = _by_name(row, value, code)
    if not row.shortest <= len(value) <= row.longest:
        return f"{words}, treated as unknown: {len(value)} octets, {row.shortest} to {row.longest} allowed"
    return words


def _by_name(row: OptionRow, value: bytes, code: int) -> str:
    if row.number == OBSERVE:
        return observe_words(uint(value), is_request(code))
    if row.number in MEANINGS:
        return MEANINGS[row.number](uint(value))
    if row.number == OSCORE:
        return oscore_words(value)
    match row.format:
        case Format.UINT:
            return str(uint(value))
        case Format.STRING:
            return text(value)
    return value.hex() or "empty"


def uint(value: bytes) -> int:
    """A number in network order without leading zeros, RFC 7252 section 3.2; leading zeros do no harm."""
    return int.from_bytes(value, "big")


def text(value: bytes) -> str:
    """UTF-8 for reading: what is no text or would move a terminal's cursor is escaped."""
    read = value.decode("utf-8", "backslashreplace")
    return read if read.isprintable() else read.encode("unicode_escape").decode("ascii")


def uint_octets(number: int) -> bytes:
    """The shortest octets of a number, none for 0."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def content_format_words(number: int) -> str:
    """RFC 7252 section 12.3."""
    return f"{number}, {CONTENT_FORMATS.get(number, 'not assigned')}"


def block_words(number: int) -> str:
    """NUM, M and SZX of RFC 7959 section 2.2."""
    exponent = number & 7
    size = "reserved size" if exponent == RESERVED_EXPONENT else f"{16 << exponent} octets"
    return f"block {number >> 4}, {'more follow' if number & 8 else 'the last'}, {size}"


def block(number: int, more: bool, exponent: int) -> int:
    """The value of a block option, RFC 7959 section 2.2."""
    return number << 4 | more << 3 | exponent


def observe_words(number: int, request: bool) -> str:
    """RFC 7641 section 2: what a request asks, or the sequence number of a notification."""
    if not request:
        return f"sequence {number}"
    return {0: "register", 1: "deregister"}.get(number, f"{number}, not assigned")


def no_response_words(number: int) -> str:
    """RFC 7967 section 2.1."""
    classes = [words for bit, words in NO_RESPONSE.items() if number & bit]
    return f"no interest in {', '.join(classes)}" if classes else "interest in all responses"


def oscore_words(value: bytes) -> str:
    """The compressed COSE object of RFC 8613 section 6.1: Partial IV, kid context, kid."""
    if not value:
        return "empty"
    flags, rest, words = value[0], value[1:], []
    if flags & 0xE0 or flags & 7 > 5:
        return f"{value.hex()}, reserved flags"
    if flags & 7:
        words.append(f"Partial IV {rest[: flags & 7].hex()}")
        rest = rest[flags & 7 :]
    if flags & 0x10:
        size = rest[0] if rest else 0
        words.append(f"kid context {rest[1 : 1 + size].hex() or 'empty'}")
        rest = rest[1 + size :]
    if flags & 8:
        words.append(f"kid {rest.hex() or 'empty'}")
    return ", ".join(words) or value.hex()


OBSERVE, OSCORE = 6, 9

MEANINGS: dict[int, Callable[[int], str]] = {
    12: content_format_words,
    14: lambda seconds: f"{seconds} s",
    17: content_format_words,
    19: block_words,
    23: block_words,
    27: block_words,
    28: lambda octets: f"{octets} octets",
    31: block_words,
    60: lambda octets: f"{octets} octets",
    258: no_response_words,
}
"""Numbers that mean more than a number, by option."""
