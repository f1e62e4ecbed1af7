"""Wireshark reads what goes over the socket: each datagram of a ping between two nodes, as ZEP, 802.15.4 and IPv6."""

import json
import shutil
import socket
import subprocess

import pytest

from p6lowpan.capability.profile import of_level
from p6lowpan.capture.pcap import PcapFile
from p6lowpan.capture.zep import PORT
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import make_datagram
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.registry import Protocol

RAW_IP = 101  # https://www.tcpdump.org/linktypes.html, LINKTYPE_RAW
HERE = parse_ipv6("::1")


@pytest.fixture
def tshark():
    found = shutil.which("tshark")
    if found is None:
        pytest.skip("tshark is not installed")
    return found


def test_tshark_reads_every_datagram_between_two_nodes(network, run, at, collector, tshark, tmp_path):
    async def main():
        datagrams = []
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as listener:
            listener.bind(("::1", 0))
            listener.setblocking(False)
            async with network(of_level(5), of_level(5)) as (dispatcher, (border, host)):
                dispatcher._radios.put(listener.getsockname(), None)
                _, received = await border.create_datagram_endpoint(collector, ("::", 61616))
                transport, _ = await host.create_datagram_endpoint(collector, remote_addr=(at(1, True), 61616))
                await host.ping(at(1, True), bytes(300))
                transport.sendto(b"hello, tshark")
                await received.received.get()
            while True:
                try:
                    datagrams.append(listener.recv(2048))
                except BlockingIOError:
                    return datagrams

    datagrams = run(main())
    path = tmp_path / "zep.pcap"
    with PcapFile(str(path), RAW_IP) as capture:
        for number, datagram in enumerate(datagrams):
            segment = make_datagram(HERE, PORT, HERE, PORT, datagram)
            capture.write(make_packet(HERE, HERE, Protocol.UDP, 64, segment), number * 1000)
    command = [tshark, "-r", str(path), "-T", "json", "--no-duplicate-keys", "-o", "6lowpan.context0:2001:db8::/64"]
    packets = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert len(packets) == len(datagrams) > 8
    text = json.dumps(packets)
    assert "_ws.malformed" not in text
    layers = [packet["_source"]["layers"] for packet in packets]
    assert all(layer["zep"]["zep.version"] == "2" for layer in layers)
    assert all(layer["zep"]["zep.channel_id"] == "26" for layer in layers)
    assert {layer["wpan"]["wpan.fcs_ok"] for layer in layers} == {"1"}
    assert b"hello, tshark".hex(":") in text
    assert '"icmpv6.type": "128"' in text
    assert '"icmpv6.type": "129"' in text
