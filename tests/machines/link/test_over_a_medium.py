"""Several MACs over a medium that loses, repeats, delays and damages: what is delivered, and how often."""

import copy
import heapq
import json
import shutil
import struct
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import AssessChannel, Confirm, Indication, Transmit
from p6lowpan.wire.address import BROADCAST

KEY = bytes(range(0xC0, 0xD0))
EUI = [bytes((2, 0, 0, 0, 0, 0, 0, number)) for number in range(3)]
SHORT = [bytes((0, number)) for number in range(3)]
OCTET_US, PHY_OCTETS, FRAME_CHECK_OCTETS = 32, 6, 2
ASSESSMENT_US = 128
LIMITS = replace(P6LOWPAN, link_queue_frames=64)


@dataclass(frozen=True)
class Faults:
    """Chances in a hundred, and the longest delay of a frame that is late."""

    loss: int = 0
    repetition: int = 0
    lateness: int = 0
    late_us: int = 6000


class World:
    """One channel that everybody hears. Frames on the air at once do not disturb each other; carriers are sensed."""

    def __init__(self, macs, seed, faults):
        self.macs, self.chance, self.faults = macs, Chance(seed), faults
        self.now, self.events, self.on_air = 0, [], []
        self.outputs, self.frames, self.inputs = [], [], defaultdict(list)
        self.count = 0

    def at(self, when, number, method, *arguments):
        self.count += 1
        heapq.heappush(self.events, (when, self.count, number, method, arguments))

    def call(self, number, method, *arguments):
        self.inputs[number].append((self.now, method, arguments))
        for output in getattr(self.macs[number], method)(self.now, *arguments):
            self.outputs.append((self.now, number, output))
            if isinstance(output, AssessChannel):
                clear = all(end <= self.now for end in self.on_air)
                self.at(self.now + ASSESSMENT_US, number, "channel_assessed", clear)
            elif isinstance(output, Transmit):
                self.transmit(number, output.octets)

    def transmit(self, number, octets):
        end = self.now + (len(octets) + PHY_OCTETS + FRAME_CHECK_OCTETS) * OCTET_US
        self.on_air = [other for other in self.on_air if other > self.now] + [end]
        self.frames.append((self.now, octets))
        self.at(end, number, "transmit_done", None)
        for other in range(len(self.macs)):
            if other != number:
                copies = (self.chance.below(100) >= self.faults.loss) + (
                    self.chance.below(100) < self.faults.repetition
                )
                for _ in range(copies):
                    late = self.chance.below(100) < self.faults.lateness
                    delay = self.chance.below(self.faults.late_us) if late else 0
                    self.at(end + delay, other, "received", octets)

    def run(self):
        """Until nobody has anything to do."""
        while True:
            deadlines = [(mac.deadline, number) for number, mac in enumerate(self.macs) if mac.deadline is not None]
            if deadlines and (not self.events or min(deadlines)[0] < self.events[0][0]):
                deadline, number = min(deadlines)
                self.now = max(self.now, deadline)
                self.call(number, "tick")
            elif self.events:
                self.now, _, number, method, arguments = heapq.heappop(self.events)
                self.call(number, method, *arguments)
            else:
                return

    def of(self, number, kind):
        return [output for _, owner, output in self.outputs if owner == number and isinstance(output, kind)]


def network(count, seed, faults, secured=False, short=False):
    macs = []
    for number in range(count):
        security = LinkSecurity(keys=(LinkKey(KEY),)) if secured else None
        configuration = MacConfiguration(EUI[number], SHORT[number] if short else None, 0xABCD, security)
        macs.append(Mac(configuration, LIMITS, Chance(seed * 7 + number)))
        for other in range(count):
            macs[-1].learn_address(SHORT[other], EUI[other])
    return World(macs, seed, faults)


