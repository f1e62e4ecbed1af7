"""What the tests of IEEE 802.15.4 share: the captures, tshark as a second reader, damage for hostile octets."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from p6lowpan.capability.errors import Malformed

CAPTURES = Path(__file__).parents[2] / "vectors" / "captures"
THREAD_NODES = {
    bytes.fromhex("9c00"): bytes.fromhex("0200000000000001"),
    bytes.fromhex("bc00"): bytes.fromhex("0200000000000002"),
    bytes.fromhex("cc00"): bytes.fromhex("0200000000000003"),
    bytes.fromhex("9c01"): bytes.fromhex("0200000000000002"),
    bytes.fromhex("bc01"): bytes.fromhex("0200000000000003"),
}
"""EUI-64 by RLOC16: tests/vectors/captures/openthread-keys.txt; the last two are nodes 2 and 3 while still children."""


def frames_of(path):
    """The frames of a little-endian pcap file, with their frame check sequences."""
    octets, frames, start = path.read_bytes(), [], 24
    while start < len(octets):
        (length,) = struct.unpack_from("<I", octets, start + 8)
        frames.append(octets[start + 16 : start + 16 + length])
        start += 16 + length
    return frames


def pcap_of(frames, link_type):
    records = (struct.pack("<IIII", 0, 0, len(octets), len(octets)) + octets for octets in frames)
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type) + b"".join(records)


@pytest.fixture(params=sorted(path.name for path in CAPTURES.glob("*.pcap")))
def capture(request):
    """Every capture in turn, as a list of frames with their frame check sequences."""
    return frames_of(CAPTURES / request.param)


@pytest.fixture(params=sorted(path.name for path in CAPTURES.glob("openthread-*.pcap")))
def thread_capture(request):
    return frames_of(CAPTURES / request.param)


@pytest.fixture
def thread_sources():
    """The EUI-64 of a sender's link address, as the nonce needs it."""
    return lambda source: THREAD_NODES.get(source, source)


@pytest.fixture
def seen_by_tshark():
    """Fields of frames (link type 230: no frame check sequence) in tshark: a dictionary of lists for each frame."""
    path = shutil.which("tshark")
    if path is None:
        pytest.skip("tshark is not installed")

    def run(frames, fields, *preferences, link_type=230):
        command = [path, "-r", "-", "-T", "json"]
        for preference in preferences:
            command += ["-o", preference]
        for field in fields:
            command += ["-e", field]
        printed = subprocess.run(command, input=pcap_of(frames, link_type), capture_output=True, check=True).stdout
        return [packet["_source"].get("layers", {}) for packet in json.loads(printed)]

    return run


@pytest.fixture
def survives():
    """Decode octets whole, cut at every octet and with every bit flipped: a value that gives them back, or Malformed.

    Returns the reasons of the refusals."""

    def run(decode, octets):
        damaged = [octets[:end] for end in range(len(octets))]
        for bit in range(8 * len(octets)):
            flipped = bytearray(octets)
            flipped[bit // 8] ^= 1 << bit % 8
            damaged.append(bytes(flipped))
        reasons = set()
        for hostile in (octets, *damaged):
            offset = 0
            try:
                value, rest = decode(hostile)
            except Malformed as error:
                reasons.add(error.reason)
                offset = error.offset
            else:
                assert value.encode() + rest == hostile
            assert 0 <= offset <= len(hostile)
        return reasons

    return run
