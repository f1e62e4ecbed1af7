"""The MAC as a playbook: what is told, what is expected, at which microsecond."""

import copy
from dataclasses import replace

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link import acknowledger, transmitter
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import AssessChannel, Confirm, Indication, Transmit
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import BROADCAST
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security_header import SecurityLevel

PERIOD, TURNAROUND, WAIT = 320, 192, 864
ALICE, BOB, CAROL = (bytes((2, 0, 0, 0, 0, 0, 0, number)) for number in (1, 2, 3))
FIRST = 0x50  # the sequence number that the script gives a new device
ASSESS = AssessChannel()


@pytest.fixture
def mac_with(device, script):
    """Alice's MAC; ``waits`` are her backoffs in periods."""

    def make(*waits, limits=P6LOWPAN, **changes):
        return Mac(device(1, **changes), limits, script((FIRST, *waits)))

    return make


def data(sequence_number=7, destination=ALICE, source=BOB, payload=b"hello", **changes):
    fields = {
        "acknowledgement_request": int(destination != BROADCAST),
        "sequence_number": sequence_number,
        "destination_pan": 0xABCD,
        "destination": destination,
        "source": source,
        "payload": payload,
    }
    return Frame(**{**fields, **changes}).encode()


def acknowledgement(sequence_number):
    return bytes((2, 0, sequence_number))


def sent_by(outputs):
    """The frame of the only Transmit among outputs."""
    [octets] = [output.octets for output in outputs if isinstance(output, Transmit)]
    return Frame.decode_all(octets)


def put_on_air(mac, now, handle=1, destination=BOB):
    """Send a frame through a clear channel without waiting, up to the end of its first transmission at ``now``."""
    assert mac.send(now, destination, b"hello", handle) == (ASSESS,)
    outputs = mac.channel_assessed(now, clear=True)
    assert mac.transmit_done(now, None) == ()
    return sent_by(outputs)


def test_a_frame_that_is_acknowledged_is_confirmed(mac_with):
    mac = mac_with(2)
    assert mac.send(1000, BOB, b"hello", 11) == ()
    assert mac.deadline == 1000 + 2 * PERIOD
    assert mac.tick(1640) == (ASSESS,)
    frame = sent_by(mac.channel_assessed(1768, clear=True))
    assert (frame.destination, frame.source, frame.payload) == (BOB, ALICE, b"hello")
    assert (frame.frame_version, frame.acknowledgement_request, frame.sequence_number) == (1, 1, FIRST)
    assert (frame.destination_pan, frame.source_pan, frame.pan_id_compression) == (0xABCD, None, 1)
    assert mac.transmit_done(3000, None) == ()
    assert mac.deadline == 3000 + WAIT
    assert mac.received(3544, acknowledgement(FIRST)) == (Confirm(11, True, None, 1),)
    assert (mac.deadline, mac.queued) == (None, 0)


def test_a_broadcast_asks_for_no_acknowledgement_and_is_confirmed_when_it_was_sent(mac_with):
    mac = mac_with()
    assert mac.send(0, BROADCAST, b"hello", 11) == (ASSESS,)
    frame = sent_by(mac.channel_assessed(0, clear=True))
    assert (frame.destination, frame.acknowledgement_request) == (BROADCAST, 0)
    assert mac.transmit_done(900, None) == (Confirm(11, True, None, 1),)


def test_what_is_not_acknowledged_goes_again_with_a_channel_access_of_its_own_and_the_same_octets(mac_with):
    mac = mac_with(0, 1, 2, 3)
    mac.send(0, BOB, b"hello", 11)
    sent, now = [], 0
    for attempt in range(1, 5):
        outputs = mac.channel_assessed(now, clear=True)
        sent.append(sent_by(outputs))
        assert mac.transmit_done(now, None) == ()
        assert mac.tick(now + WAIT - 1) == ()
        now += WAIT
        outputs = mac.tick(now)
        if attempt < 4:
            assert outputs == ()
            assert mac.deadline == now + attempt * PERIOD
            now = mac.deadline
            assert mac.tick(now) == (ASSESS,)
    assert outputs == (Confirm(11, False, Reason.NO_ACKNOWLEDGEMENT, 4),)
    assert sent == [sent[0]] * 4
    assert mac.dropped == {Reason.NO_ACKNOWLEDGEMENT: 1}


