"""What chooses between the C core and the Python reference: both give the same, whichever this process has."""

import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest

from core.corpora import packets, requests
from p6lowpan import fast
from p6lowpan.capability import limits, profile
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.compressor import candidates
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import Sent, send
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan import expansion
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.stack import Stack
from p6lowpan.wire.sixlowpan.used_features import features_of

SENDERS = [profile.of_level(level) for level in range(7)]
SENDERS += [profile.RFC6282, replace(profile.RFC6282, name="all", sends=profile.RFC6282.receives)]
SENDERS += [profile.of_flex(0xFFFF0000)]

CORE = pytest.mark.skipif(fast.CORE is None, reason="the C core is not built here, or P6LOWPAN_PURE is set")


def frames():
    """Frames under LOWPAN_IPHC, whole and damaged."""
    chance = random.Random(3)
    for request in requests("decode", "random"):
        for octets in request.frames:
            if octets and octets[0] >> 5 == 3:
                yield octets, request.link, request.contexts
                at = chance.randrange(len(octets))
                yield octets[:at], request.link, request.contexts
                yield octets[:at] + chance.randbytes(1) + octets[at + 1 :], request.link, request.contexts


def in_python(octets, link, contexts, within, size=None):
    try:
        found = expansion.expand(octets, link, contexts, within, size)
    except Malformed as error:
        return error.layer, error.reason, error.offset, str(error)
    features = features_of(Payload(Stack((), 0, None, link, None, 0), found, b""))
    return found.octets, found.growth, features, found.unsummed


def chosen(octets, link, contexts, within, size=None):
    try:
        return tuple(fast.expand(octets, link, contexts, within, size))
    except Malformed as error:
        return error.layer, error.reason, error.offset, str(error)


@pytest.mark.parametrize("within", [limits.RFC6282, limits.P6LOWPAN], ids=["rfc6282", "p6lowpan"])
def test_frames_expand_as_the_reference_says_in_octets_features_and_words(within) -> None:
    for octets, link, contexts in frames():
        for size in (None, 1280):
            assert chosen(octets, link, contexts, within, size) == in_python(octets, link, contexts, within, size)


def test_many_frames_in_one_call_give_what_each_gives_alone() -> None:
    many = [(octets, link) for octets, link, contexts in frames() if not contexts]
    found = fast.packets_of(many, {}, limits.RFC6282)
    assert len(found) == len(many) > 100
    for (octets, link), packet in zip(many, found, strict=True):
        alone = in_python(octets, link, {}, limits.RFC6282)
        assert packet == alone[0] if isinstance(packet, bytes) else (packet.reason, packet.offset) == alone[1:3]
    assert any(isinstance(packet, Malformed) for packet in found)
    assert any(isinstance(packet, bytes) for packet in found)


@CORE
@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: sender.name)
def test_headers_are_compressed_as_the_search_in_python_does(sender: Profile) -> None:
    compressed = 0
    for packet, link, contexts in packets()[::7]:
        found = fast.compress(packet, link, contexts, sender)
        if found is not None:
            best = candidates(packet, link, contexts, sender)[0]
            assert found == (best.octets, best.covered, best.growth, best.features), packet.hex()
            compressed += 1
    assert compressed > 100 or Feature.IPHC not in sender.sends


@CORE
@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: sender.name)
def test_packets_are_sent_in_the_frames_that_the_python_would_choose(monkeypatch, sender: Profile) -> None:
    fragmented = 0
    for number, (packet, link, contexts) in enumerate(packets()[::7]):
        if len(packet) > sender.limits.datagram_octets:
            continue
        mtu = (102, 81, 40, 31)[number % 4]
        with_core = sent(packet, link, contexts, sender, mtu)
        with monkeypatch.context() as patch:
            patch.setattr(fast, "CORE", None)
            assert with_core == sent(packet, link, contexts, sender, mtu), (mtu, packet.hex())
        fragmented += len(with_core.frames) > 1
    assert fragmented > 20


def sent(packet, link, contexts, sender, mtu):
    try:
        return send(packet, link, contexts, sender, mtu, 7)
    except Malformed as error:
        return Sent((), frozenset({error.reason}), 0)


@CORE
def test_many_packets_in_one_call_give_the_headers_that_each_gives_alone() -> None:
    many = [(packet, link) for packet, link, contexts in packets() if not contexts]
    found = fast.headers_of(many, {}, profile.of_level(5), 90)
    assert found == [fast.compress(packet, link, {}, profile.of_level(5), 90) for packet, link in many]
    assert sum(headers is not None for headers in found) > 100


