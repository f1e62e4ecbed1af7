"""A TUN interface that others lay hands on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from p6lowpan.drivers.tun import DEVICE

SCRIPT = Path(__file__).parent / "tun_mended.py"
ALONE = ("unshare", "--net")


def test_an_interface_that_is_set_down_or_deleted_has_its_addresses_and_routes_when_it_is_back():
    if os.geteuid() != 0 or not os.path.exists(DEVICE) or shutil.which("unshare") is None:
        pytest.skip(f"only root makes interfaces, in a namespace that unshare makes, where there is {DEVICE}")
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [*ALONE, sys.executable, str(SCRIPT)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=40, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout.splitlines()[-1])
    assert [what for what, is_so in shown["found"].items() if not is_so] == []
    assert shown["said"] == ["the interface is gone", "the interface is back"] * 4
