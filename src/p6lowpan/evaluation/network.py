"""Small networks of our own nodes in the simulator, and what they sent, frame by frame."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capability.profile import RFC6282, Profile
from p6lowpan.capture.files import Capture
from p6lowpan.evaluation.radio import PAN, OnAir, on_air
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.wire.address import Ipv6Address, Link, LinkAddress, interface_identifier
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.sixlowpan.contexts import Context

PREFIX = bytes.fromhex("20010db800000000")
CONTEXT = Context(0, PREFIX + bytes(8), 64)
SECOND = 1_000_000
ICMPV6, UDP = 58, 17
ICMPV6_AT = 40


def eui64(number: int) -> LinkAddress:
    """The address of a node by its number; 0 is the border router."""
    return LinkAddress(bytes((2,)) + number.to_bytes(7, "big"))


def address(number: int) -> Ipv6Address:
    """Its address under the network's prefix."""
    return Ipv6Address(PREFIX + interface_identifier(eui64(number)))


def configuration(
    number: int,
    profile: Profile,
    *,
    advertise: Advertise = Advertise.ALWAYS,
    policy: Policy = Policy.OPTIMISTIC,
    stock: tuple[int, ...] = (),
) -> NodeConfiguration:
    """A node as the drafts describe theirs: RFC 6775, one prefix, one context; number 0 is the border router. Of the
    neighbours ``stock`` it takes for granted that they are complete RFC 6282 nodes."""
    routes = number == 0
    discovery = Configuration(
        role=Role.BORDER_ROUTER if routes else Role.HOST,
        extended=eui64(number),
        profile=profile,
        advertise=advertise,
        extended_registration=False,
        prefixes=(AdvertisedPrefix(Ipv6Address(CONTEXT.prefix)),) if routes else (),
        contexts=(CONTEXT,) if routes else (),
    )
    link = MacConfiguration(extended=eui64(number), short=None, pan=PAN)
    pinned = dict.fromkeys(map(eui64, stock), RFC6282)
    return NodeConfiguration(link=link, discovery=discovery, profile=profile, policy=policy, pinned=pinned, seed=number)


@dataclass(frozen=True, slots=True)
class Sent:
    """One IPv6 packet that crossed the link: its octets, the ends of its frames, when its first frame ended and when
    its last, and what its frames took on the air."""

    packet: bytes
    link: Link
    began_us: int
    at_us: int
    taken: OnAir

    @property
    def message_type(self) -> int | None:
        """Of an ICMPv6 message without extension headers."""
        return self.packet[ICMPV6_AT] if self.packet[6] == ICMPV6 else None


def packets_of(capture: bytes) -> Iterator[Sent]:
    """The packets of a capture, in order. Frames that the link sent again are left out: these links lose nothing, so
    that there is one only where two stations began at the same moment."""
    explainer = Explainer(Settings())
    taken: dict[Link, OnAir] = {}
    began: dict[Link, int] = {}
    for captured in Capture(io.BytesIO(capture)):
        explained = explainer.explain(captured)
        frame = explained.frame
        if not isinstance(frame, Frame) or frame.frame_type != FrameType.DATA or explained.repeated:
            continue
        link = Link(frame.source, frame.destination)
        taken[link] = taken.get(link, OnAir()) + on_air(link, [frame.payload])
        now = captured.time_ns // 1000
        began.setdefault(link, now)
        for packet in explained.packets:  # the frames since the last one between the same ends are its own
            yield Sent(packet.octets, link, began.pop(link), now, taken.pop(link))
