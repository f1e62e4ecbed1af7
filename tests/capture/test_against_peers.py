"""The same files read by tshark and scapy, converted by editcap and mergecap: the same frames must come out."""

import json
import subprocess
from decimal import Decimal

import pytest

from p6lowpan.capture import tap, zep
from p6lowpan.capture.encapsulation import decapsulate
from p6lowpan.capture.fcs import Fcs, signed_octet
from p6lowpan.capture.files import open_capture, read
from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.outer import Ethernet, Ipv4, LinuxCooked, LinuxCooked2, Loopback, NonAskPhy, OuterIpv6, OuterUdp
from p6lowpan.capture.pcap import PcapFile
from p6lowpan.wire.address import format_ipv6, link_local

# The first frame of riot-rpl.pcap, with its FCS.
FRAME = bytes.fromhex("41d8402300ffff01cdab78563412027b3b3a02850085fa0000000001020212345678abcd010000000000008259")
TIME_NS = 1_700_000_000_123_456_789


def frames_of(path):
    with open_capture(str(path)) as capture:
        return list(capture)


def table(tshark, path):
    """(number, nanoseconds, length on the link, captured length) of every frame, as tshark counts them."""
    fields = ("frame.number", "frame.time_epoch", "frame.len", "frame.cap_len")
    flags = [part for field in fields for part in ("-e", field)]
    rows = [line.split("\t") for line in tshark("-n", "-r", path, "-T", "fields", *flags).splitlines()]
    return [(int(number), int(Decimal(time) * 10**9), int(size), int(cap)) for number, time, size, cap in rows]


def ours(frames):
    return [(frame.number, frame.time_ns, frame.original_length, len(frame.octets)) for frame in frames]


def test_tshark_counts_the_same_frames_times_and_lengths(tshark, capture_path):
    assert ours(frames_of(capture_path)) == table(tshark, capture_path)


