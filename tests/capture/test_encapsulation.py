import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture import tap, zep
from p6lowpan.capture.encapsulation import MOST_EXTENSIONS, MOST_VLAN_TAGS, decapsulate
from p6lowpan.capture.fcs import Fcs, TiMetadata
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.inside import Kind
from p6lowpan.capture.outer import Ethernet, Ipv4, LinuxCooked, LinuxCooked2, OuterIpv6, OuterUdp, VlanTag

# The first frame of riot-rpl.pcap, with its FCS.
FRAME = bytes.fromhex("41d8402300ffff01cdab78563412027b3b3a02850085fa0000000001020212345678abcd010000000000008259")
IPV6 = OuterIpv6(payload_length=8, next_header=58, source=bytes(15) + b"\1", destination=bytes(15) + b"\2")
PACKET = IPV6.encode() + b"\x80\0\0\0\0\1\0\1"
MAC_A, MAC_B = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
LOWPAN = bytes.fromhex("6033") + bytes(60)


def ethernet(ether_type, payload):
    return Ethernet(destination=MAC_B, source=MAC_A, ether_type=ether_type).encode() + payload


def udp(payload, source=zep.PORT, destination=zep.PORT):
    length = 8 + len(payload)
    return OuterUdp(source_port=source, destination_port=destination, length=length).encode() + payload