def test_an_acknowledgement_of_the_last_attempt_is_in_time(mac_with):
    mac, now = mac_with(), 0
    put_on_air(mac, now)
    for _ in range(3):
        now = mac.deadline
        assert mac.tick(now) == (ASSESS,)
        mac.channel_assessed(now, clear=True)
        mac.transmit_done(now, None)
    assert mac.received(now, acknowledgement(FIRST)) == (Confirm(1, True, None, 4),)


def test_without_retries_there_is_one_attempt(mac_with):
    mac = mac_with(limits=replace(P6LOWPAN, link_retries=0))
    put_on_air(mac, 0)
    assert mac.tick(WAIT) == (Confirm(1, False, Reason.NO_ACKNOWLEDGEMENT, 1),)


@pytest.mark.parametrize("sequence_number", [FIRST - 1, FIRST + 1])
def test_another_acknowledgement_is_not_ours(mac_with, sequence_number):
    mac = mac_with()
    put_on_air(mac, 0)
    assert mac.received(500, acknowledgement(sequence_number)) == ()
    assert mac.overheard == 1
    assert mac.deadline == WAIT


def test_an_acknowledgement_while_none_is_awaited_is_not_ours(mac_with):
    mac = mac_with()
    assert mac.received(0, acknowledgement(FIRST)) == ()
    mac.send(0, BOB, b"hello", 1)
    mac.channel_assessed(0, clear=True)
    assert mac.received(100, acknowledgement(FIRST)) == ()  # a radio that sends hears nothing: it is another's
    assert mac.overheard == 2


@pytest.mark.parametrize(("destination", "confirmed"), [(ALICE, True), (b"", True), (CAROL, False)])
def test_an_enhanced_acknowledgement_says_whose_it_is(mac_with, destination, confirmed):
    mac = mac_with()
    put_on_air(mac, 0)
    pan = 0xABCD if destination else None
    octets = Frame(
        frame_type=2, frame_version=2, sequence_number=FIRST, destination=destination, destination_pan=pan
    ).encode()
    assert bool(mac.received(500, octets)) == confirmed


def refuse(mac, now, looks=5):
    """The channel is busy as often as one access to it looks; what came of the last look."""
    for _ in range(looks - 1):
        assert mac.channel_assessed(now, clear=False) == (ASSESS,)
    return mac.channel_assessed(now, clear=False)


def test_a_channel_that_is_never_clear_is_tried_as_often_as_a_frame_that_nobody_acknowledges(mac_with):
    mac = mac_with()
    assert mac.send(0, BOB, b"hello", 11) == (ASSESS,)
    for _ in range(P6LOWPAN.link_retries):
        assert refuse(mac, 0) == (ASSESS,)
    assert refuse(mac, 0) == (Confirm(11, False, Reason.CHANNEL_BUSY, 0),)
    assert mac.queued == 0


def test_a_frame_goes_when_the_channel_is_clear_at_last(mac_with):
    mac = mac_with()
    mac.send(0, BOB, b"hello", 11)
    assert refuse(mac, 0) == (ASSESS,)
    sent_by(mac.channel_assessed(0, clear=True))
    assert mac.transmit_done(900, True) == (Confirm(11, True, None, 1),)


def test_a_busy_channel_and_a_missing_acknowledgement_are_failures_of_one_frame(mac_with):
    mac = mac_with(limits=replace(P6LOWPAN, link_backoffs=0, link_retries=1))
    put_on_air(mac, 0)
    assert mac.tick(WAIT) == (ASSESS,)
    assert refuse(mac, WAIT, looks=1) == (Confirm(1, False, Reason.CHANNEL_BUSY, 1),)


def test_a_radio_that_never_reports_costs_an_attempt_and_is_counted(mac_with):
    mac, now = mac_with(), 0
    assert mac.send(0, BOB, b"hello", 11) == (ASSESS,)
    for attempt in range(1, 5):
        mac.channel_assessed(now, clear=True)
        assert mac.deadline == now + P6LOWPAN.transmission_timeout_us
        now = mac.deadline
        assert mac.tick(now - 1) == ()
        dropped, output = mac.tick(now)
        assert dropped.reason is Reason.NO_RADIO_REPORT
        assert output == (ASSESS if attempt < 4 else Confirm(11, False, Reason.NO_RADIO_REPORT, 4))
    assert mac.deadline is None
    assert mac.dropped[Reason.NO_RADIO_REPORT] == 5
    [late] = mac.transmit_done(now, None)
    assert late.reason is Reason.UNEXPECTED


