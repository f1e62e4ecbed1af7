"""A guest for the tests of each file: what one leaves in the kernel is not another's affair."""

import subprocess
from pathlib import Path

import pytest

from peers.linux.guest import Guest, missing

CACHE = Path(__file__).parents[3] / "build" / "linux-peer"


@pytest.fixture(scope="module")
def guest(request, tmp_path_factory):
    """The Linux kernel as a neighbor; with a Python that loads what the file names as ``IN_GUEST``."""
    if reason := missing():
        pytest.skip(reason)
    try:
        machine = Guest(CACHE, tmp_path_factory.mktemp("linux"), *getattr(request.module, "IN_GUEST", ()))
    except (subprocess.SubprocessError, StopIteration) as error:
        pytest.skip(f"the Linux kernel as a peer: its packages cannot be had here ({error})")
    with machine:
        yield machine
