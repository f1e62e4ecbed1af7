"""What the tests of captures share: the peer tshark and its companions, the captures, and files made by hand."""

import io
import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capture.files import read
from p6lowpan.capture.frame import CapturedFrame

CAPTURES = sorted((Path(__file__).parents[1] / "vectors" / "captures").glob("*.pcap"))


def _tool(name):
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")

    def run(*arguments):
        return subprocess.run([path, *map(str, arguments)], capture_output=True, check=True, text=True).stdout

    return run


@pytest.fixture(scope="session")
def tshark():
    return _tool("tshark")


@pytest.fixture(scope="session")
def editcap():
    return _tool("editcap")


@pytest.fixture(scope="session")
def mergecap():
    return _tool("mergecap")


@pytest.fixture
def shown(tshark) -> Callable:
    """Fields of every frame as tshark shows them: one dictionary of lists of texts a frame."""

    def run(path, *fields, prefer=None):
        flags = [part for field in fields for part in ("-e", field)]
        flags += ["-o", prefer] if prefer else []
        return [packet["_source"]["layers"] for packet in json.loads(tshark("-r", path, "-T", "json", *flags))]

    return run


@pytest.fixture(params=CAPTURES, ids=lambda path: path.name)
def capture_path(request) -> Path:
    return request.param


@pytest.fixture
def pcap_octets() -> Callable:
    """A pcap file made by hand: its file header's fields, and (seconds, fraction, octets, original) for each frame."""

    def build(frames, *, order="<", magic=0xA1B2C3D4, network=195, snap=65535, version=(2, 4)):
        parts = [struct.pack(order + "IHHiIII", magic, *version, 0, 0, snap, network)]
        for seconds, fraction, octets, *original in frames:
            length = original[0] if original else len(octets)
            parts.append(struct.pack(order + "IIII", seconds, fraction, len(octets), length) + octets)
        return b"".join(parts)

    return build


@pytest.fixture
def collected() -> Callable:
    """All frames of a file's octets, and the error at its end if there is one."""

    def run(octets, wrap=io.BytesIO):
        frames = []
        try:
            for frame in read(wrap(octets)):
                frames.append(frame)
        except Malformed as error:
            return frames, error
        return frames, None

    return run


@pytest.fixture
def captured() -> Callable:
    """A frame as if it had been read from a file."""

    def build(link_type, octets, original=None, fcs_octets=None):
        return CapturedFrame(1, 0, octets, link_type, len(octets) if original is None else original, 0, fcs_octets)

    return build
