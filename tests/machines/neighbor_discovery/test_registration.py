"""The registering node: RFC 6775 section 5.5, RFC 8505 sections 5 and 6, and what it does about each status."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.binding import BindingState
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.outputs import AddressConfirmed, AddressRefused, Emit, RouterLost
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.machines.neighbor_discovery.statuses import Response, Status, response_to
from p6lowpan.wire.address import ALL_ROUTERS, link_local
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation, RouterSolicitation
from p6lowpan.wire.ipv6.registration_options import STATUSES, AddressRegistration
from properties.neighbors import (
    ME,
    MINUTE,
    MY_GLOBAL,
    MY_LINK,
    MY_LL,
    OTHER_PREFIX,
    OTHER_ROUTER_LL,
    PREFIX,
    ROUTER_LINK,
    ROUTER_LL,
    SECOND,
    SHORT,
    Playbook,
    abro,
    address,
    advertisement,
    answered,
    discovery,
    limited,
    link,
    of,
    option,
    pio,
    reasons,
    registering,
    said,
)

MY_OTHER_GLOBAL = address(OTHER_PREFIX, ME)
MY_SHORT_GLOBAL = PREFIX[:8] + bytes.fromhex("000000fffe000a0b")
LONG = 0xFFFF  # the longest lifetime that a router can have, in seconds
RENEWAL = 45 * MINUTE  # three quarters of an hour's lifetime, where chance says 0


def started(**changes):
    play = Playbook(discovery(**changes))
    play.start()
    play.wait(SECOND)
    return play


def attached(*options, extended=False, play=None, **changes):
    """A host that has heard one router, and its first registration."""
    play = play or started(**changes)
    return play, registering(
        play.hear(advertisement(*(options or (pio(),)), extended=extended, lifetime=LONG), ROUTER_LL)
    )


def grant(play, waiting, status=0, **changes):
    """Answer registrations until nothing more is asked. Returns everything that came of it."""
    collected, waiting = [], list(waiting)
    while waiting:
        asked = waiting.pop(0)
        outputs = play.hear(answered(asked, status, **changes), asked.destination, asked.source)
        collected += outputs
        waiting += registering(outputs)
    return collected


def earo(asked):
    return option(said(asked), AddressRegistration)


def with_two_routers(extended=False):
    """A host that is registered with two routers."""
    play, waiting = attached(extended=extended)
    grant(play, waiting)
    message = advertisement(pio(), number=3, extended=extended, lifetime=LONG)
    grant(play, registering(play.hear(message, OTHER_ROUTER_LL)))
    return play


def states(play, own=MY_GLOBAL):
    return {
        binding.router: binding.state.name
        for ledger in play.node.host.registrant.ledgers
        if ledger.address == own
        for binding in ledger.bindings.values()
    }


# --- the solicitation ------------------------------------------------------------------------------------------------


def test_a_router_of_rfc_6775_gets_the_address_as_the_source():
    """RFC 6775 section 10.2.1; LPND 1.1.12a."""
    _, (asked,) = attached()
    assert (asked.source, asked.destination, asked.link_destination) == (MY_GLOBAL, ROUTER_LL, ROUTER_LINK)
    assert said(asked).target == ROUTER_LL
    assert option(said(asked), SourceLinkLayerAddress).address[:8] == MY_LINK
    registration = earo(asked)
    assert (registration.status, registration.reserved, registration.length) == (0, 0, 2)
    assert (registration.lifetime_minutes, registration.ownership_verifier) == (60, MY_LINK)


def test_the_option_is_an_earo_for_every_router():
    """RFC 8505 section 6.3: "An updated 6LN MUST use an EARO in the request, regardless of the type of 6LR"."""
    _, (asked,) = attached()
    assert (earo(asked).has_transaction, earo(asked).transaction, earo(asked).reachability_requested) == (1, 240, 1)


def test_a_node_that_knows_rfc_6775_alone_sends_an_aro():
    _, (asked,) = attached(extended_registration=False)
    registration = earo(asked)
    assert (registration.has_transaction, registration.transaction, registration.reachability_requested) == (0, 0, 0)


def test_a_router_of_rfc_8505_gets_the_link_local_address_first_and_the_others_from_it():
    """RFC 8505 section 5.6."""
    play, (first,) = attached(extended=True)
    assert (first.source, said(first).target) == (MY_LL, MY_LL)
    (second,) = registering(play.hear(answered(first), ROUTER_LL, MY_LL))
    assert (second.source, said(second).target) == (MY_LL, MY_GLOBAL)


def test_a_node_that_knows_rfc_6775_alone_treats_every_router_so():
    _, (asked,) = attached(extended=True, extended_registration=False)
    assert asked.source == MY_GLOBAL


def test_an_address_from_a_short_address_is_registered_under_the_short_address():
    play, waiting = attached(short=SHORT)
    asked = registering(play.hear(answered(waiting[0]), ROUTER_LL, waiting[0].source))[0]
    assert asked.source == MY_SHORT_GLOBAL
    assert option(said(asked), SourceLinkLayerAddress).address[:2] == SHORT
    assert earo(asked).ownership_verifier == MY_LINK


def test_a_longer_verifier_is_for_routers_that_know_it():
    """RFC 8505 section 6.3: "It MUST use a ROVR of 64 bits if the 6LR is RFC 6775-only"."""
    verifier = bytes(range(16))
    assert earo(attached(verifier=verifier)[1][0]).ownership_verifier == MY_LINK
    assert earo(attached(verifier=verifier, extended=True)[1][0]).ownership_verifier == verifier


def test_a_router_does_not_ask_to_be_made_reachable():
    """RFC 8505 section 5.1: "A 6LR that manages its reachability SHOULD NOT set the R flag"."""
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    (asked,) = registering(play.hear(advertisement(pio(), abro()), ROUTER_LL))
    assert earo(asked).reachability_requested == 0


def test_one_address_at_a_time_is_registered_with_a_router():
    """A refusal of RFC 6775 goes to the link-local address and does not say which address it is about."""
    play, waiting = attached(pio(), pio(OTHER_PREFIX))
    assert [asked.source for asked in waiting] == [MY_GLOBAL]
    outputs = play.hear(answered(waiting[0], status=1), ROUTER_LL, MY_LL)
    assert of(outputs, AddressRefused) == [AddressRefused(MY_GLOBAL, 1)]
    assert [asked.source for asked in registering(outputs)] == [MY_OTHER_GLOBAL]


# --- time ------------------------------------------------------------------------------------------------------------


def test_without_an_answer_the_address_stays_tentative_and_the_router_is_given_up():
    """LPND 1.1.8a; RFC 6775 section 5.5.3: "In the case of NUD failure, the entry for that router will be removed"."""
    play, (first,) = attached()
    repeated = []
    for _ in range(2):
        repeated += registering(play.wait(2 * SECOND))
    assert repeated == [first, first]
    outputs = play.wait(2 * SECOND)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.NEIGHBOR_UNREACHABLE)]
    assert play.state(MY_GLOBAL) == "TENTATIVE"
    asked = [one for one in of(play.wait(10 * SECOND), Emit) if isinstance(said(one), RouterSolicitation)]
    assert [one.destination for one in asked] == [ALL_ROUTERS]


def test_a_late_answer_still_counts():
    play, (asked,) = attached()
    play.wait(5 * SECOND)
    outputs = play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    assert of(outputs, AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]


def test_an_answer_shows_that_the_router_hears_us():
    play, (asked,) = attached()
    play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    assert play.node.cache.get(ROUTER_LL).state is State.REACHABLE


def test_a_registration_is_renewed_well_before_it_ends_with_the_next_transaction():
    """LPND 1.1.10a; RFC 8505 section 5.2."""
    play, waiting = attached()
    grant(play, waiting)
    assert registering(play.wait(RENEWAL - 1)) == []
    (renewal,) = registering(play.wait(1))
    assert earo(renewal).transaction == 241
    assert play.state(MY_GLOBAL) == "PREFERRED"
    assert of(grant(play, [renewal]), AddressConfirmed) == []


def test_the_lifetime_is_the_one_that_the_router_grants():
    """RFC 6775 section 5.5.2: "The host saves the Registration Lifetime from the ARO"."""
    play, waiting = attached()
    grant(play, waiting, lifetime_minutes=4)
    assert registering(play.wait(3 * MINUTE - 1)) == []
    assert len(registering(play.wait(1))) == 1


def test_chance_makes_the_renewal_earlier_and_never_later():
    class Late:
        def below(self, n):
            return n - 1

    play, waiting = attached()
    play.node.interface.chance = Late()
    grant(play, waiting, lifetime_minutes=16)
    assert len(registering(play.wait(11 * MINUTE))) == 1


def test_a_success_that_lasts_no_time_is_none():
    play, waiting = attached()
    outputs = grant(play, waiting, lifetime_minutes=0)
    assert not of(outputs, AddressConfirmed)
    assert states(play) == {ROUTER_LL: "PAUSED"}


# --- several routers -------------------------------------------------------------------------------------------------


def test_every_address_is_registered_with_every_router_under_the_same_transaction():
    """LPND 1.1.6a; RFC 8505 section 5.2: "the same TID MUST be used"."""
    play, waiting = attached()
    grant(play, waiting)
    (asked,) = registering(play.hear(advertisement(pio(), number=3), OTHER_ROUTER_LL))
    assert (asked.destination, earo(asked).transaction) == (OTHER_ROUTER_LL, 240)


def test_all_routers_get_a_renewal_together():
    play = with_two_routers()
    renewals = registering(play.wait(RENEWAL))
    assert {asked.destination for asked in renewals} >= {ROUTER_LL, OTHER_ROUTER_LL}
    assert {earo(asked).transaction for asked in renewals} == {241}


def test_a_duplicate_found_by_one_router_is_given_back_to_the_other():
    """LPND 1.1.6d; RFC 6775 section 5.5.3: "these MUST be removed by registering with each using a zero lifetime"."""
    play, waiting = attached()
    grant(play, waiting)
    (asked,) = registering(play.hear(advertisement(pio(), number=3), OTHER_ROUTER_LL))
    outputs = play.hear(answered(asked, status=1), OTHER_ROUTER_LL, MY_LL)
    assert of(outputs, AddressRefused) == [AddressRefused(MY_GLOBAL, 1)]
    (given_back,) = registering(outputs)
    assert (given_back.destination, earo(given_back).lifetime_minutes) == (ROUTER_LL, 0)
    assert play.state(MY_GLOBAL) == "REFUSED"


def test_one_router_without_room_leaves_the_other():
    """LPND 1.1.6f."""
    play, waiting = attached()
    grant(play, waiting)
    (asked,) = registering(play.hear(advertisement(pio(), number=3), OTHER_ROUTER_LL))
    outputs = play.hear(answered(asked, status=2), OTHER_ROUTER_LL, MY_LL)
    assert of(outputs, RouterLost) == [RouterLost(OTHER_ROUTER_LL, Reason.ROUTER_REFUSED)]
    assert play.state(MY_GLOBAL) == "PREFERRED"
    assert not any(isinstance(said(one), RouterSolicitation) for one in of(play.wait(MINUTE), Emit))


def test_a_router_whose_lifetime_ended_gets_its_registrations_back():
    """RFC 6775 section 5.5: "it SHOULD de-register with the router"."""
    play = started()
    (asked,) = registering(play.hear(advertisement(pio(), lifetime=100), ROUTER_LL))
    play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    outputs = play.wait(100 * SECOND)
    assert [earo(one).lifetime_minutes for one in registering(outputs)] == [0]


def test_a_router_that_could_not_be_told_is_left_behind_with_the_next_transaction():
    """RFC 8505 section 5.7: a node that moves away registers "with an incremented TID"."""
    play = started()
    for number, router, lifetime in ((2, ROUTER_LL, 100), (3, OTHER_ROUTER_LL, LONG)):
        message = advertisement(pio(), number=number, lifetime=lifetime)
        grant(play, registering(play.hear(message, router)))
    asked = registering(play.wait(100 * SECOND + 6 * SECOND))
    told = [(one.destination, earo(one).lifetime_minutes, earo(one).transaction) for one in asked]
    assert told == [(ROUTER_LL, 0, 240)] * 3 + [(OTHER_ROUTER_LL, 60, 241)]


# --- what a router says ----------------------------------------------------------------------------------------------


def test_a_duplicate_is_never_used_nor_asked_for_again():
    """LPND 1.1.6c."""
    play, (asked,) = attached()
    outputs = play.hear(answered(asked, status=1), ROUTER_LL, MY_LL)
    assert of(outputs, AddressRefused) == [AddressRefused(MY_GLOBAL, 1)]
    assert registering(play.hear(advertisement(pio()), ROUTER_LL)) == []
    assert not play.node.interface.owns(MY_GLOBAL)


def test_a_router_without_room_is_left_and_everybody_is_asked():
    """LPND 1.1.6e."""
    play, (asked,) = attached()
    outputs = play.hear(answered(asked, status=2), ROUTER_LL, MY_LL)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.ROUTER_REFUSED)]
    solicited = [one.destination for one in of(play.wait(10 * SECOND), Emit)]
    assert solicited == [ALL_ROUTERS]


def test_a_router_that_refused_us_is_left_alone_for_a_minute():
    play, (asked,) = attached()
    play.hear(answered(asked, status=2), ROUTER_LL, MY_LL)
    assert reasons(play.hear(advertisement(pio()), ROUTER_LL)) == [Reason.ROUTER_REFUSED]
    play.wait(MINUTE)
    assert len(registering(play.hear(advertisement(pio()), ROUTER_LL))) == 1


def test_two_full_routers_do_not_make_a_host_ask_without_a_pause():
    play, _ = attached()
    sent = 0
    for _ in range(120):
        for emitted in of(play.wait(SECOND), Emit):
            sent += 1
            if isinstance(said(emitted), RouterSolicitation):
                for number, router in ((2, ROUTER_LL), (3, OTHER_ROUTER_LL)):
                    for one in registering(play.hear(advertisement(pio(), number=number), router)):
                        sent += 1
                        play.hear(answered(one, status=2), router, MY_LL)
    assert sent <= 30


@pytest.mark.parametrize("status", [5, 7, 10, 12, 13, 80, 255])
def test_an_address_that_the_only_router_does_not_take_is_not_used(status):
    """LPND 1.1.8b has status 80; RFC 6775 section 5.5.2: any other than zero is a failure."""
    play, waiting = attached()
    outputs = grant(play, waiting, status)
    assert of(outputs, AddressRefused) == [AddressRefused(MY_GLOBAL, status)]
    assert play.state(MY_GLOBAL) == "TENTATIVE"
    assert states(play) == {ROUTER_LL: "DONE_WITHOUT"}


def test_an_address_that_one_router_does_not_take_may_be_another_s():
    play, waiting = attached()
    grant(play, waiting, status=80)
    (asked,) = registering(play.hear(advertisement(pio(), number=3), OTHER_ROUTER_LL))
    outputs = play.hear(answered(asked), OTHER_ROUTER_LL, MY_GLOBAL)
    assert of(outputs, AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]


def test_a_counter_that_is_too_old_is_set_forward():
    """After a restart the counter begins at 240, and the network may know one that follows it (status 3, "Moved")."""
    play, (asked,) = attached()
    (again,) = registering(play.hear(answered(asked, status=3), ROUTER_LL, MY_LL))
    assert earo(again).transaction == 0  # 240 and 16 steps: newer than 240 to 255
    outputs = play.hear(answered(again), ROUTER_LL, MY_GLOBAL)
    assert of(outputs, AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]


def test_a_counter_is_not_set_forward_for_ever():
    play, waiting = attached(limits=limited(registration_advances=3))
    outputs = grant(play, waiting, status=3)
    assert len(registering(outputs)) == 3
    assert of(outputs, AddressRefused) == [AddressRefused(MY_GLOBAL, 3)]


@pytest.mark.parametrize("status", [4, 9])
def test_where_another_try_may_help_it_is_made_after_a_minute(status):
    """Status 9: RFC 8505 section 5.7, "keep the address 'tentative' and retry later"."""
    play, waiting = attached()
    outputs = grant(play, waiting, status)
    assert not of(outputs, AddressRefused)
    assert registering(play.wait(MINUTE - 1)) == []
    (again,) = registering(play.wait(1))
    assert of(grant(play, [again]), AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]


def test_a_router_may_ask_for_a_renewal():
    play, (asked,) = attached()
    play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    assert len(registering(play.hear(answered(asked, status=11), ROUTER_LL, MY_GLOBAL))) == 1


def test_a_registration_that_a_router_ends_is_made_again():
    """RFC 8505 table 1, status 4: "in an asynchronous NA(EARO), at any time"."""
    play = with_two_routers()
    removed = NeighborAdvertisement(
        router=1,
        target=ROUTER_LL,
        options=(AddressRegistration(status=4, lifetime_minutes=0, ownership_verifier=MY_LINK),),
    )
    play.hear(removed, ROUTER_LL, MY_GLOBAL)
    assert states(play) == {ROUTER_LL: "PAUSED", OTHER_ROUTER_LL: "REGISTERED"}
    assert len(registering(play.wait(MINUTE))) == 1


@pytest.mark.parametrize("status", [1, 5, 6, 7])
def test_a_router_that_does_not_take_the_link_local_address_is_left(status):
    """RFC 8505 section 5.6: "a 6LN MUST only interact with at most one of the 6LRs"."""
    play, waiting = attached(extended=True)
    outputs = grant(play, waiting, status)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.ROUTER_REFUSED)]
    assert play.node.interface.owns(MY_LL)


def test_every_status_of_the_registry_has_our_name_and_a_response():
    assert [status.value for status in Status] == sorted(STATUSES)
    assert all(isinstance(response_to(status), Response) for status in range(256))


# --- answers that are none -------------------------------------------------------------------------------------------


def test_an_answer_with_another_verifier_is_ignored_and_the_same_one_with_ours_is_taken():
    """LPND 1.1.7b and 1.1.7c."""
    play, (asked,) = attached()
    foreign = answered(asked, ownership_verifier=link(66))
    assert reasons(play.hear(foreign, ROUTER_LL, MY_GLOBAL)) == [Reason.BAD_VALUE]
    assert play.state(MY_GLOBAL) == "TENTATIVE"
    play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    assert play.state(MY_GLOBAL) == "PREFERRED"


def test_an_answer_of_another_transaction_is_ignored():
    play, (asked,) = attached()
    assert reasons(play.hear(answered(asked, transaction=239), ROUTER_LL, MY_GLOBAL)) == [Reason.NOT_ASKED_FOR]
    assert play.state(MY_GLOBAL) == "TENTATIVE"


def test_a_router_of_rfc_6775_need_not_give_the_transaction_back():
    play, (asked,) = attached()
    plain = answered(asked, has_transaction=0, transaction=0, reachability_requested=0)
    play.hear(plain, ROUTER_LL, MY_GLOBAL)
    assert play.state(MY_GLOBAL) == "PREFERRED"


def test_an_answer_of_a_router_that_was_not_asked_is_ignored():
    play, (asked,) = attached()
    assert reasons(play.hear(answered(asked), OTHER_ROUTER_LL, MY_GLOBAL)) == [Reason.NOT_ASKED_FOR]
    assert play.node.cache.get(ROUTER_LL).state is State.STALE


def test_a_success_that_comes_twice_changes_nothing():
    play, (asked,) = attached()
    play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    before = play.node.host.registrant.deadline
    play.wait(SECOND)
    assert reasons(play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)) == [Reason.NOT_ASKED_FOR]
    assert play.node.host.registrant.deadline == before


def test_a_refusal_that_nobody_asked_for_harms_only_what_is_registered():
    play, (asked,) = attached()
    grant(play, [asked])
    play.wait(0)
    for target, destination in ((MY_OTHER_GLOBAL, MY_GLOBAL), (ROUTER_LL, MY_LL)):
        stranger = NeighborAdvertisement(target=target, options=(earo(asked),))
        assert reasons(play.hear(stranger, ROUTER_LL, destination)) == [Reason.NOT_ASKED_FOR]
    assert states(play) == {ROUTER_LL: BindingState.REGISTERED.name}


def test_the_ledgers_are_bounded_whatever_comes_and_goes():
    play, most = started(limits=limited(own_addresses=3)), 0
    for number in range(40):
        prefix = bytes.fromhex("20010db8") + number.to_bytes(4, "big") + bytes(8)
        (asked, *_) = registering(play.hear(advertisement(pio(prefix, valid=1)), ROUTER_LL)) or [None]
        if asked is not None:
            play.hear(answered(asked), ROUTER_LL, asked.source)
        play.wait(SECOND)
        most = max(most, len(play.node.host.registrant.ledgers))
    assert most == 6
    play.wait(MINUTE)
    assert play.node.host.registrant.ledgers == ()


def test_routers_that_come_and_go_faster_than_they_answer_are_not_all_remembered():
    play, waiting = attached(limits=limited(default_routers=2))
    grant(play, waiting)
    for number in range(10, 30):
        router = link_local(link(number))
        for asked in registering(play.hear(advertisement(pio(), number=number), router)):
            play.hear(answered(asked), router, asked.source)
        play.hear(advertisement(pio(), number=number, lifetime=0), router)
    (ledger,) = play.node.host.registrant.ledgers
    assert len(ledger.bindings) == 4
    assert ledger.bindings[ROUTER_LL].state is BindingState.REGISTERED


def test_an_answer_to_what_was_given_back_ends_it():
    play, waiting = attached()
    grant(play, waiting)
    (given_back,) = registering(play.node.leave(play.now))
    assert isinstance(said(given_back), NeighborSolicitation)
    assert reasons(play.hear(answered(given_back, status=3), ROUTER_LL, MY_GLOBAL)) == []
    assert states(play) == {}
