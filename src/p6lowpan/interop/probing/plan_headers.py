"""Probes of the IPv6 header's fields, of UDP, of tunnels, of extension headers, and of generic compression."""

from collections.abc import Iterator

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance import extensions, packets, writer
from p6lowpan.interop.conformance.extensions import NAMES, WITH_OPTIONS
from p6lowpan.interop.conformance.generic import EXTENSION_DISPATCH, ICMPV6_DISPATCH, STOP, UDP_DISPATCH, Program
from p6lowpan.interop.conformance.packets import Part
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.interop.probing.plan_addresses import PREFIX_BITS, of, plain_echo
from p6lowpan.interop.probing.probe import Ask, Form, Frames, Probe, Send, in_form, least, pieces
from p6lowpan.interop.probing.questions import Question, closed_port, echo
from p6lowpan.interop.probing.scene import Scene, under
from p6lowpan.wire.address import Link
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE
from p6lowpan.wire.sixlowpan.ghc import compress, dictionary
from p6lowpan.wire.sixlowpan.next_header_compression import CompressedIpv6

AT = 40
LEAST = SOURCE[0b000], DESTINATION[0b0000]
FEATURES = {
    Protocol.HOP_BY_HOP_OPTIONS: Feature.NHC_HOP_BY_HOP,
    Protocol.ROUTING: Feature.NHC_ROUTING,
    Protocol.DESTINATION_OPTIONS: Feature.NHC_DESTINATION_OPTIONS,
    Protocol.MOBILITY: Feature.NHC_MOBILITY,
}


def probes() -> Iterator[Probe]:
    """All of them, in the order of the levels."""
    yield from _fields()
    yield from _udp()
    yield from _insides()
    yield from _extensions()
    yield from _generic()


def _header(tf: int = 0, hlim: int = 0) -> Form:
    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        return writer.iphc(packet, link, *LEAST, tf=tf, hlim=hlim)

    return form


def _asked(**fields: int) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        return (echo(scene, number, **fields),)  # type: ignore[arg-type] # numbers all of them

    return ask


QUOTED = {2: {"ecn": 1, "dscp": 46}, 1: {"ecn": 2, "flow_label": 0xABCDE}, 3: {}}
"""By TF: fields that it can carry."""


def _quoted(**fields: int) -> Ask:
    return lambda scene, number: (closed_port(scene, number, **fields),)  # type: ignore[arg-type] # numbers all of them


def _fields() -> Iterator[Probe]:
    ask = _asked(ecn=1, dscp=46)
    yield of("traffic/flow-label", "TF=10: no flow label", Feature.FLOW_LABEL, ask, _header(tf=2))
    ask = _asked(ecn=2, flow_label=0xABCDE)
    yield of("traffic/class", "TF=01: no DSCP", Feature.TRAFFIC_CLASS, ask, _header(tf=1))
    yield of("traffic/both", "TF=11: neither", Feature.TRAFFIC_CLASS, plain_echo, _header(tf=3))
    for tf, fields in QUOTED.items():
        feature = Feature.FLOW_LABEL if tf == 2 else Feature.TRAFFIC_CLASS
        about = f"TF={tf:02b}, and the header looked at in the answer"
        yield of(f"traffic/quoted-{tf}", about, feature, _quoted(**fields), _header(tf=tf))
    for code, hops in ((1, 1), (2, 64), (3, 255)):
        about = f"hop limit {hops} in two bits"
        yield of(f"hop-limit/{hops}", about, Feature.HOP_LIMIT, _asked(hop_limit=hops), _header(hlim=code))


# --- UDP, tunnels -----------------------------------------------------------------------------------------------------

PORTS = {1: (5683, 0xF0B9), 2: (0xF012, 5685), 3: (0xF0B7, 0xF0B9)}


def _udp() -> Iterator[Probe]:
    yield of("udp/inline-ports", "UDP, ports whole", Feature.NHC_UDP, _datagram(0), _udp_form(0))
    for mode, bits in ((1, "8 bits of the destination"), (2, "8 bits of the source"), (3, "4 bits each")):
        about = f"UDP ports: {bits}"
        yield of(f"udp/ports-{mode}", about, Feature.NHC_UDP_PORTS, _datagram(mode), _udp_form(mode))
    feature = Feature.NHC_UDP_CHECKSUM_ELIDED
    yield of("udp/checksum-elided", "no UDP checksum", feature, _datagram(0), _udp_form(0, elided=True))


