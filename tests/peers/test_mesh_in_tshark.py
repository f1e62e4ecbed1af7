"""A mesh below IP as Wireshark reads its capture: originators, final destinations and hops, whole datagrams inside."""

import io
import json
import shutil
import subprocess
from collections import Counter

import pytest

from p6lowpan.node.inputs import Bind, SendIcmpv6, SendUdp
from p6lowpan.wire.address import ALL_NODES, link_local
from properties.mesh_networks import ECHO_REQUEST, PORT, SECOND, eui64, grid_of, line_of, short

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

FIELDS = (
    "wpan.src64", "wpan.dst64", "wpan.dst16", "wpan.seq_no", "_ws.malformed", "6lowpan.bcast.seqnum",
    "6lowpan.mesh.hops", "6lowpan.mesh.hops8", "6lowpan.mesh.orig64", "6lowpan.mesh.orig16", "6lowpan.mesh.dest64",
    "6lowpan.mesh.dest16", "icmpv6.type", "icmpv6.checksum.status", "udp.length", "udp.checksum.status",
)  # fmt: skip
GOOD = "1"


@pytest.fixture
def shown(tmp_path):
    def show(capture, since_us):
        path = tmp_path / "mesh.pcap"
        path.write_bytes(capture)
        wanted = ["-Y", f"frame.time_epoch >= {since_us / 1e6} && wpan.frame_type == 1"]
        command = [TSHARK, "-r", str(path), "-o", "udp.check_checksum:TRUE", *wanted, "-T", "json"]
        command += [part for field in FIELDS for part in ("-e", field)]
        printed = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
        frames = [packet["_source"].get("layers", {}) for packet in json.loads(printed)]
        assert frames
        assert [frame for frame in frames if "_ws.malformed" in frame] == []
        return list({(one(frame, "wpan.src64"), one(frame, "wpan.seq_no")): frame for frame in frames}.values())

    return show


def one(frame, field):
    return frame.get(field, [None])[0]


def number(frame, field):
    text = one(frame, field)
    return None if text is None else int(text.replace(":", ""), 16 if ":" in text else 0)


def of(address):
    return int.from_bytes(address, "big")


def test_each_hop_of_a_ping_has_its_ends_and_one_hop_less(shown):
    stream = io.BytesIO()
    run = line_of(4, stream, has_short=True)
    run.world.inject(50 * SECOND, 0, SendIcmpv6(link_local(short(3)), ECHO_REQUEST))
    run.world.run(51 * SECOND)
    frames = [frame for frame in shown(stream.getvalue(), 50 * SECOND) if one(frame, "icmpv6.type") in ("128", "129")]
    ways = [(number(frame, "wpan.src64"), number(frame, "wpan.dst64")) for frame in frames]
    there = [(of(eui64(here)), of(eui64(here + 1))) for here in range(3)]
    assert ways == there + [(to, here) for here, to in reversed(there)]
    assert [number(frame, "6lowpan.mesh.hops") for frame in frames] == [14, 13, 12] * 2
    ends = [(number(f, "6lowpan.mesh.orig64"), number(f, "6lowpan.mesh.dest16")) for f in frames[:3]]
    assert set(ends) == {(of(eui64(0)), of(short(3)))}
    ends = [(number(f, "6lowpan.mesh.orig16"), number(f, "6lowpan.mesh.dest64")) for f in frames[3:]]
    assert set(ends) == {(of(short(3)), of(eui64(0)))}
    assert {one(frame, "icmpv6.checksum.status") for frame in frames} == {GOOD}


@pytest.mark.parametrize("hops", [14, 40])
def test_a_datagram_in_fragments_is_whole_on_every_hop(shown, hops):
    stream = io.BytesIO()
    run = line_of(4, stream, hops=hops)
    run.world.inject(50 * SECOND, 3, Bind(PORT))
    run.world.inject(50 * SECOND, 0, SendUdp(PORT, link_local(eui64(3)), PORT, bytes(1232)))
    run.world.run(52 * SECOND)
    assert run.datagrams() == [(3, bytes(1232))]
    frames = [frame for frame in shown(stream.getvalue(), 50 * SECOND) if number(frame, "wpan.dst16") is None]
    assert len(frames) % 3 == 0
    counted = Counter(number(frame, "6lowpan.mesh.hops8" if hops > 14 else "6lowpan.mesh.hops") for frame in frames)
    assert counted == dict.fromkeys((hops, hops - 1, hops - 2), len(frames) // 3)
    assert {one(frame, "udp.checksum.status") for frame in frames if one(frame, "udp.length") == "1240"} == {GOOD}


def test_a_flood_has_one_sequence_number_and_the_address_of_its_group_wherever_it_is_sent(shown):
    stream = io.BytesIO()
    run = grid_of(3, 3, stream)
    run.world.inject(50 * SECOND, 4, SendUdp(PORT, ALL_NODES, PORT, b"to all of you"))
    run.world.run(51 * SECOND)
    frames = [frame for frame in shown(stream.getvalue(), 50 * SECOND) if one(frame, "udp.length")]
    assert sorted(number(frame, "wpan.src64") for frame in frames) == [of(eui64(here)) for here in range(9)]
    assert {number(frame, "wpan.dst16") for frame in frames} == {0xFFFF}
    assert {number(frame, "6lowpan.mesh.orig64") for frame in frames} == {of(eui64(4))}
    assert {number(frame, "6lowpan.mesh.dest16") for frame in frames} == {0x8001}
    assert len({one(frame, "6lowpan.bcast.seqnum") for frame in frames}) == 1
    assert Counter(number(frame, "6lowpan.mesh.hops") for frame in frames) == {14: 1, 13: 4, 12: 4}
    assert {one(frame, "udp.checksum.status") for frame in frames} == {GOOD}
