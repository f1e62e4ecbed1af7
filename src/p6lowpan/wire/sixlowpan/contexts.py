"""A context: the prefix that a 4-bit identifier stands for (RFC 6282 section 3.1.2, RFC 6775 section 4.2).

Values only. How long a context lives, and who announced it, is the business of the table that holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError

IDENTIFIERS = 16


def masked(prefix: bytes, length: int) -> bytes:
    """``prefix`` with every bit past the first ``length`` bits zero."""
    kept = (1 << 128) - (1 << 128 - length)
    return (int.from_bytes(prefix, "big") & kept).to_bytes(16, "big")


@dataclass(frozen=True, slots=True)
class Context:
    """One context. ``prefix`` has 16 octets, and zeros past its ``length`` bits.

    ``compress`` is the C flag of RFC 6775: where it is false, the context serves decompression only.
    """

    identifier: int
    prefix: bytes
    length: int
    compress: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.identifier < IDENTIFIERS:
            raise UsageError(f"Context.identifier is {self.identifier}: must be 0 to {IDENTIFIERS - 1}")
        if not 0 <= self.length <= 128:
            raise UsageError(f"Context.length is {self.length}: must be 0 to 128 bits")
        if len(self.prefix) != 16:
            raise UsageError(f"Context.prefix has {len(self.prefix)} octets: must have 16")
        if masked(self.prefix, self.length) != self.prefix:
            raise UsageError(f"Context.prefix {self.prefix.hex()} has bits past its length of {self.length} bits")


Contexts = Mapping[int, Context]
"""The contexts that are known, by identifier."""
