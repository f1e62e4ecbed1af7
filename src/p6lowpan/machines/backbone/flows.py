"""The conversations that somebody inside began: their answers come in without a rule (RFC 6092 sections 3.1 to 3.3).

At most ``limits.backbone_flows``; the one unused for longest goes first. A conversation ends when nothing was sent from
inside for as long as RFC 6092 says: what comes from outside prolongs nothing, so that nobody there can keep one open.
"""

from p6lowpan.capability.limits import Limits
from p6lowpan.machines.backbone.traffic import Traffic
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.ipv6.registry import Protocol


class Flows:
    """See the module. ``forgotten`` counts those that went to make room."""

    def __init__(self, limits: Limits) -> None:
        self.forgotten = 0
        self._limits = limits
        self._until: BoundedTable[Traffic, int] = BoundedTable(limits.backbone_flows)

    def __len__(self) -> int:
        return len(self._until)

    def began(self, now: int, traffic: Traffic) -> None:
        """This went out."""
        tcp = traffic.protocol == Protocol.TCP
        lasts = self._limits.backbone_tcp_flow_us if tcp else self._limits.backbone_flow_us
        self._until.remove(traffic)  # so that it is the youngest
        gone = self._until.put(traffic, now + lasts)
        if gone is not None and gone[1] > now:
            self.forgotten += 1

    def knows(self, now: int, traffic: Traffic) -> bool:
        """Whether this went out a while ago."""
        until = self._until.get(traffic)
        return until is not None and until > now
