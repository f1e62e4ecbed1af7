"""Mesh Link Establishment (Thread 1.1 specification, chapter 4): messages in UDP port 19788, secured by themselves.

A message says which suite secures it: IEEE 802.15.4's, with a header of its own and the sender's EUI-64 in the nonce,
or none. :func:`unsecure` checks and decrypts one; which key it is, the caller knows. Of the TLVs those are read that
teach something about addresses and contexts; the others keep their octets.
"""

from enum import IntEnum
from typing import Annotated

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import format_ipv6, format_link
from p6lowpan.wire.description import (
    AUTO,
    U8,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Nested,
    Octets,
    wire,
)
from p6lowpan.wire.family import Family
from p6lowpan.wire.ieee802154 import ccm_star
from p6lowpan.wire.ieee802154.security import nonce
from p6lowpan.wire.ieee802154.security_header import MIC_OCTETS, AuxiliarySecurityHeader2006, encrypts
from p6lowpan.wire.thread.network_data import ENTRIES

PORT = 19788
LAYER = "mle"
SECURED, UNSECURED = 0, 255
EXPRESSION_NAMES = (MIC_OCTETS, ENTRIES)
"""What the expressions below name."""


class Command(IntEnum):
    """What a message is for."""

    LINK_REQUEST = 0
    LINK_ACCEPT = 1
    LINK_ACCEPT_AND_REQUEST = 2
    LINK_REJECT = 3
    ADVERTISEMENT = 4
    UPDATE = 5
    UPDATE_REQUEST = 6
    DATA_REQUEST = 7
    DATA_RESPONSE = 8
    PARENT_REQUEST = 9
    PARENT_RESPONSE = 10
    CHILD_ID_REQUEST = 11
    CHILD_ID_RESPONSE = 12
    CHILD_UPDATE_REQUEST = 13
    CHILD_UPDATE_RESPONSE = 14
    ANNOUNCE = 15
    DISCOVERY_REQUEST = 16
    DISCOVERY_RESPONSE = 17


class TlvType(IntEnum):
    """What a TLV holds."""

    SOURCE_ADDRESS = 0
    MODE = 1
    TIMEOUT = 2
    CHALLENGE = 3
    RESPONSE = 4
    LINK_LAYER_FRAME_COUNTER = 5
    LINK_QUALITY = 6
    PARAMETER = 7
    MLE_FRAME_COUNTER = 8
    ROUTE64 = 9
    ADDRESS16 = 10
    LEADER_DATA = 11
    NETWORK_DATA = 12
    TLV_REQUEST = 13
    SCAN_MASK = 14
    CONNECTIVITY = 15
    LINK_MARGIN = 16
    STATUS = 17
    VERSION = 18
    ADDRESS_REGISTRATION = 19
    CHANNEL = 20
    PAN_ID = 21
    ACTIVE_TIMESTAMP = 22
    PENDING_TIMESTAMP = 23
    ACTIVE_OPERATIONAL_DATASET = 24
    PENDING_OPERATIONAL_DATASET = 25
    THREAD_DISCOVERY = 26


FixedType = Annotated[int, Bits(8), Meaning(TlvType), Fixed()]
_NOT_EXTENDED = Check("length != 255", "length", Reason.UNSUPPORTED, "an extended length follows")


@wire(LAYER)
class SourceAddress(Header):
    """The sender's short address, RLOC16."""

    CHECKS = (Check("length == 2", "length", Reason.BAD_LENGTH, "two octets"),)
    type: FixedType = TlvType.SOURCE_ADDRESS
    length: U8 = 2
    address: Annotated[bytes, Octets(2), Meaning(format_link)]


@wire(LAYER)
class NetworkData(Header):
    """Network data, whole or its stable part."""

    CHECKS = (_NOT_EXTENDED,)
    type: FixedType = TlvType.NETWORK_DATA
    length: Annotated[int, Bits(8), Computed("octets_in(entries)")] = AUTO
    entries: Annotated[tuple[Header, ...], Each("ENTRIES", size="length")] = ()


MESH_LOCAL_PREFIX = 7


def mesh_local_in_words(prefix: bytes) -> str:
    """The prefix of mesh-local addresses."""
    return f"{format_ipv6(prefix.ljust(16, bytes(1)))}/64"


