"""The ways to send each header of a packet: every row of the wire tables that a profile allows and that gives it back.

A :class:`Choice` is a compressed header with what it costs and what it asks of the receiver. Which combination is sent
is the search's business, in :mod:`p6lowpan.machines.adaptation.compressor`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from p6lowpan.capability.features import Feature
from p6lowpan.wire.address import is_multicast
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan import ghc, iphc
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION_MODES, SOURCE_MODES, AddressMode
from p6lowpan.wire.sixlowpan.byte_code import STOP, TerminatedCode
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts
from p6lowpan.wire.sixlowpan.expansion import padded
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.next_header_compression import (
    EXTENSION_FEATURES,
    EXTENSION_IDENTIFIERS,
    FRAGMENT_LENGTH,
    PADDED_IDENTIFIERS,
    PORT_FORMS,
    CompressedExtension,
    CompressedFragment,
    CompressedUdp,
    GenericExtension,
    GenericIcmpv6,
    GenericUdp,
)

Features = frozenset[Feature]
NOTHING: Features = frozenset()
IPV6 = 41
UNICAST_MODES = tuple(mode for mode in DESTINATION_MODES if not mode.multicast)
GROUP_MODES = tuple(mode for mode in DESTINATION_MODES if mode.multicast)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to send one header. ``covered`` octets of the packet become ``header``; ``growth`` is what a receiver
    gains when it restores the header, payload under generic compression aside."""

    header: Header
    octets: bytes
    covered: int
    growth: int
    features: Features


def _choice(header: Header, covered: int, features: Features, generic_gain: int = 0) -> Choice:
    octets = header.encode()
    return Choice(header, octets, covered, covered - len(octets) - generic_gain, features)


# --- IPv6 ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SentAddress:
    """An address under one mode: the row, what is carried in line, and the context that it leans on."""

    mode: AddressMode
    carried: bytes
    context: int
    features: Features


def sent_addresses(
    modes: tuple[AddressMode, ...], address: bytes, link_address: bytes, identifier: bytes | None, contexts: Contexts
) -> Iterator[SentAddress]:
    """Every mode, and for stateful ones every context that may compress, that gives ``address`` back."""
    stateless: tuple[Context | None, ...] = (None,)
    compressing = tuple(context for context in contexts.values() if context.compress and _may_serve(context, address))
    for mode in modes:
        elided = Feature.ELIDED_IDENTIFIER in mode.features
        if elided and identifier is None:
            continue
        carried = mode.carry(address)
        features = mode.features | {Feature.SHORT_ADDRESSES} if elided and len(link_address) == 2 else mode.features
        needs_context = mode.stateful and Feature.UNSPECIFIED_SOURCE not in mode.features
        for context in compressing if needs_context else stateless:
            if mode.expand(carried, context, identifier) == address:
                yield SentAddress(mode, carried, context.identifier if context else 0, features)


def _may_serve(context: Context, address: bytes) -> bool:
    """Whether the whole octets of a context's prefix are in ``address``: a quick look before the exact one."""
    whole = context.length // 8
    if is_multicast(address):
        return address[4 : 4 + min(whole, 8)] == context.prefix[: min(whole, 8)]
    return address[:whole] == context.prefix[:whole]


def _traffic_choices(first_word: int) -> Iterator[tuple[int, iphc.Traffic | None, Features]]:
    """Every TF that gives the traffic class and flow label back, cheapest first."""
    congestion, services, flow = first_word >> 20 & 3, first_word >> 22 & 63, first_word & 0xFFFFF
    if not (congestion or services or flow):
        yield 3, None, iphc.TRAFFIC_FEATURES[3]
    if not flow:
        alone = iphc.TrafficClassAlone(explicit_congestion_notification=congestion, differentiated_services=services)
        yield 2, alone, iphc.TRAFFIC_FEATURES[2]
    if not services:
        form = iphc.CongestionAndFlowLabel(explicit_congestion_notification=congestion, flow_label=flow)
        yield 1, form, iphc.TRAFFIC_FEATURES[1]
    whole = iphc.TrafficClassAndFlowLabel(
        explicit_congestion_notification=congestion, differentiated_services=services, flow_label=flow
    )
    yield 0, whole, iphc.TRAFFIC_FEATURES[0]


