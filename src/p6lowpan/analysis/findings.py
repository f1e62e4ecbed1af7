"""What a reader of a capture should know: the table of all rules, and the rules applied to a frame.

A rule is a row: its name, severity, section and meaning, and a function that looks at a frame. Rules that take several
frames have no function; a watcher finds them.
"""

from p6lowpan.analysis.acknowledgements import NO_ACKNOWLEDGEMENT
from p6lowpan.analysis.advice import COMPRESSION_SUBOPTIMAL
from p6lowpan.analysis.error_rules import ERROR_RULES, of_error
from p6lowpan.analysis.explained import Draft, Finding
from p6lowpan.analysis.forensics import WRONG_CHECKSUM
from p6lowpan.analysis.fragment_watch import DATAGRAM_LOST, FRAGMENT_RULES, lost_in_words
from p6lowpan.analysis.frame_counters import REPLAYED_FRAME_COUNTER, REUSED_FRAME_COUNTER
from p6lowpan.analysis.frame_rules import FRAME_RULES
from p6lowpan.analysis.judging import LOST_BY_STACKS, TAKEN_BY_STACKS
from p6lowpan.analysis.packet_rules import CONTEXT_ADDED_IN_USE, EXTENDED_SOURCE, MIXED_RPL_OPTIONS, PACKET_RULES
from p6lowpan.analysis.payload_rules import PAYLOAD_RULES
from p6lowpan.analysis.recovery_rules import RECOVERABLE_DATAGRAM_LOST, RECOVERY_RULES
from p6lowpan.analysis.rule import Rule
from p6lowpan.machines.adaptation.recovery import is_recoverable
from p6lowpan.machines.adaptation.timeline import DatagramDropped

WATCHED_RULES = (
    NO_ACKNOWLEDGEMENT,
    REPLAYED_FRAME_COUNTER,
    REUSED_FRAME_COUNTER,
    WRONG_CHECKSUM,
    MIXED_RPL_OPTIONS,
    CONTEXT_ADDED_IN_USE,
    EXTENDED_SOURCE,
    COMPRESSION_SUBOPTIMAL,
    LOST_BY_STACKS,
    TAKEN_BY_STACKS,
)

RULES: tuple[Rule, ...] = (
    *ERROR_RULES,
    *FRAME_RULES,
    *PAYLOAD_RULES,
    *FRAGMENT_RULES,
    *RECOVERY_RULES,
    *PACKET_RULES,
    *WATCHED_RULES,
)
"""Every finding that there can be. Several reasons may share a name."""


ANY_PAYLOAD = tuple(rule for rule in PAYLOAD_RULES if rule.feature is None)
OF_A_FEATURE = tuple(rule for rule in (*PAYLOAD_RULES, *RECOVERY_RULES) if rule.feature is not None)
BY_FEATURE = {
    feature: tuple(rule for rule in OF_A_FEATURE if rule.feature is feature)
    for feature in dict.fromkeys(rule.feature for rule in OF_A_FEATURE)
    if feature is not None
}


def of_drop(drop: DatagramDropped) -> Finding:
    """A datagram that was not put together, and what is missing of it."""
    rule = RECOVERABLE_DATAGRAM_LOST if is_recoverable(drop.key) else DATAGRAM_LOST
    return rule.finding(lost_in_words(drop))


def examine(draft: Draft) -> None:
    """Add the findings that a frame makes by itself."""
    if draft.error is not None:
        draft.findings.append(of_error(draft.error, _first_octet(draft)))
    _apply(FRAME_RULES, draft)
    examine_payload(draft)
    examine_packets(draft)


def examine_payload(draft: Draft) -> None:
    """Add those that its 6LoWPAN payload makes."""
    if draft.received is not None and draft.received.payload is not None:
        _apply(ANY_PAYLOAD, draft)
        for feature in draft.features & BY_FEATURE.keys():
            _apply(BY_FEATURE[feature], draft)


def examine_packets(draft: Draft) -> None:
    """Add those that its packets make, and what was learned."""
    if draft.packets or draft.learned:
        _apply(PACKET_RULES, draft)


def _apply(rules: tuple[Rule, ...], draft: Draft) -> None:
    for rule in rules:
        if rule.find is not None and (text := rule.find(draft)):
            draft.findings.append(rule.finding(text))


def _first_octet(draft: Draft) -> int | None:
    """The first octet of a 6LoWPAN payload that was not understood."""
    payload = getattr(draft.frame, "payload", b"") if draft.received is not None else b""
    return payload[0] if payload else None
