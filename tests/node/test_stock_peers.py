"""A node of ours in the place of a RIOT or Contiki-NG node: it understands all that the others sent, and what it says
is what the stack said that had its place."""

from collections import Counter
from functools import cache

import pytest

from node.stock_room import Room
from node.stock_seats import (
    CONTIKI_SEATS,
    NEIGHBOR_DISCOVERY,
    RIOT_SEATS,
    RPL,
    SEATS,
    Said,
    node_for,
    was_heard,
    was_said,
)
from p6lowpan.capability.features import Feature
from p6lowpan.capability.named import by_name
from p6lowpan.capability.profile import of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.framing import asks_for_acknowledgement
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.outputs import AddressAssigned, Bound, DeliverIcmpv6, DeliverUdp
from p6lowpan.wire.address import interface_identifier, is_multicast
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ieee802154.frame import FrameType
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of
from p6lowpan.wire.ipv6.duplicate_address import MessageType
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation, RouterAdvertisement
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.ipv6.udp import Udp

UNREACHABLE = MessageType.DESTINATION_UNREACHABLE
CLASS_UNSUPPORTED = 100
STACKS = [(seat, "riot") for seat in RIOT_SEATS] + [(seat, "contiki-ng") for seat in CONTIKI_SEATS]
PLAIN = [(seat, "rfc6282") for seat in ("riot-short-2", "riot-rpl-root", "riot-udp-sender")]
RUNS = STACKS + PLAIN
EVERY_RUN = pytest.mark.parametrize(("seat", "receives"), RUNS)
OWN = {"level 6": of_level(6), "level 5": of_level(5), "flex": of_flex(0xFFFFFFFF), "rfc6282": by_name("rfc6282")}


@cache
def ran(seat: str, receives: str, own: str = "level 6", advertise: Advertise = Advertise.ALWAYS) -> Room:
    return Room(SEATS[seat], node_for(SEATS[seat], by_name(receives), OWN[own], advertise)).run()


def talk(said: list[Said]) -> Counter[Said]:
    """All but what a stack says for its own network to work, and its errors."""
    own_affairs = {*NEIGHBOR_DISCOVERY, RPL, UNREACHABLE}
    return Counter(one for one in said if one.kind not in own_affairs)


def without_source(said: Counter[Said]) -> Counter[tuple[bytes, bytes]]:
    """The same without the sender's choice among its addresses, which the checksum shows."""
    at = {Protocol.UDP: 6, Protocol.ICMPV6: 2}
    return Counter(
        (one.destination, one.content[: at[one.protocol]] + one.content[at[one.protocol] + 2 :])
        for one in said.elements()
    )


@EVERY_RUN
def test_our_node_says_what_the_stack_in_its_place_said(seat: str, receives: str) -> None:
    ours, theirs = talk(ran(seat, receives).said()), talk(was_said(SEATS[seat]))
    if SEATS[seat].extended is None:
        assert ours == theirs
    else:
        assert without_source(ours) == without_source(theirs)
        identifiers = set(map(interface_identifier, SEATS[seat].ours))
        assert {one.source[8:] for one in ours} <= identifiers
    assert ours or seat in ("riot-udp-receiver", "riot-udp-application")


@EVERY_RUN
def test_everything_that_came_has_a_named_outcome(seat: str, receives: str) -> None:
    expected = {Reason.DUPLICATE, Reason.NOT_FOR_US, Reason.PORT_UNREACHABLE, Reason.HOP_LIMIT_EXCEEDED}
    for _, output in ran(seat, receives).outputs:
        assert isinstance(output, Dropped | AddressAssigned | Bound | DeliverIcmpv6 | DeliverUdp)
        assert not isinstance(output, Dropped) or output.reason in expected, output


@EVERY_RUN
def test_every_frame_that_asks_for_it_is_acknowledged_and_no_other(seat: str, receives: str) -> None:
    room = Room(SEATS[seat], node_for(SEATS[seat], by_name(receives)))
    asked = [
        frame.sequence_number
        for _, _, frame in room.script
        if asks_for_acknowledgement(frame) and frame.destination in room.seat.ours
    ]
    frames = [sent.frame for sent in ran(seat, receives).sent]
    answers = [frame.sequence_number for frame in frames if frame.frame_type == FrameType.ACKNOWLEDGEMENT]
    solicited = len(answers) - len(asked) if room.seat.mode is Mode.REGULAR else 0
    if solicited:
        assert 0 < solicited <= len(ran(seat, receives).said())  # advertisements, which are no part of the capture
    else:
        assert answers == asked


@EVERY_RUN
def test_every_rpl_message_is_handed_up_or_counted(seat: str, receives: str) -> None:
    room = ran(seat, receives)
    heard = [said for said in was_heard(SEATS[seat]) if said.kind == RPL]
    ours = [said for said in heard if not is_multicast(said.destination)]
    delivered = [one.octets for one in room.outputs_of(DeliverIcmpv6) if one.octets[0] == RPL]
    counted = [drop for drop in room.outputs_of(Dropped) if "ff02::1a" in drop.detail]
    assert delivered == [said.content for said in ours]
    assert len(counted) == len(heard) - len(ours) > 0


@EVERY_RUN
def test_answers_to_what_our_node_asked_are_delivered(seat: str, receives: str) -> None:
    kinds = (MessageType.ECHO_REPLY, UNREACHABLE)
    addresses = {one.address for one in ran(seat, receives).outputs_of(AddressAssigned)}
    heard = [one for one in was_heard(SEATS[seat]) if one.kind in kinds and one.destination in addresses]
    delivered = [one for one in ran(seat, receives).outputs_of(DeliverIcmpv6) if one.octets[0] in kinds]
    assert [one.octets for one in delivered] == [one.content for one in heard]
    assert len(heard) >= {"riot-udp-sender": 22, "riot-stock-1": 80, "contiki-ng-node-6lowpan": 33}.get(seat, 0)


