"""One frame heard on several ways."""

import struct

import pytest

from analysis.laboratory import ALICE, BOB, CAROL, Laboratory, names, udp_packet, uncompressed
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.hearing import MOST_WAYS, WINDOW_NS, Hearing
from p6lowpan.analysis.summary import Summary
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import with_frame_check

ZEP_PORT = 17754


def zep_over_udp(frame: bytes, source_port: int, destination_port: int) -> bytes:
    """ZEP version 1 (CRC mode) in UDP over IPv4 over Ethernet on the loopback interface."""
    zep = b"EX\x01" + bytes((26,)) + bytes(2) + b"\x01\xff" + bytes(7) + bytes((len(frame),)) + frame
    datagram = struct.pack(">HHHH", source_port, destination_port, 8 + len(zep), 0) + zep
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
    return bytes(12) + b"\x08\x00" + header + datagram


class Loopback:
    """A capture of what a dispatcher does: nodes send to its port, it relays to theirs."""

    def __init__(self) -> None:
        self.laboratory = Laboratory()

    def send(self, frame: bytes, node: int, others: tuple[int, ...] = (2, 3)) -> list[Explained]:
        ways = [(node, ZEP_PORT), *((ZEP_PORT, other) for other in others)]
        return [self.laboratory.hear_octets(zep_over_udp(frame, *way), LinkType.ETHERNET) for way in ways]


def data(number: int, **fields) -> bytes:
    frame = Laboratory().data(uncompressed(udp_packet()), ALICE, BOB, sequence_number=number, **fields)
    return with_frame_check(frame.encode())


def acknowledgement(number: int) -> bytes:
    return with_frame_check(
        Frame(frame_type=FrameType.ACKNOWLEDGEMENT, sequence_number=number, frame_version=0).encode()
    )


def test_what_a_dispatcher_relays_is_heard_once() -> None:
    loopback, summary = Loopback(), Summary()
    heard = loopback.send(data(1), node=1)
    for frame in heard:
        summary.add(frame)
    assert [len(frame.packets) for frame in heard] == [1, 0, 0]
    assert [frame.copied for frame in heard] == [False, True, True]
    assert [names(frame) for frame in heard] == [[], [], []]
    assert (summary.packets, summary.retransmissions, summary.copies) == (1, 0, 2)


def test_who_sends_again_through_a_dispatcher_is_found_out() -> None:
    loopback = Loopback()
    loopback.send(data(1), node=1)
    again = loopback.send(data(1), node=1)
    assert [frame.repeated for frame in again] == [True, False, False]
    assert [frame.copied for frame in again] == [False, True, True]


def test_an_acknowledgement_may_come_between_copies() -> None:
    loopback = Loopback()
    heard = loopback.send(data(1, acknowledgement_request=1), node=1)
    heard += loopback.send(acknowledgement(1), node=2, others=(1, 3))
    heard += loopback.send(data(2, acknowledgement_request=1), node=1)
    heard += loopback.send(acknowledgement(2), node=2, others=(1, 3))
    assert all(names(frame) == [] for frame in heard)


def on_interface(number: int, octets: bytes, time_ns: int = 0) -> CapturedFrame:
    return CapturedFrame(number + 1, time_ns, octets, LinkType.IEEE802_15_4_WITHFCS, len(octets), interface=number)


def test_two_sniffers_hear_one_frame() -> None:
    explainer = Explainer(Settings())
    first, second = (explainer.explain(on_interface(number, data(1))) for number in range(2))
    assert len(first.packets) == 1
    assert second.copied
    assert second.packets == ()
    third = explainer.explain(on_interface(0, data(1)))
    assert third.repeated


@pytest.mark.parametrize(("after", "copied"), [(WINDOW_NS, True), (WINDOW_NS + 1, False)])
def test_copies_come_soon(after: int, copied: bool) -> None:
    explainer = Explainer(Settings())
    explainer.explain(on_interface(0, data(1)))
    assert explainer.explain(on_interface(1, data(1), after)).copied is copied


def hear(hearing: Hearing, way: int, source: bytes = ALICE) -> bool:
    frame = Frame(sequence_number=1, destination_pan=1, destination=CAROL, source=LinkAddress(source), payload=b"\x41")
    return hearing.is_copy(on_interface(way, b""), Encapsulated(Kind.IEEE802154, frame.encode()), frame)


def test_a_frame_without_a_source_is_nobodys() -> None:
    hearing = Hearing()
    assert not hear(hearing, 0, b"")
    assert not hear(hearing, 1, b"")


@pytest.mark.parametrize(("ways", "copied"), [(MOST_WAYS - 1, True), (MOST_WAYS, False)])
def test_as_many_ways_are_remembered_as_the_bound(ways: int, copied: bool) -> None:
    hearing = Hearing()
    for way in range(ways):
        assert hear(hearing, way) is bool(way)
    assert hear(hearing, ways) is copied


@pytest.mark.parametrize(("others", "remembered"), [(2, True), (3, False)])
def test_one_sender_past_the_bound_pushes_out_the_oldest(others: int, remembered: bool) -> None:
    hearing = Hearing(most=3)
    hear(hearing, 0)
    for number in range(others):
        hear(hearing, 0, number.to_bytes(8, "big"))
    assert hear(hearing, 1) is remembered
