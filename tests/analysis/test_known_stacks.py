"""Facts about stacks, as data."""

import pytest

from analysis.laboratory import ALICE, BOB, Laboratory, fragments, iphc, udp_packet, uncompressed
from p6lowpan.analysis.known_stacks import FATES, Fate, Loss, Stack, Trait, losses, names
from p6lowpan.capability.features import Feature
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context
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
        (bytes((0b01110010, 0x33, 0x04, 59)), {Trait.TRAFFIC_CLASS_IN_LINE, Trait.NOTHING_BEHIND}),
        (bytes((0b01110010, 0x33, 0x00, 59)) + bytes(1), set()),
        (bytes((0b01111110, 0x33, 0xE4, 59, 0)) + bytes(7), {Trait.FRAGMENT_HEADER_ZERO}),
        (bytes((0b01111110, 0x33, 0xE4, 59, 6)) + bytes(6), {Trait.NOTHING_BEHIND}),
        (bytes((0b01111110, 0x33, 0xE5, 6)) + bytes(6) + b"\xf3\x12\0\0", {Trait.BEHIND_FRAGMENT_HEADER}),
        (bytes((0b01111110, 0x33, 0xF7, 0x12)) + bytes(2), set()),
        (bytes((0b01111110, 0x33, 0xF7, 0x12)) + bytes(3), {Trait.ODD_CHECKSUM_ELIDED}),
        (bytes((0xC0, 51, 0, 7, 0b01111110, 0x33, 0xF7, 0x12)), {Trait.ODD_CHECKSUM_ELIDED}),
    ],
)
def test_the_traits_of_a_payload(payload: bytes, traits: set[Trait]) -> None:
    heard = Laboratory().hear(payload)
    assert heard.traits == heard.features | traits


SHORT, EXTENDED = LinkAddress(b"\x0a\x0b"), ALICE
IN_LINE = b"\x0a\x0b"


@pytest.mark.parametrize(
    ("source_address", "destination_address", "source", "destination", "traits"),
    [
        (EXTENDED, BOB, -1, -1, set()),
        (SHORT, SHORT, -1, -1, {Trait.SHORT_SOURCE, Trait.SHORT_DESTINATION, Trait.SHORT_ELIDED}),
        (EXTENDED, LinkAddress(b"\xff\xff"), -1, bytes(8), set()),
        (SHORT, BOB, -1, -1, {Trait.SHORT_SOURCE, Trait.SHORT_ELIDED, Trait.MIXED_ADDRESSES}),
        (EXTENDED, SHORT, -1, -1, {Trait.SHORT_DESTINATION, Trait.SHORT_ELIDED, Trait.MIXED_ADDRESSES}),
        (SHORT, BOB, bytes(8), -1, {Trait.SHORT_SOURCE}),
        (EXTENDED, BOB, IN_LINE, -1, {Trait.SHORT_IN_LINE}),
        (EXTENDED, BOB, -1, IN_LINE, {Trait.SHORT_IN_LINE}),
        (EXTENDED, BOB, 0, -1, {Trait.CONTEXT_0_UNNAMED}),
    ],
)
def test_what_some_stacks_make_of_short_addresses(
    source_address: bytes, destination_address: bytes, source: bytes | int, destination: bytes | int, traits: set[Trait]
) -> None:
    laboratory = Laboratory(contexts=(Context(0, parse_ipv6("2001:db8::"), 64),))
    heard = laboratory.hear(iphc(PACKET, source, destination), source_address, destination_address)
    assert heard.traits == heard.features | traits


def test_a_multicast_destination_has_no_identifier() -> None:
    heard = Laboratory().hear(bytes((0b01111010, 0b00111010)) + bytes.fromhex("3b0200000100"), EXTENDED, SHORT)
    assert heard.error is None
    assert heard.traits == heard.features | {Trait.SHORT_DESTINATION}


def test_an_identifier_of_16_bits_behind_a_context() -> None:
    laboratory = Laboratory(contexts=(Context(0, parse_ipv6("2001:db8::"), 64),))
    heard = laboratory.hear(bytes((0b01111010, 0b01100011)) + bytes.fromhex("3b0a0b00"))
    assert heard.traits == heard.features | {Trait.SHORT_BEHIND_CONTEXT, Trait.CONTEXT_0_UNNAMED}


def test_the_stacks_that_lose_a_frame_can_be_asked_for() -> None:
    mesh = MeshHeader(hops_left=5, originator=ALICE, final_destination=BOB).encode()
    lost = {loss.stack for loss in losses(Laboratory().hear(mesh + iphc(PACKET, -1, -1)).traits)}
    assert lost == set(Stack) - {Stack.OPENTHREAD, Stack.NANOSTACK}
    assert losses(Laboratory().hear_octets(b"").traits) == ()


@pytest.mark.parametrize(("length", "is_long"), [(64, False), (65, True), (112, True)])
def test_a_context_of_more_than_64_bits_is_a_trait_where_it_is_used(length: int, is_long: bool) -> None:
    laboratory = Laboratory(contexts=(Context(3, parse_ipv6("2001:db8::"), length),))
    heard = laboratory.hear(iphc(udp_packet(source="2001:db8::12:3456:78ab:cd01"), 3, -1, (3, 0)))
    assert (Trait.LONG_CONTEXT in heard.traits) is is_long
    assert Trait.LONG_CONTEXT not in laboratory.hear(iphc(PACKET, -1, -1)).traits


@pytest.mark.parametrize(("identifier", "is_above"), [(0, False), (3, False), (4, True), (15, True)])
def test_a_context_above_3_is_a_trait_where_it_is_used(identifier: int, is_above: bool) -> None:
    laboratory = Laboratory(contexts=(Context(identifier, parse_ipv6("2001:db8::"), 64),))
    heard = laboratory.hear(iphc(udp_packet(source="2001:db8::12:3456:78ab:cd01"), identifier, -1, (identifier, 0)))
    assert (Trait.CONTEXT_ABOVE_3 in heard.traits) is is_above
    assert {loss.stack for loss in losses({Trait.CONTEXT_ABOVE_3})} == {Stack.SMOLTCP}


PROFILE_OF = {
    Stack.CONTIKI: "contiki", Stack.CONTIKI_NG_4: "contiki-ng-4.2", Stack.CONTIKI_NG: "contiki-ng",
    Stack.OPENTHREAD: "openthread", Stack.RIOT: "riot", Stack.NANOSTACK: "nanostack", Stack.WSBRD: "wisun-wsbrd",
    Stack.WSRD: "wisun-wsrd", Stack.TINYOS: "tinyos", Stack.SMOLTCP: "smoltcp", Stack.TOCK: "tock",
    Stack.LINUX: "linux", Stack.NS3: "ns3", Stack.LWIP: "lwip",
}  # fmt: skip


def test_no_profile_of_a_stack_receives_what_the_stack_is_known_to_lose():
    assert set(PROFILE_OF) == set(Stack)
    for feature, fates in FATES.items():
        if isinstance(feature, Feature):
            receiving = {stack for stack in fates if feature in PROFILES[PROFILE_OF[stack]].receives}
            assert receiving == set(), feature
