"""Machines that talk to one another: host, routers and border router end with registered addresses and contexts."""

import copy

import pytest

from p6lowpan.capability import profile as profiles
from p6lowpan.machines.adaptation.context_table import ContextTable
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Mode, Role
from p6lowpan.machines.neighbor_discovery.entry import Kind
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    AddressRefused,
    ContextLearned,
    Emit,
    LevelAdvertised,
    NeighborDeregistered,
    NeighborRegistered,
    RouterLearned,
    RouterLost,
)
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import is_link_local, link_local, parse_ipv6
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation, RouterAdvertisement, RouterSolicitation
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import (
    MINUTE,
    PREFIX,
    SECOND,
    SHORT,
    Neighborhood,
    address,
    another,
    border_router,
    discovery,
    link,
    messages,
    said,
)

HOUR = 60 * MINUTE
CONTEXT = Context(1, PREFIX, 64)
GIVEN = parse_ipv6("2001:db8:1::1234")  # of no EUI-64: two may have it


def chain(*names):
    """Who hears whom, where each hears only its neighbors in a line."""
    places = {name: place for place, name in enumerate(names)}
    return lambda one, other: abs(places[one] - places[other]) == 1


def line(**host):
    """A border router, two routers, a host: three hops, each with an address of its own."""
    nodes = {
        "border": border_router(contexts=(CONTEXT,)),
        "near": another(Role.ROUTER, 2),
        "far": another(Role.ROUTER, 3),
        "host": another(Role.HOST, 1, **{"short": SHORT, **host}),
    }
    return Neighborhood(nodes, chain("border", "near", "far", "host"))


def own(node):
    """The addresses that reach further than the link."""
    return [one.address for one in node.addresses if one.is_assigned and not is_link_local(one.address)]


def test_three_hops_end_with_registered_addresses_and_contexts():
    network = line()
    network.start()
    network.run(5 * MINUTE)
    assert own(network.nodes["host"]) == [address(PREFIX, 1), PREFIX[:8] + bytes.fromhex("000000fffe000a0b")]
    registry = network.nodes["border"].border_router.registry
    for wanted in own(network.nodes["host"]):
        assert registry.get(wanted).registrars == (address(PREFIX, 3),)
        assert network.nodes["far"].cache.get(wanted).kind is Kind.REGISTERED
    assert registry.get(address(PREFIX, 2)).registrars == (network.nodes["border"].interface.link_local,)
    for name in network.nodes:
        assert [one.context for one in network.outputs(name, ContextLearned)][:1] == [CONTEXT]


def test_nothing_is_dropped_on_the_way_but_what_was_meant_for_others():
    network = line()
    network.start()
    network.run(10 * MINUTE)
    details = {(one.reason.name, one.detail) for name in network.nodes for one in network.outputs(name, Dropped)}
    assert {reason for reason, _ in details} == {"NOT_FOR_US"}, details


def test_the_way_out_leads_towards_the_border_router():
    network = line()
    network.start()
    network.run(5 * MINUTE)
    ways = {name: [one.address for one in node.host.routers.best_first] for name, node in network.nodes.items()}
    assert ways == {
        "border": [],
        "near": [link_local(link(9))],
        "far": [link_local(link(2))],
        "host": [link_local(link(3))],
    }


def test_registrations_and_information_live_for_days():
    network = line()
    network.start()
    network.run(48 * HOUR)
    assert not [one for name in network.nodes for one in network.outputs(name, RouterLost)]
    assert not [one for name in network.nodes for one in network.outputs(name, NeighborDeregistered)]
    assert len(own(network.nodes["host"])) == 2
    solicitations = network.emitted(RouterSolicitation)
    assert len(solicitations) < 3 * 48 * 4  # three nodes, a lifetime of half an hour asked for at three quarters


def test_no_neighbor_solicitation_is_multicast():
    network = line()
    network.start()
    network.run(HOUR)
    emitted = [
        one for _, _, one in network.log if isinstance(one, Emit) and isinstance(said(one), NeighborSolicitation)
    ]
    assert emitted
    assert all(one.link_destination is not None for one in emitted)


