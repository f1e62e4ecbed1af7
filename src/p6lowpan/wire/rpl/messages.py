"""RPL control messages, RFC 6550 section 6: ICMPv6 type 155, a code, and the base that the code names.

A message is the same for every code: the ICMPv6 header, a Security section where the code has its highest bit, and a
base that ends with its options. What is encrypted stays :class:`SealedBase`. Nothing here checks or makes an integrity
code, and the ICMPv6 checksum is for whoever knows the addresses.
"""

from typing import Annotated, ClassVar

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Ipv6, format_ipv6
from p6lowpan.wire.description import (
    AUTO,
    U8,
    U16,
    U32,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Nested,
    Octets,
    Rest,
    When,
    wire,
)
from p6lowpan.wire.family import Family
from p6lowpan.wire.rpl.options import OPTIONS  # noqa: F401 - the expression of Options names it
from p6lowpan.wire.rpl.registry import CONTROL_CODES, MODES_OF_OPERATION, instance_words, rank_words, status_words
from p6lowpan.wire.rpl.security import SecuritySection

ICMPV6_TYPE = 155
SECURE = 0x80
"""The bit of a code that says that a Security section follows, RFC 6550 section 6."""

InstanceId = Annotated[int, Bits(8), Meaning(instance_words)]
Status = Annotated[int, Bits(8), Meaning(status_words)]
Options = Annotated[tuple[Header, ...], Each("OPTIONS")]
Present = Annotated[int, Bits(1), Computed("0 if dodag_id is None else 1"), Meaning({0: "", 1: "a DODAGID follows"})]
MaybeDodagId = Annotated[bytes | None, Octets(16), When("dodag_id_present"), Meaning(format_ipv6)]

# --- bases ------------------------------------------------------------------------------------------------------------


@wire("rpl-dis")
class Dis(Header):
    """DODAG Information Solicitation, RFC 6550 section 6.2."""

    flags: U8 = 0
    reserved: U8 = 0
    options: Options = ()


@wire("rpl-dio")
class Dio(Header):
    """DODAG Information Object, RFC 6550 section 6.3."""

    rpl_instance_id: InstanceId
    version_number: U8
    rank: Annotated[int, Bits(16), Meaning(rank_words)]
    grounded: Annotated[int, Bits(1), Meaning({0: "floating", 1: "grounded"})] = 0
    zero: Annotated[int, Bits(1)] = 0
    mode_of_operation: Annotated[int, Bits(3), Meaning(MODES_OF_OPERATION)]
    preference: Annotated[int, Bits(3)] = 0
    trigger_sequence: U8
    flags: U8 = 0
    reserved: U8 = 0
    dodag_id: Ipv6
    options: Options = ()


@wire("rpl-dao")
class Dao(Header):
    """Destination Advertisement Object, RFC 6550 section 6.4; the P flag is RFC 9914's."""

    rpl_instance_id: InstanceId
    acknowledgment_requested: Annotated[int, Bits(1)] = 0
    dodag_id_present: Present = AUTO
    projected: Annotated[int, Bits(1), Meaning({0: "", 1: "a projected route"})] = 0
    flags: Annotated[int, Bits(5)] = 0
    reserved: U8 = 0
    dao_sequence: U8
    dodag_id: MaybeDodagId = None
    options: Options = ()


@wire("rpl-dao-ack")
class DaoAck(Header):
    """Destination Advertisement Object Acknowledgement, RFC 6550 section 6.5; the P flag is RFC 9914's."""

    rpl_instance_id: InstanceId
    dodag_id_present: Present = AUTO
    projected: Annotated[int, Bits(1), Meaning({0: "", 1: "of a projected route"})] = 0
    reserved: Annotated[int, Bits(6)] = 0
    dao_sequence: U8
    status: Status = 0
    dodag_id: MaybeDodagId = None
    options: Options = ()


@wire("rpl-p2p-dro")
class RouteReply(Header):
    """P2P Discovery Reply Object, RFC 6997 section 8."""

    rpl_instance_id: InstanceId
    version_number: U8 = 0
    stop: Annotated[int, Bits(1), Meaning({0: "", 1: "the route discovery is over"})] = 0
    acknowledgment_required: Annotated[int, Bits(1)] = 0
    sequence: Annotated[int, Bits(2)] = 0
    reserved: Annotated[int, Bits(12)] = 0
    dodag_id: Ipv6
    options: Options = ()


