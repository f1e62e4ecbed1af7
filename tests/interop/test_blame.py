"""What a stack does is put down to its quirks."""

from collections.abc import Callable

from interop.agreement import node_of, requests
from p6lowpan.interop.blame import to_blame
from p6lowpan.interop.prediction import hands_up
from p6lowpan.interop.profiles import STACKS
from p6lowpan.interop.stack import Stack


def _reads(identifier: str) -> Callable[[Stack], bool]:
    request = requests("decode")[identifier]
    frames, node = [bytes.fromhex(frame) for frame in request["frames"]], node_of(request)
    return lambda stack: [packet.hex() for packet in hands_up(stack, frames, node).packets] == request["expect"]


def _says(stack: str, identifier: str) -> list[str]:
    return [quirk.says for quirk in to_blame(STACKS[stack], _reads(identifier))]


def test_what_is_right_has_nobody_to_blame() -> None:
    assert _says("riot", "addr/e/full/ll64") == []


def test_one_quirk_is_found_by_itself() -> None:
    (found,) = _says("riot", "tf/tf-full/hl64")
    assert "traffic class" in found
    (found,) = _says("openthread", "plain/1")
    assert "uncompressed" in found


def test_several_quirks_are_found_together_and_no_more() -> None:
    found = _says("openthread", "frag/plain/200/shuffled")
    assert len(found) == 2
    assert "uncompressed" in found[0]
    assert "ascending" in found[1]


def test_what_no_mending_helps_has_nobody_to_blame() -> None:
    assert to_blame(STACKS["riot"], lambda _stack: False) == ()


def test_who_wants_a_checksum_in_line_is_not_blamed_for_what_else_it_does_at_the_end() -> None:
    for name in ("linux", "lwip", "nanostack", "openthread", "riot", "wisun-wsbrd"):
        assert _says(name, "udp/0-1633-35/0/elided") == ["a UDP checksum must be in line"], name
