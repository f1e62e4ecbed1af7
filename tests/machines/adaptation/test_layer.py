"""Two adaptation layers, frames carried by hand: whatever their levels, every packet arrives once."""

import itertools

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from p6lowpan.capability.features import lowest_level
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import RFC6282, Profile, of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.machines.adaptation.context_table import ContextTable
from p6lowpan.machines.adaptation.discovery import Levels, Policy
from p6lowpan.machines.adaptation.layer import AdaptationLayer, AdaptationOutput, Arrived, Complained, Outgoing
from p6lowpan.machines.adaptation.news import How, Learned
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import BROADCAST, Link, LinkAddress, link_local
from p6lowpan.wire.checksum import udp_checksum
from p6lowpan.wire.ipv6 import icmpv6
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.payload import decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of

ONE = LinkAddress(bytes.fromhex("0212345678abcd01"))
TWO = LinkAddress(bytes.fromhex("0212345678abcd02"))
THREE = LinkAddress(bytes.fromhex("0212345678abcd03"))
PREFIX = bytes.fromhex("20010db800000000")
CONTEXT = Context(0, PREFIX + bytes(8), 64)
ROOM = 80


def ipv6(next_header: int, payload: bytes, hop_limit: int = 64, group: bool = False, stateful: bool = False) -> bytes:
    source, destination = link_local(ONE), bytes.fromhex("ff020000000000000000000000000001")
    if not group:
        destination = link_local(TWO)
    if stateful:
        source, destination = PREFIX + source[8:], PREFIX + destination[8:]  # type: ignore[assignment]
    header = Ipv6(payload_length=len(payload), next_header=next_header, hop_limit=hop_limit, source=source,
                  destination=destination)  # fmt: skip
    return header.encode() + payload


def udp(data: bytes, **more: bool) -> bytes:
    segment = bytes.fromhex("f0b0f0b1") + (len(data) + 8).to_bytes(2, "big") + bytes(2) + data
    bare = ipv6(17, segment, **more)
    checksum = udp_checksum(bare[8:24], bare[24:40], segment)
    return bare[:46] + checksum.to_bytes(2, "big") + bare[48:]


def mix() -> list[bytes]:
    """Packets that between them use every feature a level has on one hop."""
    options = bytes.fromhex("110001040000 0000".replace(" ", ""))
    echo = bytes.fromhex("8000000000010001") + b"ping" * 4
    return [
        udp(b"small"),
        udp(b"stateful", stateful=True),
        ipv6(58, echo, hop_limit=37),
        ipv6(60, options + udp(b"behind an option")[40:]),
        ipv6(41, udp(b"inside")),
        udp(bytes(range(256)) * 4 + bytes(208)),
        ipv6(59, b""),
    ]


class Pair:
    """Two layers and the wire between them; class errors go where the network layer would take them."""

    def __init__(self, one: Profile, two: Profile, policy: Policy = Policy.OPTIMISTIC) -> None:
        self.layers = {ONE: self.layer(ONE, one, policy), TWO: self.layer(TWO, two, policy)}
        self.now = 0
        self.arrived: list[bytes] = []
        self.errors = 0
        self.learned: list[Learned] = []
        self.frames: list[tuple[LinkAddress, bytes]] = []
        self.drops: list[Dropped] = []

    @staticmethod
    def layer(address: LinkAddress, profile: Profile, policy: Policy) -> AdaptationLayer:
        levels = Levels(profile, P6LOWPAN, policy)
        return AdaptationLayer((address,), levels, ContextTable((CONTEXT,)), P6LOWPAN, lambda _neighbor, _source: ROOM)

    def send(self, packet: bytes) -> None:
        self.carry(ONE, self.layers[ONE].send(self.now, packet, TWO))

    def carry(self, sender: LinkAddress, outputs: tuple[AdaptationOutput, ...]) -> None:
        self.now += 1000
        for output in outputs:
            match output:
                case Outgoing():
                    self.frames.append((sender, output.payload))
                    receiver = TWO if sender == ONE else ONE
                    link = Link(sender, output.destination)
                    self.carry(receiver, self.layers[receiver].received(self.now, output.payload, link, False))
                case Arrived():
                    self.handed_up(sender, output)
                case Learned():
                    self.learned.append(output)
                case Dropped():
                    self.drops.append(output)

    def handed_up(self, owner: LinkAddress, arrived: Arrived) -> None:
        if arrived.packet[6] == 58:
            message, _ = icmpv6.MESSAGES.decode(arrived.packet[40:])
            if isinstance(message, ClassUnsupported):
                self.errors += 1
                layer = self.layers[owner]
                news = layer.levels.error_received(arrived.link_source, message.profile, arrived.secured)
                self.carry(owner, layer.learned(self.now, news))
                return
        self.arrived.append(arrived.packet)

    def pass_time(self) -> None:
        while (deadline := self.layers[ONE].deadline) is not None:
            self.now = max(self.now, deadline)
            self.carry(ONE, self.layers[ONE].tick(self.now))


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize(("one", "two"), list(itertools.product(range(7), repeat=2)))
def test_every_packet_arrives_once_at_the_cost_of_one_error(one: int, two: int, policy: Policy) -> None:
    pair = Pair(of_level(one), of_level(two), policy)
    packets = mix()
    for packet in packets:
        pair.send(packet)
        pair.pass_time()
    assert sorted(pair.arrived) == sorted(packets)
    assert pair.errors == (policy is Policy.OPTIMISTIC and one > two)


