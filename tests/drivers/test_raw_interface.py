"""Raw frames through a network interface: over a pair of virtual ones, in a namespace of its own."""

import asyncio
import os
from pathlib import Path

import pytest

from drivers.namespace import needs_namespace, printed_by, run_alone
from p6lowpan.drivers.raw_interface import RawInterfaceRadio

HERE = Path(__file__).parent


def test_frames_cross_from_interface_to_interface_and_nobody_hears_itself():
    needs_namespace()
    ran = run_alone(HERE / "interface_pair.py", seconds=30)
    if "not supported" in ran.stderr:
        pytest.skip("this kernel has no virtual Ethernet pairs")
    found = printed_by(ran)
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