def test_contexts_change_everywhere_in_the_order_that_the_rfc_wants():
    """RFC 6775 section 7.2: at no moment does one node compress with what another cannot decompress."""
    network = line()
    network.start()
    network.run(5 * MINUTE)
    tables = {name: ContextTable() for name in network.nodes}
    seen = 0

    def follow():
        nonlocal seen
        for now, name, one in network.log[seen:]:
            if isinstance(one, ContextLearned):
                tables[name].update(now, one.context, one.lifetime_minutes, one.router_lifetime_seconds)
        seen = len(network.log)

    changed = Context(1, parse_ipv6("2001:db8:77::"), 48)
    network._take("border", network.nodes["border"].announce_context(network.now, changed))
    for _ in range(1500):
        network.run(SECOND)
        follow()
        compressing = [tables[name].for_compression(network.now).get(1) for name in tables]
        decompressing = [tables[name].for_decompression(network.now).get(1) for name in tables]
        for one in compressing:
            if one is not None:
                assert all(other is not None and other.prefix == one.prefix for other in decompressing)
    assert compressing == [changed] * 4


@pytest.mark.parametrize("extended", [True, False])
def test_two_nodes_that_want_one_address_do_not_both_get_it(extended):
    """RFC 6775 section 8.2: several hops apart, and neither hears the other."""
    nodes = {
        "one": another(Role.HOST, 1, addresses=(GIVEN,), extended_registration=extended),
        "near": another(Role.ROUTER, 2),
        "border": border_router(),
        "far": another(Role.ROUTER, 3),
        "other": another(Role.HOST, 4, addresses=(GIVEN,), extended_registration=extended),
    }
    network = Neighborhood(nodes, chain(*nodes))
    network.start()
    network.run(5 * MINUTE)
    confirmed = [name for name in nodes for one in network.outputs(name, AddressConfirmed) if one.address == GIVEN]
    refused = [name for name in nodes for one in network.outputs(name, AddressRefused) if one.address == GIVEN]
    assert sorted(confirmed + refused) == ["one", "other"]
    assert len(confirmed) == 1
    assert network.emitted(DuplicateAddressRequest)
    suffixes = {
        one.code_suffix for one in network.emitted(DuplicateAddressConfirmation) if one.registered_address == GIVEN
    }
    assert suffixes == {1 if extended else 0}


def test_a_node_that_moves_keeps_its_address_and_the_old_router_forgets_it():
    nodes = {
        "border": border_router(),
        "old": another(Role.ROUTER, 2),
        "new": another(Role.ROUTER, 3),
        "host": another(Role.HOST, 1),
    }
    place = {"at": "old"}

    def hears(one, other):
        pair = {one, other}
        return "host" not in pair or place["at"] in pair

    network = Neighborhood(nodes, hears)
    network.start()
    network.run(2 * MINUTE)
    mine = address(PREFIX, 1)
    assert nodes["old"].cache.get(mine) is not None
    place["at"] = "new"
    network.run(HOUR)  # the registration is renewed, nobody answers, another router is found
    assert nodes["new"].cache.get(mine).kind is Kind.REGISTERED
    assert nodes["old"].cache.get(mine) is None
    assert own(nodes["host"]) == [mine]
    assert nodes["border"].border_router.registry.get(mine).registrars == (address(PREFIX, 3),)


def test_a_host_between_two_routers_is_registered_with_both_and_stays_so():
    nodes = {
        "border": border_router(),
        "one": another(Role.ROUTER, 2),
        "other": another(Role.ROUTER, 3),
        "host": another(Role.HOST, 1),
    }
    network = Neighborhood(nodes, lambda one, other: {one, other} not in ({"border", "host"}, {"one", "other"}))
    network.start()
    network.run(6 * HOUR)
    mine = address(PREFIX, 1)
    assert len(network.outputs("host", RouterLearned)) >= 2
    assert set(nodes["border"].border_router.registry.get(mine).registrars) == {address(PREFIX, 2), address(PREFIX, 3)}
    lost = [one for name in nodes for one in network.outputs(name, NeighborDeregistered)]
    assert not lost


