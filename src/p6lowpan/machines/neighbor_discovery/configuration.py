"""Who a node is to Neighbor Discovery: its part, its addresses, and what it announces."""

from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import Profile
from p6lowpan.wire.address import Ipv6Address, LinkAddress, is_link_local, is_multicast
from p6lowpan.wire.ipv6.registration_options import REGISTRATION_OCTETS
from p6lowpan.wire.sixlowpan.contexts import Context

IDENTIFIER_BITS = 64
ONE_DAY_SECONDS = 86_400


class Role(StrEnum):
    """RFC 6775 section 2: a host is a 6LN, a router a 6LR, a border router a 6LBR."""

    HOST = "host"
    ROUTER = "router"
    BORDER_ROUTER = "border_router"


class Mode(StrEnum):
    """Which Neighbor Discovery a node speaks."""

    LOWPAN = "6lowpan"  # RFC 6775 and RFC 8505: addresses are registered, hosts multicast no solicitations
    REGULAR = "regular"  # RFC 4861 and RFC 4862: for neighbors that know nothing else


class Advertise(StrEnum):
    """When a node says what it can do; draft-ayers-low-power-interop-01 section 10: it tells the kind of device."""

    ALWAYS = "always"
    SECURED = "secured"  # only where the link layer secures our frames
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class AdvertisedPrefix:
    """A prefix that a router announces (RFC 4861 section 6.2.1, AdvPrefixList). ``on_link`` is for regular links:
    RFC 6775 section 6.1 forbids the flag in a LoWPAN."""

    prefix: Ipv6Address
    length: int = IDENTIFIER_BITS
    valid_lifetime_seconds: int = 30 * ONE_DAY_SECONDS  # AdvValidLifetime
    preferred_lifetime_seconds: int = 7 * ONE_DAY_SECONDS  # AdvPreferredLifetime
    on_link: bool = False
    autonomous: bool = True


@dataclass(frozen=True, slots=True)
class Configuration:
    """One interface. Raises :class:`UsageError` for what cannot be.

    ``addresses`` are given, besides those that are formed. ``verifier`` is the ROVR of RFC 8505 section 5.3; without
    one it is the EUI-64. Without ``extended_registration`` the node speaks RFC 6775 alone. ``prefixes``, ``contexts``
    and ``version`` are what a border router announces: contexts given here are established ones, out of stable storage
    (RFC 6775 section 8.1.1), and compress at once. ``profile`` is announced as ``advertise`` allows. A border router
    that ``asks`` looks for addresses of its prefixes that nobody registered as RFC 4861 section 7.2.2 has it, for the
    sake of nodes that know nothing else.
    """

    role: Role
    extended: LinkAddress
    short: LinkAddress | None = None
    mode: Mode = Mode.LOWPAN
    addresses: tuple[Ipv6Address, ...] = ()
    profile: Profile | None = None
    advertise: Advertise = Advertise.ALWAYS
    link_secured: bool = False
    extended_registration: bool = True
    verifier: bytes = b""
    registration_lifetime_minutes: int = 60
    detects_duplicates: bool = True  # asks the border router about every address (RFC 6775 section 8.2)
    asks: bool = False
    multicasts_updates: bool = True  # says new information to all at once (RFC 6775 section 8.1.5)
    router_lifetime_seconds: int = 1800  # RFC 4861 6.2.1: 3 * MaxRtrAdvInterval
    prefixes: tuple[AdvertisedPrefix, ...] = ()
    contexts: tuple[Context, ...] = ()
    context_lifetime_minutes: int = 24 * 60
    border_router_lifetime_minutes: int = 0  # RFC 6775 4.3: 0 stands for 10000
    version: int = 1

    def __post_init__(self) -> None:
        if len(self.extended) != 8:
            raise UsageError(f"an EUI-64 has 8 octets, not {len(self.extended)}")
        if self.short is not None and len(self.short) != 2:
            raise UsageError(f"a short address has 2 octets, not {len(self.short)}")
        if self.verifier and len(self.verifier) not in REGISTRATION_OCTETS:
            raise UsageError(f"a verifier has 8, 16, 24 or 32 octets, not {len(self.verifier)}")
        if any(is_multicast(address) for address in self.addresses):
            raise UsageError("a multicast address is nobody's own")
        if self.role is not Role.BORDER_ROUTER and self.contexts:
            raise UsageError("contexts come from border routers")
        if self.mode is Mode.LOWPAN and any(prefix.on_link for prefix in self.prefixes):
            raise UsageError("RFC 6775 section 6.1: no prefix is on-link in a LoWPAN")
        if any(is_link_local(prefix.prefix) for prefix in self.prefixes):
            raise UsageError("RFC 4861 section 6.2.1: the link-local prefix is not advertised")
        if not 1 <= self.registration_lifetime_minutes <= 0xFFFF:
            raise UsageError("a registration lasts 1 to 65535 minutes")

    @property
    def link_addresses(self) -> tuple[LinkAddress, ...]:
        """The link-layer addresses from which addresses are formed."""
        return (self.extended,) if self.short is None else (self.extended, self.short)

    @property
    def ownership_verifier(self) -> bytes:
        """The ROVR with which our addresses are registered."""
        return self.verifier or self.extended

    @property
    def is_router(self) -> bool:
        """Whether the node forwards for others."""
        return self.role is not Role.HOST

    @property
    def speaks_rfc8505(self) -> bool:
        """Whether the node has the abilities that a 6CIO tells of."""
        return self.extended_registration and self.mode is Mode.LOWPAN

    @property
    def shows_profile(self) -> bool:
        """Whether our frames may say what we can do."""
        allowed = self.advertise is Advertise.ALWAYS or (self.advertise is Advertise.SECURED and self.link_secured)
        return self.profile is not None and allowed
