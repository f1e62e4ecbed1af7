"""One 6LoWPAN payload, understood: the headers in front, and the octets of the IPv6 packet that the rest stands for."""

from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan import header_compression_1 as hc1
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.expansion import IPV6_HEADER_OCTETS, Expanded, Part, expand
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.stack import Stack, UncompressedDispatch, read_stack


class Payload(NamedTuple):
    """What a frame carries. ``expanded`` is there where the frame begins a datagram, ``raw`` otherwise."""

    stack: Stack
    expanded: Expanded | None
    raw: bytes


def decode_payload(octets: bytes, link: Link, contexts: Contexts, limits: Limits) -> Payload:
    """Understand one MAC payload. Raises :class:`Malformed`, its offset counted from ``octets[0]``."""
    stack = read_stack(octets, link)
    rest = octets[stack.at :]
    if stack.kind is None:
        return Payload(stack, None, rest)
    size = stack.fragment.datagram_size if isinstance(stack.fragment, FirstFragment) else None
    try:
        expanded = _expanded(stack, rest, contexts, limits, size)
    except Malformed as error:
        raise error.shifted(stack.at) from None
    return Payload(stack, expanded, b"")


def _expanded(stack: Stack, rest: bytes, contexts: Contexts, limits: Limits, size: int | None) -> Expanded:
    if stack.kind is Dispatch.IPHC:
        return expand(rest, stack.link, contexts, limits, size)
    if stack.kind is Dispatch.HC1:
        return _deprecated(rest, stack.link, size)
    return _uncompressed(rest, size)


def _deprecated(octets: bytes, link: Link, size: int | None) -> Expanded:
    """LOWPAN_HC1: understood, never sent."""
    header, rest = hc1.HeaderCompression1.decode(octets)
    end, covered = len(octets) - len(rest), hc1.expanded_octets(header)
    packet = hc1.expand(header, link, covered + len(rest) if size is None else size) + rest
    return Expanded((Part(header, 0, end, 0, covered),), packet, covered, covered - end, ())


def _uncompressed(octets: bytes, size: int | None) -> Expanded:
    """Dispatch 0x41: the packet as it is."""
    packet = octets[1:]
    part = Part(UncompressedDispatch(), 0, 1, 0, 0)
    if size is None:
        check_packet(packet, 1)
    return Expanded((part,), packet, 0, 0, ())


def check_packet(packet: bytes, offset: int = 0) -> None:
    """Raise :class:`Malformed` unless ``packet`` is an IPv6 packet as long as it says."""
    if len(packet) < IPV6_HEADER_OCTETS:
        detail = f"an IPv6 header needs {IPV6_HEADER_OCTETS} octets, {len(packet)} left"
        raise Malformed("ipv6", offset + len(packet), Reason.TRUNCATED, detail)
    if packet[0] >> 4 != 6:
        raise Malformed("ipv6", offset, Reason.BAD_VALUE, f"version {packet[0] >> 4}, must be 6")
    said = int.from_bytes(packet[4:6], "big") + IPV6_HEADER_OCTETS
    if said > len(packet):
        raise Malformed("ipv6", offset + len(packet), Reason.TRUNCATED, f"{said} octets said, {len(packet)} came")
    if said < len(packet):
        raise Malformed("ipv6", offset + said, Reason.TRAILING, f"{said} octets said, {len(packet)} came")