def test_scapy_reads_the_same_octets(capture_path):
    utils = pytest.importorskip("scapy.utils", reason="scapy is not installed")
    with utils.RawPcapReader(str(capture_path)) as reader:
        theirs = [(octets, meta.sec, meta.usec, meta.wirelen) for octets, meta in reader]
    frames = frames_of(capture_path)
    assert theirs == [
        (frame.octets, frame.time_ns // 10**9, frame.time_ns % 10**9 // 1000, frame.original_length) for frame in frames
    ]


@pytest.mark.parametrize("form", ["pcapng", "nsecpcap"])
def test_a_capture_converted_by_editcap_is_the_same(editcap, tmp_path, capture_path, form):
    editcap("-F", form, capture_path, tmp_path / "converted")
    assert frames_of(tmp_path / "converted") == frames_of(capture_path)


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_a_capture_cut_by_editcap_shows_what_is_missing(editcap, tmp_path, capture_path, form):
    editcap("-F", form, "-s", "20", capture_path, tmp_path / "cut")
    for cut, whole in zip(frames_of(tmp_path / "cut"), frames_of(capture_path), strict=True):
        assert cut == whole._replace(octets=whole.octets[:20])
        inside = decapsulate(cut)
        assert len(inside.octets) + inside.cut == whole.original_length


def test_interfaces_of_different_link_types_merged_into_one_file_stay_apart(mergecap, tmp_path, capture_path):
    made = tmp_path / "ethernet.pcap"
    with PcapFile(str(made), LinkType.ETHERNET, nanoseconds=True) as writer:
        for count in range(3):
            writer.write(bytes(60 + count), TIME_NS + count)
    mergecap("-a", "-F", "pcapng", "-w", tmp_path / "both", capture_path, made)
    first, second = frames_of(capture_path), frames_of(made)
    later = [frame._replace(number=frame.number + len(first), interface=1) for frame in second]
    assert frames_of(tmp_path / "both") == first + later


@pytest.mark.parametrize(("nanoseconds", "unit_ns"), [(False, 1000), (True, 1)])
def test_tshark_and_scapy_read_what_we_write(tshark, tmp_path, nanoseconds, unit_ns):
    utils = pytest.importorskip("scapy.utils", reason="scapy is not installed")
    path = tmp_path / "written.pcap"
    with PcapFile(str(path), LinkType.IEEE802_15_4_WITHFCS, nanoseconds=nanoseconds) as writer:
        writer.write(FRAME, TIME_NS)
        writer.write(FRAME[:20], TIME_NS + 5_000_001, original_length=len(FRAME))
    cut = [time_ns // unit_ns * unit_ns for time_ns in (TIME_NS, TIME_NS + 5_000_001)]
    expected = [(1, cut[0], len(FRAME), len(FRAME)), (2, cut[1], len(FRAME), 20)]
    assert table(tshark, path) == expected
    with utils.RawPcapReader(str(path)) as reader:
        assert reader.linktype == LinkType.IEEE802_15_4_WITHFCS
        assert [octets for octets, _ in reader] == [FRAME, FRAME[:20]]


def test_what_tcpdump_would_write_to_a_pipe_is_read_from_it(tshark, tmp_path, capture_path):
    # tshark -w - writes pcapng into a pipe, as tcpdump -w - writes pcap.
    command = ["tshark", "-r", str(capture_path), "-w", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        capture = read(process.stdout)
        assert capture.format == "pcapng"
        assert list(capture) == frames_of(capture_path)


# --- what is inside ---------------------------------------------------------------------------------------------------


def udp(payload):
    return OuterUdp(source_port=17754, destination_port=17754, length=8 + len(payload)).encode() + payload


def ipv4(payload):
    loopback = bytes((127, 0, 0, 1))
    header = Ipv4(total_length=20 + len(payload), protocol=17, source=loopback, destination=loopback)
    return header.encode() + payload


def ipv6(payload):
    addresses = {"source": bytes(15) + b"\1", "destination": bytes(15) + b"\1"}
    return OuterIpv6(payload_length=len(payload), next_header=17, **addresses).encode() + payload


def ethernet(ether_type, payload):
    return Ethernet(destination=bytes(6), source=bytes(6), ether_type=ether_type).encode() + payload


def zep_1(frame, mode=1):
    return zep.DataVersion1(channel=20, device=513, mode=mode, link_quality=77, length=len(frame)).encode() + frame


def zep_2(fcs=Fcs.CRC16):
    return zep.encapsulate(FRAME, channel=20, device=513, sequence=70_000, time_ns=TIME_NS, fcs=fcs, link_quality=77)


COOKED = {"packet_type": 0, "hardware": 1, "address_length": 6, "address": bytes(8)}
CARRIED = {
    "ethernet": (1, ethernet(0x0800, ipv4(udp(zep_2())))),
    "ethernet-v1": (1, ethernet(0x86DD, ipv6(udp(zep_1(FRAME))))),
    "ieee802154-in-ethernet": (1, ethernet(0x809A, FRAME)),
    "null": (0, Loopback(family=0x02000000).encode() + ipv4(udp(zep_2()))),
    "loop": (108, Loopback(family=24).encode() + ipv6(udp(zep_2()))),
    "raw": (101, ipv6(udp(zep_2()))),
    "ipv4": (228, ipv4(udp(zep_2()))),
    "ipv6": (229, ipv6(udp(zep_2()))),
    "cooked": (113, LinuxCooked(**COOKED, protocol=0x0800).encode() + ipv4(udp(zep_2()))),
    "cooked-monitor": (113, LinuxCooked(**COOKED | {"hardware": 805}, protocol=0x00F6).encode() + FRAME),
    "cooked2": (276, LinuxCooked2(**COOKED, interface=1, protocol=0x0800).encode() + ipv4(udp(zep_2()))),
    "nonask": (215, NonAskPhy(length=len(FRAME)).encode() + FRAME),
    "nofcs": (230, FRAME[:-2]),
    "withfcs": (195, FRAME),
    "tap": (283, tap.encapsulate(FRAME, Fcs.CRC16)),
    "tap-nofcs": (283, tap.encapsulate(FRAME[:-2], Fcs.NONE)),
}


@pytest.fixture(scope="module")
def carried(tmp_path_factory, tshark, mergecap):
    """One file of many interfaces with every encapsulation in it, and the frames in it as tshark takes them apart."""
    folder = tmp_path_factory.mktemp("carried")
    for place, (link_type, octets) in enumerate(CARRIED.values()):
        with PcapFile(str(folder / f"{place:02}.pcap"), link_type) as writer:
            writer.write(octets, TIME_NS)
    mergecap("-a", "-F", "pcapng", "-w", folder / "all.pcapng", *sorted(folder.glob("*.pcap")))
    packets = json.loads(tshark("-n", "-r", folder / "all.pcapng", "-T", "json", "-x"))
    layers = [packet["_source"]["layers"] for packet in packets]
    return dict(zip(CARRIED, zip(frames_of(folder / "all.pcapng"), layers, strict=True), strict=True))


@pytest.mark.parametrize("name", [name for name in CARRIED if name != "nonask"])
def test_tshark_finds_the_same_radio_frame_inside(carried, name):
    frame, layers = carried[name]
    assert frame.link_type == CARRIED[name][0]
    assert decapsulate(frame).frame == bytes.fromhex(layers["wpan_raw"][0]) == FRAME[:-2]


def test_tshark_finds_the_same_radio_frame_behind_a_phy_header(shown, tmp_path):
    # tshark gives this link type's inner frame no layer of its own, so the fields are compared with the plain frame's.
    fields = ("wpan.frame_length", "wpan.fcf", "wpan.seq_no", "wpan.src64", "wpan.fcs", "icmpv6.checksum")
    found = []
    for name in ("nonask", "withfcs"):
        link_type, octets = CARRIED[name]
        with PcapFile(str(tmp_path / name), link_type) as writer:
            writer.write(octets, TIME_NS)
        found += shown(tmp_path / name, *fields)
        (frame,) = frames_of(tmp_path / name)
        assert decapsulate(frame).octets == FRAME
    assert found[0] == found[1]
    assert set(found[0]) == set(fields)


@pytest.mark.parametrize("name", [name for name, (_, octets) in CARRIED.items() if b"EX" in octets])
def test_tshark_reads_the_same_from_zep(carried, name):
    frame, layers = carried[name]
    header = decapsulate(frame).outer[-1].header
    theirs = layers["zep"]
    assert int(theirs["zep.version"]) == header.version
    assert int(theirs["zep.channel_id"]) == header.channel == 20
    assert int(theirs["zep.device_id"]) == header.device == 513
    assert int(theirs["zep.length"]) == header.length
    if isinstance(header, zep.DataVersion2):
        assert int(theirs["zep.seqno"]) == header.sequence == 70_000
        assert theirs["zep.time"].startswith("Nov 14, 2023 22:13:20.12345678")
        assert zep.time_from_ntp(header.timestamp) == TIME_NS


def test_tshark_takes_the_same_addresses_for_a_lowpan_payload_in_ethernet(shown, tmp_path):
    # IPHC 7b3b elides the source address, which then comes from the link: RFC 6282 section 3.2.2, RFC 2464 section 4.
    # Unasked, tshark leaves the universal/local bit as it is: the rule of RFC 7668 for Bluetooth, not of Ethernet.
    macs = {"destination": bytes.fromhex("333300000002"), "source": bytes.fromhex("02123456789a")}
    with PcapFile(str(tmp_path / "lowpan.pcap"), LinkType.ETHERNET) as writer:
        writer.write(Ethernet(**macs, ether_type=0xA0ED).encode() + FRAME[15:-2], TIME_NS)
    (found,) = shown(tmp_path / "lowpan.pcap", "ipv6.src", prefer="6lowpan.iid_has_universal_local_bit:TRUE")
    (frame,) = frames_of(tmp_path / "lowpan.pcap")
    inside = decapsulate(frame)
    assert inside.octets == FRAME[15:-2]
    assert found["ipv6.src"][0] == format_ipv6(link_local(inside.source)) == "fe80::12:34ff:fe56:789a"


TLVS = (
    tap.SignalStrength(strength=tap.single(-90.5)),
    tap.BitRate(bits_per_second=250_000),
    tap.ChannelAssignment(channel=513, page=9),
    tap.SunPhy(band=7, modulation=1, mode=2),
    tap.FrameStart(time_ns=2**63 + 5),
    tap.FrameEnd(time_ns=2**63 + 6),
    tap.AbsoluteSlotNumber(number=2**40 + 1),
    tap.SlotStart(time_ns=2**63 + 4),
    tap.TimeslotLength(microseconds=10_000),
    tap.LinkQuality(indicator=200),
    tap.CenterFrequency(frequency=tap.single(868_300.0)),
    tap.ChannelPlan(first=tap.single(902_200.0), spacing=tap.single(200.0), channels=129),
    tap.UnknownTlv(type=4000, value=b"later"),
)


def test_tshark_reads_the_same_from_every_tlv_of_tap(shown, tmp_path):
    path = tmp_path / "tap.pcap"
    with PcapFile(str(path), LinkType.IEEE802_15_4_TAP) as writer:
        writer.write(tap.encapsulate(FRAME, Fcs.CRC16, *TLVS), TIME_NS)
    expected = {
        "wpan-tap.fcs_type": "1",
        "wpan-tap.rss": "-90.5",
        "wpan-tap.bit_rate": "250000",
        "wpan-tap.ch_num": "513",
        "wpan-tap.ch_page": "9",
        "wpan-tap.sun_band": "7",
        "wpan-tap.sun_type": "1",
        "wpan-tap.mode.fsk_b": "2",
        "wpan-tap.sof_ts": str(2**63 + 5),
        "wpan-tap.eof_ts": str(2**63 + 6),
        "wpan-tap.asn": str(2**40 + 1),
        "wpan-tap.slot_start_ts": str(2**63 + 4),
        "wpan-tap.timeslot_length": "10000",
        "wpan-tap.lqi": "200",
        "wpan-tap.ch_freq": "868300",
        "wpan-tap.chplan.start": "902200",
        "wpan-tap.chplan.spacing": "200",
        "wpan-tap.chplan.channels": "129",
        "wpan-tap.tlv.unknown": b"later".hex(),
    }
    (found,) = shown(path, *expected)
    assert {name: values[0].replace(":", "") for name, values in found.items()} == expected
    (frame,) = frames_of(path)
    assert decapsulate(frame).outer[0].header.tlvs[1:] == TLVS


def test_tshark_reads_the_same_from_the_metadata_of_a_ti_radio(shown, tmp_path):
    path = tmp_path / "ti.pcap"
    octets = ipv4(udp(zep_1(FRAME[:-2] + b"\xe0\xeb", mode=0)))  # mode 0: the last two octets are no FCS
    with PcapFile(str(path), LinkType.IPV4) as writer:
        writer.write(octets, TIME_NS)
    (found,) = shown(path, "wpan.rssi", "wpan.fcs_ok", "wpan.correlation")
    (frame,) = frames_of(path)
    metadata = decapsulate(frame).ti_metadata
    assert found["wpan.correlation"] == [str(metadata.correlation)]
    assert found["wpan.fcs_ok"] in (["1"], ["true"])
    assert metadata.crc_ok == 1
    assert found["wpan.rssi"] == [str(signed_octet(metadata.signal_strength))]


def test_scapy_reads_the_same_from_zep():
    dot15d4 = pytest.importorskip("scapy.layers.zigbee", reason="scapy is not installed")
    theirs = dot15d4.ZEP2(zep_2())
    assert (theirs.ver, theirs.type, theirs.channel, theirs.device) == (2, 1, 20, 513)
    assert (theirs.seq, theirs.length, theirs.lqi_mode, theirs.lqi_val) == (70_000, len(FRAME), 1, 77)
