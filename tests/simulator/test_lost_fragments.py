"""A datagram of which a fragment is lost takes no more of the air; the others go on."""

import io

from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.pcap import PcapReader
from p6lowpan.capture.source import Source
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import Bind, SendUdp
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import DeliverUdp, NotDelivered
from p6lowpan.simulator.faults import PowerOff
from p6lowpan.simulator.topology import full
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import LinkAddress, link_local
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import FrameType
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment

SECOND, PORT, SIZE, ATTEMPTS = 1_000_000, 5683, 600, 4
SENDER, GONE, THERE = (LinkAddress(bytes((2, 0, 0, 0, 0, 0, 0, number))) for number in (1, 2, 3))


def frames_of(stream):
    return [frame.octets for frame in PcapReader(Source(io.BytesIO(stream.getvalue())))]


def node(extended):
    profile = of_level(3)
    return Node(
        NodeConfiguration(
            link=MacConfiguration(extended=extended, short=None, pan=0xABCD),
            discovery=Configuration(role=Role.HOST, extended=extended, mode=Mode.REGULAR, profile=profile),
            profile=profile,
            pinned=dict.fromkeys((SENDER, GONE, THERE), profile),
        )
    )


def offset_of(payload):
    """Where a fragment begins in its datagram; ``None`` for what is none."""
    if payload[0] >> 3 == 0b11000:
        return FirstFragment.decode(payload)[0].datagram_tag, 0
    if payload[0] >> 3 == 0b11100:
        header, _ = SubsequentFragment.decode(payload)
        return header.datagram_tag, header.datagram_offset
    return None


def test_behind_two_fragments_that_nobody_acknowledges_no_other_of_its_datagram_is_on_the_air():
    said, stream = [], io.BytesIO()
    world = World(1, stream=stream, listener=lambda *one: said.append(one))
    world.place(full(3), [node(extended) for extended in (SENDER, GONE, THERE)])
    for number in range(3):
        world.inject(0, number, Bind(PORT))
    world.run(2 * SECOND)
    # Each knows the other's address by a packet, so that the datagrams below begin at once.
    for neighbor in (GONE, THERE):
        world.inject(world.now, 0, SendUdp(PORT, link_local(neighbor), PORT, b"hello"))
    world.run(4 * SECOND)
    world.plan(PowerOff(world.now, 1))
    del said[:]
    before = len(frames_of(stream))
    for neighbor, letter in ((GONE, b"a"), (THERE, b"b"), (GONE, b"c"), (THERE, b"d")):
        world.inject(world.now, 0, SendUdp(PORT, link_local(neighbor), PORT, letter * SIZE))
    world.run(6 * SECOND)

    sent = [decode_frame(octets, 2)[0] for octets in frames_of(stream)[before:]]
    data = [frame for frame in sent if frame.frame_type == FrameType.DATA and frame.source == SENDER]
    in_vain = [offset_of(frame.payload) for frame in data if frame.destination == GONE]
    fragments = [one for one in in_vain if one is not None]
    assert len({offset for _, offset in fragments}) == 2  # the first two of each, and nothing behind them
    assert len(fragments) == 2 * 2 * ATTEMPTS
    delivered = [output.payload[:1] for _, owner, output in said if owner == 2 and isinstance(output, DeliverUdp)]
    assert delivered == [b"b", b"d"]

    told = [output for _, owner, output in said if owner == 0 and isinstance(output, NotDelivered)]
    assert [one.packet[-1:] for one in told if len(one.packet) > SIZE] == [b"a", b"a", b"c", b"c"]
    drops = [output for _, owner, output in said if owner == 0 and isinstance(output, Dropped)]
    rest = [one for one in drops if one.reason is Reason.INCOMPLETE_DATAGRAM]
    whole = sum(offset_of(frame.payload) is not None for frame in data if frame.destination == THERE)
    assert len(rest) == whole - 4  # as many fragments as the other two had, but the first two of each
