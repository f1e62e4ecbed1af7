"""Packets that wait for the radio, each node's in order, the nodes in turn.

Bounded in octets, as a whole and for each node: whoever floods one node fills that one's part, and no other's.
"""

from p6lowpan.capability.limits import Limits
from p6lowpan.machines.network.packet import Incoming
from p6lowpan.wire.address import Ipv6Address


class Waiting:
    """See the module."""

    def __init__(self, limits: Limits) -> None:
        self.octets = 0
        self._limits = limits
        self._packets: dict[Ipv6Address, list[Incoming]] = {}  # as many octets as the limits say

    def __len__(self) -> int:
        return sum(map(len, self._packets.values()))

    def put(self, destination: Ipv6Address, packet: Incoming) -> bool:
        """Let a packet wait; false where there is no room."""
        before, octets = self._packets.get(destination), len(packet.octets)
        mine = sum([len(one.octets) for one in before]) if before else 0
        if (
            mine + octets > self._limits.backbone_queue_octets_per_node
            or self.octets + octets > self._limits.backbone_queue_octets
        ):
            return False
        self.octets += octets
        if before is None:
            self._packets[destination] = [packet]
        else:
            before.append(packet)
        return True

    @property
    def next_octets(self) -> int:
        """How long the packet is whose turn it is; 0: none waits."""
        for packets in self._packets.values():
            return len(packets[0].octets)
        return 0

    def take(self) -> Incoming:
        """The packet whose turn it is; its node is then the last in turn."""
        destination = next(iter(self._packets))
        packets = self._packets.pop(destination)
        packet = packets.pop(0)
        if packets:
            self._packets[destination] = packets
        self.octets -= len(packet.octets)
        return packet
