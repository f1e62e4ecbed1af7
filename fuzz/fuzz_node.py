"""Any inputs at any times to a whole node: it never raises, keeps its bounds, errs as it may, and does it all again.

What is looked at after each input is in :mod:`fuzz.watched_node`. Seeds: what the data frames of the captures carry, a
few in a row, to a node of each role. The node's frames are not secured: what cannot be authentic does not get far.
"""

from collections.abc import Callable, Iterator
from itertools import cycle

from fuzz.inputs import Chooser
from fuzz.vectors import captured_frames
from fuzz.watched_node import BROADCAST, WatchedNode
from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import Malformed
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import (
    Bind,
    ChannelAssessed,
    FrameReceived,
    Input,
    SendIcmpv6,
    SendPacket,
    SendUdp,
    TransmitDone,
)
from p6lowpan.wire.address import Ipv6Address, LinkAddress, link_local
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame

MOST_INPUTS = 40
IN_A_ROW = 6
PAN, PORT = 0xABCD, 61617
US = LinkAddress(bytes.fromhex("0212345678000001"))
PREFIX = Ipv6Address(bytes.fromhex("20010db8000100000000000000000000"))
ROLES = tuple(Role)
TIMES = (0, 1, 500, 5000, 1_000_000, 60_000_000, 3_600_000_000)
HEARD = 0


def _neighbor(chooser: Chooser) -> LinkAddress:
    return LinkAddress(US[:6] + chooser.octets(2))


def _heard(chooser: Chooser) -> Input:
    choice, sender = chooser.below(8), _neighbor(chooser)
    frame = Frame(
        frame_type=1,
        frame_version=1,
        acknowledgement_request=choice & 1,
        sequence_number=chooser.below(256),
        destination_pan=PAN,
        destination=LinkAddress(BROADCAST) if choice & 2 else US,
        source=sender,
        payload=chooser.octets(chooser.below(103)),
    )
    return FrameReceived(frame.encode())


def _address(chooser: Chooser) -> Ipv6Address:
    return link_local(_neighbor(chooser)) if chooser.below(2) else Ipv6Address(b"\xfe" + chooser.octets(15))


INPUTS: tuple[Callable[[Chooser], Input], ...] = (
    _heard,
    lambda chooser: FrameReceived(chooser.octets(chooser.below(126))),
    lambda chooser: ChannelAssessed(clear=bool(chooser.below(4))),
    lambda chooser: TransmitDone((True, None, False)[chooser.below(3)], accessed=bool(chooser.below(8))),
    lambda chooser: SendUdp(PORT, _address(chooser), PORT, bytes(5 * chooser.below(256))),
    lambda chooser: SendIcmpv6(_address(chooser), chooser.octets(chooser.below(64))),
    lambda chooser: SendPacket(chooser.octets(chooser.below(256))),
    lambda _: Bind(PORT),
)


def seeds() -> Iterator[bytes]:
    """Payloads of captured frames, a few in a row, half a millisecond apart."""
    rows: list[bytes] = []
    for number, (payload, role) in enumerate(zip(_payloads(), cycle(range(len(ROLES))))):
        rows.append(bytes((HEARD, 2, 0, 0, 2, number & 0xFF, len(payload))) + payload)
        if len(rows) == IN_A_ROW:
            yield bytes((role, 5, 0)) + b"".join(rows)
            rows = []


def _payloads() -> Iterator[bytes]:
    seen = set()
    for captured in captured_frames():
        payload = _payload(captured)
        if payload and payload not in seen:
            seen.add(payload)
            yield payload


def _payload(captured: CapturedFrame) -> bytes:
    try:
        frame, _ = decode_frame(captured.octets, fcs_octets=2)
    except Malformed:
        return b""
    return frame.payload[:102] if isinstance(frame, Frame) and not frame.security_enabled else b""


def configuration(chooser: Chooser) -> NodeConfiguration:
    """A node of any role and level, three octets in all."""
    role, profile = ROLES[chooser.below(len(ROLES))], profiles.LEVELS[chooser.below(len(profiles.LEVELS))]
    discovery = Configuration(
        role=role,
        mode=(Mode.LOWPAN, Mode.REGULAR)[chooser.below(2)],
        extended=US,
        profile=profile,
        prefixes=(AdvertisedPrefix(PREFIX),) if role is Role.BORDER_ROUTER else (),
    )
    return NodeConfiguration(link=MacConfiguration(US, None, PAN), discovery=discovery, profile=profile)


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    chooser = Chooser(octets)
    watched = WatchedNode(configuration(chooser))
    for number in range(MOST_INPUTS):
        if not chooser.rest:
            break
        kind = chooser.below(len(INPUTS) + 1)
        watched.now += TIMES[chooser.below(len(TIMES))]
        if kind == len(INPUTS):
            watched.wake()
        else:
            watched.give(INPUTS[kind](chooser))
        if number == MOST_INPUTS // 4:
            watched.fork()
    watched.replay()
