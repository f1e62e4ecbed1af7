"""One node, a radio that always works, and neighbors that say what a test makes them say."""

import struct
from collections import Counter
from typing import Any

from fuzz.watched_node import overheard

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.layer import Outgoing
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.link.frame_security import FrameSecurity
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import Bind, ChannelAssessed, FrameReceived, Input, TransmitDone, Wake
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import Output
from p6lowpan.wire.address import BROADCAST, Link, link_local, parse_ipv6
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from properties.building import checksum
from properties.neighbors import MY_GLOBAL, MY_LINK, MY_LL, PREFIX, link
from properties.node_traffic import PAN, data_frame, icmpv6, payloads, receiver_of, whole

SECOND = 1_000_000
ICMPV6 = 58
KEY = LinkKey(bytes(range(16)))
SECURITY = LinkSecurity(keys=(KEY,))
FRAME_TIME = 4000
PORT = 61617
PEER, ATTACKER = 2, 3
PEER_LL, ATTACKER_LL = link_local(link(PEER)), link_local(link(ATTACKER))
OFF_LINK = parse_ipv6("2001:db8:9::9")


class AttackedNode:
    """``drops`` counts why things were dropped, ``sent`` holds the packets that the node sent, and to whom."""

    def __init__(
        self,
        role: Role = Role.HOST,
        level: int = 5,
        security: LinkSecurity | None = None,
        limits: Limits = P6LOWPAN,
        **configuration: Any,
    ) -> None:
        profile = profiles.of_level(level)
        discovery = Configuration(
            role=role,
            extended=MY_LINK,
            profile=profile,
            link_secured=security is not None,
            addresses=(MY_GLOBAL,) if role is Role.ROUTER else (),
            prefixes=(AdvertisedPrefix(PREFIX),) if role is Role.BORDER_ROUTER else (),
        )
        mac = MacConfiguration(MY_LINK, None, PAN, security)
        self.node = Node(
            NodeConfiguration(link=mac, discovery=discovery, profile=profile, limits=limits, **configuration)
        )
        self.now = 0
        self.drops: Counter[Reason] = Counter()
        self.outputs: list[Output] = []
        self.sent: list[tuple[bytes, bytes]] = []
        self._security = security
        self._neighbors: dict[int, FrameSecurity] = {}
        self._number = self._tag = 0
        self.give(Wake())

    def give(self, given: Input, acknowledged: bool | None = True) -> tuple[Output, ...]:
        """Give an input; the radio does what it is asked to."""
        with overheard() as events:
            outputs = self.node.handle(self.now, given)
        self.sent += [(event.destination, event.packet) for event in events if isinstance(event, Outgoing)]
        self.outputs += outputs
        self.drops.update(output.reason for output in outputs if isinstance(output, Dropped))
        for output in outputs:
            if isinstance(output, AssessChannel):
                self.give(ChannelAssessed(clear=True), acknowledged)
            elif isinstance(output, Transmit):
                self.now += FRAME_TIME
                self.give(TransmitDone(acknowledged), acknowledged)
        return outputs

    def run(self, duration: int = SECOND) -> None:
        """Time passes."""
        end = self.now + duration
        while self.node.deadline is not None and self.node.deadline <= end:
            self.now = max(self.now, self.node.deadline)
            self.give(Wake())
        self.now = max(self.now, end)

    def frame(
        self, payload: bytes, sender: int, receiver: bytes = MY_LINK, security: LinkSecurity | None = None
    ) -> bytes:
        """A frame of a neighbor, secured where a security is given."""
        self._number = (self._number + 1) % 256
        frame = data_frame(payload, link(sender), receiver, self._number, acknowledgement_request=0)
        if security is None:
            return frame.encode()
        neighbor = self._neighbors.get(sender)
        if neighbor is None:
            configuration = MacConfiguration(link(sender), None, PAN, security)
            neighbor = self._neighbors[sender] = FrameSecurity(configuration, P6LOWPAN)
        sealed = neighbor.seal(frame)
        assert not isinstance(sealed, Dropped)
        return sealed.encode()

    def frames(
        self, packet: bytes, sender: int = 2, profile: str = "level-0", *, plain: bool = False, everybody: bool = False
    ) -> list[bytes]:
        """A packet as a neighbor sends it: under the node's key, unless ``plain``."""
        self._tag = (self._tag + 1) % 0x10000
        receiver = BROADCAST if everybody else receiver_of(packet)
        made = payloads(packet, Link(link(sender), receiver), {}, profile, self._tag)
        security = None if plain else self._security
        return [self.frame(payload, sender, receiver, security) for payload in made]

    def hear(self, packet: bytes, sender: int = 2, profile: str = "level-0", **way: bool) -> None:
        """A packet comes from a neighbor."""
        for frame in self.frames(packet, sender, profile, **way):
            self.now += FRAME_TIME
            self.give(FrameReceived(frame))

    def hear_message(
        self, message: bytes, source: bytes, destination: bytes = MY_LL, hop_limit: int = 255, **way: Any
    ) -> None:
        """An ICMPv6 message comes."""
        self.hear(whole(ICMPV6, icmpv6(message, source, destination), source, destination, hop_limit), **way)

    def messages(self) -> list[Any]:  # Any: headers of every kind
        """The ICMPv6 messages that the node sent, decoded."""
        return [MESSAGES.decode(packet[40:])[0] for _, packet in self.sent if packet[6] == ICMPV6]

    def errors(self) -> list[bytes]:
        """The packets with ICMPv6 errors that the node sent."""
        return [packet for _, packet in self.sent if packet[6] == ICMPV6 and packet[40] < 128]

    def received(self, kind: type[Output]) -> list[Any]:  # type: ignore[valid-type]
        """The outputs of a kind."""
        return [output for output in self.outputs if isinstance(output, kind)]


def listening(**configuration: Any) -> AttackedNode:
    """A node with a socket."""
    node = AttackedNode(**configuration)
    node.give(Bind(PORT))
    return node


def udp(payload: bytes, source: bytes = PEER_LL, destination: bytes = MY_LL, port: int = PORT) -> bytes:
    """A datagram to a port of the node's."""
    segment = struct.pack(">HHHH", PORT, port, 8 + len(payload), 0) + payload
    total = checksum(source, destination, 17, segment)
    return whole(17, segment[:6] + struct.pack(">H", total) + segment[8:], source, destination)
