"""Neighbor Discovery in one line a message: what it is about, and the options that change its meaning."""

from collections.abc import Callable, Iterable
from typing import Any

from p6lowpan.analysis.presentation.names import counted, ipv6_name
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of
from p6lowpan.wire.ipv6.dns_options import RecursiveDnsServer
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress, address_in_words
from p6lowpan.wire.ipv6.lowpan_options import (
    AuthoritativeBorderRouter,
    ConsistentUptime,
    LowpanContext,
    ResourceDirectoryAddress,
)
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import prefix_in_words
from p6lowpan.wire.ipv6.registration_options import STATUSES, AddressRegistration, verifier_in_words
from p6lowpan.wire.ipv6.router_options import Mtu, PrefixInformation, RouteInformation

Words = Callable[[Any], str]  # Any: the header class of the row


# --- options ---------------------------------------------------------------------------------------------------------


def _registration(option: AddressRegistration) -> str:
    name = "EARO" if option.is_extended else "ARO"
    status = f" {STATUSES.get(option.status, f'status {option.status}')}" if option.status else ""
    return f"{name}{status} {option.lifetime_minutes} min of {verifier_in_words(option.ownership_verifier)}"


def _context(option: LowpanContext) -> str:
    use = "" if option.compress else ", not for compression"
    prefix = f"{prefix_in_words(option.prefix)}/{option.context_length}"
    return f"context {option.context_identifier} = {prefix} {option.lifetime_minutes} min{use}"


def _capability(option: CapabilityIndication) -> str:
    level = level_of(option)
    return "6CIO" if level is None else f"6CIO level {level}"


OPTION_WORDS: dict[type[Header], Words] = {
    SourceLinkLayerAddress: lambda option: f"SLLAO {address_in_words(option.address)}",
    TargetLinkLayerAddress: lambda option: f"TLLAO {address_in_words(option.address)}",
    PrefixInformation: lambda option: f"prefix {ipv6_name(option.prefix)}/{option.prefix_length}",
    RouteInformation: lambda option: f"route {prefix_in_words(option.prefix)}/{option.prefix_length}",
    Mtu: lambda option: f"MTU {option.mtu}",
    RecursiveDnsServer: lambda _: "RDNSS",
    AddressRegistration: _registration,
    LowpanContext: _context,
    AuthoritativeBorderRouter: lambda option: f"ABRO {ipv6_name(option.border_router)} version {option.version}",
    ResourceDirectoryAddress: lambda option: f"RDAO {ipv6_name(option.directory)}",
    ConsistentUptime: lambda option: f"uptime {option.uptime_ms} ms",
    CapabilityIndication: _capability,
    FlexCapability: lambda option: f"FLEX {option.features:08x}",
}
"""What an option says in a few words; an option that is not here is counted."""


def _with(options: Iterable[Header]) -> str:
    """`` with ARO …, SLLAO …`` or nothing."""
    said, others = [], 0
    for option in options:
        words = OPTION_WORDS.get(type(option))
        if words is None:
            others += 1
        else:
            said.append(words(option))
    if others:
        said.append(counted(others, "other option" if said else "option"))
    return f" with {', '.join(said)}" if said else ""


# --- messages --------------------------------------------------------------------------------------------------------


def _router_advertisement(message: RouterAdvertisement) -> str:
    lifetime = (
        f"lifetime {message.router_lifetime_seconds} s" if message.router_lifetime_seconds else "no default router"
    )
    return f"RA {lifetime}{_with(message.options)}"


def _neighbor_advertisement(message: NeighborAdvertisement) -> str:
    flags = [name for name in ("router", "solicited", "override") if getattr(message, name)]
    said = f" ({', '.join(flags)})" if flags else ""
    return f"NA of {ipv6_name(message.target)}{said}{_with(message.options)}"


def _duplicate(name: str) -> Words:
    def words(message: DuplicateAddressRequest | DuplicateAddressConfirmation) -> str:
        status = getattr(message, "status", 0)
        said = f" {STATUSES.get(status, f'status {status}')}" if name == "DAC" else ""
        extended = "E" if message.code_suffix else ""
        return (
            f"{extended}{name}{said} for {ipv6_name(message.registered_address)} {message.lifetime_minutes} min of "
            f"{verifier_in_words(message.ownership_verifier)}{_with(message.options)}"
        )

    return words


NEIGHBOR_WORDS: dict[type[Header], Words] = {
    RouterSolicitation: lambda message: f"RS{_with(message.options)}",
    RouterAdvertisement: _router_advertisement,
    NeighborSolicitation: lambda message: f"NS for {ipv6_name(message.target)}{_with(message.options)}",
    NeighborAdvertisement: _neighbor_advertisement,
    Redirect: lambda message: f"redirect for {ipv6_name(message.destination)} to {ipv6_name(message.target)}",
    DuplicateAddressRequest: _duplicate("DAR"),
    DuplicateAddressConfirmation: _duplicate("DAC"),
}
