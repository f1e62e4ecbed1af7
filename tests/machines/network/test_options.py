"""Options that a node does not know: every action of RFC 8200 section 4.2, to one and to many, here and on the way."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.options import ACTIONS
from p6lowpan.machines.network.outputs import DeliverUdp
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem
from p6lowpan.wire.ipv6.options import Action, OptionType
from properties.building import extension, ipv6
from properties.network import (
    ALL_NODES,
    BROADCAST_FRAME,
    DESTINATION,
    FAR,
    FRAME,
    HOP_BY_HOP,
    ME,
    NEIGHBOR,
    UDP,
    drops,
    error_in,
    node,
    routed,
    udp_segment,
)

UNKNOWN = {Action.SKIP: 0x1E, Action.DISCARD: 0x5E, Action.DISCARD_AND_REPORT: 0x9E}
UNKNOWN[Action.DISCARD_AND_REPORT_UNLESS_MULTICAST] = 0xDE  # RFC 4727: the types for experiments
IN_FRONT = bytes.fromhex("0000")  # two Pad1, so that the pointer is that of the option and not of the header
POINTER = 40 + 2 + 2


def packet(option_type, header=HOP_BY_HOP, destination=ME):
    options = IN_FRONT + bytes((option_type, 2)) + b"\xaa\xbb"
    return ipv6(
        header, extension(UDP, options) + udp_segment(destination=destination), NEIGHBOR, destination, hop_limit=9
    )


def test_every_action_has_a_consequence():
    assert set(ACTIONS) == set(Action)


@pytest.mark.parametrize("header", [HOP_BY_HOP, DESTINATION])
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("destination", [ME, ALL_NODES])
def test_the_destination_does_what_the_type_of_an_unknown_option_says(header, action, destination):
    outputs = node().received(0, packet(UNKNOWN[action], header, destination), FRAME)
    if action is Action.SKIP:
        assert [type(output) for output in outputs] == [DeliverUdp]
        return
    assert drops(outputs) == [Reason.UNRECOGNIZED_OPTION]
    told = {
        Action.DISCARD: False,
        Action.DISCARD_AND_REPORT: True,
        Action.DISCARD_AND_REPORT_UNLESS_MULTICAST: destination == ME,
    }[action]
    assert len(routed(outputs)) == told
    if told:
        error = error_in(outputs)
        assert (type(error), error.code, error.pointer) == (ParameterProblem, 2, POINTER)
        assert error.invoking_packet == packet(UNKNOWN[action], header, destination)


@pytest.mark.parametrize("action", Action)
def test_a_router_on_the_way_does_the_same_with_hop_by_hop_options(action):
    outputs = node().received(0, packet(UNKNOWN[action], destination=FAR), FRAME)
    assert drops(outputs) == ([] if action is Action.SKIP else [Reason.UNRECOGNIZED_OPTION])
    assert len(routed(outputs)) == (action is not Action.DISCARD)


@pytest.mark.parametrize("action", Action)
def test_a_router_on_the_way_does_not_look_at_destination_options(action):
    outputs = node().received(0, packet(UNKNOWN[action], DESTINATION, FAR), FRAME)
    assert drops(outputs) == []
    assert routed(outputs)[0].packet[40:] == packet(UNKNOWN[action], DESTINATION, FAR)[40:]


@pytest.mark.parametrize("action", [Action.DISCARD_AND_REPORT, Action.DISCARD_AND_REPORT_UNLESS_MULTICAST])
def test_a_frame_to_everybody_is_a_multicast_too(action):
    # RFC 4443 section 2.4 e.4 and e.5: the exceptions of e.3 apply
    outputs = node().received(0, packet(UNKNOWN[action]), BROADCAST_FRAME)
    assert drops(outputs) == [Reason.UNRECOGNIZED_OPTION]
    assert len(routed(outputs)) == (action is Action.DISCARD_AND_REPORT)


@pytest.mark.parametrize(
    "options",
    [
        bytes.fromhex("2304 80000100"),  # RPL, RFC 9008
        bytes.fromhex("6304 80000100"),  # RPL, RFC 6553: who does not know it discards the packet
        bytes.fromhex("0502 0000 0000"),  # Router Alert
        bytes.fromhex("0401 04 010100"),  # Tunnel Encapsulation Limit
    ],
)
def test_options_that_are_understood_stop_nothing(options):
    packet_with_it = ipv6(HOP_BY_HOP, extension(UDP, options) + udp_segment(), NEIGHBOR, ME)
    assert [type(output) for output in node().received(0, packet_with_it, FRAME)] == [DeliverUdp]


def test_what_is_understood_is_configured():
    untaught = node(understood_options=frozenset())
    assert drops(untaught.received(0, packet(OptionType.RPL_OR_DISCARD), FRAME))
    taught = node(understood_options={UNKNOWN[Action.DISCARD]})
    assert drops(taught.received(0, packet(UNKNOWN[Action.DISCARD]), FRAME)) == []


def test_the_first_option_that_stops_a_packet_decides():
    options = bytes.fromhex("1e00 de02aabb")  # skipped, then reported
    both = ipv6(HOP_BY_HOP, extension(UDP, options) + udp_segment(), NEIGHBOR, ME)
    assert error_in(node().received(0, both, FRAME)).pointer == 40 + 2 + 2


def test_an_option_that_ends_behind_its_header_is_an_erroneous_field():
    too_long = ipv6(HOP_BY_HOP, extension(UDP, bytes.fromhex("1e05aabbccdd")) + udp_segment(), NEIGHBOR, ME)
    outputs = node().received(0, too_long, FRAME)
    error = error_in(outputs)
    # RFC 4443 section 3.4: "where the error was detected"; that is where the header ends
    assert (drops(outputs), error.code, error.pointer) == ([Reason.TRUNCATED], 0, 40 + 8)