def converse(world, payloads, destination_of):
    """Everybody gets all its frames at once; returns what each was given, as (destination, payload) in order."""
    given_frames = defaultdict(list)
    for handle, (sender, octets) in enumerate(payloads):
        destination = destination_of(world, sender, handle)
        payload = handle.to_bytes(2, "big") + bytes(octets)
        given_frames[sender].append((destination, payload, handle))
        world.call(sender, "send", destination, payload, handle)
    world.run()
    return given_frames


def to_the_other(world, sender, handle):
    return world.macs[1 - sender].configuration.address


FAULTS = st.builds(Faults, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
PAYLOADS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60)), max_size=12)


@settings(max_examples=120)
@given(st.integers(0, 1 << 16), FAULTS, PAYLOADS, st.booleans(), st.booleans())
def test_between_two_each_payload_arrives_at_most_once_and_what_is_confirmed_did(
    seed, faults, payloads, secured, short
):
    world = network(2, seed, faults, secured, short)
    given_frames = converse(world, payloads, to_the_other)
    for sender in (0, 1):
        receiver, sent = 1 - sender, given_frames[sender]
        confirms = {confirm.handle: confirm for confirm in world.of(sender, Confirm)}
        assert len(world.of(sender, Confirm)) == len(sent)
        assert set(confirms) == {handle for _, _, handle in sent}
        got = [indication.payload for indication in world.of(receiver, Indication)]
        assert max(Counter(got).values(), default=1) == 1
        assert set(got) <= {payload for _, payload, _ in sent}
        for _, payload, handle in sent:
            assert payload in got or not confirms[handle].delivered
        # A medium that keeps order is one in which nothing is late; behind a frame counter nothing overtakes anyway.
        if secured or not faults.lateness:
            assert got == [payload for _, payload, _ in sent if payload in got]
        for indication in world.of(receiver, Indication):
            assert indication.source == world.macs[sender].configuration.address
            assert indication.secured == secured


@settings(max_examples=40)
@given(st.integers(0, 1 << 16), PAYLOADS, st.booleans())
def test_without_faults_everything_arrives_in_order(seed, payloads, secured):
    world = network(2, seed, Faults(), secured)
    given_frames = converse(world, payloads, to_the_other)
    refused = Counter()
    for sender in (0, 1):
        got = [indication.payload for indication in world.of(1 - sender, Indication)]
        failed = {confirm.handle: confirm.reason for confirm in world.of(sender, Confirm) if not confirm.delivered}
        refused.update(failed.values())
        assert [payload for _, payload, handle in given_frames[sender] if handle not in failed] == got
    # Two that have much to say may find the channel taken five times; nothing else goes wrong.
    assert set(refused) <= {Reason.CHANNEL_BUSY}


@settings(max_examples=40)
@given(st.integers(0, 1 << 16), FAULTS, st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60)), max_size=12))
def test_among_three_with_broadcasts_nothing_arrives_twice_or_at_the_wrong_one(seed, faults, payloads):
    def destination_of(world, sender, handle):
        return BROADCAST if handle % 3 == 0 else world.macs[(sender + 1 + handle % 2) % 3].configuration.address

    world = network(3, seed, faults)
    given_frames = converse(world, payloads, destination_of)
    for receiver in range(3):
        heard = world.of(receiver, Indication)
        assert max(Counter((got.source, got.payload) for got in heard).values(), default=1) == 1
        for indication in heard:
            sender = EUI.index(indication.source)
            assert sender != receiver
            assert (indication.destination, indication.payload) in [given[:2] for given in given_frames[sender]]
            assert indication.destination in (BROADCAST, EUI[receiver])


@settings(max_examples=30)
@given(st.integers(0, 1 << 16), FAULTS, PAYLOADS)
def test_the_same_inputs_at_the_same_times_give_the_same_outputs(seed, faults, payloads):
    world = network(2, seed, faults, secured=True)
    fresh = copy.deepcopy(world.macs)
    converse(world, payloads, to_the_other)
    for number, mac in enumerate(fresh):
        again = [
            out for now, method, arguments in world.inputs[number] for out in getattr(mac, method)(now, *arguments)
        ]
        assert again == [output for _, owner, output in world.outputs if owner == number]