@pytest.mark.parametrize("acknowledged", [True, False])
def test_a_radio_that_looks_for_acknowledgements_itself_is_believed(mac_with, acknowledged):
    mac = mac_with(limits=replace(P6LOWPAN, link_retries=0))
    mac.send(0, BOB, b"hello", 1)
    mac.channel_assessed(0, clear=True)
    reason = None if acknowledged else Reason.NO_ACKNOWLEDGEMENT
    assert mac.transmit_done(900, acknowledged) == (Confirm(1, acknowledged, reason, 1),)


def test_a_radio_that_looks_for_acknowledgements_itself_is_asked_to_try_again(mac_with):
    mac = mac_with()
    mac.send(0, BOB, b"hello", 1)
    mac.channel_assessed(0, clear=True)
    assert mac.transmit_done(900, False) == (ASSESS,)


def test_where_the_radio_does_csma_frames_go_to_it_at_once(mac_with):
    mac = mac_with(hardware_csma=True)
    assert sent_by(mac.send(0, BOB, b"hello", 1)).sequence_number == FIRST
    assert mac.send(0, BROADCAST, b"all", 2) == ()
    assert mac.transmit_done(5000, None) == ()
    assert sent_by(mac.tick(5000 + WAIT)).sequence_number == FIRST
    confirm, transmit = mac.transmit_done(9000, True)
    assert confirm == Confirm(1, True, None, 2)
    assert sent_by([transmit]).sequence_number == FIRST + 1
    assert mac.transmit_done(9900, None) == (Confirm(2, True, None, 1),)


def test_a_radio_that_finds_no_clear_channel_has_not_sent_and_is_given_the_frame_again(mac_with):
    mac = mac_with(hardware_csma=True)
    frame = sent_by(mac.send(0, BOB, b"hello", 1))
    for now in (5000, 10_000, 15_000):
        assert sent_by(mac.transmit_done(now, False, accessed=False)) == frame
    assert mac.transmit_done(20_000, False, accessed=False) == (Confirm(1, False, Reason.CHANNEL_BUSY, 0),)


def test_frames_go_one_after_the_other_in_order_with_their_own_numbers(mac_with):
    mac, now = mac_with(), 0
    assert mac.send(now, BOB, b"0", 0) == (ASSESS,)
    for handle in (1, 2):
        assert mac.send(now, BOB, bytes((0x30 + handle,)), handle) == ()
    assert mac.queued == 3
    for handle in range(3):
        frame = sent_by(mac.channel_assessed(now, clear=True))
        assert (frame.payload, frame.sequence_number) == (bytes((0x30 + handle,)), FIRST + handle)
        mac.transmit_done(now, None)
        assert mac.received(now, acknowledgement(FIRST + handle)) == (Confirm(handle, True, None, 1),)
        if handle < 2:
            now = mac.deadline
            assert mac.tick(now) == (ASSESS,)
    assert mac.queued == 0


def test_the_next_frame_leaves_the_receiver_time_for_the_last_one(mac_with):
    mac = mac_with()
    put_on_air(mac, 0)
    mac.send(0, BOB, b"", 2)
    assert mac.received(544, acknowledgement(FIRST)) == (Confirm(1, True, None, 1),)
    assert mac.deadline == 544 + 640


@pytest.mark.parametrize(("octets", "spacing"), [(7, 192), (8, 640)])
def test_a_frame_of_18_octets_is_the_longest_short_one(mac_with, octets, spacing):
    # Header of 9 octets between short addresses, frame check sequence of 2.
    mac = mac_with(short=b"\0\1")
    mac.send(0, b"\0\2", bytes(octets), 1)
    mac.channel_assessed(0, clear=True)
    mac.send(0, b"\0\2", b"", 2)
    mac.transmit_done(0, True)
    assert mac.deadline == spacing


def test_sequence_numbers_come_round(device, script):
    mac = Mac(device(1), P6LOWPAN, script((255,)))
    assert put_on_air(mac, 0).sequence_number == 255
    mac.received(0, acknowledgement(255))
    mac.send(0, BOB, b"hello", 2)
    mac.tick(mac.deadline)
    assert sent_by(mac.channel_assessed(700, clear=True)).sequence_number == 0


