"""Advice to a sender: by how much its frame could be shorter, and where."""

from collections.abc import Iterator

from p6lowpan.analysis.explained import Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.profile import RFC6282
from p6lowpan.machines.adaptation.compressor import candidates
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.payload import Payload

COMPRESSION_SUBOPTIMAL = Rule(
    "compression-suboptimal",
    Severity.NOTE,
    "RFC 6282 3.1",
    "the same packet could be sent in fewer octets (only looked for on request)",
)


def shorter_by(payload: Payload, octets: int, packet: bytes, contexts: Contexts) -> str:
    """By how much a packet could be shorter that came unfragmented in a payload of ``octets``; else nothing.

    ``contexts`` that must not be used to compress are left alone.
    """
    usable = {identifier: context for identifier, context in contexts.items() if context.compress}
    try:
        best = candidates(packet, payload.stack.link, usable, RFC6282)[0]
    except (Malformed, UsageError):  # a packet that no compressor would be given
        return ""
    size, least = octets - payload.stack.at, len(best.octets) + len(packet) - best.covered
    if least >= size:
        return ""
    where = ", ".join(_differences(payload, best.octets))
    return f"{size} octets where {least} would do" + (f": {where}" if where else "")


def _differences(payload: Payload, best: bytes) -> Iterator[str]:
    """Where the first compressed header of a payload is longer than that of the shortest form."""
    sent = payload.expanded.parts[0].header if payload.expanded else None
    if payload.stack.kind is not Dispatch.IPHC or not isinstance(sent, Iphc):
        yield "the header is not compressed"
        return
    try:
        short, _ = Iphc.decode(best)
    except Malformed:  # the shortest form is the uncompressed one
        return
    for name in ("source", "destination"):
        longer, shorter = len(getattr(sent, name)), len(getattr(short, name))
        if longer > shorter:
            yield f"{name} address in {longer} octets, {shorter} suffice"
    if short.tf > sent.tf:
        yield "traffic class and flow label could be elided"
    if short.hlim and not sent.hlim:
        yield "the hop limit could be elided"
    if sent.cid and not short.cid:
        yield "the context identifiers are not needed"
    if short.nh and not sent.nh:
        yield "the next header could be compressed"
