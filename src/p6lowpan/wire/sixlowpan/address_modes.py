"""How LOWPAN_IPHC sends an address: one row a mode, cheapest first (RFC 6282 sections 3.1.1, 3.2.2 and 3.2.4).

``expand`` turns the octets carried in line into an address; ``carry`` picks those octets from an address. A row fits an
address when expanding what it carries gives the address back: so both directions come from the same row.
"""

from collections.abc import Callable
from dataclasses import dataclass

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, SHORT_IDENTIFIER, UNSPECIFIED
from p6lowpan.wire.sixlowpan.contexts import Context

Expand = Callable[[bytes, Context | None, bytes | None], bytes]


@dataclass(frozen=True, slots=True)
class AddressMode:
    """One row. ``stateful`` is SAC or DAC, ``mode`` SAM or DAM, ``octets`` what is carried in line, ``elided`` whether
    the identifier comes from the link layer, ``in_context`` whether a context is needed."""

    multicast: bool
    stateful: bool
    mode: int
    octets: int
    elided: bool
    in_context: bool
    features: frozenset[Feature]
    expand: Expand
    carry: Callable[[bytes], bytes]


def _with_context(identifier: bytes, context: Context | None) -> bytes:
    """RFC 6282 section 3.1.1: bits of the context always count; between its end and the identifier there are zeros."""
    if context is None:
        raise Malformed("iphc", 0, Reason.NO_CONTEXT, "the address needs a context that is not there")
    if context.length <= 64:
        return context.prefix[:8] + identifier
    kept = 128 - context.length
    low = int.from_bytes(identifier, "big") & ((1 << kept) - 1)
    return (int.from_bytes(context.prefix, "big") | low).to_bytes(16, "big")


def _from_link_layer(identifier: bytes | None) -> bytes:
    if identifier is None:
        raise Malformed("iphc", 0, Reason.NO_LINK_ADDRESS, "the frame has no address to take the identifier from")
    return identifier


def _whole(inline: bytes, _context: Context | None, _identifier: bytes | None) -> bytes:
    return inline


def _link_local(inline: bytes, _context: Context | None, identifier: bytes | None) -> bytes:
    if len(inline) == 8:
        return LINK_LOCAL_PREFIX + inline
    return LINK_LOCAL_PREFIX + (SHORT_IDENTIFIER + inline if inline else _from_link_layer(identifier))


def _stateful(inline: bytes, context: Context | None, identifier: bytes | None) -> bytes:
    if len(inline) == 8:
        return _with_context(inline, context)
    if not inline and context is not None and context.length == 128:
        return context.prefix  # no bit is left for an identifier, so none is needed
    return _with_context(SHORT_IDENTIFIER + inline if inline else _from_link_layer(identifier), context)


def _unspecified(_inline: bytes, _context: Context | None, _identifier: bytes | None) -> bytes:
    return UNSPECIFIED


def _multicast(inline: bytes, _context: Context | None, _identifier: bytes | None) -> bytes:
    """Scope and group in 1, 4 or 6 octets: ff02::00XX, ffXX::00XX:XXXX, ffXX::00XX:XXXX:XXXX."""
    if len(inline) == 1:
        return b"\xff\x02" + bytes(13) + inline
    return b"\xff" + inline[:1] + bytes(15 - len(inline)) + inline[1:]


def _multicast_with_prefix(inline: bytes, context: Context | None, _identifier: bytes | None) -> bytes:
    """A unicast-prefix-based address (RFC 3306, RFC 3956): ffXX:XXLL:PPPP:PPPP:PPPP:PPPP:XXXX:XXXX.

    The prefix field has 64 bits. For a longer context RFC 6282 does not say what the length octet is; Linux,
    OpenThread and Nanostack put the context's own length there, and so do we (Wireshark puts 64).
    """
    if context is None:
        raise Malformed("iphc", 0, Reason.NO_CONTEXT, "the group needs a context that is not there")
    return b"\xff" + inline[:2] + bytes((context.length,)) + context.prefix[:8] + inline[2:]


def _mode(  # one row, written on one line below
    stateful: int, mode: int, octets: int, features: set[Feature], expand: Expand, carry: Callable[[bytes], bytes]
) -> AddressMode:
    multicast = bool(features & {Feature.STATELESS_MULTICAST, Feature.STATEFUL_MULTICAST})
    elided = Feature.ELIDED_IDENTIFIER in features
    in_context = bool(stateful) and Feature.UNSPECIFIED_SOURCE not in features
    return AddressMode(multicast, bool(stateful), mode, octets, elided, in_context, frozenset(features), expand, carry)


def _last(octets: int) -> Callable[[bytes], bytes]:
    return lambda address: address[16 - octets :]


def _nothing(_address: bytes) -> bytes:
    return b""


def _scope_and_last(octets: int) -> Callable[[bytes], bytes]:
    return lambda address: address[1:2] + address[16 - octets :]


_STATELESS, _STATEFUL = Feature.STATELESS_UNICAST, Feature.STATEFUL_UNICAST
_ELIDED, _SHORT = Feature.ELIDED_IDENTIFIER, Feature.SHORT_ADDRESSES
_GROUP, _STATEFUL_GROUP = Feature.STATELESS_MULTICAST, Feature.STATEFUL_MULTICAST

_UNICAST = (
    _mode(0, 0b11, 0, {_STATELESS, _ELIDED}, _link_local, _nothing),
    _mode(1, 0b11, 0, {_STATEFUL, _ELIDED}, _stateful, _nothing),
    _mode(0, 0b10, 2, {_STATELESS, _SHORT}, _link_local, _last(2)),
    _mode(1, 0b10, 2, {_STATEFUL, _SHORT}, _stateful, _last(2)),
    _mode(0, 0b01, 8, {_STATELESS}, _link_local, _last(8)),
    _mode(1, 0b01, 8, {_STATEFUL}, _stateful, _last(8)),
    _mode(0, 0b00, 16, {_STATELESS}, _whole, _last(16)),
)

SOURCE_MODES = (_mode(1, 0b00, 0, {Feature.UNSPECIFIED_SOURCE}, _unspecified, _nothing), *_UNICAST)
"""Every (SAC, SAM), cheapest first."""

DESTINATION_MODES = (
    _mode(0, 0b11, 1, {_GROUP}, _multicast, _last(1)),
    _mode(0, 0b10, 4, {_GROUP}, _multicast, _scope_and_last(3)),
    _mode(0, 0b01, 6, {_GROUP}, _multicast, _scope_and_last(5)),
    _mode(1, 0b00, 6, {_STATEFUL_GROUP}, _multicast_with_prefix, lambda address: address[1:3] + address[12:]),
    _mode(0, 0b00, 16, {_GROUP}, _whole, _last(16)),
    *_UNICAST,
)
"""Every (M, DAC, DAM) that RFC 6282 assigns; multicast first, then unicast, each cheapest first."""

SOURCE = {(row.stateful << 2) | row.mode: row for row in SOURCE_MODES}
"""By SAC and SAM."""

DESTINATION = {(row.multicast << 3) | (row.stateful << 2) | row.mode: row for row in DESTINATION_MODES}
"""By M, DAC and DAM; what is missing is reserved."""
