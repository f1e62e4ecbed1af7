"""The family of ICMPv6 messages, echo, and what is common to all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.family import Family
from p6lowpan.wire.ipv6.icmpv6 import MEMBERS, MESSAGES, EchoReply, EchoRequest, messages_with
from p6lowpan.wire.ipv6.icmpv6_message import UnknownMessage, is_error, with_checksum
from p6lowpan.wire.ipv6.multicast_listener import MulticastListenerQuery, MulticastListenerQueryV2
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.ipv6.registry import MessageType

VECTORS = {
    "echo request, RFC 4443 section 4.1": (
        EchoRequest(checksum=0x1234, identifier=0xABCD, sequence_number=1, data=b"hi"),
        "80 00 1234 abcd 0001 6869",
    ),
    "echo reply, RFC 4443 section 4.2": (EchoReply(identifier=1, sequence_number=2), "81 00 0000 0001 0002"),
    "a RPL message is left to its own family": (UnknownMessage(type=155, code=0, body=b"\0\0"), "9b 00 0000 0000"),
    "a type that nobody knows": (UnknownMessage(type=255, code=9, checksum=1, body=b"\7"), "ff 09 0001 07"),
}


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_a_message_goes_both_ways_and_stands_hostile_octets(proves, value, octets):
    proves(MESSAGES, value, octets)


@pytest.mark.parametrize("octets", ["", "80", "8000", "800000", "80000000 0001 00", "ff0000"])
def test_a_message_that_ends_early_is_truncated(refuses, octets):
    assert refuses(MESSAGES, octets).reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("octets", "kind"),
    [(24, MulticastListenerQuery), (27, MulticastListenerQuery), (28, MulticastListenerQueryV2)],
)
def test_a_query_is_of_the_version_that_its_length_says(octets, kind):
    """RFC 3810 section 8.1."""
    value, rest = MESSAGES.decode(b"\x82" + bytes(octets - 1))
    assert type(value) is kind
    assert rest == b""


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        ("64 05 0000", ClassUnsupported),
        ("64 80 0000 80000000", ClassUnsupported),
        ("64 07 0000", UnknownMessage),
        ("64 05 0000 00", UnknownMessage),
        ("64 80 0000", UnknownMessage),
        ("64 80 0000 0000000000", UnknownMessage),
        ("65 05 0000", UnknownMessage),
    ],
)
def test_the_experimental_type_is_ours_only_in_our_form(octets, kind):
    assert type(MESSAGES.decode(bytes.fromhex(octets))[0]) is kind


def test_the_error_may_have_another_type():
    family = messages_with(class_unsupported_type=101)
    assert family.decode(bytes.fromhex("65050000")) == (ClassUnsupported(type=101, code=5), b"")
    assert type(family.decode(bytes.fromhex("64050000"))[0]) is UnknownMessage


def test_others_may_join_and_tell_further():
    family = messages_with({155: Family("rpl", {1: EchoReply}, UnknownMessage, key=lambda octets: octets[1])})
    assert type(family.decode(bytes.fromhex("9b020000"))[0]) is UnknownMessage
    assert type(family.decode(bytes.fromhex("80000000 00010002"))[0]) is EchoRequest


def test_every_member_is_found_under_the_type_that_it_encodes():
    for message_type, kind in MEMBERS.items():
        assert next(field for field in kind.FIELDS if field.name == "type").default == message_type & 0xFF


SOURCE, DESTINATION = parse_ipv6("fe80::1"), parse_ipv6("fe80::2")


@pytest.mark.parametrize("received", [0, 0xFFFF, 0x1234])
def test_a_checksum_is_computed_on_request_whatever_was_there(received):
    sent = EchoRequest(checksum=received, identifier=1, sequence_number=2, data=b"odd")
    message = with_checksum(sent, SOURCE, DESTINATION)
    assert checksum_holds(SOURCE, DESTINATION, 58, message.encode())
    assert type(message) is EchoRequest


def test_a_known_checksum():
    """RFC 1071 by hand: fe80::1 to fe80::2, 8 octets of ICMPv6, an echo request 1/1 without data."""
    total = 0xFE80 + 0x0001 + 0xFE80 + 0x0002 + 8 + 58 + 0x8000 + 1 + 1
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    message = with_checksum(EchoRequest(identifier=1, sequence_number=1), SOURCE, DESTINATION)
    assert message.checksum == total ^ 0xFFFF


@pytest.mark.parametrize(("message_type", "error"), [(1, True), (100, True), (127, True), (128, False), (155, False)])
def test_errors_are_the_lower_half_of_the_types(message_type, error):
    assert is_error(message_type) is error


def test_types_are_said_in_words(words):
    assert words(EchoRequest(identifier=1, sequence_number=1), "type") == "echo request"
    assert words(UnknownMessage(type=155), "type") == "rpl control"
    assert words(UnknownMessage(type=254), "type") == "not assigned"
    assert MessageType(133).name == "ROUTER_SOLICITATION"


@given(st.sampled_from([1, 2, 100, 128, 130, 133, 134, 135, 136, 137, 143, 157, 158]), st.binary(max_size=120))
def test_any_message_decodes_or_is_refused(message_type, body):
    octets = bytes((message_type,)) + body
    try:
        value, rest = MESSAGES.decode(octets)
    except Malformed as error:
        if not 0 <= error.offset <= len(octets):
            pytest.fail(f"{error}: the offset is outside {len(octets)} octets")
    else:
        assert value.encode() + rest == octets
