"""What a node can do, in Neighbor Discovery options: RFC 8505 section 4.3, RFC 7400 section 3.3, and Principled 6LoWPAN
(draft-ayers-low-power-interop-01 sections 6.2 and 7.1).

The level goes into Router Solicitations, Neighbor Advertisements and Neighbor Solicitations that register an address;
into Router Advertisements only of a router above level 5, because every router has that. A FLEX bitfield goes into all
four. RFC 8505 section 6.1 wants the option in router messages anyway.
"""

from p6lowpan.capability.features import Feature
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Role
from p6lowpan.machines.neighbor_discovery.interface import Arrival, Interface
from p6lowpan.machines.neighbor_discovery.outputs import LevelAdvertised
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of, with_level
from p6lowpan.wire.ipv6.registry import MessageType

LEVEL_OF_EVERY_ROUTER = 5
ROUTER_MESSAGES = (MessageType.ROUTER_SOLICITATION, MessageType.ROUTER_ADVERTISEMENT)


def capability_options(
    configuration: Configuration, message: MessageType, border_router_extended: bool = False
) -> tuple[Header, ...]:
    """The options that say what we can do. ``border_router_extended``: the border router takes EDAR messages."""
    profile = configuration.profile if configuration.shows_profile else None
    level = profile.level if profile else None
    if message is MessageType.ROUTER_ADVERTISEMENT and level is not None and level <= LEVEL_OF_EVERY_ROUTER:
        level = None
    options: list[Header] = []
    if level is not None or (configuration.speaks_rfc8505 and message in ROUTER_MESSAGES):
        generic = profile is not None and Feature.GHC_UDP in profile.receives
        flags = _parts(configuration, message, border_router_extended, generic)
        options.append(with_level(flags, level))
    if profile is not None and profile.flex is not None:
        options.append(FlexCapability(features=profile.flex))
    return tuple(options)


def _parts(
    configuration: Configuration, message: MessageType, border_router_extended: bool, generic: bool
) -> CapabilityIndication:
    """RFC 8505 section 4.3: what a router is; the D flag "is valid in RA messages but not in RS messages"."""
    if not configuration.speaks_rfc8505 or message not in ROUTER_MESSAGES or not configuration.is_router:
        return CapabilityIndication(generic_compression=int(generic))
    advertises = message is MessageType.ROUTER_ADVERTISEMENT
    return CapabilityIndication(
        extended_duplicate_messages=int(advertises and border_router_extended),
        router=1,
        border_router=int(configuration.role is Role.BORDER_ROUTER),
        extended_registration=1,
        generic_compression=int(generic),
    )


def indication_in(options: tuple[Header, ...]) -> CapabilityIndication | None:
    """The first 6CIO among ``options``."""
    return next((option for option in options if isinstance(option, CapabilityIndication)), None)


def advertised(interface: Interface, arrival: Arrival, options: tuple[Header, ...]) -> tuple[LevelAdvertised, ...]:
    """What the sender of a message says of itself, where it says something and can be told from others."""
    indication = indication_in(options)
    level = level_of(indication) if indication else None
    flex = next((option.features for option in options if isinstance(option, FlexCapability)), None)
    sender = interface.sender_of(arrival)
    if sender is None or (level is None and flex is None):
        return ()
    return (LevelAdvertised(sender, level, flex, arrival.origin.secured),)
