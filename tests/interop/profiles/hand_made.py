"""Frames by hand: statements about stacks that no case of the corpora tells."""

from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import SentFrames, hands_up, sends
from p6lowpan.interop.stack import Stack
from p6lowpan.wire.address import Link, LinkAddress

ALICE = LinkAddress(bytes.fromhex("0212345678abcd01"))
BOB = LinkAddress(bytes.fromhex("0212345678abcd02"))
NODE = Node(Link(ALICE, BOB), {}, 0xABCD)
ADDRESSES = bytes.fromhex("fe800000000000000012345678abcd01fe800000000000000012345678abcd02")
GLOBAL = bytes.fromhex("20010db8000000000000000000000001")


def packet(next_header: int, payload: bytes, addresses: bytes = ADDRESSES) -> bytes:
    """An IPv6 packet."""
    return b"\x60\0\0\0" + len(payload).to_bytes(2, "big") + bytes((next_header, 64)) + addresses + payload


def fragmented(whole: bytes, compressed: str, covered: int, *cuts: int) -> list[bytes]:
    """Fragments of ``whole``, its first ``covered`` octets ``compressed``, cut at these octets."""
    size, frames = len(whole), []
    ends = [*cuts, size]
    for start, end in zip([0, *ends], ends, strict=False):
        if start == 0:
            octets = (0xC000 | size).to_bytes(2, "big") + b"\0\7" + bytes.fromhex(compressed) + whole[covered:end]
        else:
            octets = (0xE000 | size).to_bytes(2, "big") + b"\0\7" + bytes((start // 8,)) + whole[start:end]
        frames.append(octets)
    return frames


def up(stack: Stack, *frames: bytes, node: Node = NODE) -> list[bytes]:
    """What the stack hands up."""
    return list(hands_up(stack, frames, node).packets)


def crashes(stack: Stack, *frames: bytes) -> bool:
    """Whether the stack stops."""
    return hands_up(stack, frames, NODE).crash is not None


def sent(stack: Stack, octets: bytes, mtu: int = 102, node: Node = NODE) -> SentFrames:
    """What the stack sends."""
    return sends(stack, octets, node, mtu)
