"""Captured frames of RIOT, Contiki-NG and OpenThread: a MAC in the place of each of their nodes."""

import struct
from itertools import pairwise
from pathlib import Path

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import Indication
from p6lowpan.wire.address import BROADCAST
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.thread import thread_keys

CAPTURES = Path(__file__).parents[2] / "vectors" / "captures"
NAMES = sorted(path.name for path in CAPTURES.glob("*.pcap"))
# tests/vectors/captures/openthread-keys.txt
THREAD_KEY = thread_keys(bytes.fromhex("00112233445566778899aabbccddeeff"), 0)
THREAD_NODES = {
    bytes.fromhex(short): bytes((2, 0, 0, 0, 0, 0, 0, n)) for n, short in ((1, "9c00"), (2, "bc00"), (3, "cc00"))
}


def captured(name):
    """Time in microseconds and octets, without frame check sequence, of every frame."""
    octets, start = (CAPTURES / name).read_bytes(), 24
    while start < len(octets):
        seconds, microseconds, length = struct.unpack_from("<III", octets, start)
        yield seconds * 1_000_000 + microseconds, octets[start + 16 : start + 16 + length - 2]
        start += 16 + length


def macs_of(name):
    """A MAC for each node of a capture; for each address, where it is not known which belong together."""
    frames = [Frame.decode_all(octets) for _, octets in captured(name)]
    if name.startswith("openthread"):
        nodes = {extended: short for short, extended in THREAD_NODES.items()}
        security = LinkSecurity(keys=(LinkKey(THREAD_KEY.mac, THREAD_KEY.key_index),))
    else:
        sources = {frame.source for frame in frames if frame.source}
        nodes = {source.rjust(8, b"?"): source if len(source) == 2 else None for source in sources}
        security = None
    pan = next(frame.destination_pan for frame in frames if frame.destination_pan not in (None, 0xFFFF))
    for extended, short in nodes.items():
        mac = Mac(MacConfiguration(extended, short, pan, security), P6LOWPAN, Chance(1))
        for other_short, other in THREAD_NODES.items():
            mac.learn_address(other_short, other)
        yield mac


def expected_of(frame, octets, seen, secured):
    """What should become of a frame for us: a reason to drop it, or ``None``."""
    if octets in seen:
        return Reason.DUPLICATE
    if secured and not frame.security_enabled:
        return Reason.SECURITY_TOO_LOW  # MLE, which Thread secures a layer higher
    if secured and len(frame.source) == 2 and frame.source not in THREAD_NODES:
        return Reason.NO_EXTENDED_ADDRESS  # a child's first short address
    return None


@pytest.mark.parametrize("name", NAMES)
def test_each_frame_is_taken_by_whom_it_is_for_and_acknowledged_as_they_did(name):
    frames = list(captured(name))
    taken = answers = 0
    for mac in macs_of(name):
        ours, seen = mac.configuration.addresses, set()
        secured = mac.configuration.security is not None
        for (now, octets), (_, following) in pairwise([*frames, (0, b"")]):
            frame = Frame.decode_all(octets)
            if frame.source in ours:
                continue
            outputs = mac.received(now, octets)
            if frame.frame_type != FrameType.DATA or frame.destination not in (BROADCAST, *ours):
                assert outputs == ()
                continue
            [output] = outputs
            expected = expected_of(frame, octets, seen, secured)
            if expected:
                assert output.reason is expected
            else:
                seen.add(octets)
                hidden = len(frame.payload)
                assert isinstance(output, Indication)
                assert (output.source, output.destination) == (frame.source, frame.destination)
                assert (len(output.payload), output.secured) == (hidden, secured)
                taken += 1
            if mac.deadline is None:
                assert not frame.acknowledgement_request
                continue
            [answer] = mac.tick(mac.deadline)
            mac.transmit_done(now, None)
            if following[:1] in (b"\x02", b"\x12"):  # theirs may have frame pending set, and name version 1
                assert answer.octets == bytes((2, 0)) + following[2:]
                answers += 1
    known = {address for mac in macs_of(name) for address in mac.configuration.addresses}
    theirs = sum(
        following[:1] in (b"\x02", b"\x12") and Frame.decode_all(octets).destination in known
        for (_, octets), (_, following) in pairwise(frames)
    )
    assert taken > 0
    assert answers == theirs
