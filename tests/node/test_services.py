"""Services of a node: they bind their ports, and answer from the address that was asked."""

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.machines.network.outputs import DeliverUdp
from p6lowpan.node.inputs import Bind
from p6lowpan.node.services import ECHO_PORT, echoes
from p6lowpan.wire.address import ALL_NODES, parse_ipv6

US, THEM = parse_ipv6("2001:db8::1"), parse_ipv6("2001:db8::2")


def came(port, payload=b"hello", destination=US, source_port=40_000):
    return DeliverUdp(THEM, source_port, destination, port, payload)


@pytest.fixture
def services():
    return echoes(P6LOWPAN)


def test_the_ports_are_those_of_the_standards(services):
    assert services.begin() == (Bind(7), Bind(5683))


def test_what_came_goes_back_from_the_address_that_was_asked(services):
    answer = services.answer(0, came(ECHO_PORT))
    assert (answer.source_port, answer.destination, answer.destination_port) == (ECHO_PORT, THEM, 40_000)
    assert (answer.payload, answer.source) == (b"hello", US)


def test_a_coap_ping_is_reset(services):
    assert services.answer(0, came(5683, bytes.fromhex("4000abcd"))).payload.hex() == "7000abcd"


@pytest.mark.parametrize(
    "output",
    [came(ECHO_PORT, source_port=ECHO_PORT), came(ECHO_PORT, destination=ALL_NODES), came(9), came(5683), object()],
)
def test_two_echoes_do_not_talk_for_ever_and_what_is_no_request_is_not_answered(services, output):
    assert services.answer(0, output) is None