def test_the_queue_takes_so_many_frames_and_refuses_one_more(mac_with):
    mac = mac_with(limits=replace(P6LOWPAN, link_queue_frames=2))
    assert mac.send(0, BOB, b"0", 0) == (ASSESS,)
    assert mac.send(0, BOB, b"1", 1) == ()
    assert mac.send(0, BOB, b"2", 2) == (Confirm(2, False, Reason.QUEUE_FULL, 0),)
    assert mac.dropped == {Reason.QUEUE_FULL: 1}
    assert mac.queued == 2


@pytest.mark.parametrize("is_secured", [False, True])
@pytest.mark.parametrize("source", [None, ALICE])
@pytest.mark.parametrize("destination", [BOB, b"\0\2", BROADCAST])
def test_there_is_room_for_so_many_octets_and_not_for_one_more(mac_with, secured, is_secured, source, destination):
    mac = mac_with(short=b"\0\1", security=secured() if is_secured else None)
    header = 3 + 2 + len(destination) + (8 if source else 2)
    room = mac.room(destination, source)
    assert room == 127 - 2 - header - (6 + 4 if is_secured else 0)
    assert mac.send(0, destination, bytes(room + 1), 1, source=source) == (Confirm(1, False, Reason.TOO_BIG, 0),)
    assert mac.send(0, destination, bytes(room), 2, source=source) == (ASSESS,)
    [transmit] = mac.channel_assessed(0, clear=True)
    assert len(transmit.octets) == 127 - 2


def test_the_source_may_be_chosen_among_our_own(mac_with):
    mac = mac_with(short=b"\0\1")
    for handle, source in enumerate((None, b"\0\1", ALICE)):
        mac.send(0, BOB, b"", handle, source=source)
    with pytest.raises(UsageError):
        mac.send(0, BOB, b"", 9, source=CAROL)


@pytest.mark.parametrize("destination", [b"", b"\0", bytes(16)])
def test_there_is_no_frame_to_octets_that_are_no_address(mac_with, destination):
    with pytest.raises(UsageError):
        mac_with().send(0, destination, b"", 1)


def test_a_frame_for_us_is_handed_up_and_answered_when_the_radio_has_turned_round(mac_with):
    mac = mac_with()
    assert mac.received(1000, data(7)) == (Indication(b"hello", BOB, ALICE, False),)
    assert mac.deadline == 1000 + TURNAROUND
    assert mac.tick(1000 + TURNAROUND - 1) == ()
    assert mac.tick(1000 + TURNAROUND) == (Transmit(acknowledgement(7)),)
    assert mac.transmit_done(1544, None) == ()
    assert mac.deadline is None


def test_a_broadcast_is_handed_up_and_not_answered(mac_with):
    mac = mac_with()
    octets = data(7, destination=BROADCAST, acknowledgement_request=1)
    assert mac.received(0, octets) == (Indication(b"hello", BOB, BROADCAST, False),)
    assert mac.deadline is None


@pytest.mark.parametrize("changes", [{"acknowledgement_request": 0}, {"destination_pan": 0xFFFF}], ids=str)
def test_a_frame_is_answered_if_it_asks_for_it(mac_with, changes):
    mac = mac_with()
    assert mac.received(0, data(7, **changes)) == (Indication(b"hello", BOB, ALICE, False),)
    assert (mac.deadline is None) == ("acknowledgement_request" in changes)


def test_where_the_radio_acknowledges_we_do_not(mac_with):
    mac = mac_with(hardware_acknowledges=True)
    assert mac.received(0, data(7)) == (Indication(b"hello", BOB, ALICE, False),)
    assert mac.deadline is None


@pytest.mark.parametrize(
    "changes",
    [
        {"destination": CAROL},
        {"destination": b"\0\2"},
        {"destination_pan": 0xABCE},
        {"destination": b"", "destination_pan": None, "source_pan": 0xABCD},
    ],
    ids=str,
)
def test_a_frame_for_others_is_counted_and_nothing_else(mac_with, changes):
    mac = mac_with(short=b"\0\1")
    assert mac.received(0, data(7, **changes)) == ()
    assert (mac.overheard, mac.deadline, mac.dropped) == (1, None, {})


@pytest.mark.parametrize("destination", [ALICE, b"\0\1", BROADCAST])
def test_frames_come_to_both_our_addresses_and_to_everybodys(mac_with, destination):
    [indication] = mac_with(short=b"\0\1").received(0, data(7, destination=destination))
    assert indication.destination == destination


