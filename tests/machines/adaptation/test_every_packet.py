"""What holds for every packet, link, set of contexts, profile and frame size: what is sent is understood."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from p6lowpan.capability import named
from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature, lowest_level
from p6lowpan.capability.profile import LEVELS, RFC6282, Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.stacks import PROFILES as STACKS
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.sender import Sent, send
from properties.packets import Case, cases

TAG = 0xBEEF
MTUS = st.sampled_from([60, 61, 72, 81, 88, 96, 102, 109, 120]) | st.integers(60, 120)
without_complaint = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def received(profile: Profile, case: Case, frames: tuple[bytes, ...]) -> list[Received]:
    receiver = Receiver(profile)
    return [receiver.receive(now, frame, case.link, case.contexts) for now, frame in enumerate(frames)]


def features_of_all(all_received: list[Received]) -> frozenset[Feature]:
    return frozenset().union(*(one.features for one in all_received))


def check_understood(profile: Profile, case: Case, sent: Sent, frames: tuple[bytes, ...]) -> None:
    """A receiver of ``profile`` gives back exactly the packet, and sees in the frames what their sender said."""
    all_received = received(profile, case, frames)
    assert [one.error for one in all_received] == [None] * len(frames)
    assert [packet.octets for one in all_received for packet in one.packets] == [case.packet]
    assert features_of_all(all_received) == sent.features
    assert max(one.growth for one in all_received) == sent.growth


def check_sent(profile: Profile, case: Case, mtu: int, shuffled: bool) -> None:
    sent = send(case.packet, case.link, case.contexts, profile, mtu, TAG)
    assert all(len(frame) <= mtu for frame in sent.frames)
    assert sent.features <= profile.sends
    assert sent.growth <= profile.limits.header_growth_octets
    frames = tuple(reversed(sent.frames)) if shuffled else sent.frames
    check_understood(profile, case, sent, frames)
    check_understood(RFC6282, case, sent, frames)


@pytest.mark.parametrize("level", range(6))
@given(case=cases(), mtu=MTUS, shuffled=st.booleans())
@without_complaint
def test_a_level_understands_what_is_sent_to_it_and_nothing_of_it_is_above_the_level(
    level: int, case: Case, mtu: int, shuffled: bool
) -> None:
    check_sent(LEVELS[level], case, mtu, shuffled)
    sent = send(case.packet, case.link, case.contexts, LEVELS[level], mtu, TAG)
    needed = lowest_level(features_of_all(received(RFC6282, case, sent.frames)))
    assert needed is not None
    assert needed <= level


@given(case=cases(longest=120), mtu=MTUS, shuffled=st.booleans())
@without_complaint
def test_level_6_understands_generic_compression(case: Case, mtu: int, shuffled: bool) -> None:
    check_sent(LEVELS[6], case, mtu, shuffled)


@given(case=cases(longest=1900, largest=2047), mtu=MTUS, shuffled=st.booleans())
@without_complaint
def test_rfc6282_understands_what_is_sent_to_it(case: Case, mtu: int, shuffled: bool) -> None:
    check_sent(RFC6282, case, mtu, shuffled)


@given(case=cases(longest=120), mtu=MTUS, field=st.integers(0, 2**32 - 1), shuffled=st.booleans())
@without_complaint
def test_a_flex_bitfield_understands_what_is_sent_to_it(case: Case, mtu: int, field: int, shuffled: bool) -> None:
    check_sent(profiles.of_flex(field), case, mtu, shuffled)


@given(case=cases(), mtu=MTUS, stack=st.sampled_from(sorted(STACKS)), shuffled=st.booleans())
@without_complaint
def test_a_stack_understands_what_is_sent_toward_it(case: Case, mtu: int, stack: str, shuffled: bool) -> None:
    """What our receiver understands under the stack's profile; the stack itself is not asked."""
    profile = named.toward(STACKS[stack])
    try:
        sent = send(case.packet, case.link, case.contexts, profile, mtu, TAG)
    except Malformed as error:
        assume(error.reason is not Reason.TOO_BIG)  # some stacks take no uncompressed packet
        raise
    frames = tuple(reversed(sent.frames)) if shuffled else sent.frames
    assert all(len(frame) <= mtu for frame in frames)
    assert sent.features <= STACKS[stack].receives
    check_understood(STACKS[stack], case, sent, frames)
