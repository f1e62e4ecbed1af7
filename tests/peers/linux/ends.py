"""Who we are to the kernel: devices of ours on its PAN."""

from p6lowpan.capability.profile import of_level
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.drivers.zep import ZEP_TIMING
from p6lowpan.machines.link.configuration import LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.durable import Durable
from p6lowpan.wire.address import Ipv6Address, LinkAddress, parse_ipv6, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context
from peers.linux.names import EUI64, LINK_LOCAL, PAN, PREFIX, SHORT, US, US_SHORT, under

KERNEL, KERNEL_SHORT = parse_link(EUI64), parse_link(SHORT)
OURS, OUR_SHORT = parse_link(US), parse_link(US_SHORT)
SECOND, THIRD = parse_link("0212740011223345"), parse_link("0212740011223346")
OUR_LINK_LOCAL, OUR_GLOBAL = (under(prefix, "::12:7400:1122:3344") for prefix in ("fe80::", PREFIX))
SIZES = (0, 1, 8, 40, 80, 96, 200, 512, 1000, 1231, 1232)


def link_of(
    eui64: LinkAddress = OURS,
    short: LinkAddress | None = None,
    acknowledges: bool = True,
    security: LinkSecurity | None = None,
) -> MacConfiguration:
    """The kernel does CSMA/CA; the times are those of busy processes."""
    return MacConfiguration(
        eui64, short, PAN, security, hardware_csma=True, hardware_acknowledges=acknowledges, timing=ZEP_TIMING
    )


def node_of(
    eui64: LinkAddress,
    contexts: tuple[Context, ...] = (),
    addresses: tuple[Ipv6Address, ...] = (),
    acknowledges: bool = True,
    short: LinkAddress | None = None,
    security: LinkSecurity | None = None,
) -> NodeConfiguration:
    """It knows what the kernel is, as discovery would not find out from a stock stack, and its short address."""
    discovery = Configuration(
        Role.HOST, eui64, short, mode=Mode.REGULAR, profile=of_level(6), addresses=addresses,
        link_secured=security is not None,
    )  # fmt: skip
    return NodeConfiguration(
        link=link_of(eui64, short, acknowledges, security),
        discovery=discovery,
        profile=of_level(6),
        pinned=dict.fromkeys((KERNEL, KERNEL_SHORT), PROFILES["linux"]),
        contexts=contexts,
        routes=(StaticRoute(Ipv6Address(parse_ipv6(PREFIX)), 64, parse_ipv6(LINK_LOCAL)),),
        restored=None if security is None else Durable(short_addresses=((KERNEL_SHORT, KERNEL),)),
    )


def pattern(size: int) -> bytes:
    """Octets that are not all alike."""
    return bytes(at % 251 for at in range(size))
