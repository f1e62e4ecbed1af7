"""Vectors as questions to the oracle, which had no part in writing them."""

from typing import Any

from p6lowpan.analysis import oracle
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Context

Json = dict[str, Any]


def _of(link: Link, contexts: tuple[Context, ...]) -> Json:
    return {
        "ll_src": link.source.hex(),
        "ll_dst": link.destination.hex(),
        "contexts": [{"cid": each.identifier, "prefix": each.prefix.hex(), "len": each.length} for each in contexts],
    }


def decoded(frames: tuple[bytes, ...], link: Link, contexts: tuple[Context, ...], profile: str) -> Json:
    """What comes of frames."""
    return oracle.decode({"frames": [frame.hex() for frame in frames], "profile": profile, **_of(link, contexts)})


def encoded(packet: bytes, link: Link, contexts: tuple[Context, ...], profile: str, mtu: int) -> Json:
    """The frames of a packet."""
    return oracle.encode({"packet": packet.hex(), "profile": profile, "mtu": mtu, **_of(link, contexts)})
