"""Messages that no capture holds: tshark finds the values in them that they were built from."""

from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.rpl import metrics, options
from p6lowpan.wire.rpl.messages import (
    ConsistencyCheck,
    ControlMessage,
    Dao,
    DaoAck,
    Dio,
    Dis,
    RouteReply,
    RouteReplyAck,
)
from p6lowpan.wire.rpl.security import SecuritySection

A = parse_ipv6("2001:db8:1:2:3:4:5:6")
B = parse_ipv6("2001:db8::b")
DIO = {"rpl_instance_id": 30, "version_number": 240, "trigger_sequence": 241, "dodag_id": A}


def dio(*offered):
    return ControlMessage(base=Dio(rank=512, grounded=1, mode_of_operation=1, preference=3, options=offered, **DIO))


def metric(body, **header):
    return dio(options.MetricContainer(objects=(metrics.MetricObject(body=body, **header),)))


MESSAGES = {
    "DIS with Solicited Information": ControlMessage(
        base=Dis(
            flags=3,
            options=(
                options.Pad1(),
                options.PadN(padding=bytes(2)),
                options.SolicitedInformation(
                    rpl_instance_id=30, version_predicate=1, dodag_predicate=1, flags=5, dodag_id=A, version_number=240
                ),
            ),
        )
    ),
    "Route Information": dio(
        options.RouteInformation(prefix_length=128, preference=3, route_lifetime=600, prefix=B),
        options.RouteInformation(prefix_length=64, preference=1, route_lifetime=0xFFFFFFFF, prefix=B[:8]),
    ),
    "DODAG Configuration": dio(
        options.DodagConfiguration(
            authentication_enabled=1,
            path_control_size=5,
            interval_doublings=20,
            interval_minimum=3,
            redundancy_constant=10,
            maximum_rank_increase=7,
            minimum_hop_rank_increase=256,
            objective_code_point=1,
            reserved=9,
            default_lifetime=30,
            lifetime_unit=60,
        )
    ),
    "Prefix Information": dio(
        options.PrefixInformation(
            prefix_length=64,
            on_link=1,
            router_address=1,
            reserved1=9,
            valid_lifetime=3600,
            preferred_lifetime=1,
            prefix=B,
        )
    ),
    "node state": metric(metrics.NodeState(reserved=1, flags=5, aggregator=1), recorded=1, precedence=3),
    "node energy": metric(
        metrics.NodeEnergy(
            entries=(metrics.NodeEnergyEntry(flags=9, included=1, node_type=2, estimated=1, estimated_energy=80),)
        ),
        constraint=1,
        optional=1,
    ),
    "hop count": metric(metrics.HopCount(reserved=3, flags=5, hop_count=12), partial=1, recorded=1),
    "throughput": metric(
        metrics.Throughput(
            entries=(metrics.ThroughputEntry(octets_per_second=9), metrics.ThroughputEntry(octets_per_second=1 << 31))
        )
    ),
    "latency": metric(metrics.Latency(entries=(metrics.LatencyEntry(microseconds=1234),)), aggregation=1),
    "link quality": metric(
        metrics.LinkQuality(
            entries=(metrics.LinkQualityEntry(level=2, links=17), metrics.LinkQualityEntry(level=7, links=1))
        ),
        recorded=1,
    ),
    "ETX": metric(metrics.Etx(entries=(metrics.EtxEntry(etx=457),)), aggregation=3, precedence=15),
    "recorded link color": metric(
        metrics.RecordedLinkColors(entries=(metrics.RecordedLinkColor(color=0x2AA, links=33),)), recorded=1
    ),
    "link color constraint": metric(
        metrics.LinkColorConstraints(entries=(metrics.LinkColorConstraint(color=0x155, reserved=3, included=1),)),
        constraint=1,
    ),
    "DAO": ControlMessage(
        base=Dao(
            rpl_instance_id=0x85,
            acknowledgment_requested=1,
            dao_sequence=241,
            dodag_id=A,
            options=(
                options.Target(prefix=B),
                options.Target(prefix_length=64, prefix=A[:8]),
                options.TargetDescriptor(descriptor=0xDEADBEEF),
                options.TransitInformation(
                    external=1, path_control=0xC1, path_sequence=7, path_lifetime=30, parent_address=A
                ),
                options.TransitInformation(path_sequence=8, path_lifetime=0),
            ),
        )
    ),
    "DAO-ACK": ControlMessage(base=DaoAck(rpl_instance_id=0x85, dao_sequence=7, status=130, dodag_id=A)),
    "P2P-DRO": ControlMessage(
        base=RouteReply(
            rpl_instance_id=0x85,
            stop=1,
            acknowledgment_required=1,
            sequence=2,
            reserved=0x123,
            dodag_id=A,
            options=(
                options.RouteDiscovery(
                    hop_by_hop=1, compression=0, maximum_rank_or_next_hop=2, target=B, addresses=A + A
                ),
            ),
        )
    ),
    "P2P-DRO-ACK": ControlMessage(base=RouteReplyAck(rpl_instance_id=0x85, sequence=3, reserved=0x111, dodag_id=A)),
}


def test_tshark_finds_the_values_that_went_in(described_by_tshark, our_description):
    described = described_by_tshark([message.encode() for message in MESSAGES.values()])
    assert dict(zip(MESSAGES, map(without_checksum, described), strict=True)) == {
        name: without_checksum(our_description(message)) for name, message in MESSAGES.items()
    }


def test_tshark_finds_the_values_of_a_secure_message_in_front_of_its_integrity_code(
    described_by_tshark, our_description
):
    """tshark 4.0.17 reads a Key Source in every mode, where RFC 6550 figure 10 has it in modes 2 and 3 alone, and the
    integrity code as options: so mode 2, and what comes first."""
    section = SecuritySection(
        counter_is_time=1, key_identifier_mode=2, level=2, counter=77, key_source=b"a source", key_index=4
    )
    check = ConsistencyCheck(rpl_instance_id=30, response=1, flags=3, nonce=0x1234, dodag_id=A, destination_counter=99)
    message = ControlMessage(security=section, base=check, integrity_code=bytes(8))
    [described] = described_by_tshark([message.encode()])
    ours = without_checksum(our_description(message))
    assert without_checksum(described)[: len(ours)] == ours


def without_checksum(description):
    """It is put in on the way to tshark."""
    return [(name, value) for name, value in description if name != "icmpv6.checksum"]
