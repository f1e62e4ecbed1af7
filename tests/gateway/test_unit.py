"""The unit for systemd that the documentation has, in systemd's own eyes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "gateway.md"
PROGRAM = "/opt/p6lowpan/bin/p6lowpan"
EXPOSURE = 35  # tenths: "OK" ends there; without any of it a service has 96


@pytest.fixture
def unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    (text,) = [part for part in PAGE.read_text().split("```ini")[1:]]
    made = tmp_path / "p6lowpan-gateway.service"
    made.write_text(text.split("```")[0].replace(PROGRAM, sys.executable))
    return made


def analyzed(*words):
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=30, check=False)


def test_systemd_finds_nothing_wrong_with_the_unit(unit):
    found = analyzed("verify", str(unit))
    assert (found.returncode, found.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("UMask", "UMaks"))
    assert "UMaks" in analyzed("verify", str(unit)).stderr  # it would have said so


def test_the_service_is_confined(unit):
    found = analyzed("security", "--offline=true", f"--threshold={EXPOSURE}", str(unit))
    assert found.returncode == 0, found.stdout