@wire(LAYER)
class MeshLocalPrefix(Header):
    """In an operational dataset (section 8.10.1): the prefix of mesh-local addresses, which context 0 stands for."""

    CHECKS = (Check("length == 8", "length", Reason.BAD_LENGTH, "eight octets"),)
    type: Annotated[int, Bits(8), Fixed()] = MESH_LOCAL_PREFIX
    length: U8 = 8
    prefix: Annotated[bytes, Octets(8), Meaning(mesh_local_in_words)]


@wire(LAYER)
class UnknownTlv(Header):
    """A TLV of which only type and length are read."""

    CHECKS = (_NOT_EXTENDED,)
    type: Annotated[int, Bits(8), Meaning(TlvType)]
    length: Annotated[int, Bits(8), Computed("len(content)")] = AUTO
    content: Annotated[bytes, Octets("length")] = b""


@wire(LAYER)
class DatasetTlv(Header):
    """A TLV of an operational dataset (section 8.10.1) of which only type and length are read."""

    CHECKS = (_NOT_EXTENDED,)
    type: U8
    length: Annotated[int, Bits(8), Computed("len(content)")] = AUTO
    content: Annotated[bytes, Octets("length")] = b""


DATASET_TLVS = Family(layer=LAYER, members={MESH_LOCAL_PREFIX: MeshLocalPrefix}, unknown=DatasetTlv)
"""TLVs of an operational dataset."""


@wire(LAYER)
class ActiveOperationalDataset(Header):
    """What a commissioner configures (section 8.10.1)."""

    CHECKS = (_NOT_EXTENDED,)
    type: FixedType = TlvType.ACTIVE_OPERATIONAL_DATASET
    length: Annotated[int, Bits(8), Computed("octets_in(tlvs)")] = AUTO
    tlvs: Annotated[tuple[Header, ...], Each("DATASET_TLVS", size="length")] = ()


TLVS = Family(
    layer=LAYER,
    members={
        TlvType.SOURCE_ADDRESS: SourceAddress,
        TlvType.NETWORK_DATA: NetworkData,
        TlvType.ACTIVE_OPERATIONAL_DATASET: ActiveOperationalDataset,
    },
    unknown=UnknownTlv,
)
"""TLVs of a message."""


@wire(LAYER)
class Message(Header):
    """What a message says."""

    command: Annotated[int, Bits(8), Meaning(Command)]
    tlvs: Annotated[tuple[Header, ...], Each("TLVS")] = ()


@wire(LAYER)
class SecuredMessage(Header):
    """A message as it is sent: suite, security header, the message sealed, its integrity code."""

    suite: Annotated[int, Bits(8), Fixed()] = SECURED
    security: Annotated[AuxiliarySecurityHeader2006, Nested("AuxiliarySecurityHeader2006")]
    sealed: Annotated[bytes, Octets(leave="MIC_OCTETS[security.level]")] = b""
    integrity_code: Annotated[bytes, Octets("MIC_OCTETS[security.level]")] = b""


@wire(LAYER)
class UnsecuredMessage(Header):
    """A message without security: discovery."""

    suite: Annotated[int, Bits(8), Fixed()] = UNSECURED
    message: Annotated[Message, Nested("Message")]


MESSAGES = Family(layer=LAYER, members={UNSECURED: UnsecuredMessage}, unknown=SecuredMessage)
"""The payload of port 19788, by its suite."""


def unsecure(secured: SecuredMessage, key: bytes, extended_source: bytes, source: bytes, destination: bytes) -> Message:
    """The message, checked and decrypted. ``source`` and ``destination`` are the IPv6 addresses of the packet.

    What the integrity code covers: both addresses, the security header, the message. Raises
    :class:`Malformed`: BAD_INTEGRITY_CODE, and whatever is wrong with the message that comes to light.
    """
    security = secured.security
    if not encrypts(security.level):
        raise Malformed(LAYER, 1, Reason.UNSUPPORTED, f"security level {security.level} does not encrypt")
    number = nonce(extended_source, security.frame_counter, security.level)
    covered = source + destination + security.encode()
    plain = ccm_star.unseal(key, number, covered, secured.sealed, secured.integrity_code)
    if plain is None:
        raise Malformed(
            LAYER, len(secured.encode()), Reason.BAD_INTEGRITY_CODE, f"{len(secured.integrity_code)} octets"
        )
    return Message.decode_all(plain)
