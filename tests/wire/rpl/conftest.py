"""What tshark calls the fields of RPL, and how to ask it."""

import shutil
import struct
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.address import format_ipv6, parse_ipv6
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.description import Header
from p6lowpan.wire.rpl import messages, metrics, options, security

SOURCE, DESTINATION = parse_ipv6("fe80::1"), parse_ipv6("ff02::1a")
RAW_IP = 101  # https://www.tcpdump.org/linktypes.html, LINKTYPE_RAW

NAMES: dict[type[Header], dict[str, str]] = {
    messages.ControlMessage: {"type": "type", "code": "code", "checksum": "checksum"},
    security.SecuritySection: {
        "counter_is_time": "rpl.secure.flag.t",
        "algorithm": "rpl.secure.algorithm",
        "key_identifier_mode": "rpl.secure.kim",
        "level": "rpl.secure.lvl",
        "counter": "rpl.secure.counter",
        "key_index": "rpl.secure.key.index",
    },
    messages.Dis: {"flags": "rpl.dis.flags"},
    messages.Dio: {
        "rpl_instance_id": "rpl.dio.instance",
        "version_number": "rpl.dio.version",
        "rank": "rpl.dio.rank",
        "grounded": "rpl.dio.flag.g",
        "zero": "rpl.dio.flag.0",
        "mode_of_operation": "rpl.dio.flag.mop",
        "preference": "rpl.dio.flag.preference",
        "trigger_sequence": "rpl.dio.dtsn",
        "dodag_id": "rpl.dio.dagid",
    },
    messages.Dao: {
        "rpl_instance_id": "rpl.dao.instance",
        "acknowledgment_requested": "rpl.dao.flag.k",
        "dodag_id_present": "rpl.dao.flag.d",
        "dao_sequence": "rpl.dao.sequence",
        "dodag_id": "rpl.dao.dodagid",
    },
    messages.DaoAck: {
        "rpl_instance_id": "rpl.daoack.instance",
        "dodag_id_present": "rpl.daoack.flag.d",
        "dao_sequence": "rpl.daoack.sequence",
        "status": "rpl.daoack.status",
        "dodag_id": "rpl.daoack.dodagid",
    },
    messages.RouteReply: {
        "rpl_instance_id": "rpl.p2p.dro.instance",
        "version_number": "rpl.p2p.dro.version",
        "stop": "rpl.p2p.dro.flag.stop",
        "acknowledgment_required": "rpl.p2p.dro.flag.ack",
        "sequence": "rpl.p2p.dro.flag.seq",
        "reserved": "rpl.p2p.dro.flag.reserved",
        "dodag_id": "rpl.p2p.dro.dagid",
    },
    messages.RouteReplyAck: {
        "rpl_instance_id": "rpl.p2p.dro.instance",
        "version_number": "rpl.p2p.dro.version",
        "sequence": "rpl.p2p.droack.flag.seq",
        "reserved": "rpl.p2p.droack.flag.reserved",
        "dodag_id": "rpl.p2p.dro.dagid",
    },
    messages.ConsistencyCheck: {
        "rpl_instance_id": "rpl.cc.instance",
        "response": "rpl.cc.flag.r",
        "flags": "rpl.cc.flag.rsv",
        "nonce": "rpl.cc.nonce",
        "dodag_id": "rpl.cc.dodagid",
        "destination_counter": "rpl.cc.destination_counter",
    },
    metrics.MetricObject: {
        "type": "rpl.opt.metric.type",
        "reserved": "rpl.opt.metric.reserved",
        "partial": "rpl.opt.metric.flag.p",
        "constraint": "rpl.opt.metric.flag.c",
        "optional": "rpl.opt.metric.flag.o",
        "recorded": "rpl.opt.metric.flag.r",
        "aggregation": "rpl.opt.metric.flag.a",
        "precedence": "rpl.opt.metric.prec",
        "length": "rpl.opt.metric.length",
    },
    metrics.NodeState: {
        "reserved": "rpl.opt.metric.nsa.object.reserved",
        "flags": "rpl.opt.metric.nsa.object.flags",
        "aggregator": "rpl.opt.metric.nsa.object.flag.a",
        "overloaded": "rpl.opt.metric.nsa.object.flag.o",
    },
    metrics.NodeEnergyEntry: {
        "flags": "rpl.opt.metric.ne.object.flags",
        "included": "rpl.opt.metric.ne.object.flag.i",
        "node_type": "rpl.opt.metric.ne.object.type",
        "estimated": "rpl.opt.metric.ne.object.flag.e",
        "estimated_energy": "rpl.opt.metric.ne.object.energy",
    },
    metrics.HopCount: {
        "reserved": "rpl.opt.metric.hp.object.reserved",
        "flags": "rpl.opt.metric.hp.object.flags",
        "hop_count": "rpl.opt.metric.hp.object.hp",
    },
    metrics.ThroughputEntry: {"octets_per_second": "rpl.opt.metric.lt.object.lt"},
    metrics.LatencyEntry: {"microseconds": "rpl.opt.metric.ll.object.ll"},
    metrics.LinkQuality: {"reserved": "rpl.opt.metric.lql.object.res"},
    metrics.LinkQualityEntry: {"level": "rpl.opt.metric.lql.object.val", "links": "rpl.opt.metric.lql.object.counter"},
    metrics.EtxEntry: {"etx": "rpl.opt.metric.etx.object.etx"},
    metrics.RecordedLinkColors: {"reserved": "rpl.opt.metric.lc.object.res"},
    metrics.RecordedLinkColor: {"color": "rpl.opt.metric.lc.object.lc", "links": "rpl.opt.metric.lc.object.counter"},
    metrics.LinkColorConstraints: {"reserved": "rpl.opt.metric.lc.object.res"},
    metrics.LinkColorConstraint: {
        "color": "rpl.opt.metric.lc.object.lc",
        "reserved": "rpl.opt.metric.lc.object.reserved",
        "included": "rpl.opt.metric.lc.object.flag.i",
    },
    options.RouteInformation: {
        "prefix_length": "rpl.opt.route.prefix_length",
        "preference": "rpl.opt.route.pref",
        "route_lifetime": "rpl.opt.route.lifetime",
        "prefix": "rpl.opt.route.prefix",
    },
    options.DodagConfiguration: {
        "authentication_enabled": "rpl.opt.config.auth",
        "path_control_size": "rpl.opt.config.pcs",
        "interval_doublings": "rpl.opt.config.interval_double",
        "interval_minimum": "rpl.opt.config.interval_min",
        "redundancy_constant": "rpl.opt.config.redundancy",
        "maximum_rank_increase": "rpl.opt.config.max_rank_inc",
        "minimum_hop_rank_increase": "rpl.opt.config.min_hop_rank_inc",
        "objective_code_point": "rpl.opt.config.ocp",
        "reserved": "rpl.opt.config.rsv",
        "default_lifetime": "rpl.opt.config.def_lifetime",
        "lifetime_unit": "rpl.opt.config.lifetime_unit",
    },
    options.Target: {"prefix_length": "rpl.opt.target.prefix_length", "prefix": "rpl.opt.target.prefix"},
    options.TransitInformation: {
        "external": "rpl.opt.transit.flag.e",
        "path_control": "rpl.opt.transit.pathctl",
        "path_sequence": "rpl.opt.transit.pathseq",
        "path_lifetime": "rpl.opt.transit.pathlifetime",
        "parent_address": "rpl.opt.transit.parent",
    },
    options.SolicitedInformation: {
        "rpl_instance_id": "rpl.opt.solicited.instance",
        "version_predicate": "rpl.opt.solicited.flag.v",
        "instance_predicate": "rpl.opt.solicited.flag.i",
        "dodag_predicate": "rpl.opt.solicited.flag.d",
        "flags": "rpl.opt.solicited.flag.rsv",
        "dodag_id": "rpl.opt.solicited.dodagid",
        "version_number": "rpl.opt.solicited.version",
    },
    options.PrefixInformation: {
        "prefix_length": "rpl.opt.prefix.length",
        "on_link": "rpl.opt.prefix.flag.l",
        "autonomous": "rpl.opt.config.flag.a",
        "router_address": "rpl.opt.config.flag.r",
        "reserved1": "rpl.opt.config.flag.rsv",
        "valid_lifetime": "rpl.opt.prefix.valid_lifetime",
        "preferred_lifetime": "rpl.opt.prefix.preferred_lifetime",
        "prefix": "rpl.opt.prefix",
    },
    options.TargetDescriptor: {"descriptor": "rpl.opt.targetdesc.descriptor"},
    options.RouteDiscovery: {
        "reply": "rpl.opt.routediscovery.flag.reply",
        "hop_by_hop": "rpl.opt.routediscovery.flag.hopbyhop",
        "routes": "rpl.opt.routediscovery.flag.numofroutes",
        "compression": "rpl.opt.routediscovery.flag.compr",
        "lifetime": "rpl.opt.routediscovery.lifetime",
        "target": "rpl.opt.routediscovery.targetaddr",
    },
}
OPTION = {"type": "rpl.opt.type", "length": "rpl.opt.length"}
ALL = {f"icmpv6.{name}" for names in (*NAMES.values(), OPTION) for name in names.values()}


