"""The page about the gateway: its configuration can be read, and its commands are there."""

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from p6lowpan.cli.gateway import ASKED, SHOWN
from p6lowpan.gateway.plan import read_plan

PAGE = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text("utf-8")


def test_the_configuration_of_the_page_is_one():
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    plan = read_plan(text, "gateway.toml")
    assert [network.name for network in plan.networks] == ["floor-1", "floor-2"]
    assert [neighbor.profile.name for neighbor in plan.networks[0].known] == ["riot", "level-2"]


def test_the_commands_of_the_page_exist():
    named = set(re.findall(r"p6lowpan gateway ([a-z]+)\b(?!\.toml)", PAGE))
    assert named >= {*SHOWN, *ASKED, "reload"}
    assert named - {*SHOWN, *ASKED, "reload"} == set()


def test_the_unit_of_the_page_starts_what_the_configuration_of_the_page_needs():
    (text,) = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read_string(text)
    service = unit["Service"]
    program, command, file = service["ExecStart"].split()
    assert (Path(program).name, command, Path(file).name) == ("p6lowpan", "gateway", "gateway.toml")
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"  # see running.py
    (configuration,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    plan = read_plan(configuration, "gateway.toml")
    assert plan.state.startswith(f"/var/lib/{service['StateDirectory']}/")
    assert plan.control.startswith(f"/run/{service['RuntimeDirectory']}/")
    assert {"CAP_NET_ADMIN", "CAP_NET_RAW"} == set(service["AmbientCapabilities"].split())


def test_systemd_finds_nothing_wrong_with_the_unit_of_the_page(tmp_path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    (text,) = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    unit = tmp_path / "p6lowpan-gateway.service"
    unit.write_text(text.replace("/opt/p6lowpan/bin/p6lowpan", sys.executable))
    ran = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False)
    assert "p6lowpan-gateway" not in ran.stderr, ran.stderr
