"""tshark and scapy as opinions beside the stacks, where they are installed."""

import shutil

import pytest

from p6lowpan.drivers.decoders import in_scapy, in_tshark, mac_frame
from p6lowpan.interop.laboratory.parties import party
from p6lowpan.interop.laboratory.probes import CONTEXTS, PAN, by_name

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def frames_of(name: str, sender: str = "rfc6282") -> list[bytes]:
    probe = by_name()[name]
    sent = party(sender).sends(probe.packet, probe.node).frames
    return [mac_frame(frame, probe.link, PAN, number) for number, frame in enumerate(sent)]


@needs_tshark
@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("traffic/46-1-fffff", "rfc6282"),
        ("traffic/46-1-fffff", "level-0"),
        ("address/short/context1-0/group-context5", "rfc6282"),
        ("size/256", "rfc6282"),
        ("size/256", "level-0"),
    ],
)
def test_tshark_finds_the_packet(name: str, sender: str) -> None:
    found = in_tshark(frames_of(name, sender), CONTEXTS, PAN)
    assert found is not None
    assert found.packets == (by_name()[name].packet,)


@needs_tshark
def test_tshark_finds_nothing_in_half_a_datagram() -> None:
    found = in_tshark(frames_of("size/256")[:-1], CONTEXTS, PAN)
    assert found is not None
    assert (found.packets, found.dropped) == ((), ("it shows no IPv6 packet",))


def test_scapy_finds_the_packet_of_a_frame_and_is_not_asked_about_fragments() -> None:
    pytest.importorskip("scapy.layers.sixlowpan", reason="scapy is not installed")
    found = in_scapy(frames_of("hop-limit/64/0-0-0"))
    assert found is not None
    assert found.packets == (by_name()["hop-limit/64/0-0-0"].packet,)
    assert in_scapy(frames_of("size/256")) is None