def ipv4(payload, **fields):
    options = fields.get("options", b"")
    defaults = {"protocol": 17, "total_length": 20 + len(options) + len(payload), "header_words": 5 + len(options) // 4}
    return Ipv4(**{"source": b"\x7f\0\0\1", "destination": b"\x7f\0\0\1"} | defaults | fields).encode() + payload


def ipv6(payload, next_header=17, **fields):
    defaults = {"payload_length": len(payload), "source": IPV6.source, "destination": IPV6.destination}
    return OuterIpv6(**defaults | {"next_header": next_header} | fields).encode() + payload


def message(frame=FRAME, fcs=Fcs.CRC16):
    return zep.encapsulate(frame, channel=26, device=1, sequence=4, time_ns=1_500_000_000, fcs=fcs, link_quality=99)


def cooked(protocol, payload, hardware=1, address=MAC_A):
    return (
        LinuxCooked(
            packet_type=0,
            hardware=hardware,
            address_length=len(address),
            address=address.ljust(8, b"\0"),
            protocol=protocol,
        ).encode()
        + payload
    )


def cooked2(protocol, payload, hardware=1, address=MAC_A):
    return (
        LinuxCooked2(
            protocol=protocol,
            interface=3,
            hardware=hardware,
            packet_type=0,
            address_length=len(address),
            address=address.ljust(8, b"\0"),
        ).encode()
        + payload
    )


# --- IEEE 802.15.4 ----------------------------------------------------------------------------------------------------


def test_link_type_195_has_an_fcs(captured):
    inside = decapsulate(captured(195, FRAME))
    assert (inside.kind, inside.octets, inside.offset) == (Kind.IEEE802154, FRAME, 0)
    assert (inside.fcs, inside.fcs_octets, inside.frame) == (Fcs.CRC16, 2, FRAME[:-2])
    assert inside.outer == ()


def test_link_type_230_has_none(captured):
    inside = decapsulate(captured(230, FRAME))
    assert (inside.fcs, inside.frame) == (Fcs.NONE, FRAME)


@pytest.mark.parametrize(("fcs_octets", "fcs"), [(4, Fcs.CRC32), (2, Fcs.CRC16), (0, Fcs.NONE), (3, Fcs.CRC16)])
def test_the_file_may_say_how_long_the_fcs_of_link_type_195_is(captured, fcs_octets, fcs):
    assert decapsulate(captured(195, FRAME, fcs_octets=fcs_octets)).fcs is fcs


@pytest.mark.parametrize("link_type", [195, 230])
def test_the_caller_may_know_that_a_ti_radio_replaced_the_fcs(captured, link_type):
    inside = decapsulate(captured(link_type, FRAME[:-2] + b"\xe0\xeb"), fcs=Fcs.TI)
    assert inside.frame == FRAME[:-2]
    assert inside.ti_metadata == TiMetadata(signal_strength=0xE0, crc_ok=1, correlation=0x6B)


def test_without_a_ti_radio_there_is_no_metadata(captured):
    assert decapsulate(captured(195, FRAME)).ti_metadata is None


@pytest.mark.parametrize("cut", [1, 2, 3, 10])
def test_a_frame_cut_by_the_snap_length_has_no_fcs_and_no_octet_of_one(captured, cut):
    inside = decapsulate(captured(195, FRAME[:-cut], original=len(FRAME)))
    assert inside.fcs is Fcs.NONE
    assert inside.octets == FRAME[:-2][: len(FRAME) - cut]
    assert len(inside.octets) + inside.cut == len(FRAME)


def test_a_frame_shorter_than_an_fcs_keeps_its_octet(captured):
    inside = decapsulate(captured(195, b"\x41"))
    assert (inside.octets, inside.fcs) == (b"\x41", Fcs.NONE)


def test_link_type_215_begins_with_preamble_delimiter_and_length(captured):
    octets = bytes.fromhex("00000000a7") + bytes([len(FRAME)]) + FRAME
    inside = decapsulate(captured(215, octets + b"after"))
    assert (inside.octets, inside.offset, inside.fcs) == (FRAME, 6, Fcs.CRC16)
    with pytest.raises(Malformed) as caught:
        decapsulate(captured(215, bytes.fromhex("00000000a605") + FRAME))
    assert (caught.value.offset, caught.value.reason) == (4, Reason.FIXED_VALUE)
    with pytest.raises(Malformed) as caught:
        decapsulate(captured(215, octets[:-1]))
    assert (caught.value.layer, caught.value.reason) == ("nonask-phy", Reason.BAD_LENGTH)


@pytest.mark.parametrize("fcs", [Fcs.NONE, Fcs.CRC16, Fcs.CRC32])
def test_tap_says_what_the_radio_knew(captured, fcs):
    tlvs = (
        tap.ChannelAssignment(channel=15),
        tap.SignalStrength(strength=tap.single(-72.5)),
        tap.LinkQuality(indicator=230),
        tap.FrameStart(time_ns=123_456),
    )
    octets = tap.encapsulate(FRAME, fcs, *tlvs)
    inside = decapsulate(captured(283, octets))
    assert (inside.kind, inside.octets, inside.fcs) == (Kind.IEEE802154, FRAME, fcs)
    assert inside.offset == len(octets) - len(FRAME)
    assert (inside.channel, inside.signal_dbm, inside.link_quality, inside.radio_time_ns) == (15, -72.5, 230, 123_456)
    assert inside.outer[0].header.tlvs[1:] == tlvs


def test_tap_without_an_fcs_type_has_no_fcs(captured):
    assert decapsulate(captured(283, bytes.fromhex("00000400") + FRAME)).fcs is Fcs.NONE


def test_tap_with_an_unknown_fcs_type_has_no_fcs(captured):
    octets = tap.TapHeader(tlvs=(tap.FcsType(fcs=9),)).encode()
    assert decapsulate(captured(283, octets + FRAME)).fcs is Fcs.NONE


# --- ZEP --------------------------------------------------------------------------------------------------------------

CARRIERS = {
    "Ethernet": (1, ethernet(0x0800, ipv4(udp(message()))), 14 + 28),
    "Ethernet with padding": (1, ethernet(0x0800, ipv4(udp(message()))) + bytes(9), 14 + 28),
    "Ethernet, two VLAN tags": (
        1,
        ethernet(0x88A8, bytes.fromhex("00648100e0658 6dd".replace(" ", "")) + ipv6(udp(message()))),
        14 + 8 + 48,
    ),
    "cooked": (113, cooked(0x0800, ipv4(udp(message()))), 16 + 28),
    "cooked 2": (276, cooked2(0x86DD, ipv6(udp(message()))), 20 + 48),
    "BSD loopback, little endian": (0, b"\x02\0\0\0" + ipv4(udp(message())), 4 + 28),
    "BSD loopback, big endian": (0, b"\0\0\0\x1e" + ipv6(udp(message())), 4 + 48),
    "OpenBSD loopback": (108, b"\0\0\0\x18" + ipv6(udp(message())), 4 + 48),
    "raw IPv4": (101, ipv4(udp(message())), 28),
    "raw IPv6": (101, ipv6(udp(message())), 48),
    "link type IPv4": (228, ipv4(udp(message(), source=5000)), 28),
    "link type IPv6": (229, ipv6(udp(message(), destination=5000)), 48),
    "IPv4 with options": (228, ipv4(udp(message()), options=bytes(8)), 36),
    "IPv6 in IPv4": (228, ipv4(ipv6(udp(message())), protocol=41), 20 + 48),
    "IPv6 with extensions": (229, ipv6(b"\x3c\0" + bytes(6) + b"\x11\1" + bytes(14) + udp(message()), 0), 40 + 24 + 8),
    "lengths left to the hardware": (228, ipv4(udp(message()), total_length=0), 28),
}


@pytest.mark.parametrize(("link_type", "octets", "offset"), CARRIERS.values(), ids=CARRIERS.keys())
def test_zep_is_found_whatever_carries_it(captured, link_type, octets, offset):
    inside = decapsulate(captured(link_type, octets))
    assert (inside.kind, inside.octets, inside.fcs) == (Kind.IEEE802154, FRAME, Fcs.CRC16)
    assert inside.offset == offset + 32
    assert octets[inside.offset :].startswith(FRAME)
    assert (inside.channel, inside.link_quality, inside.radio_time_ns) == (26, 99, 1_500_000_000)


@pytest.mark.parametrize(("link_type", "octets", "offset"), CARRIERS.values(), ids=CARRIERS.keys())
def test_the_headers_outside_are_told_with_their_places(captured, link_type, octets, offset):
    outer = decapsulate(captured(link_type, octets)).outer
    assert [header.offset for header in outer][-2:] == [offset - 8, offset]
    for header in outer:
        assert octets[header.offset :].startswith(header.header.encode())
        assert all(isinstance(span.meaning, str) for span in header.header.layout())


@pytest.mark.parametrize(("link_type", "octets", "offset"), CARRIERS.values(), ids=CARRIERS.keys())
def test_zep_cut_at_any_octet_by_the_snap_length_is_a_value_or_malformed(captured, link_type, octets, offset):
    for size in range(len(octets)):
        try:
            inside = decapsulate(captured(link_type, octets[:size], original=len(octets)))
        except Malformed:
            assert size < offset + 32
            continue
        if inside.kind is Kind.IEEE802154:
            whole = inside.cut == 0
            assert inside.octets == (FRAME if whole else FRAME[:-2][: size - inside.offset])


@pytest.mark.parametrize(("link_type", "octets", "offset"), CARRIERS.values(), ids=CARRIERS.keys())
def test_every_flipped_bit_is_a_value_or_malformed(captured, link_type, octets, offset):
    outcomes = set()
    for bit in range(8 * (offset + 32)):
        flipped = (int.from_bytes(octets, "big") ^ 1 << 8 * len(octets) - 1 - bit).to_bytes(len(octets), "big")
        try:
            outcomes.add(decapsulate(captured(link_type, flipped)).kind)
        except Malformed as error:
            outcomes.add(error.reason)
    assert Kind.IEEE802154 in outcomes
    assert len(outcomes) > 1


def test_version_1_and_its_mode_are_read(captured):
    header = zep.DataVersion1(channel=11, device=7, mode=0, link_quality=50, length=len(FRAME))
    inside = decapsulate(captured(228, ipv4(udp(header.encode() + FRAME))))
    assert (inside.octets, inside.fcs, inside.channel, inside.radio_time_ns) == (FRAME, Fcs.TI, 11, None)


def test_the_mode_of_zep_says_that_a_ti_radio_replaced_the_fcs(captured):
    assert decapsulate(captured(228, ipv4(udp(message(fcs=Fcs.TI))))).fcs is Fcs.TI


def test_an_acknowledgement_of_zep_is_one(captured):
    octets = ipv4(udp(zep.Acknowledgement(sequence=5).encode()))
    inside = decapsulate(captured(228, octets))
    assert (inside.kind, inside.octets) == (Kind.ZEP_ACKNOWLEDGEMENT, b"")
    assert inside.outer[-1].header == zep.Acknowledgement(sequence=5)


def test_a_registration_of_riot_is_no_frame(captured):
    header = zep.DataVersion2(type=255, channel=26, device=1, timestamp=0, sequence=0, length=8)
    inside = decapsulate(captured(228, ipv4(udp(header.encode() + b"address!"))))
    assert (inside.kind, inside.octets) == (Kind.OTHER, b"address!")
    assert "registers" in inside.note


def test_another_version_of_zep_is_said(captured):
    inside = decapsulate(captured(228, ipv4(udp(b"EX\x03\x01" + bytes(40)))))
    assert (inside.kind, inside.note) == (Kind.OTHER, "ZEP of an unknown version or type")


@pytest.mark.parametrize(("change", "reason"), [(1, Reason.BAD_LENGTH), (-1, Reason.TRAILING)])
def test_a_length_of_zep_that_is_not_the_datagrams_is_malformed(captured, change, reason):
    header = zep.DataVersion2(channel=26, device=1, timestamp=0, sequence=0, length=len(FRAME) + change)
    with pytest.raises(Malformed) as caught:
        decapsulate(captured(228, ipv4(udp(header.encode() + FRAME))))
    assert (caught.value.layer, caught.value.reason) == ("zep", reason)
    assert caught.value.offset == 28 + 32 + len(FRAME) + min(change, 0)


def test_a_udp_length_that_cannot_be_is_malformed(captured):
    datagram = bytearray(udp(message()))
    datagram[4:6] = b"\0\7"
    with pytest.raises(Malformed) as caught:
        decapsulate(captured(228, ipv4(bytes(datagram))))
    assert (caught.value.layer, caught.value.offset, caught.value.reason) == ("udp", 24, Reason.BAD_LENGTH)


def test_a_length_of_ipv4_beyond_the_frame_is_malformed_and_not_the_snap_lengths_doing(captured):
    octets = ipv4(udp(message()), total_length=500)
    with pytest.raises(Malformed) as caught:
        decapsulate(captured(228, octets))
    assert (caught.value.layer, caught.value.offset, caught.value.reason) == ("ipv4", len(octets), Reason.BAD_LENGTH)


def test_the_zep_port_without_its_preamble_is_not_zep(captured):
    inside = decapsulate(captured(228, ipv4(udp(b"hello"))))
    assert (inside.kind, inside.note) == (Kind.OTHER, "UDP over IPv4, ports 17754 and 17754")
    assert decapsulate(captured(229, ipv6(udp(b"hello")))).kind is Kind.IPV6


# --- IPv6 and what is not ours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link_type", "before"),
    [
        (101, b""),
        (12, b""),
        (14, b""),
        (229, b""),
        (1, ethernet(0x86DD, b"")),
        (113, cooked(0x86DD, b"")),
        (0, b"\x0a\0\0\0"),
    ],
)
def test_a_packet_of_ipv6_is_handed_up_whole_and_without_padding(captured, link_type, before):
    inside = decapsulate(captured(link_type, before + PACKET + b"padding"))
    assert (inside.kind, inside.octets, inside.offset) == (Kind.IPV6, PACKET, len(before))
    assert inside.note == ""


