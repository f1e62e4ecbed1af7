"""One step along a source route (RFC 6554 section 4.2): the packet goes on to the next address of its list.

What this module does not do: forward. Whether the new destination is on the link, as a strict route demands, is
:mod:`p6lowpan.machines.network.forwarding`'s to say.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.extension_headers import SEGMENTS_LEFT_AT, NextSegment
from p6lowpan.machines.network.icmpv6_errors import ERRONEOUS_FIELD, HOP_LIMIT_EXCEEDED, Refused
from p6lowpan.machines.network.packet import NEXT_HEADER_AT, Incoming
from p6lowpan.wire.address import Ipv6Address, is_multicast
from p6lowpan.wire.ipv6.chain import UPPER_LAYERS, walk
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.routing import RplSourceRoute, expand_addresses

WHERE = "source-route"
ADDRESSES_AT = 8


def advance(incoming: Incoming, segment: NextSegment, is_ours: Callable[[bytes], bool]) -> bytes | Refused:
    """The packet with the next address of its route as destination and one hop less to live, or why it ends here."""
    route, header = segment.route, incoming.header
    addresses = expand_addresses(route, header.destination)
    if route.segments_left > len(addresses):
        answer = ParameterProblem(code=ERRONEOUS_FIELD, pointer=segment.at + SEGMENTS_LEFT_AT)
        detail = f"{route.segments_left} segments left of {len(addresses)}"
        return Refused(Reason.BAD_VALUE, WHERE, detail, answer)
    place = len(addresses) - route.segments_left
    if is_multicast(addresses[place]) or is_multicast(header.destination):
        return Refused(Reason.BAD_DESTINATION, WHERE, "a source route leads to one node at a time")
    if refused := _loop(segment, addresses, is_ours):
        return refused
    if header.hop_limit <= 1:
        return Refused(Reason.HOP_LIMIT_EXCEEDED, WHERE, answer=TimeExceeded(code=HOP_LIMIT_EXCEEDED))
    onward = replace(header, destination=addresses[place], hop_limit=header.hop_limit - 1)
    before = incoming.octets[IPV6_HEADER_OCTETS : segment.at]
    behind = incoming.octets[segment.at + len(route.encode()) :]
    return onward.encode() + before + _swapped(route, place, header.destination).encode() + behind


def is_strict(octets: bytes) -> bool:
    """Whether a packet still follows a source route, so that its destination must be on the link."""
    if octets[NEXT_HEADER_AT] in UPPER_LAYERS:
        return False  # most packets have nothing in between
    for header in walk(octets).headers[1:]:
        if isinstance(header, Ipv6):
            break  # a packet in the packet: its route begins when it is taken out
        if isinstance(header, RplSourceRoute) and header.segments_left:
            return True
    return False


def _loop(segment: NextSegment, addresses: tuple[Ipv6Address, ...], is_ours: Callable[[bytes], bool]) -> Refused | None:
    """ "If such addresses appear more than once and are separated by at least one address not assigned to that router,
    the router MUST drop the packet". The error points at the one that comes again."""
    ours = [place for place, address in enumerate(addresses) if is_ours(address)]
    again = next((place for before, place in itertools.pairwise(ours) if place > before + 1), None)
    if again is None:
        return None
    pointer = segment.at + ADDRESSES_AT + again * (16 - segment.route.elided)
    answer = ParameterProblem(code=ERRONEOUS_FIELD, pointer=pointer)
    return Refused(Reason.SOURCE_ROUTE_LOOP, WHERE, f"entry {again + 1} is ours again", answer)


def _swapped(route: RplSourceRoute, place: int, visited: bytes) -> RplSourceRoute:
    """The header with ``visited`` in the place of the address that is next, and one segment less to go. What is elided
    stays elided: both addresses share it."""
    octets, size = route.addresses, 16 - route.elided
    start = place * size
    is_last = len(octets) - start == 16 - route.elided_last
    kept = visited[route.elided_last if is_last else route.elided :]
    swapped = octets[:start] + kept + octets[start + len(kept) :]
    return replace(route, segments_left=route.segments_left - 1, addresses=swapped)
