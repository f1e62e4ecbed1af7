"""Duplicate address detection over several hops, the router's side: RFC 6775 section 8.2, RFC 8505 sections 5 and 6."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.entry import Kind
from p6lowpan.machines.neighbor_discovery.outputs import Emit, NeighborDeregistered, NeighborRegistered
from p6lowpan.wire.address import link_local
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from properties.neighbors import (
    BORDER,
    MINUTE,
    MY_GLOBAL,
    MY_LL,
    OTHER_PREFIX,
    OTHER_ROUTER_LL,
    PREFIX,
    ROUTER_LL,
    SECOND,
    STRANGER,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    abro,
    address,
    advertisement,
    answered,
    discovery,
    limited,
    link,
    messages,
    named,
    of,
    option,
    pio,
    reasons,
    registering,
    registration,
    said,
)

KNOWS_EXTENDED = CapabilityIndication(router=1, extended_registration=1, extended_duplicate_messages=1)


def started(extended=True, has_address=True, **changes):
    """A router between its nodes and a border router."""
    play = Playbook(discovery(Role.ROUTER, **changes))
    play.start()
    said_too = (KNOWS_EXTENDED,) if extended else ()
    waiting = registering(play.hear(advertisement(pio(), abro(), *said_too, lifetime=0xFFFF), ROUTER_LL))
    for asked in waiting if has_address else ():
        waiting += registering(play.hear(answered(asked, lifetime_minutes=0xFFFF), ROUTER_LL, asked.source))
    play.wait(SECOND if has_address else 0)
    return play


def claim(play, number=STRANGER, tid=240, minutes=60, own=None, **fields):
    wanted = own or address(PREFIX, number)
    options = (named(number), registration(number, minutes, tid, **fields))
    if tid is None:
        return play.hear(NeighborSolicitation(target=MY_LL, options=options), wanted, frm=link(number))
    return play.hear(NeighborSolicitation(target=wanted, options=options), link_local(link(number)), frm=link(number))


def confirm(play, outputs, status=0, source=BORDER, **changes):
    """The border router answers the only request in ``outputs``."""
    (asked,) = messages(outputs, DuplicateAddressRequest)
    message = DuplicateAddressConfirmation(
        **{
            "code_suffix": asked.code_suffix,
            "status": status,
            "transaction": asked.transaction,
            "lifetime_minutes": asked.lifetime_minutes,
            "ownership_verifier": asked.ownership_verifier,
            "registered_address": asked.registered_address,
            **changes,
        }
    )
    return play.hear(message, source, MY_GLOBAL, hop_limit=60)


def statuses(outputs):
    return [
        one.status
        for message in messages(outputs, NeighborAdvertisement)
        for one in message.options
        if isinstance(one, AddressRegistration)
    ]


# --- a new address ---------------------------------------------------------------------------------------------------


def test_a_new_address_is_tentative_until_the_border_router_says_yes():
    """RFC 6775 section 8.2.3."""
    play = started()
    outputs = claim(play)
    (asked,) = of(outputs, Emit)
    request = said(asked)
    assert (asked.source, asked.destination, asked.hop_limit, asked.link_destination) == (MY_GLOBAL, BORDER, 64, None)
    assert (request.registered_address, request.ownership_verifier) == (STRANGER_GLOBAL, STRANGER_LINK)
    assert (request.code_suffix, request.transaction, request.lifetime_minutes) == (1, 240, 60)
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.TENTATIVE
    outputs = confirm(play, outputs)
    assert statuses(outputs) == [0]
    assert of(outputs, NeighborRegistered) == [NeighborRegistered(STRANGER_GLOBAL, STRANGER_LINK, False)]
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.REGISTERED


def test_the_answer_is_that_of_a_router_without_a_border_router():
    play = started()
    (told,) = of(confirm(play, claim(play)), Emit)
    assert (told.source, told.destination, told.link_destination) == (MY_LL, STRANGER_LL, STRANGER_LINK)
    assert option(said(told), AddressRegistration) == registration(STRANGER, 60, 240)


@pytest.mark.parametrize("status", [1, 3, 9, 77])
def test_a_refusal_is_handed_on_and_the_entry_goes(status):
    """RFC 6775 section 8.2.5; RFC 8505 section 5.7 for status 9."""
    play = started()
    outputs = confirm(play, claim(play), status)
    assert statuses(outputs) == [status]
    assert not of(outputs, NeighborRegistered)
    assert play.node.cache.get(STRANGER_GLOBAL) is None


def test_a_refusal_of_rfc_6775_goes_to_the_link_local_address_of_the_verifier():
    play = started()
    (told,) = of(confirm(play, claim(play, tid=None), 1), Emit)
    assert (told.destination, told.link_destination) == (STRANGER_LL, STRANGER_LINK)


def test_without_an_answer_the_request_is_repeated_and_then_taken_as_granted():
    """RFC 6775 section 8.2.6."""
    play = started()
    outputs = [*claim(play), *play.wait(3 * SECOND - 1)]
    assert len(messages(outputs, DuplicateAddressRequest)) == 3
    assert statuses(outputs) == []
    outputs = play.wait(1)
    assert statuses(outputs) == [0]
    assert of(outputs, NeighborRegistered)


def test_who_asks_again_meanwhile_waits():
    play = started()
    first = claim(play)
    assert reasons(claim(play)) == [Reason.DETECTION_UNDER_WAY]
    assert statuses(confirm(play, first)) == [0]


def test_who_asks_for_an_address_that_is_being_checked_for_another_hears_nothing():
    """RFC 6775 section 8.2: "the 6LR SHOULD silently ignore the ARO"."""
    play = started()
    first = claim(play)
    for minutes in (60, 0):
        outputs = claim(play, number=77, own=STRANGER_GLOBAL, minutes=minutes)
        assert reasons(outputs) == [Reason.DETECTION_UNDER_WAY]
        assert not of(outputs, Emit)
    assert statuses(confirm(play, first)) == [0]


def test_a_tentative_entry_goes_after_twenty_seconds_whatever_happens():
    """RFC 6775 section 9, TENTATIVE_NCE_LIFETIME: here the border router is asked more slowly than that."""
    play = started(limits=limited(retransmission_timer_us=30 * SECOND))
    claim(play)
    play.wait(20 * SECOND - 1)
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.TENTATIVE
    outputs = play.wait(1)
    assert play.node.cache.get(STRANGER_GLOBAL) is None
    assert not of(outputs, NeighborDeregistered)
    assert of(claim(play, number=77, own=STRANGER_GLOBAL), Emit)


def test_who_changes_his_mind_meanwhile_has_nothing():
    play = started()
    first = claim(play)
    assert statuses(claim(play, tid=241, minutes=0)) == [0]
    assert play.node.cache.get(STRANGER_GLOBAL) is None
    assert statuses(confirm(play, first)) == []


def test_a_link_local_address_needs_nobody_s_consent():
    """RFC 8505 section 5.6."""
    outputs = claim(started(), own=STRANGER_LL)
    assert statuses(outputs) == [0]
    assert not messages(outputs, DuplicateAddressRequest)


def test_detection_can_be_left_out():
    outputs = claim(started(detects_duplicates=False))
    assert statuses(outputs) == [0]
    assert not messages(outputs, DuplicateAddressRequest)


def test_an_address_of_no_prefix_that_was_announced_is_topologically_incorrect():
    assert statuses(claim(started(), own=address(OTHER_PREFIX, STRANGER))) == [8]


def test_the_requests_under_way_are_bounded():
    play = started(limits=limited(duplicate_requests=3))
    outputs = [claim(play, number) for number in range(20, 30)]
    assert [reasons(one) for one in outputs] == [[]] * 3 + [[Reason.DUPLICATE_REQUESTS_FULL]] * 7
    assert sum(entry.kind is Kind.TENTATIVE for entry in play.node.cache.entries) == 3
    confirm(play, outputs[0])
    assert of(claim(play, 23), Emit)


def test_a_full_cache_asks_no_border_router():
    play = started(limits=limited(neighbors=3, neighbors_for_routers=1, neighbors_for_registered=1))
    confirm(play, claim(play, 20))
    confirm(play, claim(play, 21))
    outputs = claim(play, 22)
    assert statuses(outputs) == [2]
    assert not messages(outputs, DuplicateAddressRequest)


def test_before_the_router_has_an_address_its_requests_wait_but_their_time_runs():
    play = started(has_address=False)
    own = play.node.interface.addresses[MY_GLOBAL]
    play.node.interface.confirm(play.now, own)
    first = messages(claim(play), DuplicateAddressRequest)
    assert len(first) == 1
    play.node.interface.addresses.pop(MY_GLOBAL)
    outputs = play.wait(4 * SECOND)
    assert not messages(outputs, DuplicateAddressRequest)
    assert 0 in statuses(outputs)


# --- who speaks what -------------------------------------------------------------------------------------------------


def test_a_node_of_rfc_6775_is_asked_about_with_a_dar():
    """RFC 8505 section 6.2: "MUST then use the RFC 6775-only DAR and DAC messages"."""
    play = started()
    outputs = claim(play, tid=None)
    (request,) = messages(outputs, DuplicateAddressRequest)
    assert (request.code_suffix, request.transaction) == (0, 0)
    assert statuses(confirm(play, outputs)) == [0]


def test_a_longer_verifier_is_cut_for_a_border_router_of_rfc_6775():
    """RFC 8505 section 6.4: "MUST use only the 64 leftmost bits of the ROVR"."""
    verifier = bytes(range(16))
    play = started(extended=False)
    outputs = claim(play, ownership_verifier=verifier)
    (request,) = messages(outputs, DuplicateAddressRequest)
    assert (request.code_suffix, request.ownership_verifier) == (1, verifier[:8])
    granted = confirm(play, outputs, code_suffix=0)
    assert statuses(granted) == [0]
    assert play.node.cache.get(STRANGER_GLOBAL).registration.verifier == verifier


def test_a_longer_verifier_goes_whole_to_a_border_router_that_knows_it():
    verifier = bytes(range(24))
    play = started()
    (request,) = messages(claim(play, ownership_verifier=verifier), DuplicateAddressRequest)
    assert (request.code_suffix, request.ownership_verifier) == (3, verifier)


def test_the_border_router_whose_prefix_it_is_is_asked():
    play = started()
    play.hear(advertisement(pio(OTHER_PREFIX), abro(1, OTHER_ROUTER_LL), number=3), OTHER_ROUTER_LL)
    (asked,) = of(claim(play, own=address(OTHER_PREFIX, STRANGER)), Emit)
    assert asked.destination == OTHER_ROUTER_LL


# --- an address that is there ----------------------------------------------------------------------------------------


def registered(**changes):
    play = started(**changes)
    confirm(play, claim(play))
    return play


def test_a_renewal_is_granted_at_once_and_the_border_router_told_besides():
    """RFC 6775 section 8.2; RFC 8505 section 5.7: "the 6LR MUST report the new registration to the 6LBR"."""
    play = registered()
    outputs = claim(play, tid=241)
    assert statuses(outputs) == [0]
    (request,) = messages(outputs, DuplicateAddressRequest)
    assert request.transaction == 241
    assert confirm(play, outputs) == ()


def test_a_renewal_that_the_border_router_refuses_ends_and_the_node_is_told():
    """RFC 8505 section 5.7."""
    play = registered()
    outputs = confirm(play, claim(play, tid=241), status=1)
    assert statuses(outputs) == [1]
    assert of(outputs, NeighborDeregistered) == [NeighborDeregistered(STRANGER_GLOBAL, Reason.DUPLICATE_ADDRESS)]


def test_a_border_router_of_rfc_6775_does_not_end_what_is_registered():
    """RFC 6775 section 8.2.5: "unless there is a Tentative NCE"."""
    play = started()
    confirm(play, claim(play, tid=None))
    assert confirm(play, claim(play, tid=None), status=1) == ()
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.REGISTERED


def test_what_is_given_back_is_given_back_to_the_border_router_too():
    """RFC 6775 section 8.2.3, RFC 8505 section 5.7."""
    play = registered()
    outputs = claim(play, tid=241, minutes=0)
    (request,) = messages(outputs, DuplicateAddressRequest)
    assert (request.lifetime_minutes, request.transaction) == (0, 241)
    assert statuses(outputs) == [0]
    assert confirm(play, outputs) == ()


def test_a_registration_whose_lifetime_ended_ends_its_request_too():
    play = registered(limits=limited(retransmission_timer_us=2 * MINUTE))
    claim(play, tid=241, minutes=1)
    play.wait(MINUTE)
    assert not play.node.detection.is_asking(STRANGER_GLOBAL)


def moved(status=3, tid=245, verifier=STRANGER_LINK, source=BORDER, suffix=1, wanted=STRANGER_GLOBAL):
    message = DuplicateAddressConfirmation(
        code_suffix=suffix,
        status=status,
        transaction=tid,
        lifetime_minutes=0,
        ownership_verifier=verifier,
        registered_address=wanted,
    )
    return message, source


def test_a_node_that_moved_away_is_forgotten_and_told():
    """RFC 8505 section 5.7: the status "Moved" "SHOULD be used to clean up the state in the previous location"."""
    play = registered()
    message, source = moved()
    outputs = play.hear(message, source, MY_GLOBAL, hop_limit=60)
    assert of(outputs, NeighborDeregistered) == [NeighborDeregistered(STRANGER_GLOBAL, Reason.MOVED)]
    (told,) = of(outputs, Emit)
    assert (told.destination, told.link_destination, said(told).solicited) == (STRANGER_LL, STRANGER_LINK, 0)
    assert (said(told).target, option(said(told), AddressRegistration).status) == (STRANGER_GLOBAL, 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"tid": 239},
        {"tid": 240},
        {"verifier": link(77)},
        {"source": address(PREFIX, 66)},
        {"suffix": 0},
        {"status": 0},
        {"wanted": address(PREFIX, 66)},
    ],
    ids=["older", "the same, at two routers", "another node", "no border router", "RFC 6775", "success", "nobody's"],
)
def test_a_movement_is_not_believed_that_is(changes):
    play = registered()
    message, source = moved(**changes)
    assert reasons(play.hear(message, source, MY_GLOBAL, hop_limit=60)) == [Reason.NOT_ASKED_FOR]
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.REGISTERED


@pytest.mark.parametrize(
    "changes",
    [{"source": address(PREFIX, 66)}, {"ownership_verifier": link(77)}, {"transaction": 239}],
    ids=["another source", "another verifier", "another transaction"],
)
def test_a_confirmation_is_not_believed_that_has(changes):
    play = started()
    outputs = confirm(play, claim(play), **changes)
    assert reasons(outputs) == [Reason.NOT_ASKED_FOR]
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.TENTATIVE
