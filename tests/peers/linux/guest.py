"""The Linux kernel as a neighbor: Debian's kernel in QEMU, its 6LoWPAN over simulated radios of its own.

In the guest wpan0 with lowpan0 is the node; a monitor interface on a second radio of mac802154_hwsim hears and injects
frames, and socat carries them to a UDP port of ours, one frame a datagram. A shell on the serial line does the rest.
"""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from peers.linux.image import Image
from peers.linux.kernel import BUILDERS, CONTEXTS, Kernel
from peers.linux.names import EUI64, GLOBAL, PAN, SHORT

PROGRAMS = (
    "qemu-system-x86_64", "busybox", "socat", "iwpan", "wpan-hwsim", "ldd", "apt-get", "dpkg-deb", *BUILDERS,
)  # fmt: skip
MODULES = (
    "virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "failover", "net_failover",
    "virtio_net", "ctr", "ccm", "ieee802154", "ieee802154_socket", "mac802154", "mac802154_hwsim", "6lowpan",
    "nhc_udp", "nhc_dest", "nhc_fragment", "nhc_hop", "nhc_ipv6", "nhc_mobility", "nhc_routing", "ieee802154_6lowpan",
)  # fmt: skip
APPLETS = ("sh", "insmod", "mount", "sleep", "ping", "ping6", "cat", "echo", "kill", "seq", "grep")
ASKED_FOR = "P6LOWPAN_LINUX_PEER"
PYTHON_FOLDER = "python"
READY, DONE = "the guest is ready", "the guest has done it"
BOOT_SECONDS, COMMAND_SECONDS = 180, 60
INIT = f"""#!/bin/sh
mount -t proc p /proc; mount -t sysfs s /sys; mount -t devtmpfs d /dev
for m in /m/*; do insmod $m; done
echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6; ip link set lo up
ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
iwpan dev wpan0 set pan_id {PAN:#x}; iwpan dev wpan0 set short_addr 0x{SHORT}
ip link set wpan0 address {":".join(EUI64[at : at + 2] for at in range(0, 16, 2))}
iwpan phy phy1 interface add mon0 type monitor
ip link set wpan1 down; ip link set mon0 up
ip link add link wpan0 name lowpan0 type lowpan
ip link set wpan0 up
socat -b 2048 INTERFACE:mon0 UDP4-DATAGRAM:10.0.2.2:PORT &
sleep 0.5
ip link set lowpan0 up
ip -6 addr add {GLOBAL}/64 dev lowpan0
while ip -6 addr show dev lowpan0 | grep -q tentative; do sleep 0.1; done
echo {READY}
exec sh
"""


def missing() -> str:
    """What keeps the peer from running here; empty where nothing does."""
    if not os.environ.get(ASKED_FOR):
        return f"the Linux kernel as a peer has its own run: make test-peers, or {ASKED_FOR}=1"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"the Linux kernel as a peer needs {', '.join(absent)}"
    return "" if os.uname().machine == "x86_64" else "the Linux kernel as a peer needs x86_64"


def image_of(kernel: Kernel, port: int) -> Image:
    """The guest's file system."""
    image = Image()
    image.write("init", INIT.replace("PORT", str(port)).encode())
    for folder in ("proc", "sys", "dev", "tmp"):
        image.make(folder)
    for name in ("busybox", "iwpan", "wpan-hwsim", "socat"):
        image.program(name)
    for name in APPLETS:
        image.link(f"bin/{name}", "busybox")
    for place, path in enumerate([*map(kernel.module, MODULES), kernel.contexts_module]):
        image.copy(path, f"m/{place:02d}-{path.name}")
    return image


class Guest:
    """The machine. ``with Guest(folder, work) as guest:`` it runs; ``guest.peer`` is where its radio's frames come
    from. With ``modules`` it has a Python, ``guest.python``, that can load them."""

    def __init__(self, folder: Path, work: Path, *modules: str) -> None:
        self._kernel = Kernel(folder)
        self._work = work
        self._shown = ""
        self._more = threading.Condition()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # open as long as the guest: else QEMU gives up
        self._socket.bind(("127.0.0.1", 0))
        self.peer: tuple[str, int] = ("", 0)
        image = image_of(self._kernel, self._socket.getsockname()[1])
        self.python = image.python(PYTHON_FOLDER, *modules) if modules else ""
        self._initial = work / "initrd"
        self._initial.write_bytes(image.archive())

    def __enter__(self) -> "Guest":
        command = [
            "qemu-system-x86_64", "-M", "pc", "-cpu", "Nehalem", "-accel", "tcg,thread=single", "-m", "256",
            "-smp", "1",
            "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", str(self._kernel.image),
            "-initrd", str(self._initial),
            "-append", "console=ttyS0 quiet mitigations=off random.trust_cpu=on cryptomgr.notests panic=-1",
            "-netdev", "user,id=n0", "-device", "virtio-net-pci,netdev=n0,romfile=",
        ]  # fmt: skip
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, daemon=True).start()
        self._wait_for(READY, BOOT_SECONDS)
        self._socket.settimeout(10)
        _, self.peer = self._socket.recvfrom(2048)  # what the kernel says when its interface comes up
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)
        self._socket.close()

    def radio_socket(self) -> socket.socket:
        """The socket to the guest's air, what was said before forgotten."""
        self._socket.setblocking(False)
        try:
            while True:
                self._socket.recv(2048)
        except BlockingIOError:
            return self._socket.dup()

    def run(self, command: str, seconds: float = COMMAND_SECONDS) -> str:
        """Run a shell command in the guest; what it wrote."""
        assert self._process.stdin is not None
        begun = len(self._shown)
        self._process.stdin.write(f"{command}; echo $? {DONE[:3]}''{DONE[3:]}\n".encode())  # its echo is another text
        self._process.stdin.flush()
        return self._wait_for(DONE, seconds, begun)[begun:]

    def do(self, command: str) -> None:
        """Run a shell command in the guest that must succeed."""
        shown = self.run(command)
        assert re.search(rf"\b0 {DONE}", shown), shown

    def tell_context(self, identifier: int, prefix: str, length: int) -> None:
        """Let the kernel know a compression context; with a length of 0, no longer."""
        table = f"/sys/module/{CONTEXTS}/parameters/context"
        self.do(f"echo lowpan0 {identifier} {prefix} {length} > {table}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        while octets := self._process.stdout.read1(4096):  # type: ignore[attr-defined] # a pipe has it
            with self._more:
                self._shown += octets.decode("utf-8", "replace").replace("\r", "")
                self._more.notify_all()

    def _wait_for(self, text: str, seconds: float, begun: int = 0) -> str:
        until = time.monotonic() + seconds
        with self._more:
            while text not in self._shown[begun:]:
                if not self._more.wait(max(0.0, until - time.monotonic())) and time.monotonic() >= until:
                    raise TimeoutError(f"{text!r} is not in {self._shown[begun:]!r}")
            return self._shown
