"""Whatever comes, and whenever: nothing is raised, no bound exceeded, each frame confirmed once, and all repeatable."""

import copy
from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.link.frame_security import FrameSecurity
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import AssessChannel, Confirm, Indication, Transmit
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import BROADCAST
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security_header import SecurityLevel

LIMITS = replace(
    P6LOWPAN, link_queue_frames=3, duplicate_sources=2, duplicate_frames_per_source=2, secured_neighbors=2,
    short_addresses=2, transmission_timeout_us=20_000, channel_assessment_timeout_us=2_000,
)  # fmt: skip
EUI = [bytes((2, 0, 0, 0, 0, 0, 0, number)) for number in range(6)]
SHORT = [bytes((0, number)) for number in range(6)]
OURS = (EUI[0], SHORT[0])
SECURITY = LinkSecurity(keys=(LinkKey(bytes(16)),), minimum_level=SecurityLevel.NONE, frame_counter=0xFFFFFFF0)
ADDRESSES = st.sampled_from([*EUI, *SHORT])
AFTER = st.one_of(st.integers(0, 400), st.integers(0, 2_000_000))
FIELDS = st.fixed_dictionaries(
    {
        "frame_type": st.sampled_from([0, 1, 1, 1, 2, 3]),
        "frame_version": st.sampled_from([0, 1, 2]),
        "acknowledgement_request": st.sampled_from([0, 1, 1]),
        "sequence_number": st.integers(0, 5),
        "destination_pan": st.just(0xABCD),
        "destination": st.sampled_from([*OURS, *OURS, BROADCAST, EUI[1]]),
        "source": ADDRESSES,
        "payload": st.binary(max_size=4),
    }
)


class Anything(RuleBasedStateMachine):
    """One MAC, its radio, and its neighbors, none of whom keeps any rule."""

    @initialize(
        seed=st.integers(0, 99), is_secured=st.booleans(), csma=st.booleans(), acknowledges=st.sampled_from([0, 0, 1])
    )
    def begin(self, seed, is_secured, csma, acknowledges):
        configuration = MacConfiguration(
            EUI[0], SHORT[0], 0xABCD, SECURITY if is_secured else None, bool(acknowledges), csma
        )
        self.mac = Mac(configuration, LIMITS, Chance(seed))
        self.fresh = copy.deepcopy(self.mac)
        self.now = 0
        self.calls, self.results = [], []
        self.handles, self.confirmed = 0, Counter()
        self.dropped = Counter()
        self.neighbors = {}

    def call(self, method, *arguments):
        """Call it on the MAC and on a copy, note what came of it, and count."""
        twin = copy.deepcopy(self.mac)
        outputs = getattr(self.mac, method)(*arguments)
        assert getattr(twin, method)(*arguments) == outputs
        self.calls.append((method, arguments))
        self.results.append(outputs)
        for output in outputs:
            assert isinstance(output, AssessChannel | Transmit | Indication | Confirm | Dropped)
            if isinstance(output, Confirm):
                assert output.delivered == (output.reason is None)
                assert 0 <= output.attempts <= LIMITS.link_retries + 1
                self.confirmed[output.handle] += 1
            if isinstance(output, Transmit):
                assert len(output.octets) <= 125
                Frame.decode_all(output.octets)
            if isinstance(output, Dropped | Confirm) and output.reason is not None:
                self.dropped[output.reason] += 1
        return outputs

    @rule(after=AFTER, destination=st.one_of(ADDRESSES, st.just(BROADCAST)), octets=st.integers(0, 120))
    def send(self, after, destination, octets):
        self.now += after
        self.handles += 1
        self.call("send", self.now, destination, bytes(octets), self.handles)

    @rule(after=AFTER, fields=FIELDS)
    def hear(self, after, fields):
        self.now += after
        self.call("received", self.now, Frame(**fields).encode())

    @rule(after=AFTER, fields=FIELDS, number=st.integers(1, 5), short=st.booleans())
    def hear_something_secured(self, after, fields, number, short):
        source = (SHORT if short else EUI)[number]
        if number not in self.neighbors:
            security = replace(SECURITY, frame_counter=0)
            self.neighbors[number] = FrameSecurity(MacConfiguration(EUI[number], None, 1, security), LIMITS)
        sealed = self.neighbors[number].seal(Frame(**{**fields, "frame_type": 1, "frame_version": 1, "source": source}))
        self.now += after
        self.call("received", self.now, sealed.encode())

    @rule(after=AFTER, octets=st.binary(max_size=130))
    def hear_noise(self, after, octets):
        self.now += after
        self.call("received", self.now, octets)

    @rule(after=AFTER, back=st.integers(0, 3))
    def hear_an_acknowledgement(self, after, back):
        """Of one of the frames that were sent last."""
        sent = [out.octets[2] for outputs in self.results[-9:] for out in outputs if isinstance(out, Transmit)]
        self.now += after
        if back < len(sent):
            self.call("received", self.now, bytes((2, 0, sent[-1 - back])))

    @rule(after=AFTER, clear=st.booleans())
    def assess(self, after, clear):
        self.now += after
        self.call("channel_assessed", self.now, clear)

    @rule(after=AFTER, acknowledged=st.sampled_from([None, None, True, False]), accessed=st.sampled_from([True, False]))
    def report(self, after, acknowledged, accessed):
        self.now += after
        self.call("transmit_done", self.now, acknowledged, accessed)

    @rule(early=st.integers(1, 100))
    def wake_early(self, early):
        if self.mac.deadline is not None and self.mac.deadline - early >= self.now:
            self.now = self.mac.deadline - early
            assert self.call("tick", self.now) == ()

    @rule(late=st.sampled_from([0, 0, 0, 1, 5000]))
    def wake(self, late):
        if self.mac.deadline is not None:
            self.now = max(self.now, self.mac.deadline) + late
            self.call("tick", self.now)

    @rule(short=st.sampled_from(SHORT[1:]), extended=st.sampled_from(EUI[1:]))
    def learn(self, short, extended):
        self.call("learn_address", short, extended)

    @invariant()
    def no_bound_is_exceeded(self):
        assert self.mac.queued <= LIMITS.link_queue_frames
        assert len(self.mac.neighbor_counters) <= LIMITS.secured_neighbors

    @invariant()
    def what_is_not_confirmed_is_queued_and_has_a_deadline(self):
        assert all(count == 1 for count in self.confirmed.values())
        assert self.handles - len(self.confirmed) == self.mac.queued
        assert self.mac.queued == 0 or self.mac.deadline is not None

    @invariant()
    def everything_that_is_dropped_is_counted(self):
        assert self.mac.dropped == self.dropped

    def teardown(self):
        """A dead radio: time alone confirms every frame. Then everything again, on the MAC as it was new."""
        if not hasattr(self, "mac"):
            return
        for _ in range(200):
            if self.mac.deadline is None:
                break
            self.now = max(self.now, self.mac.deadline)
            self.call("tick", self.now)
        assert self.mac.queued == 0
        assert sorted(self.confirmed) == list(range(1, self.handles + 1))
        assert [getattr(self.fresh, method)(*arguments) for method, arguments in self.calls] == self.results


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=60, stateful_step_count=40)
