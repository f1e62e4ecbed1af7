"""A script with a network of its own: interfaces that are made there are nobody else's, and go with it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ALONE = ("unshare", "--net")


def needs_namespace(*devices: str) -> None:
    """Skip the test where none can be made, or one of these devices is missing."""
    if os.geteuid() != 0 or shutil.which(ALONE[0]) is None:
        pytest.skip("only root makes interfaces, in a namespace that unshare makes")
    if missing := [device for device in devices if not os.path.exists(device)]:
        pytest.skip(f"there is no {missing[0]}")
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here")


def run_alone(script: Path, *arguments: object, seconds: float) -> "subprocess.CompletedProcess[str]":
    """The script in a namespace of its own, ended."""
    command = [*ALONE, sys.executable, str(script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment, check=False)


def printed_by(ran: "subprocess.CompletedProcess[str]") -> Any:  # Any: JSON
    """What a script that came to its end printed last."""
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])
