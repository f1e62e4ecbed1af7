"""Frames over a serial line: SLIP by RFC 1055, and two nodes at the ends of a pseudo-terminal."""

import asyncio
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.radio_listener import Listener
from drivers.serial_line import plugged_in, serial_line
from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers import reopening
from p6lowpan.drivers.serial_radio import SerialRadio
from p6lowpan.drivers.slip import SlipReader, slip_packet
from p6lowpan.wire.ieee802154.frame_check import with_frame_check

FRAME = bytes.fromhex("41d801cdabffff010000000000000002c0dbdcdd")


def test_end_and_escape_are_sent_as_rfc_1055_says():
    assert slip_packet(b"a\xc0b\xdbc") == b"\xc0a\xdb\xdcb\xdb\xddc\xc0"


def test_a_device_that_is_not_there_is_said_with_its_name_and_no_number(run):
    async def main():
        with pytest.raises(FileNotFoundError) as refused:
            await SerialRadio("/dev/ttyNowhere").open(Listener())
        assert said_by(refused.value) == "/dev/ttyNowhere: No such file or directory"

    run(main())


@given(st.lists(st.binary(min_size=1, max_size=20)), st.data())
def test_packets_come_back_however_the_line_cuts_them(packets, data):
    line = b"".join(map(slip_packet, packets))
    reader, found = SlipReader(20), []
    while line:
        cut = data.draw(st.integers(1, len(line)))
        found += reader.read(line[:cut])
        line = line[cut:]
    assert found == packets
    assert reader.broken == 0


@given(st.binary(max_size=200))
def test_any_octets_are_packets_or_noise(octets):
    assert all(0 < len(packet) <= 10 for packet in SlipReader(10).read(octets))


def test_what_is_too_long_or_escapes_nothing_is_no_packet_and_the_next_one_is():
    reader = SlipReader(3)
    assert reader.read(b"\xc0abcd\xc0\xdbx\xc0a\xdb\xc0ok\xc0") == [b"ok"]
    assert reader.broken == 3
    with pytest.raises(UsageError):
        SlipReader(0)


def test_a_radio_hears_and_sends_over_the_line_and_refuses_what_noise_has_changed(run):
    async def main():
        with serial_line() as (device, name):
            os.set_blocking(device, False)
            radio, listener = SerialRadio(name), Listener()
            await radio.open(listener)
            changed = with_frame_check(FRAME)[:-1] + b"\x00"
            os.write(device, b"noise" + slip_packet(changed) + slip_packet(with_frame_check(FRAME)))
            assert await listener.heard.get() == FRAME
            assert radio.dropped[Reason.BAD_CHECKSUM] == 2
            radio.transmit(FRAME)
            while not listener.sent:
                await asyncio.sleep(0.001)
            assert os.read(device, 1000) == slip_packet(with_frame_check(FRAME))
            await radio.close()
        radio.transmit(FRAME)  # into the void

    run(main())


def test_a_frame_has_been_sent_when_its_acknowledgement_is_there_however_slow_the_line_was_thought(run):
    async def main():
        with serial_line() as (device, name):
            radio, listener = SerialRadio(name, 1200), Order()
            await radio.open(listener)
            radio.transmit(FRAME)
            other, acknowledgement = b"\x02\x00\x02", b"\x02\x00\x01"
            os.write(device, slip_packet(with_frame_check(other)) + slip_packet(with_frame_check(acknowledgement)))
            async with asyncio.timeout(0.15):  # the line would take 0.2 s
                while len(listener.told) < 3:
                    await asyncio.sleep(0.001)
            await asyncio.sleep(0.2)
            assert listener.told == [other, "sent", acknowledgement]
            await radio.close()

    run(main())


class Order:
    """What a radio tells, in its order."""

    def __init__(self):
        self.told, self.acknowledged = [], []

    def frame_received(self, octets, link_quality):
        self.told.append(octets)

    def transmitted(self, acknowledged=None, accessed=True):
        self.told.append("sent")
        self.acknowledged.append(acknowledged)


def test_a_device_that_is_pulled_out_is_used_again_when_it_is_back_and_each_is_said_once(
    run, caplog, tmp_path, monkeypatch
):
    monkeypatch.setattr(reopening, "RETRY_SECONDS", 0.01)
    port = tmp_path / "by-id"

    def said():
        return [(one.getMessage(), one.radio) for one in caplog.records if hasattr(one, "radio")]

    async def main():
        radio, listener = SerialRadio(str(port)), Listener()
        with plugged_in(port):
            await radio.open(listener)
        while not said():
            await asyncio.sleep(0.001)
        radio.transmit(FRAME)
        assert radio.send_errors == 1
        await asyncio.sleep(0.1)
        with plugged_in(port) as device:
            while len(said()) < 2:
                await asyncio.sleep(0.001)
            os.write(device, slip_packet(with_frame_check(FRAME)))
            assert await listener.heard.get() == FRAME
            radio.transmit(FRAME)
            assert os.read(device, 1000) == slip_packet(with_frame_check(FRAME))
        assert said() == [("the radio is gone", str(port)), ("the radio is back", str(port))]
        await radio.close()

    run(main())


def test_a_radio_that_is_closed_looks_for_its_device_no_more(run, caplog, tmp_path, monkeypatch):
    monkeypatch.setattr(reopening, "RETRY_SECONDS", 0.01)
    port = tmp_path / "by-id"

    async def main():
        radio = SerialRadio(str(port))
        with plugged_in(port):
            await radio.open(Listener())
        while "the radio is gone" not in caplog.messages:
            await asyncio.sleep(0.001)
        await radio.close()
        with plugged_in(port):
            await asyncio.sleep(0.05)
        assert "the radio is back" not in caplog.messages

    run(main())
