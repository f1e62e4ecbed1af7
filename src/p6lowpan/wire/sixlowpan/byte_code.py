"""Byte code of RFC 7400 that a stop code ends: how an extension header under generic compression is delimited."""

from typing import ClassVar

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Check, Header, Rest, wire

STOP = 0b10010000
LITERAL_LIMIT = 96
BACKREFERENCES = range(0xA0, 0x100)
ZEROS = range(0x80, 0x90)


LAYER = "ghc-code"


def end_of_code(octets: bytes) -> int:
    """The offset behind the first stop code that is one. Raises :class:`Malformed` where the octets end first."""
    position = 0
    while position < len(octets):
        code = octets[position]
        position += 1
        if code == STOP:
            return position
        if code < LITERAL_LIMIT:
            position += code
        elif not (code in ZEROS or code in BACKREFERENCES):
            raise Malformed(LAYER, position - 1, Reason.RESERVED, f"byte code {code:#04x} is reserved")
    raise Malformed(LAYER, len(octets), Reason.TRUNCATED, "no stop code before the end")


def is_whole(octets: bytes) -> bool:
    """Whether the stop code is the last of the octets, and there is one."""
    try:
        return end_of_code(octets) == len(octets)
    except Malformed:
        return False


@wire(LAYER)
class _Code(Header):
    octets: Rest

    CHECKS: ClassVar = (Check("is_whole(octets)", "octets", Reason.BAD_VALUE, "must end with its only stop code"),)


class TerminatedCode(_Code):
    """Octets of byte code, the stop code included."""

    __slots__ = ()

    @classmethod
    def decode(cls, octets: bytes) -> tuple["TerminatedCode", bytes]:
        """Walk code bytes up to the stop code. Raises :class:`Malformed` where the octets end first."""
        end = end_of_code(octets)
        return cls(octets=octets[:end]), octets[end:]