def test_a_router_that_falls_silent_is_replaced():
    nodes = {
        "border": border_router(),
        "one": another(Role.ROUTER, 2),
        "other": another(Role.ROUTER, 3),
        "host": another(Role.HOST, 1),
    }
    off = set()
    network = Neighborhood(nodes, lambda one, other: {one, other} not in ({"border", "host"}, {"one", "other"}))
    network.lost = lambda one, other, emitted: bool({one, other} & off)
    network.start()
    network.run(5 * MINUTE)
    off.add("one")
    network.run(2 * HOUR)
    assert [one.address for one in nodes["host"].host.routers.best_first] == [link_local(link(3))]
    assert own(nodes["host"]) == [address(PREFIX, 1)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("percent", [10, 30])
def test_lost_messages_only_delay(percent, seed):
    network, chance = line(), Chance(seed)
    network.lost = lambda sender, receiver, emitted: chance.below(100) < percent
    network.start()
    network.run(30 * MINUTE)
    assert len(own(network.nodes["host"])) == 2


def test_a_host_that_leaves_is_forgotten_by_all():
    network = line()
    network.start()
    network.run(5 * MINUTE)
    network._take("host", network.nodes["host"].leave(network.now))
    network.run(MINUTE)
    registry = network.nodes["border"].border_router.registry
    assert registry.get(address(PREFIX, 1)) is None
    assert network.nodes["far"].cache.get(address(PREFIX, 1)) is None
    assert network.nodes["host"].deadline is None or network.nodes["host"].deadline > network.now


def test_many_hosts_share_what_places_there_are():
    """draft-ietf-lwig-nbr-mgmt-policy: those without a place attach elsewhere, and nobody is pushed out."""
    nodes = {"border": border_router()}
    nodes |= {f"host{number}": another(Role.HOST, number) for number in range(20, 44)}
    network = Neighborhood(nodes, lambda one, other: "border" in (one, other))
    network.start()
    network.run(30 * MINUTE)
    granted = [name for name in nodes if name != "border" and own(nodes[name])]
    cache = nodes["border"].cache
    assert len(cache) <= 32
    assert 10 <= len(granted) < 24  # two places each: link-local and global
    assert not network.outputs("border", NeighborDeregistered)
    registered = [
        one.address for one in network.outputs("border", NeighborRegistered) if not is_link_local(one.address)
    ]
    assert len(registered) == len(set(registered))
    assert len(network.emitted(RouterSolicitation)) < 24 * 30  # no more than one a minute and host


def test_levels_are_learned_in_both_directions():
    nodes = {
        "border": border_router(profile=profiles.of_level(6)),
        "host": another(Role.HOST, 1, profile=profiles.of_level(3)),
    }
    network = Neighborhood(nodes)
    network.start()
    network.run(MINUTE)
    assert {one.level for one in network.outputs("border", LevelAdvertised)} == {3}
    assert {one.level for one in network.outputs("host", LevelAdvertised)} == {6}


def test_regular_neighbors_find_one_another():
    nodes = {
        "router": discovery(Role.ROUTER, 9, mode=Mode.REGULAR, prefixes=(AdvertisedPrefix(PREFIX, on_link=True),)),
        "one": another(Role.HOST, 1, mode=Mode.REGULAR),
        "other": another(Role.HOST, 4, mode=Mode.REGULAR),
    }
    network = Neighborhood(nodes)
    network.start()
    network.run(MINUTE)
    assert own(nodes["one"]) == [address(PREFIX, 1)]
    target = address(PREFIX, 4)
    network._take("one", nodes["one"].resolve(network.now, target, b"packet"))
    assert nodes["one"].cache.get(target).state is State.REACHABLE
    network.run(30 * MINUTE)
    assert len(nodes["one"].host.routers) == 1  # told again and again


def test_regular_neighbors_do_not_share_an_address():
    nodes = {name: another(Role.HOST, 1, mode=Mode.REGULAR) for name in ("one", "other")}
    nodes["other"].interface.chance.below(1)
    network = Neighborhood(nodes)
    network.start("one")
    network.run(10 * SECOND)
    network.start("other")
    network.run(10 * SECOND)
    assert network.outputs("other", AddressRefused)
    assert not network.outputs("one", AddressRefused)


def test_the_same_neighborhood_does_the_same_again_and_a_copy_goes_on_alike():
    logs = []
    for _ in range(2):
        network = line()
        network.start()
        network.run(10 * MINUTE)
        logs.append(network.log)
    assert logs[0] == logs[1]
    copied = copy.deepcopy(network)
    for one in (network, copied):
        one.run(2 * HOUR)
    assert copied.log == network.log
    assert len(network.log) > len(logs[0]) or network.log is logs[1]


def test_advertisements_are_few():
    network = line()
    network.start()
    network.run(10 * MINUTE)
    assert len(messages((one for _, _, one in network.log), RouterAdvertisement)) <= 20
