"""Who the kernel is, who we are to it, and the key that both have."""

from ipaddress import IPv6Address

PAN, EUI64, SHORT = 0xABCD, "02a0b0c0d0e0f001", "0c0d"
US, US_SHORT = "0212740011223344", "0a0b"
KEY, KEY_INDEX = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", 1
KEY_SOURCE_SHORT, KEY_SOURCE_LONG = 0x01020304, "1122334455667788"
PREFIX, OTHER_PREFIX, GATEWAY_PREFIX = "2001:db8:1:2::", "2001:db8:7::", "2001:db8:9::"
GATEWAY = "02000000000000ff"
IDENTIFIER, SHORT_IDENTIFIER = "::a0:b0c0:d0e0:f001", "::ff:fe00:c0d"


def under(prefix: str, identifier: str) -> str:
    """The address that both make."""
    return str(IPv6Address(int(IPv6Address(prefix)) | int(IPv6Address(identifier))))


LINK_LOCAL, GLOBAL = under("fe80::", IDENTIFIER), under(PREFIX, IDENTIFIER)
