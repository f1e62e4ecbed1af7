"""How much a node holds: every container that can be reached from it, and the bound that each must keep.

The walk follows attributes, slots and contents, so that a container added tomorrow is found without being named; one
for whose place :data:`BOUNDS` has no row is reported, too. What needs no row: a collection of members of an enumeration
cannot outgrow it; what its owner gave to the node, or what came in one packet, nobody makes longer (:data:`GIVEN`); a
tuple with named fields is an object. Keys are not walked: they are addresses and numbers.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.discovery import MOST_AGREED
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration
from p6lowpan.machines.agenda import FEW
from p6lowpan.machines.link.configuration import LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration
from p6lowpan.machines.neighbor_discovery.crowd import Group
from p6lowpan.machines.neighbor_discovery.policy import NeighborPolicy
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.touched import BOUND
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.node import Node
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Family

GIVEN = (
    *(Limits, Profile, NodeConfiguration, MacConfiguration, LinkSecurity, NetworkConfiguration, Configuration),
    *(NeighborPolicy, MeshConfiguration, Header, Family),
)

Bound = Callable[[NodeConfiguration], int]


def fragments(given: NodeConfiguration) -> int:
    """Of one datagram: the shortest have 8 octets, the last may have fewer."""
    return -(-given.limits.datagram_octets // 8)


def packet_octets(given: NodeConfiguration) -> int:
    """No string of octets is longer than the longest packet."""
    return max(given.limits.datagram_octets, given.limits.fragmented_packet_octets)


def routes(given: NodeConfiguration) -> int:
    """Of all kinds that the nodes here have."""
    return given.limits.static_routes + given.limits.on_link_prefixes + given.limits.default_routers


def agenda(place: str, bound: Bound) -> dict[str, Bound]:
    """An agenda of so many keys: its heap may hold as many rows again, and a few, that are out of date."""
    return {
        f"{place}._rows": bound,
        f"{place}._rows[]": lambda _: 3,
        f"{place}._heap": lambda given: FEW + 2 * bound(given) + 1,
        f"{place}._heap[]": lambda _: 3,
    }


def neighbors(given: NodeConfiguration) -> int:
    """In the neighbor cache."""
    return given.limits.neighbors


def levels(given: NodeConfiguration) -> int:
    """Neighbors whose level may be known."""
    return given.limits.discovery_neighbors


def prefixes(given: NodeConfiguration) -> int:
    """Announced by a border router: what was configured, or as many as the limits say."""
    return max(len(given.discovery.prefixes), given.limits.prefixes)


CROWD = "discovery.cache.table.crowd"
TABLE = "discovery.cache.table"

BOUNDS: Mapping[str, Bound] = {
    "_above_link": lambda _: 4,
    "lasting._shelves": lambda _: 7,
    "lasting._touched": lambda _: 7,
    "lasting._touched[]": lambda _: BOUND,
    "levels.touched": lambda _: BOUND,
    "discovery.cache.table.touched": lambda _: BOUND,
    "discovery.border_router.registry.touched": lambda _: BOUND,
    "link._security.touched_counters": lambda _: BOUND,
    "link._security.identities.touched": lambda _: BOUND,
    "lasting._security.touched_counters": lambda _: BOUND,
    "link._security._keys": lambda given: len(given.link.security.keys) if given.link.security else 0,
    "link._security._counters": lambda given: given.limits.secured_neighbors,
    "link._security.identities._extended._entries": lambda given: given.limits.short_addresses,
    "link._duplicates._seen._entries": lambda given: given.limits.duplicate_sources,
    "link._duplicates._seen._entries[]": lambda given: given.limits.duplicate_frames_per_source,
    "link._transmitter._queue": lambda given: given.limits.link_queue_frames,
    "_in_flight": lambda given: given.limits.link_queue_frames,
    "levels._pinned": lambda given: len(given.pinned),
    "levels._neighbors._entries": levels,
    "levels._strangers": levels,
    "levels._agreed": lambda _: MOST_AGREED,
    "levels._agreed[]": lambda _: 2,
    "link._rooms": lambda _: 6,
    "link._addresses": lambda given: len(given.link.addresses),
    "link._transmitter._lost._entries": lambda given: given.limits.mesh_queue_frames,
    "link._transmitter._doubtful._entries": lambda given: given.limits.mesh_queue_frames,
    "link._transmitter._templates._headers._entries": lambda given: given.limits.discovery_neighbors,
    "levels._census": levels,
    **agenda("levels._probation", lambda given: given.limits.discovery_datagrams),
    "contexts._entries": lambda given: given.limits.contexts,
    "contexts._view.compress": lambda given: given.limits.contexts,
    "contexts._view.decompress": lambda given: given.limits.contexts,
    "mesh._memory._seen._entries": lambda given: given.limits.flood_memory,
    "adaptation.addresses": lambda given: len(given.link.addresses),
    "adaptation._by_identifier": lambda given: len(given.link.addresses),
    "adaptation._receiver._beginnings._entries": lambda given: given.limits.reassembly_buffers,
    "adaptation._receiver._beginnings._entries[].unsummed": lambda given: 1 + given.limits.nested_ipv6_headers,
    "adaptation._receiver._refused._entries": lambda given: given.limits.completed_datagrams,
    "adaptation._receiver.reassembler.incomplete._entries": lambda given: given.limits.reassembly_buffers,
    "adaptation._receiver.reassembler.incomplete._entries[].offsets": fragments,
    "adaptation._receiver.reassembler.incomplete._entries[].pieces": fragments,
    "adaptation._receiver.reassembler.incomplete._entries[].arrivals": (
        lambda given: fragments(given) + given.limits.reassembly_duplicates
    ),
    "adaptation._receiver.reassembler.completed._entries": lambda given: given.limits.completed_datagrams,
    "adaptation._receiver.reassembler.completed._entries[].buffer.offsets": fragments,
    "adaptation._receiver.reassembler.completed._entries[].buffer.pieces": fragments,
    "adaptation._receiver.reassembler.completed._entries[].buffer.arrivals": (
        lambda given: fragments(given) + given.limits.reassembly_duplicates
    ),
    "mesh.addresses": lambda given: len(given.link.addresses),
    "mesh._queue._waiting": lambda given: given.limits.mesh_queue_frames,
    "mesh._queue._waiting[]": lambda _: 3,
    "mesh._originators._entries": lambda given: given.limits.discovery_neighbors,
    "network.addresses._own": lambda given: given.limits.own_addresses,
    "network.addresses._groups": lambda given: given.limits.joined_groups,
    "network.addresses._fixed_groups": lambda _: 3,
    "network.routes._rows": routes,
    "network.routes._lengths": routes,
    "network.routes._by_prefix": routes,
    "network.routes._by_prefix[]": routes,
    "network.routes._by_prefix[][]": routes,
    "network.ports._bound": lambda given: given.limits.udp_ports,
    "network._input._icmpv6._takers": lambda _: 9,
    "network._input._upper_layers": lambda _: 4,
    "network._input.reassembler._buffers._entries": lambda given: given.limits.fragmented_packets,
    "network._input.reassembler._buffers._entries[].first": lambda _: 2,
    "network._input.reassembler._buffers._entries[].pieces": lambda given: given.limits.fragmented_packet_octets // 8,
    "discovery.interface.addresses": lambda given: given.limits.own_addresses,
    f"{TABLE}._entries": neighbors,
    f"{TABLE}._registrations": neighbors,
    f"{TABLE}._links": neighbors,
    f"{TABLE}._behind": neighbors,
    f"{TABLE}._behind[]": neighbors,
    **agenda(f"{TABLE}.deadlines", neighbors),
    **agenda(f"{TABLE}.ends", neighbors),
    f"{CROWD}._standings": neighbors,
    f"{CROWD}._orders": lambda _: len(Group),
    **agenda(f"{CROWD}._orders[][]", neighbors),
    f"{TABLE}._entries[].queue": lambda given: given.limits.neighbor_queue_packets,
    "discovery.cache._unreachable_routers": lambda given: given.limits.neighbors,
    "discovery.host.routers._avoided._entries": lambda given: given.limits.refused_routers,
    "discovery.host.routers._routers": lambda given: given.limits.default_routers,
    "discovery.host.registrant._ledgers": lambda given: 2 * given.limits.own_addresses,
    "discovery.host.registrant._ledgers[].bindings": lambda given: 2 * given.limits.default_routers,
    "discovery.host.registrant._gone": lambda given: given.limits.neighbors,
    "discovery.host.autoconfiguration._prefixes": lambda given: given.limits.prefixes,
    "discovery.host.detection._probing": lambda given: given.limits.own_addresses,
    "discovery.host._versions._entries": lambda given: given.limits.border_routers,
    "discovery.host._versions._entries[]": lambda _: 2,
    "discovery.information._known": lambda given: given.limits.border_routers,
    "discovery.information._known[].prefixes": lambda given: given.limits.prefixes,
    "discovery.information._known[].contexts": lambda given: given.limits.contexts,
    "discovery.detection._asking": lambda given: given.limits.duplicate_requests,
    "discovery.advertiser._pending": lambda given: given.limits.pending_advertisements,
    "discovery.advertiser._pending[]": lambda _: 2,
    "discovery.border_router.prefix_life._prefixes": prefixes,
    "discovery.border_router.prefix_life._left": prefixes,
    "discovery.border_router.registry.prefixes": prefixes,
    "discovery.border_router.registry._records": lambda given: given.limits.bindings,
    "discovery.border_router.registry._given_back": lambda given: given.limits.bindings,
    **agenda("discovery.border_router.registry._due", lambda given: given.limits.bindings),
    "discovery.border_router.context_life._managed": lambda given: given.limits.contexts,
    "discovery.border_router._departed": lambda given: given.limits.bindings,
}
"""The bound of each container, by its place in the node; ``[]`` stands for whatever a container holds."""


class Container(NamedTuple):
    """Something that holds things, where it is, and how many it holds."""

    place: str
    size: int
    is_octets: bool = False


def containers(root: object) -> Iterator[Container]:
    """Every container that can be reached from ``root``, and every string of octets."""
    seen: set[int] = set()
    pending: deque[tuple[str, Any]] = deque([("", root)])
    while pending:
        place, found = pending.popleft()  # the shortest way first: it names the place
        if isinstance(found, GIVEN) or id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, bytes):
            yield Container(place, len(found), is_octets=True)
            continue
        items = _items(found)
        if items is None:
            pending += ((f"{place}.{name}".lstrip("."), value) for name, value in _attributes(found))
            continue
        if not all(isinstance(key, Enum) for key in found) or not found:
            yield Container(place, len(found))
        pending += ((f"{place}[]", item) for item in items)


def _items(found: Any) -> list[Any] | None:  # Any: whatever a node holds
    """What a container holds; ``None`` for what is none."""
    if isinstance(found, dict):
        return list(found.values())
    is_record = isinstance(found, tuple) and hasattr(found, "_fields")
    return list(found) if isinstance(found, list | tuple | set | frozenset | deque) and not is_record else None


def _attributes(found: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, int | float | str | Enum | type) or found is None or callable(found):
        return
    yield from getattr(found, "__dict__", {}).items()
    for kind in type(found).__mro__:
        slots = getattr(kind, "__slots__", ())
        yield from ((name, getattr(found, name)) for name in slots if hasattr(found, name))
    if isinstance(found, tuple):
        yield from zip(found._fields, found, strict=True)  # type: ignore[attr-defined]  # it is one with names


def excess(node: Node) -> list[str]:
    """What a node holds beyond its bounds, and what nobody gave a bound: nothing, where all is well."""
    given = node.configuration
    found = []
    for container in containers(node):
        if container.is_octets:
            most: int | None = packet_octets(given)
        else:
            bound = BOUNDS.get(container.place)
            most = bound(given) if bound else None
            if bound is None and not container.size:
                continue
        if most is None or container.size > most:
            found.append(f"{container.place}: {container.size}, at most {most}")
    return found
