"""Which OSError stands for what, and which datagram of ours a packet held."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.socket_errors import EchoOf, UdpOf, error_in, error_of, sent_in
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import make_datagram
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.registry import Protocol

ME, PEER = parse_ipv6("2001:db8::1"), parse_ipv6("2001:db8::2")
UDP = make_packet(ME, PEER, Protocol.UDP, 64, make_datagram(ME, 40000, PEER, 7, b"hello"))
PING = make_packet(ME, PEER, Protocol.ICMPV6, 64, EchoRequest(identifier=3, sequence_number=4).encode())
PONG = make_packet(ME, PEER, Protocol.ICMPV6, 64, EchoReply(identifier=3, sequence_number=4).encode())


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (DestinationUnreachable(code=0, invoking_packet=UDP), errno.ENETUNREACH),
        (DestinationUnreachable(code=1, invoking_packet=UDP), errno.EACCES),
        (DestinationUnreachable(code=3, invoking_packet=UDP), errno.EHOSTUNREACH),
        (DestinationUnreachable(code=4, invoking_packet=UDP), errno.ECONNREFUSED),
        (DestinationUnreachable(code=77, invoking_packet=UDP), errno.EHOSTUNREACH),
        (PacketTooBig(mtu=1280, invoking_packet=UDP), errno.EMSGSIZE),
        (TimeExceeded(code=0, invoking_packet=UDP), errno.EHOSTUNREACH),
        (ParameterProblem(code=1, pointer=0, invoking_packet=UDP), errno.EPROTO),
    ],
)
def test_an_icmpv6_error_is_the_number_that_linux_gives(error, number):
    told, packet = error_in(error.encode())
    assert (told.errno, packet) == (number, UDP)


def test_messages_that_are_no_errors_and_errors_cut_short_are_none():
    assert error_in(b"") is None
    assert error_in(PING[40:]) is None
    assert error_in(b"\1\4\0\0\0") is None


def test_a_packet_names_its_datagram_or_request_even_when_it_is_cut():
    assert sent_in(UDP) == sent_in(UDP[:48]) == UdpOf(40000, PEER, 7)
    assert sent_in(PING) == EchoOf(3, 4)
    assert [sent_in(octets) for octets in (b"", UDP[:47], PING[:47], PONG)] == [None] * 4


def test_a_reason_without_number_means_that_the_next_hop_was_not_reached():
    assert error_of(Reason.NO_ACKNOWLEDGEMENT).errno == errno.EHOSTUNREACH
    assert error_of(Reason.QUEUE_FULL, "32 frames").errno == errno.ENOBUFS
    assert str(error_of(Reason.QUEUE_FULL, "32 frames")).endswith("(queue-full: 32 frames)")


@given(st.binary(max_size=100) | st.binary(max_size=60).map(lambda tail: b"\1\4\0\0\0\0\0\0" + UDP[:40] + tail))
def test_any_octets_may_be_an_error_and_quote_anything(octets):
    told = error_in(octets)
    assert told is None or isinstance(told[0], OSError)
    for packet in (octets, told[1] if told else b""):
        assert isinstance(sent_in(packet), UdpOf | EchoOf | None)
