"""Findings about the MAC frame."""

from p6lowpan.analysis.explained import Draft, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.wire.address import BROADCAST
from p6lowpan.wire.ieee802154.frame import Frame

NO_SHORT_ADDRESS = b"\xff\xfe"


AGAIN = "the same frame again, as its sender's last one"


def _repeated(draft: Draft) -> str:
    return AGAIN if draft.repeated else ""


def _broadcast_source(draft: Draft) -> str:
    frame = draft.frame
    if isinstance(frame, Frame) and frame.source in (BROADCAST, NO_SHORT_ADDRESS):
        return f"the source address is 0x{frame.source.hex()}, which is no node's"
    return ""


def _cut_short(draft: Draft) -> str:
    missing = draft.inside.cut if draft.inside is not None else draft.captured.missing
    return f"{missing} octets at the end of the frame are not in the capture (snap length)" if missing else ""


RETRANSMISSION = Rule(
    "retransmission",
    Severity.NOTE,
    "IEEE 802.15.4 6.7.4.3",
    "a frame was sent again, because no acknowledgement came",
    _repeated,
)
FRAME_RULES = (
    RETRANSMISSION,
    Rule(
        "broadcast-source",
        Severity.WARNING,
        "IEEE 802.15.4 7.2.1",
        "the source address is the broadcast address, or the one that says that there is none",
        _broadcast_source,
    ),
    Rule(
        "cut-short",
        Severity.WARNING,
        "pcap",
        "the capture does not hold the whole frame (snap length): what is behind its end cannot be checked",
        _cut_short,
    ),
)
"""Rules that look at every frame."""
