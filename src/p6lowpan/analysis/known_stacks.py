"""What measured implementations do with frames that are legal: which of them lose a packet, and why.

Each implementation was given the same frames. ``DROPS`` is a packet that never came up, ``MISREADS`` another packet
than was sent, or a crash. A trait is a feature of the table, or a use of one that some stack stumbles over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from p6lowpan.capability.features import Feature


class Stack(StrEnum):
    """An implementation in the version that was measured."""

    CONTIKI = "Contiki (2018)"
    CONTIKI_NG_4 = "Contiki-NG 4.2"
    CONTIKI_NG = "Contiki-NG 5.0"
    OPENTHREAD = "OpenThread (2026-07)"
    RIOT = "RIOT (2026-08)"
    NANOSTACK = "Nanostack (2021)"
    WSBRD = "wsbrd 2.10"
    WSRD = "wsrd 2.10"
    TINYOS = "TinyOS (2021)"
    SMOLTCP = "smoltcp 0.13"
    TOCK = "Tock (2026-08)"
    LINUX = "Linux 6.1"
    NS3 = "ns-3 3.44"
    LWIP = "lwIP 2.1"


class Fate(StrEnum):
    """What becomes of the packet."""

    DROPS = "drops"
    MISREADS = "misreads"


class Trait(StrEnum):
    """A use of a feature that not every stack with the feature takes."""

    TRAFFIC_CLASS_IN_LINE = "a traffic class in line"
    UNCOMPRESSED_FIRST_FRAGMENT = "a first fragment with dispatch 0x41"
    BEHIND_FRAGMENT_HEADER = "a compressed header behind a compressed Fragment header"
    ODD_CHECKSUM_ELIDED = "an elided UDP checksum over an odd number of octets"
    FRAGMENT_HEADER_ZERO = "0 in the reserved octet of a compressed Fragment header"
    LONG_CONTEXT = "a context of more than 64 bits"
    CONTEXT_ABOVE_3 = "a context above 3"
    CONTEXT_0_UNNAMED = "context 0 without the octet that names contexts"
    NOTHING_BEHIND = "nothing behind compressed headers other than UDP"
    SHORT_SOURCE = "a 16-bit link-layer source address"
    SHORT_DESTINATION = "a 16-bit link-layer destination address"
    SHORT_ELIDED = "an interface identifier elided from a 16-bit link-layer address"
    SHORT_IN_LINE = "an interface identifier of 16 bits in line"
    SHORT_BEHIND_CONTEXT = "an interface identifier of 16 bits in line, behind a context"
    MIXED_ADDRESSES = "an identifier elided from a 16-bit link-layer address, where the other end has 64 bits"


D, M = Fate.DROPS, Fate.MISREADS
S = Stack
_CONTIKIS = (S.CONTIKI, S.CONTIKI_NG_4)

FATES: dict[Feature | Trait, dict[Stack, Fate]] = {
    Feature.UNCOMPRESSED_IPV6: dict.fromkeys((S.OPENTHREAD, S.WSRD, S.SMOLTCP, S.TOCK), D),
    Trait.UNCOMPRESSED_FIRST_FRAGMENT: {S.LINUX: M},
    Trait.NOTHING_BEHIND: {S.CONTIKI_NG: D},
    Trait.SHORT_SOURCE: {S.WSRD: D, S.LWIP: D},
    Trait.SHORT_DESTINATION: {S.WSRD: D},
    Trait.SHORT_ELIDED: {S.CONTIKI: M, S.TOCK: M, S.WSRD: D},
    Trait.SHORT_IN_LINE: {S.TINYOS: M},
    Trait.CONTEXT_0_UNNAMED: {S.SMOLTCP: D},
    Trait.CONTEXT_ABOVE_3: {S.SMOLTCP: D},
    Trait.SHORT_BEHIND_CONTEXT: {S.SMOLTCP: M, S.TINYOS: M},
    Trait.MIXED_ADDRESSES: dict.fromkeys((S.CONTIKI_NG_4, S.CONTIKI_NG), M),
    Feature.CONTEXT_IDENTIFIER: {S.TOCK: M, S.WSBRD: D, S.WSRD: D},
    Feature.STATEFUL_UNICAST: {S.WSBRD: D, S.WSRD: D, S.TINYOS: M},
    Feature.STATEFUL_MULTICAST: {
        **dict.fromkeys((*_CONTIKIS, S.CONTIKI_NG, S.RIOT), M),
        **dict.fromkeys((S.WSBRD, S.WSRD, S.TINYOS, S.SMOLTCP, S.LWIP), D),
    },
    Feature.UNSPECIFIED_SOURCE: {S.WSBRD: D, S.WSRD: D},
    Trait.LONG_CONTEXT: dict.fromkeys((*_CONTIKIS, S.CONTIKI_NG, S.SMOLTCP, S.LWIP, S.TINYOS), M),
    Trait.TRAFFIC_CLASS_IN_LINE: dict.fromkeys((S.RIOT, S.SMOLTCP, S.NS3, S.LWIP), M),
    Feature.NHC_UDP: {S.SMOLTCP: M},
    Feature.NHC_UDP_PORTS: {S.SMOLTCP: M, S.TOCK: M},
    Feature.NHC_UDP_CHECKSUM_ELIDED: {
        **dict.fromkeys((*_CONTIKIS, S.CONTIKI_NG, S.TINYOS, S.SMOLTCP), M),
        **dict.fromkeys((S.OPENTHREAD, S.RIOT, S.NANOSTACK, S.WSBRD, S.LINUX, S.LWIP), D),
    },
    Trait.ODD_CHECKSUM_ELIDED: {S.WSRD: M},
    Feature.NHC_IPV6: {
        **dict.fromkeys((*_CONTIKIS, S.SMOLTCP, S.NS3), M),
        **dict.fromkeys((S.CONTIKI_NG, S.TINYOS, S.LINUX, S.LWIP), D),
    },
    Feature.NHC_HOP_BY_HOP: {S.CONTIKI: M, S.LINUX: D, S.LWIP: D},
    Feature.NHC_ROUTING: {S.CONTIKI: M, S.NS3: M, S.LINUX: D, S.LWIP: D},
    Feature.NHC_DESTINATION_OPTIONS: {S.CONTIKI: M, S.LINUX: D, S.LWIP: D},
    Feature.NHC_FRAGMENT: {S.CONTIKI: M, S.LINUX: D, S.LWIP: D},
    Trait.BEHIND_FRAGMENT_HEADER: {S.WSRD: D},
    Trait.FRAGMENT_HEADER_ZERO: {
        **dict.fromkeys((S.CONTIKI_NG_4, S.OPENTHREAD, S.RIOT, S.TINYOS, S.SMOLTCP, S.TOCK, S.NS3), M),
        S.CONTIKI_NG: D,
    },
    Feature.NHC_FRAGMENT_LENGTH_SIX: dict.fromkeys((S.NANOSTACK, S.WSBRD, S.WSRD), M),
    Feature.NHC_MOBILITY: {
        **dict.fromkeys((*_CONTIKIS, S.NANOSTACK, S.WSBRD, S.SMOLTCP, S.TOCK, S.NS3), M),
        **dict.fromkeys((S.CONTIKI_NG, S.OPENTHREAD, S.LINUX, S.LWIP), D),
    },
    Feature.NHC_PADDING_ELIDED: {
        **dict.fromkeys((*_CONTIKIS, S.RIOT, S.SMOLTCP), M),
        **dict.fromkeys((S.CONTIKI_NG, S.LINUX, S.LWIP), D),
    },
    Feature.HEADERS_PAST_FIRST_FRAGMENT: {S.SMOLTCP: D},
    Feature.MESH_HEADER: dict.fromkeys(set(Stack) - {S.OPENTHREAD, S.NANOSTACK}, D),
    Feature.BROADCAST_HEADER: dict.fromkeys(set(Stack) - {S.NANOSTACK, S.NS3}, D),
    **{
        feature: {
            **dict.fromkeys((*_CONTIKIS, S.CONTIKI_NG, S.RIOT, S.TINYOS, S.NS3), M),
            **dict.fromkeys((S.OPENTHREAD, S.NANOSTACK, S.WSBRD, S.WSRD, S.SMOLTCP, S.TOCK, S.LINUX, S.LWIP), D),
        }
        for feature in (Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION)
    },
    **{
        feature: dict.fromkeys(set(Stack) - {S.NS3}, D)  # ns-3 has it where its Rfc6282 attribute is off
        for feature in (Feature.HC1, Feature.HC2)
    },
}
"""What loses a packet, and in which stacks. What is not here is taken by all, or was not measured."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A stack that would lose the packet, and what of it that stack does not take."""

    stack: Stack
    fate: Fate
    trait: Feature | Trait

    @property
    def cause(self) -> str:
        """The trait in words."""
        return self.trait.value.meaning if isinstance(self.trait, Feature) else self.trait.value


