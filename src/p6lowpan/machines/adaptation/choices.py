"""The ways to send each header of a packet: every row of the wire tables that a profile allows and that gives it back.

A :class:`Choice` is a compressed header with what it costs and what it asks of the receiver. Which combination is sent
is the search's business, in :mod:`p6lowpan.machines.adaptation.compressor`.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

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
from p6lowpan.wire.sixlowpan.used_features import UDP_FEATURES

Features = frozenset[Feature]
IPV6 = 41
ELIDED_TRAFFIC = 3
NOTHING: Features = frozenset()
COMPRESSING: Features = frozenset({Feature.IPHC})
TUNNELLING: Features = COMPRESSING | {Feature.TUNNELLED_IPV6}
ELIDED_HOP_LIMIT: Features = frozenset({Feature.HOP_LIMIT})
NAMED_CONTEXTS: Features = frozenset({Feature.CONTEXT_IDENTIFIER})
SHORT_ADDRESSES: Features = frozenset({Feature.SHORT_ADDRESSES})
NO_CONTEXT: tuple[Context | None, ...] = (None,)
UNICAST_MODES = tuple(mode for mode in DESTINATION_MODES if not mode.multicast)
GROUP_MODES = tuple(mode for mode in DESTINATION_MODES if mode.multicast)


class Choice(NamedTuple):
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


class SentAddress(NamedTuple):
    """An address under one mode: the row, what is carried in line, and the context that it leans on."""

    mode: AddressMode
    carried: bytes
    context: int
    features: Features


def sent_addresses(
    modes: tuple[AddressMode, ...], address: bytes, link_address: bytes, identifier: bytes | None, contexts: Contexts
) -> Iterator[SentAddress]:
    """Every mode, and for stateful ones every context that may compress, that gives ``address`` back."""
    serving, short = _serving(contexts, address), len(link_address) == 2
    for mode in modes:
        if mode.elided and identifier is None:
            continue
        carried = mode.carry(address)
        for context in serving if mode.in_context else NO_CONTEXT:
            if mode.expand(carried, context, identifier) == address:
                features = mode.features | SHORT_ADDRESSES if short and mode.elided else mode.features
                yield SentAddress(mode, carried, context.identifier if context else 0, features)


def _serving(contexts: Contexts, address: bytes) -> list[Context]:
    """The contexts that may compress and whose whole octets are in ``address``: a quick look before the exact one."""
    prefix = address[4:12] if is_multicast(address) else address
    found = []
    for _, context in sorted(contexts.items()):
        whole = context.prefix[: context.length // 8][: len(prefix)]
        if context.compress and prefix.startswith(whole):
            found.append(context)
    return found


def _traffic_forms(first_word: int) -> tuple[int, ...]:
    """Every TF that gives the traffic class and flow label back, cheapest first."""
    services, flow = first_word >> 22 & 63, first_word & 0xFFFFF
    if flow:
        return (0,) if services else (1, 0)
    if services:
        return 2, 0
    return (2, 1, 0) if first_word >> 20 & 3 else (ELIDED_TRAFFIC, 2, 1, 0)


def _traffic(tf: int, fixed: bytes) -> iphc.Traffic:
    """What is carried in line under ``tf``."""
    first_word = int.from_bytes(fixed[:4], "big")
    congestion, services, flow = first_word >> 20 & 3, first_word >> 22 & 63, first_word & 0xFFFFF
    if tf == 2:
        return iphc.TrafficClassAlone(explicit_congestion_notification=congestion, differentiated_services=services)
    if tf == 1:
        return iphc.CongestionAndFlowLabel(explicit_congestion_notification=congestion, flow_label=flow)
    return iphc.TrafficClassAndFlowLabel(
        explicit_congestion_notification=congestion, differentiated_services=services, flow_label=flow
    )


class Ends(NamedTuple):
    """What the encapsulating header offers for elided addresses: link-layer addresses and interface identifiers."""

    source: bytes
    destination: bytes
    source_identifier: bytes | None
    destination_identifier: bytes | None


class Ipv6Rows(NamedTuple):
    """The rows of each table of LOWPAN_IPHC that give a header back: pairs of addresses, TF, HLIM; cheapest first."""

    header: bytes
    pairs: list[tuple[SentAddress, SentAddress]]
    traffic: list[int]
    hop_limit: list[int]


def ipv6_rows(header: bytes, ends: Ends, contexts: Contexts, allowed: Features) -> Ipv6Rows:
    """The allowed rows for a 40-octet ``header``."""
    pairs = address_pairs(header[8:24], header[24:40], ends, contexts, allowed)
    first_word, hop_limit = int.from_bytes(header[:4], "big"), header[7]
    traffic = [tf for tf in _traffic_forms(first_word) if iphc.TRAFFIC_FEATURES[tf] <= allowed]
    elided = hop_limit in iphc.HOP_LIMITS and Feature.HOP_LIMIT in allowed
    return Ipv6Rows(header, pairs, traffic, [iphc.HOP_LIMITS.index(hop_limit), 0] if elided else [0])


def ipv6_choices(rows: Ipv6Rows, allowed: Features, following: int | None) -> Iterator[Choice]:
    """LOWPAN_IPHC forms of a header, the smallest first. ``following``: the next header to carry in line, or ``None``
    where LOWPAN_NHC follows."""
    base = TUNNELLING if following == IPV6 else COMPRESSING
    if base <= allowed:
        for (one, other), tf, hlim in product(rows.pairs, rows.traffic, rows.hop_limit):
            yield _iphc(rows.header, one, other, tf, hlim, following, base)


def address_pairs(
    source: bytes, destination: bytes, ends: Ends, contexts: Contexts, allowed: Features
) -> list[tuple[SentAddress, SentAddress]]:
    """Every allowed way to send both addresses, the one with the fewest octets first. Naming a context other than 0
    costs an octet, whichever of the two needs it."""
    modes = GROUP_MODES if is_multicast(destination) else UNICAST_MODES
    sources = sent_addresses(SOURCE_MODES, source, ends.source, ends.source_identifier, contexts)
    destinations = sent_addresses(modes, destination, ends.destination, ends.destination_identifier, contexts)
    pairs = sorted(product(_allowed(sources, allowed), _allowed(destinations, allowed)), key=_octets_of_pair)
    if Feature.CONTEXT_IDENTIFIER in allowed:
        return pairs
    return [(one, other) for one, other in pairs if not (one.context or other.context)]


def _octets_of_pair(pair: tuple[SentAddress, SentAddress]) -> int:
    source, destination = pair
    return len(source.carried) + len(destination.carried) + (source.context > 0 or destination.context > 0)


def _allowed(addresses: Iterator[SentAddress], allowed: Features) -> list[SentAddress]:
    return [address for address in addresses if address.features <= allowed]


def _iphc(
    fixed: bytes,
    source: SentAddress,
    destination: SentAddress,
    tf: int,
    hlim: int,
    following: int | None,
    base: Features,
) -> Choice:
    extended = bool(source.context or destination.context)
    header = Iphc(
        tf=tf,
        traffic=_traffic(tf, fixed) if tf != ELIDED_TRAFFIC else None,
        nh=int(following is None),
        next_header=following,
        hlim=hlim,
        hop_limit=None if hlim else fixed[7],
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
    features = base.union(
        source.features,
        destination.features,
        iphc.TRAFFIC_FEATURES[tf],
        ELIDED_HOP_LIMIT if hlim else NOTHING,
        NAMED_CONTEXTS if extended else NOTHING,
    )
    return _choice(header, 40, features)


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
    code = generic_code(announced + octets[2:], addresses)
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


PORT_LIMITS = ((1 << 16, 1 << 16), (1 << 16, 1 << 8), (1 << 8, 1 << 16), (1 << 4, 1 << 4))
"""By P: how many source and destination ports there are above their base."""


def udp_choices(octets: bytes, checksum_elided: bool) -> Iterator[Choice]:
    """LOWPAN_NHC forms of the UDP header at the front of ``octets``, the smallest first."""
    source, destination, _, checksum = (int.from_bytes(octets[at : at + 2], "big") for at in (0, 2, 4, 6))
    for port_mode in (3, 2, 1, 0):
        form, (sources, destinations) = PORT_FORMS[port_mode], PORT_LIMITS[port_mode]
        short_source, short_destination = source - form.SOURCE_BASE, destination - form.DESTINATION_BASE
        if 0 <= short_source < sources and 0 <= short_destination < destinations:
            header = CompressedUdp(
                checksum_elided=int(checksum_elided),
                port_mode=port_mode,
                ports=form(source=short_source, destination=short_destination),
                checksum=None if checksum_elided else checksum,
            )
            yield _choice(header, 8, UDP_FEATURES[checksum_elided << 2 | port_mode])


def generic_code(payload: bytes, addresses: bytes) -> bytes:
    """The shortest byte code for ``payload`` in a packet from and to ``addresses`` (RFC 7400 section 2)."""
    return ghc.compress(payload, ghc.dictionary(addresses[:16], addresses[16:]))


def generic_udp_choice(plain: Choice, payload: bytes, code: bytes) -> Choice:
    """RFC 7400 section 3.1: the header of the choice ``plain``, its payload as byte code."""
    udp = plain.header
    assert isinstance(udp, CompressedUdp)  # noqa: S101 - our own value
    header = GenericUdp(
        checksum_elided=udp.checksum_elided, port_mode=udp.port_mode, ports=udp.ports, checksum=udp.checksum, code=code
    )
    return _choice(header, 8 + len(payload), plain.features | {Feature.GHC_UDP}, len(payload) - len(code))


def generic_icmpv6_choice(octets: bytes, addresses: bytes) -> Choice:
    """RFC 7400 section 3.1: an ICMPv6 message as byte code."""
    code = generic_code(octets, addresses)
    return _choice(GenericIcmpv6(code=code), len(octets), frozenset({Feature.GHC_ICMPV6}), len(octets) - len(code) - 1)
