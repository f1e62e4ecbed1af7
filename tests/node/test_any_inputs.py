"""Whatever comes to a node, and whenever: it never raises, holds no more than it may, errs as RFC 4443 allows, and does
the same again. What is looked at after each input is in :mod:`fuzz.watched_node`.

``P6LOWPAN_EXAMPLES=2000`` looks longer.
"""

import os
from collections import deque
from dataclasses import replace
from pathlib import Path

from fuzz.watched_node import WatchedNode
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capture.files import open_capture
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.link.frame_security import FrameSecurity
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.machines.neighbor_discovery.configuration import (
    Advertise,
    AdvertisedPrefix,
    Configuration,
    Mode,
    Role,
)
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.inputs import (
    Bind,
    ChannelAssessed,
    Close,
    FrameReceived,
    SendIcmpv6,
    SendPacket,
    SendUdp,
    TransmitDone,
    Wake,
)
from p6lowpan.wire.address import BROADCAST, Link, link_local, parse_ipv6
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import ME, MY_GLOBAL, MY_LINK, MY_LL, PREFIX, SHORT, advertisement, link, pio
from properties.node_traffic import (
    DESTINATIONS,
    PAN,
    PORT,
    PROFILES,
    REORDERINGS,
    SENDERS,
    data_frame,
    discovery_packets,
    disorder,
    icmpv6,
    packets,
    payloads,
    receiver_of,
    whole,
)

EXAMPLES = int(os.environ.get("P6LOWPAN_EXAMPLES", "40"))
LIMITS = replace(
    P6LOWPAN,
    reassembly_buffers=4, reassembly_octets=2 * 1280, reassembly_duplicates=2, completed_datagrams=3,
    link_queue_frames=8, duplicate_sources=4, duplicate_frames_per_source=2, secured_neighbors=5, short_addresses=2,
    discovery_neighbors=4, own_addresses=4, joined_groups=2, udp_ports=2, static_routes=2, on_link_prefixes=3,
    default_routers=2, icmpv6_error_burst=3, icmpv6_errors_per_second=2, fragmented_packets=2, neighbors=6,
    neighbors_for_routers=2, neighbors_for_registered=2, neighbor_queue_packets=2, prefixes=2, border_routers=2,
    bindings=4, duplicate_requests=2, pending_advertisements=2,
)  # fmt: skip
SECURITY = LinkSecurity(keys=(LinkKey(bytes(range(16))),))
CONTEXT = Context(0, PREFIX[:8] + bytes(8), 64)
FAR = parse_ipv6("2001:db8:9::")
SECOND = 1_000_000
WAITS = st.sampled_from((0, 1, 300, 5000, SECOND, 60 * SECOND, 3600 * SECOND))
NAMES = st.one_of(st.integers(0, 6).map("level-{}".format), st.integers(0, 0xFFFFFFFF).map("flex:{:08x}".format))
DISPATCHES = st.sampled_from((0x41, 0x42, 0x50, 0x60, 0x7B, 0x7F, 0x80, 0xB0, 0xC0, 0xE0, 0xE8, 0xEA, 0xF0, 0xF1, 0x40))
CAPTURES = Path(__file__).parent.parent / "vectors" / "captures"


def captured_payloads() -> list[bytes]:
    """What real nodes put into their data frames: every fifth frame of the captures without security."""
    found = []
    for path in sorted(CAPTURES.glob("*.pcap")):
        with open_capture(str(path)) as capture:
            frames = [decode_frame(frame.octets, fcs_octets=2)[0] for frame in list(capture)[::5]]
        found += [frame.payload for frame in frames if isinstance(frame, Frame) and not frame.security_enabled]
    return sorted({payload for payload in found if payload})


CAPTURED = captured_payloads()


def configuration(role, mode, profile, policy, *, secured, short, advertise, seed):
    is_border = role is Role.BORDER_ROUTER
    discovery = Configuration(
        role=role,
        mode=mode,
        extended=MY_LINK,
        short=SHORT if short else None,
        profile=profile,
        advertise=advertise,
        link_secured=secured,
        prefixes=(AdvertisedPrefix(PREFIX),) if is_border else (),
        contexts=(CONTEXT,) if is_border else (),
    )
    mac = MacConfiguration(MY_LINK, SHORT if short else None, PAN, SECURITY if secured else None, hardware_csma=short)
    return NodeConfiguration(
        link=mac,
        discovery=discovery,
        profile=profile,
        policy=policy,
        pinned={link(6): profiles.RFC6282},
        contexts=(CONTEXT,),
        routes=(StaticRoute(FAR, 48, link_local(link(5))),),
        limits=LIMITS,
        seed=seed,
    )


