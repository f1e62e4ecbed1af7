"""The router with which addresses are registered: RFC 6775 section 6.5, RFC 8505 section 5."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Mode, Role
from p6lowpan.machines.neighbor_discovery.entry import Kind
from p6lowpan.machines.neighbor_discovery.outputs import Emit, NeighborDeregistered, NeighborRegistered, Resolved
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import UNSPECIFIED, LinkAddress, parse_ipv6
from p6lowpan.wire.ipv6.link_layer_options import TargetLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from properties.neighbors import (
    ME,
    MINUTE,
    MY_GLOBAL,
    MY_LL,
    PREFIX,
    SECOND,
    SHORT,
    STRANGER,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    discovery,
    link,
    messages,
    named,
    of,
    option,
    reasons,
    registration,
    said,
)
from properties.registrations import aro, earo, registrar, statuses, told

SHORT_GLOBAL = PREFIX[:8] + bytes.fromhex("000000fffe000a0b")
SOLICITED_NODE = parse_ipv6("ff02::1:ff00:1")


# --- the answer ------------------------------------------------------------------------------------------------------


def test_a_registration_of_rfc_6775_is_granted_with_a_copy_of_its_option():
    """LPND 1.3.4a, 1.3.9; RFC 6775 sections 6.5.3 and 10.2.1."""
    outputs = aro(registrar())
    emitted, granted = told(outputs)
    answer = said(emitted)
    assert (emitted.source, emitted.destination, emitted.link_destination) == (MY_LL, STRANGER_GLOBAL, STRANGER_LINK)
    assert (answer.router, answer.solicited, answer.target) == (1, 1, MY_LL)
    assert granted == registration(STRANGER, 60)
    assert of(outputs, NeighborRegistered) == [NeighborRegistered(STRANGER_GLOBAL, STRANGER_LINK, False)]


def test_a_registration_of_rfc_8505_is_granted_to_where_it_came_from():
    outputs = earo(registrar(), reachability_requested=1)
    emitted, granted = told(outputs)
    assert (emitted.source, emitted.destination, emitted.link_destination) == (MY_LL, STRANGER_LL, STRANGER_LINK)
    assert (said(emitted).target, said(emitted).override) == (STRANGER_GLOBAL, 0)
    assert granted == registration(STRANGER, 60, 240, reachability_requested=1)
    assert of(outputs, NeighborRegistered) == [NeighborRegistered(STRANGER_GLOBAL, STRANGER_LINK, True)]


def test_a_node_that_takes_us_for_a_router_of_rfc_6775_registers_its_source_with_an_earo():
    """RFC 8505 section 6.3: the option is an EARO, the rest is RFC 6775."""
    outputs = aro(registrar(), tid=240)
    emitted, granted = told(outputs)
    assert emitted.destination == STRANGER_GLOBAL
    assert (granted.status, granted.transaction) == (0, 240)
    assert of(outputs, NeighborRegistered)[0].address == STRANGER_GLOBAL


def test_the_target_link_layer_address_is_not_needed():
    """RFC 6775 section 6.5.3."""
    (answer,) = messages(aro(registrar()), NeighborAdvertisement)
    assert not any(isinstance(one, TargetLinkLayerAddress) for one in answer.options)


def test_a_registered_neighbor_is_where_it_said():
    """LPND 1.3.7a."""
    play = registrar()
    aro(play, SHORT_GLOBAL, under=SHORT)
    assert play.resolve(SHORT_GLOBAL, b"one") == (Resolved(SHORT_GLOBAL, SHORT, (b"one",)),)
    assert play.node.cache.get(SHORT_GLOBAL).kind is Kind.REGISTERED


def test_a_registration_that_is_repeated_is_granted_again_and_nothing_else_happens():
    """LPND 1.3.4b."""
    play = registrar()
    aro(play)
    outputs = aro(play)
    assert statuses(outputs) == [0]
    assert not of(outputs, NeighborRegistered)


def test_a_registration_under_another_link_layer_address_is_reported():
    play = registrar()
    earo(play)
    outputs = earo(play, tid=241, under=SHORT)
    assert of(outputs, NeighborRegistered) == [NeighborRegistered(STRANGER_GLOBAL, SHORT, False)]


def test_a_link_local_address_is_registered_too():
    """RFC 8505 section 5.6."""
    play = registrar()
    assert statuses(earo(play, STRANGER_LL)) == [0]
    assert play.node.cache.get(STRANGER_LL).kind is Kind.REGISTERED
    assert play.node.border_router.registry.get(STRANGER_LL) is None


def test_only_a_router_takes_registrations():
    play = Playbook(discovery())
    play.start()
    assert statuses(aro(play)) == []


def test_a_router_that_is_none_yet_takes_none():
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    assert reasons(earo(play)) == [Reason.NOT_FOR_US]


def test_on_a_regular_link_the_option_is_one_that_nobody_knows():
    play = Playbook(discovery(Role.ROUTER, mode=Mode.REGULAR))
    play.start()
    play.wait(MINUTE)
    assert statuses(aro(play)) == []
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.GARBAGE_COLLECTIBLE


# --- the end of a registration ---------------------------------------------------------------------------------------


def test_a_registration_ends_with_its_lifetime():
    """LPND 1.3.6a, 1.3.7c; RFC 6775 section 6.5.3."""
    play = registrar()
    aro(play, minutes=1)
    assert not of(play.wait(MINUTE - 1), NeighborDeregistered)
    assert of(play.wait(1), NeighborDeregistered) == [NeighborDeregistered(STRANGER_GLOBAL, Reason.LIFETIME_ENDED)]
    assert play.node.cache.get(STRANGER_GLOBAL) is None


def test_a_renewal_begins_the_lifetime_anew():
    play = registrar()
    earo(play, minutes=1)
    play.wait(50 * SECOND)
    earo(play, tid=241, minutes=1)
    assert not of(play.wait(50 * SECOND), NeighborDeregistered)
    assert of(play.wait(10 * SECOND), NeighborDeregistered)


@pytest.mark.parametrize("register", [aro, earo])
def test_a_lifetime_of_zero_ends_it(register):
    """LPND 1.3.6a, 1.3.7b; the lifetime comes back (1.3.5a)."""
    play = registrar()
    register(play)
    outputs = register(play, minutes=0)
    assert of(outputs, NeighborDeregistered) == [NeighborDeregistered(STRANGER_GLOBAL, Reason.WITHDRAWN)]
    _, granted = told(outputs)
    assert (granted.status, granted.lifetime_minutes) == (0, 0)
    assert play.node.cache.get(STRANGER_GLOBAL) is None


def test_who_gives_back_what_he_does_not_have_is_told_that_it_is_done():
    outputs = aro(registrar(), minutes=0)
    assert statuses(outputs) == [0]
    assert not of(outputs, NeighborDeregistered)


def test_nobody_gives_back_what_is_another_s():
    play = registrar()
    aro(play)
    assert statuses(aro(play, number=77, minutes=0)) == [1]
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.REGISTERED


def test_packets_that_wait_for_who_is_gone_come_back():
    play = registrar()
    aro(play)
    play.resolve(STRANGER_GLOBAL, b"one")
    assert statuses(aro(play, minutes=0)) == [0]


# --- what is no registration -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [1, 80])
def test_a_registration_whose_status_is_not_zero_is_ignored(status):
    """LPND 1.3.3b; RFC 6775 section 6.5."""
    outputs = aro(registrar(), status=status)
    assert reasons(outputs) == [Reason.BAD_VALUE]
    assert not of(outputs, Emit)


def test_a_router_that_knows_rfc_6775_alone_ignores_a_longer_verifier():
    """RFC 6775 section 6.5: "If the Length field is not two [...] the NS is silently ignored"."""
    long = {"ownership_verifier": bytes(range(16))}
    assert reasons(aro(registrar(extended_registration=False), **long)) == [Reason.BAD_VALUE]
    assert statuses(aro(registrar(), **long)) == [0]


def test_a_router_that_knows_rfc_6775_alone_does_not_read_the_transaction():
    play = registrar(extended_registration=False)
    assert statuses(aro(play, tid=241)) == [0]
    assert statuses(aro(play, tid=240)) == [0]
    assert play.node.cache.get(STRANGER_GLOBAL).registration.transaction is None


def test_without_a_source_link_layer_address_it_is_a_question_like_any_other():
    """LPND 1.3.3c; RFC 6775 section 6.5: "any included ARO is ignored"."""
    message = NeighborSolicitation(target=MY_LL, options=(registration(),))
    (answer,) = messages(registrar().hear(message, STRANGER_GLOBAL), NeighborAdvertisement)
    assert not any(isinstance(one, AddressRegistration) for one in answer.options)


def test_from_nowhere_it_is_a_question_like_any_other():
    """LPND 1.3.3d."""
    play = registrar()
    message = NeighborSolicitation(target=MY_LL, options=(registration(),))
    (answer,) = messages(play.hear(message, UNSPECIFIED, SOLICITED_NODE), NeighborAdvertisement)
    assert not any(isinstance(one, AddressRegistration) for one in answer.options)
    assert len(play.node.cache) == 0


@pytest.mark.parametrize(
    "under", [link(ME), LinkAddress(b"\xff\xff"), LinkAddress(b"\xff\xfe"), LinkAddress(b"\x90\x01")]
)
def test_nobody_registers_under_a_link_layer_address_that_he_cannot_have(under):
    play = registrar()
    assert reasons(aro(play, under=under)) == [Reason.BAD_VALUE]
    assert len(play.node.cache) == 0


@pytest.mark.parametrize("address_type", [1, 2, 3])
def test_groups_and_prefixes_are_not_registered(address_type):
    """RFC 9685, RFC 9926."""
    assert reasons(earo(registrar(), address_type=address_type)) == [Reason.UNSUPPORTED]


def test_an_unspecified_address_is_not_registered():
    assert statuses(earo(registrar(), UNSPECIFIED)) == [8]


# --- a router's own unreachability detection -------------------------------------------------------------------------


def test_a_router_asks_whether_a_registered_node_is_still_there():
    """LPND ND_04, ND_05; whatever the packets carry."""
    play = registrar()
    earo(play)
    assert play.resolve(STRANGER_GLOBAL, b"one") == (Resolved(STRANGER_GLOBAL, STRANGER_LINK, (b"one",)),)
    (asked,) = of(play.wait(5 * SECOND), Emit)
    assert (asked.destination, asked.link_destination, said(asked).target) == (
        STRANGER_GLOBAL,
        STRANGER_LINK,
        STRANGER_GLOBAL,
    )
    answer = NeighborAdvertisement(solicited=1, override=1, target=STRANGER_GLOBAL)
    play.hear(answer, STRANGER_GLOBAL)
    assert play.node.cache.get(STRANGER_GLOBAL).state is State.REACHABLE
    assert not of(play.wait(5 * SECOND), Emit)


def test_a_router_answers_questions_to_its_solicited_node_group():
    """LPND 1.3.8b; RFC 6775 section 6.5.5: "Routers MUST respond to multicast NSs"."""
    message = NeighborSolicitation(target=MY_GLOBAL, options=(named(STRANGER),))
    (answer,) = messages(registrar().hear(message, STRANGER_LL, SOLICITED_NODE), NeighborAdvertisement)
    assert (answer.router, answer.solicited, answer.target) == (1, 1, MY_GLOBAL)
    assert option(answer, TargetLinkLayerAddress).address[:8] == link(ME)


def test_who_asks_from_nowhere_for_an_address_of_ours_hears_it_with_everybody_else():
    message = NeighborSolicitation(target=MY_GLOBAL)
    (emitted,) = of(registrar().hear(message, UNSPECIFIED, SOLICITED_NODE), Emit)
    assert emitted.destination == parse_ipv6("ff02::1")
    assert said(emitted).solicited == 0
