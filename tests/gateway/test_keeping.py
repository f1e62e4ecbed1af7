"""What is written of a node, change by change, is what the node knows: whatever comes, and whenever."""

import json
import os
from dataclasses import fields, replace

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from gateway.leaves import KEY, eui64
from node.test_any_inputs import AnyInputs
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.gateway.keeping import AHEAD, Keeping
from p6lowpan.gateway.records import NODE, OWN_COUNTER, durable_from, values_of
from p6lowpan.gateway.store import Store
from p6lowpan.machines.link.configuration import LAST_FRAME_COUNTER, LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import AnnounceContext, AnnouncePrefix, FrameReceived, PinNeighbor, Wake, WithdrawContext
from p6lowpan.node.node import Node
from p6lowpan.wire.address import link_local, parse_ipv6
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation
from properties.attacked_node import PEER_LL, SECURITY, AttackedNode, udp
from properties.neighbors import MY_LL, PREFIX, address, link, named, registration

EXAMPLES = int(os.environ.get("P6LOWPAN_EXAMPLES", "30"))
OTHER = parse_ipv6("2001:db8:77::")


def keep(node, keeping, store):
    """Write what changed: then all is written that the node knows."""
    keeping.keep(node)
    assert not node.lasting.has_news(node.link.frame_counter)
    written = store.values("one")
    assert written.pop((NODE, OWN_COUNTER), 0) >= node.link.frame_counter
    known = values_of(node.durable.shifted(keeping._began_us))
    del known[NODE, OWN_COUNTER]
    assert written == json_of(known)
    return written


class KeptAtAnyInputs(AnyInputs):
    """A node as in :class:`AnyInputs`, with an administrator, that is kept behind each input."""

    def give(self, given, packet=None):
        outputs = super().give(given, packet)
        if not hasattr(self, "store"):
            self.store = Store(":memory:")
            self.keeping = Keeping(self.store, "one")
        node = self.watched.node
        keep(node, self.keeping, self.store)
        return outputs

    def is_border(self) -> bool:
        return self.watched.configuration.discovery.role is Role.BORDER_ROUTER

    @rule(prefix=st.sampled_from((PREFIX, OTHER)), seconds=st.sampled_from((0, 100, 10_000)))
    def announce_prefix(self, prefix, seconds):
        if self.is_border():
            self.give(AnnouncePrefix(prefix, 64, seconds, seconds))

    @rule(identifier=st.integers(0, 2), prefix=st.sampled_from((PREFIX, OTHER, None)))
    def change_context(self, identifier, prefix):
        if self.is_border():
            given = WithdrawContext(identifier) if prefix is None else AnnounceContext(identifier, prefix, 64)
            self.give(given)

    @rule(number=st.integers(2, 6), profile=st.sampled_from(("level-1", "linux", "")))
    def pin(self, number, profile):
        if number != 6:  # as many as are configured
            self.give(PinNeighbor(link(number), ""))
        self.give(PinNeighbor(link(6), profile))

    def teardown(self):
        if not hasattr(self, "watched"):
            return
        super().teardown()
        known, restored = self.watched.node.durable, durable_from(self.store.values("one"))
        kept = restored.shifted(-self.keeping._began_us)
        for each in fields(known):
            if isinstance(getattr(known, each.name), tuple):
                assert set(getattr(kept, each.name)) == set(getattr(known, each.name))
        assert kept.version == known.version


def json_of(values):
    return {place: json.loads(json.dumps(value)) for place, value in values.items()}


TestKeptAtAnyInputs = KeptAtAnyInputs.TestCase
TestKeptAtAnyInputs.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def secured_node(counter: int) -> Node:
    security = LinkSecurity((LinkKey(KEY),), frame_counter=counter)
    discovery = Configuration(
        Role.BORDER_ROUTER, eui64(255), profile=of_level(6), prefixes=(AdvertisedPrefix(PREFIX),), link_secured=True
    )
    return Node(NodeConfiguration(MacConfiguration(eui64(255), None, 0xABCD, security), discovery, of_level(6)))


def test_a_frame_counter_is_reserved_before_it_is_used_and_never_beyond_the_last(tmp_path):
    store = Store(str(tmp_path / "state.db"))
    for counter, reserved in ((1, 1 + AHEAD), (LAST_FRAME_COUNTER - 5, LAST_FRAME_COUNTER)):
        node = secured_node(counter)
        keeping = Keeping(store, str(counter))
        node.handle(0, Wake())
        keeping.keep(node)
        restored = Keeping(store, str(counter)).restored
        assert restored.frame_counter == reserved
        again = Node(replace(node.configuration, restored=restored))
        assert again.link.frame_counter == reserved


def test_each_thing_that_came_is_another_or_went_is_written():
    attacked, store = AttackedNode(Role.BORDER_ROUTER), Store(":memory:")
    node, keeping = attacked.node, Keeping(store, "one")
    before = keep(node, keeping, store)

    def registers(transaction, minutes=600):
        options = named(2), registration(2, minutes=minutes, tid=transaction)
        message = NeighborSolicitation(target=address(PREFIX, 2), options=options)
        attacked.hear_message(message.encode(), link_local(link(2)), MY_LL, sender=2)

    for happens, kinds in (
        (lambda: registers(240), {"registration", "binding"}),
        (lambda: registers(241), {"registration", "binding"}),
        (lambda: node.levels.advertised(link(2), of_level(1), secured=False), {"level"}),
        (lambda: node.levels.heard(link(2), is_router=True), {"level"}),
        (lambda: node.link.learn_address(bytes.fromhex("0007"), link(7)), {"short-address"}),
        (lambda: attacked.give(AnnounceContext(3, OTHER, 64)), {"context", NODE}),
        (lambda: attacked.give(WithdrawContext(3)), {"context", NODE}),
        (lambda: attacked.run(node.configuration.limits.context_change_delay_us), {"context", NODE}),
        (lambda: attacked.give(AnnouncePrefix(OTHER, 64, 100, 100)), {"prefix", NODE}),
        (lambda: registers(242, minutes=0), {"registration", "binding"}),
    ):
        happens()
        after = keep(node, keeping, store)
        changed = {place[0] for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        assert changed == kinds
        before = after
    assert not [kind for kind, _ in after if kind in ("registration", "context")]


def test_a_frame_that_was_taken_is_not_taken_again_behind_a_kill(tmp_path):
    """What a neighbor's frame changed is written before anybody learns of the frame."""
    node, path = AttackedNode(Role.BORDER_ROUTER, security=SECURITY), str(tmp_path / "state.db")
    keeping = Keeping(Store(path), "one")
    (frame,) = node.frames(udp(b"open the door", PEER_LL, MY_LL))
    outputs = node.node.handle(node.now, FrameReceived(frame))
    assert Reason.REPLAYED not in [one.reason for one in outputs if isinstance(one, Dropped)]
    keeping.keep(node.node)
    again = Node(replace(node.node.configuration, restored=Keeping(Store(path), "one").restored))
    again.handle(0, Wake())
    outputs = again.handle(1, FrameReceived(frame))
    assert Reason.REPLAYED in [one.reason for one in outputs if isinstance(one, Dropped)]
