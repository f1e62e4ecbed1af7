"""Frames to packets: what one frame brings, what waits for others, what is refused; nothing is kept for ever."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, Duplicate, Pending
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, ipv6, udp

ALICE, BOB = LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02"))
LINK = Link(ALICE, BOB)
CONTEXTS = {0: Context(0, bytes.fromhex("20010db8000000000000000000000000"), 64)}
DATA = bytes(range(64))
PORTS = (0xF0B3, 0xF0BA)
SUM = checksum(LINK_LOCAL_ALICE, LINK_LOCAL_BOB, 17, udp(DATA, *PORTS, 0))
WHOLE = ipv6(17, udp(DATA, *PORTS, SUM))
ODD_SUM = ipv6(17, udp(DATA, *PORTS, 0xBEEF))
SIZE = len(WHOLE)


def fragments(summed: int | None, tag: int = 1, size: int = SIZE) -> tuple[bytes, bytes]:
    """The datagram in two: 48 octets of headers and 16 more, then 48. ``summed``: the checksum, or elided."""
    udp_header = bytes.fromhex("f7 3a") if summed is None else bytes.fromhex("f3 3a") + summed.to_bytes(2, "big")
    first = (0b11000 << 11 | size).to_bytes(2, "big") + tag.to_bytes(2, "big")
    second = (0b11100 << 11 | size).to_bytes(2, "big") + tag.to_bytes(2, "big") + bytes((8,))
    return first + bytes.fromhex("7e33") + udp_header + DATA[:16], second + DATA[16:]


class Playbook:
    """A receiver that is given frames, one a microsecond."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.now = 0

    def given(self, frame: bytes | str, link: Link = LINK) -> Received:
        self.now += 1
        octets = bytes.fromhex(frame) if isinstance(frame, str) else frame
        return self.receiver.receive(self.now, octets, link, CONTEXTS)

    def delivers(self, *frames: bytes) -> list[bytes]:
        return [packet.octets for frame in frames for packet in self.given(frame).packets]


@pytest.fixture
def playbook() -> Playbook:
    return Playbook(Receiver(RFC6282))


# --- one frame -------------------------------------------------------------------------------------------------------


def test_a_frame_that_holds_a_packet_delivers_it(playbook: Playbook) -> None:
    received = playbook.given("7e33 f3 3a 1234 0102")
    (packet,) = received.packets
    assert (packet.octets, packet.link) == (ipv6(17, udp(b"\1\2", *PORTS, 0x1234)), LINK)
    assert packet.timeline is None
    assert (received.error, received.unsupported, received.outcomes) == (None, frozenset(), ())
    assert received.growth == 38 + 4
    assert Feature.NHC_UDP in received.features


def test_behind_a_mesh_header_the_packet_is_from_its_originator(playbook: Playbook) -> None:
    (packet,) = playbook.given("b5 0a0b 0c0d 7a33 3b").packets
    assert packet.link == Link(LinkAddress(b"\x0a\x0b"), LinkAddress(b"\x0c\x0d"))


def test_what_cannot_be_read_is_reported(playbook: Playbook) -> None:
    received = playbook.given("7e33 f8")
    assert received.error is not None
    assert (received.error.reason, received.error.offset) == (Reason.UNKNOWN_NEXT_HEADER, 2)
    assert (received.payload, received.packets, received.features, received.growth) == (None, (), frozenset(), 0)


@pytest.mark.parametrize(("octets", "taken"), [(1280, True), (1281, False)])
def test_a_packet_keeps_the_datagram_size(octets: int, taken: bool) -> None:
    received = Playbook(Receiver(LEVELS[0])).given(b"\x41" + ipv6(59, bytes(octets - 40)))
    assert len(received.packets) == taken
    assert (received.error is None) == taken
    assert received.error is None or received.error.reason is Reason.TOO_BIG


@pytest.mark.parametrize("octets", ["40 81 41", "eb01 80000000 41 60", "f0 40 81"])
def test_what_is_read_but_not_handed_on_is_not_dropped_in_silence(playbook: Playbook, octets: str) -> None:
    received = playbook.given(octets)
    assert received.error is not None
    assert received.error.reason is Reason.UNSUPPORTED
    assert received.features


def test_an_acknowledgment_of_fragments_is_complete_in_itself(playbook: Playbook) -> None:
    received = playbook.given("eb01 ffffffff")
    assert (received.error, received.packets, received.features) == (None, (), {Feature.RECOVERABLE_FRAGMENT})