def test_a_jumbogram_keeps_all_that_follows(captured):
    packet = ipv6(bytes(100), next_header=59, payload_length=0)
    assert decapsulate(captured(229, packet)).octets == packet


def test_a_fragment_of_ipv6_is_said(captured):
    packet = ipv6(bytes(16), next_header=44)
    inside = decapsulate(captured(229, packet))
    assert (inside.kind, inside.octets, inside.note) == (Kind.IPV6, packet, "a fragment of IPv6")


def test_a_packet_whose_extension_is_cut_is_handed_up_for_the_explainer_to_say_so(captured):
    packet = ipv6(b"\x11\xff" + bytes(6), next_header=0)
    assert decapsulate(captured(229, packet)).octets == packet


def test_extensions_are_followed_to_a_bound(captured):
    extension = b"\x3c\0" + bytes(6)
    for count, kind in ((MOST_EXTENSIONS, Kind.IEEE802154), (MOST_EXTENSIONS + 1, Kind.IPV6)):
        chain = extension * (count - 1) + b"\x11\0" + bytes(6)
        assert decapsulate(captured(229, ipv6(chain + udp(message()), next_header=60))).kind is kind


def test_vlan_tags_are_followed_to_a_bound(captured):
    tag = VlanTag(identifier=7, ether_type=0x8100).encode()
    last = VlanTag(identifier=7, ether_type=0x86DD).encode()
    octets = ethernet(0x8100, tag * (MOST_VLAN_TAGS - 1) + last + PACKET)
    assert decapsulate(captured(1, octets)).octets == PACKET
    octets = ethernet(0x8100, tag * MOST_VLAN_TAGS + last + PACKET)
    assert decapsulate(captured(1, octets)).note == "EtherType 0x8100"


