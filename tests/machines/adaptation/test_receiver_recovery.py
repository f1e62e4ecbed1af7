"""Recoverable fragments from frames to packets: RFC 8931 puts the compressed datagram together, then it is expanded."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, Duplicate, Pending
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.mesh import mesh_header
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    NULL_BITMAP,
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
)
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, ipv6, udp
from properties.recoverable import recoverable

ALICE, BOB = LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02"))
LINK, BACK = Link(ALICE, BOB), Link(BOB, ALICE)
DATA = bytes(range(61))
PORTS = (0xF0B3, 0xF0BA)
SUM = checksum(LINK_LOCAL_ALICE, LINK_LOCAL_BOB, 17, udp(DATA, *PORTS, 0))
PACKET = ipv6(17, udp(DATA, *PORTS, SUM))
COMPRESSED = bytes.fromhex("7e33 f3 3a") + SUM.to_bytes(2, "big") + DATA
ELIDED = bytes.fromhex("7e33 f7 3a") + DATA
ABORT = RecoverableFragment(datagram_tag=5, sequence=0, fragment_size=0, datagram_size=0).encode()


def frames(datagram: bytes) -> list[bytes]:
    return recoverable(datagram, 20)


def acknowledgment(bitmap: int, tag: int = 5) -> bytes:
    return RecoverableFragmentAcknowledgment(datagram_tag=tag, bitmap=bitmap).encode()


class Playbook:
    """A receiver that is given frames, one a microsecond."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.now = 0

    def given(self, frame: bytes, link: Link = LINK) -> Received:
        self.now += 1
        return self.receiver.receive(self.now, frame, link, {})


@pytest.fixture
def playbook() -> Playbook:
    return Playbook(Receiver(RFC6282))


@pytest.mark.parametrize("datagram", [COMPRESSED, ELIDED, b"\x41" + PACKET], ids=["IPHC", "no checksum", "as it is"])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_last_fragment_delivers_the_packet(playbook: Playbook, datagram: bytes, backwards: bool) -> None:
    *others, last = frames(datagram)[:: -1 if backwards else 1]
    for frame in others:
        received = playbook.given(frame)
        assert (received.packets, received.error, received.features) == ((), None, {Feature.RECOVERABLE_FRAGMENT})
        assert isinstance(received.outcomes[-1], Pending)
    received = playbook.given(last)
    (packet,) = received.packets
    assert (packet.octets, packet.link) == (PACKET, LINK)
    assert packet.timeline is not None
    assert packet.timeline.fragments == len(others) + 1
    assert received.whole is not None
    assert received.datagram is received.whole
    assert isinstance(received.outcomes[-1], Complete)
    assert received.outcomes[-1].datagram == datagram


def test_features_and_growth_are_those_of_the_whole_with_its_last_fragment(playbook: Playbook) -> None:
    received = [playbook.given(frame) for frame in frames(COMPRESSED)]
    assert [one.growth for one in received[:-1]] == [0] * (len(received) - 1)
    assert received[-1].growth == 38 + 4
    assert received[-1].features >= {Feature.RECOVERABLE_FRAGMENT, Feature.IPHC, Feature.NHC_UDP}


def test_behind_a_mesh_header_the_ends_are_those_that_it_names(playbook: Playbook) -> None:
    mesh = mesh_header(ALICE, BOB, 5).encode()
    hop = Link(LinkAddress(b"\0\1"), LinkAddress(b"\0\2"))
    (packet,) = [packet for frame in frames(COMPRESSED) for packet in playbook.given(mesh + frame, hop).packets]
    assert (packet.octets, packet.link) == (PACKET, LINK)


def test_a_repeated_fragment_delivers_nothing_again(playbook: Playbook) -> None:
    sent = frames(COMPRESSED)
    for frame in sent:
        playbook.given(frame)
    received = playbook.given(sent[-1])
    assert received.packets == ()
    assert isinstance(received.outcomes[-1], Duplicate)


@pytest.mark.parametrize("ending", [ABORT, acknowledgment(NULL_BITMAP)], ids=["sender", "receiver"])
def test_either_end_may_abort(playbook: Playbook, ending: bytes) -> None:
    first, *others = frames(COMPRESSED)
    playbook.given(first)
    received = playbook.given(ending, LINK if ending is ABORT else BACK)
    (gone,) = received.outcomes
    assert isinstance(gone, DatagramDropped)
    assert (gone.reason, gone.fragments, received.error) == (Reason.REASSEMBLY_ABORTED, 1, None)
    assert [playbook.given(frame).packets for frame in others] == [()] * len(others)


