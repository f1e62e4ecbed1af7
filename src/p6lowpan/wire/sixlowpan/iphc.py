"""LOWPAN_IPHC, RFC 6282 section 3: the compressed IPv6 header as it came, with the modes that its sender chose.

:func:`expand` gives the 40 octets that it stands for. Choosing modes is the compressor's business.
"""

from functools import cache
from typing import Annotated, ClassVar

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Bits, Check, Fixed, Header, Meaning, Nested, Octets, When, wire
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE
from p6lowpan.wire.sixlowpan.contexts import Contexts

# --- traffic class and flow label, RFC 6282 section 3.2.1 -------------------------------------------------------------


@wire("iphc")
class TrafficClassAndFlowLabel(Header):
    """TF=00: four octets."""

    explicit_congestion_notification: Annotated[int, Bits(2)] = 0
    differentiated_services: Annotated[int, Bits(6)] = 0
    reserved: Annotated[int, Bits(4)] = 0
    flow_label: Annotated[int, Bits(20)] = 0


@wire("iphc")
class CongestionAndFlowLabel(Header):
    """TF=01: the DSCP is elided, three octets."""

    explicit_congestion_notification: Annotated[int, Bits(2)] = 0
    reserved: Annotated[int, Bits(2)] = 0
    flow_label: Annotated[int, Bits(20)] = 0
    differentiated_services: ClassVar[int] = 0


@wire("iphc")
class TrafficClassAlone(Header):
    """TF=10: the flow label is elided, one octet."""

    explicit_congestion_notification: Annotated[int, Bits(2)] = 0
    differentiated_services: Annotated[int, Bits(6)] = 0
    flow_label: ClassVar[int] = 0


Traffic = TrafficClassAndFlowLabel | CongestionAndFlowLabel | TrafficClassAlone

TRAFFIC_FORMS: tuple[type[Traffic] | None, ...] = (
    TrafficClassAndFlowLabel,
    CongestionAndFlowLabel,
    TrafficClassAlone,
    None,
)
"""By TF."""

TRAFFIC_FEATURES: tuple[frozenset[Feature], ...] = (
    frozenset(),
    frozenset({Feature.TRAFFIC_CLASS}),
    frozenset({Feature.FLOW_LABEL}),
    frozenset({Feature.TRAFFIC_CLASS, Feature.FLOW_LABEL}),
)
"""By TF: what is elided."""

TRAFFIC_WORDS = {
    0: "traffic class and flow label in line",
    1: "DSCP elided",
    2: "flow label elided",
    3: "traffic class and flow label elided",
}

HOP_LIMITS: tuple[int | None, ...] = (None, 1, 64, 255)
"""By HLIM; the first is in line."""

IPV6 = 41

HOP_LIMIT_WORDS = {0: "in line", 1: "1", 2: "64", 3: "255"}
NEXT_HEADER_WORDS = {0: "in line", 1: "elided, LOWPAN_NHC follows"}

SOURCE_OCTETS = tuple(SOURCE[mode].octets for mode in range(8))
DESTINATION_OCTETS = tuple(DESTINATION[mode].octets if mode in DESTINATION else 0 for mode in range(16))


def _carried(octets: int) -> str:
    return f"{8 * octets} bits in line"


SOURCE_WORDS = {mode: _carried(row.octets) for mode, row in SOURCE.items()}