def ours(header):
    """(tshark's name, value) of every field that tshark names too, in wire order."""
    names = NAMES.get(type(header), {})
    if type(header) in options.OPTIONS.members.values():
        names = OPTION | names
    for span in header.layout():
        if isinstance(span.value, Header):
            yield from ours(span.value)
        elif isinstance(span.value, tuple):
            for inner in span.value:
                yield from ours(inner)
        elif span.name in names:
            yield f"icmpv6.{names[span.name]}", said(header, span)


def said(header, span):
    if not isinstance(span.value, bytes):
        return span.value
    padded = span.value.rjust(16, b"\0") if isinstance(header, options.RouteDiscovery) else span.value.ljust(16, b"\0")
    return format_ipv6(padded)


def number_or_text(shown):
    try:
        return int({"True": "1", "False": "0"}.get(shown, shown), 0)
    except ValueError:
        return shown


def theirs(packet):
    """The same from a packet of tshark's XML."""
    return [
        (field.get("name"), number_or_text(field.get("show")))
        for field in packet.iterfind(".//proto[@name='icmpv6']//field")
        if field.get("name") in ALL
    ]


@pytest.fixture
def described_by_tshark(tmp_path):
    """Messages in, for each the (name, value) pairs that tshark finds in it out."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")

    def describe(octets_of_messages):
        capture = tmp_path / "rpl.pcap"
        records = [struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IP)]
        for number, octets in enumerate(octets_of_messages):
            checksum = transport_checksum(SOURCE, DESTINATION, 58, octets[:2] + b"\0\0" + octets[4:])
            message = octets[:2] + checksum.to_bytes(2, "big") + octets[4:]
            packet = struct.pack(">IHBB", 6 << 28, len(message), 58, 255) + SOURCE + DESTINATION + message
            records.append(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)
        capture.write_bytes(b"".join(records))
        command = [tshark, "-r", str(capture), "-T", "pdml"]
        xml = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
        return [theirs(packet) for packet in ElementTree.fromstring(xml).iter("packet")]

    return describe


@pytest.fixture
def our_description():
    return lambda header: list(ours(header))


@pytest.fixture
def stands_hostile_octets():
    """Every beginning of octets, and every copy with a bit flipped, decodes and gives the same octets or is refused."""

    def check(decode, octets):
        beginnings = [octets[:end] for end in range(len(octets))]
        number, width = int.from_bytes(octets, "big"), len(octets)
        for hostile in (*beginnings, *((number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width))):
            try:
                value, rest = decode(hostile)
            except Malformed as error:
                if not 0 <= error.offset <= len(hostile):
                    pytest.fail(f"{error}: the offset is outside {len(hostile)} octets")
            else:
                assert value.encode() + rest == hostile

    return check
