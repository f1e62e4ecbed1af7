"""A matrix of who understands whom, a witness octet by octet, and the ten pairs of the draft."""

from collections.abc import Iterator, Sequence

from p6lowpan.analysis.explainer import Settings
from p6lowpan.analysis.payloads import PayloadExplainer
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.dump import dump
from p6lowpan.analysis.presentation.names import counted
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.analysis.presentation.tables import Json
from p6lowpan.interop.laboratory.delivery import Delivery
from p6lowpan.interop.laboratory.draft import SECTION, Outcome
from p6lowpan.interop.laboratory.evidence import evidence
from p6lowpan.interop.laboratory.matrix import Cell, Matrix
from p6lowpan.interop.laboratory.reasons import Reason, reason
from p6lowpan.wire.address import format_ipv6, format_link

ALL = "all through"
HEADING = ("from", "to", "octets", "witness", "what becomes of it, and why")


def matrix_grid(matrix: Matrix) -> tuple[Sequence[str], list[Sequence[str]]]:
    """A row a sender, a column a receiver: the octets of the smallest packet that fails, ``.`` where none does."""
    names = [party.name for party in matrix.parties]
    rows: list[Sequence[str]] = []
    for name, row in zip(names, matrix.cells, strict=True):
        rows.append([name, *("." if cell.witness is None else str(len(cell.witness.probe.packet)) for cell in row)])
    return ["from \\ to", *names], rows


def matrix_rows(matrix: Matrix) -> list[Sequence[str]]:
    """Every cell that fails: its witness, and why. Then who is understood by all."""
    return [cell_row(cell, cell.witness) for cell in matrix.failing if cell.witness is not None]


def matrix_note(matrix: Matrix) -> str:
    """What the matrix says in a sentence."""
    cells = len(matrix.parties) ** 2
    failing = len(matrix.failing)
    said = f"{matrix.probes} packets were put to each of {cells} pairs: "
    return said + (f"in {failing} one fails; a number is the octets of the smallest" if failing else "all get through")


def cell_row(cell: Cell, witness: Delivery) -> Sequence[str]:
    """One pair, in words."""
    why = reason(witness)
    return (
        cell.sender.name,
        cell.receiver.name,
        str(len(witness.probe.packet)),
        witness.probe.name,
        f"{witness.fate}: {_blamed(why, witness)}{why.says}{_sections(why)}",
    )


def _blamed(why: Reason, witness: Delivery) -> str:
    return f"{witness.sender.name} sends it so: " if why.is_sender else ""


def _sections(why: Reason) -> str:
    return f" ({', '.join(why.clauses)})" if why.clauses else ""


def matrix_record(matrix: Matrix) -> Json:
    """For programs."""
    return {
        "packets": matrix.probes,
        "discovery": matrix.discovery,
        "names": [party.name for party in matrix.parties],
        "cells": [
            {
                "from": cell.sender.name,
                "to": cell.receiver.name,
                "witness": None if cell.witness is None else witness_record(cell.witness),
            }
            for row in matrix.cells
            for cell in row
        ],
    }


def witness_record(witness: Delivery) -> Json:
    """A packet that fails, for programs."""
    why = reason(witness)
    return {
        "packet_name": witness.probe.name,
        "packet": witness.probe.packet.hex(),
        "source": format_link(witness.probe.link.source),
        "destination": format_link(witness.probe.link.destination),
        "contexts": [
            f"{context.identifier}={format_ipv6(context.prefix)}/{context.length}"
            for context in witness.probe.contexts.values()
        ],
        "frames": [frame.hex() for frame in witness.frames],
        "fate": witness.fate.value,
        "packets": [packet.hex() for packet in witness.up.packets],
        "blamed": why.party,
        "blamed_for": "sending" if why.is_sender else "receiving",
        "because": why.says,
        "sections": list(why.clauses),
        "evidence": [case for quirk in why.quirks for case in quirk.evidence],
    }


# --- a witness in full -----------------------------------------------------------------------------------------------


