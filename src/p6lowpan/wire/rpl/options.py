"""Options of RPL control messages, RFC 6550 section 6.7 with the flags and options that later RFCs added.

Which message may carry which option is not judged here: every option is read wherever it stands.
"""

from typing import Annotated, ClassVar

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Ipv6, format_ipv6
from p6lowpan.wire.description import (
    AUTO,
    U8,
    U16,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Octets,
    When,
    wire,
)
from p6lowpan.wire.family import Family
from p6lowpan.wire.ipv6.registration_options import ADDRESS_TYPES
from p6lowpan.wire.rpl.metrics import MetricObject
from p6lowpan.wire.rpl.registry import (
    OBJECTIVE_FUNCTIONS,
    OPTION_TYPES,
    ROUTE_PREFERENCES,
    instance_words,
    lifetime_words,
    path_control_words,
    path_lifetime_words,
    prefix_words,
    seconds_words,
)

PREFIX_LENGTH = Check("prefix_length <= 128", "prefix_length", Reason.BAD_VALUE, "a prefix has at most 128 bits")

# --- padding and what is not known -----------------------------------------------------------------------------------


@wire("rpl-pad1")
class Pad1(Header):
    """RFC 6550 section 6.7.2: the one option without a length."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x00


@wire("rpl-padn")
class PadN(Header):
    """RFC 6550 section 6.7.3: two octets and the padding; its content is ignored and kept."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x01
    length: Annotated[int, Bits(8), Computed("len(padding)")] = AUTO
    padding: Annotated[bytes, Octets("length")] = b""


@wire("rpl-option")
class UnknownOption(Header):
    """RFC 6550 section 6.7.1: an option that nothing here reads."""

    type: Annotated[int, Bits(8), Meaning(OPTION_TYPES)]
    length: Annotated[int, Bits(8), Computed("len(data)")] = AUTO
    data: Annotated[bytes, Octets("length")] = b""


# --- what a DIO carries ----------------------------------------------------------------------------------------------


@wire("rpl-metric-container")
class MetricContainer(Header):
    """DAG Metric Container, RFC 6550 section 6.7.4: objects of RFC 6551."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x02
    length: Annotated[int, Bits(8), Computed("octets_in(objects)")] = AUTO
    objects: Annotated[tuple[MetricObject, ...], Each("MetricObject", "length")] = ()


@wire("rpl-route-information")
class RouteInformation(Header):
    """RFC 6550 section 6.7.5. The prefix has any number of octets that holds its bits."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x03
    length: Annotated[int, Bits(8), Computed("6 + len(prefix)")] = AUTO
    prefix_length: U8
    reserved1: Annotated[int, Bits(3)] = 0
    preference: Annotated[int, Bits(2), Meaning(ROUTE_PREFERENCES)] = 0
    reserved2: Annotated[int, Bits(3)] = 0
    route_lifetime: Annotated[int, Bits(32), Meaning(seconds_words)]
    prefix: Annotated[bytes, Octets("length - 6"), Meaning(prefix_words)]

    CHECKS: ClassVar = (
        PREFIX_LENGTH,
        Check("len(prefix) <= 16", "length", Reason.BAD_LENGTH, "a prefix has at most 16 octets"),
        Check("8 * len(prefix) >= prefix_length", "prefix", Reason.BAD_LENGTH, "the prefix is longer than its octets"),
    )