@wire("rpl-p2p-dro-ack")
class RouteReplyAck(Header):
    """P2P Discovery Reply Object Acknowledgement, RFC 6997 section 10. It has no options; what follows is kept."""

    rpl_instance_id: InstanceId
    version_number: U8 = 0
    sequence: Annotated[int, Bits(2)] = 0
    reserved: Annotated[int, Bits(14)] = 0
    dodag_id: Ipv6
    options: Options = ()


@wire("rpl-dco")
class Dco(Header):
    """Destination Cleanup Object, RFC 9009 section 4.3, with the status of RFC 9010."""

    rpl_instance_id: InstanceId
    acknowledgment_requested: Annotated[int, Bits(1)] = 0
    dodag_id_present: Present = AUTO
    flags: Annotated[int, Bits(6)] = 0
    status: Status = 0
    dco_sequence: U8
    dodag_id: MaybeDodagId = None
    options: Options = ()


@wire("rpl-dco-ack")
class DcoAck(Header):
    """Destination Cleanup Object Acknowledgment, RFC 9009 section 4.3.4."""

    rpl_instance_id: InstanceId
    dodag_id_present: Present = AUTO
    flags: Annotated[int, Bits(7)] = 0
    dco_sequence: U8
    status: Status = 0
    dodag_id: MaybeDodagId = None
    options: Options = ()


@wire("rpl-consistency-check")
class ConsistencyCheck(Header):
    """Consistency Check, RFC 6550 section 6.6: always secure."""

    rpl_instance_id: InstanceId
    response: Annotated[int, Bits(1), Meaning({0: "request", 1: "response"})] = 0
    flags: Annotated[int, Bits(7)] = 0
    nonce: U16
    dodag_id: Ipv6
    destination_counter: U32 = 0
    options: Options = ()


@wire("rpl-sealed")
class SealedBase(Header):
    """A base that is encrypted, or whose security level is not assigned: nothing can be told of it."""

    data: Rest = b""


@wire("rpl-unknown")
class UnknownBase(Header):
    """The base of a code that nothing here reads."""

    data: Rest = b""


BASES: dict[int, type[Header]] = {
    0x00: Dis,
    0x01: Dio,
    0x02: Dao,
    0x03: DaoAck,
    0x04: RouteReply,
    0x05: RouteReplyAck,
    0x07: Dco,
    0x08: DcoAck,
    0x80: Dis,
    0x81: Dio,
    0x82: Dao,
    0x83: DaoAck,
    0x84: RouteReply,
    0x85: RouteReplyAck,
    0x87: Dco,
    0x88: DcoAck,
    0x8A: ConsistencyCheck,
}
"""By code."""

PLAIN_CODES = {kind: code for code, kind in BASES.items() if code < SECURE}
SECURE_CODES = {kind: code for code, kind in BASES.items() if code >= SECURE}


# --- the message ------------------------------------------------------------------------------------------------------


def base_of(code: int, security: SecuritySection | None) -> type[Header]:
    """The class of the base of a message."""
    if security is not None and not security.in_clear:
        return SealedBase
    return BASES.get(code, UnknownBase)


def code_of(base: Header, security: SecuritySection | None) -> int:
    """The code of a message with this base. Raises :class:`UsageError` where the code must be given with it."""
    codes = PLAIN_CODES if security is None else SECURE_CODES
    try:
        return codes[type(base)]
    except KeyError:
        raise UsageError(f"{type(base).__name__} does not say its code here: give the code") from None


@wire("rpl")
class ControlMessage(Header):
    """A RPL control message, RFC 6550 section 6, from its ICMPv6 type on.

    ``ControlMessage(base=Dio(...))`` finds the code; so does a secure one, ``ControlMessage(security=..., base=...)``.
    """

    type: Annotated[int, Bits(8), Fixed(), Meaning({ICMPV6_TYPE: "RPL control"})] = ICMPV6_TYPE
    code: Annotated[int, Bits(8), Computed("code_of(base, security)"), Meaning(CONTROL_CODES)] = AUTO
    checksum: U16 = 0
    security: Annotated[SecuritySection | None, Nested("SecuritySection if code & SECURE else None")] = None
    base: Annotated[
        Header, Nested("base_of(code, security)", leave="0 if security is None else security.integrity_octets")
    ]
    integrity_code: Annotated[bytes, Octets("0 if security is None else security.integrity_octets")] = b""

    CHECKS: ClassVar = (
        Check("isinstance(base, base_of(code, security))", "base", Reason.BAD_VALUE, "a base of another code"),
    )


MESSAGES = Family(layer="rpl", members={}, unknown=ControlMessage, key=lambda octets: octets[1], key_octets=2)
"""RPL messages from their ICMPv6 type on; every code is a :class:`ControlMessage`."""
