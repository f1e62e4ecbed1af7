"""Builds of the C core at one level each, called through ctypes: a frame in, perhaps a packet out; and back."""

import ctypes
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from core.bound_core import CORE, FLAGS, FRONT, REASONS, Address, CoreContext, Ends, ends_of, the_compiler
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts

SPARE = 51  # octets that a frame lies behind the place of its packet
CANARY = 64
MTU_ROOM = 9000
DATAGRAM = 1280
TRANSMIT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8), ctypes.c_size_t)


class LinearNode(ctypes.Structure):
    _fields_ = (("contexts", ctypes.c_void_p),)


class FlexNode(ctypes.Structure):
    _fields_ = (("contexts", ctypes.c_void_p), ("flex", ctypes.c_uint32))


class Reassembly(ctypes.Structure):
    _fields_ = (
        ("link", Ends),
        ("size", ctypes.c_uint16),
        ("tag", ctypes.c_uint16),
        ("missing", ctypes.c_uint16),
        ("since", ctypes.c_uint32),
        ("units", ctypes.c_uint8 * 41),
        ("octets", ctypes.c_void_p),
    )


def _arrival(level: int, discovery: bool, flex: bool) -> type[ctypes.Structure]:
    """``p6_arrival`` of a build."""
    in_front = {"hops_left": ctypes.c_int16, "sequence": ctypes.c_int16} if level >= 5 else {}
    if flex:
        in_front["features"] = ctypes.c_uint32
    elif discovery and level < 5:
        in_front["is_above"] = ctypes.c_uint8
    answer = {"answer_octets": ctypes.c_uint8, "answer": ctypes.c_uint8 * (48 if flex else 44)} if discovery else {}

    class Front(ctypes.Structure):
        _fields_ = (
            *FRONT,
            *in_front.items(),
        )

    class Arrival(ctypes.Structure):
        _fields_ = (
            ("packet", ctypes.c_void_p),
            ("octets", ctypes.c_uint16),
            ("offset", ctypes.c_uint16),
            *answer.items(),
            ("front", Front),
        )

    return Arrival


class Taken(NamedTuple):
    """What became of one frame."""

    reason: Reason | None
    offset: int
    packet: bytes | None
    answer: bytes | None


class Build(NamedTuple):
    """What was chosen when the core was compiled."""

    level: int
    discovery: bool = True
    flex: int | None = None

    @property
    def name(self) -> str:
        return f"level-{self.level}{'' if self.discovery else '-silent'}{'' if self.flex is None else '-flex'}"

    def compiled(self, folder: Path, *more: str) -> ctypes.CDLL:
        library = folder / f"{self.name}.so"
        defines = (
            f"-DP6LOWPAN_LEVEL={self.level}",
            f"-DP6LOWPAN_DISCOVERY={int(self.discovery)}",
            f"-DP6LOWPAN_FLEX={int(self.flex is not None)}",
        )
        sources = sorted(map(str, CORE.glob("*.c")))
        command = [the_compiler(), *FLAGS, *more, *defines, "-shared", "-fPIC", *sources, "-o", str(library)]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library))


class Layer:
    """One node's ``p6_layer``. ``in_place``: frames lie in the buffer that their packet comes to, between canaries."""

    def __init__(
        self, build: Build, library: ctypes.CDLL, contexts: Contexts, in_place: bool, buffers: int = 4
    ) -> None:
        self.build, self.library, self.in_place = build, library, in_place
        self._arrival = _arrival(build.level, build.discovery, build.flex is not None)
        self._table = (CoreContext * 16)()
        for identifier, context in contexts.items():
            entry = self._table[identifier]
            entry.prefix[:] = list(context.prefix)
            entry.length, entry.state = context.length, 3 if context.compress else 1
        self._octets = [ctypes.create_string_buffer(DATAGRAM) for _ in range(buffers)]
        self._buffers = (Reassembly * buffers)()
        for buffer, octets in zip(self._buffers, self._octets, strict=True):
            buffer.octets = ctypes.cast(octets, ctypes.c_void_p)
        kind = LinearNode if build.flex is None else FlexNode

        class Core(ctypes.Structure):
            _fields_ = (
                ("node", kind),
                ("buffers", ctypes.c_void_p),
                ("buffer_count", ctypes.c_uint8),
                ("room", ctypes.c_uint16),
                ("tag", ctypes.c_uint16),
            )

        node = kind(ctypes.cast(self._table, ctypes.c_void_p), *(() if build.flex is None else (build.flex,)))
        self._core = Core(node, ctypes.cast(self._buffers, ctypes.c_void_p), buffers, DATAGRAM, 0)

    def receive(self, now: int, frame: bytes, link: Link) -> Taken:
        ends, arrival = ends_of(link), self._arrival()
        room = SPARE + len(frame) if self.in_place else 3000
        before = b"\xa5" * (CANARY + SPARE) if self.in_place else b"\xa5" * (CANARY + room)
        memory = ctypes.create_string_buffer(before + frame + b"\xa5" * CANARY, len(before) + len(frame) + CANARY)
        begin = ctypes.addressof(memory)
        reason = self.library.p6_receive(
            ctypes.byref(self._core), ctypes.c_uint32(now), ctypes.byref(ends),
            ctypes.c_void_p(begin + len(before)), ctypes.c_size_t(len(frame)),
            ctypes.c_void_p(begin + CANARY), ctypes.c_size_t(room), ctypes.byref(arrival),
        )  # fmt: skip
        assert memory.raw[:CANARY] == memory.raw[-CANARY:] == b"\xa5" * CANARY
        assert self.in_place or memory.raw[len(before) : -CANARY] == frame, "the frame is not the core's to change"
        packet = ctypes.string_at(arrival.packet, arrival.octets) if arrival.packet else None
        answer = bytes(arrival.answer[: arrival.answer_octets]) if self.build.discovery else b""
        return Taken(REASONS[reason], arrival.offset, packet, answer or None)

    def send(self, packet: bytes, link: Link, allowed: int, mtu: int, room: int = MTU_ROOM) -> Sequence[bytes] | Reason:
        frames: list[bytes] = []

        def transmit(_application: object, octets: "ctypes._Pointer[ctypes.c_uint8]", length: int) -> int:
            frames.append(ctypes.string_at(octets, length))
            return 0

        ends, work = ends_of(link), ctypes.create_string_buffer(room)
        kind = ctypes.c_int8 if self.build.flex is None else ctypes.c_uint32
        reason = self.library.p6_send(
            ctypes.byref(self._core), kind(allowed), ctypes.byref(ends), packet, ctypes.c_size_t(len(packet)),
            ctypes.c_size_t(mtu), work, ctypes.c_size_t(room), TRANSMIT(transmit), None,
        )  # fmt: skip
        return frames if not reason else REASONS[reason]


__all__ = ["Address", "Build", "Layer", "Taken"]
