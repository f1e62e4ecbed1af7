"""Addresses that come out otherwise than RFC 6282 says, and forms that senders choose."""

from p6lowpan.interop.node import End
from p6lowpan.interop.receiving import addresses as right
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.interop.sending import addresses as forms
from p6lowpan.interop.sending.writing import Writing
from p6lowpan.wire.sixlowpan.contexts import Context


def left_unspecified(_reading: Reading, _end: End) -> bytes:
    """The mode is not looked at, and nothing is read: the address stays ``::``."""
    return bytes(16)


def identifier_alone(_known: Context, inside: bytes, address: bytes) -> bool:
    """A sender that compares the last 64 bits, whatever the length of the context."""
    return address[8:] == inside


def _overlaid(known: Context | None, identifier: bytes) -> bytes:
    """An identifier with the bits of a context that is longer than 64 bits."""
    if known is None or known.length <= 64:
        return identifier
    kept = (1 << 128 - known.length) - 1
    low = int.from_bytes(identifier, "big") & kept | int.from_bytes(known.prefix[8:], "big")
    return low.to_bytes(8, "big")


def identifier_under_context(reading: Reading, end: End) -> bytes:
    """An elided identifier takes the bits past 64 of the context that the frame names, even where the address is
    stateless."""
    known = reading.contexts.get(reading.encoding.identifiers[end])
    return _overlaid(known, right.identifier(reading, end))


def sent_identifier_under_context(writing: Writing, end: End) -> bytes | None:
    """The same in the sender."""
    found = forms.identifier(writing, end)
    return None if found is None else _overlaid(writing.rules.context(writing, writing.address(end)), found)


def _filled(address: bytes) -> bytes:
    octets = (address + bytes(8))[:8]
    return bytes((octets[0] ^ 2,)) + octets[1:]


def identifier_filled(reading: Reading, end: End) -> bytes:
    """Every link-layer address is an EUI-64; one of 16 bits stands in its first two octets, and zeros follow."""
    return _filled(reading.node.address(end))


def sent_identifier_filled(writing: Writing, end: End) -> bytes:
    """The same in the sender."""
    return _filled(writing.node.address(end))
