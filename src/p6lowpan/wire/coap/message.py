"""CoAP messages over UDP, RFC 7252 section 3.

On the wire an option says how far its number is from the one before it, so :class:`Option` holds that difference, and
:class:`Message` knows the numbers: :attr:`Message.options`, :meth:`Message.option_values`. :func:`compose` builds a
message from numbers. RFC 7252 section 3.1 has exactly one encoding of each difference and length, so nothing is lost.

Unknown versions, reserved token lengths and what an Empty message must not hold are refused (sections 3 and 4.1);
classes of codes and options are not judged: see :mod:`p6lowpan.wire.coap.registry`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.coap.registry import HIGHEST_OPTION, Type, code_words, option_name
from p6lowpan.wire.coap.values import text, value_words
from p6lowpan.wire.description import (
    AUTO,
    U16,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Octets,
    Rest,
    Span,
    wire,
)
from p6lowpan.wire.family import Family

PAYLOAD_MARKER = 0xFF
URI_PATH, URI_QUERY = 11, 15

# --- the numbers of an option, RFC 7252 section 3.1 ------------------------------------------------------------------

EXTENSION_OCTETS = {13: 1, 14: 2}
EXTENSION_BASE = {13: 13, 14: 269, 15: 0}  # 15 is refused, and not for want of 15 octets
LARGEST_EXTENDED = 269 + 0xFFFF
NIBBLE_WORDS = {**{number: "" for number in range(13)}, 13: "13 and one octet", 14: "269 and two octets"}


def extension_octets(nibble: int) -> int:
    """How many octets extend a delta or length."""
    return EXTENSION_OCTETS.get(nibble, 0)


def extended(nibble: int, extension: bytes) -> int:
    """A delta or length from its nibble and extension."""
    return EXTENSION_BASE.get(nibble, nibble) + int.from_bytes(extension, "big")


def nibble_of(number: int) -> int:
    """The nibble of a delta or length. Raises :class:`UsageError`."""
    if not 0 <= number <= LARGEST_EXTENDED:
        raise UsageError(f"an option's delta and length are 0 to {LARGEST_EXTENDED}, not {number}")
    return number if number < 13 else 13 if number < 269 else 14


def extension_of(number: int) -> bytes:
    """The extension of a delta or length."""
    nibble = nibble_of(number)
    return (number - EXTENSION_BASE.get(nibble, number)).to_bytes(extension_octets(nibble), "big")


def extension_words(extension: bytes) -> str:
    """The number that is added."""
    return f"and {int.from_bytes(extension, 'big')}" if extension else ""


@wire("coap-option")
class Option(Header):
    """RFC 7252 figure 8. 15 is the payload marker's and never part of an option."""

    delta: Annotated[int, Bits(4), Meaning(NIBBLE_WORDS)]
    length: Annotated[int, Bits(4), Computed("nibble_of(len(value))"), Meaning(NIBBLE_WORDS)] = AUTO
    delta_extended: Annotated[bytes, Octets("extension_octets(delta)"), Meaning(extension_words)] = b""
    length_extended: Annotated[
        bytes, Octets("extension_octets(length)"), Computed("extension_of(len(value))"), Meaning(extension_words)
    ] = AUTO
    value: Annotated[bytes, Octets("extended(length, length_extended)")] = b""

    CHECKS: ClassVar = (
        Check("delta != 15", "delta", Reason.RESERVED, "15 is reserved for the payload marker"),
        Check("length != 15", "length", Reason.RESERVED, "15 is reserved"),
    )

    @property
    def whole_delta(self) -> int:
        """How far the option's number is from the one before it."""
        return extended(self.delta, self.delta_extended)


@wire("coap-payload")
class Payload(Header):
    """The payload marker and the payload, RFC 7252 section 3."""

    marker: Annotated[int, Bits(8), Fixed()] = PAYLOAD_MARKER
    content: Rest

    CHECKS: ClassVar = (Check("content", "content", Reason.BAD_LENGTH, "a payload marker and no payload"),)


CONTENTS = Family("coap", {PAYLOAD_MARKER: Payload}, unknown=Option)
"""What follows the token: options, and at most one payload at the end."""


