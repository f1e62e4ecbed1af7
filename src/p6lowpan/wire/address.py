"""Link-layer and IPv6 addresses: octets as printed (most significant first), and the ways between the two.

A link-layer address is 8 octets (EUI-64), 2 octets (short, 16-bit), or none (an IEEE 802.15.4 frame may
elide it). RFC 4944 section 6 and RFC 6282 section 3.2.2 form interface identifiers from them.
"""

import ipaddress
from typing import Annotated, NewType

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.value import value
from p6lowpan.wire.description import Meaning, Octets

LinkAddress = NewType("LinkAddress", bytes)
"""8 octets (EUI-64), 2 octets (short address) or 0 octets (elided), as printed."""

Ipv6Address = NewType("Ipv6Address", bytes)
"""16 octets."""

BROADCAST = LinkAddress(b"\xff\xff")
NO_LINK_ADDRESS = LinkAddress(b"")
UNSPECIFIED = Ipv6Address(bytes(16))
LINK_LOCAL_PREFIX = bytes.fromhex("fe80000000000000")
ALL_NODES = Ipv6Address(bytes.fromhex("ff020000000000000000000000000001"))
ALL_ROUTERS = Ipv6Address(bytes.fromhex("ff020000000000000000000000000002"))
GROUP_BITS = 0b100  # RFC 4944 section 12: 16-bit addresses that begin so are of groups
SHORT_IDENTIFIER = bytes.fromhex("000000fffe00")


def interface_identifier(link_address: LinkAddress) -> bytes:
    """The 64-bit interface identifier of a link-layer address, RFC 6282 section 3.2.2: an EUI-64 with the
    universal/local bit inverted, or ``0000:00ff:fe00:XXXX`` for a short address.

    Raises :class:`UsageError` where there is no address to form it from.
    """
    if len(link_address) == 8:
        return bytes((link_address[0] ^ 2,)) + link_address[1:]
    if len(link_address) == 2:
        return SHORT_IDENTIFIER + link_address
    raise UsageError(f"no interface identifier from a link-layer address of {len(link_address)} octets")


def interface_identifier_with_pan(short: LinkAddress, pan: int) -> bytes:
    """The older rule of RFC 4944 section 6: ``PAN:00ff:fe00:XXXX`` with the universal/local bit of the PAN cleared.

    Some stacks still use it; a capture is explained with it where a checksum says so.
    """
    return (pan & 0xFDFF).to_bytes(2, "big") + SHORT_IDENTIFIER[2:] + short


def link_local(link_address: LinkAddress) -> Ipv6Address:
    """The link-local address that stateless autoconfiguration forms from a link-layer address."""
    return Ipv6Address(LINK_LOCAL_PREFIX + interface_identifier(link_address))


def is_group(link_address: bytes) -> bool:
    """Whether a link-layer address is for more than one: broadcast, or a 16-bit multicast address (RFC 4944 section
    9)."""
    return len(link_address) == 2 and (link_address == BROADCAST or link_address[0] >> 5 == GROUP_BITS)


def group_address(multicast: Ipv6Address) -> LinkAddress:
    """The 16-bit multicast address of an IPv6 multicast address, RFC 4944 section 9: 100 and its last 13 bits."""
    return LinkAddress(bytes((GROUP_BITS << 5 | multicast[14] & 0x1F, multicast[15])))


def is_multicast(address: bytes) -> bool:
    """Whether an IPv6 address is a multicast address, ff00::/8."""
    return address[0] == 0xFF


def is_link_local(address: bytes) -> bool:
    """Whether an IPv6 address is a link-local unicast address, fe80::/10."""
    return address[0] == 0xFE and address[1] & 0xC0 == 0x80


def format_ipv6(address: bytes) -> str:
    """RFC 5952 text."""
    return str(ipaddress.IPv6Address(address))


def parse_ipv6(text: str) -> Ipv6Address:
    """Octets of an IPv6 address in text. Raises :class:`UsageError`."""
    try:
        return Ipv6Address(ipaddress.IPv6Address(text).packed)
    except ValueError:
        raise UsageError(f"{text!r} is no IPv6 address") from None


def format_link(address: bytes) -> str:
    """``02:12:34:56:78:ab:cd:01``, ``0x0a0b``, ``broadcast`` or ``none``."""
    if len(address) == 2:
        return "broadcast" if address == BROADCAST else f"0x{address.hex()}"
    return address.hex(":") or "none"


def parse_link(text: str) -> LinkAddress:
    """A link-layer address from 16 or 4 hex digits, separators and ``0x`` allowed. Raises :class:`UsageError`."""
    digits = text.lower().removeprefix("0x").replace(":", "").replace("-", "")
    try:
        octets = bytes.fromhex(digits)
    except ValueError:
        octets = b"?"
    if len(octets) not in (2, 8):
        raise UsageError(f"{text!r} is no link-layer address: 16 hex digits (EUI-64) or 4 (short)")
    return LinkAddress(octets)


Ipv6 = Annotated[bytes, Octets(16), Meaning(format_ipv6)]
"""A field that holds an IPv6 address."""

Eui64 = Annotated[bytes, Octets(8), Meaning(format_link)]
"""A field that holds an EUI-64 in printed order."""


@value
class Link:
    """The two ends of a frame, after any mesh header: what elided interface identifiers come from."""

    source: LinkAddress = NO_LINK_ADDRESS
    destination: LinkAddress = NO_LINK_ADDRESS

    @property
    def source_identifier(self) -> bytes | None:
        """The interface identifier of the source, ``None`` where there is no address."""
        return interface_identifier(self.source) if self.source else None

    @property
    def destination_identifier(self) -> bytes | None:
        """The interface identifier of the destination, ``None`` where there is no address."""
        return interface_identifier(self.destination) if self.destination else None