@pytest.mark.parametrize(("one", "two"), list(itertools.product(range(7), repeat=2)))
def test_a_burst_to_a_neighbor_of_unknown_level_arrives_whole(one: int, two: int) -> None:
    pair = Pair(of_level(one), of_level(two))
    packets = mix() * 3
    for packet in packets:
        pair.send(packet)
    pair.pass_time()
    assert sorted(pair.arrived) == sorted(packets)
    assert pair.errors <= 1


@pytest.mark.parametrize(("one", "two"), list(itertools.product(range(7), repeat=2)))
def test_no_frame_goes_above_a_level_that_is_known(one: int, two: int) -> None:
    pair = Pair(of_level(one), of_level(two))
    pair.layers[ONE].levels.advertised(TWO, of_level(two), secured=False)
    for packet in mix():
        pair.send(packet)
    assert pair.errors == 0
    for sender, frame in pair.frames:
        payload = decode_payload(frame, Link(sender, TWO), {0: CONTEXT}, P6LOWPAN)
        used = lowest_level(features_of(payload))
        assert used is not None
        assert used <= min(one, two)


def test_the_error_of_a_level_is_readable_at_its_level_and_says_it() -> None:
    pair = Pair(of_level(6), of_level(2))
    pair.send(udp(b"too high"))
    assert [(news.neighbor, news.profile.level, news.how) for news in pair.learned] == [(TWO, 2, How.ERROR)]
    assert Reason.FEATURE_ABOVE_PROFILE in [drop.reason for drop in pair.drops]


def test_nothing_answers_a_broadcast_frame() -> None:
    pair = Pair(of_level(5), of_level(0))
    packet = udp(b"to all", group=True)
    pair.carry(ONE, pair.layers[ONE].send(0, packet, BROADCAST, of_level(5)))
    assert pair.errors == 0
    assert pair.arrived == []
    assert [drop.reason for drop in pair.drops] == [Reason.FEATURE_ABOVE_PROFILE]


def test_multicast_goes_so_that_everyone_can_read_it() -> None:
    pair = Pair(of_level(5), of_level(0))
    packet = udp(b"to all", group=True)
    pair.carry(ONE, pair.layers[ONE].send(0, packet, BROADCAST))
    assert pair.arrived == [packet]


def test_multicast_goes_once_more_to_whom_the_others_share_no_form_with() -> None:
    levels = Levels(of_level(5), P6LOWPAN, pinned={TWO: PROFILES["linux"]})  # takes no uncompressed packet
    levels.heard(THREE)  # may take nothing else
    layer = AdaptationLayer((ONE,), levels, ContextTable((CONTEXT,)), P6LOWPAN, lambda _neighbor, _source: ROOM)
    packet = udp(b"to all", group=True)
    sent = [output for output in layer.send(0, packet, BROADCAST) if isinstance(output, Outgoing)]
    assert [output.destination for output in sent] == [BROADCAST, TWO]
    assert sent[0].payload == b"\x41" + packet
    link = Link(ONE, TWO)
    decoded = decode_payload(sent[1].payload, link, {0: CONTEXT}, P6LOWPAN)
    assert decoded.expanded is not None
    assert decoded.expanded.octets == packet
    assert features_of(decoded) <= PROFILES["linux"].receives


@pytest.mark.parametrize(
    ("own", "pinned"), [(of_level(0), {ONE: RFC6282}), (PROFILES["tock"], {})], ids=["to a stock stack", "from one"]
)
def test_class_errors_are_between_nodes_of_p6lowpan_alone(own: Profile, pinned: dict[LinkAddress, Profile]) -> None:
    levels = Levels(own, P6LOWPAN, pinned=pinned)
    layer = AdaptationLayer((TWO,), levels, ContextTable((CONTEXT,)), P6LOWPAN, lambda _neighbor, _source: ROOM)
    packet = udp(b"with a traffic class")
    packet = bytes((packet[0], packet[1] | 0x10)) + packet[2:]
    frame = Pair.layer(ONE, of_level(4), Policy.OPTIMISTIC).send(0, packet, TWO)[0]
    assert isinstance(frame, Outgoing)
    (drop,) = layer.received(0, frame.payload, Link(ONE, TWO), False)
    assert isinstance(drop, Dropped)
    assert drop.reason is Reason.FEATURE_ABOVE_PROFILE
    assert layer.dropped[Reason.FEATURE_ABOVE_PROFILE] == 1


def test_errors_are_no_more_than_the_bucket_holds() -> None:
    layer = Pair.layer(TWO, of_level(0), Policy.OPTIMISTIC)
    frame = Pair.layer(ONE, of_level(5), Policy.OPTIMISTIC).send(0, udp(b"x"), TWO)[0]
    assert isinstance(frame, Outgoing)
    answers = told = 0
    for index in range(200):
        source = LinkAddress(index.to_bytes(8, "big"))
        outputs = layer.received(0, frame.payload, Link(source, TWO), False)
        answers += sum(isinstance(output, Outgoing) for output in outputs)
        told += sum(isinstance(output, Complained) and output.neighbor == source for output in outputs)
    assert answers == told == P6LOWPAN.icmpv6_error_burst
    assert layer.dropped[Reason.ERROR_LIMIT] == 200 - answers


@settings(deadline=None, max_examples=12, phases=[Phase.generate])
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_flex_nodes_with_any_fields_always_end_in_communication(one: int, two: int) -> None:
    pair = Pair(of_flex(one), of_flex(two))
    packets = mix()
    for packet in packets:
        pair.send(packet)
    pair.pass_time()
    assert sorted(pair.arrived) == sorted(packets)
    assert pair.errors <= 1
