"""Name servers and search lists in Router Advertisements, RFC 8106 section 5.

The domain names of a search list are kept as octets: :func:`search_domains` reads, :func:`search_list` writes them.
"""

from collections.abc import Iterable
from typing import Annotated

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import AUTO, U16, Bits, Check, Computed, Each, Header, Octets, wire
from p6lowpan.wire.ipv6.address_list import AddressEntry
from p6lowpan.wire.ipv6.neighbor_option import FixedType, Seconds
from p6lowpan.wire.ipv6.registry import NeighborOptionType

LONGEST_LABEL = 63
OCTETS_BEFORE_NAMES = 8


@wire("nd-option-recursive-dns-server")
class RecursiveDnsServer(Header):
    """RFC 8106 section 5.1."""

    CHECKS = (Check("len(addresses) >= 1", "length", Reason.BAD_LENGTH, "one address at least (RFC 8106 section 5.1)"),)
    type: FixedType = NeighborOptionType.RECURSIVE_DNS_SERVER
    length: Annotated[int, Bits(8), Computed("2 * len(addresses) + 1")] = AUTO
    reserved: U16 = 0
    lifetime_seconds: Seconds
    addresses: Annotated[tuple[AddressEntry, ...], Each("AddressEntry", size="8 * length - 8")]


@wire("nd-option-dns-search-list")
class DnsSearchList(Header):
    """RFC 8106 section 5.2. ``domain_names`` holds names as RFC 1035 section 3.1 encodes them, then zeros to the end of
    the last unit of 8."""

    type: FixedType = NeighborOptionType.DNS_SEARCH_LIST
    length: Annotated[int, Bits(8), Computed("len(domain_names) // 8 + 1")] = AUTO
    reserved: U16 = 0
    lifetime_seconds: Seconds
    domain_names: Annotated[bytes, Octets("8 * length - 8")]


def search_domains(option: DnsSearchList) -> tuple[str, ...]:
    """The domain names of a search list, dots between the labels. Raises :class:`Malformed`."""
    octets, position = option.domain_names, 0
    domains: list[str] = []
    labels: list[str] = []
    while position < len(octets):
        size = octets[position]
        label = octets[position + 1 : position + 1 + size]
        if size > LONGEST_LABEL or len(label) < size:
            detail = f"a label of {size} octets where at most {min(LONGEST_LABEL, len(octets) - position - 1)} can be"
            raise Malformed(option.LAYER, OCTETS_BEFORE_NAMES + position, Reason.BAD_LENGTH, detail)
        if size:
            labels.append(label.decode("ascii", "backslashreplace"))
        elif labels:
            domains.append(".".join(labels))
            labels = []
        position += 1 + size
    if labels:
        raise Malformed(option.LAYER, OCTETS_BEFORE_NAMES + position, Reason.TRUNCATED, "a domain name without an end")
    return tuple(domains)


def search_list(domains: Iterable[str], lifetime_seconds: int) -> DnsSearchList:
    """The option for ``domains``. Raises :class:`UsageError` for a name that RFC 1035 does not allow."""
    octets = b""
    for domain in domains:
        labels = [label.encode("ascii", "replace") for label in domain.rstrip(".").split(".")]
        if not all(0 < len(label) <= LONGEST_LABEL for label in labels) or sum(map(len, labels)) + len(labels) > 254:
            raise UsageError(f"{domain!r} is no domain name: labels of 1 to {LONGEST_LABEL} octets, 255 octets in all")
        octets += b"".join([bytes((len(label),)) + label for label in labels]) + b"\0"
    return DnsSearchList(lifetime_seconds=lifetime_seconds, domain_names=octets + bytes(-len(octets) % 8))
