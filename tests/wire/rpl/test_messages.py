"""RPL control messages, octets written by hand after the figures of the RFCs."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.rpl.messages import (
    MESSAGES,
    ConsistencyCheck,
    ControlMessage,
    Dao,
    DaoAck,
    Dco,
    DcoAck,
    Dio,
    Dis,
    RouteReply,
    RouteReplyAck,
    SealedBase,
    UnknownBase,
)
from p6lowpan.wire.rpl.options import Pad1, PadN, UnknownOption
from p6lowpan.wire.rpl.security import SecuritySection

ROOT = "20010db8000000000000000000000001"
DODAG_ID = parse_ipv6("2001:db8::1")

VECTORS = {
    "RFC 6550 figure 13": ("9b00abcd 0000", ControlMessage(checksum=0xABCD, base=Dis())),
    "RFC 6550 figure 13 with padding": (
        "9b000000 0102 00 0103000000",
        ControlMessage(base=Dis(flags=1, reserved=2, options=(Pad1(), PadN(padding=bytes(3))))),
    ),
    "RFC 6550 figure 14": (
        f"9b010000 1e f1 0100 8d f2 00 00 {ROOT}",
        ControlMessage(
            base=Dio(
                rpl_instance_id=30,
                version_number=0xF1,
                rank=256,
                grounded=1,
                mode_of_operation=1,
                preference=5,
                trigger_sequence=0xF2,
                dodag_id=DODAG_ID,
            )
        ),
    ),
    "RFC 6550 figure 14, every reserved bit": (
        f"9b010000 00 00 ffff 40 00 a5 5a {ROOT}",
        ControlMessage(
            base=Dio(
                rpl_instance_id=0,
                version_number=0,
                rank=0xFFFF,
                zero=1,
                mode_of_operation=0,
                trigger_sequence=0,
                flags=0xA5,
                reserved=0x5A,
                dodag_id=DODAG_ID,
            )
        ),
    ),
    "RFC 6550 figure 16": (
        "9b020000 1e 80 00 07",
        ControlMessage(base=Dao(rpl_instance_id=30, acknowledgment_requested=1, dao_sequence=7)),
    ),
    "RFC 6550 figure 16 with a DODAGID and RFC 9914's P": (
        f"9b020000 81 60 00 07 {ROOT}",
        ControlMessage(base=Dao(rpl_instance_id=0x81, projected=1, dao_sequence=7, dodag_id=DODAG_ID)),
    ),
    "RFC 6550 figure 17": (
        "9b030000 1e 00 07 81",
        ControlMessage(base=DaoAck(rpl_instance_id=30, dao_sequence=7, status=0x81)),
    ),
    "RFC 6550 figure 17 with a DODAGID": (
        f"9b030000 1e 80 07 00 {ROOT}",
        ControlMessage(base=DaoAck(rpl_instance_id=30, dao_sequence=7, dodag_id=DODAG_ID)),
    ),
    "RFC 6997 figure 2": (
        f"9b040000 81 00 e001 {ROOT}",
        ControlMessage(
            base=RouteReply(
                rpl_instance_id=0x81, stop=1, acknowledgment_required=1, sequence=2, reserved=1, dodag_id=DODAG_ID
            )
        ),
    ),
    "RFC 6997 figure 3": (
        f"9b050000 81 00 c002 {ROOT}",
        ControlMessage(base=RouteReplyAck(rpl_instance_id=0x81, sequence=3, reserved=2, dodag_id=DODAG_ID)),
    ),
    "RFC 9009 section 4.3": (
        f"9b070000 81 c0 81 09 {ROOT}",
        ControlMessage(
            base=Dco(rpl_instance_id=0x81, acknowledgment_requested=1, status=0x81, dco_sequence=9, dodag_id=DODAG_ID)
        ),
    ),
    "RFC 9009 section 4.3.4": (
        "9b080000 1e 00 09 00",
        ControlMessage(base=DcoAck(rpl_instance_id=30, dco_sequence=9)),
    ),
    "RFC 6550 figure 7, a MAC of 32 bits": (
        "9b800000 00 00 00 00 00000005 01 0000 cafebabe",
        ControlMessage(
            security=SecuritySection(key_identifier_mode=0, level=0, counter=5, key_index=1),
            base=Dis(),
            integrity_code=bytes.fromhex("cafebabe"),
        ),
    ),
    "RFC 6550 figure 7, encrypted": (
        "9b810000 80 00 83 00 00000005 0102030405060708 09 deadbeef 1122334455667788",
        ControlMessage(
            code=0x81,
            security=SecuritySection(
                counter_is_time=1,
                key_identifier_mode=2,
                level=3,
                counter=5,
                key_source=bytes.fromhex("0102030405060708"),
                key_index=9,
            ),
            base=SealedBase(data=bytes.fromhex("deadbeef")),
            integrity_code=bytes.fromhex("1122334455667788"),
        ),
    ),
    "RFC 6550 figure 18": (
        f"9b8a0000 00 00 42 00 00000006 1e 80 1234 {ROOT} 00000007 0100 0102030405060708",
        ControlMessage(
            security=SecuritySection(key_identifier_mode=1, level=2, counter=6),
            base=ConsistencyCheck(
                rpl_instance_id=30,
                response=1,
                nonce=0x1234,
                dodag_id=DODAG_ID,
                destination_counter=7,
                options=(PadN(),),
            ),
            integrity_code=bytes.fromhex("0102030405060708"),
        ),
    ),
    "RFC 9914, kept as it is": (
        "9b090000 1e 80 01 02",
        ControlMessage(code=0x09, base=UnknownBase(data=bytes.fromhex("1e800102"))),
    ),
}
vectors = pytest.mark.parametrize(("octets", "message"), VECTORS.values(), ids=VECTORS)


@vectors
def test_octets_decode_to_the_message(octets, message):
    assert MESSAGES.decode(bytes.fromhex(octets)) == (message, b"")


@vectors
def test_the_message_encodes_to_the_octets(octets, message):
    assert message.encode() == bytes.fromhex(octets)


@vectors
def test_damaged_octets_decode_or_are_refused(octets, message, stands_hostile_octets):
    stands_hostile_octets(MESSAGES.decode, bytes.fromhex(octets))


@pytest.mark.parametrize("code", range(256))
def test_no_code_is_refused_for_being_unknown(code):
    security = "0000020000000000" + "05" if code & 0x80 else ""
    octets = bytes((155, code, 0, 0)) + bytes.fromhex(security) + bytes(40)
    message, rest = MESSAGES.decode(octets)
    assert (message.code, message.encode() + rest) == (code, octets)


def test_an_option_that_is_not_known_is_kept_and_those_behind_it_are_read():
    message = ControlMessage.decode_all(bytes.fromhex("9b000000 0000 7f02beef 00"))
    assert message.base.options == (UnknownOption(type=0x7F, data=b"\xbe\xef"), Pad1())


def test_a_level_that_is_not_assigned_leaves_all_behind_the_section_unread():
    message = ControlMessage.decode_all(bytes.fromhex("9b800000 00004500 00000000 0000"))
    assert (message.base, message.integrity_code) == (SealedBase(data=b"\0\0"), b"")


def test_a_signature_fills_the_end_of_a_message():
    section = bytes.fromhex("0000c200 00000000")
    message = ControlMessage.decode_all(bytes.fromhex("9b800000") + section + bytes(2) + b"s" * 256)
    assert (message.base, message.integrity_code) == (Dis(), b"s" * 256)
    with pytest.raises(Malformed) as caught:
        ControlMessage.decode(bytes.fromhex("9b800000") + section + b"s" * 255)
    assert caught.value.reason is Reason.TRUNCATED


def test_another_icmpv6_type_is_refused():
    with pytest.raises(Malformed) as caught:
        MESSAGES.decode(bytes.fromhex("9c000000 0000"))
    assert (caught.value.reason, caught.value.offset) == (Reason.FIXED_VALUE, 0)


def test_an_offset_counts_from_the_icmpv6_type():
    with pytest.raises(Malformed) as caught:
        MESSAGES.decode(bytes.fromhex("9b000000 0000 00 0613"))
    assert (caught.value.layer, caught.value.reason, caught.value.offset) == (
        "rpl-transit-information",
        Reason.TRUNCATED,
        9,
    )


def test_a_message_finds_its_code_or_asks_for_it():
    assert ControlMessage(base=Dis()).code == 0x00
    with pytest.raises(UsageError, match="give the code"):
        ControlMessage(base=ConsistencyCheck(rpl_instance_id=0, nonce=0, dodag_id=DODAG_ID))
    with pytest.raises(UsageError, match="give the code"):
        ControlMessage(base=UnknownBase())


def test_a_base_of_another_code_cannot_be_sent():
    with pytest.raises(UsageError, match="a base of another code"):
        ControlMessage(code=1, base=Dis())


def test_a_dodag_id_is_there_if_the_flag_says_so():
    with pytest.raises(UsageError):
        Dao(rpl_instance_id=0, dao_sequence=0, dodag_id_present=1)
    with pytest.raises(UsageError):
        Dao(rpl_instance_id=0, dao_sequence=0, dodag_id_present=0, dodag_id=DODAG_ID)


def test_a_layout_speaks_in_words():
    message = ControlMessage.decode_all(bytes.fromhex(VECTORS["RFC 6550 figure 14"][0]))
    words = {span.name: span.meaning for span in (*message.layout(), *message.base.layout())}
    assert words["code"] == "DODAG Information Object"
    assert words["grounded"] == "grounded"
    assert words["mode_of_operation"] == "Non-Storing"
    assert words["rpl_instance_id"] == "global 30"
    assert words["dodag_id"] == "2001:db8::1"
