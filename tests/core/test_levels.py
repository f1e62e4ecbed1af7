"""Every level of the C core, with and without discovery, linear and FLEX: it takes what the Python profile of that
level takes, refuses and answers what is above, and sends what a receiver of the level takes."""

from itertools import islice
from typing import NamedTuple

import pytest

from core.bound_level import Build, Layer
from core.corpora import Request, packets, requests
from p6lowpan.capability import profile
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation import class_unsupported
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link, LinkAddress, link_local

FLEX_FIELDS = {level: profile.flex_field(profile.level_features(level)) for level in range(7)}
BUILDS = [Build(level) for level in range(7)]
BUILDS += [Build(level, discovery=False) for level in range(7)]
BUILDS += [Build(level, flex=FLEX_FIELDS[level]) for level in range(7)]
LOWER_FIRST = {Reason.FEATURE_ABOVE_PROFILE, Reason.UNSUPPORTED, Reason.NO_CONTEXT}
"""What a build says of a frame that is above its level and, behind that, malformed: it does not read so far."""


class Loaded(NamedTuple):
    build: Build
    library: object

    @property
    def profile(self) -> Profile:
        """The one that the Python has for it."""
        flex = self.build.flex
        return profile.of_level(self.build.level) if flex is None else profile.of_flex(flex)

    @property
    def step(self) -> int:
        """The linear builds see all of the corpora, the others a part."""
        return 1 if self.build.discovery and self.build.flex is None else 7

    def layer(self, contexts, in_place: bool = False) -> Layer:
        return Layer(self.build, self.library, contexts, in_place)


@pytest.fixture(scope="module", params=BUILDS, ids=lambda build: build.name)
def loaded(request, tmp_path_factory) -> Loaded:
    build = request.param
    return Loaded(build, build.compiled(tmp_path_factory.mktemp("levels")))


def error_of(loaded: Loaded, received, link: Link) -> bytes | None:
    """The answer that the Python gives to a frame."""
    destination = class_unsupported.previous_hop(received, link)
    if not loaded.build.discovery or destination is None or not class_unsupported.may_answer(received, link):
        return None
    return class_unsupported.error_packet(loaded.profile, link_local(link.destination), destination)


def known_to(loaded: Loaded, request: Request):
    return request.contexts if loaded.build.level >= 2 else {}


def compared(loaded: Loaded, request: Request, in_place: bool) -> tuple[int, int]:
    """The core takes, refuses and answers the frames as the Python does: how many it took, how many it answered."""
    taken = answered = 0
    contexts = known_to(loaded, request)
    layer, python = loaded.layer(contexts, in_place), Receiver(loaded.profile)
    for frame in request.frames:
        ours = layer.receive(0, frame, request.link)
        theirs = python.receive(0, frame, request.link, contexts)
        about = f"{request.name}: {frame.hex()}"
        if theirs.unsupported:
            expected = error_of(loaded, theirs, request.link)
            if ours.reason is Reason.UNSUPPORTED:
                assert ours.answer is None, about
                continue
            assert (ours.reason, ours.answer) == (Reason.FEATURE_ABOVE_PROFILE, expected), about
            answered += expected is not None
        elif theirs.error and theirs.error.reason is Reason.FEATURE_ABOVE_PROFILE:
            break  # the rest of a datagram whose beginning was refused: only the Python remembers
        elif theirs.error:
            assert ours.packet is None, about
            if ours.reason not in LOWER_FIRST:
                assert (ours.reason, ours.offset) == (theirs.error.reason, theirs.error.offset), about
        else:
            assert ours.packet == (theirs.packets[0].octets if theirs.packets else None), about
            assert ours.answer is None
            taken += ours.packet is not None
    return taken, answered


def test_frames_of_the_corpora_are_taken_refused_and_answered_alike(loaded: Loaded) -> None:
    places = (False, True) if loaded.build.level < 6 else (False,)
    corpus = islice(requests("decode", "random"), 0, None, loaded.step)
    counts = [compared(loaded, request, in_place) for request in corpus for in_place in places]
    taken, answered = (sum(column) for column in zip(*counts, strict=True))
    assert taken >= (1000 if loaded.build.level >= 3 else 20) // loaded.step
    assert bool(answered) == loaded.build.discovery


def test_a_flex_receiver_holds_to_its_own_field_bit_by_bit(tmp_path) -> None:
    library = Build(6, flex=0).compiled(tmp_path)
    corpus = list(islice(requests("decode", "random"), 0, None, 31))
    taken = answered = 0
    for bit in range(6, 32):
        own = Loaded(Build(6, flex=FLEX_FIELDS[6] & ~(1 << bit)), library)
        for request in corpus:
            more = compared(own, request, in_place=False)
            taken, answered = taken + more[0], answered + more[1]
    assert taken > 500
    assert answered > 200


