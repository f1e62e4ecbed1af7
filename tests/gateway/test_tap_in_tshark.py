"""Wireshark reads the tap: no frame of the gateway, nor of a node of any level, is malformed to it."""

import asyncio
import contextlib
import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from gateway.asking import asked_again
from gateway.leaves import Leaves, eui64, text
from p6lowpan.capability.reasons import Reason
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import read_plan
from p6lowpan.gateway.running import demo_plan
from p6lowpan.wire.address import format_ipv6, link_local
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE

CONTEXT = "6lowpan.context0:fd6c:6f77:706e::/64"


def in_tshark(tap, context=CONTEXT):
    """The layers of every frame of a tap, and which frames are malformed to Wireshark."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    command = [tshark, "-r", tap, "-T", "json", "--no-duplicate-keys", "-o", context]
    text = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    layers = [packet["_source"]["layers"] for packet in json.loads(text)]
    return layers, [one for one in layers if "_ws.malformed" in json.dumps(one)]


def class_errors(layers):
    """RFC 4443 section 2.1 gives errors eight octets; the class-unsupported error of the draft has four."""
    return [one for one in layers if int(one.get("icmpv6", {}).get("icmpv6.type", "-1")) == CLASS_UNSUPPORTED_TYPE]


def test_tshark_finds_no_malformed_frame_in_the_tap(tmp_path):
    """But from a node whose first solicitation, which tells its level, met another frame."""
    tap, control = str(tmp_path / "tap.pcap"), str(tmp_path / "demo.sock")

    async def main():
        plan = demo_plan(control)
        gateway = Gateway(replace(plan, networks=(replace(plan.networks[0], tap=tap),)))
        await gateway.start()
        while gateway.status()[0]["registrations"] < 14:
            await asyncio.sleep(0.02)
        for number in range(1, 8):
            for size in (0, 100, 500):
                for what in ("ping", "echo"):
                    await asked_again(control, ask=what, address=f"fd6c:6f77:706e::{number}", size=size)
        await gateway.close()

    asyncio.run(main())
    layers, malformed = in_tshark(tap)
    assert malformed == class_errors(layers)
    assert len(malformed) <= 7
    assert {layer["wpan"]["wpan.fcs_ok"] for layer in layers if "wpan.fcs_ok" in layer["wpan"]} == {"1"}
    assert sum("icmpv6" in layer for layer in layers) >= 42
    assert sum("udp" in layer for layer in layers) >= 42


def test_of_what_is_above_its_reader_only_the_error_of_four_octets_is_malformed_and_each_is_counted(tmp_path):
    tap = str(tmp_path / "tap.pcap")

    async def main():
        async with Leaves(0, 2) as leaves:
            wrong = [f'{{ eui64 = "{eui64(number).hex()}", profile = "level-6" }}' for number in (1, 2)]
            keys = f'tap = "{tap}"\nneighbor = [{", ".join(wrong)}]'
            gateway = Gateway(read_plan(text(tmp_path, leaves.medium, network=keys), "gateway.toml"))
            await gateway.start()
            (lowpan,) = gateway.lowpans
            while not leaves.nodes[0].dropped[Reason.FEATURE_ABOVE_PROFILE]:
                with contextlib.suppress(OSError):
                    await lowpan.node.ping(format_ipv6(link_local(eui64(1))), bytes(20), timeout=0.1)
            for number in (1, 2, 2, 2):
                with contextlib.suppress(OSError):
                    await lowpan.node.ping(format_ipv6(link_local(eui64(number))), bytes(300), timeout=0.3)
            await asyncio.sleep(0.1)
            await gateway.close()

    asyncio.run(asyncio.wait_for(main(), 30))
    layers, malformed = in_tshark(tap, "6lowpan.context0:2001:db8:1::/64")
    errors = class_errors(layers)
    assert len(errors) >= 2
    assert malformed == errors
    assert len(layers) > 2 * len(errors)