@wire("rpl-dodag-configuration")
class DodagConfiguration(Header):
    """RFC 6550 section 6.7.6. The first four bits are flags for modes of operation 0 to 6 (RFC 9008 4.1.2)."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x04
    length: Annotated[int, Bits(8), Fixed()] = 14
    projected_routes: Annotated[int, Bits(1), Meaning({0: "", 1: "projected routes supported (RFC 9914)"})] = 0
    root_proxies_registration: Annotated[int, Bits(1), Meaning({0: "", 1: "root proxies EDAR/EDAC (RFC 9010)"})] = 0
    compression: Annotated[int, Bits(1), Meaning({0: "", 1: "compression per RFC 8138 is on (RFC 9035)"})] = 0
    option_type_0x23: Annotated[
        int, Bits(1), Meaning({0: "RPL Option type 0x63", 1: "RPL Option type 0x23 (RFC 9008)"})
    ] = 0
    authentication_enabled: Annotated[int, Bits(1)] = 0
    path_control_size: Annotated[int, Bits(3), Meaning(lambda size: f"{size + 1} active bits")] = 0
    interval_doublings: Annotated[int, Bits(8), Meaning(lambda doublings: f"Imax is Imin doubled {doublings} times")]
    interval_minimum: Annotated[int, Bits(8), Meaning(lambda power: f"Imin is 2^{power} ms")]
    redundancy_constant: Annotated[int, Bits(8), Meaning(lambda k: "" if k else "infinite: never suppressed")]
    maximum_rank_increase: Annotated[int, Bits(16), Meaning(lambda increase: "" if increase else "no local repair")] = 0
    minimum_hop_rank_increase: U16 = 256
    objective_code_point: Annotated[int, Bits(16), Meaning(OBJECTIVE_FUNCTIONS)] = 0
    reserved: U8 = 0
    default_lifetime: Annotated[int, Bits(8), Meaning(lifetime_words)]
    lifetime_unit: Annotated[int, Bits(16), Meaning(lambda seconds: f"{seconds} s")]


@wire("rpl-prefix-information")
class PrefixInformation(Header):
    """RFC 6550 section 6.7.10: the option of Neighbor Discovery with a length in octets."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x08
    length: Annotated[int, Bits(8), Fixed()] = 30
    prefix_length: U8
    on_link: Annotated[int, Bits(1)] = 0
    autonomous: Annotated[int, Bits(1)] = 0
    router_address: Annotated[int, Bits(1), Meaning({0: "", 1: "the prefix is the router's whole address"})] = 0
    reserved1: Annotated[int, Bits(5)] = 0
    valid_lifetime: Annotated[int, Bits(32), Meaning(seconds_words)]
    preferred_lifetime: Annotated[int, Bits(32), Meaning(seconds_words)]
    reserved2: Annotated[int, Bits(32)] = 0
    prefix: Ipv6

    CHECKS: ClassVar = (PREFIX_LENGTH,)


# --- what a DAO carries ----------------------------------------------------------------------------------------------


def target_octets(length: int, full_address: int, verifier_size: int, prefix_length: int) -> int:
    """Octets of a Target Prefix. It fills what a verifier leaves, RFC 9010 section 6.1; where the size of the
    verifier is one that no RFC defines, the prefix has its own octets and the verifier the rest."""
    if verifier_size <= 4:
        return length - 2 - 8 * verifier_size
    return 16 if full_address else (prefix_length + 7) // 8


@wire("rpl-target")
class Target(Header):
    """RPL Target, RFC 6550 section 6.7.7 as RFC 9010 section 6.1 (F, X, ROVR) and RFC 9685 (P) updated it."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x05
    length: Annotated[int, Bits(8), Computed("2 + len(prefix) + len(verifier)")] = AUTO
    full_address: Annotated[int, Bits(1), Meaning({0: "", 1: "the prefix is the advertiser's whole address"})] = 0
    proxy_requested: Annotated[int, Bits(1), Meaning({0: "", 1: "the root is asked to exchange EDAR/EDAC"})] = 0
    address_type: Annotated[int, Bits(2), Meaning(ADDRESS_TYPES)] = 0
    verifier_size: Annotated[int, Bits(4), Computed("len(verifier) // 8")] = AUTO
    prefix_length: U8 = 128
    prefix: Annotated[
        bytes,
        Octets("target_octets(length, full_address, verifier_size, prefix_length)"),
        Meaning(prefix_words),
    ]
    verifier: Annotated[bytes, Octets("length - 2 - len(prefix)")] = b""

    CHECKS: ClassVar = (
        PREFIX_LENGTH,
        Check("len(prefix) <= 16", "length", Reason.BAD_LENGTH, "a prefix has at most 16 octets"),
        Check("8 * len(prefix) >= prefix_length", "prefix", Reason.BAD_LENGTH, "the prefix is longer than its octets"),
        Check("not full_address or len(prefix) == 16", "prefix", Reason.BAD_LENGTH, "F says a whole address"),
    )


@wire("rpl-transit-information")
class TransitInformation(Header):
    """RFC 6550 section 6.7.8; the length says whether a parent address is there. I is RFC 9009's."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x06
    length: Annotated[int, Bits(8), Computed("4 if parent_address is None else 20")] = AUTO
    external: Annotated[int, Bits(1), Meaning({0: "", 1: "the target is outside of the RPL network"})] = 0
    invalidate_previous: Annotated[int, Bits(1), Meaning({0: "", 1: "the previous route is to be invalidated"})] = 0
    flags: Annotated[int, Bits(6)] = 0
    path_control: Annotated[int, Bits(8), Meaning(path_control_words)] = 0
    path_sequence: U8
    path_lifetime: Annotated[int, Bits(8), Meaning(path_lifetime_words)]
    parent_address: Annotated[bytes | None, Octets(16), When("length == 20"), Meaning(format_ipv6)] = None

    CHECKS: ClassVar = (
        Check("length in (4, 20)", "length", Reason.BAD_LENGTH, "4, or 20 with the address of a parent"),
    )


