"""What a payload asks of a receiver, beyond the features that it uses."""

from collections.abc import Iterator

from p6lowpan.analysis.known_stacks import Trait
from p6lowpan.analysis.learning import contexts_used
from p6lowpan.capability.features import Feature
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.wire.address import Link, is_group
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.expansion import Expanded
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.next_header_compression import CompressedFragment, CompressedUdp
from p6lowpan.wire.sixlowpan.payload import Payload

PREFIX_BITS = 64
LAST_OF_FOUR = 3
SHORT_OCTETS = 2
IN_16_BITS, ELIDED = 0b10, 0b11
"""Values of SAM and DAM, RFC 6282 section 3.1.1."""

NO_LINK = Link()


def traits_of(received: Received, contexts: Contexts) -> frozenset[Feature | Trait]:
    """The features of a payload, and uses of them that some stacks stumble over."""
    payload = received.payload
    if payload is None or payload.expanded is None:
        return received.features
    traits: set[Trait] = set()
    link = payload.stack.link
    if payload.stack.kind is Dispatch.IPV6 and payload.stack.fragment is not None:
        traits.add(Trait.UNCOMPRESSED_FIRST_FRAGMENT)
    if len(link.source) == SHORT_OCTETS:
        traits.add(Trait.SHORT_SOURCE)
    if len(link.destination) == SHORT_OCTETS and not is_group(link.destination):
        traits.add(Trait.SHORT_DESTINATION)
    for part in payload.expanded.parts:
        match part.header:
            case Iphc() as header:
                traits.update(_of_iphc(header, link))
                link = NO_LINK  # inside, identifiers come from the IPv6 header around
            case CompressedFragment() as header:
                traits.update(_of_fragment_header(header))
            case CompressedUdp(checksum_elided=1) if _is_odd(payload, payload.expanded, part.expanded_start):
                traits.add(Trait.ODD_CHECKSUM_ELIDED)
    if payload.stack.kind is Dispatch.IPHC and _ends_with_headers(payload.expanded):
        traits.add(Trait.NOTHING_BEHIND)
    traits.update(_of_contexts(payload, contexts if Feature.STATEFUL_UNICAST in received.features else {}))
    return received.features | traits if traits else received.features


def _of_iphc(header: Iphc, link: Link) -> Iterator[Trait]:
    traffic = header.traffic
    if traffic is not None and (traffic.differentiated_services or traffic.explicit_congestion_notification):
        yield Trait.TRAFFIC_CLASS_IN_LINE
    if not header.cid and (header.dac or (header.sac and header.sam)):
        yield Trait.CONTEXT_0_UNNAMED
    ends = [(header.sam, header.sac, len(link.source))]
    if not header.m:
        ends.append((header.dam, header.dac, len(link.destination)))
    for mode, stateful, octets in ends:
        if mode == IN_16_BITS:
            yield Trait.SHORT_BEHIND_CONTEXT if stateful else Trait.SHORT_IN_LINE
        elif mode == ELIDED and octets == SHORT_OCTETS:
            yield Trait.SHORT_ELIDED
            if len(link.source) != len(link.destination):
                yield Trait.MIXED_ADDRESSES


def _of_fragment_header(header: CompressedFragment) -> Iterator[Trait]:
    if not header.reserved:
        yield Trait.FRAGMENT_HEADER_ZERO
    if header.next_header is None:
        yield Trait.BEHIND_FRAGMENT_HEADER


def _is_odd(payload: Payload, expanded: Expanded, udp: int) -> bool:
    """Whether the octets from the UDP header to the packet's end are odd in number."""
    fragment = payload.stack.fragment
    size = fragment.datagram_size if isinstance(fragment, FirstFragment) else len(expanded.octets)
    return bool((size - udp) % 2)


def _ends_with_headers(expanded: Expanded) -> bool:
    udp = isinstance(expanded.parts[-1].header, CompressedUdp)
    return not udp and len(expanded.octets) <= expanded.header_octets


def _of_contexts(payload: Payload, contexts: Contexts) -> Iterator[Trait]:
    used = [contexts[identifier] for identifier in contexts_used(payload) if identifier in contexts]
    if any(context.length > PREFIX_BITS for context in used):
        yield Trait.LONG_CONTEXT
    if any(context.identifier > LAST_OF_FOUR for context in used):
        yield Trait.CONTEXT_ABOVE_3
