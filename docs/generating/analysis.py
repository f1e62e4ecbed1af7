"""The pages of findings and of known stacks."""

from collections.abc import Iterator

from generating.markdown import page, prose, table
from p6lowpan.analysis import error_rules, forensics, known_stacks
from p6lowpan.analysis.explained import Severity
from p6lowpan.analysis.findings import RULES
from p6lowpan.analysis.fragment_watch import FRAGMENT_RULES
from p6lowpan.analysis.frame_rules import FRAME_RULES
from p6lowpan.analysis.known_stacks import FATES, REASSEMBLY, Fate, Reassembly, Stack, Trait
from p6lowpan.analysis.packet_rules import PACKET_RULES
from p6lowpan.analysis.payload_rules import PAYLOAD_RULES
from p6lowpan.analysis.rule import Rule
from p6lowpan.capability.features import Feature

GROUPS = (
    ("What could not be understood", error_rules.ERROR_RULES),
    ("The MAC frame", FRAME_RULES),
    ("The 6LoWPAN payload", PAYLOAD_RULES),
    ("Fragments", FRAGMENT_RULES),
    ("The packet", PACKET_RULES),
)
ELSEWHERE = "What takes several frames, or is asked for"


def findings_page() -> str:
    """Every finding, by what it is about, and every reading of a wrong checksum."""
    grouped = {rule.name for _, rules in GROUPS for rule in rules}
    others = tuple(rule for rule in RULES if rule.name not in grouped)
    parts = [
        [f"## {title}", "", *table(("finding", "severity", "section", "meaning"), _rows(rules))]
        for title, rules in (*GROUPS, (ELSEWHERE, others))
    ]
    readings = [(f"`{reading.name}`", reading.section, reading.text) for reading in forensics.READINGS]
    return page(
        "Findings",
        [
            "What `p6lowpan explain` says about a frame, by name. An **error** loses packets, a **warning** may, a"
            " **note** explains. Where no section is given, it is that of the format at fault."
        ],
        *parts,
        ["## Wrong checksums", "", prose(forensics)],
        table(("reading", "section", "the checksum is right if"), readings),
    )


def _rows(rules: tuple[Rule, ...]) -> Iterator[tuple[str, str, str, str]]:
    for rule in rules:
        yield f"`{rule.name}`", Severity(rule.severity).name.lower(), rule.section, rule.meaning


def stacks_page() -> str:
    """What measured implementations lose packets by."""
    fates = [
        (_trait(trait), _stacks(lost, Fate.DROPS), _stacks(lost, Fate.MISREADS))
        for trait, lost in FATES.items()
        if lost
    ]
    return page(
        "Known stacks",
        [prose(known_stacks)],
        ["What is not in a row is taken by all that were measured, as far as it was measured."],
        table(("what a frame uses", "dropped by", "misread by"), fates),
        ["## Reassembly"],
        table(
            ("stack", "datagrams at once", "time-out", "first fragment first", "ascending order", "a fragment twice"),
            [_reassembly(row) for row in REASSEMBLY],
        ),
    )


def _trait(trait: Feature | Trait) -> str:
    if isinstance(trait, Feature):
        return f"`{trait.value.name}`: {trait.value.meaning}"
    return trait.value


def _stacks(fates: dict[Stack, Fate], fate: Fate) -> str:
    return ", ".join(stack for stack in Stack if fates.get(stack) is fate)


def _reassembly(row: Reassembly) -> tuple[str, ...]:
    return (
        row.stack,
        "" if row.datagrams is None else str(row.datagrams),
        "" if row.timeout_seconds is None else f"{row.timeout_seconds} s",
        "needed" if row.needs_first else "",
        "needed" if row.needs_order else "",
        "" if row.takes_duplicates else "loses the datagram",
    )
