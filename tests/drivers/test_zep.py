"""The ZEP radio and the dispatcher, over real sockets and with whatever may come out of them."""

import asyncio
import socket
import time

import pytest

from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import zep
from p6lowpan.capture.fcs import Fcs
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import RADIOS, Loss, ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio
from p6lowpan.drivers.zep_datagram import (
    Heard,
    any_frame,
    data_datagram,
    read_frame,
    registration_datagram,
    usual_frame,
)
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame_check import with_frame_check

CHANNEL = 26
FRAME = bytes.fromhex("41c8 01 cdab ffff 0100000000000002 6100")
SENT = data_datagram(FRAME, CHANNEL, 7, 1)
VERSION_1 = zep.DataVersion1(channel=CHANNEL, device=7, length=len(FRAME) + 2).encode() + with_frame_check(FRAME)
REGISTRATION = registration_datagram(LinkAddress(bytes(8)), CHANNEL)
WITH_TI = {"channel": CHANNEL, "device": 7, "sequence": 1, "time_ns": 0, "fcs": Fcs.TI}


class Listener:
    """Counts what a radio tells."""

    def __init__(self):
        self.heard = []
        self.sent = 0

    def frame_received(self, octets, link_quality):
        self.heard.append((octets, link_quality))

    def transmitted(self, acknowledged=None, accessed=True):
        self.sent += 1


def test_a_datagram_has_the_header_that_its_description_makes():
    sent = data_datagram(FRAME, CHANNEL, 7, 1)  # now, however long ago this file was read
    header, content = zep.MESSAGES.decode(sent)
    assert content == with_frame_check(FRAME)
    expected = zep.encapsulate(
        content, channel=CHANNEL, device=7, sequence=1, time_ns=zep.time_from_ntp(header.timestamp), link_quality=255
    )
    assert sent[:9] + sent[17:] == expected[:9] + expected[17:]
    assert abs(header.timestamp - zep.ntp_from_time(time.time_ns())) >> 32 < 60
    with pytest.raises(UsageError):
        data_datagram(bytes(126), CHANNEL, 7, 1)


