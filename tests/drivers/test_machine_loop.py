"""The event loop around a step function: what is in order, what waits, what is woken when."""

import asyncio

import pytest

from p6lowpan.drivers.machine_loop import MachineLoop
from p6lowpan.node.inputs import ChannelAssessed, FrameReceived, TransmitDone, Wake
from p6lowpan.node.outputs import AssessChannel, Transmit

FRAME = Transmit(b"frame")


class Script:
    """Answers each input with what it is told to; its deadline is set by hand."""

    def __init__(self, **answers):
        self.answers = answers
        self.deadline = None
        self.given = []

    def handle(self, now, given):
        self.given.append(given)
        if self.deadline is not None and now >= self.deadline:
            self.deadline = None
        return self.answers.get(type(given).__name__, ())


class Reporting:
    """A radio that says at once that it has sent."""

    def __init__(self):
        self.sent = []
        self.listener = None

    async def open(self, listener):
        self.listener = listener

    async def close(self):
        self.closed = True

    def transmit(self, octets):
        self.sent.append(octets)
        self.listener.transmitted(True)

    def channel_is_clear(self):
        return False


def driven(machine, **options):
    told = []
    return MachineLoop(machine, Reporting(), told.append, **options), told


def test_what_the_radio_says_during_a_step_waits_until_the_step_is_done():
    async def main():
        machine = Script(Wake=(FRAME, AssessChannel(), "news"))
        loop, told = driven(machine)
        await loop.open()
        assert machine.given == [Wake(), TransmitDone(True, True), ChannelAssessed(False)]
        assert (loop.radio.sent, told) == ([b"frame"], ["news"])
        await loop.close()

    asyncio.run(main())


def test_a_step_is_recorded_before_and_kept_before_anything_comes_of_it():
    async def main():
        order = []
        machine = Script(Wake=("news",))
        loop = MachineLoop(
            machine,
            Reporting(),
            order.append,
            record=lambda _now, given: order.append(given),
            keep=lambda: order.append(("kept", len(machine.given))),
        )
        await loop.open()
        assert order == [Wake(), ("kept", 1), "news"]
        await loop.close()

    asyncio.run(main())


def test_a_machine_is_woken_at_its_deadline_and_not_at_one_that_has_moved_away():
    async def main():
        machine = Script()
        machine.deadline = 20_000
        loop, _ = driven(machine)
        await loop.open()
        machine.deadline = 60_000
        await asyncio.sleep(0.04)
        assert machine.given == [Wake()]
        await asyncio.sleep(0.06)
        assert machine.given == [Wake(), Wake()]
        await loop.close()

    asyncio.run(main())


def test_an_earlier_deadline_counts():
    async def main():
        machine = Script()
        machine.deadline = 10_000_000
        loop, _ = driven(machine)
        await loop.open()
        machine.deadline = loop.now + 10_000
        loop.frame_received(b"frame", 255)
        await asyncio.sleep(0.05)
        assert machine.given == [Wake(), FrameReceived(b"frame", 255), Wake()]
        await loop.close()

    asyncio.run(main())


def test_who_is_closed_hears_nothing_and_has_no_time():
    async def main():
        machine = Script()
        loop, _ = driven(machine)
        with pytest.raises(OSError, match="not been started"):
            _ = loop.now
        await loop.open()
        assert loop.is_open
        await loop.close()
        loop.frame_received(b"late", 255)
        assert machine.given == [Wake()]
        with pytest.raises(OSError, match="closed"):
            loop.give(Wake())

    asyncio.run(main())
