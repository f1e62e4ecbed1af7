"""Duplicate address detection on a regular link: RFC 4862 section 5.4.

Each tentative address is asked for, once by default; whoever answers, or asks for the same address from nowhere, has it
too. In a LoWPAN the registration does this (RFC 6775 section 8.2).
"""

from dataclasses import dataclass

from p6lowpan.machines.neighbor_discovery.interface import AddressState, Interface, OwnAddress
from p6lowpan.machines.neighbor_discovery.messages import duplicate_probe
from p6lowpan.machines.neighbor_discovery.outputs import AddressRefused, NeighborOutput, Outputs
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address


@dataclass(slots=True)
class Probing:
    """How often an address was asked for, and when it is asked for again, or found unique."""

    deadline: int
    sent: int = 0


class AddressDetection:
    """The detections under way: at most one for each address of ours."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._probing: dict[Ipv6Address, Probing] = {}

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(probing.deadline for probing in self._probing.values()))

    def begin_all(self, now: int) -> None:
        """Ask for every tentative address that is not being asked for. RFC 4862 section 5.4.2 wants a random delay."""
        for own in self._interface.addresses.values():
            if own.state is AddressState.TENTATIVE and own.address not in self._probing:
                delay = self._interface.random(self._interface.limits.router_solicitation_delay_us)
                self._probing[own.address] = Probing(now + delay)

    def conflict(self, own: OwnAddress) -> Outputs:
        """Somebody else has, or wants, a tentative address of ours."""
        self._probing.pop(own.address, None)
        own.state = AddressState.REFUSED
        return (AddressRefused(own.address, None),)

    def tick(self, now: int) -> Outputs:
        """What is due."""
        outputs: list[NeighborOutput] = []
        for address, probing in tuple(self._probing.items()):
            own = self._interface.addresses.get(address)
            if own is None:
                del self._probing[address]
            elif probing.deadline <= now:
                outputs += self._step(now, own, probing)
        return tuple(outputs)

    def _step(self, now: int, own: OwnAddress, probing: Probing) -> Outputs:
        if probing.sent >= self._interface.limits.duplicate_probes:
            del self._probing[own.address]
            return self._interface.confirm(now, own)
        probing.sent += 1
        probing.deadline = now + self._interface.retransmission_us
        return (duplicate_probe(own.address),)
