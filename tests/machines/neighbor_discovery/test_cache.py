"""The neighbor cache: RFC 4861 section 7, and what RFC 6775 makes of it."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Mode
from p6lowpan.machines.neighbor_discovery.entry import Kind
from p6lowpan.machines.neighbor_discovery.outputs import Emit, Resolved, Unreachable
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import ALL_NODES, BROADCAST, parse_ipv6
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from properties.neighbors import (
    MINUTE,
    MY_LL,
    ROUTER_LINK,
    SECOND,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    discovery,
    limited,
    link,
    messages,
    named,
    named_target,
    of,
    option,
    reasons,
)

FIRST_PROBE_DELAY, RETRANSMISSION, REACHABLE = 5 * SECOND, 1 * SECOND, 15 * SECOND  # chance that is 0 halves the last


def regular(**changes):
    """A started host on a regular link, its link-local address found to be its own."""
    play = Playbook(discovery(mode=Mode.REGULAR, **changes))
    play.start()
    play.wait(30 * SECOND)
    return play


def advertise(play, solicited=1, override=1, number=4, target=STRANGER_GLOBAL, with_link_address=True):
    options = (named_target(number),) if with_link_address else ()
    message = NeighborAdvertisement(solicited=solicited, override=override, target=target, options=options)
    return play.hear(message, source=STRANGER_LL)


def reachable(play):
    """An entry for the stranger's address that was just confirmed."""
    play.resolve(STRANGER_GLOBAL)
    advertise(play)
    return play.node.cache.get(STRANGER_GLOBAL)


# --- resolution ------------------------------------------------------------------------------------------------------


def test_a_packet_for_an_unknown_neighbor_waits_while_everybody_is_asked():
    play = regular()
    outputs = play.resolve(STRANGER_GLOBAL, b"one")
    (asked,) = of(outputs, Emit)
    assert asked.destination == parse_ipv6("ff02::1:ff00:4")
    assert asked.link_destination is None
    assert asked.hop_limit == 255
    (question,) = messages(outputs, NeighborSolicitation)
    assert question.target == STRANGER_GLOBAL
    assert option(question, SourceLinkLayerAddress).address[:8] == link(1)
    assert play.node.cache.get(STRANGER_GLOBAL).state is State.INCOMPLETE


def test_an_answer_releases_what_waits_in_order():
    play = regular()
    play.resolve(STRANGER_GLOBAL, b"one")
    play.resolve(STRANGER_GLOBAL, b"two")
    assert advertise(play) == (Resolved(STRANGER_GLOBAL, STRANGER_LINK, (b"one", b"two")),)
    assert play.node.cache.get(STRANGER_GLOBAL).state is State.REACHABLE


def test_an_unsolicited_answer_releases_what_waits_and_proves_nothing():
    play = regular()
    play.resolve(STRANGER_GLOBAL, b"one")
    assert of(advertise(play, solicited=0), Resolved)
    assert play.node.cache.get(STRANGER_GLOBAL).state is State.STALE


def test_an_answer_without_a_link_layer_address_leaves_an_incomplete_entry_alone():
    play = regular()
    play.resolve(STRANGER_GLOBAL, b"one")
    assert advertise(play, with_link_address=False) == ()
    assert play.node.cache.get(STRANGER_GLOBAL).state is State.INCOMPLETE


def test_a_neighbor_that_does_not_answer_is_asked_three_times_a_second_apart():
    play = regular()
    outputs = list(play.resolve(STRANGER_GLOBAL, b"one"))
    outputs += play.wait(2 * SECOND)
    assert len(messages(outputs, NeighborSolicitation)) == 3
    assert play.wait(SECOND - 1) == ()
    assert play.wait(1) == (Unreachable(STRANGER_GLOBAL, (b"one",), Reason.NEIGHBOR_UNREACHABLE),)
    assert play.node.cache.get(STRANGER_GLOBAL) is None


def test_the_queue_of_a_neighbor_is_bounded_and_the_oldest_packet_goes():
    play = regular(limits=limited(neighbor_queue_packets=2))
    for packet in (b"one", b"two"):
        assert not of(play.resolve(STRANGER_GLOBAL, packet), Unreachable)
    (gone,) = play.resolve(STRANGER_GLOBAL, b"three")
    assert gone == Unreachable(STRANGER_GLOBAL, (b"one",), Reason.NEIGHBOR_QUEUE_FULL)
    assert advertise(play) == (Resolved(STRANGER_GLOBAL, STRANGER_LINK, (b"two", b"three")),)


def test_a_group_needs_no_resolution():
    assert regular().resolve(ALL_NODES, b"one") == (Resolved(ALL_NODES, BROADCAST, (b"one",)),)


# --- unreachability detection ----------------------------------------------------------------------------------------