def test_a_repetition_is_acknowledged_again_and_not_handed_up_again(mac_with):
    mac = mac_with()
    mac.received(0, data(7))
    mac.tick(TURNAROUND)
    mac.transmit_done(600, None)
    [dropped] = mac.received(5000, data(7))
    assert dropped.reason is Reason.DUPLICATE
    assert mac.tick(5000 + TURNAROUND) == (Transmit(acknowledgement(7)),)


def test_a_repetition_of_a_secured_frame_is_a_duplicate_and_later_a_replay(mac_with, device, secured, script):
    mac = mac_with(security=secured())
    bob = Mac(device(2, security=secured()), P6LOWPAN, script((7,)))
    bob.send(0, ALICE, b"hello", 1)
    [transmit] = bob.channel_assessed(0, clear=True)
    assert mac.received(0, transmit.octets) == (Indication(b"hello", BOB, ALICE, True),)
    mac.tick(TURNAROUND)
    mac.transmit_done(600, None)
    for now, reason in ((5000, Reason.DUPLICATE), (P6LOWPAN.duplicate_memory_us, Reason.REPLAYED)):
        [dropped] = mac.received(now, transmit.octets)
        assert dropped.reason is reason
        assert mac.tick(now + TURNAROUND) == (Transmit(acknowledgement(7)),)
        mac.transmit_done(now + 600, None)
    assert [kept.neighbor for kept in mac.neighbor_counters] == [BOB]
    assert mac.dropped == {Reason.DUPLICATE: 1, Reason.REPLAYED: 1}


def test_a_forged_frame_does_not_make_the_real_one_a_repetition(mac_with, device, secured, script):
    mac = mac_with(security=secured(), hardware_acknowledges=True)
    bob = Mac(device(2, security=secured()), P6LOWPAN, script((7,)))
    bob.send(0, ALICE, b"hello", 1)
    [transmit] = bob.channel_assessed(0, clear=True)
    forged = transmit.octets[:-1] + bytes((transmit.octets[-1] ^ 1,))
    assert [output.reason for output in mac.received(0, forged)] == [Reason.BAD_INTEGRITY_CODE]
    assert mac.received(1, transmit.octets) == (Indication(b"hello", BOB, ALICE, True),)


def test_frames_from_a_short_address_are_opened_once_it_is_learned(mac_with, device, secured, script):
    mac = mac_with(security=secured(), limits=replace(P6LOWPAN, short_addresses=1), hardware_acknowledges=True)
    bob = Mac(device(2, security=secured(), short=b"\0\2", hardware_csma=True), P6LOWPAN, script((7,)))
    octets = sent_by(bob.send(0, ALICE, b"hello", 1)).encode()
    assert [output.reason for output in mac.received(0, octets)] == [Reason.NO_EXTENDED_ADDRESS]
    assert mac.learn_address(b"\0\2", BOB) == ()
    assert mac.received(1, octets) == (Indication(b"hello", b"\0\2", ALICE, True),)
    assert [output.reason for output in mac.learn_address(b"\0\3", CAROL)] == [Reason.SHORT_ADDRESSES_FULL]
    assert mac.dropped == {Reason.NO_EXTENDED_ADDRESS: 1, Reason.SHORT_ADDRESSES_FULL: 1}


def test_an_exhausted_frame_counter_refuses_every_frame_at_once(mac_with, secured):
    mac = mac_with(security=secured(frame_counter=0xFFFFFFFE))
    frame = put_on_air(mac, 0)
    assert frame.security.frame_counter == 0xFFFFFFFE
    assert mac.frame_counter == 0xFFFFFFFF
    assert mac.send(1, BOB, b"", 2) == ()
    assert mac.send(1, BOB, b"", 3) == ()
    assert mac.received(2, acknowledgement(FIRST)) == (
        Confirm(1, True, None, 1),
        Confirm(2, False, Reason.COUNTER_EXHAUSTED, 0),
        Confirm(3, False, Reason.COUNTER_EXHAUSTED, 0),
    )


def test_an_answer_goes_before_a_frame_of_ours_and_a_clear_channel_is_no_longer_free(mac_with):
    mac = mac_with(0, 5)
    assert mac.send(0, BOB, b"hello", 1) == (ASSESS,)
    mac.received(100, data(9))
    assert mac.channel_assessed(128, clear=True) == ()
    assert mac.deadline == 100 + TURNAROUND
    assert mac.tick(100 + TURNAROUND) == (Transmit(acknowledgement(9)),)
    assert mac.transmit_done(644, None) == ()
    assert mac.deadline == 128 + 5 * PERIOD
    assert mac.tick(mac.deadline) == (ASSESS,)


