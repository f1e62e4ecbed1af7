"""The forms of addresses (RFC 6282 section 3.1.1), each a function that tells what it would send."""

from p6lowpan.interop.node import End
from p6lowpan.interop.sending.writing import Carried, Form, Writing
from p6lowpan.wire.address import (
    LINK_LOCAL_PREFIX,
    SHORT_IDENTIFIER,
    UNSPECIFIED,
    LinkAddress,
    interface_identifier,
)
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked


def installed(contexts: Contexts) -> Contexts:
    """All that are given."""
    return contexts


def context(writing: Writing, address: bytes) -> Context | None:
    """The longest context whose prefix the address has; of equal ones the lowest identifier."""
    found = [known for known in writing.contexts.values() if masked(address, known.length) == known.prefix]
    return max(found, key=lambda known: (known.length, -known.identifier), default=None)


def identifier(writing: Writing, end: End) -> bytes | None:
    """Of the link-layer address; of the outer header's address in a tunnel."""
    if writing.outer is not None:
        at = writing.outer + 16 + 16 * end
        return writing.packet[at : at + 8]
    address = LinkAddress(writing.node.address(end))
    return interface_identifier(address) if address else None


def unspecified(writing: Writing, end: End) -> Carried | None:
    """``::`` as SAC=1 SAM=00."""
    return Carried(1, 0) if writing.address(end) == UNSPECIFIED else None


def _is_link_local(address: bytes) -> bool:
    return address[:8] == LINK_LOCAL_PREFIX


def link_local_0(writing: Writing, end: End) -> Carried | None:
    """The identifier is elided."""
    address = writing.address(end)
    elided = _is_link_local(address) and address[8:] == writing.rules.identifier(writing, end)
    return Carried(0, 3) if elided else None


def link_local_16(writing: Writing, end: End) -> Carried | None:
    """16 bits in line."""
    address = writing.address(end)
    short = _is_link_local(address) and address[8:14] == SHORT_IDENTIFIER
    return Carried(0, 2, address[14:]) if short else None


def link_local_64(writing: Writing, end: End) -> Carried | None:
    """64 bits in line."""
    address = writing.address(end)
    return Carried(0, 1, address[8:]) if _is_link_local(address) else None


def whole(writing: Writing, end: End) -> Carried:
    """All of it."""
    return Carried(0, 0, writing.address(end))


def makes(known: Context, inside: bytes, address: bytes) -> bool:
    """Whether a receiver puts the address together from the context and the identifier."""
    low = int.from_bytes(inside, "big") & ((1 << 128 - max(64, known.length)) - 1)
    return (int.from_bytes(known.prefix, "big") | low).to_bytes(16, "big") == address


def stateful_0(writing: Writing, end: End) -> Carried | None:
    """A context, and the identifier is elided."""
    address = writing.address(end)
    known, inside = writing.rules.context(writing, address), writing.rules.identifier(writing, end)
    if known is None or inside is None or not writing.rules.makes(known, inside, address):
        return None
    return Carried(1, 3, b"", known.identifier)


def stateful_16(writing: Writing, end: End) -> Carried | None:
    """A context, and 16 bits in line."""
    address = writing.address(end)
    known = writing.rules.context(writing, address)
    if known is None or not writing.rules.makes(known, SHORT_IDENTIFIER + address[14:], address):
        return None
    return Carried(1, 2, address[14:], known.identifier)


def stateful_64(writing: Writing, end: End) -> Carried | None:
    """A context, and 64 bits in line."""
    address = writing.address(end)
    known = writing.rules.context(writing, address)
    if known is None or not writing.rules.makes(known, address[8:], address):
        return None
    return Carried(1, 1, address[8:], known.identifier)


def group_8(writing: Writing, end: End) -> Carried | None:
    """ff02::00XX."""
    address = writing.address(end)
    fits = address[:15] == b"\xff\x02" + bytes(13)
    return Carried(0, 3, address[15:], None, 1) if fits else None


def group_32(writing: Writing, end: End) -> Carried | None:
    """ffXX::00XX:XXXX."""
    address = writing.address(end)
    return None if any(address[2:13]) else Carried(0, 2, address[1:2] + address[13:], None, 1)


def group_48(writing: Writing, end: End) -> Carried | None:
    """ffXX::00XX:XXXX:XXXX."""
    address = writing.address(end)
    return None if any(address[2:11]) else Carried(0, 1, address[1:2] + address[11:], None, 1)


def context_of_group(writing: Writing, end: End) -> Context | None:
    """The context that a unicast-prefix-based group has: its length octet and prefix agree."""
    address = writing.address(end)
    for known in writing.contexts.values():
        if address[3] == known.length and address[4:12] == known.prefix[:8]:
            return known
    return None


def group_of_prefix(writing: Writing, end: End) -> Carried | None:
    """ffXX:XXLL:PPPP:PPPP:PPPP:PPPP:XXXX:XXXX with LL and P of a context."""
    known, address = context_of_group(writing, end), writing.address(end)
    return Carried(1, 0, address[1:3] + address[12:], known.identifier, 1) if known else None


def whole_group(writing: Writing, end: End) -> Carried:
    """All of it."""
    return Carried(0, 0, writing.address(end), None, 1)


def names_contexts(source: Carried, destination: Carried) -> bool:
    """Only when a context other than 0 is used."""
    return bool(source.context or destination.context)


UNICAST: tuple[Form, ...] = (
    link_local_0,
    stateful_0,
    link_local_16,
    stateful_16,
    link_local_64,
    stateful_64,
    whole,
)
"""The fewest octets first."""
SOURCES: tuple[Form, ...] = (unspecified, *UNICAST)
GROUPS: tuple[Form, ...] = (group_8, group_32, group_48, group_of_prefix, whole_group)
