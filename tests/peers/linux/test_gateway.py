"""``p6lowpan gateway`` and the Linux kernel as a node: its address by our advertisement, the host behind us."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.namespace import ALONE, needs_namespace
from gateway.host_side import HOST
from p6lowpan.drivers.tun import DEVICE
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import FrameType
from p6lowpan.wire.ieee802154.security_header import KeyIdentifierMode, SecurityLevel
from peers.linux.air import contexts_of
from peers.linux.names import GATEWAY, GATEWAY_PREFIX, IDENTIFIER, KEY, under

IN_GUEST = ("peers.linux.link_security",)
TESTS = Path(__file__).parents[2]
NODE = under(GATEWAY_PREFIX, IDENTIFIER)
SIZES = (0, 1, 8, 80, 96, 200, 1000, 1231, 1232)
ADDRESS_SECONDS = 20


class Gateway:
    """The program in its namespace, with whom it is pinged."""

    def __init__(self, guest, folder: Path, network: str) -> None:
        script = [sys.executable, str(TESTS / "peers" / "linux" / "gateway_side.py"), str(folder), network]
        environment = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent / 'src'}"}
        with guest.radio_socket() as air:
            air.setblocking(False)
            ends = [str(air.fileno()), guest.peer[0], str(guest.peer[1])]
            self._process = subprocess.Popen(
                [*ALONE, *script, *ends], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
                pass_fds=[air.fileno()],
            )  # fmt: skip
        assert self._line() == "ready"

    def _line(self) -> str:
        line = self._process.stdout.readline()
        assert line, f"the gateway's side ended: {self._process.wait(20)}"
        return line.strip()

    def pings(self, address: str, size: int) -> bool:
        self._process.stdin.write(f"{address} {size}\n")
        self._process.stdin.flush()
        return json.loads(self._line())

    def close(self) -> dict:
        """What was on the air."""
        self._process.stdin.close()
        found = json.loads(self._line())
        assert self._process.wait(20) == 0
        return found


@pytest.fixture
def needed(guest):
    needs_namespace(DEVICE)
    return guest


def has_address(guest) -> bool:
    """Wait until the kernel has made itself one, and found that nobody else has it."""
    look = f"ip -6 addr show dev lowpan0 | grep -v tentative | grep {NODE}"
    shown = guest.run(f"for n in $(seq {ADDRESS_SECONDS}); do {look} && break; sleep 1; done")
    return f"inet6 {NODE}/64" in shown


def ping_each_other(guest, folder, network):
    """The host and the kernel behind the gateway; every frame of the air, sent and heard."""
    gateway = Gateway(guest, folder, network)
    try:
        assert has_address(guest)
        for size in SIZES:
            assert gateway.pings(NODE, size), size
        for size in SIZES:
            shown = guest.run(f"ping6 -c 1 -W 10 -I {NODE} -s {size} {HOST}")
            assert re.search("1 packets received", shown), shown
    finally:
        found = gateway.close()
    return [[bytes.fromhex(frame) for frame in found[way]] for way in ("sent", "heard")]


@pytest.mark.parametrize("length", [0, 64])
def test_the_host_and_the_kernel_behind_the_gateway_ping_each_other_with_every_size(needed, tmp_path, length):
    guest = needed
    guest.tell_context(0, GATEWAY_PREFIX, length)
    try:
        contexts = f'contexts = ["0={GATEWAY_PREFIX}/{length}"]' if length else ""
        sent, heard = ping_each_other(guest, tmp_path, contexts)
    finally:
        guest.tell_context(0, GATEWAY_PREFIX, 0)
    assert (False, bool(length)) in contexts_of(sent)
    assert (bool(length), False) in contexts_of(heard)


def test_under_security_they_do_so_and_no_frame_is_plain(needed, tmp_path):
    """The last one here: the kernel takes no plain frame any more."""
    guest = needed
    for command in (f"know {GATEWAY}", f"speak {SecurityLevel.ENC_MIC_32:d} {KeyIdentifierMode.KEY_INDEX:d}"):
        guest.do(f"{guest.python} -m {IN_GUEST[0]} {command}")
    sent, heard = ping_each_other(guest, tmp_path, f'security_key = "{KEY}"')
    frames = [decode_frame(octets, 0)[0] for octets in sent + heard]
    data = [frame for frame in frames if frame.frame_type == FrameType.DATA]
    assert len(data) > 4 * len(SIZES)
    assert {frame.security and frame.security.level for frame in data} == {SecurityLevel.ENC_MIC_32}
