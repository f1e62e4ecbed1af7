"""What messages say in one line: every message type has words, and words never fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p6lowpan.analysis.presentation.lowpan_words import FRONT_WORDS
from p6lowpan.analysis.presentation.mac_words import CONTENT_WORDS, error_words, frame_words, kind_of
from p6lowpan.analysis.presentation.neighbor_words import OPTION_WORDS as NEIGHBOR_OPTION_WORDS
from p6lowpan.analysis.presentation.packet_words import EXTENSION_WORDS, OPTION_WORDS, packet_words
from p6lowpan.analysis.presentation.routing_words import BASE_WORDS
from p6lowpan.analysis.presentation.routing_words import OPTION_WORDS as RPL_OPTION_WORDS
from p6lowpan.analysis.presentation.upper_words import UPPER_WORDS, words_of
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.dissect import ICMPV6_MESSAGES
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, with_level
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.extension import HopByHopOptions
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.icmpv6_message import UnknownMessage
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.lowpan_options import LowpanContext
from p6lowpan.wire.ipv6.multicast_listener import (
    MulticastAddressRecord,
    MulticastListenerReport,
    MulticastListenerReportV2,
)
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import UnknownOption
from p6lowpan.wire.ipv6.options import RplOption
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.router_options import Mtu, PrefixInformation
from p6lowpan.wire.ipv6.routing import source_route
from p6lowpan.wire.ipv6.udp import datagram
from p6lowpan.wire.rpl.messages import BASES, ControlMessage, Dao, DaoAck, Dio, Dis, UnknownBase
from p6lowpan.wire.rpl.mpl import MplControl
from p6lowpan.wire.rpl.options import DodagConfiguration, Target, TransitInformation
from properties.building import ipv6, udp
from properties.strategies import strategy_for

TABLES = (
    UPPER_WORDS,
    NEIGHBOR_OPTION_WORDS,
    RPL_OPTION_WORDS,
    BASE_WORDS,
    OPTION_WORDS,
    EXTENSION_WORDS,
    FRONT_WORDS,
    CONTENT_WORDS,
)


@pytest.mark.parametrize(
    "row", [(kind, words) for table in TABLES for kind, words in table.items()], ids=lambda row: row[0].__name__
)
@settings(max_examples=15)
@given(data=st.data())
def test_whatever_a_header_holds_there_are_words_in_one_line(row, data):
    kind, words = row
    said = words(data.draw(strategy_for(kind)))
    assert isinstance(said, str)
    assert said.isprintable()


def test_every_icmpv6_message_has_words():
    assert set(ICMPV6_MESSAGES.members.values()) <= set(UPPER_WORDS)


def test_every_rpl_base_has_words():
    assert set(BASES.values()) <= set(BASE_WORDS)


ALICE = bytes.fromhex("fe800000000000000012345678abcd01")
EUI64 = bytes.fromhex("0212345678abcd01")
DODAG = bytes.fromhex("20010db8000000000000000000000001")
SPELLED = "02:12:34:56:78:ab:cd:01"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (EchoRequest(identifier=1, sequence_number=3, data=b"abcd"), "ICMPv6 echo request id 1 seq 3"),
        (EchoReply(identifier=1, sequence_number=3), "ICMPv6 echo reply id 1 seq 3"),
        (DestinationUnreachable(code=4), "ICMPv6 destination unreachable: port unreachable"),
        (DestinationUnreachable(code=99), "ICMPv6 destination unreachable: code 99"),
        (PacketTooBig(mtu=1280), "ICMPv6 packet too big: MTU 1280"),
        (TimeExceeded(code=1), "ICMPv6 time exceeded: fragment reassembly time exceeded"),
        (ParameterProblem(code=1, pointer=40), "ICMPv6 parameter problem: unrecognized next header, at octet 40"),
        (ClassUnsupported(code=3), "P6LoWPAN class unsupported: I am of level 3"),
        (UnknownMessage(type=200, code=7), "ICMPv6 private information 1 code 7"),
        (UnknownMessage(type=255, code=7), "ICMPv6 type 255 code 7"),
        (
            RouterSolicitation(options=(SourceLinkLayerAddress(address=address_field(LinkAddress(EUI64))),)),
            f"RS with SLLAO {SPELLED}",
        ),
        (RouterAdvertisement(), "RA no default router"),
        (
            RouterAdvertisement(
                router_lifetime_seconds=1800,
                options=(
                    PrefixInformation(
                        prefix_length=64, valid_lifetime_seconds=1, preferred_lifetime_seconds=1, prefix=DODAG
                    ),
                    LowpanContext(
                        context_length=64, compress=1, context_identifier=1, lifetime_minutes=10, prefix=DODAG[:8]
                    ),
                    CapabilityIndication(),
                    Mtu(mtu=1280),
                ),
            ),
            "RA lifetime 1800 s with prefix 2001:db8::1/64, context 1 = 2001:db8::/64 10 min, 6CIO, MTU 1280",
        ),
        (
            RouterAdvertisement(
                options=(
                    LowpanContext(context_length=64, context_identifier=1, lifetime_minutes=0, prefix=DODAG[:8]),
                    with_level(CapabilityIndication(), 3),
                )
            ),
            "RA no default router with context 1 = 2001:db8::/64 0 min, not for compression, 6CIO level 3",
        ),
        (
            NeighborSolicitation(
                target=ALICE, options=(AddressRegistration(lifetime_minutes=60, ownership_verifier=EUI64),)
            ),
            f"NS for fe80::12:3456:78ab:cd01 with ARO 60 min of {SPELLED}",
        ),
        (
            NeighborAdvertisement(target=ALICE, solicited=1, override=1),
            "NA of fe80::12:3456:78ab:cd01 (solicited, override)",
        ),
        (
            NeighborAdvertisement(
                target=ALICE,
                options=(
                    AddressRegistration(
                        status=2, has_transaction=1, transaction=7, lifetime_minutes=60, ownership_verifier=EUI64
                    ),
                ),
            ),
            f"NA of fe80::12:3456:78ab:cd01 with EARO neighbor cache full 60 min of {SPELLED}",
        ),
        (Redirect(target=ALICE, destination=DODAG), "redirect for 2001:db8::1 to fe80::12:3456:78ab:cd01"),
        (
            DuplicateAddressRequest(lifetime_minutes=5, ownership_verifier=EUI64, registered_address=DODAG),
            f"EDAR for 2001:db8::1 5 min of {SPELLED}",
        ),
        (
            DuplicateAddressConfirmation(
                code_suffix=0, status=1, lifetime_minutes=5, ownership_verifier=EUI64, registered_address=DODAG
            ),
            f"DAC duplicate address for 2001:db8::1 5 min of {SPELLED}",
        ),
        (MulticastListenerReport(multicast_address=DODAG), "MLD report 2001:db8::1"),
        (
            MulticastListenerReportV2(records=(MulticastAddressRecord(type=4, multicast_address=DODAG),)),
            "MLDv2 report: 2001:db8::1 change to exclude mode",
        ),
        (ControlMessage(base=Dis()), "RPL DIS"),
        (
            ControlMessage(
                base=Dio(
                    rpl_instance_id=1,
                    version_number=240,
                    rank=256,
                    mode_of_operation=1,
                    trigger_sequence=0,
                    dodag_id=DODAG,
                    options=(
                        DodagConfiguration(
                            interval_doublings=1,
                            interval_minimum=1,
                            redundancy_constant=1,
                            objective_code_point=1,
                            default_lifetime=1,
                            lifetime_unit=1,
                        ),
                    ),
                )
            ),
            "RPL DIO rank 256 instance 1 version 240 Non-Storing DODAG 2001:db8::1, MRHOF, min hop rank increase 256",
        ),
        (
            ControlMessage(
                base=Dio(
                    rpl_instance_id=0,
                    version_number=240,
                    rank=0xFFFF,
                    mode_of_operation=6,
                    trigger_sequence=0,
                    dodag_id=bytes(16),
                )
            ),
            "RPL DIO rank infinite instance 0 version 240 mode 6 DODAG ::",
        ),
        (
            ControlMessage(
                base=Dao(
                    rpl_instance_id=0,
                    acknowledgment_requested=1,
                    dao_sequence=5,
                    options=(Target(prefix=DODAG), TransitInformation(path_sequence=1, path_lifetime=0)),
                )
            ),
            "RPL DAO seq 5, target 2001:db8::1/128, no path, wants DAO-ACK",
        ),
        (
            ControlMessage(
                base=Dao(
                    rpl_instance_id=0,
                    dao_sequence=5,
                    options=(
                        Target(prefix=DODAG),
                        TransitInformation(path_sequence=1, path_lifetime=30, parent_address=ALICE),
                    ),
                )
            ),
            "RPL DAO seq 5, target 2001:db8::1/128, via fe80::12:3456:78ab:cd01",
        ),
        (
            ControlMessage(base=DaoAck(rpl_instance_id=0, dao_sequence=5, status=128)),
            "RPL DAO-ACK seq 5 rejection: unqualified",
        ),
        (ControlMessage(code=0x0A, base=UnknownBase()), "RPL Projected DAO Request Acknowledgment"),
        (MplControl(), "MPL control, 0 seeds"),
    ],
)
def test_icmpv6_messages_say(message, words):
    assert words_of(message) == words


def test_an_echo_says_how_many_octets_it_carries():
    message = EchoRequest(identifier=1, sequence_number=3, data=b"abcd").encode()
    assert packet_words(ipv6(58, message)).text == "ICMPv6 echo request id 1 seq 3, 4 octets"


def test_options_without_words_are_counted():
    message = RouterSolicitation(options=(Mtu(mtu=1280), UnknownOption(type=250, data=bytes(6))))
    assert words_of(message) == "RS with MTU 1280, 1 other option"
    assert words_of(RouterSolicitation(options=message.options[1:])) == "RS with 1 option"


@pytest.mark.parametrize(
    ("ports", "payload", "words"),
    [
        ((61617, 5683), "4001000ab773656e736f7273", "UDP 61617 > 5683, CoAP CON GET /sensors mid 10"),
        (
            (5683, 61617),
            "6145000aabc0ff3233",
            "UDP 5683 > 61617, CoAP ACK 2.05 Content mid 10 token ab format 0, text/plain; charset=utf-8 2 octets",
        ),
        ((5683, 61617), "7000000a", "UDP 5683 > 61617, CoAP RST Empty mid 10"),
        ((1, 2), "616263", "UDP 1 > 2, 3 octets"),
        ((19788, 19788), "00", "UDP 19788 > 19788 MLE, 1 octet"),
        ((1, 5683), "ff", "UDP 1 > 5683 CoAP, 1 octet, malformed: coap at octet 1: truncated"),
    ],
)
def test_udp_and_coap_say(ports, payload, words):
    octets = bytes.fromhex(payload)
    packet = ipv6(17, datagram(*ports, octets).encode() + octets)
    assert packet_words(packet).text.startswith(words)


def test_tcp_says_its_flags():
    segment = bytes.fromhex("0401005000000001000000005002020000000000")
    assert packet_words(ipv6(6, segment)).text == "TCP 1025 > 80 SYN seq 1 ack 0 window 512, 0 octets"


def test_extension_headers_are_said_before_the_upper_layer():
    option = RplOption(type=0x63, down=1, instance=0, sender_rank=256)
    hop_by_hop = HopByHopOptions(next_header=43, options=(option,)).encode()
    route = source_route(58, (ALICE, DODAG)).encode()
    echo = EchoRequest(identifier=1, sequence_number=2).encode()
    said = packet_words(ipv6(0, hop_by_hop + route + echo)).text
    assert said == "RPL option 0x63 down rank 256, source route, 1 left, ICMPv6 echo request id 1 seq 2, 0 octets"


def test_a_packet_inside_a_packet_is_said_with_its_ends():
    inner = ipv6(59, b"")
    assert packet_words(ipv6(41, inner)).text == (
        "IPv6 fe80::12:3456:78ab:cd01 > fe80::12:3456:78ab:cd02, next header no-next-header, 0 octets"
    )


def test_a_fragment_of_ipv6_says_its_place():
    said = packet_words(ipv6(44, bytes.fromhex("1100000900000007") + bytes(8))).text
    assert said == "IPv6 fragment 0x7 from octet 8, more follow, 8 octets"


def test_the_beginning_of_a_packet_is_said_as_if_it_were_whole():
    packet = ipv6(58, bytes.fromhex("8000000000010003") + bytes(500))
    assert packet_words(packet[:96]).text == "ICMPv6 echo request id 1 seq 3, 500 octets"
    assert packet_words(packet[:45]).text == "ICMPv6 echo request"
    assert packet_words(ipv6(17, udp(bytes(100)))[:44]).text == "next header udp"


def test_what_cannot_be_read_says_why():
    assert "malformed" in packet_words(ipv6(58, bytes.fromhex("80000000"))).text
    assert packet_words(b"`").text.startswith("ipv6 at octet 1: truncated")
    assert "malformed" in packet_words(ipv6(0, b"\x3a\xff")).text


@given(st.binary(max_size=120))
def test_any_packet_has_words(octets):
    assert packet_words(octets).text.isprintable()
    assert packet_words(ipv6(0, octets)).text.isprintable()


# --- MAC frames ------------------------------------------------------------------------------------------------------


def test_mac_frames_say():
    for octets, kind, words in (
        ("120007", "ACK", "seq 7, data pending"),
        ("020007", "ACK", "seq 7"),
        ("030801ffffffff07", "CMD", "beacon request"),
        ("030801ffffffff24", "CMD", "vendor specific"),
        ("030801ffffffffee", "CMD", "command 0xee"),
        (
            "030801ffffffff02",
            "CMD",
            "malformed: association-response at octet 1: truncated (short_address needs 2 octets from 1, 0 left)",
        ),
        ("008001cdab0000ffcf0000", "BEACON", "PAN coordinator, association permitted"),
    ):
        frame, _ = decode_frame(bytes.fromhex(octets), 0)
        assert (kind_of(frame), frame_words(frame)) == (kind, words)


def test_errors_say_what_would_help():
    frame, _ = decode_frame(bytes.fromhex("699801cdab010002000d0100000001aabbccdd"), 0)
    for reason, words in (
        (Reason.NO_KEY, "secured (security level 5, key index 1), and no key is given for it"),
        (
            Reason.BAD_INTEGRITY_CODE,
            "secured (security level 5, key index 1), and no given key opens it (or 0x0002 has another EUI-64)",
        ),
        (
            Reason.NO_EXTENDED_ADDRESS,
            "secured (security level 5, key index 1), the EUI-64 of 0x0002 is not known: give it with --address",
        ),
    ):
        assert error_words(Malformed("ieee802154-security", 0, reason), frame) == words
    assert "--ignore-fcs" in error_words(Malformed("ieee802154", 0, Reason.BAD_CHECKSUM), None)
    assert "--context" in error_words(Malformed("iphc", 0, Reason.NO_CONTEXT, "contexts 0 and 1 asked for"), frame)
    assert error_words(Malformed("iphc", 1, Reason.RESERVED), frame) == "iphc at octet 1: reserved"


def test_a_header_without_words_is_named_after_its_layer():
    assert words_of(decode_frame(bytes.fromhex("020007"), 0)[0]) == "ieee802154"