def test_a_backoff_that_ends_while_an_answer_is_due_waits_for_it(mac_with):
    mac = mac_with(1)
    mac.send(0, BOB, b"hello", 1)
    mac.received(300, data(9))
    assert mac.tick(320) == ()
    assert mac.tick(492) == (Transmit(acknowledgement(9)),)
    assert mac.transmit_done(844, None) == (ASSESS,)


def test_a_frame_that_is_given_while_an_answer_is_due_waits_for_it(mac_with):
    mac = mac_with()
    mac.received(0, data(9))
    assert mac.send(1, BOB, b"hello", 1) == ()
    assert mac.tick(TURNAROUND) == (Transmit(acknowledgement(9)),)
    assert mac.transmit_done(544, None) == (ASSESS,)


def test_an_acknowledgement_for_us_counts_while_an_answer_is_due(mac_with):
    mac = mac_with()
    put_on_air(mac, 0)
    mac.received(400, data(9))
    assert mac.received(544, acknowledgement(FIRST)) == (Confirm(1, True, None, 1),)


def test_a_second_answer_at_once_is_not_given(mac_with):
    mac = mac_with()
    mac.received(0, data(9))
    dropped, indication = mac.received(50, data(10))
    assert dropped.reason is Reason.RADIO_BUSY
    assert isinstance(indication, Indication)


def test_an_answer_while_our_frame_is_on_the_air_is_not_given(mac_with):
    mac = mac_with()
    mac.send(0, BOB, b"hello", 1)
    mac.channel_assessed(0, clear=True)
    mac.received(100, data(9))
    [dropped] = mac.tick(100 + TURNAROUND)
    assert dropped.reason is Reason.RADIO_BUSY
    assert mac.transmit_done(900, None) == ()
    assert mac.deadline == 900 + WAIT


def test_a_report_while_an_answer_is_due_is_about_our_frame(mac_with):
    mac = mac_with()
    mac.send(0, BOB, b"hello", 1)
    mac.channel_assessed(0, clear=True)
    mac.received(100, data(9))
    assert mac.transmit_done(150, True) == (Confirm(1, True, None, 1),)
    assert mac.tick(100 + TURNAROUND) == (Transmit(acknowledgement(9)),)


def test_an_answer_of_which_the_radio_never_reports_does_not_hold_us_up_for_ever(mac_with):
    mac = mac_with()
    mac.received(0, data(9))
    mac.tick(TURNAROUND)
    mac.send(200, BOB, b"hello", 1)
    assert mac.deadline == TURNAROUND + P6LOWPAN.transmission_timeout_us
    dropped, assess = mac.tick(mac.deadline)
    assert (dropped.reason, assess) == (Reason.NO_RADIO_REPORT, ASSESS)


@pytest.mark.parametrize("source", [BOB, b""])
def test_a_frame_of_version_2_gets_an_enhanced_acknowledgement(mac_with, source):
    mac = mac_with()
    mac.received(0, data(7, frame_version=2, source=source))
    frame = sent_by(mac.tick(TURNAROUND))
    assert (frame.frame_type, frame.frame_version, frame.sequence_number) == (2, 2, 7)
    assert (frame.destination, frame.destination_pan) == ((BOB, 0xABCD) if source else (b"", None))


def test_a_secured_frame_of_version_2_is_taken_but_not_answered(mac_with, device, secured, script):
    mac = mac_with(security=secured())
    bob = Mac(device(2, security=secured(), frame_version=2, hardware_csma=True), P6LOWPAN, script((7,)))
    octets = sent_by(bob.send(0, ALICE, b"hello", 1)).encode()
    assert mac.received(0, octets) == (Indication(b"hello", BOB, ALICE, True),)
    assert mac.deadline is None


def test_a_frame_without_a_number_cannot_be_answered(mac_with):
    mac = mac_with()
    assert mac.received(0, data(None, frame_version=2)) == (Indication(b"hello", BOB, ALICE, False),)
    assert mac.deadline is None


def test_a_frame_without_source_is_handed_up_without(mac_with):
    mac = mac_with()
    for _ in range(2):
        [indication] = mac.received(0, data(7, source=b"", acknowledgement_request=0))
        assert indication.source == b""


