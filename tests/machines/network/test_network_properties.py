"""The network layer under any packets at any times: it never raises, never answers what it must not, keeps its bounds,
and does the same again."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.network import Network
from p6lowpan.machines.network.outputs import Outputs, Route
from p6lowpan.wire.address import parse_ipv6
from properties.network import (
    BROADCAST_FRAME,
    DESTINATION,
    FRAGMENT,
    FRAME,
    HOP_BY_HOP,
    ICMPV6,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR_LINK_LOCAL,
    ROUTING,
    STRANGE_GROUP,
    drops,
    limited,
    message_of,
    node,
)
from properties.network_packets import DESTINATIONS, OTHER, hostile, packets

LIMITS = limited(
    own_addresses=3,
    joined_groups=2,
    udp_ports=3,
    static_routes=2,
    on_link_prefixes=2,
    default_routers=2,
    icmpv6_error_burst=3,
    icmpv6_errors_per_second=2,
    fragmented_packets=2,
    fragmented_packet_us=3_000_000,
)
SECOND = 1_000_000
OWN = [parse_ipv6(text) for text in (ME, MY_LINK_LOCAL, OTHER)]
GROUPS = [parse_ipv6(text) for text in (STRANGE_GROUP, "ff05::7", "ff03::fc")]
PREFIXES = [parse_ipv6(text) for text in ("2001:db8:1::", "2001:db8:3::", "2001:db8:ffff::", "::")]
HOPS = [parse_ipv6(text) for text in (NEIGHBOR_LINK_LOCAL, "fe80::b", "fe80::c")]
BEHIND_ONE_ANOTHER = {HOP_BY_HOP, ROUTING, DESTINATION}


def upper_layer(packet: bytes) -> tuple[int, bytes]:
    """The protocol behind the extension headers and what it carries, found without any of our code."""
    protocol, octets = packet[6], packet[40:]
    while len(octets) >= 8 and protocol in BEHIND_ONE_ANOTHER | {FRAGMENT}:
        if protocol == FRAGMENT:
            protocol, octets = octets[0], b"" if octets[2:4] >= b"\0\x08" else octets[8:]
        else:
            protocol, octets = octets[0], octets[8 * octets[1] + 8 :]
    return protocol, octets


def own_errors(outputs: Outputs) -> list[Route]:
    """The ICMPv6 errors of ours: nobody else's packet has one of our addresses as its source."""
    routes = [output for output in outputs if isinstance(output, Route)]
    ours = [route for route in routes if route.packet[8:24] in OWN and route.packet[6] == ICMPV6]
    return [route for route in ours if route.packet[40] < 128]


