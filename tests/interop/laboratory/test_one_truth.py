"""The tables that senders and explanations go by say what the models of the stacks do: what is sent, how it is lost.

Whether a packet is lost is compared in tests/interop/test_tables.py.
"""

from collections import Counter, defaultdict

import pytest

from interop.agreement import node_of, requests
from p6lowpan.analysis.known_stacks import FATES, Fate, Stack, losses
from p6lowpan.analysis.traits import traits_of
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import RFC6282
from p6lowpan.capability.stacks import STACKS as MEASURED
from p6lowpan.capability.stacks import cells
from p6lowpan.interop.laboratory.delivery import sent
from p6lowpan.interop.laboratory.parties import party
from p6lowpan.interop.laboratory.probes import probes
from p6lowpan.interop.prediction import hands_up
from p6lowpan.interop.profiles import STACKS
from p6lowpan.machines.adaptation.receiver import Receiver

COLUMNS = {
    "contiki": Stack.CONTIKI, "contiki-ng-4.2": Stack.CONTIKI_NG_4, "contiki-ng": Stack.CONTIKI_NG,
    "openthread": Stack.OPENTHREAD, "riot": Stack.RIOT, "nanostack": Stack.NANOSTACK, "wisun-wsbrd": Stack.WSBRD,
    "wisun-wsrd": Stack.WSRD, "tinyos": Stack.TINYOS, "smoltcp": Stack.SMOLTCP, "tock": Stack.TOCK,
    "linux": Stack.LINUX, "ns3-ul": Stack.NS3, "lwip": Stack.LWIP,
}  # fmt: skip
DELIVERY = {Feature.MESH_HEADER, Feature.MESH_DEEP_HOPS, Feature.BROADCAST_HEADER}
"""Sent along routes, which no packet has by itself."""

NOT_SHOWN = {
    ("nanostack", Feature.UNCOMPRESSED_IPV6),  # only in answer to packets of a kind that is not among these
    ("wisun-wsbrd", Feature.UNCOMPRESSED_IPV6),
}
NOT_MEASURED = {
    ("openthread", Feature.HEADERS_PAST_FIRST_FRAGMENT),  # headers of 168 octets
    ("scapy", Feature.HEADERS_PAST_FIRST_FRAGMENT),
    ("wisun-wsbrd", Feature.SHORT_ADDRESSES),  # from an EUI-64 to a short address
    ("wisun-wsrd", Feature.SHORT_ADDRESSES),
}
"""Where the models go on from what was measured, and the table does not."""


def _sent_features(name: str) -> set[Feature]:
    """What the frames of a stack use; a Fragment header with 6 in its reserved octet is another feature."""
    sender, receiver, used = party(name), Receiver(RFC6282), set[Feature]()
    for probe in probes():
        for frame in sent(sender, probe).frames:
            features = receiver.receive(0, frame, probe.link, probe.contexts).features
            six = Feature.NHC_FRAGMENT_LENGTH_SIX in features
            used |= features - ({Feature.NHC_FRAGMENT} if six else set())
    return used


@pytest.mark.parametrize("name", [stack.name for stack in MEASURED if stack.name in STACKS])
def test_a_stack_is_said_to_send_what_its_model_sends(name: str) -> None:
    used = _sent_features(name)
    signs = {feature: cell[1] for feature, cell in cells(name).items() if feature not in DELIVERY}
    unshown = {(name, feature) for feature, sign in signs.items() if sign in "Ss" and feature not in used}
    unsaid = {(name, feature) for feature, sign in signs.items() if sign == "-" and feature in used}
    assert unshown <= NOT_SHOWN
    assert unsaid <= NOT_MEASURED


def test_packets_are_lost_in_the_way_that_the_table_says() -> None:
    """As most of those are that the models lose by the same trait."""
    ways: dict[tuple[str, object, Fate], Counter[Fate | None]] = defaultdict(Counter)
    for name in ("decode", "random"):
        for request in requests(name).values():
            if request["kind"] != "valid" or len(request["frames"]) > 1:
                continue
            node, frame = node_of(request), bytes.fromhex(request["frames"][0])
            received = Receiver(RFC6282).receive(0, frame, node.link, node.contexts)
            lost = {loss.stack: loss for loss in losses(traits_of(received, node.contexts))}
            for stack, column in COLUMNS.items():
                if (loss := lost.get(column)) is not None:
                    up = hands_up(STACKS[stack], [frame], node)
                    right = [packet.hex() for packet in up.packets] == request["expect"] and up.crash is None
                    way = None if right else Fate.MISREADS if up.packets or up.crash else Fate.DROPS
                    ways[stack, loss.trait, loss.fate][way] += 1
    wrong = {key: count for key, count in ways.items() if 2 * count[key[2]] < count.total()}
    assert {(stack, getattr(trait, "name", "")) for stack, trait, _ in wrong} <= {("smoltcp", "FRAGMENT_HEADER_ZERO")}
    assert len(ways) > 80


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "ns3-ul"])
def test_features_are_dropped_or_misread_in_both_tables_alike(name: str) -> None:
    for feature, cell in cells(name).items():
        fate = FATES.get(feature, {}).get(COLUMNS[name])
        if fate is not None and cell[0] in "!-":
            assert cell[0] == {Fate.DROPS: "-", Fate.MISREADS: "!"}[fate], feature
        if cell[0] == "R":
            assert fate is None, feature