# --- above the level of the receiver ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "octets", "above"),
    [
        (0, "6033 00000000 3b 40", {Feature.IPHC, Feature.STATELESS_UNICAST, Feature.ELIDED_IDENTIFIER}),
        (2, "7a33 3b", {Feature.HOP_LIMIT, Feature.TRAFFIC_CLASS, Feature.FLOW_LABEL}),
        (3, "7e33 f3 3a 1234", {Feature.NHC_UDP, Feature.NHC_UDP_PORTS}),
        (4, "7e33 e0 3b 06 010400000000", {Feature.NHC_HOP_BY_HOP}),
        (5, "7e33 df 80", {Feature.GHC_ICMPV6}),
        (6, "7e33 f7 3a", {Feature.NHC_UDP_CHECKSUM_ELIDED}),
    ],
)
def test_features_above_the_level_keep_a_frame_out(level: int, octets: str, above: set[Feature]) -> None:
    received = Playbook(Receiver(LEVELS[level])).given(octets)
    assert received.unsupported == above
    assert received.packets == ()
    assert received.payload is not None
    assert Playbook(Receiver(RFC6282)).given(octets).packets


@pytest.mark.parametrize(
    "octets",
    ["6073 00000000 3b 40", "60f3 10 00000000 3b 40", "603c 00000000 3b 40 3e0189abcdef", "6077 00000000 3b 40"],
)
def test_a_node_without_contexts_sees_that_a_frame_is_of_a_class_that_has_them(octets: str) -> None:
    """Else it could not answer, and discovery would end where it is needed first."""
    for level in (0, 1):
        received = Receiver(LEVELS[level]).receive(0, bytes.fromhex(octets), LINK, {})
        assert received.unsupported & {Feature.STATEFUL_UNICAST, Feature.STATEFUL_MULTICAST}
        assert (received.error, received.packets) == (None, ())
    for profile in (LEVELS[2], RFC6282):
        received = Receiver(profile).receive(0, bytes.fromhex(octets), LINK, {})
        assert received.error is not None
        assert received.error.reason is (Reason.NO_CONTEXT)
        assert (received.unsupported, received.packets) == (frozenset(), ())


def test_a_missing_context_and_another_fault_is_the_other_fault() -> None:
    received = Receiver(LEVELS[1]).receive(0, bytes.fromhex("7e73 f8"), LINK, {})
    assert received.error is not None
    assert (received.error.reason, received.unsupported) == (Reason.UNKNOWN_NEXT_HEADER, frozenset())


def test_a_fragment_above_the_level_is_not_kept() -> None:
    playbook = Playbook(Receiver(LEVELS[3]))
    first, _ = fragments(SUM)
    assert playbook.given(first).unsupported == {Feature.NHC_UDP, Feature.NHC_UDP_PORTS}
    assert playbook.receiver.reassembler.buffers == ()


# --- fragments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("summed", [SUM, None])
@pytest.mark.parametrize("reverse", [False, True])
def test_fragments_deliver_the_packet_with_the_last_of_them(
    playbook: Playbook, summed: int | None, reverse: bool
) -> None:
    one, other = reversed(fragments(summed)) if reverse else fragments(summed)
    before = playbook.given(one)
    assert (before.packets, [type(outcome) for outcome in before.outcomes]) == ((), [Pending])
    received = playbook.given(other)
    assert [packet.octets for packet in received.packets] == [WHOLE]
    assert isinstance(received.outcomes[-1], Complete)
    timeline = received.packets[0].timeline
    assert timeline is not None
    assert (timeline.fragments, timeline.octets) == (2, SIZE)


def test_growth_is_that_of_the_first_fragment(playbook: Playbook) -> None:
    assert [playbook.given(frame).growth for frame in fragments(None)] == [44, 0]


def test_a_subsequent_fragment_that_begins_the_datagram_is_uncompressed(playbook: Playbook) -> None:
    _, second = fragments(SUM)
    head = second[:4] + bytes(1) + ODD_SUM[:64]
    assert playbook.delivers(head, second) == [ODD_SUM]


def test_a_datagram_that_is_no_packet_is_reported(playbook: Playbook) -> None:
    first, second = fragments(SUM)
    garbage = first[:4] + b"\x41" + bytes(64)
    assert playbook.given(garbage).error is None
    received = playbook.given(second)
    assert received.error is not None
    assert (received.error.reason, received.packets) == (Reason.BAD_VALUE, ())
    assert isinstance(received.outcomes[-1], Complete)


def test_time_runs_out_with_any_frame_and_without_one(playbook: Playbook) -> None:
    limit = limits.RFC6282.reassembly_timeout_us
    playbook.given(fragments(SUM)[0])
    playbook.now = limit
    received = playbook.given("7e33 f8")
    assert [outcome.reason for outcome in received.outcomes if isinstance(outcome, DatagramDropped)] == [
        Reason.REASSEMBLY_TIMEOUT
    ]
    playbook.given(fragments(SUM)[0])
    assert playbook.receiver.expire(playbook.now + limit - 1) == ()
    assert [drop.reason for drop in playbook.receiver.expire(playbook.now + limit)] == [Reason.REASSEMBLY_TIMEOUT]


