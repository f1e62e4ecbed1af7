"""The C core for captures: a compressed packet at a glance, in one call, where the core was built.

What the glance says is what :mod:`p6lowpan.wire.sixlowpan` says with all the story of the headers; where there is no
core, or the core cannot tell, there is no glance, and whoever asks takes the long way.
"""

from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from p6lowpan import fast
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.wire.sixlowpan.contexts import Contexts


class Compressed(NamedTuple):
    """What a compressed packet, or the beginning of one, stands for. ``plain``: it is whole, UDP (17) or an ICMPv6 echo
    (58) right behind the IPv6 header, its checksum and lengths are right, and it is not of Thread's MLE; else 0."""

    packet: bytes
    header_octets: int
    growth: int
    features: int
    plain: int


def _core() -> ModuleType | None:
    if fast.CORE is None:
        return None
    try:
        found = import_module("p6lowpan._capture")
    except ImportError:
        return None
    return found if len(Feature) == found.FEATURES else None


CORE = _core()
"""The extension module; ``None`` where there is none or none is wanted."""

NO_CONTEXT: int = CORE.NO_CONTEXT if CORE is not None else -1
"""How :data:`look` says that a context is missing."""


def known(contexts: Contexts, limits: Limits) -> object | None:
    """What a node knows, for :data:`look`; ``None`` where nobody can look."""
    return None if CORE is None else fast._known(contexts, limits)


@lru_cache(maxsize=4096)
def features_of(bits: int) -> frozenset[Feature]:
    """The features whose bits are set."""
    return frozenset(feature for bit, feature in enumerate(Feature) if bits >> bit & 1)


def look(known: object, payload: bytes, at: int, source: bytes, destination: bytes, size: int) -> tuple[Any, ...] | int:
    """What LOWPAN_IPHC from octet ``at`` of a payload on stands for, as the values of :class:`Compressed`; a number
    where the core refuses it. ``size`` is that of the datagram where it is a first fragment, else 0."""
    assert CORE is not None  # noqa: S101 - whoever has ``known`` has a core
    answer: tuple[Any, ...] | int = CORE.look(known, payload, at, source, destination, size)
    return answer
