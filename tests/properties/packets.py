"""Strategies for IPv6 packets that ask everything of an adaptation layer, with their link and contexts.

Packets are built from octets, by RFC 8200, with nothing of ours: what the compressor sees it must find out for itself.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

from p6lowpan.wire.address import NO_LINK_ADDRESS, Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked

HOP_BY_HOP, TCP, UDP, IPV6, ROUTING = 0, 6, 17, 41, 43
FRAGMENT, ICMPV6, NOTHING, DESTINATION, MOBILITY = 44, 58, 59, 60, 135
LINK_LOCAL = bytes.fromhex("fe80000000000000")
SHORT_FORM = bytes.fromhex("000000fffe00")
PREFIXES = [
    bytes.fromhex(prefix)
    for prefix in (
        "20010db8000000000000000000000000",
        "20010db8aaaa0001123456789abcdef0",
        "fd00cafe000000010000000000000000",
        "fe800000000000000000000000000000",
        "20010db8bbbb0002111122223333ffff",
        "ff3e0040200100000000000000000000",
    )
]
LENGTHS = [0, 1, 8, 16, 31, 32, 48, 60, 63, 64, 65, 80, 96, 111, 112, 113, 120, 127, 128]

LONG_ADDRESSES = [LinkAddress(bytes.fromhex(f"0212345678abcd0{number}")) for number in range(2)]
SHORT_ADDRESSES = [LinkAddress(bytes.fromhex(f"0a0{number}")) for number in range(2)]


@dataclass(frozen=True, slots=True)
class Case:
    """A packet, and what both ends of the link know."""

    packet: bytes
    link: Link
    contexts: Contexts


def link_addresses() -> st.SearchStrategy[LinkAddress]:
    known = st.sampled_from([*LONG_ADDRESSES, *SHORT_ADDRESSES, NO_LINK_ADDRESS])
    return known | st.binary(min_size=8, max_size=8).map(LinkAddress)


@st.composite
def contexts(draw: st.DrawFn) -> Contexts:
    """Up to five contexts of any length, some for decompression only."""
    identifiers = draw(st.sets(st.integers(0, 15) | st.just(0), max_size=5))
    rows = []
    for identifier in sorted(identifiers):
        length = draw(st.sampled_from(LENGTHS) | st.integers(0, 128) | st.just(64))
        prefix = masked(draw(st.sampled_from(PREFIXES)), length)
        rows.append(Context(identifier, prefix, length, compress=draw(st.sampled_from([True, True, True, False]))))
    return {context.identifier: context for context in rows}


# --- addresses -------------------------------------------------------------------------------------------------------


@st.composite
def identifiers(draw: st.DrawFn, link_address: bytes) -> bytes:
    """Eight octets: those that the link-layer address stands for, the short form, or any."""
    kind = draw(st.sampled_from(["link", "short", "any", "zero"]))
    if kind == "link" and len(link_address) == 8:
        return bytes((link_address[0] ^ 2,)) + link_address[1:]
    if kind == "link" and link_address:
        return SHORT_FORM + link_address
    if kind == "short":
        return SHORT_FORM + draw(st.binary(min_size=2, max_size=2))
    return draw(st.binary(min_size=8, max_size=8)) if kind == "any" else bytes(8)


@st.composite
def unicast(draw: st.DrawFn, link_address: bytes, known: Contexts) -> bytes:
    kind = draw(st.sampled_from(["local", "context", "context", "prefix", "any", "unspecified", "odd"]))
    identifier = draw(identifiers(link_address))
    if kind == "context" and known:
        context = draw(st.sampled_from(sorted(known.values(), key=lambda context: context.identifier)))
        below = int.from_bytes(identifier, "big") & ((1 << 128 - context.length) - 1)
        return (int.from_bytes(context.prefix, "big") | below).to_bytes(16, "big")
    if kind == "prefix":
        return draw(st.sampled_from(PREFIXES))[:8] + identifier
    if kind == "any":
        return draw(st.binary(min_size=16, max_size=16))
    if kind == "unspecified":
        return bytes(16)
    if kind == "odd":  # link-local by its first ten bits, which is not what LOWPAN_IPHC restores
        return bytes.fromhex("fe80000000000001") + identifier
    return LINK_LOCAL + identifier


@st.composite
def multicast(draw: st.DrawFn, known: Contexts) -> bytes:
    first, group = draw(st.binary(min_size=1, max_size=1)), draw(st.binary(min_size=6, max_size=6))
    kind = draw(st.sampled_from(["8", "32", "48", "context", "any"]))
    if kind == "8":
        return bytes.fromhex("ff02") + bytes(13) + group[:1]
    if kind == "32":
        return b"\xff" + first + bytes(11) + group[:3]
    if kind == "48":
        return b"\xff" + first + bytes(9) + group[:5]
    if kind == "context" and known:
        context = draw(st.sampled_from(sorted(known.values(), key=lambda context: context.identifier)))
        return b"\xff" + first + group[:1] + bytes((context.length,)) + context.prefix[:8] + group[2:]
    return b"\xff" + draw(st.binary(min_size=15, max_size=15))


# --- headers, from the last to the first -----------------------------------------------------------------------------


@st.composite
def options(draw: st.DrawFn) -> bytes:
    """What is behind the two first octets of an options header: options, and every kind of trailing padding."""
    data = st.binary(max_size=9).map(lambda octets: bytes((0x1E, len(octets))) + octets)
    rpl_option = st.just(bytes.fromhex("63040000ff00"))
    pads = st.sampled_from([b"\0", b"\1\0", b"\1\1\0", b"\1\2\0\0"])
    octets = b"".join(draw(st.lists(data | rpl_option | pads, max_size=4)))
    missing = -(len(octets) + 2) % 8
    kind = draw(st.sampled_from(["pad", "pad", "pad", "ones", "dirty", "broken", "eight more"]))
    if kind == "eight more":
        missing += 8
    if kind == "ones" or missing == 1:
        return octets + bytes(missing)
    if kind == "broken":
        return octets + bytes((1, 255, *range(6)))[:missing]
    if kind == "dirty" and missing > 2:
        return octets + bytes((1, missing - 2)) + b"\xa5" * (missing - 2)
    return octets + bytes((1, missing - 2)) + bytes(missing - 2) if missing else octets


def long_options() -> st.SearchStrategy[bytes]:
    """Options around the 255 octets that LOWPAN_NHC can count."""
    return st.sampled_from([246, 254, 262, 270]).flatmap(
        lambda size: st.integers(0, 8).map(lambda pad: _filled(size, pad))
    )


def _filled(size: int, pad: int) -> bytes:
    pad_option = b"" if not pad else b"\0" if pad == 1 else bytes((1, pad - 2)) + bytes(pad - 2)
    first = min(size - pad, 200)
    rest = size - pad - first
    return b"".join(bytes((0x1E, part - 2)) + b"\xaa" * (part - 2) for part in (first, rest)) + pad_option


@st.composite
def extension(draw: st.DrawFn, protocol: int, following: int) -> bytes:
    if protocol == FRAGMENT:
        reserved = draw(st.sampled_from([0, 0, 0, 6, 255]))
        offset = draw(st.sampled_from([0, 0, 0, 1, 6, 8, 0x1001]))
        return bytes((following, reserved)) + offset.to_bytes(2, "big") + draw(st.binary(min_size=4, max_size=4))
    if protocol in (HOP_BY_HOP, DESTINATION):
        contents = draw(options() | options() | options() | long_options())
    elif protocol == ROUTING and draw(st.booleans()):
        hops = draw(st.integers(1, 3))
        contents = (
            bytes((3, draw(st.integers(0, hops)), 0x88, 0, 0, 0)) + draw(st.binary(min_size=8, max_size=8)) * hops
        )
    else:
        contents = draw(
            st.integers(0, 4).flatmap(lambda units: st.binary(min_size=6 + 8 * units, max_size=6 + 8 * units))
        )
    return bytes((following, len(contents) // 8)) + contents


def payloads(longest: int) -> st.SearchStrategy[bytes]:
    """Octets of any length up to ``longest``, often short, often repetitive."""
    size = st.integers(0, 40) | st.integers(0, 200) | st.integers(0, longest)
    pattern = st.binary(min_size=1, max_size=7)
    return st.tuples(size, pattern).map(lambda drawn: (drawn[1] * longest)[: min(drawn[0], longest)])


@st.composite
def upper_layer(draw: st.DrawFn, protocol: int, longest: int) -> bytes:
    payload = draw(payloads(longest))
    checksum = draw(st.sampled_from([b"\0\0", b"\xff\xff", b"\x12\x34"]))
    if protocol == UDP:
        ports = st.sampled_from([0, 5683, 0xF000, 0xF0AF, 0xF0B0, 0xF0BF, 0xF0C0, 0xF0FF, 0xF100, 0xFFFF])
        both = b"".join(draw(ports).to_bytes(2, "big") for _ in range(2))
        wrong = draw(st.sampled_from([0, 0, 0, 0, 1, -1]))
        return both + (max(len(payload) + 8 + wrong, 0)).to_bytes(2, "big") + checksum + payload
    if protocol == ICMPV6:
        return bytes((draw(st.sampled_from([1, 128, 135, 155])), 0)) + checksum + payload
    if protocol == TCP:
        return draw(st.binary(min_size=20, max_size=20)) + payload
    return payload


@st.composite
def chains(draw: st.DrawFn) -> list[int]:
    """The protocol numbers of a packet, from the one behind the IPv6 header on."""
    ordered = [HOP_BY_HOP, DESTINATION, ROUTING, FRAGMENT, DESTINATION, MOBILITY]
    some = st.lists(st.booleans(), min_size=6, max_size=6).map(
        lambda kept: [number for number, keep in zip(ordered, kept, strict=True) if keep]
    )
    anyhow = st.lists(st.sampled_from([HOP_BY_HOP, DESTINATION, ROUTING, FRAGMENT, MOBILITY, IPV6]), max_size=6)
    last = st.sampled_from([UDP, UDP, UDP, ICMPV6, TCP, NOTHING, 253])
    return [*draw(st.just([]) | some | anyhow), draw(last)]


@st.composite
def packets(draw: st.DrawFn, link: Link, known: Contexts, longest: int = 1200) -> bytes:
    """A packet of at most 40 octets for each IPv6 header, its extension headers, and ``longest`` octets of payload."""
    *before, last = draw(chains())
    octets, following = draw(upper_layer(last, longest)), last
    for protocol in reversed(before):
        if protocol == IPV6:
            octets = draw(ipv6_header(NO_LINK_ADDRESS, NO_LINK_ADDRESS, known, following, len(octets))) + octets
        else:
            octets = draw(extension(protocol, following)) + octets
        following = protocol
    return draw(ipv6_header(link.source, link.destination, known, following, len(octets))) + octets


@st.composite
def ipv6_header(
    draw: st.DrawFn, source: bytes, destination: bytes, known: Contexts, following: int, length: int
) -> bytes:
    traffic_class = draw(st.sampled_from([0, 0, 1, 3, 4, 0xB8, 0xFF]))
    flow_label = draw(st.sampled_from([0, 0, 1, 0xFFFFF]))
    hop_limit = draw(st.sampled_from([0, 1, 63, 64, 255]))
    first_word = (6 << 28 | traffic_class << 20 | flow_label).to_bytes(4, "big")
    to = unicast(destination, known) | multicast(known)
    fixed = first_word + length.to_bytes(2, "big") + bytes((following, hop_limit))
    return fixed + draw(unicast(source, known)) + draw(to)


@st.composite
def cases(draw: st.DrawFn, longest: int = 1200, largest: int = 1280) -> Case:
    """A packet of at most ``largest`` octets, its link and contexts."""
    link, known = Link(draw(link_addresses()), draw(link_addresses())), draw(contexts())
    packet = draw(packets(link, known, longest).filter(lambda packet: len(packet) <= largest))
    return Case(packet, link, known)
