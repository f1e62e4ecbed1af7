"""The command line in this process and in one of its own, and the captures that it is given."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from p6lowpan.cli.main import application

COMMAND = [sys.executable, "-c", "from p6lowpan.cli.main import main; main()"]
THREAD_KEY = "thread:00112233445566778899aabbccddeeff"
THREAD_ADDRESSES = ("9c00=0200000000000001", "bc00=0200000000000002", "cc00=0200000000000003")


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of real captures."""
    return Path(__file__).parent.parent / "vectors" / "captures"


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a verb in this process; whatever it raises but an exit fails the test."""

    def invoke(*arguments: object, standard_input: bytes | str | None = None) -> Result:
        result = CliRunner().invoke(application, [str(argument) for argument in arguments], input=standard_input)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


@pytest.fixture
def refused(run: Callable[..., Result]) -> Callable[..., str]:
    """Run a verb that says in one line, and only there, why it does nothing: the line."""

    def invoke(*arguments: object) -> str:
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        return str(result.stderr)

    return invoke


@pytest.fixture
def command() -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Run a verb in a process of its own."""

    def invoke(*arguments: object, standard_input: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        words = [*COMMAND, *map(str, arguments)]
        return subprocess.run(words, input=standard_input, capture_output=True, timeout=60, check=False)

    return invoke


@pytest.fixture
def start() -> Callable[..., "subprocess.Popen[bytes]"]:
    """Start a verb whose input is written and whose output is read while it runs."""

    def popen(*arguments: object) -> "subprocess.Popen[bytes]":
        pipe = subprocess.PIPE
        return subprocess.Popen([*COMMAND, *map(str, arguments)], stdin=pipe, stdout=pipe, stderr=pipe)

    return popen


@pytest.fixture(scope="session")
def thread_options() -> list[str]:
    """What opens the OpenThread captures and expands their addresses."""
    addresses = [word for address in THREAD_ADDRESSES for word in ("--address", address)]
    return ["--key", THREAD_KEY, *addresses, "--context", "0=fd00:db8::/64", "--context", "1=2001:db8:0:1::/64"]
