"""How a gateway stands, as values that JSON holds: what the control socket, the tables and Prometheus show."""

from typing import Any

from p6lowpan.gateway.lowpan import DROPPED, LINK_DROPPED, OCTETS, PACKETS, RADIO_DROPPED, TAP_MISSED, Lowpan
from p6lowpan.machines.backbone.backbone import INWARD, OUTWARD
from p6lowpan.machines.neighbor_discovery.entry import Entry
from p6lowpan.wire.address import LinkAddress, format_ipv6, format_link

Record = dict[str, Any]  # Any: what JSON holds
MICROSECONDS = 1_000_000
UP = "up"
PLACES = {RADIO_DROPPED: "radio", LINK_DROPPED: "link", TAP_MISSED: "tap", DROPPED: "node"}
"""Where something was lost, by how its counter's name begins; the longer name is asked first."""


def status_of(lowpan: Lowpan) -> Record:
    """A network in a few numbers."""
    node, counters = lowpan.node.node, lowpan.counters()
    backbone = node.border.backbone
    return {
        "network": lowpan.plan.name,
        "eui64": format_link(lowpan.plan.eui64),
        "pan": f"0x{lowpan.plan.pan:04x}",
        "addresses": list(lowpan.node.addresses),
        "profile": node.configuration.profile.name,
        "contexts": [
            f"{one.context.identifier}={format_ipv6(one.context.prefix)}/{one.context.length} {one.phase.name.lower()}"
            for one in node.durable.contexts
        ],
        "neighbors": len(node.levels.neighbors),
        "registrations": len(node.durable.registrations),
        "waiting octets": backbone.waiting.octets if backbone else 0,
        "conversations": len(backbone.flows) if backbone else 0,
        "packets in": counters[PACKETS + INWARD],
        "packets out": counters[PACKETS + OUTWARD],
        "octets in": counters[OCTETS + INWARD],
        "octets out": counters[OCTETS + OUTWARD],
        "dropped": sum(count for name, count in counters.items() if name.startswith(DROPPED)),
        "radio": UP if lowpan.radio_is_up else "gone",
        "state": lowpan.keeping.state,
        "counters": dict(sorted(counters.items())),
    }


def neighbors_of(lowpan: Lowpan, now: int) -> list[Record]:
    """Everybody of whom something is known, once, whichever link-layer addresses it uses."""
    node = lowpan.node.node
    identities = node.link.security.identities
    shorts: dict[LinkAddress, list[LinkAddress]] = {}
    for short in identities.shorts():
        shorts.setdefault(identities.of(short), []).append(short)
    entries: dict[LinkAddress, list[Entry]] = {}
    for entry in sorted(node.discovery.cache.entries, key=lambda one: one.address):
        if entry.link_address is not None:
            entries.setdefault(identities.of(entry.link_address), []).append(entry)
    known = sorted({*entries, *node.levels.neighbors}, key=lambda one: (len(one), one))
    return [_neighbor(lowpan, address, shorts.get(address, []), entries.get(address, []), now) for address in known]


def _neighbor(
    lowpan: Lowpan, address: LinkAddress, shorts: list[LinkAddress], entries: list[Entry], now: int
) -> Record:
    levels = lowpan.node.node.levels
    profile, how = levels.known(address)
    announced = levels.announced(address)
    ends = [one.registration.expires_at for one in entries if one.registration is not None]
    return {
        "network": lowpan.plan.name,
        "neighbor": format_link(address),
        "short": [format_link(one) for one in shorts],
        "profile": profile.name if profile else "unknown",
        "learned by": how.value if how else "",
        "says": announced.name if announced else "",
        "sent": levels.sending_profile(address).name,
        "addresses": [format_ipv6(one.address) for one in entries],
        "states": [one.state.name.lower() for one in entries],
        "registered for s": (max(ends) - now) // MICROSECONDS if ends else None,
    }


def drops_of(lowpan: Lowpan) -> list[Record]:
    """What was dropped, and why; the most frequent first."""
    rows = []
    for name, count in lowpan.counters().most_common():
        for prefix, where in PLACES.items():
            if name.startswith(prefix):
                reason = name.removeprefix(prefix)
                rows.append({"network": lowpan.plan.name, "where": where, "reason": reason, "count": count})
                break
    return rows
