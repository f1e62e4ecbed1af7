"""The ESC dispatch: an octet that extends the dispatch values (RFC 8066 section 3).

What follows the extension type is defined by the type alone, its length too. So a node that does not know the type can
only drop the packet (section 3.1), and the octets up to the end of the frame are kept raw.
"""

from typing import Annotated

from p6lowpan.wire.description import Bits, Fixed, Header, Meaning, Rest, wire

RESERVED_TYPES = (0, 255)
G9903_COMMANDS = range(1, 32)


def _extension_words(extension_type: int) -> str:
    if extension_type in RESERVED_TYPES:
        return "reserved"
    return "command of ITU-T G.9903 or G.9905" if extension_type in G9903_COMMANDS else "not assigned"


@wire("esc")
class EscapeHeader(Header):
    """RFC 8066 section 3, figure 1."""

    dispatch: Annotated[int, Bits(8), Fixed()] = 0b01000000
    extension_type: Annotated[int, Bits(8), Meaning(_extension_words)]
    extended_dispatch_payload: Rest = b""
