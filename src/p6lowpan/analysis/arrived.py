"""A 6LoWPAN payload on its way through the glances."""

from typing import NamedTuple

from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.mac_headers import MacHeader
from p6lowpan.analysis.pan import Pan
from p6lowpan.capture.frame import CapturedFrame


class Arrived(NamedTuple):
    """A payload that is looked at: its frame and its MAC header, what was found so far, and the PAN."""

    captured: CapturedFrame
    header: MacHeader
    octets: bytes
    findings: list[Finding]
    pan: Pan
    now: int
