"""The C core, compiled with everything and called through ctypes, with the Python reference's own types around it."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts

CORE = Path(__file__).parents[2] / "c" / "core"
FLAGS = ("-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror")
FLAGS += tuple(os.environ.get("P6LOWPAN_CORE_FLAGS", "").split())
FEATURES = tuple(Feature)
REASONS = (None, *Reason)
ROOM = 70_000
ANY_MTU = 0xFFFFFF


class Address(ctypes.Structure):
    _fields_ = (("octets", ctypes.c_uint8 * 8), ("size", ctypes.c_uint8))


class Ends(ctypes.Structure):
    _fields_ = (("source", Address), ("destination", Address))


FRONT = (
    ("link", Ends),
    ("size", ctypes.c_uint16),
    ("tag", ctypes.c_uint16),
    ("at", ctypes.c_uint16),
    ("offset", ctypes.c_uint16),
    ("is_subsequent", ctypes.c_uint8),
)
"""The fields of ``p6_front`` that every build has."""


class CoreContext(ctypes.Structure):
    _fields_ = (("prefix", ctypes.c_uint8 * 16), ("length", ctypes.c_uint8), ("state", ctypes.c_uint8))


class Bounds(ctypes.Structure):
    _fields_ = (
        ("header_growth_octets", ctypes.c_uint16),
        ("datagram_octets", ctypes.c_uint16),
        ("nested_ipv6_headers", ctypes.c_uint8),
        ("compressed_extension_headers", ctypes.c_uint8),
        ("extension_headers_in_order", ctypes.c_uint8),
    )


class CoreNode(ctypes.Structure):
    _fields_ = (("contexts", ctypes.c_void_p), ("bounds", Bounds))


class Expanded(ctypes.Structure):
    _fields_ = (
        ("octets", ctypes.c_uint16),
        ("offset", ctypes.c_uint16),
        ("header_octets", ctypes.c_uint16),
        ("unsummed_ipv6", ctypes.c_uint16),
        ("unsummed_udp", ctypes.c_uint16),
        ("growth", ctypes.c_int16),
        ("features", ctypes.c_uint64),
    )


class Sending(ctypes.Structure):
    _fields_ = (
        ("headers", ctypes.c_char_p),
        ("packet", ctypes.c_char_p),
        ("header_octets", ctypes.c_size_t),
        ("covered", ctypes.c_size_t),
        ("size", ctypes.c_size_t),
        ("at", ctypes.c_size_t),
        ("tag", ctypes.c_uint16),
        ("is_bounded", ctypes.c_uint8),
    )


def the_compiler() -> str:
    """A C compiler. Skips the test where there is none."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler on the path: the C core is not compared with the Python reference")
    return compiler


def compiled(folder: Path) -> ctypes.CDLL:
    """The core with everything, as a shared library."""
    library = folder / "core.so"
    sources = sorted(map(str, CORE.glob("*.c")))
    subprocess.run([the_compiler(), *FLAGS, "-shared", "-fPIC", *sources, "-o", str(library)], check=True)
    return ctypes.CDLL(str(library))


class Core:
    """The calls of ``p6lowpan.h``."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library

    def expand(
        self, octets: bytes, link: Link, contexts: Contexts, limits: Limits, size: int | None
    ) -> tuple[object, ...]:
        """The packet with what is known of it, or reason and offset."""
        node, table = _node(contexts, limits)
        out, result = ctypes.create_string_buffer(ROOM), Expanded()
        ends = ends_of(link)
        reason = self.library.p6_expand(
            ctypes.byref(node), ctypes.byref(ends), octets, ctypes.c_size_t(len(octets)),
            ctypes.c_uint16(size or 0), out, ctypes.c_size_t(ROOM), ctypes.byref(result),
        )  # fmt: skip
        del table
        if reason:
            return REASONS[reason], result.offset
        unsummed = (result.unsummed_ipv6, result.unsummed_udp) if result.unsummed_udp else None
        features = frozenset(feature for bit, feature in enumerate(FEATURES) if result.features >> bit & 1)
        return out.raw[: result.octets], result.header_octets, result.growth, unsummed, features

    def compress(
        self, packet: bytes, link: Link, contexts: Contexts, profile: Profile, mtu: int = ANY_MTU
    ) -> tuple[bytes, int, bool] | Reason:
        """The compressed headers, the octets that they cover, and whether a bound stood in the way; or the reason."""
        node, table = _node(contexts, profile.limits)
        out, sending = ctypes.create_string_buffer(ROOM), Sending(packet=packet, size=len(packet))
        allowed = sum(1 << FEATURES.index(feature) for feature in profile.sends)
        ends = ends_of(link)
        reason = self.library.p6_compress(
            ctypes.byref(node), ctypes.c_uint64(allowed), ctypes.byref(ends), ctypes.c_size_t(mtu),
            out, ctypes.c_size_t(ROOM), ctypes.byref(sending),
        )  # fmt: skip
        del table
        if reason:
            return Reason(REASONS[reason])
        return out.raw[: sending.header_octets], sending.covered, bool(sending.is_bounded)


def _node(contexts: Contexts, limits: Limits) -> tuple[CoreNode, ctypes.Array[CoreContext]]:
    table = (CoreContext * 16)()
    for identifier, context in contexts.items():
        entry = table[identifier]
        entry.prefix[:] = list(context.prefix)
        entry.length, entry.state = context.length, 3 if context.compress else 1
    bounds = Bounds(
        limits.header_growth_octets, limits.datagram_octets, limits.nested_ipv6_headers,
        limits.compressed_extension_headers, limits.extension_headers_in_order,
    )  # fmt: skip
    return CoreNode(ctypes.cast(table, ctypes.c_void_p), bounds), table


def ends_of(link: Link) -> Ends:
    """The ends of a frame."""
    ends = Ends()
    for address, octets in ((ends.source, link.source), (ends.destination, link.destination)):
        address.octets[: len(octets)] = list(octets)
        address.size = len(octets)
    return ends
