"""Options of RPL control messages, octets written by hand after the figures of the RFCs."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.rpl.metrics import Etx, EtxEntry, MetricObject
from p6lowpan.wire.rpl.options import (
    OPTIONS,
    DodagConfiguration,
    MetricContainer,
    Pad1,
    PadN,
    PrefixInformation,
    RouteDiscovery,
    RouteInformation,
    SolicitedInformation,
    Target,
    TargetDescriptor,
    TransitInformation,
    UnknownOption,
)

ROUTER = "20010db8000000000000000000000002"
ADDRESS = parse_ipv6("2001:db8::2")

VECTORS = {
    "RFC 6550 figure 20": ("00", Pad1()),
    "RFC 6550 figure 21, two octets": ("01 00", PadN()),
    "RFC 6550 figure 21, with content": ("01 03 00ff00", PadN(padding=b"\0\xff\0")),
    "RFC 6550 figure 22": (
        "02 06 07 0000 02 01c9",
        MetricContainer(objects=(MetricObject(body=Etx(entries=(EtxEntry(etx=457),))),)),
    ),
    "RFC 6550 figure 22, empty": ("02 00", MetricContainer()),
    "RFC 6550 figure 23": (
        "03 0e 40 08 00015180 20010db800000000",
        RouteInformation(prefix_length=64, preference=1, route_lifetime=86400, prefix=ADDRESS[:8]),
    ),
    "RFC 6550 figure 23, a default route": (
        "03 06 00 f9 ffffffff",
        RouteInformation(
            prefix_length=0, reserved1=7, preference=3, reserved2=1, route_lifetime=0xFFFFFFFF, prefix=b""
        ),
    ),
    "RFC 6550 figure 24": (
        "04 0e 0b 14 03 0a 0700 0100 0001 00 1e 003c",
        DodagConfiguration(
            authentication_enabled=1,
            path_control_size=3,
            interval_doublings=20,
            interval_minimum=3,
            redundancy_constant=10,
            maximum_rank_increase=1792,
            minimum_hop_rank_increase=256,
            objective_code_point=1,
            default_lifetime=30,
            lifetime_unit=60,
        ),
    ),
    "RFC 9914 D, RFC 9010 P, RFC 9035 T, RFC 9008 bit 3": (
        "04 0e f0 00 00 00 0000 0000 0000 ff 00 0000",
        DodagConfiguration(
            projected_routes=1,
            root_proxies_registration=1,
            compression=1,
            option_type_0x23=1,
            interval_doublings=0,
            interval_minimum=0,
            redundancy_constant=0,
            minimum_hop_rank_increase=0,
            reserved=0xFF,
            default_lifetime=0,
            lifetime_unit=0,
        ),
    ),
    "RFC 6550 figure 25": (f"05 12 00 80 {ROUTER}", Target(prefix=ADDRESS)),
    "RFC 6550 figure 25, a prefix": ("05 06 00 20 20010db8", Target(prefix_length=32, prefix=ADDRESS[:4])),
    "RFC 9010 figure 4, a verifier of 64 bits": (
        f"05 1a c1 40 {ROUTER} 0102030405060708",
        Target(
            full_address=1,
            proxy_requested=1,
            prefix_length=64,
            prefix=ADDRESS,
            verifier=bytes.fromhex("0102030405060708"),
        ),
    ),
    "RFC 9010 figure 4, a verifier of 256 bits behind a short prefix": (
        "05 26 04 20 20010db8" + "aa" * 32,
        Target(prefix_length=32, prefix=ADDRESS[:4], verifier=b"\xaa" * 32),
    ),
    "RFC 9010 figure 4, a verifier of unknown size behind a prefix": (
        "05 09 05 1f 20010db8 010203",
        Target(verifier_size=5, prefix_length=31, prefix=ADDRESS[:4], verifier=b"\1\2\3"),
    ),
    "RFC 9010 figure 4, a verifier of unknown size behind an address": (
        f"05 13 8f 20 {ROUTER} 01",
        Target(full_address=1, verifier_size=15, prefix_length=32, prefix=ADDRESS, verifier=b"\1"),
    ),
    "RFC 9685, an anycast target": (f"05 12 20 80 {ROUTER}", Target(address_type=2, prefix=ADDRESS)),
    "RFC 6550 figure 26, storing": ("06 04 00 00 01 1e", TransitInformation(path_sequence=1, path_lifetime=30)),
    "RFC 6550 figure 26, non-storing, RFC 9009 I": (
        f"06 14 c0 c0 01 ff {ROUTER}",
        TransitInformation(
            external=1,
            invalidate_previous=1,
            path_control=0xC0,
            path_sequence=1,
            path_lifetime=255,
            parent_address=ADDRESS,
        ),
    ),
    "RFC 6550 figure 28": (
        f"07 13 1e e0 {ROUTER} f0",
        SolicitedInformation(
            rpl_instance_id=30,
            version_predicate=1,
            instance_predicate=1,
            dodag_predicate=1,
            dodag_id=ADDRESS,
            version_number=0xF0,
        ),
    ),
    "RFC 6550 figure 29": (
        f"08 1e 40 e1 00000e10 00000708 00000000 {ROUTER}",
        PrefixInformation(
            prefix_length=64,
            on_link=1,
            autonomous=1,
            router_address=1,
            reserved1=1,
            valid_lifetime=3600,
            preferred_lifetime=1800,
            prefix=ADDRESS,
        ),
    ),
    "RFC 6550 figure 30": ("09 04 01020304", TargetDescriptor(descriptor=0x01020304)),
    "RFC 6997 figure 1, whole addresses": (
        f"0a 22 90 45 {ROUTER} {ROUTER}",
        RouteDiscovery(reply=1, routes=1, lifetime=1, maximum_rank_or_next_hop=5, target=ADDRESS, addresses=ADDRESS),
    ),
    "RFC 6997 figure 1, the last octet of addresses": (
        "0a 05 cf 00 02 0304",
        RouteDiscovery(reply=1, hop_by_hop=1, compression=15, target=b"\2", addresses=b"\3\4"),
    ),
    "not assigned": ("7f 01 aa", UnknownOption(type=0x7F, data=b"\xaa")),
}
vectors = pytest.mark.parametrize(("octets", "option"), VECTORS.values(), ids=VECTORS)


@vectors
def test_octets_decode_to_the_option(octets, option):
    assert OPTIONS.decode(bytes.fromhex(octets) + b"rest") == (option, b"rest")


@vectors
def test_the_option_encodes_to_the_octets(octets, option):
    assert option.encode() == bytes.fromhex(octets)


@vectors
def test_damaged_octets_decode_or_are_refused(octets, option, stands_hostile_octets):
    stands_hostile_octets(OPTIONS.decode, bytes.fromhex(octets))


def test_every_option_of_the_family_has_a_vector():
    assert {type(option) for _, option in VECTORS.values()} == {*OPTIONS.members.values(), UnknownOption}


@pytest.mark.parametrize(
    ("octets", "reason", "offset"),
    [
        pytest.param("", Reason.TRUNCATED, 0, id="nothing"),
        pytest.param("7f", Reason.TRUNCATED, 1, id="a type without a length"),
        pytest.param("02 01 01", Reason.TRUNCATED, 3, id="a metric object cut off by its container"),
        pytest.param("03 05 00 00 00000000", Reason.BAD_LENGTH, 8, id="a route information too short for its lifetime"),
        pytest.param("03 0e 41 00 00000000 20010db800000000", Reason.BAD_LENGTH, 8, id="65 bits in 8 octets"),
        pytest.param("03 17 00 00 00000000" + "00" * 17, Reason.BAD_LENGTH, 1, id="a route of 17 octets"),
        pytest.param("03 17 81 00 00000000" + "00" * 17, Reason.BAD_VALUE, 2, id="a route of 129 bits"),
        pytest.param("04 0d" + "00" * 14, Reason.FIXED_VALUE, 1, id="a DODAG configuration of 13 octets"),
        pytest.param("05 01 00 00", Reason.BAD_LENGTH, 4, id="a target without a prefix length"),
        pytest.param("05 03 00 09 20", Reason.BAD_LENGTH, 4, id="a target of 9 bits in one octet"),
        pytest.param("05 13 00 80" + "00" * 17, Reason.BAD_LENGTH, 1, id="a target of 17 octets"),
        pytest.param("05 12 00 81" + "00" * 16, Reason.BAD_VALUE, 3, id="a target of 129 bits"),
        pytest.param("05 06 80 20 20010db8", Reason.BAD_LENGTH, 4, id="F with four octets"),
        pytest.param("05 09 01 00" + "00" * 7, Reason.BAD_LENGTH, 4, id="no room for the verifier"),
        pytest.param("06 05 00 00 00 00 00", Reason.BAD_LENGTH, 1, id="a transit information of 5 octets"),
        pytest.param("07 12" + "00" * 19, Reason.FIXED_VALUE, 1, id="a solicited information of 18 octets"),
        pytest.param("08 1e 81" + "00" * 29, Reason.BAD_VALUE, 2, id="a prefix of 129 bits"),
        pytest.param("09 05" + "00" * 5, Reason.FIXED_VALUE, 1, id="a descriptor of 5 octets"),
        pytest.param("0a 0b 0e 00 0001 00000000000000", Reason.BAD_LENGTH, 6, id="half an address"),
    ],
)
def test_an_option_that_contradicts_itself_is_refused(octets, reason, offset):
    with pytest.raises(Malformed) as caught:
        OPTIONS.decode(bytes.fromhex(octets))
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


def test_the_length_of_a_transit_information_follows_its_parent():
    assert TransitInformation(path_sequence=0, path_lifetime=0).length == 4
    assert TransitInformation(path_sequence=0, path_lifetime=0, parent_address=ADDRESS).length == 20
    with pytest.raises(UsageError):
        TransitInformation(length=20, path_sequence=0, path_lifetime=0)


def test_a_route_is_one_address_a_router():
    option = RouteDiscovery(compression=14, target=b"ab", addresses=b"cdef")
    assert option.route == (b"cd", b"ef")


def test_words_for_a_configuration():
    words = {span.name: span.meaning for span in VECTORS["RFC 6550 figure 24"][1].layout()}
    assert words["objective_code_point"] == "MRHOF, Minimum Rank with Hysteresis"
    assert words["interval_minimum"] == "Imin is 2^3 ms"
    assert words["interval_doublings"] == "Imax is Imin doubled 20 times"
    assert words["default_lifetime"] == "30 lifetime units"
    assert words["lifetime_unit"] == "60 s"
    assert words["path_control_size"] == "4 active bits"
    assert words["option_type_0x23"] == "RPL Option type 0x63"


def test_words_for_a_path():
    path = {span.name: span.meaning for span in VECTORS["RFC 6550 figure 26, non-storing, RFC 9009 I"][1].layout()}
    assert (path["path_control"], path["path_lifetime"], path["parent_address"]) == ("PC1", "infinite", "2001:db8::2")
    gone = {span.name: span.meaning for span in TransitInformation(path_sequence=0, path_lifetime=0).layout()}
    assert gone["path_lifetime"] == "No-Path: reachability is lost"
