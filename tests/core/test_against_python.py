"""The C core gives what the Python reference gives: octets, reasons, offsets, features."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from core.bound_core import Core, compiled
from p6lowpan.capability import limits, profile
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.compressor import candidates
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan import expansion
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.stack import Stack, read_stack
from p6lowpan.wire.sixlowpan.used_features import features_of

VECTORS = Path(__file__).parents[1] / "vectors"
LIKELY = bytes.fromhex("e0e1e2e4e5e6e7e8e9eeeff0f1f2f3f4f7d0d3d7dfb0b1b6b790808fa5afc0c8ff7a7e336002")
"""Octets that mean something to a decoder of LOWPAN_NHC and of byte code."""


class Frame(NamedTuple):
    octets: bytes
    link: Link
    contexts: Contexts
    size: int | None


@pytest.fixture(scope="module")
def core(tmp_path_factory) -> Core:
    return Core(compiled(tmp_path_factory.mktemp("core")))


def requests(name: str) -> Iterator[tuple[dict[str, object], Link, Contexts]]:
    for line in (VECTORS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        link = Link(*(LinkAddress(bytes.fromhex(request[end])) for end in ("ll_src", "ll_dst")))
        contexts = {
            entry["cid"]: Context(entry["cid"], masked(bytes.fromhex(entry["prefix"]), entry["len"]), entry["len"])
            for entry in request.get("contexts", ())
        }
        yield request, link, contexts


def compressed_frames() -> list[Frame]:
    frames = []
    for name in ("decode", "random"):
        for request, link, contexts in requests(name):
            for octets in map(bytes.fromhex, request["frames"]):
                try:
                    stack = read_stack(octets, link)
                except Malformed:
                    continue
                if stack.kind is Dispatch.IPHC:
                    size = stack.fragment.datagram_size if isinstance(stack.fragment, FirstFragment) else None
                    frames.append(Frame(octets[stack.at :], stack.link, contexts, size))
    return frames


FRAMES = compressed_frames()


def in_python(frame: Frame, within: Limits) -> tuple[object, ...]:
    """As the core answers: elided checksums are filled in by somebody else."""
    step = expansion._Expansion(frame.octets, frame.link, frame.contexts, within)
    size = frame.size
    try:
        if size is None:  # as of a first fragment, but for the lengths
            whole = expansion._Expansion(frame.octets, frame.link, frame.contexts, within).run(None)
            size = len(whole.octets)
        expanded = step.run(size)
    except Malformed as error:
        return error.reason, error.offset
    features = features_of(Payload(Stack((), 0, None, frame.link, None, 0), expanded, b""))
    unsummed = (expanded.unsummed[0].ipv6, expanded.unsummed[0].udp) if expanded.unsummed else None
    return expanded.octets, expanded.header_octets, expanded.growth, unsummed, features


def test_every_frame_of_the_corpora_expands_alike(core: Core) -> None:
    assert len(FRAMES) > 1500
    for frame in FRAMES:
        assert core.expand(*frame[:3], limits.RFC6282, frame.size) == in_python(frame, limits.RFC6282), frame


def changed(octets: bytes, chance: random.Random) -> bytes:
    at, many = chance.randrange(min(len(octets), 60) + 1), chance.randrange(1, 8)
    match chance.randrange(5):
        case 0:
            return octets[:at]
        case 1:
            return octets[:at] + bytes(chance.choices(LIKELY, k=many)) + octets[at + many :]
        case 2:
            return octets[:at] + bytes(chance.choices(LIKELY, k=many)) + octets[at:]
        case 3:
            return octets[:at] + chance.randbytes(many) + octets[at + 1 :]
        case _:
            return octets[:at] + octets[at + many :]


@pytest.mark.parametrize("seed", range(8))
def test_damaged_frames_are_refused_alike(core: Core, seed: int) -> None:
    chance = random.Random(seed)
    seen = set()
    for _ in range(2500):
        frame = chance.choice(FRAMES)
        octets = frame.octets
        for _ in range(chance.choice((1, 1, 2, 4))):
            octets = changed(octets, chance)
        if chance.randrange(20) == 0:
            frame = frame._replace(link=Link())
        frame = frame._replace(octets=octets)
        for within in (limits.RFC6282, limits.P6LOWPAN):
            answer = core.expand(*frame[:3], within, frame.size)
            assert answer == in_python(frame, within), frame
            seen.add(answer[0] if isinstance(answer[0], Reason) else None)
    assert {None, Reason.TRUNCATED, Reason.RESERVED, Reason.NO_CONTEXT, Reason.NO_LINK_ADDRESS} <= seen


def sending_profiles() -> list[Profile]:
    found = [profile.of_level(level) for level in range(7)]
    found += [profile.RFC6282, replace(profile.RFC6282, sends=profile.RFC6282.receives)]
    found += [profile.of_flex(random.Random(seed).getrandbits(26) << 6) for seed in range(5)]
    return [replace(each, sends=each.sends - {Feature.NHC_UDP_CHECKSUM_ELIDED}) for each in found]


def packets() -> list[tuple[bytes, Link, Contexts]]:
    found = [(bytes.fromhex(request["packet"]), *known) for request, *known in requests("encode")]
    for name in ("decode", "random"):
        found += [
            (bytes.fromhex(packet), *known) for request, *known in requests(name) for packet in request["expect"] or ()
        ]
    return found


@pytest.mark.parametrize("sender", sending_profiles(), ids=lambda each: each.name)
def test_every_packet_of_the_corpora_is_compressed_alike(core: Core, sender: Profile) -> None:
    for packet, link, contexts in packets()[::3]:
        found = candidates(packet, link, contexts, sender)
        answer = core.compress(packet, link, contexts, sender)
        if not found:
            assert answer is Reason.TOO_BIG
            continue
        best = min(found, key=lambda candidate: len(candidate.octets) - candidate.covered)
        assert answer == (best.octets, best.covered, False), packet.hex()


def test_what_is_no_packet_is_refused(core: Core) -> None:
    for packet in (b"", bytes(40), b"\x60" + bytes(40)):
        assert core.compress(packet, Link(), {}, profile.of_level(5)) is Reason.BAD_VALUE
