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
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan import expansion
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.expansion import Unsummed, with_checksums
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.stack import Stack
from p6lowpan.wire.sixlowpan.used_features import features_of


def _core() -> ModuleType | None:
    if os.environ.get("P6LOWPAN_PURE", "0") not in ("", "0"):
        return None
    try:
        found = import_module("p6lowpan._core")
    except ImportError:
        return None
    return found if len(Feature) == found.FEATURES else None  # one of another version counts other bits


CORE = _core()
"""The extension module; ``None`` where there is none or none is wanted."""

GENERIC = frozenset({Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION})
"""Compression that only the reference chooses; the core expands it."""

MOST_NESTED, MOST_EXTENSIONS, MOST_OCTETS = 6, 250, 0xFFFF
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


def expand(octets: bytes, link: Link, contexts: Contexts, limits: Limits, datagram_size: int | None = None) -> Brief:
    """Expand ``octets``, which begin with LOWPAN_IPHC, as :func:`expansion.expand` does. ``datagram_size``: that of the
    first fragment, whose elided checksums are left to its end. Raises :class:`Malformed`."""
    if CORE is None or not _is_for_the_core(octets, limits):
        return _in_python(octets, link, contexts, limits, datagram_size)
    answer = CORE.expand(_knowledge(contexts, limits), octets, link.source, link.destination, datagram_size or 0)
    if len(answer) == 2:
        return _in_python(octets, link, contexts, limits, datagram_size)  # which raises, in words
    packet, growth, bits, ipv6, udp = answer
    unsummed = (Unsummed(ipv6, udp),) if udp else ()
    if datagram_size is None and unsummed:
        packet, unsummed = with_checksums(packet, unsummed), ()
    return Brief(packet, growth, _features(bits), unsummed)


def packets_of(frames: Iterable[tuple[bytes, Link]], contexts: Contexts, limits: Limits) -> list[bytes | Malformed]:
    """The packets of many frames that begin with LOWPAN_IPHC and are no fragments, or why there is none: one call of
    the core for all of them."""
    listed = list(frames)
    if CORE is None or not all(_is_for_the_core(octets, limits) for octets, _ in listed):
        return [_packet_or_error(octets, link, contexts, limits) for octets, link in listed]
    asked = [(octets, link.source, link.destination) for octets, link in listed]
    answers: list[bytes | tuple[int, ...]] = CORE.expand_all(_knowledge(contexts, limits), asked)
    return [
        answer if type(answer) is bytes else _packet_or_error(*frame, contexts, limits)
        for answer, frame in zip(answers, listed, strict=True)
    ]


def compress(packet: bytes, link: Link, contexts: Contexts, profile: Profile) -> Headers | None:
    """The smallest form of a packet's headers that a receiver of ``profile`` takes; ``None``: the search must say,
    because there is no core, or the choice is not the core's, or there is no such form."""
    if CORE is None or not _is_for_the_core(packet, profile.limits) or not GENERIC.isdisjoint(profile.sends):
        return None
    knowledge = _knowledge(contexts, profile.limits)
    answer = CORE.compress(knowledge, packet, link.source, link.destination, _bits(profile.sends))
    if answer is None:
        return None
    octets, covered, growth, bits = answer
    return Headers(octets, covered, growth, _features(bits))


def _in_python(octets: bytes, link: Link, contexts: Contexts, limits: Limits, datagram_size: int | None) -> Brief:
    expanded = expansion.expand(octets, link, contexts, limits, datagram_size)
    features = features_of(Payload(Stack((), 0, Dispatch.IPHC, link, None, 0), expanded, b""))
    return Brief(expanded.octets, expanded.growth, features, expanded.unsummed)


def _packet_or_error(octets: bytes, link: Link, contexts: Contexts, limits: Limits) -> bytes | Malformed:
    try:
        return expand(octets, link, contexts, limits).octets
    except Malformed as error:
        return error


def _is_for_the_core(octets: bytes, limits: Limits) -> bool:
    """Whether the core counts so far."""
    return (
        len(octets) <= MOST_OCTETS
        and limits.nested_ipv6_headers <= MOST_NESTED
        and limits.compressed_extension_headers <= MOST_EXTENSIONS
    )


def _knowledge(contexts: Contexts, limits: Limits) -> bytes:
    """Bounds and contexts as the core reads them."""
    bounds = _bounds(
        limits.header_growth_octets,
        limits.datagram_octets,
        limits.nested_ipv6_headers,
        limits.compressed_extension_headers,
        limits.extension_headers_in_order,
    )
    if not contexts:
        return bounds
    lines = [
        bytes((identifier, context.length, 3 if context.compress else 1)) + context.prefix
        for identifier, context in contexts.items()
    ]
    return bounds + b"".join(lines)


@lru_cache(maxsize=64)
def _bounds(growth: int, datagram: int, nested: int, extensions: int, in_order: bool) -> bytes:
    octets = (min(number, MOST_OCTETS).to_bytes(2, "big") for number in (growth, datagram))
    return b"".join(octets) + bytes((nested, extensions, in_order))


@lru_cache(maxsize=4096)
def _features(bits: int) -> frozenset[Feature]:
    return frozenset(feature for bit, feature in enumerate(FEATURES) if bits >> bit & 1)


@lru_cache(maxsize=256)
def _bits(features: frozenset[Feature]) -> int:
    return sum(1 << FEATURES.index(feature) for feature in features)
