"""The router with which addresses are registered: RFC 6775 section 6.5, RFC 8505 section 5.

Theory of operation. A claim goes through the rows of ``OBJECTIONS``; the first that holds is answered with its status.
Then it needs a place in the neighbor cache (status 2 without one), and the border router's consent. Where we are the
border router ourselves, that is a look into our own registry; else a request, and the entry is tentative until it is
answered. An entry that is tentative for one node is silently kept from every other (RFC 6775 section 8.2): the other
asks again.

Link-local addresses need no consent (RFC 8505 section 5.6), and registrations of groups, anycast addresses and prefixes
(RFC 9685, RFC 9926) are not done.
"""

from collections.abc import Callable, Mapping

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.cache import NeighborCache
from p6lowpan.machines.neighbor_discovery.claim import Claim, answer
from p6lowpan.machines.neighbor_discovery.crowd import Group
from p6lowpan.machines.neighbor_discovery.duplicate_detection import DuplicateDetection, Finding
from p6lowpan.machines.neighbor_discovery.entry import Entry, Kind, Registration
from p6lowpan.machines.neighbor_discovery.information import Information
from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, Interface, is_usable_unicast
from p6lowpan.machines.neighbor_discovery.messages import Way, neighbor_advertisement
from p6lowpan.machines.neighbor_discovery.outputs import (
    NeighborDeregistered,
    NeighborOutput,
    NeighborRegistered,
    Outputs,
)
from p6lowpan.machines.neighbor_discovery.registry import FULL, Registry, is_outdated
from p6lowpan.machines.neighbor_discovery.sequence import Order, compare
from p6lowpan.machines.neighbor_discovery.statuses import Status
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, format_ipv6, is_link_local, link_local
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration

WHERE = "registrar"
ENDS: Mapping[int, Reason] = {Status.MOVED: Reason.MOVED, Status.DUPLICATE_ADDRESS: Reason.DUPLICATE_ADDRESS}
"""Why a registration ended that the border router refused; any other status: WITHDRAWN."""


