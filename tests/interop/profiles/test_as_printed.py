"""The stacks as the drafts print them lose the packets that need what they lack, and no other."""

import pytest

from interop.agreement import node_of, requests
from interop.profiles.hand_made import ADDRESSES, ALICE, BOB, GLOBAL, NODE, fragmented, packet, sent, up
from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.profile import RFC6282
from p6lowpan.interop.laboratory.delivery import failing
from p6lowpan.interop.laboratory.parties import REFERENCE, party
from p6lowpan.interop.laboratory.probes import probes
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import hands_up
from p6lowpan.interop.printed import NO, PARTLY, PRINTED, Printed
from p6lowpan.interop.profiles import by_name
from p6lowpan.interop.profiles.as_printed import AS_PRINTED, PROFILES
from p6lowpan.interop.receiving.reading import Receiving
from p6lowpan.interop.sending.writing import Sending
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context

COLUMNS = [(table, column) for table in PRINTED.values() for column in range(len(table.stacks))]
EXTENSIONS = {Feature.NHC_HOP_BY_HOP, Feature.NHC_ROUTING, Feature.NHC_FRAGMENT} | {
    Feature.NHC_DESTINATION_OPTIONS, Feature.NHC_MOBILITY, Feature.NHC_PADDING_ELIDED
}  # fmt: skip
ONLY_UDP = {"contiki@2018", "riot@2018"}


def _lacking(table: Printed, column: int) -> set[Feature]:
    lacking = set()
    for row in table.rows:
        if row.cells is not None and row.cells[column] in (NO, PARTLY):
            lacking |= {BY_NAME[name] for name in row.features}
    if f"{table.stacks[column]}@{table.year}" in ONLY_UDP:
        lacking |= EXTENSIONS | {Feature.NHC_IPV6}
    return lacking - {Feature.SHORT_ADDRESSES}


def test_there_is_one_a_column_found_by_name() -> None:
    assert list(AS_PRINTED) == [f"{table.stacks[column]}@{table.year}" for table, column in COLUMNS]
    assert by_name("riot@2020") is AS_PRINTED["riot@2020"]


@pytest.mark.parametrize("stack", AS_PRINTED.values(), ids=AS_PRINTED)
def test_quirks_stand_at_places_that_exist_and_name_the_table(stack: Stack) -> None:
    for quirk in stack.quirks:
        assert set(quirk.receives) <= set(Receiving.__dataclass_fields__)
        assert set(quirk.sends) <= set(Sending.__dataclass_fields__)
        assert quirk.evidence[0].startswith("draft-")


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=list(AS_PRINTED))
def test_a_packet_comes_up_if_it_needs_nothing_that_the_column_lacks(table: Printed, column: int) -> None:
    name = f"{table.stacks[column]}@{table.year}"
    lacking = _lacking(table, column)
    no_short = any(quirk.says.startswith("802.15.4 16 bit") for quirk in AS_PRINTED[name].quirks)
    differing = []
    for identifier, request in requests("decode").items():
        node, frames = node_of(request), [bytes.fromhex(frame) for frame in request["frames"]]
        if request["kind"] != "valid" or "ghc" in request["features"]:
            continue
        short = 2 in (len(node.link.source), len(node.link.destination)) and node.link.destination != b"\xff\xff"
        receiver = Receiver(RFC6282)
        needed: set[Feature] = set()
        for frame in frames:
            needed |= receiver.receive(0, frame, node.link, node.contexts).features
        loses = bool(needed & lacking) or (no_short and short)
        right = [octets.hex() for octets in hands_up(AS_PRINTED[name], frames, node).packets] == request["expect"]
        if right is loses and not (name == "contiki@2018" and identifier.startswith("frag/iphc")):
            differing.append(identifier)
    assert differing == []


def test_contiki_of_2018_gains_38_octets_in_a_first_fragment_and_any_number_in_a_frame() -> None:
    """Section 2.2.1: an IPv6 header compressed as far as it goes gains 38 octets, and UDP some more."""
    contiki = AS_PRINTED["contiki@2018"]
    udp = bytes.fromhex("f0b1f0b200a80000") + bytes(160)
    whole = packet(17, udp)
    assert up(contiki, *fragmented(whole, "7e33f312" + "0000", 48, 80)) == []
    assert up(contiki, *fragmented(whole, "7a3311", 40, 80)) == [whole]
    assert len(up(contiki, bytes.fromhex("7e33f3120000") + bytes(8))) == 1
    assert up(AS_PRINTED["contiki@2020"], *fragmented(whole, "7e33f312" + "0000", 48, 80)) == [whole]


def test_what_a_stack_does_not_receive_it_does_not_send() -> None:
    prefix = GLOBAL[:8]
    node = Node(NODE.link, {1: Context(1, prefix + bytes(8), 64)})
    group = packet(58, bytes(8), ADDRESSES[:16] + bytes.fromhex("ff3e0040") + prefix + bytes.fromhex("01020304"))
    assert len(sent(AS_PRINTED["riot@2018"], group, node=node).frames[0]) == 18
    assert len(sent(AS_PRINTED["tinyos@2018"], group, node=node).frames[0]) == 27
    inside = packet(41, packet(58, bytes(8)))
    assert sent(AS_PRINTED["nanostack@2020"], inside).frames[0][:3] == bytes.fromhex("7e33ee")
    assert sent(AS_PRINTED["riot@2020"], inside).frames[0][:3] == bytes.fromhex("7a3329")
    options = packet(60, bytes.fromhex("3a00010400000000") + bytes(8))
    assert sent(AS_PRINTED["openthread@2018"], options).frames[0][:3] == bytes.fromhex("7e33e6")
    assert sent(AS_PRINTED["riot@2018"], options).frames[0][:3] == bytes.fromhex("7a333c")
    short = Node(Link(LinkAddress(b"\x12\x34"), BOB))
    assert sent(AS_PRINTED["contiki@2020"], packet(58, bytes(8)), node=short).refused is not None
    everyone = Node(Link(ALICE, LinkAddress(b"\xff\xff")))
    assert len(sent(AS_PRINTED["contiki@2020"], packet(58, bytes(8)), node=everyone).frames) == 1


@pytest.mark.parametrize("name", AS_PRINTED)
def test_who_believes_the_draft_gets_everything_through_but_to_short_addresses(name: str) -> None:
    receiver = party(name)
    sender = REFERENCE.toward(receiver)
    lost = [why for delivery in failing(sender, receiver, probes()[::5]) for why in delivery.up.dropped]
    assert PROFILES[name].name == name
    assert set(lost) == ({"16-bit addresses are not supported"} if name.startswith("contiki@") else set())