def witness_lines(sender: str, receiver: str, witness: Delivery | None, palette: Palette) -> Iterator[str]:
    """The packet, its frames field by field, what came of them, and why."""
    if witness is None:
        yield f"{sender} to {receiver}: {ALL}"
        return
    probe, why = witness.probe, reason(witness)
    ends = f"{format_link(probe.link.source)} to {format_link(probe.link.destination)}"
    yield f"{palette.title(f'{sender} to {receiver}')}: {probe.name}, {len(probe.packet)} octets, {ends}"
    for context in probe.contexts.values():
        yield f"  context {context.identifier} is {format_ipv6(context.prefix)}/{context.length}"
    yield from _frames(witness, palette)
    yield palette.title(f"what {receiver} makes of {'it' if len(witness.frames) == 1 else 'them'}")
    yield f"  the packet {witness.fate}"
    yield from _against(probe.packet, witness.up.packets, palette)
    yield palette.title("why")
    yield f"  {why.party}{' sends it so' if why.is_sender else ''}: {why.says}"
    yield from (f"  departs from {clause}" for clause in why.clauses)
    for quirk in why.quirks:
        yield from (f"  measured: {_evidence(why.party, case)}" for case in quirk.evidence)


def _frames(witness: Delivery, palette: Palette) -> Iterator[str]:
    settings = Settings(contexts=tuple(witness.probe.contexts.values()))
    explainer, details = PayloadExplainer(settings), DetailWriter(palette)
    for number, frame in enumerate(witness.frames, 1):
        yield palette.title(f"frame {number} of {len(witness.frames)}, {counted(len(frame), 'octet')}")
        explained = explainer.explain_payload(number, frame, witness.probe.link, witness.probe.pan)
        yield from details.lines(explained, was_captured=False)


def _against(sent: bytes, handed_up: tuple[bytes, ...], palette: Palette) -> Iterator[str]:
    """What came up, and where it differs from what was sent."""
    for packet in handed_up:
        differing = [at for at in range(max(len(sent), len(packet))) if sent[at : at + 1] != packet[at : at + 1]]
        if differing:
            yield f"  octets {', '.join(_spans(differing))} are not what was sent:"
        for row in dump(packet):
            yield f"    {palette.faint(row)}"


def _spans(numbers: list[int]) -> Iterator[str]:
    start = last = numbers[0]
    for number in [*numbers[1:], -1]:
        if number != last + 1:
            yield str(start) if start == last else f"{start}-{last}"
            start = number
        last = number


def _evidence(stack: str, case: str) -> str:
    found = evidence(stack, case)
    if found.answer is None:
        return f"{case}: {found.kind}"
    return f"{case}: {', '.join(octets.hex() for octets in found.answer.octets) or found.answer.crash or 'nothing'}"


# --- the draft -------------------------------------------------------------------------------------------------------

DRAFT_HEADING = ("pair", "the draft's claim", "from its table", "today", "witness", "why")


def draft_rows(outcomes: Sequence[Outcome]) -> list[Sequence[str]]:
    """The ten pairs."""
    return [_draft_row(outcome) for outcome in outcomes]


def _draft_row(outcome: Outcome) -> Sequence[str]:
    pair, witness = outcome.pair, outcome.claimed or outcome.as_if or outcome.other
    state = "holds" if outcome.holds else "not any more"
    today = f"{state}: {pair.today}" if pair.today else state
    claim = f"{pair.sender} sends {pair.claim}"
    printed = "does not follow" if outcome.printed is None else "follows"
    if witness is None:
        return f"{pair.names[0]}, {pair.names[1]}", claim, printed, today, "none", ""
    why = reason(witness)
    shown = (
        f"{witness.sender.name} to {witness.receiver.name}: {witness.probe.name}, {len(witness.probe.packet)} octets"
    )
    return (
        f"{pair.names[0]}, {pair.names[1]}",
        claim,
        printed,
        today,
        shown,
        f"{witness.fate}: {why.says}{_sections(why)}",
    )


def draft_record(outcomes: Sequence[Outcome]) -> Json:
    """For programs."""
    pairs = [
        {
            "pair": list(outcome.pair.names),
            "sender": outcome.pair.sender,
            "claim": outcome.pair.claim,
            "holds": outcome.holds,
            "today": outcome.pair.today,
            "packets_tried": outcome.tried,
            "as_printed": _record_or_none(outcome.printed),
            "witness": _record_or_none(outcome.claimed),
            "as_if": _record_or_none(outcome.as_if),
            "other": _record_or_none(outcome.other),
        }
        for outcome in outcomes
    ]
    return {"source": SECTION, "pairs": pairs}


def _record_or_none(witness: Delivery | None) -> Json | None:
    if witness is None:
        return None
    return {"from": witness.sender.name, "to": witness.receiver.name, **witness_record(witness)}
