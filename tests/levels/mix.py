"""Packets that between them ask everything of an adaptation layer, and what it must be able to do for each.

They are built from octets, by RFC 8200, RFC 768 and RFC 4443, with nothing of ours but the checksum.
"""

from dataclasses import dataclass

from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier, link_local
from p6lowpan.wire.checksum import transport_checksum

HOP_BY_HOP, UDP, IPV6, ROUTING, FRAGMENT, ICMPV6, DESTINATION, MOBILITY = 0, 17, 41, 43, 44, 58, 60, 135
PREFIXES = (bytes.fromhex("20010db800000000"), bytes.fromhex("fd00cafe00010000"))
"""Both have a context, 0 and 1: to name the second costs an octet."""

SHORT_PORTS, SHORT_SOURCE, SHORT_DESTINATION, PLAIN_PORTS = (
    (0xF0B1, 0xF0B2), (0xF0C5, 40001), (40001, 0xF0C5), (40001, 40002),
)  # fmt: skip
PORTS = tuple(sorted({destination for _, destination in (SHORT_PORTS, SHORT_SOURCE, SHORT_DESTINATION, PLAIN_PORTS)}))
LARGEST = 1280
GROUPS = {
    "8 bits": "ff020000000000000000000000000001",
    "32 bits": "ff050000000000000000000000010003",
    "48 bits": "ff0e0000000000000000001122334455",
    "128 bits": "ff1e1122334455667788990000000001",
    "of a prefix": "ff3e00402001" + "0db8" + "00000000" + "12345678",
}


@dataclass(frozen=True)
class Place:
    """A node's link-layer addresses, and the IPv6 addresses that follow from them."""

    extended: LinkAddress
    short: LinkAddress

    @property
    def local(self) -> Ipv6Address:
        return link_local(self.extended)

    @property
    def local_short(self) -> Ipv6Address:
        return link_local(self.short)

    def reachable(self, context: int = 0, short: bool = False) -> Ipv6Address:
        """The address under one of the prefixes."""
        return Ipv6Address(PREFIXES[context] + interface_identifier(self.short if short else self.extended))


def place(number: int) -> Place:
    return Place(
        LinkAddress(bytes((2,)) + number.to_bytes(7, "big")), LinkAddress((0x0A00 + number).to_bytes(2, "big"))
    )


def ipv6(source, destination, next_header, payload, hop_limit=64, traffic_class=0, flow_label=0):
    first = (6 << 28 | traffic_class << 20 | flow_label).to_bytes(4, "big")
    return first + len(payload).to_bytes(2, "big") + bytes((next_header, hop_limit)) + source + destination + payload


def udp(source, destination, payload, ports=PLAIN_PORTS):
    head = ports[0].to_bytes(2, "big") + ports[1].to_bytes(2, "big") + (8 + len(payload)).to_bytes(2, "big")
    checksum = transport_checksum(source, destination, UDP, head + bytes(2) + payload)
    return head + checksum.to_bytes(2, "big") + payload


def echo_request(source, destination, payload):
    head = bytes.fromhex("80000000") + b"\x12\x34\x00\x01"
    checksum = transport_checksum(source, destination, ICMPV6, head + payload)
    return head[:2] + checksum.to_bytes(2, "big") + head[4:] + payload


