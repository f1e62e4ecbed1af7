"""RIOT's own Neighbor Discovery, out of captures between unmodified stacks, said to our routers."""

from pathlib import Path

import pytest

from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import open_capture
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.wire.address import Ipv6Address, link_local, parse_link
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement, RouterSolicitation
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import (
    MY_LL,
    PREFIX,
    SECOND,
    Playbook,
    discovery,
    of,
    reasons,
    said,
)

CAPTURES = Path(__file__).parents[2] / "vectors" / "captures"
RIOT = ("riot-stock.pcap", "riot-rpl.pcap", "riot-udp.pcap", "riot-short.pcap")
SOLICITATIONS = {"riot-stock.pcap": 14, "riot-rpl.pcap": 9, "riot-udp.pcap": 6, "riot-short.pcap": 10}
NEIGHBOR_DISCOVERY = range(133, 138)


def heard(name):
    """Each Neighbor Discovery message of a capture: when, what, from and to whom, under which link-layer addresses."""
    explainer, found = Explainer(Settings()), []
    for captured in open_capture(str(CAPTURES / name)):
        for packet in explainer.explain(captured).packets:
            chain = walk(packet.octets)
            if chain.protocol != Protocol.ICMPV6 or chain.payload[0] not in NEIGHBOR_DISCOVERY:
                continue
            header = chain.headers[0]
            assert checksum_holds(header.source, header.destination, Protocol.ICMPV6, chain.payload)
            message, _ = MESSAGES.decode(chain.payload)
            found.append((message, header, Origin(packet.link.source, packet.link.destination)))
    return found


def said_to(play, message, header, origin):
    return play.node.received(
        play.now, message, Ipv6Address(header.source), Ipv6Address(header.destination), header.hop_limit, origin
    )


def border():
    node = discovery(Role.BORDER_ROUTER, prefixes=(AdvertisedPrefix(PREFIX),), contexts=(Context(0, PREFIX, 64),))
    play = Playbook(node)
    play.start()
    play.wait(60 * SECOND)
    return play


@pytest.mark.parametrize("name", RIOT)
def test_all_that_riot_says_is_valid(name):
    messages = heard(name)
    assert [type(message) for message, _, _ in messages] == [RouterSolicitation] * SOLICITATIONS[name]


@pytest.mark.parametrize("name", RIOT)
def test_every_solicitation_of_riot_is_answered_by_unicast_where_it_came_from(name):
    play = border()
    for message, header, origin in heard(name):
        assert reasons(said_to(play, message, header, origin)) == []
        (told,) = of(play.wait(2 * SECOND), Emit)
        assert isinstance(said(told), RouterAdvertisement)
        assert (told.source, told.destination) == (MY_LL, header.source)
        assert told.link_destination == origin.link_source
        assert link_local(told.link_destination) == header.source
    assert len(play.node.cache) == 0


def test_riot_asks_from_its_short_address_once_it_has_one():
    play = border()
    to = set()
    for message, header, origin in heard("riot-short.pcap"):
        said_to(play, message, header, origin)
        to |= {told.link_destination for told in of(play.wait(2 * SECOND), Emit)}
    assert {parse_link("0x1234"), parse_link("0x5678")} <= to


@pytest.mark.parametrize("name", RIOT)
def test_a_host_and_a_router_without_information_leave_riot_to_others(name):
    for role in (Role.HOST, Role.ROUTER):
        play = Playbook(discovery(role))
        play.start()
        for message, header, origin in heard(name):
            assert reasons(said_to(play, message, header, origin)) == [Reason.NOT_FOR_US]
