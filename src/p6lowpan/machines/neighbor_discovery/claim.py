"""Somebody registers an address with us: what was asked, and how it is answered (RFC 6775 section 6.5, RFC 8505)."""

from dataclasses import replace

from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.interface import Arrival, Interface
from p6lowpan.machines.neighbor_discovery.messages import Way, neighbor_advertisement
from p6lowpan.machines.neighbor_discovery.outputs import Emit
from p6lowpan.machines.neighbor_discovery.registry import Request
from p6lowpan.wire.address import Ipv6Address, LinkAddress, link_local
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation
from p6lowpan.wire.ipv6.registration_options import AddressRegistration

EUI64_OCTETS = 8


@value
class Claim:
    """A registration that was asked for. ``names_target``: the target is the address, as in RFC 8505 section 5.5; else
    it is the source, as in RFC 6775. ``link_address`` is where packets for the address shall go. ``transaction`` is the
    counter of RFC 8505; ``None`` where the node or we know RFC 6775 alone."""

    address: Ipv6Address
    source: Ipv6Address
    target: Ipv6Address
    answer_from: Ipv6Address
    names_target: bool
    link_address: LinkAddress
    heard_from: LinkAddress
    option: AddressRegistration
    transaction: int | None

    @property
    def request(self) -> Request:
        """The same, as the border router sees it."""
        option = self.option
        return Request(self.address, option.ownership_verifier, self.transaction, option.lifetime_minutes)


def claim_of(
    interface: Interface,
    arrival: Arrival,
    message: NeighborSolicitation,
    option: AddressRegistration,
    link_address: LinkAddress,
) -> Claim:
    """What a Neighbor Solicitation asks for. A node of RFC 8505 that takes us for a router of RFC 6775 alone (section
    6.3) sends an EARO too, with an address of ours as the target."""
    extended = bool(option.has_transaction) and interface.configuration.extended_registration
    names_target = extended and not interface.owns(message.target)
    answer_from = arrival.destination if interface.owns(arrival.destination) else interface.link_local
    return Claim(
        address=Ipv6Address(message.target) if names_target else arrival.source,
        source=arrival.source,
        target=Ipv6Address(message.target),
        answer_from=answer_from,
        names_target=names_target,
        link_address=link_address,
        heard_from=interface.sender_of(arrival) or link_address,
        option=option,
        transaction=option.transaction if extended else None,
    )


def answer(interface: Interface, claim: Claim, status: int) -> Emit:
    """The Neighbor Advertisement. RFC 6775 section 6.5.3: "a copy of the ARO", with the status."""
    option = replace(claim.option, status=status)
    return neighbor_advertisement(interface, claim.answer_from, claim.target, _way(interface, claim, status), (option,))


def _way(interface: Interface, claim: Claim, status: int) -> Way:
    """RFC 6775 section 6.5.2: a refusal goes "to the link-local IPv6 address with the Interface ID part derived from
    the EUI-64", because the address, and the short link-layer address, may be somebody else's. In RFC 8505 the source
    is link-local and the verifier need not be an EUI-64; there the answer goes where the question came from."""
    verifier = claim.option.ownership_verifier
    if claim.names_target:
        return Way(claim.source, claim.heard_from)
    if status and len(verifier) == EUI64_OCTETS and interface.is_foreign_link_address(verifier):
        return Way(link_local(LinkAddress(verifier)), LinkAddress(verifier))
    return Way(claim.source, claim.link_address)
