"""Byte code of RFC 7400 that a stop code ends: how an extension header under generic compression is delimited."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header, Rest, wire

STOP = 0b10010000
LITERAL_LIMIT = 96
BACKREFERENCES = range(0xA0, 0x100)
ZEROS = range(0x80, 0x90)


@wire("ghc-code")
class _Code(Header):
    octets: Rest


class TerminatedCode(_Code):
    """Octets of byte code, the stop code included."""

    __slots__ = ()

    @classmethod
    def decode(cls, octets: bytes) -> tuple["TerminatedCode", bytes]:
        """Walk code bytes up to the stop code. Raises :class:`Malformed` where the octets end first."""
        position = 0
        while position < len(octets):
            code = octets[position]
            if code == STOP:
                return cls(octets=octets[: position + 1]), octets[position + 1 :]
            if not (code < LITERAL_LIMIT or code in ZEROS or code in BACKREFERENCES):
                raise Malformed(cls.LAYER, position, Reason.RESERVED, f"byte code {code:#04x} is reserved")
            position += 1 + (code if code < LITERAL_LIMIT else 0)
        raise Malformed(cls.LAYER, len(octets), Reason.TRUNCATED, "no stop code before the end")
