"""Random messages and times never raise, never outgrow a bound, never answer where they must not.

The messages are drawn from what an attacker on the link would send: right and wrong in every field, from addresses that
mean something to the node and from others; so that they go deep.
"""

import copy

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from p6lowpan.capability import profile as profiles
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Mode, Role
from p6lowpan.machines.neighbor_discovery.neighbor_discovery import NeighborDiscovery
from p6lowpan.machines.neighbor_discovery.outputs import Emit, Resolved
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.wire.address import (
    BROADCAST,
    Ipv6Address,
    is_multicast,
    link_local,
)
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbor_messages import ADDRESSES, LINKS, MESSAGES, MINUTES, OPTIONS, SECONDS
from properties.neighbors import (
    ME,
    MINUTE,
    OTHER_PREFIX,
    PREFIX,
    SECOND,
    SHORT,
    limited,
    link,
    said,
)

LIMITS = limited(
    neighbors=6,
    neighbors_for_routers=2,
    neighbors_for_registered=2,
    neighbor_queue_packets=2,
    own_addresses=4,
    default_routers=2,
    prefixes=2,
    border_routers=2,
    bindings=4,
    duplicate_requests=2,
    pending_advertisements=2,
)
ORIGINS = st.builds(Origin, LINKS, LINKS, st.booleans())
HOP_LIMITS = st.sampled_from((255, 255, 255, 255, 64, 0))
WAITS = st.sampled_from((0, 1, SECOND, 3 * SECOND, 10 * SECOND, MINUTE, 20 * MINUTE))


def configuration(role, mode, level, extended):
    is_border = role is Role.BORDER_ROUTER
    return Configuration(
        role=role,
        mode=mode,
        extended=link(ME),
        short=SHORT,
        extended_registration=extended,
        profile=profiles.of_level(level),
        prefixes=(AdvertisedPrefix(PREFIX),) if is_border else (),
        contexts=(Context(1, PREFIX, 64),) if is_border else (),
    )


