"""What tshark finds wrong in a capture: malformed packets, expert errors, checksums."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from p6lowpan.wire.address import format_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context

TSHARK = shutil.which("tshark")
CHECKS = ("-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")
ERROR = "8388608"
"""PI_ERROR of epan/proto.h: the severity above PI_WARN."""
FIELDS = (
    "frame.number", "_ws.malformed", "_ws.expert.severity", "icmpv6.checksum.status", "udp.checksum.status",
    "tcp.checksum.status", "wpan.fcs_ok", "icmpv6.type", "ipv6.plen",
)  # fmt: skip
BAD = "0"
CLASS_UNSUPPORTED = "100"


class Trouble(NamedTuple):
    """Numbers of frames; ``excepted`` are P6LoWPAN's errors of 4 octets, which tshark 4.0 calls malformed: it wants
    octets behind the checksum of every ICMPv6 message whose type it does not know."""

    malformed: frozenset[int]
    errors: frozenset[int]
    checksums: frozenset[int]
    excepted: frozenset[int] = frozenset()


def contexts_for(contexts: Iterable[Context]) -> list[str]:
    """The options that tell tshark of contexts."""
    told = [f"6lowpan.context{one.identifier}:{format_ipv6(one.prefix)}/{one.length}" for one in contexts]
    return [part for text in told for part in ("-o", text)]


def trouble_in(path: Path, *options: str) -> Trouble:
    """All that tshark finds wrong in a capture."""
    wanted = [part for field in FIELDS for part in ("-e", field)]
    command = [str(TSHARK), "-n", "-r", str(path), *CHECKS, *options, "-T", "fields", *wanted]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    malformed, errors, checksums, excepted = set(), set(), set(), set()
    for line in shown.splitlines():
        row = dict(zip(FIELDS, line.split("\t"), strict=True))
        number = int(row["frame.number"])
        if row["icmpv6.type"] == CLASS_UNSUPPORTED and row["ipv6.plen"] == "4":
            excepted.add(number)
            continue
        if row["_ws.malformed"]:
            malformed.add(number)
        if ERROR in row["_ws.expert.severity"].split(","):
            errors.add(number)
        statuses = [row[f"{name}.checksum.status"].split(",")[0] for name in ("icmpv6", "udp", "tcp")]
        if BAD in statuses or row["wpan.fcs_ok"] in ("0", "False"):
            checksums.add(number)
    return Trouble(frozenset(malformed), frozenset(errors), frozenset(checksums), frozenset(excepted))
