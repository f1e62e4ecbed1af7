"""Extension headers, each alone."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ipv6.extension import (
    AuthenticationHeader,
    DestinationOptions,
    EncapsulatingSecurityPayload,
    FragmentHeader,
    GenericExtension,
    HopByHopOptions,
    MobilityHeader,
)
from p6lowpan.wire.ipv6.options import PadN, RplOption, padded
from p6lowpan.wire.ipv6.registry import Protocol

RPL = RplOption(instance=30, sender_rank=256)

VECTORS = {
    "hop-by-hop with the RPL option": (HopByHopOptions(next_header=58, options=(RPL,)), "3a00 2304 001e 0100"),
    "hop-by-hop of two units": (
        HopByHopOptions(next_header=17, options=(RPL, PadN(padding=bytes(6)))),
        "1101 2304001e0100 0106000000000000",
    ),
    "destination options that are padding": (
        DestinationOptions(next_header=59, options=padded(())),
        "3b00 010400000000",
    ),
    "fragment, RFC 8200 section 4.5": (
        FragmentHeader(next_header=17, offset=185, more=1, identification=0x01020304),
        "1100 05c9 01020304",
    ),
    "fragment, reserved fields kept": (
        FragmentHeader(next_header=17, reserved=6, offset=0, reserved_bits=3, more=0, identification=1),
        "1106 0006 00000001",
    ),
    "mobility, a binding update": (
        MobilityHeader(payload_protocol=59, type=5, checksum=0xABCD, data=bytes(range(10))),
        "3b01 0500 abcd 00010203040506070809",
    ),
    "authentication, RFC 4302 section 2": (
        AuthenticationHeader(
            next_header=6, security_parameters_index=1, sequence_number=2, integrity_check_value=b"\xcc" * 12
        ),
        "0604 0000 00000001 00000002 cccccccccccccccccccccccc",
    ),
    "authentication without a value": (
        AuthenticationHeader(next_header=6, reserved=1, security_parameters_index=1, sequence_number=2),
        "0601 0001 00000001 00000002",
    ),
    "ESP, RFC 4303 section 2": (
        EncapsulatingSecurityPayload(security_parameters_index=0x100, sequence_number=1),
        "00000100 00000001",
    ),
    "HIP, kept raw": (GenericExtension(next_header=59, data=bytes(range(14))), "3b01 000102030405060708090a0b0c0d"),
}


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_extension_header_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(type(value), value, octets)
    leaves_the_rest(type(value), octets)


def test_an_option_that_runs_past_its_header_is_truncated_where_the_header_ends(refuses):
    error = refuses(HopByHopOptions, "3a00 2305 001e 0100 ffffffffffffffff")
    assert (error.layer, error.offset, error.reason) == ("option-rpl", 8, Reason.TRUNCATED)


def test_the_offset_of_a_bad_option_is_counted_from_the_header(refuses):
    error = refuses(DestinationOptions, "3a00 0100 0501 0000")
    assert (error.layer, error.offset, error.reason) == ("option-router-alert", 5, Reason.BAD_LENGTH)


def test_an_authentication_header_of_no_length_is_refused(refuses):
    assert refuses(AuthenticationHeader, "0600 0000 00000001 00000002").reason is Reason.BAD_LENGTH


@pytest.mark.parametrize(
    "build",
    [
        lambda: HopByHopOptions(next_header=58, options=(PadN(),)),
        lambda: HopByHopOptions(next_header=58, options=()),
        lambda: DestinationOptions(next_header=58, length=1, options=padded(())),
        lambda: MobilityHeader(payload_protocol=59, type=5, data=bytes(3)),
        lambda: AuthenticationHeader(
            next_header=6, security_parameters_index=1, sequence_number=2, integrity_check_value=b"1"
        ),
        lambda: GenericExtension(next_header=59, data=bytes(7)),
    ],
)
def test_a_header_that_does_not_fill_its_units_cannot_be_built(build):
    with pytest.raises(UsageError):
        build()


@pytest.mark.parametrize(("offset", "more", "atomic"), [(0, 0, True), (0, 1, False), (1, 0, False), (1, 1, False)])
def test_a_fragment_is_atomic_where_it_is_first_and_last(offset, more, atomic):
    assert FragmentHeader(next_header=17, offset=offset, more=more, identification=0).is_atomic is atomic


def test_every_header_gives_its_next_header_under_one_name():
    assert MobilityHeader(payload_protocol=59, type=0, data=bytes(2)).next_header == Protocol.NO_NEXT_HEADER


def test_fields_are_said_in_words(words):
    fragment = FragmentHeader(next_header=17, offset=2, more=1, identification=0)
    assert words(fragment, "offset") == "octet 16"
    assert words(fragment, "more") == "more fragments follow"
    assert words(MobilityHeader(payload_protocol=59, type=5, data=bytes(2)), "type") == "binding update"