@pytest.mark.parametrize(
    ("link_type", "octets", "note"),
    [
        (1, ethernet(0x0806, bytes(28)), "EtherType 0x0806"),
        (1, ethernet(0x0026, bytes(38)), "IEEE 802.3 with a length, not an EtherType"),
        (113, cooked(0x0004, b""), "EtherType 0x0004"),
        (228, ipv4(b"tcp", protocol=6), "IPv4, protocol 6"),
        (228, ipv4(udp(b"dns"[:0], 53, 5353)), "UDP over IPv4, ports 53 and 5353"),
        (
            228,
            ipv4(udp(message()), more_fragments=1, identification=0xABC),
            "a fragment of IPv4: octets from 0 of datagram 0x0abc",
        ),
        (228, ipv4(bytes(8), fragment_offset=3), "a fragment of IPv4: octets from 24 of datagram 0x0000"),
        (0, b"\x07\0\0\0data", "address family 7"),
    ],
)
def test_what_is_not_ours_is_said_and_not_guessed(captured, link_type, octets, note):
    inside = decapsulate(captured(link_type, octets))
    assert (inside.kind, inside.note) == (Kind.OTHER, note)


@pytest.mark.parametrize(
    ("link_type", "octets", "layer", "offset", "reason"),
    [
        (101, b"", "ipv6", 0, Reason.TRUNCATED),
        (101, b"\x55" + bytes(60), "ipv6", 0, Reason.FIXED_VALUE),
        (228, b"\x60" + bytes(60), "ipv4", 0, Reason.FIXED_VALUE),
        (228, b"\x44" + bytes(60), "ipv4", 20, Reason.BAD_LENGTH),  # a header of 16 octets
        (228, ipv4(b"", total_length=20)[:2] + b"\0\x13" + bytes(16), "ipv4", 2, Reason.BAD_LENGTH),
        (1, bytes(13), "ethernet", 13, Reason.TRUNCATED),
        (1, ethernet(0x86DD, PACKET[:-1]), "ipv6", 14 + 47, Reason.BAD_LENGTH),
        (147, b"user", "encapsulation", 0, Reason.UNKNOWN_LINK_TYPE),
    ],
)
def test_what_cannot_be_is_malformed_at_its_place(captured, link_type, octets, layer, offset, reason):
    with pytest.raises(Malformed) as caught:
        decapsulate(captured(link_type, octets))
    assert (caught.value.layer, caught.value.offset, caught.value.reason) == (layer, offset, reason)


