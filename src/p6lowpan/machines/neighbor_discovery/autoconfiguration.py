"""Prefixes, and the addresses that a host forms from them: RFC 4861 section 6.3.4, RFC 4862 section 5.5.

An address is formed from each prefix of 64 bits that allows it and each link-layer address of ours. One from a short
address only where the router does not manage addresses (RFC 6775 section 5.4.1: "If the M flag is set in the RA, then
DHCPv6 MUST be used" for an address not derived from an EUI-64), and DHCPv6 is not done.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import IDENTIFIER_BITS
from p6lowpan.machines.neighbor_discovery.interface import SECOND_US, AddressState, Interface, OwnAddress
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    AddressDeprecated,
    AddressFormed,
    AddressLost,
    NeighborOutput,
    Outputs,
    PrefixLearned,
    PrefixLost,
)
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, format_ipv6, interface_identifier, is_link_local, is_multicast
from p6lowpan.wire.ipv6.neighbor_option import INFINITE_SECONDS
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.sixlowpan.contexts import masked

WHERE = "autoconfiguration"
TWO_HOURS_US = 7200 * SECOND_US


@dataclass(frozen=True, slots=True)
class KnownPrefix:
    """An entry of the prefix list. ``valid_until`` ``None``: for ever."""

    prefix: Ipv6Address
    length: int
    on_link: bool
    valid_until: int | None


def moment_of(now: int, seconds: int) -> int | None:
    """When a lifetime of 32 bits ends; ``None`` for one that does not."""
    return None if seconds == INFINITE_SECONDS else now + seconds * SECOND_US


class Autoconfiguration:
    """The prefix list, and the lifetimes of our addresses."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._prefixes: dict[tuple[bytes, int], KnownPrefix] = {}

    @property
    def prefixes(self) -> tuple[KnownPrefix, ...]:
        """The prefixes that are known."""
        return tuple(self._prefixes.values())

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        moments: list[int | None] = [prefix.valid_until for prefix in self._prefixes.values()]
        for own in self._interface.addresses.values():
            moments += [own.valid_until, own.preferred_until if own.state is AddressState.PREFERRED else None]
        return earliest(*moments)

    def learn(self, now: int, option: PrefixInformation, managed: bool) -> Outputs:
        """Do what a Prefix Information option says."""
        fault = self._fault(option)
        if fault is not None:
            return (fault,)
        outputs = self._remember(now, option)
        if option.autonomous and option.prefix_length == IDENTIFIER_BITS:
            return (*outputs, *self._form(now, option, managed))
        return outputs

    def tick(self, now: int) -> Outputs:
        """What ended: prefixes, then addresses."""
        outputs: list[NeighborOutput] = []
        for key, known in tuple(self._prefixes.items()):
            if known.valid_until is not None and known.valid_until <= now:
                del self._prefixes[key]
                outputs.append(PrefixLost(known.prefix, known.length))
        for own in tuple(self._interface.addresses.values()):
            outputs += self._age(now, own)
        return tuple(outputs)

    def _fault(self, option: PrefixInformation) -> Dropped | None:
        """RFC 4862 section 5.5.3 b and c; RFC 6775 section 5.4: with the L flag "that PIO MUST be ignored"."""
        prefix = f"{format_ipv6(option.prefix)}/{option.prefix_length}"
        if is_link_local(option.prefix) or is_multicast(option.prefix):
            return Dropped(Reason.BAD_VALUE, WHERE, f"{prefix} is no prefix to form addresses from")
        if option.preferred_lifetime_seconds > option.valid_lifetime_seconds:
            return Dropped(Reason.BAD_VALUE, WHERE, f"{prefix} is preferred for longer than it is valid")
        if self._interface.is_lowpan and option.on_link:
            return Dropped(Reason.BAD_VALUE, WHERE, f"{prefix} is said to be on-link, in a LoWPAN")
        return None

    def _remember(self, now: int, option: PrefixInformation) -> Outputs:
        prefix = Ipv6Address(masked(option.prefix, option.prefix_length))
        key = bytes(prefix), option.prefix_length
        before = self._prefixes.get(key)
        if option.valid_lifetime_seconds == 0:
            if before is None:
                return ()
            del self._prefixes[key]
            return (PrefixLost(prefix, option.prefix_length),)
        if before is None and len(self._prefixes) >= self._interface.limits.prefixes:
            return (Dropped(Reason.PREFIXES_FULL, WHERE, f"no room for {format_ipv6(prefix)}"),)
        on_link = bool(option.on_link) or (before is not None and before.on_link)
        until = moment_of(now, option.valid_lifetime_seconds)
        self._prefixes[key] = KnownPrefix(prefix, option.prefix_length, on_link, until)
        if before is not None and before.on_link == on_link:
            return ()
        return (PrefixLearned(prefix, option.prefix_length, on_link),)

    def _form(self, now: int, option: PrefixInformation, managed: bool) -> Outputs:
        """RFC 4862 section 5.5.3 d and e."""
        outputs: list[NeighborOutput] = []
        for own in self._candidates(option, managed):
            present = self._interface.addresses.get(own.address)
            if present is not None:
                outputs += self._renew(now, present, option)
            elif option.valid_lifetime_seconds:
                own.valid_until = moment_of(now, option.valid_lifetime_seconds)
                own.preferred_until = moment_of(now, option.preferred_lifetime_seconds)
                refused = self._interface.add(own)
                outputs.append(refused or AddressFormed(own.address, own.link_address))
        return tuple(outputs)

    def _candidates(self, option: PrefixInformation, managed: bool) -> Iterator[OwnAddress]:
        for link_address in self._interface.configuration.link_addresses:
            if len(link_address) == 8 or not managed:
                address = Ipv6Address(option.prefix[:8] + interface_identifier(link_address))
                yield OwnAddress(address, link_address)

    def _renew(self, now: int, own: OwnAddress, option: PrefixInformation) -> Outputs:
        """RFC 4862 section 5.5.3 e: nobody shortens what is left to less than two hours."""
        until = moment_of(now, option.valid_lifetime_seconds)
        long_enough = until is None or until - now > TWO_HOURS_US
        if long_enough or (until is not None and own.valid_until is not None and until > own.valid_until):
            own.valid_until = until
        elif own.valid_until is None or own.valid_until - now > TWO_HOURS_US:
            own.valid_until = now + TWO_HOURS_US
        own.preferred_until = moment_of(now, option.preferred_lifetime_seconds)
        revived = own.preferred_until is None or own.preferred_until > now
        if own.state is AddressState.DEPRECATED and revived:
            own.state = AddressState.PREFERRED
            return (AddressConfirmed(own.address),)
        return ()

    def _age(self, now: int, own: OwnAddress) -> Outputs:
        """RFC 4862 section 5.5.4."""
        if own.valid_until is not None and own.valid_until <= now:
            del self._interface.addresses[own.address]
            return (AddressLost(own.address),) if own.is_assigned else ()
        if own.state is AddressState.PREFERRED and own.preferred_until is not None and own.preferred_until <= now:
            own.state = AddressState.DEPRECATED
            return (AddressDeprecated(own.address),)
        return ()