@CORE
@CORE
def test_networks_with_contexts_of_their_own_do_not_push_out_one_anothers(monkeypatch) -> None:
    made = []
    know = fast.CORE.know
    monkeypatch.setattr(fast.CORE, "know", lambda packed: made.append(packed) or know(packed))
    networks = [{0: Context(0, bytes((0x20, 1, number)) + bytes(13), 64)} for number in range(5)]
    for _ in range(3):
        for contexts in networks:
            fast._known(dict(contexts), limits.P6LOWPAN)
    assert len(made) == len(set(made)) == len(networks)


def test_what_is_known_follows_contexts_that_change() -> None:
    octets, link, contexts = next(
        each for each in frames() if Reason.NO_CONTEXT in chosen(*each[:2], {}, limits.RFC6282)
    )
    table = dict(contexts)
    expected = tuple(fast.expand(octets, link, table, limits.RFC6282))
    table.clear()
    assert chosen(octets, link, table, limits.RFC6282) == in_python(octets, link, {}, limits.RFC6282)
    table.update(contexts)
    assert tuple(fast.expand(octets, link, table, limits.RFC6282)) == expected
    for number in range(fast.MOST_REMEMBERED + 1):
        each = replace(limits.RFC6282, header_growth_octets=number)
        assert chosen(octets, link, table, each) == in_python(octets, link, table, each)
    assert len(fast._KNOWLEDGE) <= fast.MOST_REMEMBERED


@CORE
def test_what_the_core_does_not_count_goes_to_the_reference() -> None:
    deep = replace(limits.RFC6282, nested_ipv6_headers=9)
    octets, link, contexts = next(frames())
    assert tuple(fast.expand(octets, link, contexts, deep)) == in_python(octets, link, contexts, deep)
    assert fast.compress(b"", Link(), {}, profile.of_level(5)) is None
    assert fast.headers_of([(b"", Link())], {}, replace(profile.RFC6282, limits=deep)) == [None]
    assert fast.packets_of([(octets, link)], contexts, deep) == [in_python(octets, link, contexts, deep)[0]]


@CORE
def test_the_extension_refuses_what_is_no_value_of_ours() -> None:
    known, link = fast._known({}, limits.P6LOWPAN), Link()
    with pytest.raises(ValueError, match="link-layer address of 3 octets"):
        fast.CORE.expand(known, b"", b"abc", b"", 0)
    for wrong in ([b""], [(b"", link, link)], [(b"", None)], [("", link)], ((b"", link),)):
        with pytest.raises((TypeError, AttributeError, SystemError)):
            fast.CORE.expand_all(known, wrong)
    with pytest.raises(ValueError, match="PyCapsule"):
        fast.CORE.expand(b"", b"", b"", b"", 0)
    with pytest.raises(ValueError, match="not packed knowledge"):
        fast.CORE.know(b"12345678")
    with pytest.raises(RuntimeError, match="said before"):
        fast.CORE.speak(fast.Brief, fast.Headers, fast._features)
    with pytest.raises(OverflowError):
        fast.CORE.compress(known, b"", b"", b"", -1, 90)


def test_a_brief_receiver_brings_the_same_packets_errors_and_features() -> None:
    for level in (0, 3, 5, 6):
        for request in list(requests("decode"))[::3]:
            contexts = request.contexts if level >= 2 else {}
            brief, full = (Receiver(profile.of_level(level), brief=each) for each in (True, False))
            for octets in request.frames:
                ours, theirs = (each.receive(0, octets, request.link, contexts) for each in (brief, full))
                assert ours[1:4] == theirs[1:4]
                assert str(ours.error) == str(theirs.error)
                assert ours.payload == (theirs.payload if ours.payload else None)


def test_the_environment_can_choose_the_reference() -> None:
    say = "from p6lowpan import fast; print(fast.CORE is not None)"
    chosen = []
    for pure in ("1", ""):
        environment = {**os.environ, "P6LOWPAN_PURE": pure, "PYTHONPATH": os.pathsep.join(sys.path)}
        finished = subprocess.run(
            [sys.executable, "-c", say], env=environment, capture_output=True, text=True, check=True
        )
        chosen.append(finished.stdout.strip())
    assert chosen[0] == "False"
    if fast.CORE is not None:
        assert chosen[1] == "True"
