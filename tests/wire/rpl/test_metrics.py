"""Metric objects, octets written by hand after the figures of RFC 6551."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.rpl.metrics import (
    BODIES,
    Etx,
    EtxEntry,
    HopCount,
    Latency,
    LatencyEntry,
    LinkColorConstraint,
    LinkColorConstraints,
    LinkQuality,
    LinkQualityEntry,
    MetricObject,
    MetricTlv,
    NodeEnergy,
    NodeEnergyEntry,
    NodeState,
    RecordedLinkColor,
    RecordedLinkColors,
    Throughput,
    ThroughputEntry,
    UnknownMetric,
    etx_words,
)

VECTORS = {
    "figure 2": ("01 0000 02 0003", MetricObject(body=NodeState(aggregator=1, overloaded=1))),
    "figure 2 with a TLV": (
        "01 0000 05 00ff 090155",
        MetricObject(
            body=NodeState(flags=63, aggregator=1, overloaded=1, additional=(MetricTlv(type=9, value=b"\x55"),))
        ),
    ),
    "section 2.1 example 1, a mains-powered node": (
        "02 0200 02 0800",
        MetricObject(constraint=1, body=NodeEnergy(entries=(NodeEnergyEntry(included=1, node_type=0),))),
    ),
    "figure 4 twice": (
        "02 0421 04 0d64 0232",
        MetricObject(
            partial=1,
            aggregation=2,
            precedence=1,
            body=NodeEnergy(
                entries=(
                    NodeEnergyEntry(included=1, node_type=2, estimated=1, estimated_energy=100),
                    NodeEnergyEntry(node_type=1, estimated_energy=50),
                )
            ),
        ),
    ),
    "figure 5": ("03 0000 02 0005", MetricObject(body=HopCount(hop_count=5))),
    "figure 5, an optional constraint with a TLV": (
        "03 0300 04 1205 0700",
        MetricObject(
            constraint=1,
            optional=1,
            body=HopCount(reserved=1, flags=2, hop_count=5, additional=(MetricTlv(type=7),)),
        ),
    ),
    "figure 7": (
        "04 0000 08 00007a12 ffffffff",
        MetricObject(
            body=Throughput(
                entries=(ThroughputEntry(octets_per_second=31250), ThroughputEntry(octets_per_second=0xFFFFFFFF))
            )
        ),
    ),
    "figure 9": (
        "05 0010 04 000003e8",
        MetricObject(aggregation=1, body=Latency(entries=(LatencyEntry(microseconds=1000),))),
    ),
    "figure 11": (
        "06 0080 03 00 25 e1",
        MetricObject(
            recorded=1,
            body=LinkQuality(entries=(LinkQualityEntry(level=1, links=5), LinkQualityEntry(level=7, links=1))),
        ),
    ),
    "section 4.3.2, ETX 3.569": ("07 0000 02 01c9", MetricObject(body=Etx(entries=(EtxEntry(etx=457),)))),
    "figure 15": (
        "08 0080 03 00 ffc3",
        MetricObject(recorded=1, body=RecordedLinkColors(entries=(RecordedLinkColor(color=1023, links=3),))),
    ),
    "figure 16": (
        "08 0200 05 00 0043 0080",
        MetricObject(
            constraint=1,
            body=LinkColorConstraints(
                entries=(LinkColorConstraint(color=1, reserved=1, included=1), LinkColorConstraint(color=2, included=0))
            ),
        ),
    ),
    "not assigned": (
        "63 f800 01 aa",
        MetricObject(type=0x63, reserved=31, body=UnknownMetric(data=b"\xaa")),
    ),
}
vectors = pytest.mark.parametrize(("octets", "metric"), VECTORS.values(), ids=VECTORS)


@vectors
def test_octets_decode_to_the_object(octets, metric):
    assert MetricObject.decode(bytes.fromhex(octets) + b"rest") == (metric, b"rest")


@vectors
def test_the_object_encodes_to_the_octets(octets, metric):
    assert metric.encode() == bytes.fromhex(octets)


@vectors
def test_damaged_octets_decode_or_are_refused(octets, metric, stands_hostile_octets):
    stands_hostile_octets(MetricObject.decode, bytes.fromhex(octets))


def test_every_body_has_a_vector():
    bodies = {type(metric.body) for _, metric in VECTORS.values()}
    assert bodies == {*BODIES.values(), LinkColorConstraints, UnknownMetric}


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        pytest.param("01 0000 01 00", Reason.TRUNCATED, id="a node state without flags"),
        pytest.param("02 0000 03 000000", Reason.TRUNCATED, id="half a node energy"),
        pytest.param("04 0000 00", Reason.BAD_LENGTH, id="a throughput without an entry"),
        pytest.param("06 0000 01 00", Reason.BAD_LENGTH, id="a link quality without an entry"),
        pytest.param("08 0000 01 00", Reason.BAD_LENGTH, id="a link color without an entry"),
        pytest.param("08 0200 01 00", Reason.BAD_LENGTH, id="a color constraint without an entry"),
        pytest.param("03 0000 04 0005 0701", Reason.TRUNCATED, id="a TLV longer than its object"),
    ],
)
def test_an_object_that_contradicts_itself_is_refused(octets, reason):
    with pytest.raises(Malformed) as caught:
        MetricObject.decode(bytes.fromhex(octets))
    assert caught.value.reason is reason


def test_a_body_of_another_type_cannot_be_sent():
    with pytest.raises(UsageError, match="a body of another type"):
        MetricObject(type=3, body=NodeState())
    with pytest.raises(UsageError, match="give the type"):
        MetricObject(body=UnknownMetric())


@pytest.mark.parametrize(("etx", "words"), [(128, "1.000"), (457, "3.570"), (0xFFFF, "at least 511.992")])
def test_an_etx_in_words(etx, words):
    assert etx_words(etx) == words
