"""The packets that are put to every pair: small ones for each form that a header can take, then the conformance corpus.

The first part is sent between the nodes of the measurement (their addresses, PAN and contexts), so that what is found
here can be looked up there. It has every kind of unicast and multicast address from every kind of source, between
EUI-64s, between short addresses and mixed; traffic classes and flow labels, hop limits, transports, ports, each
extension header and chains of them, tunnels, and sizes up to 1280 octets. The second part is every packet of
:mod:`p6lowpan.interop.conformance`: all rows of all tables, contexts of every length. Left out of it are errors of
Principled 6LoWPAN, which no stock stack sends, and packets that hold nothing (No Next Header).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product

from p6lowpan.interop.conformance import catalogue, extensions
from p6lowpan.interop.conformance.packets import Part, context, packet, pattern, tcp, udp, with_prefix
from p6lowpan.interop.node import Node
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, SHORT_IDENTIFIER, UNSPECIFIED, Link, parse_link
from p6lowpan.wire.address import interface_identifier as identifier_of
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Contexts

PAN = 0xABCD
LONG = Link(parse_link("0212345678abcd01"), parse_link("0212345678abcd02"))
SHORT = Link(parse_link("0a0b"), parse_link("0c0d"))
LINKS = {"long": LONG, "short": SHORT, "mixed": Link(SHORT.source, LONG.destination)}
CONTEXTS: Contexts = {
    0: context(0, "20010db8", 64),
    1: context(1, "20010db8aaaa0001", 64),
    5: context(5, "fd00cafe0000", 48),
    9: context(9, "20010db8bbbb00021111222233330000", 112),
}
FOREIGN = bytes.fromhex("20010db8123456789abcdef013572468"), bytes.fromhex("20010db8432187651122334455667788")
"""A source and a destination that no context is for."""

IDENTIFIER = bytes.fromhex("4536c3be92838d3b")
IN_SHORT_FORM = SHORT_IDENTIFIER + bytes.fromhex("1234"), SHORT_IDENTIFIER + bytes.fromhex("5678")
"""Behind fe80::/64, and behind a context."""

GROUPS = {
    "group-8": bytes.fromhex("ff02000000000000000000000000001a"),
    "group-32": bytes.fromhex("ff08000000000000000000000056789a"),
    "group-48": bytes.fromhex("ff05000000000000000000123456789a"),
    "group-full": bytes.fromhex("ff3e003020010db80000000012345678"),
}
FEW_OCTETS = udp(5683, 0xF0B0, bytes(range(4)))
FORMS_OF_TRAFFIC = ((0, 0, 0), (46, 1, 0xABCDE), (0, 2, 0x12345), (26, 3, 0))
"""One for each TF: DSCP, ECN, flow label."""

SIZES = (100, 102, 103, 104, 120, 150, 256, 512, 1000, 1280)
PORTS = (0, 53, 5683, 0xEFFF, 0xF000, 0xF012, 0xF0B0, 0xF0B1, 0xF0BF, 0xF0C0, 0xF0FF, 0xF100)
ECHO: Part = (Protocol.ICMPV6, bytes.fromhex("8000000042420001") + b"hi")
LONGER_ECHO: Part = (Protocol.ICMPV6, ECHO[1][:8] + b"hello")
ADVERTISEMENT: Part = (
    Protocol.ICMPV6,
    bytes.fromhex("86000000400007080000000000000000" + "2202401000000708" + "20010db800000000"),
)
"""A Router Advertisement whose only option is the 6LoWPAN Context Option of context 0 (RFC 6775 section 4.2)."""

SMALL = udp(0xF0B1, 0xF0B2, bytes.fromhex("50515253"))
RPL_OPTION = Protocol.HOP_BY_HOP_OPTIONS, bytes.fromhex("0000630400000080")
ROUTING, FRAGMENT = bytes.fromhex("0000030000000000"), bytes.fromhex("00000001deadbeef")


@dataclass(frozen=True)
class Probe:
    """A packet, between whom, and what both ends know. ``name`` is stable."""

    name: str
    packet: bytes
    link: Link
    contexts: Contexts = field(hash=False)
    pan: int | None = PAN

    @property
    def node(self) -> Node:
        """Either end."""
        return Node(self.link, self.contexts, self.pan)


@cache
def probes() -> tuple[Probe, ...]:
    """All of them, the smallest first; of those that are as long, those of the measurement's nodes."""
    return tuple(sorted((*_between_measured_nodes(), *_of_corpus()), key=lambda probe: len(probe.packet)))


@cache
def by_name() -> dict[str, Probe]:
    """The same, by name."""
    return {probe.name: probe for probe in probes()}


def _of_corpus() -> Iterator[Probe]:
    seen = set()
    for case in catalogue.cases():
        contexts = {each.identifier: each for each in case.contexts}
        key = (case.link, case.contexts, case.packets)
        if case.sends and key not in seen and not case.is_error and len(case.packets[0]) > IPV6_HEADER_OCTETS:
            seen.add(key)
            yield Probe(f"corpus/{case.name}", case.packets[0], case.link, contexts)