ERROR, REQUEST = b"\x01\x04\x00\x00" + bytes(4), b"\x80\x00\x00\x00" + bytes(4)
HOP_BY_HOP = b"\xe0\x3a\x06\x05\x02\x00\x00\x00\x00"
"""Under LOWPAN_NHC, with next header 58 in line: a router alert (RFC 2711) and what pads it."""


@pytest.mark.parametrize(("message", "is_answered"), [(ERROR, False), (REQUEST, True)])
def test_an_error_behind_compressed_extension_headers_is_not_answered(
    loaded: Loaded, message: bytes, is_answered: bool
) -> None:
    link = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
    frame = bytes((0x7E, 0x33)) + HOP_BY_HOP + message
    answer = loaded.layer({}).receive(0, frame, link).answer
    is_above = loaded.build.discovery and loaded.build.level < 5
    assert (answer is not None) == (is_above and is_answered)


def test_packets_are_sent_in_the_frames_that_the_python_sends_to_the_level(loaded: Loaded) -> None:
    for packet, link, contexts in packets()[:: 7 * loaded.step]:
        if len(packet) > 1280:
            continue
        for level in {0, min(3, loaded.build.level), loaded.build.level}:
            known = contexts if level >= 2 else {}
            layer, python = loaded.layer(contexts), Receiver(profile.of_level(level))
            allowed = level if loaded.build.flex is None else FLEX_FIELDS[level]
            frames = layer.send(packet, link, allowed, 81)
            assert not isinstance(frames, Reason), (packet.hex(), frames)
            results = [python.receive(0, frame, link, known) for frame in frames]
            assert [each.packets[0].octets for each in results if each.packets] == [packet]
            theirs = profile.of_level(level) if loaded.build.flex is None else profile.of_flex(allowed)
            assert tuple(frames) == send(packet, link, known, theirs, 81, 1).frames, packet.hex()


FUZZED = (
    (
        Link(LinkAddress(b"\0\1"), LinkAddress(b"\0\2")),
        "6038ea1600650000000000000000000000000f0056131bfce61542a9611c5b84043bedc51be509090909090909000000"
        "2800000000000000000000000000000000412981c741ebe00018dcdcdcdcdcdc30dcdcdcdcdcdcdcdcdcdcdcdcdcdcdc"
        "dcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdce1",
    ),
    (
        Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(b"\xff\xff")),
        "6160006000b500003a09402f32410000ffffff010000000000003a094004324160591000000000100000000000210000"
        "00000000000000000000000000000000000000ee7e00000000000000040000000000000000003a094004324160591000"
        "00000010000000880000a0093a40fe000000077e33f700047e00002a000000000000000000007a000000000300000000"
        "00000000047e33f700000000000000000000000000000000047e33f700000000330000000000000034f7000000010000"
        "0000b3000000000000000000000000000000000000000000000000ee7e",
    ),
)
"""An extension header of these is shorter as byte code that more follows than as the last one."""


@pytest.mark.parametrize(("link", "packet"), FUZZED)
def test_packets_that_fuzzing_found_come_back(loaded: Loaded, link: Link, packet: str) -> None:
    allowed = loaded.build.level if loaded.build.flex is None else FLEX_FIELDS[loaded.build.level]
    frames = loaded.layer({}).send(bytes.fromhex(packet), link, allowed, 100)
    assert not isinstance(frames, Reason), frames
    python = Receiver(loaded.profile)
    results = [python.receive(0, frame, link, {}) for frame in frames]
    assert [each.packets[0].octets for each in results if each.packets] == [bytes.fromhex(packet)]


def test_a_packet_that_is_too_big_or_none_is_refused(loaded: Loaded) -> None:
    link = Link(LinkAddress(bytes(8)), LinkAddress(bytes(8)))
    layer, none = loaded.layer({}), 0 if loaded.build.flex is None else FLEX_FIELDS[0]
    assert layer.send(b"\x60" + bytes(50), link, none, 81) is Reason.BAD_VALUE
    too_big = b"\x60" + bytes(3) + (1241).to_bytes(2, "big") + bytes(34) + bytes(1241)
    assert layer.send(too_big, link, none, 81) is Reason.TOO_BIG
    whole = b"\x60" + bytes(3) + (1240).to_bytes(2, "big") + b"\xff" + bytes(33) + bytes(1240)
    assert layer.send(whole, link, none, 8) is Reason.TOO_BIG
    assert len(layer.send(whole, link, none, 81)) == 18