def _datagram(mode: int) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        ports = PORTS.get(mode, (5683, 5685))
        return (closed_port(scene, number, source_port=ports[0], port=ports[1]),)

    return ask


def _udp_form(mode: int, elided: bool = False) -> Form:
    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        return writer.iphc(packet, link, *LEAST, nh=1) + writer.udp(packet, AT, mode, elided)

    return form


def _tunnel(scene: Scene, number: int) -> tuple[Question, ...]:
    """Between addresses of a wider scope where there are any: who opens tunnels lets no link-local address out."""
    prefix = next((one for one in scene.contexts.values() if one.length == PREFIX_BITS), None)
    ends = (b"", b"") if prefix is None else (under(prefix, scene.ours), under(prefix, scene.theirs))
    inner = echo(scene, number, data=2, source=ends[0], destination=ends[1])
    outer = packets.packet(scene.source, scene.destination, (Protocol.IPV6, inner.packet), hop_limit=64)
    return (Question("an echo in a tunnel", outer, inner.echo),)


def _inner_compressed(_scene: Scene, packet: bytes, link: Link) -> Written:
    inner = writer.iphc(packet[AT:], link, *LEAST)  # its addresses in line, whatever they are
    octets = CompressedIpv6().encode() + inner.octets
    return writer.iphc(packet, link, *LEAST, nh=1) + Written(octets, AT, inner.features | {Feature.NHC_IPV6})


def _insides() -> Iterator[Probe]:
    yield of("tunnel/inline", "an IPv6 packet in one", Feature.TUNNELLED_IPV6, _tunnel, least)
    yield of("tunnel/compressed", "its header compressed, too", Feature.NHC_IPV6, _tunnel, _inner_compressed)
    subjects = frozenset({Feature.HEADERS_PAST_FIRST_FRAGMENT})
    for name, end in (("before", AT), ("inside", AT + 8)):
        about = f"the first fragment ends {name} a Destination Options header"
        send = _first_ends_at(end)
        yield Probe(f"fragment/ends-{name}-header", about, _long_with_options, send, subjects, suffices=True)


def _long_with_options(scene: Scene, number: int) -> tuple[Question, ...]:
    part = extensions.options_header(Protocol.DESTINATION_OPTIONS, 2, 6)
    return (echo(scene, number, part, kind="an echo behind a Destination Options header, in fragments", data=24),)


def _first_ends_at(end: int) -> Send:
    def send(scene: Scene, questions: tuple[Question, ...], number: int) -> Frames:
        packet = questions[0].packet
        return tuple(pieces(scene, packet, least, number, [(0, end), (end, end + 16), (end + 16, len(packet))]))

    return send


# --- extension headers ------------------------------------------------------------------------------------------------


def _behind(part: Part) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        return (echo(scene, number, part, kind=f"an echo behind {NAMES[Protocol(part[0])]}"),)

    return ask


def _in_fragment(scene: Scene, number: int) -> tuple[Question, ...]:
    return (closed_port(scene, number, extensions.fragment_header()),)


def _in_fragment_with_options(scene: Scene, number: int) -> tuple[Question, ...]:
    options = extensions.header_of(Protocol.DESTINATION_OPTIONS, 1)
    return (closed_port(scene, number, extensions.fragment_header(), options),)


def _extension_form(protocol: int, padding: int = 0) -> Form:
    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        written = writer.extension(packet, AT, protocol, padding=padding)
        return writer.iphc(packet, link, *LEAST, nh=1) + written

    return form


def _fragment_form(reserved: int) -> Form:
    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        return writer.iphc(packet, link, *LEAST, nh=1) + writer.fragment(packet, AT, reserved=reserved)

    return form


def _fragment_then_udp(_scene: Scene, packet: bytes, link: Link) -> Written:
    written = writer.fragment(packet, AT, nh=1) + writer.udp(packet, AT + 8, 0)
    return writer.iphc(packet, link, *LEAST, nh=1) + written


