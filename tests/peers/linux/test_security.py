"""Our node and the Linux kernel ping each other under link-layer security: every level that hides and authenticates,
and every mode of naming the key."""

import asyncio
import itertools
import json
import re
import shutil
import struct
import subprocess

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.pcap import PcapWriter
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.security_header import KeyIdentifierMode, SecurityLevel
from peers.linux.air import GuestRadio
from peers.linux.ends import KERNEL, KERNEL_SHORT, OUR_SHORT, OURS, node_of, pattern
from peers.linux.names import (
    EUI64,
    IDENTIFIER,
    KEY,
    KEY_INDEX,
    KEY_SOURCE_LONG,
    KEY_SOURCE_SHORT,
    PAN,
    PREFIX,
    SHORT,
    SHORT_IDENTIFIER,
    US,
    US_SHORT,
    under,
)  # fmt: skip

IN_GUEST = ("peers.linux.link_security",)
OUR_SHORT_GLOBAL = under(PREFIX, f"::ff:fe00:{US_SHORT}")
SIZES = 0, 80, 1232
MODES = KeyIdentifierMode
SOURCES = {
    MODES.KEY_SOURCE_4_OCTETS: struct.pack("<I", KEY_SOURCE_SHORT),
    MODES.KEY_SOURCE_8_OCTETS: bytes.fromhex(KEY_SOURCE_LONG)[::-1],
}
ENCRYPTING = SecurityLevel.ENC_MIC_32, SecurityLevel.ENC_MIC_64, SecurityLevel.ENC_MIC_128
LEVELS = *ENCRYPTING, SecurityLevel.MIC_64
COUNTERS = itertools.count(1, 1_000_000)  # the kernel remembers ours from one conversation to the next


@pytest.fixture(scope="module")
def secured(guest):
    """The kernel with the key, and with us in its table of devices."""
    guest.do(f"{guest.python} -m {IN_GUEST[0]} know {US}")
    return guest


@pytest.fixture(scope="module")
def with_short(secured):
    """The kernel with an address from its short one, and one of ours in its neighbor cache."""
    secured.do(f"ip -6 addr add {under(PREFIX, SHORT_IDENTIFIER)}/64 dev lowpan0")
    secured.do("while ip -6 addr show dev lowpan0 | grep -q tentative; do sleep 0.1; done")
    secured.do(f"{secured.python} -m {IN_GUEST[0]} meet {OUR_SHORT_GLOBAL}")
    return secured


def security_of(level, mode):
    index = None if mode is MODES.IMPLICIT else KEY_INDEX
    key = LinkKey(bytes.fromhex(KEY), index, mode, SOURCES.get(mode, b""))
    return LinkSecurity((key,), level, minimum_level=level, frame_counter=next(COUNTERS))


async def by_extended(node):
    """Where to the pings go, each way."""
    return under("fe80::", IDENTIFIER), f"{await node.wait_for_address(link_local=True)}%lowpan0"


async def by_short(node):
    assert await node.wait_for_address() == OUR_SHORT_GLOBAL
    return under(PREFIX, SHORT_IDENTIFIER), OUR_SHORT_GLOBAL


def conversation(guest, level, mode, ends=by_extended, **ours):
    """Pings of every size both ways; the radio with every frame."""
    guest.do(f"{guest.python} -m {IN_GUEST[0]} speak {int(level)} {int(mode)}")
    radio = GuestRadio(guest.radio_socket(), guest.peer)

    async def whole():
        async with AsyncioNode(node_of(OURS, security=security_of(level, mode), **ours), radio) as node:
            theirs, mine = await ends(node)
            for size in SIZES:
                assert (await node.ping(theirs, pattern(size), timeout=10)).payload == pattern(size)
                shown = await asyncio.to_thread(guest.run, f"ping6 -c 1 -W 10 -s {size} {mine}")
                assert re.search(r"1 packets received", shown), (shown, node.dropped)
            assert set(node.dropped) <= {Reason.NOT_FOR_US}  # the kernel looks for routers

    asyncio.run(whole())
    return radio


def frames(octets):
    return [decode_frame(one, 0)[0] for one in octets]


def ends_of(octets):
    return {(one.source, one.destination) for one in frames(octets)}


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_our_node_and_the_kernel_ping_each_other_at_every_level_with_every_name_of_the_key(secured, level, mode):
    radio = conversation(secured, level, mode)
    securities = [one.security for one in frames([*radio.sent, *radio.heard])]
    assert {(one.level, one.key_identifier_mode) for one in securities} == {(level, mode)}


@pytest.mark.parametrize("mode", [MODES.IMPLICIT, MODES.KEY_INDEX], ids=lambda mode: mode.name)
def test_with_short_addresses_each_knows_whose_frames_they_are(with_short, mode):
    radio = conversation(
        with_short, LEVELS[0], mode, by_short, short=OUR_SHORT, addresses=(parse_ipv6(OUR_SHORT_GLOBAL),)
    )
    assert (OUR_SHORT, KERNEL) in ends_of(radio.sent)
    assert (KERNEL_SHORT, OURS) in ends_of(radio.heard)


@pytest.mark.parametrize("level", ENCRYPTING, ids=lambda level: level.name)
def test_tshark_reads_the_frames_of_both_with_the_key(secured, level, tmp_path):
    if (tshark := shutil.which("tshark")) is None:
        pytest.skip("tshark is not installed")
    radio = conversation(secured, level, MODES.KEY_INDEX)
    with (tmp_path / "secured.pcap").open("wb") as file:
        writer = PcapWriter(file, LinkType.IEEE802_15_4_NOFCS)
        for at, octets in enumerate([*radio.sent, *radio.heard]):
            writer.write(octets, at * 1_000_000)
    fields = [part for name in ("icmpv6.type", "wpan.key_number", "_ws.malformed") for part in ("-e", name)]
    command = [
        tshark, "-r", file.name, "-T", "json", *fields,
        "-o", f'uat:ieee802154_keys:"{KEY}","{KEY_INDEX}","No hash"',
        "-o", f'uat:802154_addresses:"{SHORT}","{PAN:04x}",{EUI64}',
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    seen = [packet["_source"].get("layers", {}) for packet in json.loads(shown)]
    assert [one for one in seen if "_ws.malformed" in one or one.get("wpan.key_number") != ["0"]] == []
    types = [one["icmpv6.type"][-1] for one in seen if "icmpv6.type" in one]
    assert [types.count(echo) for echo in ("128", "129")] == [2 * len(SIZES)] * 2
