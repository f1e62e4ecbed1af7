"""A neighbour's memory, as a table and for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from p6lowpan.analysis.neighbor_memory import PYTHON, NeighborMemory

MEMORY_HEADING = ("of one neighbour", "linear", "FLEX", "")

PURPOSES = {
    "address": "link-layer address; a device may share it with its neighbor cache",
    "kind": "EUI-64 or short address",
    "is_known": "whether anything is known of it",
    "capability": "the level; 32 bits of features in FLEX",
    "how": "by error, advertisement or configuration; only reported",
    "is_router": "for the policy routers-are-5",
    "proven": "sent, and not complained about",
    "last_sent": "what an error may be about",
    "kept": "which datagram of the node's pool is on probation there",
}


def memory_rows(memory: NeighborMemory) -> Iterator[tuple[str, ...]]:
    """A row a field in bits, then sums, then what others need."""
    linear, flex = memory.linear, memory.flex
    for name in dict.fromkeys([*flex.fields, *linear.fields]):
        yield name, _bits(linear.fields.get(name)), _bits(flex.fields.get(name)), PURPOSES[name]
    yield "bits", str(linear.bits), str(flex.bits), ""
    yield "octets", str(linear.octets), str(flex.octets), "packed, as a device holds it"
    in_draft = "draft-ayers-low-power-interop-01, figure 7: in Contiki-NG"
    yield "octets, draft", str(linear.draft_octets), str(flex.draft_octets), in_draft
    known = f"measured in this process, {PYTHON}: level or field known"
    yield "octets, known", str(linear.python_known_octets), str(flex.python_known_octets), known
    probation = "measured, too: a datagram on probation, its own octets aside"
    sizes = str(linear.python_on_probation_octets), str(flex.python_on_probation_octets)
    yield "octets, on probation", *sizes, probation


def memory_notes(memory: NeighborMemory) -> str:
    """What a node needs besides."""
    return (
        f"Once a node: at most {memory.kept_datagrams} kept datagrams of up to {memory.kept_datagram_octets} octets, "
        "as many as it affords."
    )


def memory_record(memory: NeighborMemory) -> dict[str, Any]:  # Any: JSON has no narrower type
    """The same for programs."""
    return {"python": PYTHON, **asdict(memory)}


def _bits(width: int | None) -> str:
    return "-" if width is None else str(width)
