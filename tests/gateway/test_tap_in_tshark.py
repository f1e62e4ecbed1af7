"""Wireshark reads the tap: no frame of the gateway, nor of a node of any level, is malformed to it."""

import asyncio
import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from p6lowpan.gateway.control import ask
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.running import demo_plan


def test_tshark_finds_no_malformed_frame_in_the_tap(tmp_path):
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    tap, control = str(tmp_path / "tap.pcap"), str(tmp_path / "demo.sock")

    async def main():
        plan = demo_plan(control)
        gateway = Gateway(replace(plan, networks=(replace(plan.networks[0], tap=tap),)))
        await gateway.start()
        while gateway.status()[0]["registrations"] < 14:
            await asyncio.sleep(0.02)
        for number in range(1, 8):
            for size in (0, 100, 500):
                await ask(control, ask="ping", address=f"fd6c:6f77:706e::{number}", size=size)
        await gateway.close()

    asyncio.run(main())
    command = [tshark, "-r", tap, "-T", "json", "--no-duplicate-keys", "-o", "6lowpan.context0:fd6c:6f77:706e::/64"]
    text = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert b"_ws.malformed" not in text
    layers = [packet["_source"]["layers"] for packet in json.loads(text)]
    assert {layer["wpan"]["wpan.fcs_ok"] for layer in layers if "wpan.fcs_ok" in layer["wpan"]} == {"1"}
    assert sum("icmpv6" in layer for layer in layers) >= 42
