"""The model without quirks is a right receiver and sender: what profiles depart from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interop.agreement import node_of, requests
from p6lowpan.capability.profile import RFC6282
from p6lowpan.interop.node import Node
from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.prediction import HandedUp, SentFrames, hands_up, sends
from p6lowpan.interop.profiles import EVERY, STACKS
from p6lowpan.interop.receiving.reading import Receiving
from p6lowpan.interop.receiving.steps import Crash, Drop
from p6lowpan.interop.sending.writing import Sending
from p6lowpan.interop.stack import Quirk, Stack
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context

RIGHT = Stack("right", "no quirks")
EUI = LinkAddress(bytes.fromhex("0212345678abcd01"))
SHORT = LinkAddress(b"\x12\x34")
NODE = Node(Link(EUI, SHORT), {0: Context(0, bytes.fromhex("20010db8") + bytes(12), 32)}, 0xABCD)
stacks = st.sampled_from([RIGHT, *EVERY.values()])


def _valid(name: str) -> list[str]:
    return [
        identifier
        for identifier, request in requests(name).items()
        if request["kind"] == "valid" and "ghc" not in request["features"]
    ]


@pytest.mark.parametrize("name", ["decode", "random"])
def test_the_right_receiver_hands_up_every_valid_packet_of_the_corpora(name: str) -> None:
    wrong = []
    for identifier in _valid(name):
        request = requests(name)[identifier]
        up = hands_up(RIGHT, map(bytes.fromhex, request["frames"]), node_of(request))
        if [packet.hex() for packet in up.packets] != request["expect"]:
            wrong.append(identifier)
    assert wrong == []


def test_what_the_right_sender_sends_our_own_receiver_reads_back() -> None:
    lost = []
    for identifier, request in requests("encode").items():
        node, packet = node_of(request), bytes.fromhex(request["packet"])
        receiver = Receiver(RFC6282)
        sent = sends(RIGHT, packet, node, request["mtu"])
        assert all(len(frame) <= request["mtu"] for frame in sent.frames)
        received = [receiver.receive(now, frame, node.link, node.contexts) for now, frame in enumerate(sent.frames)]
        if [up.octets for each in received for up in each.packets] != [packet]:
            lost.append(identifier)
    assert lost == []


dispatches = st.sampled_from(
    [b"\x41", b"\x7e\x33", b"\x7a\xff", b"\x7e\x37\xee", b"\x7e\x33\xe4", b"\xc0\x40", b"\xe0\x40"]
)


@given(stacks, st.lists(st.builds(lambda begin, rest: begin + rest, dispatches, st.binary(max_size=60)), max_size=4))
def test_any_octets_end_in_an_answer_of_every_stack(stack: Stack, frames: list[bytes]) -> None:
    assert isinstance(hands_up(stack, frames, NODE), HandedUp)


headers = st.builds(
    lambda next_header, rest: (
        b"\x60\0\0\0" + len(rest).to_bytes(2, "big") + bytes((next_header, 64)) + bytes(32) + rest
    ),
    st.sampled_from([0, 6, 17, 41, 43, 44, 58, 59, 60, 135]),
    st.binary(max_size=1500),
)


@given(stacks, headers | st.binary(max_size=100), st.integers(1, 127))
def test_any_packet_ends_in_an_answer_of_every_stack(stack: Stack, packet: bytes, mtu: int) -> None:
    assert isinstance(sends(stack, packet, NODE, mtu), SentFrames)


def test_a_thousand_headers_are_no_problem_for_a_sender() -> None:
    chain = bytes((60, 0, 1, 4, 0, 0, 0, 0)) * 1000
    packet = b"\x60\0\0\0" + len(chain).to_bytes(2, "big") + bytes((60, 64)) + bytes(32) + chain
    assert sends(RIGHT, packet, NODE, 9000).frames
    tunnels = b"".join(
        b"\x60\0\0\0" + (40 * left).to_bytes(2, "big") + bytes((41, 64)) + bytes(32) for left in range(999, -1, -1)
    )
    assert sends(RIGHT, tunnels, NODE, 65000).frames


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_quirks_stand_at_places_that_exist_and_have_evidence(stack: Stack) -> None:
    for quirk in stack.quirks:
        assert quirk.evidence, quirk.says
        assert set(quirk.receives) <= set(Receiving.__dataclass_fields__), quirk.says
        assert set(quirk.sends) <= set(Sending.__dataclass_fields__), quirk.says
        for identifier in quirk.evidence:
            kind, _, rest = identifier.rpartition(":") if identifier[:2] in ("E:", "R:", "s:") else ("", "", identifier)
            rows = {"": "decode", "E": "encode", "R": "random"}.get(kind)
            assert rows is None or rest in requests(rows), identifier


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_a_stack_without_its_quirks_is_the_right_one(stack: Stack) -> None:
    mended = stack.without(*stack.quirks)
    assert mended.receiving == RIGHT.receiving
    assert mended.sending == RIGHT.sending


def test_a_quirk_replaces_one_step_and_a_later_one_wins() -> None:
    dropping = Quirk("drops", ("x",), receives={"dispatches": {}, "admits": Drop("not this one")})
    crashing = Quirk("crashes", ("x",), receives={"admits": Crash("oh")})
    frame = bytes.fromhex("7a333a80008869424200011425ba")
    assert hands_up(RIGHT.with_quirks(dropping, name="a", version=""), [frame], NODE).dropped == ("not this one",)
    assert hands_up(RIGHT.with_quirks(dropping, crashing, name="b", version=""), [frame], NODE).crash == "oh"
    with pytest.raises(Dropped):
        Drop("why")()
    with pytest.raises(Crashed):
        Crash("how")()