def options(next_header, octets):
    """An options header that is padded with PadN."""
    whole = 2 + len(octets)
    padding = -whole % 8
    if padding:
        octets += b"\0" if padding == 1 else bytes((1, padding - 2)) + bytes(padding - 2)
    return bytes((next_header, (2 + len(octets)) // 8 - 1)) + octets


NOISE = bytes(number * 37 % 251 for number in range(0x94))
SKIPPED_OPTION = 0x1E  # RFC 4727: for experiments; who does not know it passes over it


class Mix:
    """The packets of one sender to one receiver, by name. ``far``: with routers between them, so that nothing in it is
    link-local or a group's."""

    def __init__(self, sender: Place, receiver: Place, far: bool = False) -> None:
        self.sender, self.receiver = sender, receiver
        self.packets: dict[str, bytes] = {}
        if not far:
            self._link_local()
        self._reachable()
        self._fields()
        self._extensions()
        self._large()
        if not far:
            self._groups()

    def _udp(self, name, source, destination, ports=PLAIN_PORTS, payload=b"", **fields):
        segment = udp(source, destination, name.encode() + payload, ports)
        self.packets[name] = ipv6(source, destination, UDP, segment, **fields)

    def _link_local(self):
        one, other = self.sender, self.receiver
        self._udp("local", one.local, other.local, SHORT_PORTS)
        self._udp("local, short to long", one.local_short, other.local, SHORT_SOURCE)
        self._udp("local, long to short", one.local, other.local_short, SHORT_DESTINATION)
        self._udp("local, short to short", one.local_short, other.local_short)

    def _reachable(self):
        one, other = self.sender, self.receiver
        self._udp("reachable", one.reachable(), other.reachable())
        self._udp("reachable, short", one.reachable(short=True), other.reachable(short=True), SHORT_PORTS)
        self._udp("second context", one.reachable(1), other.reachable(1))
        self._udp("two contexts", one.reachable(0), other.reachable(1), SHORT_SOURCE)
        self._udp("ports with a short destination", one.reachable(), other.reachable(), SHORT_DESTINATION)

    def _fields(self):
        one, other = self.sender.reachable(), self.receiver.reachable()
        for hop_limit in (64, 255, 33):
            self._udp(f"hop limit {hop_limit}", one, other, hop_limit=hop_limit)
        self._udp("traffic class", one, other, traffic_class=0xB9)
        self._udp("flow label", one, other, flow_label=0xABCDE)
        self._udp("congestion and flow label", one, other, traffic_class=2, flow_label=0x12345)
        self._udp("traffic class and flow label", one, other, traffic_class=0xB8, flow_label=1)
        self._udp("zeros", one, other, payload=bytes(60))
        self.packets["echo request"] = ipv6(one, other, ICMPV6, echo_request(one, other, bytes(40)))

    def _extended(self, name, protocol, header):
        one, other = self.sender.reachable(), self.receiver.reachable()
        self.packets[name] = ipv6(one, other, protocol, header + udp(one, other, name.encode()))

    def _extensions(self):
        router_alert, unknown = bytes.fromhex("05020000"), bytes((SKIPPED_OPTION, 4)) + b"\x11\x22\x33\x44"
        route = bytes((UDP, 2, 253, 0)) + NOISE[:20]  # of a type for experiments (RFC 4727), with no segments left
        mobility = bytes((UDP, 1, 0, 0)) + NOISE[20:32]  # alone, it costs as much compressed as it is
        self._extended("hop-by-hop", HOP_BY_HOP, options(UDP, unknown))
        self._extended("hop-by-hop, padded", HOP_BY_HOP, options(UDP, router_alert))
        self._extended("destination options", DESTINATION, options(UDP, unknown))
        self._extended("destination options, padded", DESTINATION, options(UDP, bytes((SKIPPED_OPTION, 1, 7))))
        self._extended("destination options, zeros", DESTINATION, options(UDP, bytes((SKIPPED_OPTION, 52)) + bytes(52)))
        self._extended("routing", ROUTING, route)
        self._extended("fragment", FRAGMENT, bytes((UDP, 0, 0, 0)) + b"\xca\xfe\xba\xbe")
        self._extended("mobility", MOBILITY, mobility)
        all_in_order = (
            options(DESTINATION, router_alert)
            + options(ROUTING, unknown)
            + bytes((FRAGMENT,)) + route[1:]
            + bytes((UDP, 0, 0, 0)) + b"\xca\xfe\xba\xbf"
        )  # fmt: skip
        self._extended("all in order", HOP_BY_HOP, all_in_order)
        self._extended("out of order", DESTINATION, options(DESTINATION, unknown) + options(UDP, router_alert))
        one, other = self.sender, self.receiver
        inner = ipv6(
            one.reachable(1), other.reachable(1), UDP, udp(one.reachable(1), other.reachable(1), b"inner packet")
        )
        self.packets["tunnel"] = ipv6(one.reachable(), other.reachable(), IPV6, inner)

    def _large(self):
        one, other = self.sender.reachable(), self.receiver.reachable()
        head = options(UDP, bytes((SKIPPED_OPTION, len(NOISE))) + NOISE)
        self._extended("headers past the first fragment", DESTINATION, head)
        payload = bytes(number * 89 % 253 for number in range(LARGEST - 48 - len("largest")))
        self._udp("largest", one, other, payload=payload)

    def _groups(self):
        source = self.sender.local
        for name, group in GROUPS.items():
            self._udp(f"group of {name}", source, bytes.fromhex(group), hop_limit=1)
        self._udp("group, reachable source", self.sender.reachable(), bytes.fromhex(GROUPS["8 bits"]), hop_limit=1)
        self._udp("group, odd source", source[:8] + bytes(range(0x11, 0x19)), bytes.fromhex(GROUPS["8 bits"]))
        self._udp("group, no source", bytes(16), bytes.fromhex(GROUPS["8 bits"]), hop_limit=255)