def test_an_unknown_link_type_is_named(captured):
    with pytest.raises(Malformed, match="link type 147"):
        decapsulate(captured(147, b""))


# --- LoWPAN and IEEE 802.15.4 in other links --------------------------------------------------------------------------


def test_rfc_7973_gives_a_lowpan_payload_between_eui_64s(captured):
    inside = decapsulate(captured(1, ethernet(0xA0ED, LOWPAN)))
    assert (inside.kind, inside.octets, inside.offset) == (Kind.LOWPAN, LOWPAN, 14)
    assert inside.source.hex() == "020000fffe000001"
    assert inside.destination.hex() == "020000fffe000002"
    assert inside.note == ""


@pytest.mark.parametrize(("trailer", "fcs_octets"), [(b"", None), (b"\1\2\3\4", 4)])
def test_the_shortest_ethernet_frame_may_be_padded_and_that_is_said(captured, trailer, fcs_octets):
    payload = LOWPAN[:46]
    inside = decapsulate(captured(1, ethernet(0xA0ED, payload) + trailer, fcs_octets=fcs_octets))
    assert (inside.octets, inside.note) == (payload, "may end with padding to the shortest Ethernet frame")


@pytest.mark.parametrize("build", [cooked, cooked2])
@pytest.mark.parametrize(
    ("address", "source"),
    [(MAC_A, "020000fffe000001"), (bytes(range(8)), "0001020304050607"), (b"\x12\x34", "1234"), (b"", "")],
)
def test_lowpan_in_a_cooked_capture_has_the_source_that_the_link_tells(captured, build, address, source):
    link_type = 113 if build is cooked else 276
    inside = decapsulate(captured(link_type, build(0xA0ED, LOWPAN, address=address)))
    assert (inside.kind, inside.octets, inside.source.hex(), inside.destination) == (Kind.LOWPAN, LOWPAN, source, b"")


