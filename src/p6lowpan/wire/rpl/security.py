"""The Security section of secure RPL messages, RFC 6550 section 6.1: read, never used to open a message."""

from typing import Annotated

from p6lowpan.wire.address import format_link
from p6lowpan.wire.description import U8, U32, Bits, Header, Meaning, Octets, When, wire

KEY_IDENTIFIER_MODES = {
    0: "group key by index",
    1: "per-pair key",
    2: "group key by source and index",
    3: "signature key",
}
"""KIM, RFC 6550 figure 10."""

LEVELS = {
    0: "authenticated: MAC-32, or Sign-3072",
    1: "encrypted and authenticated: MAC-32, or Sign-3072",
    2: "authenticated: MAC-64, or Sign-2048",
    3: "encrypted and authenticated: MAC-64, or Sign-2048",
}
"""LVL, RFC 6550 figure 11; signatures where KIM is 3."""

INTEGRITY_OCTETS = {0: (4, 4, 8, 8), 1: (4, 4, 8, 8), 2: (4, 4, 8, 8), 3: (384, 384, 256, 256)}
"""RFC 6550 figure 11: by KIM and LVL."""

SIGNATURE = 3
ENCRYPTED_LEVELS = frozenset({1, 3})
CLEAR_LEVELS = frozenset({0, 2})


def names_source(mode: int, level: int) -> bool:
    """Whether a Key Source is there; with a signature only where encryption needs a group key."""
    return mode == 2 or (mode == SIGNATURE and level in ENCRYPTED_LEVELS)


@wire("rpl-security")
class SecuritySection(Header):
    """RFC 6550 figures 8 and 12."""

    counter_is_time: Annotated[int, Bits(1), Meaning({0: "counter", 1: "timestamp"})] = 0
    reserved1: Annotated[int, Bits(7)] = 0
    algorithm: Annotated[int, Bits(8), Meaning({0: "CCM with AES-128, RSA with SHA-256"})] = 0
    key_identifier_mode: Annotated[int, Bits(2), Meaning(KEY_IDENTIFIER_MODES)]
    reserved2: Annotated[int, Bits(3)] = 0
    level: Annotated[int, Bits(3), Meaning(LEVELS)]
    flags: U8 = 0
    counter: U32
    key_source: Annotated[
        bytes | None, Octets(8), When("names_source(key_identifier_mode, level)"), Meaning(format_link)
    ] = None
    key_index: Annotated[
        int | None, Bits(8), When("key_identifier_mode == 0 or names_source(key_identifier_mode, level)")
    ] = None

    @property
    def in_clear(self) -> bool:
        """Whether what follows is not encrypted; of unassigned levels nobody can say it."""
        return self.level in CLEAR_LEVELS

    @property
    def integrity_octets(self) -> int:
        """How many octets at the end of the message are its MAC or signature; 0 for unassigned levels."""
        sizes = INTEGRITY_OCTETS[self.key_identifier_mode]
        return sizes[self.level] if self.level < len(sizes) else 0
