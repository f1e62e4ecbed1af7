"""What tshark finds in IPv6 packets."""

import json
import shutil
import struct
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RAW_IP = 101  # https://www.tcpdump.org/linktypes.html, LINKTYPE_RAW
CHECKS = ("-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")

Fields = dict[str, list[str]]


def _flattened(tree: dict[str, Any], found: Fields) -> Fields:
    for key, value in tree.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                found[key].append("")
                _flattened(item, found)
            else:
                found[key].append(item)
    return found


@pytest.fixture(scope="session")
def fields_in_tshark(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, bytes]], dict[str, Fields]]:
    """For each IPv6 packet, by its name, the texts of every field that tshark finds, in order."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")

    def show(packets: dict[str, bytes]) -> dict[str, Fields]:
        path: Path = tmp_path_factory.mktemp("tshark") / "packets.pcap"
        records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IP)]
        for number, octets in enumerate(packets.values()):
            records.append(struct.pack("<IIII", number, 0, len(octets), len(octets)) + octets)
        path.write_bytes(b"".join(records))
        command = [tshark, *CHECKS, "-r", str(path), "-T", "json", "--no-duplicate-keys"]
        found = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
        trees = [packet["_source"]["layers"] for packet in found]
        return {name: _flattened(tree, defaultdict(list)) for name, tree in zip(packets, trees, strict=True)}

    return show


@pytest.fixture
def values() -> Callable[[Fields, str, type], list[Any]]:
    """The values of one field, as texts or as numbers."""

    def read(fields: Fields, name: str, kind: type) -> list[Any]:
        return [text if kind is str else int(text, 0) for text in fields[name]]

    return read