def test_a_reachable_neighbor_becomes_stale_and_is_probed_five_seconds_after_it_is_needed():
    play = regular()
    entry = reachable(play)
    assert play.wait(REACHABLE - 1) == ()
    assert entry.state is State.REACHABLE
    play.wait(1)
    assert entry.state is State.STALE
    play.wait(MINUTE)
    assert entry.state is State.STALE
    assert play.resolve(STRANGER_GLOBAL, b"one") == (Resolved(STRANGER_GLOBAL, STRANGER_LINK, (b"one",)),)
    assert entry.state is State.DELAY
    assert play.wait(FIRST_PROBE_DELAY - 1) == ()
    (probe,) = of(play.wait(1), Emit)
    assert (probe.destination, probe.link_destination) == (STRANGER_GLOBAL, STRANGER_LINK)
    assert entry.state is State.PROBE


def test_probes_that_are_answered_end_in_reachable():
    play = regular()
    entry = reachable(play)
    play.wait(REACHABLE)
    play.resolve(STRANGER_GLOBAL)
    play.wait(FIRST_PROBE_DELAY + RETRANSMISSION)
    advertise(play, with_link_address=False)
    assert entry.state is State.REACHABLE
    assert entry.solicitations == 0


def test_three_probes_without_an_answer_delete_the_entry():
    play = regular()
    reachable(play)
    play.wait(REACHABLE)
    play.resolve(STRANGER_GLOBAL)
    outputs = play.wait(FIRST_PROBE_DELAY + 3 * RETRANSMISSION)
    assert len(messages(outputs, NeighborSolicitation)) == 3
    assert of(outputs, Unreachable) == [Unreachable(STRANGER_GLOBAL, (), Reason.NEIGHBOR_UNREACHABLE)]
    assert play.node.cache.get(STRANGER_GLOBAL) is None


def test_an_upper_layer_saves_the_probe():
    play = regular()
    entry = reachable(play)
    play.wait(REACHABLE)
    play.resolve(STRANGER_GLOBAL)
    play.wait(FIRST_PROBE_DELAY - 1)
    play.node.confirm_reachable(play.now, STRANGER_GLOBAL)
    assert entry.state is State.REACHABLE
    assert play.wait(SECOND) == ()


def test_a_confirmation_for_who_is_not_known_does_nothing():
    assert regular().node.confirm_reachable(0, STRANGER_GLOBAL) == ()


def test_a_frame_that_cannot_be_delivered_starts_the_probes_at_once():
    play = regular()
    entry = reachable(play)
    (probe,) = of(play.node.link_failed(play.now, STRANGER_LINK), Emit)
    assert probe.link_destination == STRANGER_LINK
    assert entry.state is State.PROBE
    assert play.node.link_failed(play.now, STRANGER_LINK) == ()
    assert play.node.link_failed(play.now, ROUTER_LINK) == ()


@pytest.mark.parametrize(
    ("solicited", "override", "number", "state", "link_address"),
    [  # RFC 4861 section 7.2.5, for a REACHABLE entry
        (0, 0, 4, "REACHABLE", STRANGER_LINK),
        (0, 1, 4, "REACHABLE", STRANGER_LINK),
        (1, 0, 4, "REACHABLE", STRANGER_LINK),
        (0, 0, 5, "STALE", STRANGER_LINK),  # doubted, not believed
        (1, 0, 5, "STALE", STRANGER_LINK),
        (0, 1, 5, "STALE", link(5)),  # believed, not proved
        (1, 1, 5, "REACHABLE", link(5)),
    ],
)
def test_an_advertisement_changes_a_known_neighbor_as_its_flags_say(solicited, override, number, state, link_address):
    play = regular()
    entry = reachable(play)
    advertise(play, solicited, override, number)
    assert (entry.state.name, entry.link_address) == (state, link_address)


def test_an_advertisement_of_who_was_not_asked_for_makes_no_entry():
    play = regular()
    assert reasons(advertise(play)) == [Reason.NOT_ASKED_FOR]
    assert len(play.node.cache) == 0


def test_a_question_teaches_where_its_sender_is():
    play = regular()
    question = NeighborSolicitation(target=MY_LL, options=(named(4),))
    (answer,) = of(play.hear(question, source=STRANGER_GLOBAL, frm=STRANGER_LINK), Emit)
    assert (answer.destination, answer.link_destination) == (STRANGER_GLOBAL, STRANGER_LINK)
    entry = play.node.cache.get(STRANGER_GLOBAL)
    assert (entry.state, entry.kind) == (State.STALE, Kind.GARBAGE_COLLECTIBLE)


def test_a_question_from_another_link_layer_address_makes_a_known_neighbor_stale():
    play = regular()
    entry = reachable(play)
    play.hear(NeighborSolicitation(target=MY_LL, options=(named(4),)), source=STRANGER_GLOBAL)
    assert entry.state is State.REACHABLE
    play.hear(NeighborSolicitation(target=MY_LL, options=(named(5),)), source=STRANGER_GLOBAL)
    assert (entry.state, entry.link_address) == (State.STALE, link(5))


def test_nobody_gets_our_own_link_layer_address():
    play = regular()
    play.hear(NeighborSolicitation(target=MY_LL, options=(named(1),)), source=STRANGER_GLOBAL)
    assert play.node.cache.get(STRANGER_GLOBAL) is None