@wire("iphc")
class Iphc(Header):
    """The encoding octets, the context identifiers and the fields carried in line."""

    dispatch: Annotated[int, Bits(3), Fixed()] = 0b011
    tf: Annotated[int, Bits(2), Meaning(TRAFFIC_WORDS)] = 0
    nh: Annotated[int, Bits(1), Meaning(NEXT_HEADER_WORDS)] = 0
    hlim: Annotated[int, Bits(2), Meaning(HOP_LIMIT_WORDS)] = 0
    cid: Annotated[int, Bits(1), Meaning({0: "context 0", 1: "context identifiers follow"})] = 0
    sac: Annotated[int, Bits(1), Meaning({0: "stateless", 1: "from a context"})] = 0
    sam: Annotated[int, Bits(2)] = 0
    m: Annotated[int, Bits(1), Meaning({0: "unicast", 1: "multicast"})] = 0
    dac: Annotated[int, Bits(1), Meaning({0: "stateless", 1: "from a context"})] = 0
    dam: Annotated[int, Bits(2)] = 0
    source_context: Annotated[int | None, Bits(4), When("cid")] = None
    destination_context: Annotated[int | None, Bits(4), When("cid")] = None
    traffic: Annotated[Traffic | None, Nested("TRAFFIC_FORMS[tf]")] = None
    next_header: Annotated[int | None, Bits(8), When("not nh")] = None
    hop_limit: Annotated[int | None, Bits(8), When("hlim == 0")] = None
    source: Annotated[bytes, Octets("SOURCE_OCTETS[sac << 2 | sam]")] = b""
    destination: Annotated[bytes, Octets("DESTINATION_OCTETS[m << 3 | dac << 2 | dam]")] = b""

    CHECKS: ClassVar = (
        Check(
            "(m << 3 | dac << 2 | dam) in DESTINATION",
            "dam",
            Reason.RESERVED,
            "M, DAC and DAM in a combination that RFC 6282 section 3.1.1 reserves",
        ),
    )


def expand(iphc: Iphc, source: bytes | None, destination: bytes | None, contexts: Contexts) -> bytes:
    """The 40 octets of the IPv6 header, with payload length 0, and next header 0 where it is elided.

    ``source`` and ``destination`` are the interface identifiers of the encapsulating header. Raises
    :class:`Malformed` where a context or an identifier is needed and not there.
    """
    traffic, words = iphc.traffic, 6 << 60
    if traffic is not None:
        words |= traffic.differentiated_services << 54 | traffic.explicit_congestion_notification << 52
        words |= traffic.flow_label << 32
    words |= (iphc.next_header or 0) << 8 | (HOP_LIMITS[iphc.hlim] or iphc.hop_limit or 0)
    try:
        expanded_source = SOURCE[iphc.sac << 2 | iphc.sam].expand(
            iphc.source, contexts.get(iphc.source_context or 0), source
        )
        expanded_destination = DESTINATION[iphc.m << 3 | iphc.dac << 2 | iphc.dam].expand(
            iphc.destination, contexts.get(iphc.destination_context or 0), destination
        )
    except Malformed as error:
        raise _named(error, iphc) from None
    return words.to_bytes(8, "big") + expanded_source + expanded_destination


def _named(error: Malformed, iphc: Iphc) -> Malformed:
    """The same error with the context identifiers that the header asks for, at the octet that asks."""
    if error.reason is not Reason.NO_CONTEXT:
        return Malformed("iphc", 1, error.reason, error.detail)
    asked = f"contexts {iphc.source_context or 0} and {iphc.destination_context or 0} asked for"
    return Malformed("iphc", 2 if iphc.cid else 1, error.reason, f"{error.detail}; {asked}")


def features(iphc: Iphc, short_source: bool, short_destination: bool) -> frozenset[Feature]:
    """What a receiver must be able to do for this header. ``short_*``: the link-layer address has 16 bits."""
    source, destination = iphc.sac << 2 | iphc.sam, iphc.m << 3 | iphc.dac << 2 | iphc.dam
    tunnelled = iphc.next_header == IPV6
    return _features(iphc.tf, iphc.hlim > 0, iphc.cid, source, destination, tunnelled, short_source, short_destination)


@cache
def _features(
    tf: int,
    hop_limit: bool,
    cid: int,
    source: int,
    destination: int,
    tunnelled: bool,
    short_source: bool,
    short_destination: bool,
) -> frozenset[Feature]:
    """As :func:`features`; there are some thousand combinations in all."""
    modes = SOURCE[source].features, DESTINATION[destination].features
    used = {Feature.IPHC}.union(*modes, TRAFFIC_FEATURES[tf])
    if hop_limit:
        used.add(Feature.HOP_LIMIT)
    if cid:
        used.add(Feature.CONTEXT_IDENTIFIER)
    if tunnelled:
        used.add(Feature.TUNNELLED_IPV6)
    elided = Feature.ELIDED_IDENTIFIER
    if (short_source and elided in modes[0]) or (short_destination and elided in modes[1]):
        used.add(Feature.SHORT_ADDRESSES)
    return frozenset(used)
