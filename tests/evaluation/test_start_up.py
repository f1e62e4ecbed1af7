"""Octets of the start-up and of the error, by hand from the RFCs."""

import pytest

from p6lowpan.capability.profile import RFC6282, of_level
from p6lowpan.evaluation import errors, start_up
from p6lowpan.evaluation.network import CONTEXT
from p6lowpan.evaluation.radio import ACKNOWLEDGEMENT, header_octets, on_air, room
from p6lowpan.evaluation.start_up import KINDS, MESSAGES, of_kind
from p6lowpan.machines.adaptation.sender import send

LINK_LAYER_OPTION = 16  # RFC 4861 4.6.1: type, length, EUI-64, padding to a multiple of 8
REGISTRATION = 16  # RFC 6775 4.1
PREFIX_OPTION, CONTEXT_OPTION, BORDER_OPTION = 32, 16, 24  # RFC 4861 4.6.2, RFC 6775 4.2 with 64 bits, 4.3
CAPABILITY = 8  # RFC 7400 3.4
STOCK = {
    "RS": 8 + LINK_LAYER_OPTION,
    "RA": 16 + PREFIX_OPTION + CONTEXT_OPTION + BORDER_OPTION + LINK_LAYER_OPTION,
    "NS": 24 + LINK_LAYER_OPTION + REGISTRATION,
    "NA": 24 + REGISTRATION,
}
ADDED = {
    "6LoWPAN": {},
    "P6LoWPAN": {"RS": CAPABILITY, "NS": CAPABILITY, "NA": CAPABILITY},
    "FLEX-6LoWPAN": dict.fromkeys(MESSAGES, CAPABILITY),
}


@pytest.fixture(scope="module")
def found():
    return start_up.measure(False)


@pytest.mark.parametrize("kind", KINDS)
def test_messages_are_as_long_as_the_rfcs_say(found, kind):
    for message, octets in STOCK.items():
        assert found[f"{kind}/{message}/message"] == octets + ADDED[kind].get(message, 0)
        assert found[f"{kind}/{message}/packet"] == found[f"{kind}/{message}/message"] + 40


def test_the_frames_of_the_stock_start_up_by_hand(found):
    # LOWPAN_IPHC 2, next header 1, group ff02::2 in one octet; to all: 15 octets of MAC header, no acknowledgement
    assert found["6LoWPAN/RS/6LoWPAN"] == 4 + 24
    assert found["6LoWPAN/RS/on air"] == 6 + 15 + 28 + 2
    # IPHC 2, next header 1; between EUI-64s 21 octets of MAC header, 11 of acknowledgement
    assert found["6LoWPAN/NS/6LoWPAN"] == 3 + 56
    assert found["6LoWPAN/NS/on air"] == 6 + 21 + 59 + 2 + 11
    # two fragments: FRAG1 4, FRAGN 5
    assert (found["6LoWPAN/RA/frames"], found["6LoWPAN/RA/6LoWPAN"]) == (2, 4 + 5 + 3 + 104)
    assert found["6LoWPAN/RA/on air"] == 116 + 2 * (6 + 21 + 2 + 11)


def test_hosts_cost_as_much_each_however_many(found):
    for kind in KINDS:
        for what in ("packets", "IPv6 octets", "6LoWPAN octets", "on air"):
            assert found[f"{kind}/4/{what}"] == 4 * found[f"{kind}/1/{what}"]


def test_a_higher_level_never_takes_more_but_for_the_failed_attempt_of_level_6(found):
    levels = [found[f"level {level}/1/on air"] for level in range(7)]
    assert levels[:6] == sorted(levels[:6], reverse=True)
    assert found["level 6/1/packets"] == 5


@pytest.mark.parametrize("kind", KINDS)
def test_frames_of_the_simulated_link_are_those_of_the_encoder(kind):
    for sent in of_kind(kind, 1):
        contexts = {CONTEXT.identifier: CONTEXT}
        frames = send(sent.packet, sent.link, contexts, RFC6282, room(sent.link), 1).frames
        assert on_air(sent.link, frames) == sent.taken


def test_a_frame_holds_what_its_header_leaves():
    link = of_kind("6LoWPAN", 1)[1].link
    assert (header_octets(link), room(link), ACKNOWLEDGEMENT) == (21, 104, 11)


def test_errors_are_as_long_as_their_headers_and_four_octets():
    found = errors.measure(False)
    # uncompressed: dispatch 1, IPv6 40; level 1: IPHC 2, traffic class and flow label 4, next header 1, hop limit 1;
    # level 3: IPHC 2, next header 1
    headers = {0: 41, 1: 8, 2: 8, 3: 3, 4: 3, 5: 3}
    for level, octets in headers.items():
        assert found[f"level/{level}/message"] == 4
        assert found[f"level/{level}/6LoWPAN"] == octets + 4
        assert found[f"FLEX/{level}/6LoWPAN"] == 1 + 48


def test_nobody_complains_of_what_it_understands():
    assert errors.provoked(of_level(5), of_level(6)) is None
