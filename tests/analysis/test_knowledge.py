"""What a capture teaches about a PAN, in time order."""

import pytest

from analysis.laboratory import GLOBAL_ALICE, GLOBAL_BOB, advertisement, context_option, udp_packet
from p6lowpan.analysis.knowledge import MOST_FORMER, MOST_PREFIXES, Knowledge
from p6lowpan.machines.adaptation.context_table import ContextAdded, ContextChanged, ContextExpired, ContextRemoved
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation, RouterAdvertisement
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.rpl import options as rpl_options
from p6lowpan.wire.rpl.messages import ControlMessage, Dio
from p6lowpan.wire.sixlowpan.contexts import Context

MINUTE = 60_000_000
PREFIX = parse_ipv6("2001:db8::")
OTHER = parse_ipv6("2001:db8:1::")


def announce(knowledge: Knowledge, now: int, *options: bytes, router_lifetime: int = 1800):
    message, _ = MESSAGES.decode(advertisement(*options, router_lifetime=router_lifetime)[40:])
    return knowledge.learn(now, message)


def test_a_context_option_in_a_router_advertisement_serves_from_then_on() -> None:
    knowledge = Knowledge(())
    assert knowledge.contexts == {}
    (event,) = announce(knowledge, 0, context_option(3, "2001:db8::"))
    assert event == ContextAdded(Context(3, PREFIX, 64))
    assert knowledge.contexts == {3: Context(3, PREFIX, 64)}


def test_a_context_option_in_another_message_teaches_nothing() -> None:
    knowledge = Knowledge(())
    message, _ = MESSAGES.decode(advertisement(context_option(3, "2001:db8::"))[40:])
    assert isinstance(message, RouterAdvertisement)
    solicitation = NeighborSolicitation(target=PREFIX, options=message.options)
    assert knowledge.learn(0, solicitation) == ()
    assert knowledge.contexts == {}


def test_a_context_passes_through_its_lifetimes() -> None:
    knowledge = Knowledge(())
    announce(knowledge, 0, context_option(1, "2001:db8::", lifetime_minutes=1), router_lifetime=30)
    assert knowledge.pass_time(MINUTE - 1) == ()
    (expired,) = knowledge.pass_time(MINUTE)
    assert isinstance(expired, ContextExpired)
    assert knowledge.contexts == {1: Context(1, PREFIX, 64, compress=False)}
    (removed,) = knowledge.pass_time(2 * MINUTE)
    assert isinstance(removed, ContextRemoved)
    assert knowledge.contexts == {}
    assert [context.prefix for context in knowledge.former] == [PREFIX]


def test_given_contexts_stay_and_announced_ones_replace_them() -> None:
    knowledge = Knowledge((Context(0, PREFIX, 64), Context(1, OTHER, 64)))
    assert knowledge.pass_time(10**15) == ()
    (event,) = announce(knowledge, 0, context_option(0, "2001:db8:2::"))
    assert isinstance(event, ContextChanged)
    assert event.too_soon
    assert knowledge.contexts[0].prefix == parse_ipv6("2001:db8:2::")
    assert knowledge.contexts[1].prefix == OTHER


def test_a_prefix_that_a_context_had_before_is_remembered() -> None:
    knowledge = Knowledge(())
    announce(knowledge, 0, context_option(0, "2001:db8::"))
    announce(knowledge, 1, context_option(0, "2001:db8:1::"))
    announce(knowledge, 2, context_option(0, "2001:db8:1::", compress=False))
    assert knowledge.former == (Context(0, PREFIX, 64),)


def test_as_many_former_contexts_are_remembered_as_the_bound() -> None:
    knowledge = Knowledge(())
    for number in range(MOST_FORMER + 2):
        announce(knowledge, number, context_option(0, f"2001:db8:{number:x}::"))
    assert len(knowledge.former) == MOST_FORMER
    assert knowledge.former[0].prefix == OTHER


# --- prefixes --------------------------------------------------------------------------------------------------------


