"""The Linux kernel as a neighbour: Debian's kernel in QEMU, its 6LoWPAN over two simulated radios of its own.

Nothing is compiled and no privilege is needed: the initial file system is put together from Debian's packages. In the
guest wpan0 with lowpan0 is the node; a monitor interface on a second radio of mac802154_hwsim hears and injects frames,
and socat carries them to a UDP port of ours, one frame a datagram. A shell on the serial line does the rest.
"""

import asyncio
import contextlib
import gzip
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from p6lowpan.drivers.radio import RadioListener
from p6lowpan.wire.ieee802154.frame_check import frame_check

PROGRAMS = ("qemu-system-x86_64", "busybox", "socat", "iwpan", "ip", "ldd", "apt-get", "dpkg-deb")
MODULES = (
    "virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "failover", "net_failover",
    "virtio_net", "ieee802154", "ieee802154_socket", "mac802154", "mac802154_hwsim", "6lowpan", "nhc_udp", "nhc_dest",
    "nhc_fragment", "nhc_hop", "nhc_ipv6", "nhc_mobility", "nhc_routing", "ieee802154_6lowpan",
)  # fmt: skip
APPLETS = ("sh", "insmod", "mount", "sleep", "ping", "ping6", "cat", "echo")
ASKED_FOR = "P6LOWPAN_LINUX_PEER"
PAN, EUI64, SHORT = 0xABCD, "02a0b0c0d0e0f001", "0c0d"
LINK_LOCAL, GLOBAL = "fe80::a0:b0c0:d0e0:f001", "2001:db8:1:2:a0:b0c0:d0e0:f001"
READY, DONE = "the guest is ready", "the guest has done it"
BOOT_SECONDS, COMMAND_SECONDS = 90, 30
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
sleep 1
ip link set lowpan0 up
ip -6 addr add {GLOBAL}/64 dev lowpan0
sleep 2
echo {READY}
exec sh
"""


def missing() -> str:
    """What keeps the peer from running here; empty where nothing does."""
    if not os.environ.get(ASKED_FOR):
        return f"the Linux kernel as a peer takes a minute: make test-peers, or {ASKED_FOR}=1"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"the Linux kernel as a peer needs {', '.join(absent)}"
    return "" if os.uname().machine == "x86_64" else "the Linux kernel as a peer needs x86_64"


def kernel_in(folder: Path) -> Path:
    """Debian's current kernel, unpacked; downloaded once. Raises :class:`subprocess.SubprocessError`."""
    unpacked = folder / "kernel"
    if not (unpacked / "boot").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        depends = subprocess.run(
            ["apt-cache", "depends", "linux-image-amd64"], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        name = next(word for word in depends.split() if word.startswith("linux-image-") and word[12].isdigit())
        for old in folder.glob("linux-image-*.deb"):
            old.unlink()
        subprocess.run(["apt-get", "download", "-qq", name], cwd=folder, check=True, timeout=300, capture_output=True)
        package = next(folder.glob("linux-image-*.deb"))
        fresh = folder / "unpacking"
        shutil.rmtree(fresh, ignore_errors=True)
        subprocess.run(["dpkg-deb", "-x", package, fresh], check=True, timeout=120)
        fresh.rename(unpacked)
        package.unlink()
    return unpacked


def _libraries(program: str) -> set[str]:
    shown = subprocess.run(["ldd", program], capture_output=True, text=True, check=True, timeout=20).stdout
    return {word for word in shown.split() if word.startswith("/")}


def _files(kernel: Path, port: int) -> dict[str, bytes]:
    """What the initial file system holds, by path."""
    found = {"init": INIT.replace("PORT", str(port)).encode(), "bin/busybox": Path(_where("busybox")).read_bytes()}
    for name in ("ip", "iwpan", "socat"):
        found[f"bin/{name}"] = Path(_where(name)).read_bytes()
        found |= {path.lstrip("/"): Path(path).read_bytes() for path in _libraries(_where(name))}
    for place, name in enumerate(MODULES):
        path = next(kernel.rglob(f"{name}.ko"), None) or next(kernel.rglob(f"{name.replace('_', '-')}.ko"))
        found[f"m/{place:02d}-{name}.ko"] = path.read_bytes()
    return found


def _where(program: str) -> str:
    path = shutil.which(program)
    assert path is not None
    return os.path.realpath(path)


def initial_file_system(kernel: Path, port: int) -> bytes:
    """A cpio archive in the form "newc", compressed."""
    files = _files(kernel, port)
    folders = {str(parent) for path in files for parent in Path(path).parents if str(parent) != "."}
    entries = [(name, 0o040755, b"") for name in sorted(folders | {"proc", "sys", "dev"}, key=len)]
    entries += [(name, 0o100755, octets) for name, octets in files.items()]
    entries += [(f"bin/{name}", 0o120777, b"busybox") for name in APPLETS]
    entries.append(("TRAILER!!!", 0, b""))
    archive = bytearray()
    for number, (name, mode, octets) in enumerate(entries, 1):
        fields = (number, mode, 0, 0, 1, 0, len(octets), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        archive += bytes(-len(archive) % 4) + octets
        archive += bytes(-len(archive) % 4)
    return gzip.compress(bytes(archive), 1)


class GuestRadio(asyncio.DatagramProtocol):
    """A radio of :mod:`p6lowpan.drivers.radio` on the guest's air. The simulated radios acknowledge nothing, and lose
    nothing either: whatever is sent has arrived."""

    does_csma = True
    acknowledges = True

    def __init__(self, guest: "Guest") -> None:
        self._guest = guest
        self._listener: RadioListener | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, listener: RadioListener) -> None:
        self._listener = listener
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._guest.silent_socket())

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._listener = self._transport = None

    def transmit(self, octets: bytes) -> None:
        if self._transport is not None and self._listener is not None:
            self._transport.sendto(octets, self._guest.peer)
            self._listener.transmitted(True)

    def channel_is_clear(self) -> bool:
        return True

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._guest.peer = addr
        if self._listener is not None:
            self._listener.frame_received(without_check(data), 255)


