"""Run in a network namespace of its own: ``p6lowpan gateway`` with a TUN interface, the guest's air behind its ZEP
radio, and the host's kernel. For each address and size that is read, says in JSON whether the host's ping came back; at
the end, what was on the air."""

import asyncio
import json
import socket
import sys
from pathlib import Path

from gateway.host_side import HOST, ping, set_up_loopback
from p6lowpan.drivers.radio import Radio
from p6lowpan.drivers.zep import ZepRadio
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from peers.linux.air import GuestRadio
from peers.linux.ends import KERNEL
from peers.linux.names import EUI64, GATEWAY_PREFIX, PAN, SHORT
from peers.linux.names import GATEWAY as EUI64_OF_GATEWAY

BRIDGE, GATEWAY = ("::1", 17754), ("::1", 17755)
UP = b"network is up"
COMMAND = "from p6lowpan.cli.main import main; main()"


def text(folder: Path, network: str) -> str:
    return f"""
control = "{folder}/control.sock"

[tun]
name = "lowpan0"
addresses = ["{HOST}/128"]

[[network]]
eui64 = "{EUI64_OF_GATEWAY}"
pan = {PAN}
prefix = "{GATEWAY_PREFIX}/64"
asks = true
neighbor = [{{ eui64 = "{EUI64}", short = "{SHORT}", profile = "linux" }}]
radio = {{ kind = "zep", peers = ["[{BRIDGE[0]}]:{BRIDGE[1]}"], local = "[{GATEWAY[0]}]:{GATEWAY[1]}" }}
{network}
"""


class HandsOver:
    """Gives what one radio hears to another. What asks the kernel for an acknowledgement gets one here, as its hardware
    would give it: that of the guest is simulated, and gives none."""

    def __init__(self, hears: Radio, sends: Radio) -> None:
        self._hears, self._sends = hears, sends

    def frame_received(self, octets: bytes, link_quality: int) -> None:
        frame, _ = Frame.decode(octets)
        if frame.frame_type == FrameType.DATA and frame.destination == KERNEL and frame.acknowledgement_request:
            self._hears.transmit(bytes((FrameType.ACKNOWLEDGEMENT, 0, octets[2])))
        if frame.frame_type == FrameType.DATA:
            self._sends.transmit(octets)

    def transmitted(self, acknowledged: bool | None = None, accessed: bool = True) -> None:
        """What became of it is nobody's concern here."""


async def main(folder: Path, network: str, air: socket.socket, peer: tuple[str, int]) -> None:
    file = folder / "gateway.toml"
    file.write_text(text(folder, network))
    zep, guest = ZepRadio([GATEWAY], local=BRIDGE), GuestRadio(air, peer)
    await zep.open(HandsOver(zep, guest))
    await guest.open(HandsOver(guest, zep))
    command = [sys.executable, "-c", COMMAND, "gateway", str(file)]
    gateway = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    said = b""
    while UP not in said:
        line = await gateway.stderr.readline()
        assert line, said.decode()
        said += line
    log = asyncio.create_task(gateway.stderr.read())
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        address, size = line.split()
        print(json.dumps(await asyncio.to_thread(ping, address, int(size))), flush=True)
    gateway.terminate()
    await gateway.wait()
    print((await log).decode(), file=sys.stderr)
    found = {"sent": guest.sent, "heard": guest.heard}
    print(json.dumps({what: [frame.hex() for frame in frames] for what, frames in found.items()}))


if __name__ == "__main__":
    set_up_loopback()
    descriptor, host, port = sys.argv[3:]
    made = socket.socket(fileno=int(descriptor))
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], made, (host, int(port))))