class AnyInputs(RuleBasedStateMachine):
    """One node, its radio, its owner, and its neighbors, none of whom keeps any rule."""

    @initialize(
        role=st.sampled_from(Role),
        mode=st.sampled_from((Mode.LOWPAN, Mode.LOWPAN, Mode.REGULAR)),
        name=NAMES,
        policy=st.sampled_from(Policy),
        secured=st.booleans(),
        short=st.booleans(),
        advertise=st.sampled_from(Advertise),
        seed=st.integers(0, 9),
    )
    def begin(self, role, mode, name, policy, secured, short, advertise, seed):
        profile = profiles.by_name(name)
        given = configuration(role, mode, profile, policy, secured=secured, short=short, advertise=advertise, seed=seed)
        self.watched = WatchedNode(given)
        self.asked = deque(maxlen=4)
        self.keys = {}
        self.number = self.tag = 0
        self.give(Wake())

    def give(self, given, packet=None):
        outputs = self.watched.give(given, packet)
        self.asked += [output for output in outputs if isinstance(output, AssessChannel | Transmit)]
        return outputs

    def hear(self, payload, sender, receiver=MY_LINK, packet=None, forge=False):
        """A frame comes: secured where the link demands it, but for a forged one."""
        self.number = (self.number + 1) % 256
        if self.watched.configuration.link.security is None or forge:
            frame = data_frame(payload, sender, receiver, self.number)
        else:
            number = int.from_bytes(sender[-2:], "big")
            if number not in self.keys:
                neighbor = MacConfiguration(link(number), None, PAN, SECURITY)
                self.keys[number] = FrameSecurity(neighbor, LIMITS)
            frame = self.keys[number].seal(data_frame(payload, link(number), receiver, self.number))
        self.give(FrameReceived(frame.encode()[:125]), packet)

    def hear_packet(self, packet, sender, profile, forge=False, kind="as they are", place=0, receiver=None):
        receiver = receiver_of(packet) if receiver is None else receiver
        contexts = self.watched.node.contexts.for_decompression(self.watched.now)
        self.tag = (self.tag + 1) % 0x10000
        frames = payloads(packet, Link(sender, receiver), contexts, profile, self.tag)
        for payload in disorder(frames, kind, place):
            damaged = kind in ("cut", "one bit", "moved")
            self.hear(payload, sender, receiver, None if damaged else packet, forge)

    # --- neighbors ---------------------------------------------------------------------------------------------------

    @rule(
        packet=packets(),
        sender=SENDERS,
        profile=PROFILES,
        forge=st.sampled_from((False, False, True)),
        kind=st.sampled_from(("as they are", *REORDERINGS)),
        place=st.integers(0, 1000),
        everybody=st.sampled_from((False, False, False, True)),
    )
    def hear_any_packet(self, packet, sender, profile, forge, kind, place, everybody):
        self.hear_packet(packet, sender, profile, forge, kind, place, BROADCAST if everybody else None)

    @rule(packet=discovery_packets(), number=st.integers(2, 6), profile=PROFILES, forge=st.sampled_from((False, True)))
    def hear_discovery(self, packet, number, profile, forge):
        self.hear_packet(packet, link(number), profile, forge)

    @rule(number=st.integers(2, 4), lifetime=st.sampled_from((0, 30, 1800)), profile=PROFILES)
    def hear_a_router(self, number, lifetime, profile):
        source = link_local(link(number))
        message = advertisement(pio(), number=number, lifetime=lifetime, extended=number == 2)
        self.hear_packet(whole(58, icmpv6(message.encode(), source, MY_LL), source, MY_LL, 255), link(number), profile)

    @rule(number=st.integers(2, 4), status=st.sampled_from((0, 0, 0, 1, 2)), about=st.sampled_from((MY_LL, MY_GLOBAL)))
    def hear_an_answer(self, number, status, about):
        ledgers = self.watched.node.discovery.host.registrant.ledgers
        option = AddressRegistration(
            status=status,
            has_transaction=int(number == 2),
            transaction=ledgers[-1].transaction if ledgers else 240,
            lifetime_minutes=60,
            ownership_verifier=link(ME),
        )
        source = link_local(link(number))
        message = NeighborAdvertisement(router=1, solicited=1, target=about, options=(option,)).encode()
        packet = whole(58, icmpv6(message, source, MY_LL), source, MY_LL, 255)
        self.hear_packet(packet, link(number), "level-0")

    @rule(first=st.integers(2, 2000), count=st.integers(1, 30), packet=packets(), part=st.sampled_from((0, 1, -1)))
    def hear_fragments_of_many(self, first, count, packet, part):
        for number in range(first, first + count):
            way = Link(link(number), MY_LINK)
            frame = payloads(packet.ljust(300, b"\0"), way, {}, "level-0", number)[part:][:1]
            for payload in frame:
                self.hear(payload, way.source, forge=True)

    @rule(dispatch=DISPATCHES, octets=st.binary(max_size=100), sender=SENDERS, forge=st.booleans())
    def hear_any_payload(self, dispatch, octets, sender, forge):
        self.hear(bytes((dispatch,)) + octets, sender, forge=forge)

    @rule(
        place=st.integers(0, len(CAPTURED) - 1),
        kind=st.sampled_from(("as they are", "one bit", "cut")),
        bit=st.integers(0, 999),
        sender=SENDERS,
        receiver=st.sampled_from((MY_LINK, BROADCAST)),
    )
    def hear_what_was_captured(self, place, kind, bit, sender, receiver):
        (payload,) = disorder([CAPTURED[place]], kind, bit)
        self.hear(payload, sender, receiver)

    @rule(octets=st.binary(max_size=127))
    def hear_noise(self, octets):
        self.give(FrameReceived(octets))

    @rule(back=st.integers(0, 5))
    def hear_a_frame_again(self, back):
        heard = [given for _, given, _ in self.watched.log[-20:] if isinstance(given, FrameReceived)]
        if back < len(heard):
            self.give(heard[-1 - back])

    # --- the radio ---------------------------------------------------------------------------------------------------

    @rule(frames=st.integers(1, 20), acknowledged=st.sampled_from((True, True, None, False)))
    def serve(self, frames, acknowledged):
        """The radio does what it is asked, and time passes."""
        for _ in range(frames):
            if not self.asked:
                self.asked += [out for out in self.watched.wake() if isinstance(out, AssessChannel | Transmit)]
                continue
            if isinstance(self.asked.popleft(), AssessChannel):
                self.give(ChannelAssessed(clear=True))
            else:
                self.watched.now += 4000
                self.give(TransmitDone(acknowledged))

    @rule(clear=st.booleans())
    def assess(self, clear):
        self.give(ChannelAssessed(clear))

    @rule(acknowledged=st.sampled_from((None, True, False)), accessed=st.booleans())
    def report(self, acknowledged, accessed):
        self.give(TransmitDone(acknowledged, accessed))

    @rule()
    def acknowledge(self):
        sent = [out.octets for _, _, outputs in self.watched.log[-9:] for out in outputs if isinstance(out, Transmit)]
        if sent:
            self.give(FrameReceived(bytes((2, 0, sent[-1][2]))))

    # --- the owner ---------------------------------------------------------------------------------------------------

    @rule(destination=DESTINATIONS, size=st.sampled_from((0, 8, 300, 1232, 1300)), hops=st.sampled_from((None, 1, 255)))
    def send_udp(self, destination, size, hops):
        self.give(SendUdp(PORT, destination, PORT, bytes(size), hops))

    @rule(destination=DESTINATIONS, octets=st.binary(max_size=60))
    def send_icmpv6(self, destination, octets):
        self.give(SendIcmpv6(destination, octets))

    @rule(packet=st.one_of(packets(), st.binary(max_size=60)))
    def send_packet(self, packet):
        self.give(SendPacket(packet))

    @rule(port=st.sampled_from((PORT, PORT, 0, 7, 65535)), close=st.booleans())
    def bind(self, port, close):
        self.give(Close(port) if close else Bind(port))

    # --- time --------------------------------------------------------------------------------------------------------

    @rule(times=st.integers(1, 5))
    def wake(self, times):
        for _ in range(times):
            self.asked += [out for out in self.watched.wake() if isinstance(out, AssessChannel | Transmit)]

    @rule(duration=WAITS)
    def oversleep(self, duration):
        self.watched.now += duration
        self.give(Wake())

    @rule(early=st.integers(1, 1000))
    def wake_early(self, early):
        node, watched = self.watched.node, self.watched
        if node.deadline is not None and node.deadline - early >= watched.now:
            watched.now = node.deadline - early
            assert self.give(Wake()) == ()

    @rule()
    def fork(self):
        self.watched.fork()

    @invariant()
    def what_waits_has_a_deadline(self):
        if hasattr(self, "watched"):
            link_layer = self.watched.node.link
            assert link_layer.queued == 0 or link_layer.deadline is not None

    def teardown(self):
        if hasattr(self, "watched"):
            self.watched.replay()


TestAnyInputs = AnyInputs.TestCase
TestAnyInputs.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=50,
    deadline=None,
    phases=[Phase.generate],  # to shrink what fails takes minutes: add Phase.shrink to look into it
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
