"""Mesh Link Establishment in Thread's captures: what Wireshark decrypts, we decrypt, octet for octet."""

import re
import shutil
import subprocess

import pytest

from analysis.captured import KNOWN, NETWORK_KEY, explained, path_of

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

KEY = f'uat:ieee802154_keys:"{NETWORK_KEY}","0","Thread hash"'
DUMP_LINE = re.compile(r"^[0-9a-f]{4,}  ((?:[0-9a-f]{2} ?)+) ")


def decrypted_by_tshark(name: str) -> list[bytes]:
    """Every MLE message of a capture, in the clear."""
    command = [str(TSHARK), "-n", "-r", str(path_of(name)), "-o", KEY, "-Y", "mle", "-x"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found, inside = [], False
    for line in shown.splitlines():
        if dumped := DUMP_LINE.match(line):
            if inside:
                found[-1] += bytes.fromhex(dumped[1])
            continue
        inside = line.startswith("Decrypted MLE payload")
        if inside:
            found.append(b"")
    return found


@pytest.mark.parametrize(
    ("name", "messages"), [("openthread-form", 32), ("openthread-ping-multicast", 21), ("openthread-udp", 13)]
)
def test_every_message_is_the_same_in_the_clear(name: str, messages: int) -> None:
    ours = [frame.mle.encode() for frame in explained(name, KNOWN[name]) if frame.mle is not None]
    assert len(ours) == messages
    assert ours == decrypted_by_tshark(name)