class Registrar:
    """See the module. ``registry`` is there where we are the border router."""

    def __init__(
        self,
        interface: Interface,
        cache: NeighborCache,
        information: Information,
        detection: DuplicateDetection,
        registry: Registry | None,
    ) -> None:
        self._interface = interface
        self._cache = cache
        self._information = information
        self._detection = detection
        self._registry = registry

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(self._cache.table.ends.earliest, self._detection.deadline)

    # --- claims ------------------------------------------------------------------------------------------------------

    def claimed(self, now: int, claim: Claim) -> Outputs:
        """Somebody registers, renews, or gives back an address."""
        if claim.option.address_type:
            return (Dropped(Reason.UNSUPPORTED, WHERE, "only unicast addresses are registered here"),)
        entry = self._cache.get(claim.address)
        for objection, status in OBJECTIONS:
            if objection(self, claim, entry):
                return (answer(self._interface, claim, status),)
        ends = claim.option.lifetime_minutes == 0
        tentative = entry.registration if entry is not None and entry.kind is Kind.TENTATIVE else None
        if tentative is not None and not (ends and tentative.verifier == claim.option.ownership_verifier):
            return (Dropped(Reason.DETECTION_UNDER_WAY, WHERE, "the border router is being asked"),)
        if ends:
            return self._give_back(now, claim, entry)
        return self._take(now, claim, is_first=entry is None or entry.registration is None)

    def _take(self, now: int, claim: Claim, is_first: bool) -> Outputs:
        asks = self._asks_border_router(claim)
        if asks and is_first and not self._detection.has_room(claim.address):
            return (Dropped(Reason.DUPLICATE_REQUESTS_FULL, WHERE, "too many addresses are being checked"),)
        made = self._cache.make_room(claim.address, Group.REGISTERED)
        if made is None:
            return self._no_room(claim, Status.NEIGHBOR_CACHE_FULL, Reason.NEIGHBOR_CACHE_FULL)
        if asks:
            outputs = (*made, *self._detection.begin(now, claim, is_first))
            if is_first:
                return (*outputs, *self._enter(now, claim, is_tentative=True))
            return (*outputs, *self._accept(now, claim, is_first))
        status = self._consult_registry(now, claim)
        if status in FULL:
            return (*made, *self._no_room(claim, status, Reason.BINDINGS_FULL))
        if status is not Status.SUCCESS:
            return (*made, answer(self._interface, claim, status))
        return (*made, *self._accept(now, claim, is_first))

    def _no_room(self, claim: Claim, status: Status, reason: Reason) -> Outputs:
        """The bound bit, and whoever it bit is told."""
        bit = Dropped(reason, WHERE, f"no room for {format_ipv6(claim.address)}")
        return bit, answer(self._interface, claim, status)

    def _asks_border_router(self, claim: Claim) -> bool:
        """Whether another node has a say."""
        wanted = self._interface.configuration.detects_duplicates and not is_link_local(claim.address)
        return wanted and self._registry is None and self._information.of(claim.address) is not None

    def _consult_registry(self, now: int, claim: Claim) -> Status:
        """Where we are the border router, we look ourselves."""
        if self._registry is None or is_link_local(claim.address):
            return Status.SUCCESS
        return self._registry.request(now, self._interface.link_local, claim.request)

    def _enter(self, now: int, claim: Claim, is_tentative: bool) -> Outputs:
        lifetime = claim.option.lifetime_minutes * MINUTE_US
        limit = self._interface.limits.tentative_registration_us
        registration = Registration(
            verifier=claim.option.ownership_verifier,
            transaction=claim.transaction,
            lifetime_minutes=claim.option.lifetime_minutes,
            expires_at=now + (limit if is_tentative else lifetime),
            is_tentative=is_tentative,
            reachability_requested=bool(claim.option.reachability_requested),
        )
        return self._cache.register(now, claim.address, claim.link_address, registration)

    def _accept(self, now: int, claim: Claim, is_first: bool) -> Outputs:
        entry = self._cache.get(claim.address)
        has_moved = entry is not None and entry.link_address != claim.link_address
        outputs: list[NeighborOutput] = [*self._enter(now, claim, is_tentative=False)]
        if is_first or has_moved:
            requested = bool(claim.option.reachability_requested)
            outputs.append(NeighborRegistered(claim.address, claim.link_address, requested))
        return (*outputs, answer(self._interface, claim, Status.SUCCESS))

    def _give_back(self, now: int, claim: Claim, entry: Entry | None) -> Outputs:
        """RFC 6775 section 6.5.3: "any existing NCE for the IPv6 source address of the NS MUST be deleted"; section
        8.2.3: the border router is told."""
        outputs: list[NeighborOutput] = []
        if entry is not None and entry.registration is not None:
            self._detection.forget(claim.address)
            outputs += self._remove(entry, Reason.WITHDRAWN)
            if self._asks_border_router(claim):
                outputs += self._detection.begin(now, claim, is_first=False)
        return (*outputs, answer(self._interface, claim, self._consult_registry(now, claim)))

    def _remove(self, entry: Entry, reason: Reason) -> Outputs:
        is_tentative = entry.kind is Kind.TENTATIVE
        self._cache.deregister(entry)
        return () if is_tentative else (NeighborDeregistered(entry.address, reason),)

    # --- the border router's word ------------------------------------------------------------------------------------

    def confirmed(self, now: int, source: Ipv6Address, message: DuplicateAddressConfirmation) -> Outputs:
        """A DAC or EDAC came."""
        finding = self._detection.confirmed(source, message)
        return self._asynchronous(source, message) if finding is None else self._found(now, finding)

    def _found(self, now: int, finding: Finding) -> Outputs:
        entry = self._cache.get(finding.claim.address)
        if entry is None or entry.registration is None:
            return ()
        if finding.is_first:
            if finding.status == Status.SUCCESS:
                return self._accept(now, finding.claim, is_first=True)
            return (*self._remove(entry, Reason.WITHDRAWN), answer(self._interface, finding.claim, finding.status))
        if finding.status == Status.SUCCESS or not finding.is_extended:
            return ()
        return self._end(entry, finding.status)

    def _asynchronous(self, source: Ipv6Address, message: DuplicateAddressConfirmation) -> Outputs:
        """RFC 8505 section 5.7: an EDAC with the status "Moved", at any time, cleans up the state in the previous
        location. Ours is a previous one where its counter is older: the same one says that the node registered with us
        and with another router. RFC 6775 section 8.2.5 has nothing of the kind: its DAC is dropped."""
        entry = self._cache.get(message.registered_address)
        registration = entry.registration if entry is not None else None
        known = self._information.of(message.registered_address)
        if entry is None or registration is None or known is None or known.border_router.border_router != source:
            return (Dropped(Reason.NOT_ASKED_FOR, WHERE, "a confirmation of what nobody asked for"),)
        is_ours = message.ownership_verifier == registration.verifier[: len(message.ownership_verifier)]
        if not is_ours or not message.code_suffix or message.status == Status.SUCCESS:
            return (Dropped(Reason.NOT_ASKED_FOR, WHERE, "a confirmation that changes nothing"),)
        known_transaction = registration.transaction
        if known_transaction is None or compare(message.transaction, known_transaction) is not Order.NEWER:
            return (Dropped(Reason.NOT_ASKED_FOR, WHERE, "a confirmation of an older registration than ours"),)
        return self._end(entry, message.status)

    def moved(self, address: bytes) -> Outputs:
        """The node registered this address with another router."""
        entry = self._cache.get(address)
        return () if entry is None or entry.registration is None else self._end(entry, Status.MOVED)

    def leave_prefixes(self) -> Outputs:
        """Registrations of prefixes that are ours no more end; the advertisements say so to everybody."""
        outputs: list[NeighborOutput] = []
        for entry in self._cache.entries:
            if entry.registration is not None and not self.serves(entry.address):
                self._detection.forget(entry.address)
                outputs += self._remove(entry, Reason.WITHDRAWN)
        return tuple(outputs)

    def serves(self, address: bytes) -> bool:
        """Whether an address can be registered with us, as far as the border router that we may be knows."""
        return self._registry is None or is_link_local(address) or self._registry.is_ours(address)

    def _end(self, entry: Entry, status: int) -> Outputs:
        """A registration ends against its owner's will: the owner is told (RFC 8505 section 5.7)."""
        registration, link_address = entry.registration, entry.link_address
        self._detection.forget(entry.address)
        outputs = self._remove(entry, ENDS.get(status, Reason.WITHDRAWN))
        if registration is None or link_address is None:
            return outputs
        option = AddressRegistration(
            status=status,
            reachability_requested=int(registration.reachability_requested),
            has_transaction=int(registration.transaction is not None),
            transaction=registration.transaction or 0,
            lifetime_minutes=0,
            ownership_verifier=registration.verifier,
        )
        way = Way(link_local(link_address), link_address)
        source = self._interface.link_local
        told = neighbor_advertisement(self._interface, source, entry.address, way, (option,), solicited=False)
        return (*outputs, told)

    # --- time --------------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> Outputs:
        """What is due. RFC 6775 section 6.5.3: a registration whose lifetime ended "MUST" go."""
        outputs, findings = self._detection.tick(now)
        collected: list[NeighborOutput] = [*outputs]
        for finding in findings:
            collected += self._found(now, finding)
        for address in self._cache.table.ends.take(now):
            entry = self._cache.get(address)
            if entry is not None:
                self._detection.forget(address)
                collected += self._remove(entry, Reason.LIFETIME_ENDED)
        return tuple(collected)

    # --- objections --------------------------------------------------------------------------------------------------

    def _source_is_no_neighbor(self, claim: Claim, entry: Entry | None) -> bool:  # noqa: ARG002
        """RFC 8505 section 5.6: "a 6LN MUST use a Link-Local Address as the Source Address"."""
        return claim.names_target and not is_link_local(claim.source)

    def _source_is_taken(self, claim: Claim, entry: Entry | None) -> bool:  # noqa: ARG002
        """RFC 8505 table 1, status 6."""
        if not claim.names_target or claim.source == claim.address:
            return False
        known = self._cache.get(claim.source)
        registration = known.registration if known is not None else None
        taken = registration is not None and registration.verifier != claim.option.ownership_verifier
        return taken or self._interface.owns(claim.source)

    def _address_is_of_no_use(self, claim: Claim, entry: Entry | None) -> bool:  # noqa: ARG002
        """RFC 8505 table 1, status 8: an address of a prefix that is not of this network."""
        if not is_usable_unicast(claim.address):
            return True
        known = self._information.of(claim.address)
        if is_link_local(claim.address) or known is None or not known.prefixes:
            return False
        return not any(one.covers(claim.address) for one in self._information.sets)

    def _address_is_taken(self, claim: Claim, entry: Entry | None) -> bool:
        """RFC 6775 section 6.5.1: by ourselves, or by another's registration."""
        if claim.address in self._interface.addresses:
            return True
        if entry is None or entry.registration is None or entry.kind is Kind.TENTATIVE:
            return False
        return entry.registration.verifier != claim.option.ownership_verifier

    def _is_outdated(self, claim: Claim, entry: Entry | None) -> bool:
        """RFC 8505 section 4.1, status 3."""
        if entry is None or entry.registration is None or entry.kind is Kind.TENTATIVE:
            return False
        return is_outdated(claim.transaction, entry.registration.transaction)


Objection = Callable[[Registrar, Claim, Entry | None], bool]
OBJECTIONS: tuple[tuple[Objection, Status], ...] = (
    (Registrar._source_is_no_neighbor, Status.INVALID_SOURCE_ADDRESS),
    (Registrar._source_is_taken, Status.DUPLICATE_SOURCE_ADDRESS),
    (Registrar._address_is_of_no_use, Status.REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT),
    (Registrar._address_is_taken, Status.DUPLICATE_ADDRESS),
    (Registrar._is_outdated, Status.MOVED),
)
"""Why a registration is refused, and with which status; in this order."""
