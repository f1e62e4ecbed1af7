"""scapy's part of every contest. Importing this module needs scapy, whose layers have no types: Any is theirs."""

import io
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from itertools import islice
from pathlib import Path
from typing import Any

from scapy import __version__
from scapy.config import conf
from scapy.layers.dot15d4 import Dot15d4FCS
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.sixlowpan import LoWPAN_IPHC, LoWPAN_NHC, SixLoWPAN, sixlowpan_defragment
from scapy.packet import Packet, Raw
from scapy.utils import PcapReader

from benchmarks.material import Sample
from benchmarks.measure import Side

conf.dot15d4_protocol = "sixlowpan"
logging.getLogger("scapy.runtime").setLevel(logging.ERROR)  # it warns of every payload built without a MAC header
NAME = f"scapy {__version__}"
IPHC_MODES = ("tf", "nh", "hlim", "cid", "sac", "sam", "m", "dac", "dam")


def packet_in(frame: bytes) -> bytes:
    """The IPv6 packet that scapy finds in a MAC frame; empty where it finds none."""
    layers = Dot15d4FCS(frame)
    return bytes(layers[IPv6]) if IPv6 in layers else b""


def dissecting(samples: Sequence[Sample]) -> Side:
    """Dissects MAC frames down to the IPv6 packet."""
    frames = [sample.frame for sample in samples]

    def run() -> None:
        for frame in frames:
            Dot15d4FCS(frame)

    return Side(NAME, len(frames), run)


class Recipe:
    """What scapy needs to build a frame's payload: the layers' values, and the modes, which it does not choose."""

    def __init__(self, sample: Sample) -> None:
        layers = Dot15d4FCS(sample.frame)
        iphc, ipv6, udp = layers[LoWPAN_IPHC], layers[IPv6], layers[UDP]
        self.modes: dict[str, Any] = {name: getattr(iphc, name) for name in IPHC_MODES}
        self.ipv6: dict[str, Any] = {name: getattr(ipv6, name) for name in ("tc", "fl", "hlim", "src", "dst")}
        self.udp: dict[str, Any] = {name: getattr(udp, name) for name in ("sport", "dport", "chksum")}
        self.data = bytes(udp.payload)

    def build(self) -> bytes:
        """The octets of 6LoWPAN, IPv6 and UDP."""
        packet = IPv6(**self.ipv6) / UDP(**self.udp) / Raw(self.data)
        return bytes(LoWPAN_IPHC(**self.modes) / LoWPAN_NHC() / packet)


def building(samples: Sequence[Sample]) -> Side:
    """Builds the payloads of frames from the values of their layers."""
    recipes = [Recipe(sample) for sample in samples]

    def run() -> None:
        for recipe in recipes:
            recipe.build()

    return Side(NAME, len(recipes), run)


def defragmenting(payloads: Sequence[bytes]) -> Side:
    """Dissects the fragments of one datagram and puts them together."""
    return Side(NAME, 1, lambda: defragmented(payloads))


def defragmented(payloads: Sequence[bytes]) -> list[bytes]:
    """What scapy makes of fragments."""
    whole = sixlowpan_defragment([SixLoWPAN(payload) for payload in payloads])
    return [bytes(packet[IPv6]) if IPv6 in packet else b"" for packet in whole.values()]


def summarizing(path: Path, frames: int) -> Side:
    """Prints one line for each of the first ``frames`` frames of a capture, to nowhere."""
    return _printing(path, frames, lambda packet: sys.stdout.write(packet.summary() + "\n"))


def showing(path: Path, frames: int) -> Side:
    """Prints every field of each of the first ``frames`` frames of a capture, to nowhere."""
    return _printing(path, frames, lambda packet: packet.show())


def _printing(path: Path, frames: int, show: Callable[[Packet], object]) -> Side:
    def run() -> None:
        with PcapReader(str(path)) as reader, redirect_stdout(io.StringIO()):
            for packet in islice(reader, frames):
                show(packet)

    return Side(NAME, frames, run)
