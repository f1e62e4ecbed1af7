"""The C core where it was built, the Python reference elsewhere: the only place that chooses.

Both give the same octets, features, reasons and offsets. The core answers with one call a frame or a packet, and says
of what it refuses only why; the words come from the reference. ``P6LOWPAN_PURE=1`` in the environment chooses the
reference. Who needs to know which octets stand for which header asks :mod:`p6lowpan.wire.sixlowpan` itself.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, cast

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan import expansion
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.expansion import Unsummed, with_checksums
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.stack import Stack
from p6lowpan.wire.sixlowpan.used_features import features_of

MOST_NESTED, MOST_EXTENSIONS, MOST_OCTETS = 6, 250, 0xFFFF
"""So far the core counts."""

MOST_REMEMBERED = 64
FEATURES = tuple(Feature)


class Brief(NamedTuple):
    """An IPv6 packet or the beginning of one, without the story of its headers."""

    octets: bytes
    growth: int
    features: frozenset[Feature]
    unsummed: tuple[Unsummed, ...] = ()


class Headers(NamedTuple):
    """Compressed headers that stand for the first ``covered`` octets of a packet."""

    octets: bytes
    covered: int
    growth: int
    features: frozenset[Feature]


@lru_cache(maxsize=4096)
def _features(bits: int) -> frozenset[Feature]:
    return frozenset(feature for bit, feature in enumerate(FEATURES) if bits >> bit & 1)


@lru_cache(maxsize=256)
def _bits(features: frozenset[Feature]) -> int:
    return sum(1 << FEATURES.index(feature) for feature in features)


def _core() -> ModuleType | None:
    if os.environ.get("P6LOWPAN_PURE", "0") not in ("", "0"):
        return None
    try:
        found = import_module("p6lowpan._core")
    except ImportError:
        return None
    if len(Feature) != found.FEATURES or not hasattr(found, "speak"):  # one of another version
        return None
    found.speak(Brief, Headers, _features)
    return found


CORE = _core()
"""The extension module; ``None`` where there is none or none is wanted."""


def expand(octets: bytes, link: Link, contexts: Contexts, limits: Limits, datagram_size: int | None = None) -> Brief:
    """Expand ``octets``, which begin with LOWPAN_IPHC, as :func:`expansion.expand` does. ``datagram_size``: that of the
    first fragment, whose elided checksums are left to its end. Raises :class:`Malformed`."""
    if CORE is None or (known := _known(contexts, limits)) is None:
        return _in_python(octets, link, contexts, limits, datagram_size)
    answer = CORE.expand(known, octets, link.source, link.destination, datagram_size or 0)
    if type(answer) is Brief:
        return answer
    if answer is None:
        return _in_python(octets, link, contexts, limits, datagram_size)  # which raises, in words
    packet, growth, features, ipv6, udp = answer
    unsummed = (Unsummed(ipv6, udp),)
    if datagram_size is None:
        return Brief(with_checksums(packet, unsummed), growth, features)
    return Brief(packet, growth, features, unsummed)


def packets_of(frames: Iterable[tuple[bytes, Link]], contexts: Contexts, limits: Limits) -> list[bytes | Malformed]:
    """The packets of many frames that begin with LOWPAN_IPHC and are no fragments, or why there is none: one call of
    the core for all of them."""
    listed = list(frames)
    if CORE is None or (known := _known(contexts, limits)) is None:
        return [_packet_or_error(octets, link, contexts, limits) for octets, link in listed]
    answers: list[bytes | Malformed | None] = CORE.expand_all(known, listed)
    for place, answer in enumerate(answers):
        if type(answer) is not bytes:
            answers[place] = _packet_or_error(*listed[place], contexts, limits)
    return cast("list[bytes | Malformed]", answers)


def compress(packet: bytes, link: Link, contexts: Contexts, profile: Profile, mtu: int | None = None) -> Headers | None:
    """The form of a packet's headers that a receiver of ``profile`` takes and that makes the fewest octets in frames of
    ``mtu`` octets (``None``: in one); ``None``: the search must say, because there is no core, or the choice is not the
    core's, or there is no such form."""
    if CORE is None or (known := _known(contexts, profile.limits)) is None:
        return None
    bits, octets = _bits(profile.sends), CORE.ANY_MTU if mtu is None else mtu
    headers: Headers | None = CORE.compress(known, packet, link.source, link.destination, bits, octets)
    return headers


def headers_of(
    packets: Iterable[tuple[bytes, Link]], contexts: Contexts, profile: Profile, mtu: int | None = None
) -> list[Headers | None]:
    """What :func:`compress` says of many packets: one call of the core for all of them."""
    listed = list(packets)
    if CORE is None or (known := _known(contexts, profile.limits)) is None:
        return [None] * len(listed)
    bits, octets = _bits(profile.sends), CORE.ANY_MTU if mtu is None else mtu
    found: list[Headers | None] = CORE.compress_all(known, listed, bits, octets)
    return found


def _in_python(octets: bytes, link: Link, contexts: Contexts, limits: Limits, datagram_size: int | None) -> Brief:
    expanded = expansion.expand(octets, link, contexts, limits, datagram_size)
    features = features_of(Payload(Stack((), 0, Dispatch.IPHC, link, None, 0), expanded, b""))
    return Brief(expanded.octets, expanded.growth, features, expanded.unsummed)


def _packet_or_error(octets: bytes, link: Link, contexts: Contexts, limits: Limits) -> bytes | Malformed:
    try:
        return expand(octets, link, contexts, limits).octets
    except Malformed as error:
        return error


class _Knowledge(NamedTuple):
    """Limits and contexts, and what the core made of them; ``None``: they are not for the core."""

    limits: Limits
    contexts: tuple[Context, ...]
    known: object | None


_KNOWLEDGE: dict[tuple[int, ...], _Knowledge] = {}
"""By the identity of the limits and of the contexts, which are held so that nothing else has it: to look at all their
numbers would take longer than a frame. Several, for a gateway has several networks."""


def _known(contexts: Contexts, limits: Limits) -> object | None:
    """Bounds and contexts as the core reads them."""
    asked = (id(limits), *contexts, *map(id, contexts.values()))
    found = _KNOWLEDGE.get(asked)
    if found is not None:
        return found.known
    if len(_KNOWLEDGE) >= MOST_REMEMBERED:
        _KNOWLEDGE.clear()
    known = CORE.know(_packed(contexts, limits)) if CORE is not None and _is_for_the_core(limits) else None
    _KNOWLEDGE[asked] = _Knowledge(limits, tuple(contexts.values()), known)
    return known


def _is_for_the_core(limits: Limits) -> bool:
    """Whether the core counts so far."""
    return limits.nested_ipv6_headers <= MOST_NESTED and limits.compressed_extension_headers <= MOST_EXTENSIONS


def _packed(contexts: Contexts, limits: Limits) -> bytes:
    bounds = b"".join(
        min(number, MOST_OCTETS).to_bytes(2, "big") for number in (limits.header_growth_octets, limits.datagram_octets)
    )
    counts = limits.nested_ipv6_headers, limits.compressed_extension_headers, limits.extension_headers_in_order
    lines = (
        bytes((identifier, context.length, 3 if context.compress else 1)) + context.prefix
        for identifier, context in contexts.items()
    )
    return b"".join((bounds, bytes(counts), *lines))