@dataclass(frozen=True, slots=True)
class NumberedOption:
    """An option as RFC 7252 section 5.10 speaks of it."""

    number: int
    value: bytes

    @property
    def name(self) -> str:
        """The registered name."""
        return option_name(self.number)


def numbered(contents: Iterable[Header]) -> tuple[NumberedOption, ...]:
    """The options among the contents of a message, with their numbers."""
    number, options = 0, []
    for part in contents:
        if isinstance(part, Option):
            number += part.whole_delta
            options.append(NumberedOption(number, part.value))
    return tuple(options)


def numbers_fit(contents: Iterable[Header]) -> bool:
    """Whether every option's number is one that the registry can hold."""
    return sum(part.whole_delta for part in contents if isinstance(part, Option)) <= HIGHEST_OPTION


def payload_is_last(contents: tuple[Header, ...]) -> bool:
    """Whether nothing follows a payload."""
    return not any(isinstance(part, Payload) for part in contents[:-1])


@wire("coap")
class Message(Header):
    """RFC 7252 figure 7."""

    version: Annotated[int, Bits(2), Fixed()] = 1
    type: Annotated[int, Bits(2), Meaning(Type)]
    token_length: Annotated[int, Bits(4), Computed("len(token)")] = AUTO
    code: Annotated[int, Bits(8), Meaning(code_words)]
    message_id: U16
    token: Annotated[bytes, Octets("token_length")] = b""
    contents: Annotated[tuple[Option | Payload, ...], Each("CONTENTS")] = ()

    CHECKS: ClassVar = (
        Check("token_length <= 8", "token_length", Reason.RESERVED, "lengths 9 to 15 are reserved"),
        Check("code or not (token or contents)", "code", Reason.BAD_VALUE, "an Empty message ends with its ID"),
        Check("numbers_fit(contents)", "contents", Reason.BAD_VALUE, "option numbers have 16 bits"),
        Check("payload_is_last(contents)", "contents", Reason.BAD_ORDER, "nothing follows a payload"),
    )

    @property
    def options(self) -> tuple[NumberedOption, ...]:
        """Every option with its number, in order."""
        return numbered(self.contents)

    @property
    def payload(self) -> bytes:
        """The payload without its marker; empty where there is none."""
        last = self.contents[-1] if self.contents else None
        return last.content if isinstance(last, Payload) else b""

    @property
    def path(self) -> str:
        """The resource that a request names: Uri-Path and Uri-Query options put together."""
        path = "/".join(text(value) for value in self.option_values(URI_PATH))
        query = "&".join(text(value) for value in self.option_values(URI_QUERY))
        return f"/{path}?{query}" if query else f"/{path}"

    def option_values(self, number: int) -> tuple[bytes, ...]:
        """The value of every option with this number."""
        return tuple(option.value for option in self.options if option.number == number)

    def layout(self) -> tuple[Span, ...]:
        """Each option and the payload has a span of its own, which says the option's number, name and value."""
        spans = [span for span in Header.layout(self) if span.name != "contents"]
        position, number = 8 * (4 + len(self.token)), 0
        for part in self.contents:
            bits, name, words = 8 * len(part.encode()), "payload", ""
            if isinstance(part, Option):
                number += part.whole_delta
                name, words = "option", f"{number} {option_name(number)}: {value_words(number, part.value, self.code)}"
            spans.append(Span(name, position, bits, part, words))
            position += bits
        return tuple(spans)


def option(delta: int, value: bytes = b"") -> Option:
    """An option whose number is ``delta`` more than the one before it."""
    return Option(delta=nibble_of(delta), delta_extended=extension_of(delta), value=value)


def compose(
    type: Type,
    code: int,
    message_id: int,
    *,
    token: bytes = b"",
    options: Iterable[tuple[int, bytes]] = (),
    payload: bytes = b"",
) -> Message:
    """A message from options by number, in any order; options of one number keep theirs."""
    contents: list[Option | Payload] = []
    previous = 0
    for number, value in sorted(options, key=lambda numbered: numbered[0]):
        contents.append(option(number - previous, value))
        previous = number
    if payload:
        contents.append(Payload(content=payload))
    return Message(type=type, code=code, message_id=message_id, token=token, contents=tuple(contents))
