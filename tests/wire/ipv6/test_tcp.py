"""The TCP header, RFC 9293 section 3.1."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.tcp import (
    OPTIONS,
    AcknowledgedBlock,
    EndOfOptionList,
    MaximumSegmentSize,
    NoOperation,
    SelectiveAcknowledgment,
    SelectiveAcknowledgmentPermitted,
    Tcp,
    Timestamps,
    UnknownTcpOption,
    WindowScale,
    with_checksum,
)

OPTION_VECTORS = {
    "no operation": (NoOperation(), "01"),
    "maximum segment size, RFC 9293 section 3.2": (MaximumSegmentSize(maximum_segment_size=1220), "020404c4"),
    "window scale, RFC 7323 section 2.2": (WindowScale(shift=7), "030307"),
    "selective acknowledgment permitted, RFC 2018": (SelectiveAcknowledgmentPermitted(), "0402"),
    "selective acknowledgment, RFC 2018": (
        SelectiveAcknowledgment(blocks=(AcknowledgedBlock(left=1, right=2), AcknowledgedBlock(left=5, right=9))),
        "0512 00000001 00000002 00000005 00000009",
    ),
    "timestamps, RFC 7323 section 3.2": (Timestamps(value=1, echo_reply=2), "080a 00000001 00000002"),
    "an unknown kind": (UnknownTcpOption(kind=34, data=b"\1\2"), "2204 0102"),
}
OPENING = Tcp(
    source_port=49152,
    destination_port=80,
    sequence_number=0x01020304,
    synchronize=1,
    window=0xFAF0,
    checksum=0xBEEF,
    options=(MaximumSegmentSize(maximum_segment_size=1220), NoOperation(), WindowScale(shift=2)),
)
HEADERS = {
    "a plain acknowledgment": (
        Tcp(source_port=1, destination_port=2, sequence_number=3, acknowledgment_number=4, acknowledgment=1, window=5),
        "0001 0002 00000003 00000004 5010 0005 0000 0000",
    ),
    "an opening with options": (OPENING, "c000 0050 01020304 00000000 7002 faf0 beef 0000 020404c4 01 030302"),
    "every flag": (
        Tcp(
            source_port=1, destination_port=2, sequence_number=3, reserved=7, accurate_ecn=1,
            congestion_window_reduced=1, congestion_echo=1, urgent=1, acknowledgment=1, push=1, reset=1, synchronize=1,
            finish=1, window=0, urgent_pointer=9,
        ),
        "0001 0002 00000003 00000000 5fff 0000 0000 0009",
    ),
    "an end of the option list and what follows it": (
        Tcp(
            source_port=1, destination_port=2, sequence_number=3, window=0,
            options=(NoOperation(), EndOfOptionList(padding=b"\2\3")),
        ),
        "0001 0002 00000003 00000000 6000 0000 0000 0000 01 00 0203",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), OPTION_VECTORS.values(), ids=OPTION_VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(("value", "octets"), HEADERS.values(), ids=HEADERS)
def test_a_header_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(Tcp, value, octets)
    leaves_the_rest(Tcp, octets)


@pytest.mark.parametrize("octets", ["0203 05", "0304 0000", "0403 00", "0809 00000001000000", "0501", "2200", "2201"])
def test_an_option_of_another_length_is_refused(refuses, octets):
    assert refuses(OPTIONS, octets + "00" * 8).reason is Reason.BAD_LENGTH


def test_a_header_shorter_than_itself_is_refused(refuses):
    assert refuses(Tcp, "0001 0002 00000003 00000000 4000 0000 0000 0000").reason is Reason.BAD_LENGTH


def test_an_option_that_runs_past_the_header_is_refused(refuses):
    error = refuses(Tcp, "0001 0002 00000003 00000000 6000 0000 0000 0000 01 01 01 08 ffffffff")
    assert (error.layer, error.offset, error.reason) == ("tcp-option-timestamps", 24, Reason.TRUNCATED)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Tcp(source_port=1, destination_port=2, sequence_number=3, window=0, options=(NoOperation(),)),
        lambda: Tcp(source_port=1, destination_port=2, sequence_number=3, window=0, options=(NoOperation(),) * 44),
        lambda: UnknownTcpOption(kind=1),
    ],
)
def test_a_header_that_cannot_exist_cannot_be_built(build):
    with pytest.raises(UsageError):
        build()


def test_a_checksum_is_computed_on_request():
    source, destination, payload = bytes(15) + b"\1", bytes(15) + b"\2", b"hello"
    header = with_checksum(OPENING, source, destination, payload)
    assert header.checksum != OPENING.checksum
    assert checksum_holds(source, destination, 6, header.encode() + payload)