def test_a_mac_command_is_acknowledged_and_dropped_by_name(mac_with):
    mac = mac_with()
    [dropped] = mac.received(0, data(7, frame_type=3, payload=b"\x04"))
    assert dropped == Dropped(Reason.UNSUPPORTED, "mac", "a frame of type MAC_COMMAND")
    assert mac.tick(TURNAROUND) == (Transmit(acknowledgement(7)),)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", Reason.TRUNCATED),
        (b"\x41", Reason.TRUNCATED),
        (data()[:9], Reason.TRUNCATED),
        (bytes((4, 0)), Reason.RESERVED),
        (bytes((5, 1)), Reason.UNSUPPORTED),
        (bytes((7, 1)), Reason.UNSUPPORTED),
        (data(payload=bytes(104)), None),
        (data(payload=bytes(105)), Reason.TOO_BIG),
    ],
    ids=lambda value: value.hex()[:6] if isinstance(value, bytes) else value,
)
def test_what_is_no_frame_for_us_to_read_is_dropped_by_name(mac_with, octets, reason):
    mac = mac_with()
    [output] = mac.received(0, octets)
    assert (output.reason if isinstance(output, Dropped) else None) is reason
    assert mac.dropped == ({reason: 1} if reason else {})


def test_an_unsecured_frame_is_refused_where_security_is_demanded(mac_with, secured):
    [dropped] = mac_with(security=secured()).received(0, data(7))
    assert dropped.reason is Reason.SECURITY_TOO_LOW
    lenient = secured(minimum_level=SecurityLevel.NONE)
    assert mac_with(security=lenient).received(0, data(7)) == (Indication(b"hello", BOB, ALICE, False),)


def test_a_wake_that_comes_early_returns_nothing(mac_with):
    mac = mac_with(5)
    assert mac.tick(0) == ()
    mac.send(0, BOB, b"hello", 1)
    assert mac.tick(5 * PERIOD - 1) == ()


def test_reports_that_nobody_asked_for_change_nothing(mac_with):
    mac = mac_with()
    for outputs in (mac.channel_assessed(0, clear=True), mac.transmit_done(0, True), mac.transmit_done(0, False)):
        assert [output.reason for output in outputs] == [Reason.UNEXPECTED]
    put_on_air(mac, 0)
    [dropped] = mac.transmit_done(1, True)
    assert dropped.reason is Reason.UNEXPECTED
    assert mac.deadline == WAIT


def test_a_copy_goes_on_by_itself(mac_with):
    mac = mac_with()
    put_on_air(mac, 0)
    twin = copy.deepcopy(mac)
    assert twin.received(500, acknowledgement(FIRST)) == (Confirm(1, True, None, 1),)
    assert (mac.queued, twin.queued) == (1, 0)
    assert mac.tick(WAIT) == (ASSESS,)


@pytest.mark.parametrize(
    ("table", "states", "events", "idle"),
    [
        (transmitter.TABLE, transmitter.TransmitterState, transmitter.TransmitterEvent, "IDLE"),
        (acknowledger.TABLE, acknowledger.AcknowledgerState, acknowledger.AcknowledgerEvent, "IDLE"),
    ],
    ids=["transmitter", "acknowledger"],
)
def test_every_event_and_every_state_has_a_row_and_a_way_back(table, states, events, idle):
    assert {state for state, _ in table} == set(states)
    assert {event for _, event in table} == set(events)
    reached = {states[idle]}
    for _ in states:
        reached |= {state for (state, _), (following, _) in table.items() if following in reached}
    assert reached == set(states)


# --- frames of one datagram ------------------------------------------------------------------------------------------


def lost(handle):
    return Confirm(handle, False, Reason.INCOMPLETE_DATAGRAM)


@pytest.fixture
def lossy(mac_with):
    """A MAC whose radio does CSMA/CA and looks for acknowledgements; nothing is sent twice."""
    return mac_with(limits=replace(P6LOWPAN, link_retries=0), hardware_csma=True, hardware_acknowledges=True)


def payloads_of(outputs):
    return [Frame.decode_all(output.octets).payload for output in outputs if isinstance(output, Transmit)]


