"""Who understands whom: every witness fails in the models, and in the measurement where that holds the same frames."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from interop.agreement import node_of
from p6lowpan.interop.laboratory.delivery import Fate, deliver, failing, witness
from p6lowpan.interop.laboratory.matrix import matrix
from p6lowpan.interop.laboratory.parties import REFERENCE, Party, StackParty, parties, party
from p6lowpan.interop.laboratory.probes import by_name, probes
from p6lowpan.interop.laboratory.reasons import reason
from p6lowpan.interop.measured import answers
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import hands_up, sends
from p6lowpan.interop.profiles import STACKS
from p6lowpan.interop.stack import Stack

VECTORS = Path(__file__).parents[2] / "vectors"
SIX = parties(["draft-2020"])
LEVELS_AND_FLEX = parties(["levels", "flex:00000000", "flex:e8000000", "flex:ffffffc0"])


def _node_key(node: Node) -> tuple[Any, ...]:
    return node.link, tuple(sorted((each.identifier, each.prefix) for each in node.contexts.values())), node.pan


@cache
def _measured(name: str) -> dict[tuple[Any, ...], str]:
    """The requests of a list by what is put to the stack."""
    rows = map(json.loads, (VECTORS / f"{name}.jsonl").read_text("utf-8").splitlines())
    return {
        (tuple(row["frames"]) if "frames" in row else row["packet"], _node_key(node_of(row))): row["id"] for row in rows
    }


def test_every_probe_has_a_name_of_its_own_and_the_smallest_come_first() -> None:
    octets = [len(probe.packet) for probe in probes()]
    assert len(by_name()) == len(octets) > 2000
    assert octets == sorted(octets)
    assert max(octets) >= 1280


def test_a_stack_that_does_everything_right_understands_itself_and_us() -> None:
    right = StackParty(Stack("right", ""))
    ways: list[tuple[Party, Party]] = [(right, right), (right, REFERENCE), (REFERENCE, right)]
    assert [witness(sender, receiver) for sender, receiver in ways] == [None, None, None]


@pytest.mark.parametrize("names", [["draft"], ["draft-2020"], ["draft@2018"]])
def test_every_witness_of_the_drafts_stacks_fails_and_has_a_reason(names: list[str]) -> None:
    result = matrix(parties(names))
    assert len(result.failing) > len(result.parties)
    for cell in result.failing:
        assert cell.witness is not None
        probe = cell.witness.probe
        assert isinstance(cell.sender, StackParty)
        assert isinstance(cell.receiver, StackParty)
        frames = sends(cell.sender.stack, probe.packet, probe.node, 102).frames
        up = hands_up(cell.receiver.stack, frames, probe.node)
        assert frames == cell.witness.frames
        assert up.packets != (probe.packet,)
        assert reason(cell.witness).quirks


def test_a_witness_is_the_smallest_packet_that_fails() -> None:
    riot, contiki = party("riot"), party("contiki")
    found = witness(riot, contiki)
    assert found is not None
    smaller = [probe for probe in probes() if len(probe.packet) < len(found.probe.packet)]
    deliveries = [delivery for probe in smaller if (delivery := deliver(riot, contiki, probe)) is not None]
    assert deliveries
    assert {delivery.fate for delivery in deliveries} == {Fate.ARRIVES}


def test_packets_that_fail_in_the_models_fail_in_the_measurement() -> None:
    """Those that were put to the real stacks in the same octets, of all that fail, not of the smallest alone."""
    as_received_count = differing = 0
    for sender in SIX:
        for receiver in SIX:
            for delivery in failing(sender, receiver):
                key = _node_key(delivery.probe.node)
                as_sent = _measured("encode").get((delivery.probe.packet.hex(), key))
                if as_sent is not None:
                    assert answers("encode")[sender.name][as_sent].octets == delivery.frames
                as_received = _measured("decode").get((tuple(frame.hex() for frame in delivery.frames), key))
                if as_received is not None:
                    answer = answers("decode")[receiver.name][as_received]
                    as_received_count += 1
                    differing += answer.octets == (delivery.probe.packet,) and answer.crash is None
    assert differing == 0
    assert as_received_count > 50


def test_with_discovery_every_level_and_flex_field_understands_every_other() -> None:
    """Every third packet; ``p6lowpan matrix levels`` tries all."""
    result = matrix(LEVELS_AND_FLEX, probes()[::3])
    assert [(cell.sender.name, cell.receiver.name) for cell in result.failing] == []
    assert result.probes > 700


def test_without_discovery_whoever_is_above_is_not_understood_below() -> None:
    low, high = parties(["level-2", "level-3"])
    result = matrix((low, high), discovery=False)
    assert [(cell.sender.name, cell.receiver.name) for cell in result.failing] == [("level-3", "level-2")]
    (cell,) = result.failing
    assert cell.witness is not None
    assert "level-2 does not take" in reason(cell.witness).says


def test_our_own_sender_reaches_a_stock_stack_better_when_it_knows_which() -> None:
    ours = party("rfc6282")
    for name in ("openthread", "linux", "nanostack"):
        receiver = party(name)
        before, after = len(list(failing(ours, receiver))), len(list(failing(ours.toward(receiver), receiver)))
        assert after < before


def test_every_stack_takes_part() -> None:
    assert {each.name for each in parties(["stacks"])} == set(STACKS)