def _fragment_then_options(_scene: Scene, packet: bytes, link: Link) -> Written:
    behind = writer.extension(packet, AT + 8, Protocol.DESTINATION_OPTIONS)
    return writer.iphc(packet, link, *LEAST, nh=1) + (writer.fragment(packet, AT, nh=1) + behind)


def _extensions() -> Iterator[Probe]:
    for protocol, feature in FEATURES.items():
        name = NAMES[protocol]
        for units in (1, 2):
            about = f"a {name} header of {8 * units} octets"
            ask = _behind(extensions.header_of(protocol, units))
            yield of(f"extension/{name}-{8 * units}", about, feature, ask, _extension_form(protocol))
    for protocol in WITH_OPTIONS:
        ask = _behind(extensions.options_header(protocol, 2, 4))
        about = f"4 octets of padding left out of {NAMES[protocol]}"
        form = _extension_form(protocol, padding=4)
        yield of(f"extension/{NAMES[protocol]}-padding", about, Feature.NHC_PADDING_ELIDED, ask, form)
    yield from _fragment_headers()


def _fragment_headers() -> Iterator[Probe]:
    """Alone, and with something compressed behind it: there it shows where a reader thinks that the header ends."""
    usual, six = frozenset({Feature.NHC_FRAGMENT}), frozenset({Feature.NHC_FRAGMENT_LENGTH_SIX})
    about = "a Fragment header of the only fragment"
    yield Probe("extension/fragment", about, _in_fragment, in_form(_fragment_form(0)), usual)
    about = "the same, and UDP compressed behind it"
    yield Probe("extension/fragment-udp", about, _in_fragment, in_form(_fragment_then_udp), usual)
    about = "the same, and a Destination Options header compressed behind it"
    send = in_form(_fragment_then_options)
    yield Probe("extension/fragment-options", about, _in_fragment_with_options, send, usual)
    about = "the same as the first, 6 where its reserved octet is"
    yield Probe("extension/fragment-six", about, _in_fragment, in_form(_fragment_form(6)), six, spares=usual)


# --- generic compression ----------------------------------------------------------------------------------------------


def _prefix(packet: bytes) -> bytes:
    return dictionary(packet[8:24], packet[24:40])


def _generic_icmpv6(_scene: Scene, packet: bytes, link: Link) -> Written:
    code = ICMPV6_DISPATCH + compress(packet[AT:], _prefix(packet))
    return writer.iphc(packet, link, *LEAST, nh=1) + _written(Feature.GHC_ICMPV6, code, len(packet) - AT)


def _generic_udp(_scene: Scene, packet: bytes, link: Link) -> Written:
    header = writer.udp(packet, AT, 0)
    code = bytes((UDP_DISPATCH | header.octets[0] & 0x07,)) + header.octets[1:]
    code += compress(packet[AT + 8 :], _prefix(packet))
    return writer.iphc(packet, link, *LEAST, nh=1) + _written(Feature.GHC_UDP, code, len(packet) - AT)


def _generic_extension(_scene: Scene, packet: bytes, link: Link) -> Written:
    inside = packet[AT : AT + 1] + packet[AT + 2 : AT + 16]
    code = bytes((EXTENSION_DISPATCH | 3 << 1,)) + Program().literal(inside).code + STOP
    return writer.iphc(packet, link, *LEAST, nh=1) + _written(Feature.GHC_EXTENSION, code, 16)


def _written(feature: Feature, octets: bytes, covers: int) -> Written:
    return Written(octets, covers, frozenset({feature}))


def _generic() -> Iterator[Probe]:
    about = "an ICMPv6 message under generic compression"
    yield of("generic/icmpv6", about, Feature.GHC_ICMPV6, plain_echo, _generic_icmpv6)
    yield of("generic/udp", "UDP under generic compression", Feature.GHC_UDP, _datagram(0), _generic_udp)
    ask = _behind(extensions.options_header(Protocol.DESTINATION_OPTIONS, 2))
    about = "a Destination Options header under generic compression"
    yield of("generic/extension", about, Feature.GHC_EXTENSION, ask, _generic_extension)