def test_an_acknowledgment_is_about_the_datagram_of_who_gets_it(playbook: Playbook) -> None:
    playbook.given(frames(COMPRESSED)[0])
    for bitmap, link in ((NULL_BITMAP, LINK), (FULL_BITMAP, LINK), (1 << 31, BACK)):
        assert playbook.given(acknowledgment(bitmap), link).outcomes == ()
    (gone,) = playbook.given(acknowledgment(FULL_BITMAP), BACK).outcomes
    assert isinstance(gone, DatagramDropped)
    assert gone.reason is Reason.REASSEMBLY_UNFINISHED


@pytest.mark.parametrize(("cut", "reason"), [(-1, Reason.TRUNCATED), (None, Reason.TRAILING)])
def test_a_fragment_that_has_not_its_size_is_not_kept(playbook: Playbook, cut: int | None, reason: Reason) -> None:
    frame = frames(COMPRESSED)[0][:cut] if cut else frames(COMPRESSED)[0] + b"\0"
    received = playbook.given(frame)
    assert received.error is not None
    assert (received.error.layer, received.error.reason, received.outcomes) == ("rfrag", reason, ())
    assert received.error.offset == len(frame)


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (bytes.fromhex("7e33 f8") + DATA, Reason.UNKNOWN_NEXT_HEADER),
        (bytes.fromhex("7e77 0b f3 3a 1234") + DATA, Reason.NO_CONTEXT),
        (frames(COMPRESSED)[0], Reason.BAD_ORDER),
        (bytes.fromhex("c0d20001") + COMPRESSED, Reason.BAD_ORDER),
        (acknowledgment(FULL_BITMAP), Reason.BAD_ORDER),
    ],
)
def test_a_datagram_that_cannot_be_read_is_an_error_of_its_last_fragment(
    playbook: Playbook, datagram: bytes, reason: Reason
) -> None:
    *_, received = [playbook.given(frame) for frame in frames(datagram)]
    assert received.error is not None
    assert (received.error.reason, received.packets) == (reason, ())
    assert isinstance(received.outcomes[-1], Complete)


def test_a_packet_that_grows_past_the_limit_is_not_delivered() -> None:
    playbook = Playbook(Receiver(replace(RFC6282, limits=replace(limits.RFC6282, datagram_octets=len(PACKET) - 1))))
    *_, received = [playbook.given(frame) for frame in frames(COMPRESSED)]
    assert received.error is not None
    assert (received.error.reason, received.packets) == (Reason.TOO_BIG, ())


def test_a_datagram_may_use_nothing_that_its_receiver_does_not_take() -> None:
    playbook = Playbook(Receiver(replace(RFC6282, receives=RFC6282.receives - {Feature.NHC_UDP})))
    *_, received = [playbook.given(frame) for frame in frames(COMPRESSED)]
    assert (received.unsupported, received.packets) == ({Feature.NHC_UDP}, ())


@pytest.mark.parametrize("level", range(7))
def test_no_level_takes_recoverable_fragments(level: int) -> None:
    playbook = Playbook(Receiver(LEVELS[level]))
    for frame in frames(COMPRESSED):
        received = playbook.given(frame)
        assert (received.unsupported, received.outcomes) == ({Feature.RECOVERABLE_FRAGMENT}, ())
    assert playbook.receiver.reassembler.buffers == ()


def test_both_kinds_of_fragments_wait_side_by_side_under_one_tag(playbook: Playbook) -> None:
    other = bytes.fromhex("c0f40005") + b"\x41" + bytes(48)
    playbook.given(other)
    delivered = [packet.octets for frame in frames(COMPRESSED) for packet in playbook.given(frame).packets]
    assert delivered == [PACKET]
    assert len(playbook.receiver.reassembler.buffers) == 1
    assert [gone.reason for gone in playbook.receiver.give_up()] == [Reason.REASSEMBLY_UNFINISHED]


def test_what_makes_room_for_a_recoverable_fragment_takes_its_elided_checksum_along() -> None:
    bounds = replace(limits.RFC6282, reassembly_buffers=1, reassembly_buffers_per_neighbor=1)
    playbook = Playbook(Receiver(replace(RFC6282, limits=bounds)))
    playbook.given(bytes.fromhex("c0f40005") + ELIDED[:4] + DATA[:16])
    assert playbook.receiver.unsummed
    playbook.given(frames(COMPRESSED)[0])
    assert not playbook.receiver.unsummed


@given(st.data())
def test_every_cut_of_every_frame_is_a_value_or_an_error(data: st.DataObject) -> None:
    playbook = Playbook(Receiver(RFC6282))
    for frame in frames(COMPRESSED):
        playbook.given(frame[: data.draw(st.integers(0, len(frame)))])
        playbook.given(data.draw(st.binary(max_size=3)).join((frame[:6], frame[6:])))
    playbook.receiver.give_up()
    counted = playbook.receiver.reassembler
    assert counted.pending == counted.octets == 0
