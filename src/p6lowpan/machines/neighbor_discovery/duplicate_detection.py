"""Duplicate address detection over several hops, the router's side: RFC 6775 section 8.2, RFC 8505 sections 5 and 6.

Theory of operation. A new registration is answered when the border router has said yes; a renewed one at once, and the
border router is told besides. Without an answer the request is repeated, 3 times in all, and then taken as granted
(section 8.2.6). A node of RFC 6775 is asked about with a DAR, one of RFC 8505 with an EDAR (RFC 8505 section 6.2); to a
border router that knows RFC 6775 alone only the first 64 bits of the verifier go (section 6.4).
"""

from dataclasses import dataclass

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.claim import Claim
from p6lowpan.machines.neighbor_discovery.information import Information
from p6lowpan.machines.neighbor_discovery.interface import Interface
from p6lowpan.machines.neighbor_discovery.messages import emit
from p6lowpan.machines.neighbor_discovery.outputs import Outputs
from p6lowpan.machines.neighbor_discovery.statuses import Status
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, format_ipv6
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest

WHERE = "duplicate detection"
RFC6775_VERIFIER_OCTETS = 8


@dataclass(slots=True)
class Asking:
    """A request under way. ``is_first``: the node waits for the answer."""

    claim: Claim
    is_first: bool
    border_router: Ipv6Address
    verifier: bytes
    sent: int = 0
    deadline: int = 0


@value
class Finding:
    """What the border router said of a claim. ``is_extended``: in an EDAC."""

    claim: Claim
    is_first: bool
    status: int
    is_extended: bool


class DuplicateDetection:
    """The requests that a router has under way: at most one for each address, and ``duplicate_requests`` in all."""

    def __init__(self, interface: Interface, information: Information) -> None:
        self._interface = interface
        self._information = information
        self._asking: dict[Ipv6Address, Asking] = {}

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(asking.deadline for asking in self._asking.values()))

    def is_asking(self, address: bytes) -> bool:
        """Whether an address is being checked."""
        return address in self._asking

    def has_room(self, address: bytes) -> bool:
        """Whether a request for ``address`` can be begun."""
        return address in self._asking or len(self._asking) < self._interface.limits.duplicate_requests

    def begin(self, now: int, claim: Claim, is_first: bool) -> Outputs:
        """Ask the border router; a newer claim replaces an older one for the same address."""
        known = self._information.of(claim.address)
        if known is None or not self.has_room(claim.address):
            detail = f"no request for {format_ipv6(claim.address)}"
            return (Dropped(Reason.DUPLICATE_REQUESTS_FULL, WHERE, detail),)
        verifier = claim.option.ownership_verifier
        if not known.is_extended:
            verifier = verifier[:RFC6775_VERIFIER_OCTETS]
        border_router = Ipv6Address(known.border_router.border_router)
        self._asking[claim.address] = Asking(claim, is_first, border_router, verifier)
        return self._ask(now, self._asking[claim.address])

    def confirmed(self, source: bytes, message: DuplicateAddressConfirmation) -> Finding | None:
        """A DAC or EDAC came; ``None`` where no request of ours is answered by it."""
        asking = self._asking.get(Ipv6Address(message.registered_address))
        if asking is None or asking.border_router != source or asking.verifier != message.ownership_verifier:
            return None
        is_extended = message.code_suffix > 0
        if is_extended and asking.claim.transaction not in (None, message.transaction):
            return None
        del self._asking[asking.claim.address]
        return Finding(asking.claim, asking.is_first, message.status, is_extended)

    def forget(self, address: bytes) -> None:
        """The address is not wanted any more."""
        self._asking.pop(Ipv6Address(address), None)

    def tick(self, now: int) -> tuple[Outputs, tuple[Finding, ...]]:
        """What is due: requests that are repeated, and those that are taken as granted."""
        outputs: list[Outputs] = []
        findings: list[Finding] = []
        for address, asking in tuple(self._asking.items()):
            if asking.deadline > now:
                continue
            if asking.sent >= self._interface.limits.unicast_solicitations:
                del self._asking[address]
                findings.append(Finding(asking.claim, asking.is_first, Status.SUCCESS, is_extended=False))
            else:
                outputs.append(self._ask(now, asking))
        return tuple(output for some in outputs for output in some), tuple(findings)

    def _ask(self, now: int, asking: Asking) -> Outputs:
        """RFC 6775 section 8.2.3. The source is "a global address of the 6LR"; before we have one, the time runs all
        the same."""
        asking.sent += 1
        asking.deadline = now + self._interface.retransmission_us
        source = self._interface.global_address(asking.border_router)
        if source is None:
            return ()
        claim = asking.claim
        message = DuplicateAddressRequest(
            code_suffix=0 if claim.transaction is None else len(asking.verifier) // 8,
            transaction=claim.transaction or 0,
            lifetime_minutes=claim.option.lifetime_minutes,
            ownership_verifier=asking.verifier,
            registered_address=claim.address,
        )
        return (emit(message, source, asking.border_router, None, self._interface.limits.multihop_hop_limit),)
