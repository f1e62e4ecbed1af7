"""The corpora of frames and packets, for tests of the C core."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked

VECTORS = Path(__file__).parents[1] / "vectors"


class Request(NamedTuple):
    """One line of a corpus: what was sent, and what both ends know."""

    name: str
    frames: tuple[bytes, ...]
    packets: tuple[bytes, ...]
    link: Link
    contexts: Contexts


def requests(*names: str) -> Iterator[Request]:
    """The lines of some corpora: of ``encode`` the packet to send, of the others frames and what they hold."""
    for name in names:
        for line in (VECTORS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            link = Link(*(LinkAddress(bytes.fromhex(request[end])) for end in ("ll_src", "ll_dst")))
            contexts = {
                entry["cid"]: Context(entry["cid"], masked(bytes.fromhex(entry["prefix"]), entry["len"]), entry["len"])
                for entry in request.get("contexts", ())
            }
            packets = [request["packet"]] if "packet" in request else request.get("expect") or ()
            frames = request.get("frames", ())
            yield Request(
                request["id"], tuple(map(bytes.fromhex, frames)), tuple(map(bytes.fromhex, packets)), link, contexts
            )


def packets() -> list[tuple[bytes, Link, Contexts]]:
    """Every packet of the corpora."""
    return [
        (packet, request.link, request.contexts)
        for request in requests("encode", "decode", "random")
        for packet in request.packets
    ]
