"""Routing metric and constraint objects, RFC 6551: what a DAG Metric Container holds.

An object is a header, the same for all, and a body that its type tells. A Node Energy body and its optional TLVs
cannot be told apart and no TLV is defined: all of it is read as sub-objects.
"""

from typing import Annotated, ClassVar

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import AUTO, U8, Bits, Check, Computed, Each, Header, Meaning, Nested, Octets, Rest, wire

METRIC_TYPES = {
    1: "node state and attribute",
    2: "node energy",
    3: "hop count",
    4: "link throughput",
    5: "link latency",
    6: "link quality level",
    7: "link ETX",
    8: "link color",
}
"""RFC 6551 section 6.1."""

AGGREGATIONS = {0: "additive", 1: "maximum", 2: "minimum", 3: "multiplicative"}
NODE_TYPES = {0: "mains-powered", 1: "battery-powered", 2: "energy scavenger"}


def etx_words(etx: int) -> str:
    """RFC 6551 section 4.3.2: ETX * 128; the largest value stands for all that is larger."""
    return "at least 511.992" if etx == 0xFFFF else f"{etx / 128:.3f}"


@wire("rpl-metric-tlv")
class MetricTlv(Header):
    """RFC 6551 section 2.1: additional data of an object. None is defined yet."""

    type: U8
    length: Annotated[int, Bits(8), Computed("len(value)")] = AUTO
    value: Annotated[bytes, Octets("length")] = b""


@wire("rpl-metric-node-state")
class NodeState(Header):
    """RFC 6551 section 3.1."""

    reserved: U8 = 0
    flags: Annotated[int, Bits(6)] = 0
    aggregator: Annotated[int, Bits(1)] = 0
    overloaded: Annotated[int, Bits(1)] = 0
    additional: Annotated[tuple[MetricTlv, ...], Each("MetricTlv")] = ()


@wire("rpl-metric-node-energy")
class NodeEnergyEntry(Header):
    """RFC 6551 figure 4, without TLVs."""

    flags: Annotated[int, Bits(4)] = 0
    included: Annotated[int, Bits(1), Meaning({0: "such nodes are excluded", 1: "such nodes are included"})] = 0
    node_type: Annotated[int, Bits(2), Meaning(NODE_TYPES)]
    estimated: Annotated[int, Bits(1)] = 0
    estimated_energy: Annotated[int, Bits(8), Meaning(lambda percent: f"{percent} %")] = 0


@wire("rpl-metric-node-energy")
class NodeEnergy(Header):
    """RFC 6551 section 3.2."""

    entries: Annotated[tuple[NodeEnergyEntry, ...], Each("NodeEnergyEntry")] = ()


@wire("rpl-metric-hop-count")
class HopCount(Header):
    """RFC 6551 section 3.3."""

    reserved: Annotated[int, Bits(4)] = 0
    flags: Annotated[int, Bits(4)] = 0
    hop_count: U8
    additional: Annotated[tuple[MetricTlv, ...], Each("MetricTlv")] = ()


@wire("rpl-metric-throughput")
class ThroughputEntry(Header):
    """RFC 6551 figure 7."""

    octets_per_second: Annotated[int, Bits(32)]


@wire("rpl-metric-throughput")
class Throughput(Header):
    """RFC 6551 section 4.1: the first entry is the most recent estimate."""

    entries: Annotated[tuple[ThroughputEntry, ...], Each("ThroughputEntry")]
    CHECKS: ClassVar = (Check("entries", "entries", Reason.BAD_LENGTH, "at least one entry"),)


@wire("rpl-metric-latency")
class LatencyEntry(Header):
    """RFC 6551 figure 9."""

    microseconds: Annotated[int, Bits(32)]


@wire("rpl-metric-latency")
class Latency(Header):
    """RFC 6551 section 4.2."""

    entries: Annotated[tuple[LatencyEntry, ...], Each("LatencyEntry")]
    CHECKS: ClassVar = (Check("entries", "entries", Reason.BAD_LENGTH, "at least one entry"),)


@wire("rpl-metric-link-quality")
class LinkQualityEntry(Header):
    """RFC 6551 figure 11: 1 is the best quality, 7 the worst."""

    level: Annotated[int, Bits(3), Meaning(lambda level: "" if level else "undetermined")]
    links: Annotated[int, Bits(5)]