class AnyTraffic(RuleBasedStateMachine):
    """One router, and everything that can happen to it. Its twin is told the same and must say the same."""

    @initialize()
    def begin(self) -> None:
        self.node, self.now = node(limits=LIMITS), 0
        self.log: list[tuple[tuple[object, ...], object]] = []
        self.errors_at: list[int] = []

    def tell(self, method: str, *arguments: object) -> Outputs:
        """Do it, note it, and count the errors that it brought."""
        outputs = call(self.node, method, *arguments)
        self.log.append(((method, *arguments), outputs))
        errors = own_errors(outputs) if isinstance(outputs, tuple) else []
        for route in errors:
            self.errors_at.append(self.now)
            self.check(route)
        assert not isinstance(outputs, tuple) or all(
            len(output.packet) <= LIMITS.datagram_octets for output in outputs if isinstance(output, Route)
        )
        return outputs

    def check(self, route: Route) -> None:
        """The error is well made, and about nothing of RFC 4443 section 2.4 e."""
        _, error = message_of(route)
        quoted = error.invoking_packet
        assert len(route.packet) == min(48 + len(quoted), 1280)
        protocol, octets = upper_layer(quoted)
        assert not (protocol == ICMPV6 and octets and (octets[0] < 128 or octets[0] == 137))
        assert quoted[8:24] != bytes(16)
        assert quoted[8] != 0xFF
        if quoted[24] == 0xFF:
            self.check_exception(error)

    def check_exception(self, error: object) -> None:
        """Of a multicast: too big, or an option of which the type says that even a multicast is reported."""
        if error.type != 2:
            assert (error.type, error.code) == (4, 2)
            assert error.invoking_packet[error.pointer] >> 6 == 0b10

    @rule(packet=packets(), pause=st.integers(0, SECOND // 4))
    def a_packet_comes(self, packet: bytes, pause: int) -> None:
        self.now += pause
        outputs = self.tell("received", self.now, packet, FRAME)
        fragment = bytes((FRAGMENT,)) in packet
        assert outputs or fragment, "a packet was dropped in silence"

    @rule(packet=packets(), count=st.integers(2, 6))
    def a_packet_comes_again_and_again(self, packet: bytes, count: int) -> None:
        for _ in range(count):
            self.tell("received", self.now, packet, FRAME)

    @rule(packet=packets())
    def a_packet_comes_in_a_frame_for_everybody(self, packet: bytes) -> None:
        outputs = self.tell("received", self.now, packet, BROADCAST_FRAME)
        for route in own_errors(outputs):
            _, error = message_of(route)
            if error.invoking_packet in packet:  # not a packet of which earlier fragments came otherwise
                self.check_exception(error)

    @rule(octets=hostile())
    def hostile_octets_come(self, octets: bytes) -> None:
        self.tell("received", self.now, octets, FRAME)

    @rule(octets=packets() | hostile())
    def a_packet_is_sent(self, octets: bytes) -> None:
        self.tell("send", self.now, octets)

    @rule(destination=st.sampled_from(DESTINATIONS), payload=st.binary(max_size=20), port=st.integers(0, 9))
    def a_datagram_is_sent(self, destination: str, payload: bytes, port: int) -> None:
        assert self.tell("send_udp", self.now, 40000, parse_ipv6(destination), port, payload)

    @rule(packet=packets())
    def a_next_hop_does_not_answer(self, packet: bytes) -> None:
        assert drops(self.tell("unreachable", self.now, packet))

    @rule(pause=st.integers(0, 4 * SECOND))
    def time_passes(self, pause: int) -> None:
        deadline = self.node.deadline
        self.now += pause
        outputs = self.tell("tick", self.now)
        assert outputs == () or (deadline is not None and deadline <= self.now)
        assert self.node.deadline is None or self.node.deadline > self.now

    @rule(
        address=st.sampled_from(OWN),
        state=st.sampled_from(AddressState),
        lifetimes=st.tuples(*[st.none() | st.integers(0, 3 * SECOND)] * 2),
    )
    def an_address_is_assigned(self, address: bytes, state: AddressState, lifetimes: tuple[int | None, ...]) -> None:
        self.tell("addresses.assign", self.now, address, state, 64, *lifetimes)

    @rule(address=st.sampled_from(OWN), event=st.sampled_from(["confirm", "deprecate"]))
    def an_address_changes(self, address: bytes, event: str) -> None:
        self.tell(f"addresses.{event}", self.now, address)

    @rule(address=st.sampled_from(OWN))
    def an_address_is_lost(self, address: bytes) -> None:
        self.tell("addresses.remove", address, Reason.DUPLICATE_ADDRESS)

    @rule(group=st.sampled_from(GROUPS), method=st.sampled_from(["join", "leave"]))
    def groups_change(self, group: bytes, method: str) -> None:
        self.tell(f"addresses.{method}", group)

    @rule(port=st.integers(0, 9), method=st.sampled_from(["bind", "close"]))
    def ports_change(self, port: int, method: str) -> None:
        self.tell(method, port)

    @rule(
        prefix=st.sampled_from(PREFIXES),
        length=st.sampled_from([0, 48, 64, 128, 129]),
        hop=st.sampled_from(HOPS),
        lifetime=st.none() | st.integers(0, 3 * SECOND),
    )
    def routes_change(self, prefix: bytes, length: int, hop: bytes, lifetime: int | None) -> None:
        self.tell("routes.add_on_link", self.now, prefix, length, lifetime)
        self.tell("routes.add_static", self.now, prefix, length, hop, lifetime)
        self.tell("routes.add_default_router", self.now, hop, lifetime, length)

    @rule()
    def a_copy_takes_over(self) -> None:
        self.node = copy.deepcopy(self.node)

    @invariant()
    def no_bound_is_exceeded(self) -> None:
        assert len(self.node.addresses.own(self.now)) <= LIMITS.own_addresses
        assert len(self.node.addresses.groups) <= LIMITS.joined_groups
        assert len(self.node.ports.bound) <= LIMITS.udp_ports
        most = LIMITS.static_routes + LIMITS.on_link_prefixes + LIMITS.default_routers
        assert len(self.node.routes.rows) <= most
        held = self.node._input.reassembler
        assert len(held) <= LIMITS.fragmented_packets
        assert held.octets <= LIMITS.fragmented_packets * LIMITS.fragmented_packet_octets

    @invariant()
    def there_are_never_more_errors_than_the_bucket_allows(self) -> None:
        for first, start in enumerate(self.errors_at):
            allowed = LIMITS.icmpv6_error_burst + (self.now - start) * LIMITS.icmpv6_errors_per_second / SECOND
            assert len(self.errors_at) - first <= allowed

    def teardown(self) -> None:
        """The same again, from the start."""
        twin = node(limits=LIMITS)
        assert [call(twin, *told) for told, _ in self.log] == [outputs for _, outputs in self.log]


def call(network: Network, method: str, *arguments: object) -> object:
    """A method of the node, or of one of its tables."""
    target: object = network
    *path, name = method.split(".")
    for attribute in path:
        target = getattr(target, attribute)
    return getattr(target, name)(*arguments)


TestAnyTraffic = AnyTraffic.TestCase
TestAnyTraffic.settings = settings(max_examples=60, stateful_step_count=30)


@given(packets(), st.sampled_from([FRAME, BROADCAST_FRAME]))
@settings(max_examples=300)
def test_a_packet_is_never_dropped_in_silence(packet, frame):
    here = node()
    outputs = here.received(0, packet, frame)
    assert outputs or len(here._input.reassembler)


@given(packets())
@settings(max_examples=200)
def test_what_comes_out_is_always_a_packet_that_another_node_can_read(packet):
    neighbor = node()
    for output in node().received(0, packet, FRAME):
        if isinstance(output, Route):
            assert not set(drops(neighbor.received(0, output.packet, FRAME))) & {Reason.TRAILING, Reason.FIXED_VALUE}
