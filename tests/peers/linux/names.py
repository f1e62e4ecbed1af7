"""Who the kernel is."""

from ipaddress import IPv6Address

PAN, EUI64, SHORT = 0xABCD, "02a0b0c0d0e0f001", "0c0d"
PREFIX, OTHER_PREFIX, GATEWAY_PREFIX = "2001:db8:1:2::", "2001:db8:7::", "2001:db8:9::"
IDENTIFIER, SHORT_IDENTIFIER = "::a0:b0c0:d0e0:f001", "::ff:fe00:c0d"


def under(prefix: str, identifier: str) -> str:
    """The address that both make."""
    return str(IPv6Address(int(IPv6Address(prefix)) | int(IPv6Address(identifier))))


LINK_LOCAL, GLOBAL = under("fe80::", IDENTIFIER), under(PREFIX, IDENTIFIER)