@wire("rpl-metric-link-quality")
class LinkQuality(Header):
    """RFC 6551 section 4.3.1."""

    reserved: U8 = 0
    entries: Annotated[tuple[LinkQualityEntry, ...], Each("LinkQualityEntry")]
    CHECKS: ClassVar = (Check("entries", "entries", Reason.BAD_LENGTH, "at least one entry"),)


@wire("rpl-metric-etx")
class EtxEntry(Header):
    """RFC 6551 figure 13: the expected number of transmissions, in units of 1/128."""

    etx: Annotated[int, Bits(16), Meaning(etx_words)]


@wire("rpl-metric-etx")
class Etx(Header):
    """RFC 6551 section 4.3.2."""

    entries: Annotated[tuple[EtxEntry, ...], Each("EtxEntry")]
    CHECKS: ClassVar = (Check("entries", "entries", Reason.BAD_LENGTH, "at least one entry"),)


@wire("rpl-metric-link-color")
class RecordedLinkColor(Header):
    """RFC 6551 figure 15, type 1: how many links of a color the path has."""

    color: Annotated[int, Bits(10)]
    links: Annotated[int, Bits(6)]


@wire("rpl-metric-link-color")
class RecordedLinkColors(Header):
    """RFC 6551 section 4.4 as a metric."""

    reserved: U8 = 0
    entries: Annotated[tuple[RecordedLinkColor, ...], Each("RecordedLinkColor")]
    CHECKS: ClassVar = (Check("entries", "entries", Reason.BAD_LENGTH, "at least one entry"),)


@wire("rpl-metric-link-color")
class LinkColorConstraint(Header):
    """RFC 6551 figure 16, type 2: whether links of a color must or must not be used."""

    color: Annotated[int, Bits(10)]
    reserved: Annotated[int, Bits(5)] = 0
    included: Annotated[int, Bits(1), Meaning({0: "such links are excluded", 1: "such links are included"})]


@wire("rpl-metric-link-color")
class LinkColorConstraints(Header):
    """RFC 6551 section 4.4 as a constraint."""

    reserved: U8 = 0
    entries: Annotated[tuple[LinkColorConstraint, ...], Each("LinkColorConstraint")]
    CHECKS: ClassVar = (Check("entries", "entries", Reason.BAD_LENGTH, "at least one entry"),)


@wire("rpl-metric")
class UnknownMetric(Header):
    """The body of an object whose type RFC 6551 does not define."""

    data: Rest = b""


BODIES: dict[int, type[Header]] = {
    1: NodeState,
    2: NodeEnergy,
    3: HopCount,
    4: Throughput,
    5: Latency,
    6: LinkQuality,
    7: Etx,
    8: RecordedLinkColors,
}
"""By Routing-MC-Type."""

TYPES: dict[type[Header], int] = {kind: number for number, kind in BODIES.items()} | {LinkColorConstraints: 8}


def body_of(metric_type: int, constraint: int) -> type[Header]:
    """The class of an object's body."""
    if metric_type == 8 and constraint:
        return LinkColorConstraints
    return BODIES.get(metric_type, UnknownMetric)


def type_of(body: Header) -> int:
    """The Routing-MC-Type of a body. Raises :class:`UsageError` where the type must be given with it."""
    try:
        return TYPES[type(body)]
    except KeyError:
        raise UsageError(f"{type(body).__name__} has no metric type of its own: give the type") from None


@wire("rpl-metric")
class MetricObject(Header):
    """RFC 6551 section 2.1."""

    type: Annotated[int, Bits(8), Computed("type_of(body)"), Meaning(METRIC_TYPES)] = AUTO
    reserved: Annotated[int, Bits(5)] = 0
    partial: Annotated[int, Bits(1), Meaning({0: "", 1: "some node could not record it"})] = 0
    constraint: Annotated[int, Bits(1), Meaning({0: "metric", 1: "constraint"})] = 0
    optional: Annotated[int, Bits(1), Meaning({0: "", 1: "optional constraint"})] = 0
    recorded: Annotated[int, Bits(1), Meaning({0: "aggregated", 1: "recorded"})] = 0
    aggregation: Annotated[int, Bits(3), Meaning(AGGREGATIONS)] = 0
    precedence: Annotated[int, Bits(4)] = 0
    length: Annotated[int, Bits(8), Computed("len(body.encode())")] = AUTO
    body: Annotated[Header, Nested("body_of(type, constraint)", "length")]

    CHECKS: ClassVar = (
        Check("isinstance(body, body_of(type, constraint))", "body", Reason.BAD_VALUE, "a body of another type"),
    )