@pytest.mark.parametrize("seat", [seat for seat in SEATS if SEATS[seat].ports])
def test_datagrams_reach_the_ports_that_are_bound(seat: str) -> None:
    room = ran(seat, dict(STACKS)[seat])
    heard = [Udp.decode(said.content) for said in was_heard(SEATS[seat]) if said.protocol == Protocol.UDP]
    delivered = [(one.source_port, one.destination_port, one.payload) for one in room.outputs_of(DeliverUdp)]
    assert delivered == [(udp.source_port, udp.destination_port, payload) for udp, payload in heard]
    assert len(delivered) >= 10


@pytest.mark.parametrize("seat", ["riot-udp-receiver", "riot-short-2"])
def test_a_port_that_nobody_has_bound_is_reported_as_riot_does_it(seat: str) -> None:
    """RIOT puts 40 octets too many behind the packet that it complains about."""
    ours = [said for said in ran(seat, "riot").said() if said.kind == UNREACHABLE]
    theirs = [said for said in was_said(SEATS[seat]) if said.kind == UNREACHABLE]
    assert len(ours) >= len(theirs) > 0
    for our, their in zip(ours, theirs, strict=False):
        assert our[:4] == their[:4]
        assert our.content[:2] == their.content[:2]
        assert their.content[4:].startswith(our.content[4:])
        assert checksum_holds(our.source, our.destination, our.protocol, our.content)


@pytest.mark.parametrize("seat", [seat for seat in RIOT_SEATS])
def test_every_solicitation_of_riot_is_answered_with_a_router_advertisement(seat: str) -> None:
    asked = Counter(said.source for said in was_heard(SEATS[seat]) if said.kind == MessageType.ROUTER_SOLICITATION)
    told = [said for said in ran(seat, "riot").said() if said.kind == MessageType.ROUTER_ADVERTISEMENT]
    answers = Counter(said.destination for said in told if not is_multicast(said.destination))
    assert answers.keys() == asked.keys()
    assert all(1 <= number <= asked[source] for source, number in answers.items()), "one answer may do for two"
    for said in told:
        message, _ = MESSAGES.decode(said.content)
        assert isinstance(message, RouterAdvertisement)
        options = {type(option): option for option in message.options}
        assert options[PrefixInformation].prefix == SEATS[seat].prefix
        assert options[AuthoritativeBorderRouter].border_router == SEATS[seat].global_address(room_link(seat))
        contexts = [option for option in message.options if isinstance(option, LowpanContext)]
        assert [one.context_identifier for one in contexts] == [one.identifier for one in SEATS[seat].contexts]


def room_link(seat: str) -> bytes:
    """What a border router forms its first address from."""
    return SEATS[seat].extended or SEATS[seat].link


@pytest.mark.parametrize("seat", ["contiki-ng-root-regular", "contiki-ng-node-regular"])
def test_where_no_addresses_are_registered_neighbors_are_solicited(seat: str) -> None:
    said = [one for one in ran(seat, "contiki-ng").said() if one.kind == MessageType.NEIGHBOR_SOLICITATION]
    asked = {NeighborSolicitation.decode(one.content)[0].target for one in said if is_multicast(one.destination)}
    peers = SEATS[seat].peers
    assert {SEATS[seat].global_address(peer) for peer in peers} <= asked


@pytest.mark.parametrize("own", list(OWN))
@pytest.mark.parametrize(("seat", "receives"), [("riot-short-2", "riot"), ("riot-udp-sender", "rfc6282")])
def test_nothing_is_sent_that_a_stock_stack_cannot_take(seat: str, receives: str, own: str) -> None:
    room = ran(seat, receives, own)
    used = frozenset[Feature]().union(*(sent.received.features for sent in room.sent))
    assert used <= by_name(receives).receives
    assert not used & {Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION}
    assert {Feature.IPHC, Feature.FRAGMENTATION} <= used


@EVERY_RUN
def test_the_pinned_profile_holds_for_each_frame(seat: str, receives: str) -> None:
    for sent in ran(seat, receives).sent:
        assert sent.received.features <= by_name(receives).receives
        assert sent.received.error is None
    assert CLASS_UNSUPPORTED not in {said.kind for said in ran(seat, receives).said()}


def announced(room: Room) -> set[object]:
    """Levels and FLEX fields that our node gave away, in whatever message of Neighbor Discovery."""
    found: set[object] = set()
    for said in room.said():
        if said.kind in NEIGHBOR_DISCOVERY:
            for option in getattr(MESSAGES.decode(said.content)[0], "options", ()):
                if isinstance(option, CapabilityIndication):
                    found.add(level_of(option))
                if isinstance(option, FlexCapability):
                    found.add(option.features)
    return found - {None}


@pytest.mark.parametrize(
    ("own", "says"), [("level 6", {6}), ("level 5", set()), ("flex", {0xFFFFFFFF}), ("rfc6282", set())]
)
def test_what_our_node_can_do_is_said_in_neighbor_discovery_alone_and_only_where_allowed(
    own: str, says: set[int]
) -> None:
    """Every router is level 5 or above, so that one of level 5 need not say it."""
    loud = ran("riot-short-2", "riot", own)
    silent = ran("riot-short-2", "riot", own, Advertise.NEVER)
    assert announced(loud) == says
    assert announced(silent) == set()
    assert talk(loud.said()) == talk(silent.said())
