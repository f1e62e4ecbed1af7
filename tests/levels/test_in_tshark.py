"""What pairs of levels said to one another, in Wireshark: nothing is malformed, every checksum is good.

Excepted by name are class-unsupported errors of four octets, which tshark 4.0 calls malformed whatever their type is.
Level 6 is not here: tshark 4.0 does not know generic header compression.
"""

from pathlib import Path

import pytest

from levels.meeting import Meeting, check
from levels.neighborhood import CONTEXTS, Kind, strangers
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode
from peers.trouble import TSHARK, contexts_for, trouble_in

pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")


@pytest.mark.parametrize(("one", "other"), [(0, 5), (1, 2), (3, 4), (5, 5)])
def test_tshark_finds_nothing_wrong_in_the_whole_mix(one: int, other: int, tmp_path: Path) -> None:
    profiles = of_level(one), of_level(other)
    meeting = Meeting(strangers(*profiles, Kind(Advertise.NEVER, mode=Mode.REGULAR)), profiles)
    errors = sum(check(meeting, Policy.OPTIMISTIC).errors.values())
    path = tmp_path / "meeting.pcap"
    path.write_bytes(meeting.neighborhood.capture.getvalue())
    trouble = trouble_in(path, *contexts_for(CONTEXTS))
    assert not any(trouble[:3]), trouble
    assert len(trouble.excepted) == errors
