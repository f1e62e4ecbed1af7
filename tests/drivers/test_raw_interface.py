"""Raw frames through a network interface: over a pair of virtual ones, in a namespace of its own."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from p6lowpan.drivers.raw_interface import RawInterfaceRadio

HERE = Path(__file__).parent


def test_frames_cross_from_interface_to_interface_and_nobody_hears_itself():
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("only root opens interfaces, in a namespace that unshare makes")
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = ["unshare", "--net", sys.executable, str(HERE / "interface_pair.py")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment, check=False)
    if "not supported" in ran.stderr:
        pytest.skip("this kernel has no virtual Ethernet pairs")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert (found["whole"], found["with check"], found["own"], found["sent"]) == (True, [22, 102], 0, 4)
    assert "bad-checksum" in found["dropped"]
    said = sorted(f"{name}: the radio is {how}" for name in ("wpan0", "wpan1", "wpan1") for how in ("gone", "back"))
    assert found["again"] == {"errors": 1, "heard": True, "said": said}


def test_an_interface_that_is_not_there_is_an_error_of_the_system():
    async def main():
        with pytest.raises(OSError):  # noqa: PT011 - its number tells whether root asked
            await RawInterfaceRadio("nowhere0").open(None)

    asyncio.run(main())


def test_an_interface_of_another_kind_is_refused_by_its_name():
    async def main():
        with pytest.raises(OSError) as caught:  # noqa: PT011 - as above
            await RawInterfaceRadio("lo").open(None)
        return caught.value

    error = asyncio.run(main())
    assert error.filename == "lo"
    if os.geteuid() == 0:
        assert "no IEEE 802.15.4 interface" in error.strerror
