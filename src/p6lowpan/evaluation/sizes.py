"""Code sizes: the drafts' of six stacks (figure 3, table 2), and of newer versions.

Sizes of stacks are facts that were measured once, by building their own unmodified code: text and read-only data for a
Cortex-M3 with gcc 12.2.1 -Os, in kB.
"""

from dataclasses import dataclass

from p6lowpan.analysis.neighbor_memory import neighbor_memory
from p6lowpan.evaluation.results import Experiment, Value

PARTS = ("all", "compression", "fragmentation", "mesh and broadcast")


@dataclass(frozen=True, slots=True)
class StackSize:
    """``printed`` as figure 3 has it, ``measured`` in kB; by :data:`PARTS`. ``note``: where a part is found"
    " otherwise."""

    stack: str
    version: str
    printed: tuple[str, str, str, str]
    measured: tuple[float | None, float | None, float | None, float | None]
    printed_in_2018: tuple[str, str, str, str] = ("", "", "", "")
    note: str = ""


STACKS = (
    StackSize(
        "Contiki-NG",
        "release 5.0",
        ("6.2", "3.4", "1.9", "N/A"),
        (5.3, 3.3, 1.4, None),
        note="release 4.2, which the draft modified: 4.9 / 2.9 / 1.5, with -O2 5.3 / 3.2 / 1.4; parts are differences"
        " between builds",
    ),
    StackSize(
        "Contiki",
        "commit 32b5b17f, 2018-11",
        ("11.3", "6.0", "3.3", "N/A"),
        (4.2, 2.3, 1.3, None),
        ("11262", "5952", "3319", "N/A"),
        "parts are differences between builds",
    ),
    StackSize(
        "OpenThread",
        "commit d210a317, 2026-07",
        ("26.6", "20.0", "1.3", "4.5"),
        (11.6, 4.3, 4.6, 2.7),
        ("26375", "4146-20000", "1310", "4500"),
        "sums of objects: compression with the framing of headers; fragmentation is in mesh_forwarder and framer,"
        " mesh in these and in _ftd",
    ),
    StackSize(
        "RIOT",
        "commit c8bd52ff, 2026-08",
        ("7.5", ">4.7", "1.5", "N/A"),
        (7.7, 4.8, 2.0, None),
        ("7500", ">4712", "1514", "N/A"),
        "sums of objects; 7.6 without assertions",
    ),
    StackSize(
        "Arm Mbed (Nanostack)",
        "Mbed OS, full configuration",
        ("22.1", "18.0", "3.1", "1331"),
        (15.0, 5.1, 1.4, 1.3),
        ("22061", "17900", "3104", "1331"),
        "sums of objects; with RFC 6775 22.2; compression with its caller 6.0; fragmentation is reassembly alone,"
        " sending is inside an object of 6.3",
    ),
    StackSize(
        "TinyOS",
        "library as shipped",
        ("16.2", "----", "----", "0.6"),
        (6.3, 3.5, 1.3, 0.5),
        ("16174", "----", "----", "600"),
        "sums of objects; the FULL build is 6.8, mesh is FULL less default",
    ),
)

LEVELS = tuple(range(6))
FIGURE_5 = (3.2, 4.2, 4.8, 5.1, 5.6, 6.2)
FIGURE_6_WITH = (3.4, 4.4, 5.2, 5.4, 5.9, 6.3)
FIGURE_6_ADDED = (188, 260, 388, 340, 296, 172)
FIGURE_7 = {"linear": (5.9, 19), "FLEX": (6.5, 22)}
"""kB of code, octets of RAM a neighbour."""


def measure(_quick: bool) -> dict[str, Value]:
    """Sizes of stacks in kB, and our packed neighbour entry."""
    values: dict[str, Value] = {}
    for each in STACKS:
        for part, measured in zip(PARTS, each.measured, strict=True):
            values[f"{each.stack}/{part}"] = measured
    memory = neighbor_memory()
    for name, entry in (("linear", memory.linear), ("FLEX", memory.flex)):
        values[f"neighbour/{name}/octets"] = entry.octets
        values[f"neighbour/{name}/bits"] = entry.bits
    return values


EXPERIMENT = Experiment(
    "sizes",
    "gcc 12.2.1 -Os for a Cortex-M3 on each stack's own code, copied here with versions; neighbour entries are packed"
    " by p6lowpan levels --ram",
    measure,
)
