"""Whatever a level of the C core sends, Wireshark reads as the packet that it stands for."""

import shutil
from pathlib import Path

import pytest

from core.bound_level import Build, Layer
from p6lowpan.capability import limits
from p6lowpan.capability.features import Feature
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.payload import decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of
from peers.test_sent_packets_in_tshark import KNOWN, UNCOMPRESSED, Sending, as_tshark_reads, drawn, packets_in_tshark

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

BYTE_CODE = {Feature.GHC_EXTENSION, Feature.GHC_UDP, Feature.GHC_ICMPV6}
"""Of RFC 7400, which tshark does not know."""


def is_known_to_tshark(sending: Sending) -> bool:
    first = decode_payload(sending.frames[0], sending.link, KNOWN, limits.RFC6282)
    return sending.frames[0][0] != UNCOMPRESSED and not BYTE_CODE & features_of(first)


@pytest.fixture(scope="module")
def cases() -> list[tuple[bytes, Link, int]]:
    return [(packet, link, mtu) for packet, link, _profile, mtu in drawn(300)]


@pytest.mark.parametrize("level", range(1, 7))
def test_wireshark_reads_what_a_level_of_the_core_sends(cases, level: int, tmp_path: Path) -> None:
    build = Build(level, discovery=level % 2 == 0)
    layer = Layer(build, build.compiled(tmp_path), KNOWN, in_place=False)
    sendings = []
    for number, (packet, link, mtu) in enumerate(cases):
        frames = tuple(layer.send(packet, link, level, mtu))
        sendings.append(Sending(f"level {level}, packet {number}", packet, link, frames))
    expected = {
        one.name: read for one in sendings if is_known_to_tshark(one) and (read := as_tshark_reads(one)) is not None
    }
    assert len(expected) > 100
    found = packets_in_tshark(sendings, KNOWN, tmp_path / "sent.pcap")
    assert {name: found[name].hex() for name in expected} == {name: read.hex() for name, read in expected.items()}