@wire("rpl-target-descriptor")
class TargetDescriptor(Header):
    """RFC 6550 section 6.7.11."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x09
    length: Annotated[int, Bits(8), Fixed()] = 4
    descriptor: Annotated[int, Bits(32)]


# --- what asks -------------------------------------------------------------------------------------------------------


@wire("rpl-solicited-information")
class SolicitedInformation(Header):
    """RFC 6550 section 6.7.9: which DODAGs a DIS is for."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x07
    length: Annotated[int, Bits(8), Fixed()] = 19
    rpl_instance_id: Annotated[int, Bits(8), Meaning(instance_words)] = 0
    version_predicate: Annotated[int, Bits(1)] = 0
    instance_predicate: Annotated[int, Bits(1)] = 0
    dodag_predicate: Annotated[int, Bits(1)] = 0
    flags: Annotated[int, Bits(5)] = 0
    dodag_id: Ipv6 = bytes(16)
    version_number: U8 = 0


@wire("rpl-p2p-route-discovery")
class RouteDiscovery(Header):
    """P2P Route Discovery, RFC 6997 section 7: a target and the routers on the way to it, without the first
    ``compression`` octets of each address."""

    type: Annotated[int, Bits(8), Fixed(), Meaning(OPTION_TYPES)] = 0x0A
    length: Annotated[int, Bits(8), Computed("2 + len(target) + len(addresses)")] = AUTO
    reply: Annotated[int, Bits(1)] = 0
    hop_by_hop: Annotated[int, Bits(1), Meaning({0: "source routes wanted", 1: "a hop-by-hop route wanted"})] = 0
    routes: Annotated[int, Bits(2), Meaning(lambda routes: f"{routes + 1} source routes")] = 0
    compression: Annotated[int, Bits(4), Meaning(lambda octets: f"{octets} prefix octets elided")] = 0
    lifetime: Annotated[int, Bits(2), Meaning(lambda lifetime: f"{4**lifetime} s")] = 0
    maximum_rank_or_next_hop: Annotated[int, Bits(6)] = 0
    target: Annotated[bytes, Octets("16 - compression")]
    addresses: Annotated[bytes, Octets("length - 2 - len(target)")] = b""

    CHECKS: ClassVar = (
        Check("len(addresses) % len(target) == 0", "addresses", Reason.BAD_LENGTH, "part of an address is missing"),
    )

    @property
    def route(self) -> tuple[bytes, ...]:
        """The address vector, one element a router, each as it was sent."""
        size = len(self.target)
        return tuple(self.addresses[start : start + size] for start in range(0, len(self.addresses), size))


OPTIONS = Family(
    layer="rpl-option",
    members={
        0x00: Pad1,
        0x01: PadN,
        0x02: MetricContainer,
        0x03: RouteInformation,
        0x04: DodagConfiguration,
        0x05: Target,
        0x06: TransitInformation,
        0x07: SolicitedInformation,
        0x08: PrefixInformation,
        0x09: TargetDescriptor,
        0x0A: RouteDiscovery,
    },
    unknown=UnknownOption,
)
"""Every option by its type."""
