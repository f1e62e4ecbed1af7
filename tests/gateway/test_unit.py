"""The unit for systemd that the documentation has, in systemd's own eyes, and what systemd is told."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.leaves import text
from p6lowpan.gateway import supervisor
from p6lowpan.gateway.running import read_file, serve

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


def test_a_gateway_tells_systemd_when_it_is_up_that_it_goes_on_and_when_it_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "ALIVE_SECONDS", 0.02)
    file, place = tmp_path / "gateway.toml", tmp_path / "notify"
    file.write_text(text(tmp_path, ("::1", 17754)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(place))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(place))

        async def main():
            serving = asyncio.create_task(serve(read_file(file), file))
            told = [await asyncio.to_thread(systemd.recv, 100) for _ in range(3)]
            os.kill(os.getpid(), signal.SIGTERM)
            await serving
            return told

        assert asyncio.run(main()) == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        while (last := systemd.recv(100)) == b"WATCHDOG=1":
            pass
        assert last == b"STOPPING=1"


@pytest.mark.parametrize("place", ["", "/nowhere/notify", "@nobody listens here"])
def test_without_systemd_nobody_is_told_and_nothing_fails(monkeypatch, place):
    monkeypatch.setenv("NOTIFY_SOCKET", place)
    supervisor.tell(supervisor.READY)


def test_a_socket_without_a_file_is_told_as_well(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0p6lowpan-{os.getpid()}")
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@p6lowpan-{os.getpid()}")
        supervisor.tell(supervisor.READY)
        assert systemd.recv(100) == b"READY=1"
