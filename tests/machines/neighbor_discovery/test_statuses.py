"""What the registering node makes of each status: RFC 6775 section 5.5.3, RFC 8505 table 1 and section 5.7."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.outputs import AddressConfirmed, AddressRefused, Emit, RouterLost
from p6lowpan.machines.neighbor_discovery.statuses import Response, Status, response_to
from p6lowpan.wire.address import ALL_ROUTERS
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, RouterSolicitation
from p6lowpan.wire.ipv6.registration_options import STATUSES, AddressRegistration
from properties.neighbors import (
    MINUTE,
    MY_GLOBAL,
    MY_LINK,
    MY_LL,
    OTHER_ROUTER_LL,
    ROUTER_LL,
    SECOND,
    advertisement,
    answered,
    limited,
    of,
    pio,
    reasons,
    registering,
    said,
)
from properties.registrations import LONG, attached, grant, registration_in


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
    assert registration_in(again).transaction == 0  # 240 and 16 steps: newer than 240 to 255
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
