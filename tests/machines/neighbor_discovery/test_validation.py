"""Which messages are taken at all: RFC 4861 sections 6.1, 7.1 and 8.1, RFC 6775 section 8.2.1, one row each."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit
from p6lowpan.wire.address import ALL_NODES, ALL_ROUTERS, UNSPECIFIED, parse_ipv6
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.icmpv6 import EchoRequest
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from properties.neighbors import (
    MY_GLOBAL,
    MY_LL,
    ROUTER_LL,
    STRANGER_GLOBAL,
    STRANGER_LL,
    Playbook,
    advertisement,
    discovery,
    named,
    of,
    reasons,
)

GROUP, SOLICITED_NODE = parse_ipv6("ff02::5"), parse_ipv6("ff02::1:ff00:1")
RS, RA = RouterSolicitation(options=(named(4),)), advertisement()
NS, NA = NeighborSolicitation(target=MY_LL), NeighborAdvertisement(target=STRANGER_LL)
REDIRECT = Redirect(target=ROUTER_LL, destination=STRANGER_GLOBAL)
DAR = DuplicateAddressRequest(lifetime_minutes=1, ownership_verifier=bytes(8), registered_address=STRANGER_GLOBAL)
DAC = DuplicateAddressConfirmation(lifetime_minutes=1, ownership_verifier=bytes(8), registered_address=STRANGER_GLOBAL)

INVALID = {
    "a solicitation of routers that was forwarded": (RS, STRANGER_LL, ALL_ROUTERS, 254, Reason.NOT_FROM_A_NEIGHBOR),
    "an advertisement of a router that was forwarded": (RA, ROUTER_LL, MY_LL, 64, Reason.NOT_FROM_A_NEIGHBOR),
    "a solicitation that was forwarded": (NS, STRANGER_LL, MY_LL, 0, Reason.NOT_FROM_A_NEIGHBOR),
    "an advertisement that was forwarded": (NA, STRANGER_LL, MY_LL, 254, Reason.NOT_FROM_A_NEIGHBOR),
    "a redirect that was forwarded": (REDIRECT, ROUTER_LL, MY_LL, 64, Reason.NOT_FROM_A_NEIGHBOR),
    "a code": (NeighborSolicitation(code=1, target=MY_LL), STRANGER_LL, MY_LL, 255, Reason.BAD_VALUE),
    "a code of a router": (RouterAdvertisement(code=1), ROUTER_LL, MY_LL, 255, Reason.BAD_VALUE),
    "a router under a global address": (RA, STRANGER_GLOBAL, MY_LL, 255, Reason.BAD_SOURCE),
    "a router from nowhere": (RA, UNSPECIFIED, MY_LL, 255, Reason.BAD_SOURCE),
    "a redirect of who is no router": (REDIRECT, STRANGER_GLOBAL, MY_LL, 255, Reason.BAD_SOURCE),
    "a source that is a group": (NS, GROUP, MY_LL, 255, Reason.BAD_SOURCE),
    "a target that is a group": (
        NeighborSolicitation(target=GROUP),
        STRANGER_LL,
        MY_LL,
        255,
        Reason.BAD_VALUE,
    ),
    "an answer about a group": (NeighborAdvertisement(target=GROUP), STRANGER_LL, MY_LL, 255, Reason.BAD_VALUE),
    "an answer from nowhere": (NA, UNSPECIFIED, MY_LL, 255, Reason.BAD_SOURCE),
    "an answer to everybody that was asked for": (
        NeighborAdvertisement(target=STRANGER_LL, solicited=1),
        STRANGER_LL,
        ALL_NODES,
        255,
        Reason.BAD_DESTINATION,
    ),
    "a question from nowhere to one": (NS, UNSPECIFIED, MY_LL, 255, Reason.BAD_DESTINATION),
    "a question from nowhere to everybody": (NS, UNSPECIFIED, ALL_NODES, 255, Reason.BAD_DESTINATION),
    "a question from nowhere with a link-layer address": (
        NeighborSolicitation(target=MY_LL, options=(named(4),)),
        UNSPECIFIED,
        SOLICITED_NODE,
        255,
        Reason.BAD_SOURCE,
    ),
    "a solicitation of routers from nowhere with a link-layer address": (
        RS,
        UNSPECIFIED,
        ALL_ROUTERS,
        255,
        Reason.BAD_SOURCE,
    ),
    "a request from nowhere": (DAR, UNSPECIFIED, MY_GLOBAL, 60, Reason.BAD_SOURCE),
    "a confirmation from a group": (DAC, GROUP, MY_GLOBAL, 60, Reason.BAD_SOURCE),
    "a request about a group": (
        DuplicateAddressRequest(lifetime_minutes=1, ownership_verifier=bytes(8), registered_address=GROUP),
        STRANGER_GLOBAL,
        MY_GLOBAL,
        60,
        Reason.BAD_VALUE,
    ),
    "no message of ours": (EchoRequest(identifier=1, sequence_number=1), STRANGER_LL, MY_LL, 255, Reason.UNSUPPORTED),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", INVALID)
def test_a_message_is_dropped_that_has(name, role):
    message, source, destination, hop_limit, reason = INVALID[name]
    play = Playbook(discovery(role))
    play.start()
    before = len(play.node.cache), play.node.addresses
    outputs = play.hear(message, source, destination, hop_limit=hop_limit)
    assert reasons(outputs) == [reason]
    assert not of(outputs, Emit)
    assert (len(play.node.cache), play.node.addresses) == before


def test_reserved_fields_are_ignored():
    play = Playbook(discovery())
    play.start()
    asked = NeighborSolicitation(reserved=0xFFFFFFFF, target=MY_LL)
    assert len(of(play.hear(asked, STRANGER_LL), Emit)) == 1


def test_a_redirect_is_not_followed():
    play = Playbook(discovery())
    play.start()
    assert reasons(play.hear(REDIRECT, ROUTER_LL)) == [Reason.UNSUPPORTED]


@pytest.mark.parametrize(("role", "message"), [(Role.HOST, DAR), (Role.HOST, DAC), (Role.ROUTER, DAR)])
def test_duplicate_address_messages_are_for_routers_and_border_routers(role, message):
    play = Playbook(discovery(role))
    play.start()
    assert reasons(play.hear(message, STRANGER_GLOBAL, MY_GLOBAL, hop_limit=60)) == [Reason.UNSUPPORTED]
