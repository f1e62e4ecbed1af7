"""Facts about stacks, as data."""

import pytest

from analysis.laboratory import ALICE, BOB, Laboratory, fragments, iphc, udp_packet, uncompressed
from p6lowpan.analysis.known_stacks import FATES, Fate, Loss, Stack, Trait, losses, names
from p6lowpan.analysis.payload_rules import stacks_that_lose, traits_of
from p6lowpan.capability.features import Feature
from p6lowpan.wire.sixlowpan.mesh import MeshHeader


def test_every_trait_is_lost_by_someone_and_no_stack_by_all() -> None:
    assert all(FATES.values())
    for stack in Stack:
        assert any(stack not in fates for fates in FATES.values())


def test_nothing_is_lost_by_what_every_stack_takes() -> None:
    assert losses({Feature.IPHC, Feature.STATELESS_UNICAST, Feature.FRAGMENTATION}) == ()


def test_a_stack_is_named_once_with_what_it_stumbles_over_first() -> None:
    found = losses({Feature.UNCOMPRESSED_IPV6, Feature.MESH_HEADER})
    assert [loss.stack for loss in found] == [stack for stack in Stack if stack is not Stack.NANOSTACK]
    assert Loss(Stack.OPENTHREAD, Fate.DROPS, Feature.UNCOMPRESSED_IPV6) in found
    assert len({loss.stack for loss in found}) == len(found)
    (smoltcp,) = [loss for loss in found if loss.stack is Stack.SMOLTCP]
    assert smoltcp.trait is Feature.UNCOMPRESSED_IPV6
    assert smoltcp.cause == "a whole IPv6 packet behind dispatch 0x41"


def test_a_trait_says_what_it_is() -> None:
    (loss,) = losses({Trait.UNCOMPRESSED_FIRST_FRAGMENT})
    assert (loss.stack, loss.fate) == (Stack.LINUX, Fate.MISREADS)
    assert loss.cause == "a first fragment with dispatch 0x41"
    assert names([Stack.RIOT, Stack.LINUX]) == "RIOT (2026-08), Linux 6.1"


PACKET = udp_packet()


@pytest.mark.parametrize(
    ("payload", "traits"),
    [
        (uncompressed(PACKET), set()),
        (fragments(udp_packet(bytes(200)))[0], {Trait.UNCOMPRESSED_FIRST_FRAGMENT}),
        (fragments(udp_packet(bytes(200)))[1], set()),
        (iphc(PACKET, -1, -1), set()),
        (bytes((0b01110010, 0x33, 0x04, 59)), {Trait.TRAFFIC_CLASS_IN_LINE}),
        (bytes((0b01110010, 0x33, 0x00, 59)), set()),
        (bytes((0b01111110, 0x33, 0xE4, 59, 0)) + bytes(6), {Trait.FRAGMENT_HEADER_ZERO}),
        (bytes((0b01111110, 0x33, 0xE4, 59, 6)) + bytes(6), set()),
    ],
)
def test_the_traits_of_a_payload(payload: bytes, traits: set[Trait]) -> None:
    received = Laboratory().hear(payload).received
    assert received is not None
    assert traits_of(received) == received.features | traits


def test_the_stacks_that_lose_a_frame_can_be_asked_for() -> None:
    mesh = MeshHeader(hops_left=5, originator=ALICE, final_destination=BOB).encode()
    lost = {loss.stack for loss in stacks_that_lose(Laboratory().hear(mesh + iphc(PACKET, -1, -1)).received)}
    assert lost == set(Stack) - {Stack.OPENTHREAD, Stack.NANOSTACK}
    assert stacks_that_lose(None) == ()
