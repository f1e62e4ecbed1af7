"""Options of Hop-by-Hop and Destination Options headers."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.options import (
    OPTIONS,
    Action,
    HomeAddress,
    JumboPayload,
    MplOption,
    OptionType,
    Pad1,
    PadN,
    RouterAlert,
    RplOption,
    TunnelEncapsulationLimit,
    UnknownOption,
    action_of,
    alert_in_words,
    instance_in_words,
    may_change,
    padded,
    type_in_words,
)

VECTORS = {
    "Pad1, RFC 8200 section 4.2": (Pad1(), "00"),
    "PadN of two octets": (PadN(), "0100"),
    "PadN that carries something": (PadN(padding=b"\0\1\2"), "0103 000102"),
    "tunnel encapsulation limit, RFC 2473 section 4.1.1": (TunnelEncapsulationLimit(limit=4), "0401 04"),
    "router alert, RFC 2711 section 2.1": (RouterAlert(value=0), "0502 0000"),
    "RPL, RFC 6553 figure 1 with the type of RFC 9008": (
        RplOption(down=1, forwarding_error=1, instance=0x1E, sender_rank=0x0200),
        "2304 a0 1e 0200",
    ),
    "RPL with its first type and a sub-TLV": (
        RplOption(type=0x63, rank_error=1, instance=0x80, sender_rank=1, sub_tlvs=b"\7\1\2"),
        "6307 40 80 0001 070102",
    ),
    "RPL, reserved flags set": (RplOption(reserved=0x1F, instance=0, sender_rank=0), "2304 1f 00 0000"),
    "MPL, RFC 7731 section 6.1, the seed is the source": (MplOption(sequence=7), "6d02 00 07"),
    "MPL with a seed of 16 bits": (MplOption(largest_known=1, sequence=255, seed=b"\x12\x34"), "6d04 60 ff 1234"),
    "MPL with a seed of 64 bits": (MplOption(sequence=1, seed=bytes(range(8))), "6d0a 80 01 0001020304050607"),
    "MPL with a seed of 128 bits and more behind": (
        MplOption(version=1, reserved=5, sequence=1, seed=bytes(16), extension=b"\xee"),
        "6d13 d5 01" + "00" * 16 + "ee",
    ),
    "jumbo payload, RFC 2675 section 2": (JumboPayload(payload_length=65536), "c204 00010000"),
    "home address, RFC 6275 section 6.3": (
        HomeAddress(home_address=parse_ipv6("2001:db8::9")),
        "c910 20010db8000000000000000000000009",
    ),
    "duplicate packet detection, kept raw": (UnknownOption(type=8, data=b"\x80\1"), "0802 8001"),
    "an option nobody knows": (UnknownOption(type=0xFE, data=b"\1\2\3"), "fe03 010203"),
    "an option without data": (UnknownOption(type=0x1E), "1e00"),
}


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(
    "octets",
    ["0501 00", "0503 000000", "0400", "2303 000000", "6d01 00 00", "6d03 40 0000", "c203 000000", "c90f" + "00" * 15],
)
def test_a_length_that_its_rfc_does_not_give_is_refused(refuses, octets):
    assert refuses(OPTIONS, octets + "00" * 16).reason is Reason.BAD_LENGTH


@pytest.mark.parametrize("octets", ["", "01", "0102 00", "2304 0000", "fe01"])
def test_an_option_that_ends_early_is_truncated(refuses, octets):
    assert refuses(OPTIONS, octets).reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("option_type", "action", "changes"),
    [
        (0x05, Action.SKIP, False),
        (0x23, Action.SKIP, True),
        (0x63, Action.DISCARD, True),
        (0x6D, Action.DISCARD, True),
        (0x8B, Action.DISCARD_AND_REPORT, False),
        (0xC9, Action.DISCARD_AND_REPORT_UNLESS_MULTICAST, False),
    ],
)
def test_the_first_three_bits_say_what_who_does_not_know_it_does(option_type, action, changes):
    assert action_of(option_type) is action
    assert may_change(option_type) is changes


def test_types_are_said_in_words():
    assert type_in_words(0x63) == "rpl or discard; unknown: discard; may change on the way"
    assert type_in_words(0xFE) == "not assigned; unknown: discard and report unless multicast; may change on the way"


@pytest.mark.parametrize(
    ("instance", "text"),
    [
        (30, "global instance 30"),
        (0x83, "local instance 3 of the packet's source"),
        (0xC3, "local instance 3 of the packet's destination"),
    ],
)
def test_an_instance_is_global_or_local(instance, text):
    assert instance_in_words(instance) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "multicast listener discovery"),
        (4, "aggregated reservation, nesting level 0"),
        (35, "aggregated reservation, nesting level 31"),
        (36, "quality of service signalling, aggregation level 0"),
        (69, "MPLS OAM"),
        (70, "not assigned"),
    ],
)
def test_a_router_alert_says_what_to_look_for(value, text):
    assert alert_in_words(value) == text


@pytest.mark.parametrize(
    ("options", "padding"),
    [
        ((), PadN(padding=bytes(4))),
        ((RplOption(instance=0, sender_rank=0),), None),
        ((RplOption(instance=0, sender_rank=0, sub_tlvs=bytes(7)),), Pad1()),
        ((RplOption(instance=0, sender_rank=0, sub_tlvs=b"\1"),), PadN(padding=bytes(5))),
    ],
)
def test_padding_fills_the_last_eight_octets(options, padding):
    filled = padded(options)
    assert filled[len(options) :] == (() if padding is None else (padding,))
    assert (2 + sum(len(option.encode()) for option in filled)) % 8 == 0


@pytest.mark.parametrize(
    "build",
    [
        lambda: MplOption(sequence=0, seed=b"123"),
        lambda: RplOption(type=0x24, instance=0, sender_rank=0),
        lambda: RouterAlert(length=3),
        lambda: UnknownOption(type=OptionType.PAD1),
        lambda: PadN(padding=bytes(256)),
    ],
)
def test_an_option_that_cannot_exist_cannot_be_built(build):
    with pytest.raises(UsageError):
        build()