def test_what_is_incomplete_can_be_given_up(playbook: Playbook) -> None:
    playbook.given(fragments(None)[0])
    assert [drop.reason for drop in playbook.receiver.give_up()] == [Reason.REASSEMBLY_UNFINISHED]
    assert playbook.receiver.give_up() == ()


# --- elided checksums wait with their fragments, and go with them ----------------------------------------------------


def waiting(playbook: Playbook) -> int:
    """How many datagrams have a checksum to be computed; nobody else can see it."""
    return len(playbook.receiver.unsummed)


def test_a_late_repetition_does_not_bring_an_elided_checksum_back(playbook: Playbook) -> None:
    elided, in_line = fragments(None), fragments(0xBEEF)
    assert playbook.delivers(*elided) == [WHOLE]
    assert isinstance(playbook.given(elided[0]).outcomes[-1], Duplicate)
    assert waiting(playbook) == 0
    assert playbook.delivers(*in_line) == [ODD_SUM]


def test_a_fragment_that_overlaps_takes_the_elided_checksum_with_it(playbook: Playbook) -> None:
    playbook.given(fragments(None)[0])
    received = playbook.given(fragments(0xBEEF)[0])
    assert [type(outcome) for outcome in received.outcomes] == [DatagramDropped, Pending]
    assert playbook.delivers(fragments(0xBEEF)[1]) == [ODD_SUM]


def test_an_uncompressed_beginning_replaces_an_elided_checksum(playbook: Playbook) -> None:
    _, second = fragments(None)
    playbook.given(fragments(None)[0])
    playbook.given(second[:4] + bytes(1) + ODD_SUM[:64])
    assert playbook.delivers(second) == [ODD_SUM]


def test_a_checksum_does_not_outlive_its_datagram_even_where_the_reassembler_was_told_to_forget_it(
    playbook: Playbook,
) -> None:
    playbook.given(fragments(None)[0])
    playbook.receiver.reassembler.discard_all()
    assert playbook.delivers(*fragments(0xBEEF)) == [ODD_SUM]


def test_a_refused_first_fragment_leaves_nothing_behind(playbook: Playbook) -> None:
    first, _ = fragments(None, size=60)
    received = playbook.given(first)
    assert [outcome.reason for outcome in received.outcomes if isinstance(outcome, DatagramDropped)] == [
        Reason.FRAGMENT_PAST_END
    ]
    assert waiting(playbook) == 0


def test_a_datagram_that_is_no_packet_leaves_nothing_behind(playbook: Playbook) -> None:
    playbook.given(fragments(None)[0])
    assert waiting(playbook) == 1
    assert playbook.delivers(fragments(None)[1]) == [WHOLE]
    assert waiting(playbook) == 0


def test_time_and_the_end_leave_nothing_behind(playbook: Playbook) -> None:
    playbook.given(fragments(None)[0])
    playbook.receiver.expire(limits.RFC6282.reassembly_timeout_us + playbook.now)
    assert waiting(playbook) == 0
    playbook.given(fragments(None)[0])
    playbook.receiver.give_up()
    assert waiting(playbook) == 0


@pytest.mark.parametrize("buffers", [1, 3])
def test_no_more_checksums_wait_than_datagrams(buffers: int) -> None:
    profile = replace(RFC6282, limits=replace(limits.RFC6282, reassembly_buffers=buffers))
    playbook = Playbook(Receiver(profile))
    for tag in range(20):
        playbook.given(fragments(None, tag)[0])
        assert waiting(playbook) == min(tag + 1, buffers)
    assert playbook.delivers(fragments(None, 19)[1]) == [WHOLE]


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 2)), max_size=60))
def test_whatever_comes_checksums_wait_for_pending_datagrams_alone(steps: list[tuple[int, bool, int]]) -> None:
    profile = replace(RFC6282, limits=replace(limits.RFC6282, reassembly_buffers=2, completed_datagrams=1))
    playbook = Playbook(Receiver(profile))
    for tag, second, kind in steps:
        received = playbook.given(fragments((None, 0xBEEF, SUM)[kind], tag)[second])
        assert {packet.octets for packet in received.packets} <= {WHOLE, ODD_SUM}
        pending = {buffer.key for buffer in playbook.receiver.reassembler.buffers}
        assert set(playbook.receiver.unsummed) <= pending


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from([RFC6282, *LEVELS]))
def test_no_frame_makes_a_receiver_raise(frames: list[bytes], profile: object) -> None:
    receiver = Receiver(profile)  # type: ignore[arg-type]  # drawn from profiles
    for now, frame in enumerate(frames):
        receiver.receive(now, frame, LINK, CONTEXTS)
        receiver.receive(now, bytes.fromhex("c0280001") + frame, Link(), {})


def test_limits_that_rfc_4944_forbids_are_refused() -> None:
    with pytest.raises(UsageError):
        Receiver(replace(RFC6282, limits=replace(limits.RFC6282, reassembly_timeout_us=60_000_001)))
