"""Link-layer address options in the forms of RFC 4944 section 8."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ipv6.link_layer_options import (
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    address_field,
    link_address_of,
)
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS

EUI64 = LinkAddress(bytes.fromhex("0212345678abcd01"))
SHORT = LinkAddress(bytes.fromhex("0a0b"))

VECTORS = {
    "source, EUI-64: two units, RFC 4944 figure 7": (
        SourceLinkLayerAddress(address=address_field(EUI64)),
        "0102 0212345678abcd01 000000000000",
    ),
    "target, short: one unit, RFC 4944 figure 7": (
        TargetLinkLayerAddress(address=address_field(SHORT)),
        "0201 0a0b 00000000",
    ),
    "source, Ethernet": (SourceLinkLayerAddress(address=bytes.fromhex("020000000001")), "0101 020000000001"),
    "target, three units": (TargetLinkLayerAddress(address=bytes(22)), "0203" + "00" * 22),
}


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize("address", [EUI64, SHORT])
@pytest.mark.parametrize("kind", [SourceLinkLayerAddress, TargetLinkLayerAddress])
def test_an_address_of_the_link_comes_back(kind, address):
    assert link_address_of(kind(address=address_field(address))) == address


def test_padding_behind_an_eui_64_may_be_anything():
    assert link_address_of(SourceLinkLayerAddress(address=EUI64 + b"noise!")) == EUI64


@pytest.mark.parametrize("field", [bytes.fromhex("020000000001"), bytes(22)])
def test_an_address_of_another_link_is_refused(field):
    with pytest.raises(Malformed) as caught:
        link_address_of(TargetLinkLayerAddress(address=field))
    assert caught.value.reason is Reason.BAD_VALUE


@pytest.mark.parametrize("address", [b"", b"\1", bytes(6)])
def test_an_address_that_the_link_does_not_have_cannot_be_built(address):
    with pytest.raises(UsageError):
        address_field(LinkAddress(address))


@pytest.mark.parametrize(
    ("field", "meaning"),
    [
        (address_field(EUI64), "02:12:34:56:78:ab:cd:01"),
        (address_field(SHORT), "0x0a0b"),
        (bytes.fromhex("020000000001"), "02:00:00:00:00:01"),
    ],
)
def test_the_address_is_said_in_words(words, field, meaning):
    assert words(SourceLinkLayerAddress(address=field), "address") == meaning
