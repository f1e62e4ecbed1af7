"""Findings about recoverable fragments (RFC 8931): what is asked for again, given up, or congested."""

from p6lowpan.analysis.explained import Draft, Finding, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.capability.features import Feature
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.machines.adaptation.recovery import Recovery, key_of_acknowledged
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    NULL_BITMAP,
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
    sequences_of,
)

NOTE, WARNING = Severity.NOTE, Severity.WARNING
RECOVERABLE = Feature.RECOVERABLE_FRAGMENT


def _last_header(draft: Draft) -> Header | None:
    payload = draft.received.payload if draft.received else None
    return payload.stack.headers[-1].header if payload is not None else None


def _abort(draft: Draft) -> str:
    match _last_header(draft):
        case RecoverableFragment(is_abort=True) as fragment:
            return f"the sender, or a router on the way, gives datagram {fragment.datagram_tag:#04x} up"
        case RecoverableFragmentAcknowledgment(bitmap=bitmap) as acknowledgment if bitmap == NULL_BITMAP:
            return (
                f"the receiver, or a router on the way, gives datagram {acknowledgment.datagram_tag:#04x} up: it has "
                "no buffer or no path for it, or answers an abort"
            )
    return ""


def _congestion(draft: Draft) -> str:
    match _last_header(draft):
        case RecoverableFragment(explicit_congestion=1):
            return "a router on the way of this fragment experienced congestion"
        case RecoverableFragmentAcknowledgment(congestion_echo=1):
            return "the receiver tells that fragments experienced congestion: their sender should send fewer at a time"
    return ""


DATAGRAM_ABORTED = Rule(
    "datagram-aborted",
    WARNING,
    "RFC 8931 6.3",
    "a datagram is given up: a fragment with offset 0, or an acknowledgment with a null bitmap",
    _abort,
    RECOVERABLE,
)
CONGESTION = Rule(
    "fragment-congestion",
    NOTE,
    "RFC 8931 4.3",
    "a router marked a fragment because of congestion, or the receiver tells so",
    _congestion,
    RECOVERABLE,
)
FRAGMENTS_ASKED_FOR = Rule(
    "fragments-asked-for",
    WARNING,
    "RFC 8931 6",
    "an acknowledgment without fragments that were sent: they were lost behind this hop, and must be sent again",
)
RECOVERABLE_DATAGRAM_LOST = Rule(
    "datagram-lost", Severity.ERROR, "RFC 8931 6", "a datagram was not put together: fragments are missing"
)
RECOVERY_RULES = (DATAGRAM_ABORTED, CONGESTION, FRAGMENTS_ASKED_FOR, RECOVERABLE_DATAGRAM_LOST)


def asked_for(now: int, received: Received, recovery: Recovery) -> list[Finding]:
    """Which fragments an acknowledgment is without: of those that were heard, and those before the last that it has."""
    payload = received.payload
    acknowledgment = payload.stack.headers[-1].header if payload is not None else None
    if payload is None or not isinstance(acknowledgment, RecoverableFragmentAcknowledgment):
        return []
    if acknowledgment.bitmap in (NULL_BITMAP, FULL_BITMAP):
        return []
    has = sequences_of(acknowledgment.bitmap)
    sent = recovery.sequences(now, key_of_acknowledged(payload.stack.link, acknowledgment))
    missing = sorted(sent.union(range(has[-1])).difference(has))
    if not missing:
        return []
    names = ", ".join(map(str, missing))
    text = f"of datagram {acknowledgment.datagram_tag:#04x} these fragments did not arrive: {names}"
    return [FRAGMENTS_ASKED_FOR.finding(text)]