def _hop_limit_choices(hop_limit: int) -> Iterator[tuple[int, int | None, Features]]:
    if hop_limit in iphc.HOP_LIMITS:
        yield iphc.HOP_LIMITS.index(hop_limit), None, frozenset({Feature.HOP_LIMIT})
    yield 0, hop_limit, NOTHING


@dataclass(frozen=True, slots=True)
class Ends:
    """What the encapsulating header offers for elided addresses: link-layer addresses and interface identifiers."""

    source: bytes
    destination: bytes
    source_identifier: bytes | None
    destination_identifier: bytes | None


def ipv6_choices(
    header: bytes, ends: Ends, contexts: Contexts, allowed: Features, following: int | None
) -> Iterator[Choice]:
    """LOWPAN_IPHC forms of a 40-octet ``header``, the smallest first. ``following``: the next header to carry in line,
    or ``None`` where LOWPAN_NHC follows."""
    base = frozenset({Feature.IPHC, Feature.TUNNELLED_IPV6} if following == IPV6 else {Feature.IPHC})
    if not base <= allowed:
        return
    pairs = address_pairs(header[8:24], header[24:40], ends, contexts, allowed)
    traffic = [row for row in _traffic_choices(int.from_bytes(header[:4], "big")) if row[2] <= allowed]
    hops = [row for row in _hop_limit_choices(header[7]) if row[2] <= allowed]
    for (one, other), tf, hop_limit in product(pairs, traffic, hops):
        yield _iphc(one, other, tf, hop_limit, following, base)


def address_pairs(
    source: bytes, destination: bytes, ends: Ends, contexts: Contexts, allowed: Features
) -> list[tuple[SentAddress, SentAddress]]:
    """Every allowed way to send both addresses, the one with the fewest octets first. Naming a context other than 0
    costs an octet, whichever of the two needs it."""
    group = is_multicast(destination)
    modes = GROUP_MODES if group else UNICAST_MODES
    sources = sent_addresses(SOURCE_MODES, source, ends.source, ends.source_identifier, contexts)
    destinations = sent_addresses(modes, destination, ends.destination, ends.destination_identifier, contexts)
    pairs = product(_allowed(sources, allowed), _allowed(destinations, allowed))
    named = Feature.CONTEXT_IDENTIFIER in allowed
    return sorted(
        (pair for pair in pairs if named or not (pair[0].context or pair[1].context)),
        key=lambda pair: len(pair[0].carried) + len(pair[1].carried) + bool(pair[0].context or pair[1].context),
    )


def _allowed(addresses: Iterator[SentAddress], allowed: Features) -> list[SentAddress]:
    return [address for address in addresses if address.features <= allowed]


def _iphc(
    source: SentAddress,
    destination: SentAddress,
    traffic: tuple[int, iphc.Traffic | None, Features],
    hop_limit: tuple[int, int | None, Features],
    following: int | None,
    base: Features,
) -> Choice:
    extended = bool(source.context or destination.context)
    header = Iphc(
        tf=traffic[0],
        traffic=traffic[1],
        nh=int(following is None),
        next_header=following,
        hlim=hop_limit[0],
        hop_limit=hop_limit[1],
        cid=int(extended),
        source_context=source.context if extended else None,
        destination_context=destination.context if extended else None,
        sac=int(source.mode.stateful),
        sam=source.mode.mode,
        source=source.carried,
        m=int(destination.mode.multicast),
        dac=int(destination.mode.stateful),
        dam=destination.mode.mode,
        destination=destination.carried,
    )
    features = base | source.features | destination.features | traffic[2] | hop_limit[2]
    return _choice(header, 40, features | {Feature.CONTEXT_IDENTIFIER} if extended else features)


# --- extension headers -----------------------------------------------------------------------------------------------


