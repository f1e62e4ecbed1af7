"""Whatever our Neighbor Discovery sends, as Wireshark reads it: nothing malformed, every checksum good, every value
where it belongs.

Wireshark 4.0 does not know RFC 8505 (it shows an EARO as an ARO) nor the flags of its 6CIO.
"""

from collections import Counter

import pytest

from p6lowpan.capability import profile as profiles
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Mode, Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import (
    MINUTE,
    PREFIX,
    SHORT,
    Neighborhood,
    address,
    another,
    border_router,
    discovery,
    link,
    said,
)

GIVEN = parse_ipv6("2001:db8:1::1234")
CONTEXTS = (Context(1, PREFIX, 64), Context(9, parse_ipv6("2001:db8:1::ff:fe00:0"), 112))


def line(**changes):
    """Two hosts that want the same address, two routers, and a border router between them."""
    names = ("one", "near", "border", "far", "other")
    nodes = {
        "one": another(Role.HOST, 1, short=SHORT, addresses=(GIVEN,), profile=profiles.of_level(3), **changes),
        "near": another(Role.ROUTER, 2, profile=profiles.of_level(6), **changes),
        "border": border_router(contexts=CONTEXTS, version=0x12345, **changes),
        "far": another(Role.ROUTER, 3, profile=profiles.of_flex(0xFF00FF00), **changes),
        "other": another(Role.HOST, 4, addresses=(GIVEN,), **changes),
    }
    network = Neighborhood(nodes, lambda one, other: abs(names.index(one) - names.index(other)) == 1)
    network.start()
    network.run(2 * MINUTE)
    network._take("near", nodes["near"].resolve(network.now, address(PREFIX, 1), b"packet"))
    network.run(10 * MINUTE)
    network._take("one", nodes["one"].leave(network.now))
    network.run(MINUTE)
    return network


def regular():
    nodes = {
        "router": discovery(Role.ROUTER, 9, mode=Mode.REGULAR, prefixes=(AdvertisedPrefix(PREFIX, on_link=True),)),
        "one": another(Role.HOST, 1, mode=Mode.REGULAR),
        "other": another(Role.HOST, 4, mode=Mode.REGULAR),
    }
    network = Neighborhood(nodes)
    network.start()
    network.run(MINUTE)
    network._take("one", nodes["one"].resolve(network.now, address(PREFIX, 4), b"packet"))
    network.run(10 * MINUTE)
    return network


def packets(network):
    """Every packet that was sent, each once."""
    found = {}
    for _, name, emitted in network.log:
        if isinstance(emitted, Emit):
            header = Ipv6(
                payload_length=len(emitted.message_octets),
                next_header=58,
                hop_limit=emitted.hop_limit,
                source=emitted.source,
                destination=emitted.destination,
            )
            octets = header.encode() + emitted.message_octets
            found.setdefault(octets, f"{len(found)}: {said(emitted).LAYER} of {name}")
    return {name: octets for octets, name in found.items()}


SENT = {
    **{f"RFC 8505, {name}": octets for name, octets in packets(line()).items()},
    **{f"RFC 6775, {name}": octets for name, octets in packets(line(extended_registration=False)).items()},
    **{f"regular, {name}": octets for name, octets in packets(regular()).items()},
}


@pytest.fixture(scope="module")
def shown(fields_in_tshark):
    return fields_in_tshark(SENT)


def test_every_kind_of_message_is_among_them():
    kinds = Counter(name.split(": ")[1].split(" of ")[0] for name in SENT)
    assert set(kinds) == {
        "icmpv6-router-solicitation",
        "icmpv6-router-advertisement",
        "icmpv6-neighbor-solicitation",
        "icmpv6-neighbor-advertisement",
        "icmpv6-duplicate-address-request",
        "icmpv6-duplicate-address-confirmation",
    }
    assert len(SENT) > 60


@pytest.mark.parametrize("name", SENT)
def test_wireshark_finds_nothing_wrong(shown, name):
    fields = shown[name]
    assert "_ws.malformed" not in fields
    assert not [key for key in fields if key.startswith("_ws.expert") and "Malformed" in str(fields[key])]
    assert fields["icmpv6.checksum.status"] == ["1"]


def test_wireshark_sees_both_kinds_of_refusals_and_grants(shown):
    statuses = {text for fields in shown.values() for text in fields.get("icmpv6.opt.aro.status", ())}
    assert {"0", "1"} <= statuses
    lifetimes = {text for fields in shown.values() for text in fields.get("icmpv6.opt.aro.registration_lifetime", ())}
    assert lifetimes == {"0", "60"}


def test_wireshark_sees_who_registers(shown):
    owners = {text for fields in shown.values() for text in fields.get("icmpv6.opt.aro.eui64", ())}
    assert {link(number).hex(":") for number in (1, 2, 3, 4)} == owners


def test_wireshark_sees_the_border_router_with_its_version_and_contexts(shown):
    advertised = [fields for name, fields in shown.items() if "router-advertisement" in name and "RFC" in name]
    assert {tuple(fields["icmpv6.opt.abro.version_low"]) for fields in advertised} == {(str(0x2345),)}
    assert {tuple(fields["icmpv6.opt.abro.version_high"]) for fields in advertised} == {("1",)}
    assert {tuple(fields["icmpv6.opt.6co.flag.cid"]) for fields in advertised} == {("1", "9")}
    assert {tuple(fields["icmpv6.opt.6co.context_length"]) for fields in advertised} == {("64", "112")}
    assert {tuple(fields["icmpv6.opt.prefix.flag.l"]) for fields in advertised} == {("0",)}


def test_wireshark_sees_hop_limits_as_the_rfcs_want_them(shown):
    for name, fields in shown.items():
        assert fields["ipv6.hlim"] == (["64"] if "duplicate" in name else ["255"]), name
