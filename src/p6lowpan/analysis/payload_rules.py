"""Findings about the 6LoWPAN payload of a frame: its headers, and what stacks do with them."""

from functools import lru_cache

from p6lowpan.analysis.explained import Draft, Severity
from p6lowpan.analysis.known_stacks import FATES, Trait, losses
from p6lowpan.analysis.rule import Find, Rule
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.wire.description import Header
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.next_header_compression import CompressedFragment

NOTE, WARNING = Severity.NOTE, Severity.WARNING
RISKY_STACKS = 5
"""A legal feature that so many of the measured stacks lose packets by is worth a word."""

MOST_STACKS_NAMED = 3


def _guessed_context(draft: Draft) -> str:
    return guessed_in_words(draft.guessed_contexts) if draft.guessed_contexts else ""


def guessed_in_words(contexts: frozenset[int]) -> str:
    """Which contexts are guesses."""
    names = ", ".join(map(str, sorted(contexts)))
    return f"context {names} was never announced; a prefix of this network makes the checksum right (a guess)"


def _growth(draft: Draft) -> str:
    bound = P6LOWPAN.header_growth_octets
    if draft.growth <= bound or Feature.ROUTING_HEADER in draft.features:  # of which P6LoWPAN says nothing
        return ""
    return f"headers grow by {draft.growth} octets in decompression, P6LoWPAN's bound is {bound}"


def _always(text: str) -> Find:
    return lambda _draft: text


def _has_integrity_code(draft: Draft) -> bool:
    """Whether the frame that carries this was protected by an integrity code, and that was right."""
    security = draft.security
    return security is not None and security.error is None and security.integrity_octets > 0


def _elided(draft: Draft) -> str:
    return "" if _has_integrity_code(draft) else ELIDED


def _elided_under_code(draft: Draft) -> str:
    return ELIDED if _has_integrity_code(draft) else ""


UNCOMPRESSED = "the packet comes uncompressed behind dispatch 0x41: OpenThread, smoltcp and Tock drop it"
ELIDED = "the UDP checksum is elided: most stacks drop the packet, or hand it up with a wrong checksum"


# --- reserved bits ---------------------------------------------------------------------------------------------------


_RESERVED: dict[type[Header], tuple[str, ...]] = {}
"""As it is asked for: a kind of header and its reserved fields. It grows to as many as there are classes."""


def _reserved_fields(kind: type[Header]) -> tuple[str, ...]:
    names = _RESERVED.get(kind)
    if names is None:
        names = tuple(field.name for field in kind.FIELDS if field.name.startswith(("reserved", "unused")))
        _RESERVED[kind] = names
    return names


def _reserved_bits(draft: Draft) -> str:
    found = []
    for header in _headers(draft):
        for name in _reserved_fields(type(header)):
            if value := getattr(header, name):
                found.append(f"{header.LAYER}.{name} is {value:#x}")
    return "reserved bits are not zero: " + ", ".join(found) if found else ""


def _headers(draft: Draft) -> list[Header]:
    headers: list[Header] = []
    if isinstance(draft.frame, Frame):
        headers.append(draft.frame)
    payload = draft.received.payload if draft.received else None
    if payload is None:
        return headers
    headers += [placed.header for placed in payload.stack.headers]
    for part in payload.expanded.parts if payload.expanded else ():
        header = part.header
        if isinstance(header, Iphc) and header.traffic is not None:
            headers.append(header.traffic)
        elif not isinstance(header, CompressedFragment):  # its 6 has a rule of its own
            headers.append(header)
    return headers


# --- routing headers -------------------------------------------------------------------------------------------------


def _no_root(draft: Draft) -> str:
    datagram = draft.received.datagram if draft.received else None
    if datagram is None or datagram.routed is None or datagram.routed.unknown is None:
        return ""
    return f"{datagram.routed.unknown.detail}: the packet is shown without its outer header"


# --- known stacks ----------------------------------------------------------------------------------------------------


def _risky(draft: Draft) -> str:
    return _risk_in_words(draft.traits)


@lru_cache(maxsize=1024)
def _risk_in_words(traits: frozenset[Feature | Trait]) -> str:
    """The traits that many stacks lose packets by, and the first of those stacks."""
    risky = [trait for trait in FATES if trait in traits and len(FATES[trait]) >= RISKY_STACKS]
    if not risky:
        return ""
    lost = losses(risky)
    causes = "; ".join(dict.fromkeys(loss.cause for loss in lost))
    named = ", ".join(f"{loss.stack} {loss.fate} it" for loss in lost[:MOST_STACKS_NAMED])
    return f"legal, but not for every stack ({causes}): {named} and {len(lost) - MOST_STACKS_NAMED} more"


# --- the table -------------------------------------------------------------------------------------------------------

GUESSED_CONTEXT = Rule(
    "guessed-context",
    WARNING,
    "RFC 6775 4.2",
    "a context was never announced; a prefix of the network was tried for it and makes the checksum right",
    _guessed_context,
)
PAYLOAD_RULES = (
    GUESSED_CONTEXT,
    Rule(
        "no-root",
        WARNING,
        "RFC 8138 4.3.2",
        "an address of an outer header is told by that of the DODAG's root, which no DIO told and nobody gave",
        _no_root,
        Feature.ROUTING_HEADER,
    ),
    Rule(
        "growth-above-bound",
        WARNING,
        "draft-ayers-low-power-interop-01 6.3",
        "headers grow by more in decompression than a P6LoWPAN receiver keeps room for",
        _growth,
    ),
    Rule("checksum-elided", WARNING, "RFC 6282 4.3.2", ELIDED, _elided, Feature.NHC_UDP_CHECKSUM_ELIDED),
    Rule(
        "checksum-elided-under-integrity-code",
        NOTE,
        "RFC 6282 4.3.2",
        "the UDP checksum is elided, and the link-layer integrity code stands for it on this hop",
        _elided_under_code,
        Feature.NHC_UDP_CHECKSUM_ELIDED,
    ),
    *(
        Rule(name, WARNING, section, text, _always(text), feature)
        for feature, name, section, text in (
            (Feature.HC1, "deprecated-hc1", "RFC 6282 1", "LOWPAN_HC1 is deprecated: few stacks read it"),
            (Feature.HC2, "deprecated-hc2", "RFC 6282 1", "HC_UDP (HC2) is deprecated: few stacks read it"),
            (
                Feature.NHC_FRAGMENT_LENGTH_SIX,
                "fragment-header-length",
                "RFC 6282 4.2",
                "the compressed Fragment header has 6 where its reserved octet belongs: stacks that expect 0 lose it",
            ),
            (
                Feature.NHC_IPV6,
                "nested-compression",
                "RFC 6282 4.2",
                "an IPv6 header is compressed inside another: several stacks drop it",
            ),
        )
    ),
    Rule(
        "uncompressed",
        NOTE,
        "RFC 4944 5.1",
        UNCOMPRESSED,
        _always(UNCOMPRESSED),
        Feature.UNCOMPRESSED_IPV6,
    ),
    Rule("reserved-bits", NOTE, "RFC 4944 5", "reserved bits are not zero: a later RFC, or a fault", _reserved_bits),
    Rule(
        "legal-but-risky",
        NOTE,
        "draft-ayers-low-power-interop-01 3",
        f"the frame is legal, and {RISKY_STACKS} or more of the measured stacks would lose the packet",
        _risky,
    ),
)
"""Rules that look at every 6LoWPAN payload that was understood."""