@pytest.mark.parametrize(("hardware", "fcs"), [(804, Fcs.NONE), (805, Fcs.CRC16)])
def test_a_radio_frame_in_a_cooked_capture_has_an_fcs_if_a_monitor_heard_it(captured, hardware, fcs):
    inside = decapsulate(captured(113, cooked(0x00F6, FRAME, hardware=hardware)))
    assert (inside.kind, inside.octets, inside.fcs) == (Kind.IEEE802154, FRAME, fcs)


def test_a_radio_frame_in_ethernet_has_its_fcs(captured):
    inside = decapsulate(captured(1, ethernet(0x809A, FRAME)))
    assert (inside.kind, inside.octets, inside.fcs, inside.offset) == (Kind.IEEE802154, FRAME, Fcs.CRC16, 14)


# --- hostile octets ---------------------------------------------------------------------------------------------------

prefixes = st.sampled_from(
    [b"", *(octets[:cut] for _, octets, offset in CARRIERS.values() for cut in (4, 14, 20, offset))]
)


@given(st.sampled_from(LinkType), prefixes, st.binary(max_size=200), st.integers(0, 300), st.sampled_from([None, *Fcs]))
def test_random_octets_of_any_link_type_end_in_a_value_or_malformed(link_type, prefix, octets, longer, fcs):
    octets = prefix + octets
    frame = CapturedFrame(1, 0, octets, link_type, len(octets) + longer, 0, None)
    try:
        inside = decapsulate(frame, fcs)
    except Malformed as error:
        offset = error.offset
    else:
        offset = inside.offset
        assert octets[inside.offset :].startswith(inside.octets)
        assert inside.frame + inside.octets[len(inside.frame) :] == inside.octets
    assert 0 <= offset <= len(octets)


def test_a_large_hostile_frame_is_read_in_linear_time(captured):
    tags = struct.pack(">HH", 0, 0x8100) * 60_000
    assert decapsulate(captured(1, ethernet(0x8100, tags))).kind is Kind.OTHER
    extensions = bytes.fromhex("3c00000000000000") * 8_000
    assert decapsulate(captured(229, ipv6(extensions, next_header=60, payload_length=64_000))).kind is Kind.IPV6
