"""The fields of the oracle's requests, read with care: what is wrong in one raises :class:`UsageError`."""

from collections.abc import Mapping
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.address import Link, LinkAddress, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked

Json = dict[str, Any]  # JSON has no narrower type
MTU = 102


def text(request: Json, key: str, default: str | None = None) -> str:
    """A string."""
    value = request.get(key, default)
    if not isinstance(value, str):
        raise UsageError(f"{key!r} must be a string, is {value!r}")
    return value


def octets(value: object, what: str) -> bytes:
    """Octets in hexadecimal digits."""
    try:
        return bytes.fromhex(value) if isinstance(value, str) else _not_hex(value, what)
    except ValueError:
        return _not_hex(value, what)


def _not_hex(value: object, what: str) -> bytes:
    raise UsageError(f"{what} must be a string of hex digits, is {value!r}")


def frames(request: Json) -> list[bytes]:
    """MAC payloads in order of arrival."""
    given = request.get("frames")
    if not isinstance(given, list):
        raise UsageError("'frames' must be a list of hex strings")
    return [octets(frame, "a frame") for frame in given]


def packet(request: Json) -> bytes:
    """The IPv6 packet to encode."""
    return octets(request.get("packet"), "'packet'")


def mtu(request: Json) -> int:
    """The octets that a frame has for the payload."""
    value = request.get("mtu", MTU)
    if not isinstance(value, int) or value < 1:
        raise UsageError(f"'mtu' must be a positive number, is {value!r}")
    return value


def link(request: Json) -> Link:
    """The two ends."""
    return Link(_end(request, "ll_src"), _end(request, "ll_dst"))


def _end(request: Json, key: str) -> LinkAddress:
    value = text(request, key, "")
    return parse_link(value) if value else LinkAddress(b"")


def pan(request: Json) -> int | None:
    """The PAN identifier, where one is given."""
    value = text(request, "pan", "")
    return int.from_bytes(octets(value, "'pan'"), "big") if value else None


def contexts(request: Json) -> Contexts:
    """The contexts, by identifier."""
    rows = request.get("contexts", [])
    if not isinstance(rows, list):
        raise UsageError("'contexts' must be a list")
    return {context.identifier: context for context in map(_context, rows)}


def _context(row: object) -> Context:
    if not isinstance(row, Mapping):
        raise UsageError(f"a context is an object with cid, prefix and len, not {row!r}")
    identifier, length = row.get("cid"), row.get("len")
    if not isinstance(identifier, int) or not isinstance(length, int):
        raise UsageError("a context's cid and len must be numbers")
    prefix = octets(row.get("prefix"), "a context's prefix")
    if len(prefix) != 16 or not 0 <= length <= 128:
        raise UsageError("a context's prefix has 16 octets, and its len is 0 to 128")
    return Context(identifier, masked(prefix, length), length)
