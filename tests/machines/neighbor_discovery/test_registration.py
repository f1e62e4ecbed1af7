"""The registering node: RFC 6775 section 5.5, RFC 8505 sections 5 and 6, and what it does about each status."""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.binding import BindingState
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.outputs import AddressConfirmed, AddressRefused, Emit, RouterLost
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import ALL_ROUTERS, link_local
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation, RouterSolicitation
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
from properties.registrations import LONG, attached, grant, registration_in, started_host

MY_OTHER_GLOBAL = address(OTHER_PREFIX, ME)
MY_SHORT_GLOBAL = PREFIX[:8] + bytes.fromhex("000000fffe000a0b")
RENEWAL = 45 * MINUTE  # three quarters of an hour's lifetime, where chance says 0


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
    registration = registration_in(asked)
    assert (registration.status, registration.reserved, registration.length) == (0, 0, 2)
    assert (registration.lifetime_minutes, registration.ownership_verifier) == (60, MY_LINK)


def test_the_option_is_an_earo_for_every_router():
    """RFC 8505 section 6.3: "An updated 6LN MUST use an EARO in the request, regardless of the type of 6LR"."""
    _, (asked,) = attached()
    assert (
        registration_in(asked).has_transaction,
        registration_in(asked).transaction,
        registration_in(asked).reachability_requested,
    ) == (1, 240, 1)


def test_a_node_that_knows_rfc_6775_alone_sends_an_aro():
    _, (asked,) = attached(extended_registration=False)
    registration = registration_in(asked)
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
    assert registration_in(asked).ownership_verifier == MY_LINK


def test_a_longer_verifier_is_for_routers_that_know_it():
    """RFC 8505 section 6.3: "It MUST use a ROVR of 64 bits if the 6LR is RFC 6775-only"."""
    verifier = bytes(range(16))
    assert registration_in(attached(verifier=verifier)[1][0]).ownership_verifier == MY_LINK
    assert registration_in(attached(verifier=verifier, extended=True)[1][0]).ownership_verifier == verifier


def test_a_router_does_not_ask_to_be_made_reachable():
    """RFC 8505 section 5.1: "A 6LR that manages its reachability SHOULD NOT set the R flag"."""
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    (asked,) = registering(play.hear(advertisement(pio(), abro()), ROUTER_LL))
    assert registration_in(asked).reachability_requested == 0


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
    assert registration_in(renewal).transaction == 241
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
    assert (asked.destination, registration_in(asked).transaction) == (OTHER_ROUTER_LL, 240)


def test_all_routers_get_a_renewal_together():
    play = with_two_routers()
    renewals = registering(play.wait(RENEWAL))
    assert {asked.destination for asked in renewals} >= {ROUTER_LL, OTHER_ROUTER_LL}
    assert {registration_in(asked).transaction for asked in renewals} == {241}


def test_a_duplicate_found_by_one_router_is_given_back_to_the_other():
    """LPND 1.1.6d; RFC 6775 section 5.5.3: "these MUST be removed by registering with each using a zero lifetime"."""
    play, waiting = attached()
    grant(play, waiting)
    (asked,) = registering(play.hear(advertisement(pio(), number=3), OTHER_ROUTER_LL))
    outputs = play.hear(answered(asked, status=1), OTHER_ROUTER_LL, MY_LL)
    assert of(outputs, AddressRefused) == [AddressRefused(MY_GLOBAL, 1)]
    (given_back,) = registering(outputs)
    assert (given_back.destination, registration_in(given_back).lifetime_minutes) == (ROUTER_LL, 0)
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
    play = started_host()
    (asked,) = registering(play.hear(advertisement(pio(), lifetime=100), ROUTER_LL))
    play.hear(answered(asked), ROUTER_LL, MY_GLOBAL)
    outputs = play.wait(100 * SECOND)
    assert [registration_in(one).lifetime_minutes for one in registering(outputs)] == [0]


def test_a_router_that_could_not_be_told_is_left_behind_with_the_next_transaction():
    """RFC 8505 section 5.7: a node that moves away registers "with an incremented TID"."""
    play = started_host()
    for number, router, lifetime in ((2, ROUTER_LL, 100), (3, OTHER_ROUTER_LL, LONG)):
        message = advertisement(pio(), number=number, lifetime=lifetime)
        grant(play, registering(play.hear(message, router)))
    asked = registering(play.wait(100 * SECOND + 6 * SECOND))
    told = [(one.destination, registration_in(one).lifetime_minutes, registration_in(one).transaction) for one in asked]
    assert told == [(ROUTER_LL, 0, 240)] * 3 + [(OTHER_ROUTER_LL, 60, 241)]


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
        stranger = NeighborAdvertisement(target=target, options=(registration_in(asked),))
        assert reasons(play.hear(stranger, ROUTER_LL, destination)) == [Reason.NOT_ASKED_FOR]
    assert states(play) == {ROUTER_LL: BindingState.REGISTERED.name}


def test_the_ledgers_are_bounded_whatever_comes_and_goes():
    play, most = started_host(limits=limited(own_addresses=3)), 0
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