def extension_choices(next_header: int, octets: bytes, following: int | None) -> Iterator[Choice]:
    """LOWPAN_NHC forms of an extension header, the smallest first."""
    extension = EXTENSION_IDENTIFIERS[next_header]
    features = frozenset({EXTENSION_FEATURES[extension]})
    nh = int(following is None)
    if next_header == 44:
        if octets[1] != FRAGMENT_LENGTH:
            header = CompressedFragment(nh=nh, next_header=following, reserved=octets[1], data=octets[2:])
            yield _choice(header, len(octets), features)
        return
    if extension in PADDED_IDENTIFIERS:
        kept = octets[: last_option(octets)]
        if padded(kept) == octets and 0 < len(octets) - len(kept) <= 7 and len(kept) - 2 <= 255:
            header_without = CompressedExtension(extension=extension, nh=nh, next_header=following, data=kept[2:])
            yield _choice(header_without, len(octets), features | {Feature.NHC_PADDING_ELIDED})
    if len(octets) - 2 <= 255:
        whole = CompressedExtension(extension=extension, nh=nh, next_header=following, data=octets[2:])
        yield _choice(whole, len(octets), features)


def generic_extension_choice(next_header: int, octets: bytes, following: int | None, addresses: bytes) -> Choice:
    """RFC 7400 section 3.2: an extension header without its length as byte code, ended by a stop code."""
    announced = b"" if following is None else octets[:1]
    code = ghc.compress(announced + octets[2:], ghc.dictionary(addresses[:16], addresses[16:]))
    header = GenericExtension(
        extension=EXTENSION_IDENTIFIERS[next_header],
        nh=int(following is None),
        code=TerminatedCode(octets=code + bytes((STOP,))),
    )
    return _choice(header, len(octets), frozenset({Feature.GHC_EXTENSION}))


def last_option(octets: bytes) -> int:
    """Where the last option of an options header begins; its end where the options do not add up."""
    position = last = 2
    while position < len(octets):
        last = position
        position += 1 if octets[position] == 0 else 2 + (octets[position + 1] if position + 1 < len(octets) else 0)
    return last if position == len(octets) else len(octets)


# --- UDP and ICMPv6 -------------------------------------------------------------------------------------------------


def udp_choices(octets: bytes, checksum_elided: bool) -> Iterator[Choice]:
    """LOWPAN_NHC forms of the UDP header at the front of ``octets``, the smallest first."""
    source, destination, _, checksum = (int.from_bytes(octets[at : at + 2], "big") for at in (0, 2, 4, 6))
    for port_mode, form in reversed(tuple(enumerate(PORT_FORMS))):
        short_source, short_destination = source - form.SOURCE_BASE, destination - form.DESTINATION_BASE
        wide = (2**16, 2**16, 2**8, 2**4)[port_mode], (2**16, 2**8, 2**16, 2**4)[port_mode]
        if not (0 <= short_source < wide[0] and 0 <= short_destination < wide[1]):
            continue
        features = {Feature.NHC_UDP, *([Feature.NHC_UDP_PORTS] if port_mode else [])}
        header = CompressedUdp(
            checksum_elided=int(checksum_elided),
            port_mode=port_mode,
            ports=form(source=short_source, destination=short_destination),
            checksum=None if checksum_elided else checksum,
        )
        elision = {Feature.NHC_UDP_CHECKSUM_ELIDED} if checksum_elided else set()
        yield _choice(header, 8, frozenset(features | elision))


def generic_udp_choice(plain: Choice, octets: bytes, addresses: bytes) -> Choice:
    """RFC 7400 section 3.1: the same header, its payload as byte code."""
    udp = plain.header
    assert isinstance(udp, CompressedUdp)  # noqa: S101 - our own value
    code = ghc.compress(octets[8:], ghc.dictionary(addresses[:16], addresses[16:]))
    header = GenericUdp(
        checksum_elided=udp.checksum_elided, port_mode=udp.port_mode, ports=udp.ports, checksum=udp.checksum, code=code
    )
    return _choice(header, len(octets), plain.features | {Feature.GHC_UDP}, len(octets) - 8 - len(code))


def generic_icmpv6_choice(octets: bytes, addresses: bytes) -> Choice:
    """RFC 7400 section 3.1: an ICMPv6 message as byte code."""
    code = ghc.compress(octets, ghc.dictionary(addresses[:16], addresses[16:]))
    return _choice(GenericIcmpv6(code=code), len(octets), frozenset({Feature.GHC_ICMPV6}), len(octets) - len(code) - 1)