def losses(traits: Iterable[Feature | Trait]) -> tuple[Loss, ...]:
    """Every stack that would lose a packet with these traits, with the first trait that loses it."""
    return _losses(frozenset(traits))


@lru_cache(maxsize=1024)
def _losses(traits: frozenset[Feature | Trait]) -> tuple[Loss, ...]:
    found: dict[Stack, Loss] = {}
    for trait, fates in FATES.items():
        if trait in traits:
            for stack, fate in fates.items():
                found.setdefault(stack, Loss(stack, fate, trait))
    return tuple(found[stack] for stack in Stack if stack in found)


@dataclass(frozen=True, slots=True)
class Reassembly:
    """How a stack puts datagrams together. ``datagrams``: how many at once; ``timeout_seconds``: by its source;
    ``needs_first``: the first fragment must come first; ``needs_order``: all must come in ascending order;
    ``takes_duplicates``: a fragment that comes twice does no harm."""

    stack: Stack
    datagrams: int | None = None
    timeout_seconds: int | None = None
    needs_first: bool = False
    needs_order: bool = False
    takes_duplicates: bool = True


REASSEMBLY = (
    Reassembly(S.CONTIKI, datagrams=2, needs_first=True, takes_duplicates=False),
    Reassembly(S.CONTIKI_NG_4, datagrams=2, timeout_seconds=8, needs_first=True, takes_duplicates=False),
    Reassembly(S.CONTIKI_NG, datagrams=2, timeout_seconds=8, needs_first=True, takes_duplicates=False),
    Reassembly(S.OPENTHREAD, timeout_seconds=2, needs_first=True, needs_order=True),
    Reassembly(S.RIOT, datagrams=4, timeout_seconds=3),
    Reassembly(S.NANOSTACK, datagrams=8, timeout_seconds=5),
    Reassembly(S.WSBRD, datagrams=8, timeout_seconds=5),
    Reassembly(S.WSRD),
    Reassembly(S.TINYOS, datagrams=3, needs_first=True, needs_order=True, takes_duplicates=False),
    Reassembly(S.SMOLTCP, datagrams=1, timeout_seconds=60),
    Reassembly(S.TOCK, datagrams=1, timeout_seconds=60, takes_duplicates=False),
    Reassembly(S.LINUX, needs_first=True, needs_order=True),
    Reassembly(S.NS3),
    Reassembly(S.LWIP, datagrams=1, needs_first=True),
)
"""``None``: as many as memory holds, or not measured."""


def names(stacks: Iterable[Stack]) -> str:
    """Stacks in words."""
    return ", ".join(stacks)