def test_addresses_of_packets_leave_their_prefixes() -> None:
    knowledge = Knowledge(())
    knowledge.learn_addresses(udp_packet(source=GLOBAL_ALICE, destination=GLOBAL_BOB))
    knowledge.learn_addresses(udp_packet())
    knowledge.learn_addresses(udp_packet(source="::", destination="ff02::1"))
    assert knowledge.prefixes == (PREFIX[:8],)


@pytest.mark.parametrize(
    "message",
    [
        RouterAdvertisement(
            options=(
                PrefixInformation(
                    prefix_length=64, valid_lifetime_seconds=1, preferred_lifetime_seconds=1, prefix=PREFIX
                ),
            )
        ),
        RouterAdvertisement(options=(AuthoritativeBorderRouter(version_low=1, border_router=PREFIX[:15] + b"\1"),)),
        ControlMessage(
            base=Dio(
                rpl_instance_id=0,
                version_number=0,
                rank=256,
                mode_of_operation=1,
                trigger_sequence=0,
                dodag_id=PREFIX[:15] + b"\1",
            )
        ),
        ControlMessage(
            base=Dio(
                rpl_instance_id=0,
                version_number=0,
                rank=256,
                mode_of_operation=1,
                trigger_sequence=0,
                dodag_id=bytes(16),
                options=(
                    rpl_options.PrefixInformation(
                        prefix_length=64, valid_lifetime=1, preferred_lifetime=1, prefix=PREFIX
                    ),
                ),
            )
        ),
    ],
    ids=["prefix information", "border router", "DODAGID", "RPL prefix information"],
)
def test_announcements_leave_their_prefixes(message) -> None:
    knowledge = Knowledge(())
    knowledge.learn(0, message)
    assert knowledge.prefixes == (PREFIX[:8],)


def test_given_and_announced_contexts_are_prefixes_too() -> None:
    knowledge = Knowledge((Context(0, PREFIX, 64),))
    announce(knowledge, 0, context_option(1, "2001:db8:1::"))
    assert set(knowledge.prefixes) == {PREFIX[:8], OTHER[:8]}


def test_the_prefix_that_was_used_last_is_tried_first() -> None:
    knowledge = Knowledge((Context(0, PREFIX, 64), Context(1, OTHER, 64)))
    knowledge.learn_addresses(udp_packet(source=GLOBAL_ALICE, destination=GLOBAL_BOB))
    assert knowledge.prefixes == (OTHER[:8], PREFIX[:8])


@pytest.mark.parametrize(("more", "kept"), [(MOST_PREFIXES - 1, True), (MOST_PREFIXES, False)])
def test_one_prefix_past_the_bound_pushes_out_the_oldest(more: int, kept: bool) -> None:
    knowledge = Knowledge((Context(0, PREFIX, 64),))
    for number in range(1, more + 1):
        knowledge.learn_addresses(udp_packet(source=f"2001:db8:0:{number:x}::1", destination="ff02::1"))
    assert (PREFIX[:8] in knowledge.prefixes) is kept
    assert len(knowledge.prefixes) == MOST_PREFIXES


# --- guesses ---------------------------------------------------------------------------------------------------------


def test_a_guess_serves_and_is_marked_until_it_is_announced() -> None:
    knowledge = Knowledge((Context(0, PREFIX, 64),))
    assert knowledge.guess(0, frozenset({7}), lambda contexts: contexts.keys() == {0, 7})
    assert knowledge.has_guesses
    assert knowledge.contexts[7].prefix == PREFIX
    assert knowledge.guessed(frozenset({0, 7})) == {7}
    announce(knowledge, 1, context_option(7, "2001:db8:1::"))
    assert knowledge.contexts[7].prefix == OTHER
    assert knowledge.guessed(frozenset({0, 7})) == frozenset()
    assert not knowledge.has_guesses


def test_a_guess_that_fails_is_gone_from_the_contexts() -> None:
    knowledge = Knowledge((Context(0, PREFIX, 64),))
    knowledge.guess(0, frozenset({7}), lambda _: True)
    assert knowledge.judge(0, frozenset({7}), holds=False) == {7}
    assert knowledge.contexts.keys() == {0}


def test_without_a_prefix_there_is_no_guess() -> None:
    assert not Knowledge(()).guess(0, frozenset({7}), lambda _: True)