def test_ten_percent_loss_loses_nothing():
    # Four attempts of which each needs a frame and its acknowledgement to arrive: one payload in 770 is given up.
    world = network(2, 5, Faults(loss=10, repetition=10))
    confirms = []
    for handle in range(50):
        world.call(0, "send", EUI[1], handle.to_bytes(2, "big"), handle)
    world.run()
    confirms = world.of(0, Confirm)
    assert [confirm.handle for confirm in confirms if confirm.delivered] == list(range(50))
    assert sum(confirm.attempts for confirm in confirms) > 55
    assert [got.payload for got in world.of(1, Indication)] == [handle.to_bytes(2, "big") for handle in range(50)]
    assert world.macs[1].dropped[Reason.DUPLICATE] > 0


def test_a_sender_beside_one_that_never_stops_is_heard():
    world = network(3, 1, Faults())
    for handle in range(40):
        world.call(0, "send", EUI[1], bytes(90), handle)
    world.call(2, "send", EUI[1], b"me too", 99)
    world.run()
    assert world.of(2, Confirm) == [replace(world.of(2, Confirm)[0], handle=99, delivered=True)]


@pytest.fixture
def seen_by_tshark(tmp_path):
    """Fields of every frame of a world, in tshark."""
    path = shutil.which("tshark")
    if path is None:
        pytest.skip("tshark is not installed")

    def run(world, fields):
        capture = tmp_path / "link.pcap"
        with capture.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 230))
            for now, octets in world.frames:
                file.write(struct.pack("<IIII", *divmod(now, 1_000_000), len(octets), len(octets)) + octets)
        command = [path, "-r", str(capture), "-T", "json", "-o", f'uat:ieee802154_keys:"{KEY.hex()}","1","No hash"']
        for short, extended in zip(SHORT, EUI, strict=True):
            command += ["-o", f'uat:802154_addresses:"{short.hex()}","abcd",{extended.hex()}']
        for field in fields:
            command += ["-e", field]
        printed = subprocess.run(command, capture_output=True, check=True).stdout
        return [packet["_source"].get("layers", {}) for packet in json.loads(printed)]

    return run


FIELDS = ("wpan.frame_type", "wpan.seq_no", "wpan.key_number", "ipv6.nxt", "_ws.expert.message", "_ws.malformed")
NO_NEXT_HEADER = 59


@pytest.mark.parametrize("short", [False, True], ids=["extended", "short"])
@pytest.mark.parametrize("secured", [False, True], ids=["plain", "secured"])
def test_tshark_finds_every_frame_as_we_meant_it(seen_by_tshark, secured, short):
    world = network(2, 3, Faults(loss=20), secured, short)
    packet = b"\x41" + struct.pack(">IHBB", 6 << 28, 0, NO_NEXT_HEADER, 64) + bytes.fromhex("fe80" + 13 * "00" + "01")
    packet += bytes.fromhex("ff02" + 13 * "00" + "01")
    for handle in range(12):
        destination = BROADCAST if handle % 4 == 0 else world.macs[1 - handle % 2].configuration.address
        world.call(handle % 2, "send", destination, packet, handle)
    world.run()
    seen = seen_by_tshark(world, FIELDS)
    assert len(seen) == len(world.frames) > 20
    for (_, octets), fields in zip(world.frames, seen, strict=True):
        assert fields["wpan.seq_no"] == [str(octets[2])]
        assert "_ws.malformed" not in fields
        assert "_ws.expert.message" not in fields
        if fields["wpan.frame_type"] == ["0x0001"]:
            assert fields["ipv6.nxt"] == [str(NO_NEXT_HEADER)]
            assert fields.get("wpan.key_number") == (["0"] if secured else None)
        else:
            assert fields["wpan.frame_type"] == ["0x0002"]
