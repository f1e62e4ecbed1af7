"""How far an address reaches (RFC 4291 section 2.7, RFC 4007, RFC 7346)."""

from enum import IntEnum

from p6lowpan.wire.address import Ipv6Address

LOOPBACK = Ipv6Address(bytes(15) + b"\x01")
SOLICITED_NODE_PREFIX = bytes.fromhex("ff0200000000000000000001ff")


class Scope(IntEnum):
    """The values of the four bits in a multicast address; a unicast address is given the one that reaches as far."""

    RESERVED = 0
    INTERFACE_LOCAL = 1
    LINK_LOCAL = 2
    REALM_LOCAL = 3
    ADMIN_LOCAL = 4
    SITE_LOCAL = 5
    ORGANIZATION_LOCAL = 8
    GLOBAL = 14


def scope_of(address: bytes) -> int:
    """One of :class:`Scope`, or another number for a multicast scope without a name. Unique local addresses count as
    global (RFC 4193 section 3.3), site-local ones keep their scope (RFC 6724 section 3.1)."""
    if address[0] == 0xFF:
        return address[1] & 0xF
    if address[0] == 0xFE and address[1] & 0x80:
        return Scope.SITE_LOCAL if address[1] & 0x40 else Scope.LINK_LOCAL
    return Scope.LINK_LOCAL if address == LOOPBACK else Scope.GLOBAL


def solicited_node(address: bytes) -> Ipv6Address:
    """The group that whoever has ``address`` is in (RFC 4291 section 2.7.1)."""
    return Ipv6Address(SOLICITED_NODE_PREFIX + address[13:])


def common_bits(one: bytes, other: bytes) -> int:
    """How many leading bits two addresses share."""
    return 128 - (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_length()
