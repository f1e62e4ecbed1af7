"""The day of traffic: its packets, its octets, its energy."""

import pytest

from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.evaluation import octets
from p6lowpan.evaluation.octets import by_profile, of_exchange, ways
from p6lowpan.evaluation.radio import CC2538, CC2650, OnAir, millijoules
from p6lowpan.evaluation.traffic import CONTEXTS, exchanges
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.coap.registry import Type

BY_NAME = {exchange.name: exchange for exchange in exchanges()}
UDP_DATA = 48


@pytest.fixture(scope="module")
def found():
    return octets.measure(False)


@pytest.mark.parametrize("profile", LEVELS, ids=lambda profile: profile.name)
def test_every_packet_of_the_mix_comes_back_from_its_frames(profile):
    encode = by_profile(profile)
    for exchange in exchanges():
        for step in exchange.steps:
            receiver = Receiver(profile)
            packets = [
                packet.octets
                for now, frame in enumerate(encode(step))
                for packet in receiver.receive(now, frame, step.link, CONTEXTS).packets
            ]
            assert packets == [step.packet]


def test_the_mix_is_what_it_is_said_to_be():
    report, told = (Message.decode(step.packet[UDP_DATA:])[0] for step in BY_NAME["report"].steps)
    assert (report.type, told.type) == (Type.CONFIRMABLE, Type.ACKNOWLEDGEMENT)
    assert report.contents[-1].content == BY_NAME["report"].steps[0].packet[-24:]
    block, _ = (Message.decode(step.packet[UDP_DATA:])[0] for step in BY_NAME["block"].steps)
    assert len(block.contents[-1].content) == 1024
    assert [step.packet[40] for step in BY_NAME["echo"].steps] == [128, 129]
    assert [step.packet[40] for step in BY_NAME["start-up"].steps] == [133, 134, 135, 136]
    assert {name: exchange.times for name, exchange in BY_NAME.items()} == {
        "start-up": 1,
        "report": 24 * 60,
        "echo": 24,
        "block": 8,
    }


def test_a_report_by_hand(found):
    # level 0: the dispatch in front of 83 and 54 octets; 6 + 21 + 2 around each frame, and 11 acknowledge it
    assert found["level 0/report/6LoWPAN"] == 1 + 83 + 1 + 54
    assert found["level 0/report/on air"] == 139 + 2 * (6 + 21 + 2 + 11)
    # level 5, up: IPHC 2, contexts 1, identifier of the server 8; UDP 1, ports 4 (61616 is not in 8 bits with 5683)
    # and checksum 2; CoAP 35
    assert len(BY_NAME["report"].steps[0].packet) == 40 + 8 + 35
    assert len(by_profile(LEVELS[5])(BY_NAME["report"].steps[0])[0]) == 52


def test_a_day_is_the_sum_of_its_exchanges(found):
    for name in ways(quick=False):
        total = sum(found[f"{name}/{exchange.name}/on air"] * exchange.times for exchange in exchanges())
        assert found[f"{name}/day/on air"] == total
        share = round(100 * total / found["level 0/day/on air"], 1)
        assert found[f"{name}/day/percent of level 0"] == share


def test_every_level_up_to_5_takes_no_more_than_the_one_below(found):
    days = [found[f"level {level}/day/on air"] for level in range(6)]
    assert days == sorted(days, reverse=True)


def test_energy_is_charge_by_time():
    # an octet takes 32 us at 250 kb/s: 1000 octets sent with 6.1 mA, 500 received with 5.9 mA, at 3 V
    assert millijoules(CC2650, 1000, 500) == pytest.approx(3 * (0.032 * 6.1 + 0.016 * 5.9))
    assert millijoules(CC2538, 1000, 500) == pytest.approx(3 * (0.032 * 24 + 0.016 * 20))


def test_the_energy_of_a_day_by_hand(found):
    up = down = OnAir()
    for exchange in exchanges():
        sent, received, refused = of_exchange(exchange, by_profile(RFC6282))
        assert refused == 0
        up, down = up + sent * exchange.times, down + received * exchange.times
    transmitted, heard = up.sent + down.acknowledged, down.sent + up.acknowledged
    assert transmitted + heard == found["rfc6282/day/on air"]
    assert found["rfc6282/day/millijoules CC2650"] == round(3 * 32e-6 * (transmitted * 6.1 + heard * 5.9), 1)


def test_packets_that_a_stack_does_not_send_are_counted(found):
    assert found["tinyos/day/packets not sent"] == 1  # 1084 octets: more than its buffer
    assert found["tinyos/block/on air"] < found["riot/block/on air"] / 10
    assert found["wisun-wsrd/day/packets not sent"] == 2  # frames of another physical layer
    assert all(found[f"level {level}/day/packets not sent"] == 0 for level in range(7))
