"""Decoders that are not ours, where they are installed: tshark as a program, scapy as a library.

Both are given IEEE 802.15.4 frames around the payloads. What they hand up is what they show as IPv6; neither knows why.
"""

import importlib
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts

NO_FCS = 230  # https://www.tcpdump.org/linktypes.html, LINKTYPE_IEEE802_15_4_NOFCS
ADDRESS_MODES = {0: 0, 2: 2, 8: 3}
DATA, PAN_COMPRESSION = 0x0001, 0x0040
NO_PAN = 0xFFFF
UNCOMPRESSED = 0x41
FRAGMENT = 0b11000, 0b11100
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Decoded:
    """Who decoded, and what came of it; ``dropped`` says why nothing did."""

    who: str
    packets: tuple[bytes, ...]
    dropped: tuple[str, ...] = ()


def opinions(frames: Sequence[bytes], link: Link, contexts: Contexts, pan: int | None) -> tuple[Decoded, ...]:
    """What tshark and scapy make of the payloads of frames between the ends of ``link``."""
    octets = [mac_frame(payload, link, pan, number) for number, payload in enumerate(frames)]
    found = (in_tshark(octets, contexts, NO_PAN if pan is None else pan), in_scapy(octets))
    return tuple(each for each in found if each is not None)


def mac_frame(payload: bytes, link: Link, pan: int | None, number: int) -> bytes:
    """A data frame of IEEE 802.15.4-2006 without frame check. An end without address has none in the frame."""
    both = bool(link.source) and bool(link.destination)
    control = DATA | (PAN_COMPRESSION if both else 0)
    control |= ADDRESS_MODES[len(link.destination)] << 10 | ADDRESS_MODES[len(link.source)] << 14 | 1 << 12
    identifier = (NO_PAN if pan is None else pan).to_bytes(2, "little")
    ends = identifier if link.destination or link.source else b""
    header = control.to_bytes(2, "little") + bytes((number % 256,)) + ends
    return header + link.destination[::-1] + link.source[::-1] + payload


# --- tshark ----------------------------------------------------------------------------------------------------------


def in_tshark(frames: Sequence[bytes], contexts: Contexts, pan: int) -> Decoded | None:
    """The packets that tshark finds; ``None`` where there is no tshark."""
    program = shutil.which("tshark")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frames.pcap"
        path.write_bytes(b"".join(_capture(frames)))
        command = [program, "-r", str(path), "-P", "-x", "-o", "ipv6.defragment:FALSE"]
        command += ["-d", f"wpan.panid=={pan:#06x},6lowpan"]
        for context in contexts.values():
            groups = ":".join(context.prefix.hex()[start : start + 4] for start in range(0, 32, 4))
            command += ["-o", f"6lowpan.context{context.identifier}:{groups}/{context.length}"]
        try:  # octets and numbers alone come from the caller
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
            )
        except (subprocess.SubprocessError, OSError) as error:
            return Decoded("installed tshark", (), (str(error),))
    packets = [shown for dumps in _dumps(done.stdout) if (shown := _packet_in(dumps)) is not None]
    return Decoded("installed tshark", tuple(packets), () if packets else ("it shows no IPv6 packet",))


def _capture(frames: Sequence[bytes]) -> Iterator[bytes]:
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, NO_FCS)
    for number, octets in enumerate(frames):
        yield struct.pack("<IIII", number, 0, len(octets), len(octets)) + octets


def _dumps(text: str) -> list[dict[str, bytes]]:
    """For each frame the octets that tshark dumps, by their label: those of the frame, what was restored from them."""
    found: list[dict[str, bytes]] = []
    label = ""
    for line in text.splitlines():
        if match := re.match(r"(\w[\w ]*) \(\d+ bytes\):$", line):
            label = match[1]
        elif match := re.match(r"[0-9a-f]{4}  ((?:[0-9a-f]{2} {1,2})+)", line):
            found[-1][label] = found[-1].get(label, b"") + bytes.fromhex(match[1])
        elif re.match(r" *\d+ ", line):
            found.append({})
            label = "Frame"
    return found


def _packet_in(dumps: dict[str, bytes]) -> bytes | None:
    """The IPv6 packet that was whole with a frame."""
    if "Reassembled 6LoWPAN" in dumps:
        return dumps["Reassembled 6LoWPAN"]
    payload = _payload_of(dumps.get("Frame", b""))
    if not payload or payload[0] >> 3 in FRAGMENT:
        return None
    return payload[1:] if payload[0] == UNCOMPRESSED else dumps.get("Decompressed 6LoWPAN IPHC")


def _payload_of(frame: bytes) -> bytes:
    """The payload of a frame that :func:`mac_frame` made."""
    if len(frame) < 3:
        return b""
    octets = {0: 0, 2: 2, 3: 8}
    destination, source = octets[frame[1] >> 2 & 3], octets[frame[1] >> 6 & 3]
    return frame[3 + (2 if destination or source else 0) + destination + source :]


# --- scapy -----------------------------------------------------------------------------------------------------------


def in_scapy(frames: Sequence[bytes]) -> Decoded | None:
    """The packet that scapy finds in a frame; ``None`` where there is no scapy. It does not reassemble rightly, so
    fragments are not put to it, and it knows no contexts."""
    if len(frames) != 1:
        return None
    try:
        settings: Any = importlib.import_module("scapy.config").conf  # Any: scapy has no types
        radio: Any = importlib.import_module("scapy.layers.dot15d4")
        ipv6: Any = importlib.import_module("scapy.layers.inet6").IPv6
        importlib.import_module("scapy.layers.sixlowpan")
    except ImportError:
        return None
    before, settings.dot15d4_protocol = settings.dot15d4_protocol, "sixlowpan"
    try:
        dissected = radio.Dot15d4(frames[0])
        packets = (bytes(dissected[ipv6]),) if ipv6 in dissected else ()
    finally:
        settings.dot15d4_protocol = before
    return Decoded("installed scapy", packets, () if packets else ("it shows no IPv6 packet",))
