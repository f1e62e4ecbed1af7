"""Which messages are valid at all: RFC 4861 sections 6.1, 7.1 and 8.1, RFC 6775 section 8.2.1, as rows of plain data.

Checksums were verified and options decoded before: an option of length zero, or a message that is too short, never
comes here. Reserved fields and unknown options are ignored, as the RFCs demand.
"""

from collections.abc import Callable, Mapping

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.interface import Arrival
from p6lowpan.machines.network.scope import SOLICITED_NODE_PREFIX
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import UNSPECIFIED, is_link_local, is_multicast
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NEIGHBOR_DISCOVERY_HOP_LIMIT,
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)

WHERE = "neighbor discovery"


@value
class Rule:
    """``fault`` says whether a message breaks it."""

    fault: Callable[[Arrival], bool]
    reason: Reason
    text: str


def options_of(message: Header) -> tuple[Header, ...]:
    """The options of a message; none where it has no such field."""
    options: tuple[Header, ...] = getattr(message, "options", ())
    return options


def _names_its_link_address(arrival: Arrival) -> bool:
    return any(isinstance(option, SourceLinkLayerAddress) for option in options_of(arrival.message))


def _target_is_group(arrival: Arrival) -> bool:
    return is_multicast(getattr(arrival.message, "target", UNSPECIFIED))


def _registered_is_group(arrival: Arrival) -> bool:
    return is_multicast(getattr(arrival.message, "registered_address", UNSPECIFIED))


def _solicited_by_group(arrival: Arrival) -> bool:
    return bool(getattr(arrival.message, "solicited", 0)) and is_multicast(arrival.destination)


def _unspecified(arrival: Arrival) -> bool:
    return arrival.source == UNSPECIFIED


FROM_A_NEIGHBOR = Rule(
    lambda arrival: arrival.hop_limit != NEIGHBOR_DISCOVERY_HOP_LIMIT,
    Reason.NOT_FROM_A_NEIGHBOR,
    "the hop limit is not 255",
)
CODE_ZERO = Rule(
    lambda arrival: getattr(arrival.message, "code", 0) != 0, Reason.BAD_VALUE, "the code of this message is 0"
)
FROM_ONE = Rule(lambda arrival: is_multicast(arrival.source), Reason.BAD_SOURCE, "the source is a group")
FROM_SOMEBODY = Rule(_unspecified, Reason.BAD_SOURCE, "the source is unspecified")
FROM_THE_LINK = Rule(
    lambda arrival: not is_link_local(arrival.source), Reason.BAD_SOURCE, "the source is not link-local"
)
UNSPECIFIED_HAS_NO_LINK_ADDRESS = Rule(
    lambda arrival: _unspecified(arrival) and _names_its_link_address(arrival),
    Reason.BAD_SOURCE,
    "an unspecified source with a link-layer address",
)
UNSPECIFIED_ASKS_A_GROUP = Rule(
    lambda arrival: _unspecified(arrival) and not arrival.destination.startswith(SOLICITED_NODE_PREFIX),
    Reason.BAD_DESTINATION,
    "an unspecified source that does not ask a solicited-node group",
)
ABOUT_ONE = Rule(_target_is_group, Reason.BAD_VALUE, "the target is a group")
SOLICITED_BY_ONE = Rule(_solicited_by_group, Reason.BAD_DESTINATION, "solicited, but sent to a group")
REGISTERS_ONE = Rule(_registered_is_group, Reason.BAD_VALUE, "the registered address is a group")

ON_THE_LINK = (FROM_A_NEIGHBOR, CODE_ZERO, FROM_ONE)
RULES: Mapping[type[Header], tuple[Rule, ...]] = {
    RouterSolicitation: (*ON_THE_LINK, UNSPECIFIED_HAS_NO_LINK_ADDRESS),  # RFC 4861 6.1.1
    RouterAdvertisement: (*ON_THE_LINK, FROM_THE_LINK),  # RFC 4861 6.1.2
    NeighborSolicitation: (  # RFC 4861 7.1.1
        *ON_THE_LINK,
        ABOUT_ONE,
        UNSPECIFIED_ASKS_A_GROUP,
        UNSPECIFIED_HAS_NO_LINK_ADDRESS,
    ),
    NeighborAdvertisement: (*ON_THE_LINK, FROM_SOMEBODY, ABOUT_ONE, SOLICITED_BY_ONE),  # RFC 4861 7.1.2
    Redirect: (*ON_THE_LINK, FROM_THE_LINK),  # RFC 4861 8.1
    DuplicateAddressRequest: (FROM_ONE, FROM_SOMEBODY, REGISTERS_ONE),  # RFC 6775 8.2.1; they are routed
    DuplicateAddressConfirmation: (FROM_ONE, FROM_SOMEBODY, REGISTERS_ONE),
}


def fault_of(arrival: Arrival) -> Dropped | None:
    """Why a message must be discarded; ``None`` for a valid one."""
    rules = RULES.get(type(arrival.message))
    if rules is None:
        return Dropped(Reason.UNSUPPORTED, WHERE, f"{arrival.message.LAYER} is no message of Neighbor Discovery")
    for rule in rules:
        if rule.fault(arrival):
            return Dropped(rule.reason, WHERE, f"{arrival.message.LAYER}: {rule.text}")
    return None
