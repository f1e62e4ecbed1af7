"""What Thread's Mesh Link Establishment teaches: contexts, and which EUI-64 a short address stands for.

Contexts of Thread are in its network data, not in Router Advertisements: context 0 is the mesh-local prefix, the others
are given to prefixes by the leader. Messages are secured; those that a network key opens are believed, others are not.
"""

from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.keyring import Keyring
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.suggestions import registered
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.errors import Malformed
from p6lowpan.machines.adaptation.context_table import ContextEvent
from p6lowpan.wire.address import LinkAddress, is_link_local
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS
from p6lowpan.wire.sixlowpan.contexts import Context, masked
from p6lowpan.wire.thread import mle
from p6lowpan.wire.thread.network_data import ContextEntry, PrefixEntry

MESH_LOCAL_CONTEXT, MESH_LOCAL_BITS = 0, 64


def is_link_establishment(transport: Transport) -> bool:
    """Whether a packet is one of MLE, and whole."""
    is_for_it = transport.protocol == Protocol.UDP and transport.destination_port == mle.PORT
    return is_for_it and bool(transport.checksum_holds) and is_link_local(transport.source)


def extended_source(transport: Transport) -> LinkAddress:
    """The EUI-64 of the sender: MLE is sent from the link-local address that is formed from it."""
    identifier = transport.source[8:]
    return LinkAddress(bytes((identifier[0] ^ 2,)) + identifier[1:])


def opened(packet: bytes, transport: Transport, keyring: Keyring) -> mle.Message | None:
    """What an MLE packet says, where it is secured and a key opens it."""
    try:
        sealed, _ = mle.MESSAGES.decode(transport.octets(packet)[UDP_HEADER_OCTETS:])
    except Malformed:
        return None
    if not isinstance(sealed, mle.SecuredMessage):
        return None
    source = extended_source(transport)
    return keyring.open_link_establishment(sealed, source, transport.source, transport.destination)


def learn(
    now: int, message: mle.Message, sender: LinkAddress, pan: int | None, knowledge: Knowledge, addresses: AddressBook
) -> tuple[ContextEvent, ...]:
    """Remember what a message says of its sender and of the network."""
    events: list[ContextEvent] = []
    for tlv in message.tlvs:
        match tlv:
            case mle.SourceAddress(address=short):
                addresses.learn(pan, LinkAddress(short), sender)
            case mle.NetworkData(entries=entries):
                for entry in entries:
                    if isinstance(entry, PrefixEntry):
                        events += _contexts(now, entry, knowledge)
            case mle.UnknownTlv(type=mle.TlvType.ADDRESS_REGISTRATION, content=content):
                knowledge.suggest(registered(content))
            case mle.ActiveOperationalDataset(tlvs=tlvs):
                for each in tlvs:
                    if isinstance(each, mle.MeshLocalPrefix):
                        prefix = each.prefix + bytes(8)
                        events += knowledge.learn_context(now, Context(MESH_LOCAL_CONTEXT, prefix, MESH_LOCAL_BITS))
    return tuple(events)


def _contexts(now: int, entry: PrefixEntry, knowledge: Knowledge) -> list[ContextEvent]:
    events: list[ContextEvent] = []
    for inner in entry.entries:
        if isinstance(inner, ContextEntry) and inner.context_length <= entry.prefix_length:
            prefix = masked(entry.prefix.ljust(16, b"\0"), inner.context_length)
            context = Context(inner.context_identifier, prefix, inner.context_length, bool(inner.compress))
            events += knowledge.learn_context(now, context)
    return events
