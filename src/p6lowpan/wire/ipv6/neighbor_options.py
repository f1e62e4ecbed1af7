"""Every Neighbor Discovery option in one family; the formats are in the modules that this one joins.

Supported besides RFC 4861: RFC 3971, 4191, 4944, 6275 (prefix flag), 6775, 7400, 8106, 8505, 8928, 9176, 9685, 9762,
9926, and FLEX. Other options are kept raw.
"""

from dataclasses import replace

from p6lowpan.wire.family import Family
from p6lowpan.wire.ipv6.capability_options import FLEX_TYPE, FLEX_UNITS, CapabilityIndication, FlexCapability
from p6lowpan.wire.ipv6.dns_options import DnsSearchList, RecursiveDnsServer
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress
from p6lowpan.wire.ipv6.lowpan_options import (
    AuthoritativeBorderRouter,
    ConsistentUptime,
    LowpanContext,
    ResourceDirectoryAddress,
)
from p6lowpan.wire.ipv6.neighbor_option import InvalidOption, UnknownOption
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.registry import NeighborOptionType
from p6lowpan.wire.ipv6.router_options import Mtu, PrefixInformation, RedirectedHeader, RouteInformation
from p6lowpan.wire.ipv6.signature_options import (
    CgaOption,
    CryptoIdParameters,
    Nonce,
    RsaSignature,
    SignatureOption,
    Timestamp,
)

FOREIGN_EXPERIMENT = -1


def option_key(octets: bytes) -> int:
    """The type, but for an option of the experimental type that is not of FLEX's size."""
    if octets[0] == FLEX_TYPE and octets[1] != FLEX_UNITS:
        return FOREIGN_EXPERIMENT
    return octets[0]


OPTIONS = Family(
    layer="nd-option",
    members={
        NeighborOptionType.SOURCE_LINK_LAYER_ADDRESS: SourceLinkLayerAddress,
        NeighborOptionType.TARGET_LINK_LAYER_ADDRESS: TargetLinkLayerAddress,
        NeighborOptionType.PREFIX_INFORMATION: PrefixInformation,
        NeighborOptionType.REDIRECTED_HEADER: RedirectedHeader,
        NeighborOptionType.MTU: Mtu,
        NeighborOptionType.CGA: CgaOption,
        NeighborOptionType.RSA_SIGNATURE: RsaSignature,
        NeighborOptionType.TIMESTAMP: Timestamp,
        NeighborOptionType.NONCE: Nonce,
        NeighborOptionType.ROUTE_INFORMATION: RouteInformation,
        NeighborOptionType.RECURSIVE_DNS_SERVER: RecursiveDnsServer,
        NeighborOptionType.DNS_SEARCH_LIST: DnsSearchList,
        NeighborOptionType.ADDRESS_REGISTRATION: AddressRegistration,
        NeighborOptionType.LOWPAN_CONTEXT: LowpanContext,
        NeighborOptionType.AUTHORITATIVE_BORDER_ROUTER: AuthoritativeBorderRouter,
        NeighborOptionType.LOWPAN_CAPABILITY_INDICATION: CapabilityIndication,
        NeighborOptionType.CRYPTO_ID_PARAMETERS: CryptoIdParameters,
        NeighborOptionType.SIGNATURE: SignatureOption,
        NeighborOptionType.RESOURCE_DIRECTORY_ADDRESS: ResourceDirectoryAddress,
        NeighborOptionType.CONSISTENT_UPTIME: ConsistentUptime,
        FLEX_TYPE: FlexCapability,
    },
    unknown=UnknownOption,
    key=option_key,
    key_octets=2,
)
"""Every option, by its type."""

OPTIONS_OF_A_MESSAGE = replace(OPTIONS, invalid=InvalidOption)
"""The same for receivers: a wrong option spoils itself, not its message."""