class Guest:
    """The machine. ``with Guest(folder) as guest:`` it runs; ``guest.peer`` is where its radio's frames come from."""

    def __init__(self, folder: Path, work: Path) -> None:
        self._kernel = kernel_in(folder)
        self._work = work
        self._shown = ""
        self._more = threading.Condition()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # open as long as the guest: else QEMU gives up
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.peer: tuple[str, int] = ("", 0)

    def __enter__(self) -> "Guest":
        initrd = self._work / "initrd.gz"
        initrd.write_bytes(initial_file_system(self._kernel, self.port))
        image = next((self._kernel / "boot").glob("vmlinuz-*"))
        command = [
            "qemu-system-x86_64", "-M", "pc", "-cpu", "Nehalem", "-accel", "tcg,thread=single", "-m", "192",
            "-smp", "1",
            "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", str(image), "-initrd",
            str(initrd), "-append", "console=ttyS0 quiet mitigations=off random.trust_cpu=on panic=-1",
            "-netdev", "user,id=n0", "-device", "virtio-net-pci,netdev=n0,romfile=",
        ]  # fmt: skip
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, daemon=True).start()
        self._wait_for(READY, BOOT_SECONDS)
        self._socket.settimeout(10)
        _, self.peer = self._socket.recvfrom(2048)  # what the kernel says when its interface comes up
        return self

    def silent_socket(self) -> socket.socket:
        """The socket to the guest's air, what was said before forgotten."""
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(2048)
        return self._socket.dup()

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)
        self._socket.close()

    def run(self, command: str) -> str:
        """Run a shell command in the guest; what it wrote."""
        assert self._process.stdin is not None
        begun = len(self._shown)
        self._process.stdin.write(f"{command}; echo {DONE} $?\n".encode())
        self._process.stdin.flush()
        return self._wait_for(f"\n{DONE} ", COMMAND_SECONDS, begun)[
            begun:
        ]  # the echoed command does not end in the number

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


def without_check(frame: bytes) -> bytes:
    """A frame as the monitor interface shows it, its check taken off."""
    return frame[:-2] if len(frame) > 2 and frame_check(frame[:-2]) == frame[-2:] else frame
