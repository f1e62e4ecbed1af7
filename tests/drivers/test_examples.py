"""The examples do what they say, in processes of their own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def start(name, *arguments):
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def output_of(process):
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    return out


def test_two_nodes_meet_ping_and_learn():
    out = output_of(start("two_nodes.py"))
    assert "02:00:00:00:00:00:00:02 is level-1, learned by advertisement" in out
    assert "the leaf has 2001:db8::2" in out
    assert re.search(r"1000 octets back from 2001:db8::1 in \d+ ms", out)


@pytest.fixture
def server():
    process = start("udp_echo.py", "server", "--port", "0")
    try:
        yield re.search(r"at port (\d+)", process.stdout.readline())[1]
    finally:
        process.kill()
        process.communicate()


def test_a_datagram_goes_to_another_process_and_comes_back(server):
    long = "as long as several frames " * 20
    clients = [start("udp_echo.py", "client", "--port", server, "--level", "0", long)]
    assert output_of(clients[0]) == long + "\n"