class Attacked(RuleBasedStateMachine):
    """One node among neighbors that say anything."""

    @initialize(
        role=st.sampled_from(Role),
        mode=st.sampled_from((Mode.LOWPAN, Mode.LOWPAN, Mode.REGULAR)),
        level=st.integers(0, 6),
        extended=st.booleans(),
        seed=st.integers(0, 9),
    )
    def begin(self, role, mode, level, extended, seed):
        self.node = NeighborDiscovery(configuration(role, mode, level, extended), LIMITS, Chance(seed))
        self.twin = copy.deepcopy(self.node)
        self.now = 0
        self.solicitations = []
        self._both(lambda node: node.start(self.now))

    def _both(self, act):
        """The node and its copy do the same."""
        outputs = act(self.node)
        assert act(self.twin) == outputs
        for output in outputs:
            if isinstance(output, Emit):
                self._look_at(output)
            elif isinstance(output, Resolved):
                assert output.link_address == BROADCAST or output.link_address not in (link(ME), SHORT, b"")
        return outputs

    def _look_at(self, emitted):
        message = said(emitted)
        configuration = self.node.configuration
        assert emitted.hop_limit == (64 if "duplicate-address" in message.LAYER else 255)
        assert emitted.link_destination not in (link(ME), SHORT, b"")
        assert not is_multicast(emitted.source)
        is_lowpan_host = configuration.role is Role.HOST and configuration.mode is Mode.LOWPAN
        if isinstance(message, NeighborSolicitation) and is_lowpan_host:
            assert not is_multicast(emitted.destination)  # RFC 6775 section 5.1
        if isinstance(message, RouterSolicitation):
            self.solicitations.append(self.now)
        if isinstance(message, RouterAdvertisement):
            assert configuration.is_router

    @rule(message=MESSAGES, source=ADDRESSES, destination=ADDRESSES, hop_limit=HOP_LIMITS, origin=ORIGINS)
    def hear(self, message, source, destination, hop_limit, origin):
        self._both(lambda node: node.received(self.now, message, source, destination, hop_limit, origin))

    @rule(number=st.integers(2, 6), options=OPTIONS, lifetime=st.sampled_from((0, 1, 30, 1800)))
    def hear_a_router(self, number, options, lifetime):
        message = RouterAdvertisement(router_lifetime_seconds=lifetime, options=options)
        origin = Origin(link(number), link(ME), False)
        source, me = link_local(link(number)), link_local(link(ME))
        self._both(lambda node: node.received(self.now, message, source, me, 255, origin))

    @rule(
        number=st.integers(2, 6),
        status=st.sampled_from((0, 0, 0, 1, 2, 3, 4, 9, 11, 80)),
        about=ADDRESSES,
        destination=ADDRESSES,
        minutes=MINUTES,
    )
    def hear_an_answer(self, number, status, about, destination, minutes):
        ledgers = self.node.host.registrant.ledgers
        transaction = ledgers[-1].transaction if ledgers else 240
        option = AddressRegistration(
            status=status,
            has_transaction=1,
            transaction=transaction,
            lifetime_minutes=minutes,
            ownership_verifier=link(ME),
        )
        message = NeighborAdvertisement(router=1, solicited=1, target=about, options=(option,))
        if is_multicast(about) or is_multicast(destination):
            return
        origin, source = Origin(link(number), link(ME), True), link_local(link(number))
        self._both(lambda node: node.received(self.now, message, source, destination, 255, origin))

    @rule(duration=WAITS)
    def wait(self, duration):
        end, steps = self.now + duration, 0
        while self.node.deadline is not None and self.node.deadline <= end:
            self.now = max(self.now, self.node.deadline)
            self._both(lambda node: node.tick(self.now))
            steps += 1
            assert steps < 20_000
        self.now = end

    @rule(duration=WAITS)
    def oversleep(self, duration):
        self.now += duration
        self._both(lambda node: node.tick(self.now))

    @rule(next_hop=ADDRESSES)
    def send(self, next_hop):
        self._both(lambda node: node.resolve(self.now, Ipv6Address(next_hop), b"packet"))

    @rule(next_hop=ADDRESSES, link_address=LINKS)
    def hint(self, next_hop, link_address):
        self._both(lambda node: node.confirm_reachable(self.now, Ipv6Address(next_hop)))
        self._both(lambda node: node.link_failed(self.now, link_address))

    @rule()
    def leave(self):
        self._both(lambda node: node.leave(self.now))

    @rule(identifier=st.integers(0, 15), withdraw=st.booleans(), seconds=SECONDS)
    def administrate(self, identifier, withdraw, seconds):
        if self.node.border_router is None:
            return
        if withdraw:
            self._both(lambda node: node.withdraw_context(self.now, identifier))
        else:
            self._both(lambda node: node.announce_context(self.now, Context(identifier, OTHER_PREFIX, 64)))
        prefix = AdvertisedPrefix(OTHER_PREFIX, valid_lifetime_seconds=seconds, preferred_lifetime_seconds=0)
        self._both(lambda node: node.announce_prefix(self.now, prefix))

    @invariant()
    def nothing_outgrows_its_bound(self):
        if not hasattr(self, "node"):
            return
        node = self.node
        assert len(node.cache) <= LIMITS.neighbors
        assert all(len(entry.queue) <= LIMITS.neighbor_queue_packets for entry in node.cache.entries)
        assert len(node.addresses) <= LIMITS.own_addresses
        assert len(node.host.routers) <= LIMITS.default_routers
        assert len(node.host.autoconfiguration.prefixes) <= LIMITS.prefixes
        assert len(node.host.registrant.ledgers) <= 2 * LIMITS.own_addresses
        assert len(node.information.sets) <= LIMITS.border_routers
        assert all(len(one.prefixes) <= LIMITS.prefixes for one in node.information.sets)
        assert node.border_router is None or len(node.border_router.registry) <= LIMITS.bindings
        assert len(node.advertiser._pending) <= LIMITS.pending_advertisements
        assert len(node.detection._asking) <= LIMITS.duplicate_requests
        for ledger in node.host.registrant.ledgers:
            assert len(ledger.bindings) <= 2 * LIMITS.default_routers

    @invariant()
    def routers_are_not_asked_without_a_pause(self):
        if not hasattr(self, "node"):
            return
        pause = 10 * SECOND if self.node.configuration.mode is Mode.LOWPAN else 4 * SECOND
        latest = self.solicitations[-2:]
        assert len(latest) < 2 or latest[1] - latest[0] >= pause


TestAttacked = Attacked.TestCase
TestAttacked.settings = settings(
    max_examples=80,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