def test_behind_a_frame_that_was_never_on_the_air_no_frame_of_its_datagram_is_sent_and_all_others_are(lossy):
    lossy.send(0, BOB, b"5a", 1, datagram=5)
    for handle, (payload, datagram) in enumerate([(b"5b", 5), (b"6a", 6), (b"lone", 0), (b"5c", 5), (b"6b", 6)], 2):
        assert lossy.send(0, BOB, payload, handle, datagram=datagram) == ()
    outputs = lossy.transmit_done(1000, None, False)
    assert outputs[:3] == (Confirm(1, False, Reason.CHANNEL_BUSY, 0), lost(2), lost(5))
    assert lossy.send(1000, BOB, b"5d", 7, datagram=5) == (lost(7),)
    assert lossy.dropped == {Reason.CHANNEL_BUSY: 1, Reason.INCOMPLETE_DATAGRAM: 3}
    sent = payloads_of(outputs)
    for now in (2000, 3000, 4000):
        sent += payloads_of(lossy.transmit_done(now, True))
    assert sent == [b"6a", b"lone", b"6b"]
    assert lossy.queued == 0


def unacknowledged(handle):
    return Confirm(handle, False, Reason.NO_ACKNOWLEDGEMENT, 1)


def test_what_was_on_the_air_before_the_channel_was_busy_may_have_arrived(mac_with):
    mac = mac_with(limits=replace(P6LOWPAN, link_retries=1), hardware_csma=True)
    mac.send(0, BOB, b"5a", 1, datagram=5)
    mac.send(0, BOB, b"5b", 2, datagram=5)
    assert payloads_of(mac.transmit_done(1000, False)) == [b"5a"]
    confirm, *outputs = mac.transmit_done(2000, None, False)
    assert confirm == Confirm(1, False, Reason.CHANNEL_BUSY, 1)
    assert payloads_of(outputs) == [b"5b"]


def test_a_frame_that_nobody_acknowledged_may_have_arrived_two_in_a_row_of_a_datagram_have_not(lossy):
    for handle, datagram in enumerate((5, 6, 5, 6, 5, 6), 1):
        lossy.send(0, BOB, b"%d" % datagram, handle, datagram=datagram)
    # The sixth is acknowledged, the fifth is not.
    assert lossy.transmit_done(1000, False)[0] == unacknowledged(1)
    assert lossy.transmit_done(2000, True)[0] == Confirm(2, True, None, 1)
    assert lossy.transmit_done(3000, False)[:2] == (unacknowledged(3), lost(5))
    assert lossy.transmit_done(4000, False)[0] == unacknowledged(4)
    assert lossy.transmit_done(5000, True) == (Confirm(6, True, None, 1),)
    assert lossy.send(6000, BOB, b"5", 7, datagram=5) == (lost(7),)


def test_an_acknowledgement_between_two_frames_that_got_none_keeps_their_datagram(lossy):
    for handle in range(1, 5):
        lossy.send(0, BOB, b"5", handle, datagram=5)
    reports = [lossy.transmit_done(1000 * number, number % 2 == 0)[0] for number in range(1, 5)]
    assert reports == [unacknowledged(1), Confirm(2, True, None, 1), unacknowledged(3), Confirm(4, True, None, 1)]


def test_a_frame_for_which_the_queue_has_no_room_takes_its_datagram_with_it(mac_with):
    mac = mac_with(limits=replace(P6LOWPAN, link_queue_frames=3), hardware_csma=True)
    mac.send(0, BROADCAST, b"other", 1, datagram=4)
    assert [mac.send(0, BROADCAST, b"5", handle, datagram=5) for handle in (2, 3)] == [(), ()]
    assert mac.send(0, BROADCAST, b"5", 4, datagram=5) == (Confirm(4, False, Reason.QUEUE_FULL), lost(2), lost(3))
    assert mac.send(0, BROADCAST, b"5", 5, datagram=5) == (lost(5),)
    assert mac.queued == 1


def test_a_datagram_of_which_a_frame_was_lost_above_leaves_the_queue(lossy):
    lossy.send(0, BOB, b"other", 1, datagram=4)
    lossy.send(0, BOB, b"5", 2, datagram=5)
    assert lossy.abandon(0, 5) == (lost(2),)
    assert lossy.abandon(0, 0) == ()
    assert lossy.send(0, BOB, b"5", 3, datagram=5) == (lost(3),)
    assert lossy.queued == 1


def test_a_frame_that_has_its_turn_goes_on_though_its_datagram_is_lost(lossy):
    lossy.send(0, BOB, b"5a", 1, datagram=5)
    assert lossy.abandon(0, 5) == ()
    assert lossy.transmit_done(1000, True) == (Confirm(1, True, None, 1),)


def test_lone_frames_do_not_share_a_fate(lossy):
    lossy.send(0, BOB, b"one", 1)
    lossy.send(0, BOB, b"two", 2)
    assert payloads_of(lossy.transmit_done(1000, False)) == [b"two"]