def test_a_usual_datagram_is_read_as_any_is_and_no_other_is_taken_for_one():
    for datagram in (SENT, VERSION_1, REGISTRATION, SENT + bytes(128), data_datagram(b"", CHANNEL, 65535, 1)):
        for bit in range(8 * len(datagram)):
            turned = bytearray(datagram)
            turned[bit // 8] ^= 1 << bit % 8
            for octets in (bytes(turned), bytes(turned[: bit // 8]), datagram):
                usual = usual_frame(octets, CHANNEL)
                assert usual is None or usual == any_frame(octets, CHANNEL, checks_frames=False)
    assert usual_frame(SENT, CHANNEL) == Heard(FRAME, 255, 7)


def test_both_versions_carry_a_frame():
    assert read_frame(SENT, CHANNEL) == Heard(FRAME, 255, 7)
    assert read_frame(VERSION_1, CHANNEL) == Heard(FRAME, 0, 7)


def test_a_wrong_frame_check_sequence_matters_only_where_that_is_asked_for():
    wrong = SENT[:-1] + bytes((SENT[-1] ^ 1,))
    assert read_frame(wrong, CHANNEL) == Heard(FRAME, 255, 7)
    assert reason_of(wrong, checks_frames=True) is Reason.BAD_CHECKSUM
    assert read_frame(SENT, CHANNEL, checks_frames=True) == Heard(FRAME, 255, 7)


def test_the_metadata_of_a_sniffer_tells_whether_the_check_held():
    assert read_frame(zep.encapsulate(FRAME + b"\x10\xeb", **WITH_TI), CHANNEL) == Heard(FRAME, 0, 7)
    assert reason_of(zep.encapsulate(FRAME + b"\x10\x6b", **WITH_TI)) is Reason.BAD_CHECKSUM


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", Reason.TRUNCATED),
        (b"EX", Reason.TRUNCATED),
        (b"not ZEP at all", Reason.FIXED_VALUE),
        (SENT[:-1], Reason.TRUNCATED),
        (SENT + b"\0", Reason.TRAILING),
        (data_datagram(b"", CHANNEL, 7, 1)[:-3] + b"\x01\x00", Reason.TRUNCATED),
        (data_datagram(FRAME, CHANNEL - 1, 7, 1), Reason.NOT_FOR_US),
        (zep.Acknowledgement(sequence=1).encode(), Reason.UNSUPPORTED),
        (REGISTRATION, Reason.UNSUPPORTED),
        (b"EX\x03" + SENT[3:], Reason.UNSUPPORTED),
    ],
    ids=[
        "nothing", "preamble alone", "another protocol", "cut", "too long", "shorter than it says", "another channel",
        "acknowledgement", "registration", "version 3",
    ],
)  # fmt: skip
def test_what_is_no_frame_for_us_has_a_reason(datagram, reason):
    assert reason_of(datagram) is reason


def reason_of(datagram, **settings):
    read = read_frame(datagram, CHANNEL, **settings)
    assert isinstance(read, Dropped)
    return read.reason


@pytest.mark.parametrize("whole", [SENT, VERSION_1, REGISTRATION], ids=["version 2", "version 1", "registration"])
def test_every_cut_and_every_turned_bit_is_a_frame_or_a_reason(whole):
    cut = [whole[:end] for end in range(len(whole))]
    turned = [
        whole[:at] + bytes((whole[at] ^ 1 << bit,)) + whole[at + 1 :] for at in range(len(whole)) for bit in range(8)
    ]
    assert all(isinstance(read_frame(octets, CHANNEL), Dropped) for octets in cut)
    assert all(isinstance(read_frame(octets, CHANNEL), Heard | Dropped) for octets in turned)


@pytest.mark.parametrize(
    ("peers", "settings"),
    [([], {}), ([("localhost", 1)], {}), ([("ff02::1", 1), ("::1", 1)], {}), ([("::1", 1)], {"channel": 256})],
)
def test_a_radio_refuses_what_it_cannot_use(peers, settings):
    with pytest.raises(UsageError):
        ZepRadio(peers, **settings)


def test_hostile_datagrams_are_counted_and_the_nodes_go_on(network, run, at):
    async def main():
        async with network(of_level(5), of_level(5)) as (dispatcher, (border, host)):
            hostile = [b"", b"EX", SENT[:-1], b"junk" * 50, data_datagram(FRAME, CHANNEL, 1, 1)]
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as stranger:
                for datagram in hostile:
                    stranger.sendto(datagram, border.radio.sockname[:2])  # it is no peer of the radio's
                    stranger.sendto(datagram, dispatcher.sockname[:2])  # which forwards what is ZEP
                assert (await host.ping(at(1, True))).source == at(1, True)
            assert border.radio.dropped == {Reason.BAD_SOURCE: len(hostile)}
            assert sum(dispatcher.dropped.values()) == len(hostile) - 1
            assert border.dropped.total() > 0  # LOWPAN_IPHC that ends before its addresses

    run(main())


def test_a_dispatcher_knows_who_sent_or_registered_and_forwards_to_the_others(run):
    async def main():
        async with ZepDispatcher(("::1", 0)) as dispatcher:
            listeners = [Listener() for _ in range(3)]
            radios = [
                ZepRadio([dispatcher.sockname[:2]], local=("::1", 0), registers_as=LinkAddress(bytes(8))) for _ in "123"
            ]
            for radio, listener in zip(radios, listeners, strict=True):
                await radio.open(listener)
            while len(dispatcher.radios) < 3:
                await asyncio.sleep(0.001)
            radios[0].transmit(FRAME)
            while dispatcher.forwarded < 2 or not listeners[2].heard:
                await asyncio.sleep(0.001)
            assert [listener.heard for listener in listeners] == [[], [(FRAME, 255)], [(FRAME, 255)]]
            assert [listener.sent for listener in listeners] == [1, 0, 0]
            for radio in radios:
                await radio.close()
                radio.transmit(FRAME)  # into the void
            with pytest.raises(UsageError):
                _ = radios[0].sockname
        with pytest.raises(UsageError):
            _ = dispatcher.sockname

    run(main())


def test_a_port_that_somebody_else_has_is_said_with_its_place(run):
    async def main():
        async with ZepDispatcher(("::1", 0)) as dispatcher:
            host, port = dispatcher.sockname[:2]
            with pytest.raises(OSError, match="Address already in use") as refused:
                await ZepRadio([("::1", 9)], local=(host, port)).open(Listener())
            assert said_by(refused.value) == f"ZEP at ::1 port {port}: Address already in use"

    run(main())


def test_two_radios_need_no_dispatcher_and_ipv4_carries_them_too(run, configure, at):
    async def main():
        one = ZepRadio([("127.0.0.1", 1)], local=("127.0.0.1", 0))
        async with AsyncioNode(configure(1), one) as first:
            other = ZepRadio([one.sockname], local=("127.0.0.1", 0))
            async with AsyncioNode(configure(2), other) as second:
                one.peers[:] = [other.sockname]
                assert (await second.ping(at(1))).source == at(1)
                assert (await first.ping(at(2), b"there?")).payload == b"there?"

    run(main())


def test_radios_meet_in_a_multicast_group_and_do_not_hear_themselves(run):
    async def main():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            group = ("239.255.77.54", free.getsockname()[1])
        listeners, radios = [Listener(), Listener()], [ZepRadio([group]), ZepRadio([group])]
        try:
            for radio, listener in zip(radios, listeners, strict=True):
                await radio.open(listener)
        except OSError as error:
            pytest.skip(f"no multicast on this machine: {error}")
        radios[0].transmit(FRAME)
        for _ in range(200):
            if listeners[1].heard or radios[0].send_errors:
                break
            await asyncio.sleep(0.005)
        for radio in radios:
            await radio.close()
        if not listeners[1].heard:
            pytest.skip("no multicast on this machine: nothing was heard")
        assert [listener.heard for listener in listeners] == [[], [(FRAME, 255)]]

    run(main())


def test_what_one_datagram_in_sixteen_does_not_survive_a_retry_delivers(network, run, at):
    async def main():
        loss = Loss(60, seed=3)
        async with network(of_level(5), of_level(2), passes=loss) as (_, (_, host)):
            for size in (10, 400, 10, 400):
                assert len((await host.ping(at(1), bytes(size), timeout=20)).payload) == size
            assert loss.lost > 0

    run(main())


def test_a_loss_is_repeatable_and_no_more_than_all():
    sides = ("::1", 1), ("::1", 2)
    one, other = [[made(*sides) for _ in range(100)] for made in (Loss(300, 1), Loss(300, 1))]
    assert one == other
    assert 0 < sum(one) < 100
    assert not Loss(1000)(*sides)
    assert Loss(0)(*sides)
    with pytest.raises(UsageError):
        Loss(1001)


def test_a_dispatcher_remembers_only_so_many_radios():
    dispatcher = ZepDispatcher()
    for port in range(RADIOS + 1):
        dispatcher.datagram_received(REGISTRATION, ("::1", port, 0, 0))
    assert len(dispatcher.radios) == RADIOS
    assert dispatcher.radios[-1][1] == RADIOS