def _between_measured_nodes() -> Iterator[Probe]:
    own = LINK_LOCAL_PREFIX + identifier_of(LONG.source), LINK_LOCAL_PREFIX + identifier_of(LONG.destination)
    for name, octets in (*_headers(own), *_ports(own), *_transports(own), *_extensions(own), *_sizes(own)):
        yield Probe(name, octets, LONG, CONTEXTS)
    yield from _addresses()


def _addresses() -> Iterator[Probe]:
    """Every kind of source to every kind of destination, between every kind of link-layer address."""
    for kind, link in LINKS.items():
        sources = {"unspecified": UNSPECIFIED, **_unicast(identifier_of(link.source), FOREIGN[0])}
        destinations = {**_unicast(identifier_of(link.destination), FOREIGN[1]), **GROUPS, **_groups_of_contexts()}
        for (source, of_source), (destination, of_destination) in product(sources.items(), destinations.items()):
            name = f"address/{kind}/{source}/{destination}"
            yield Probe(name, packet(of_source, of_destination, FEW_OCTETS, hop_limit=64), link, CONTEXTS)


def _unicast(own: bytes, foreign: bytes) -> dict[str, bytes]:
    """The kinds of unicast addresses: what is elided, what is in line, which context serves."""
    found = {"foreign": foreign, "link-64": LINK_LOCAL_PREFIX + IDENTIFIER}
    found |= {"link-16": LINK_LOCAL_PREFIX + IN_SHORT_FORM[0], "link-0": LINK_LOCAL_PREFIX + own}
    for number, prefix in CONTEXTS.items():
        found |= {
            f"context{number}-{bits}": with_prefix(prefix, identifier)
            for bits, identifier in ((64, IDENTIFIER), (16, IN_SHORT_FORM[1]), (0, own))
        }
    return found


def _groups_of_contexts() -> dict[str, bytes]:
    """RFC 3306 addresses whose prefix is that of a context."""
    return {
        f"group-context{number}": bytes((0xFF, 0x3E, 0, prefix.length)) + prefix.prefix[:8] + bytes.fromhex("89abcdef")
        for number, prefix in CONTEXTS.items()
        if prefix.length <= 64
    }


def _headers(ends: tuple[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """Traffic class, flow label, hop limit."""
    for dscp, ecn, flow in product((0, 1, 46, 63), (0, 1, 2, 3), (0, 1, 0xFFFFF)):
        octets = packet(*ends, ECHO, hop_limit=64, dscp=dscp, ecn=ecn, flow_label=flow)
        yield f"traffic/{dscp}-{ecn}-{flow:x}", octets
    for (dscp, ecn, flow), hops in product(FORMS_OF_TRAFFIC, (0, 1, 2, 63, 64, 254, 255)):
        octets = packet(*ends, LONGER_ECHO, hop_limit=hops, dscp=dscp, ecn=ecn, flow_label=flow)
        yield f"hop-limit/{hops}/{dscp}-{ecn}-{flow:x}", octets


def _ports(ends: tuple[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each form of UDP ports, and their edges."""
    for source, destination in product(PORTS, repeat=2):
        for data in (b"", b"payload"):
            octets = packet(*ends, udp(source, destination, data), hop_limit=64)
            yield f"ports/{source:04x}-{destination:04x}/{len(data)}", octets


def _transports(ends: tuple[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """What is not UDP, and UDP without data."""
    for name, part in (("udp", udp(data=b"")), ("tcp", tcp()), ("unknown", (253, b"\1\2\3\4"))):
        yield f"transport/{name}", packet(*ends, part, hop_limit=64)
    yield "transport/router-advertisement", packet(*ends, ADVERTISEMENT, hop_limit=255)


def _extensions(ends: tuple[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each extension header, padded and not, chains, tunnels."""
    hop_by_hop, destination = Protocol.HOP_BY_HOP_OPTIONS, Protocol.DESTINATION_OPTIONS
    for kind in (hop_by_hop, destination):
        for name, part in (
            ("", extensions.options_header(kind, 1)),
            ("-long", extensions.options_header(kind, 3)),
            ("-padded", extensions.options_header(kind, 1, 4)),
        ):
            yield f"extension/{extensions.NAMES[kind]}{name}", packet(*ends, part, SMALL, hop_limit=64)
    chains: dict[str, list[Part]] = {
        "routing": [(Protocol.ROUTING, ROUTING)],
        "mobility": [extensions.mobility_header(1)],
        "fragment": [(Protocol.FRAGMENT, FRAGMENT)],
        "rpl-option": [RPL_OPTION],
        "chain": [extensions.options_header(hop_by_hop, 1), extensions.routing_header(1)],
    }
    for name, parts in chains.items():
        yield f"extension/{name}", packet(*ends, *parts, SMALL, hop_limit=64)
    for name, inner in (("own", packet(*ends, SMALL)), ("foreign", packet(*FOREIGN, SMALL))):
        yield f"tunnel/{name}", packet(*ends, (Protocol.IPV6, inner), hop_limit=64)


def _sizes(ends: tuple[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """Datagrams around the edge of a frame, and up to the largest that every link must carry."""
    for size in SIZES:
        yield f"size/{size}", packet(*ends, udp(data=pattern(size - 48)), hop_limit=64)
    options = [extensions.options_header(Protocol.DESTINATION_OPTIONS, 7)] * 3
    yield "size/long-headers", packet(*ends, *options, udp(data=pattern(40)), hop_limit=64)
