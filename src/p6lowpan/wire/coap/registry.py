"""The registries of CoAP (RFC 7252 section 12 and those that extend it): codes, options, content formats.

Whether an option is critical, unsafe to forward or no part of the cache key follows from its number alone; what else
its RFC says is a row of :data:`OPTIONS`. What a value means is said in :mod:`p6lowpan.wire.coap.values`.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Type(IntEnum):
    """RFC 7252 section 3."""

    CONFIRMABLE = 0
    NON_CONFIRMABLE = 1
    ACKNOWLEDGEMENT = 2
    RESET = 3


EMPTY = 0
GET, POST, PUT, DELETE, FETCH, PATCH, IPATCH = range(1, 8)

CODES = {
    0: "Empty",
    **{1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH"},
    65: "Created",
    66: "Deleted",
    67: "Valid",
    68: "Changed",
    69: "Content",
    95: "Continue",
    128: "Bad Request",
    129: "Unauthorized",
    130: "Bad Option",
    131: "Forbidden",
    132: "Not Found",
    133: "Method Not Allowed",
    134: "Not Acceptable",
    136: "Request Entity Incomplete",
    137: "Conflict",
    140: "Precondition Failed",
    141: "Request Entity Too Large",
    143: "Unsupported Content-Format",
    150: "Unprocessable Entity",
    157: "Too Many Requests",
    160: "Internal Server Error",
    161: "Not Implemented",
    162: "Bad Gateway",
    163: "Service Unavailable",
    164: "Gateway Timeout",
    165: "Proxying Not Supported",
    168: "Hop Limit Reached",
    225: "CSM",
    226: "Ping",
    227: "Pong",
    228: "Release",
    229: "Abort",
}
"""RFC 7252 12.1, RFC 7959 2.9, RFC 8132 section 6, RFC 8516, RFC 8768; signals are of RFC 8323, not over UDP."""

CLASSES = {0: "request", 2: "success", 4: "client error", 5: "server error", 7: "signal"}


def code_words(code: int) -> str:
    """``2.05 Content``: class, detail and name."""
    numbers = f"{code >> 5}.{code & 31:02}"
    kind = CLASSES.get(code >> 5, "reserved class")
    return f"{numbers} {CODES.get(code, f'{kind}, not assigned')}"


def is_request(code: int) -> bool:
    """Whether a code is a method, 0.01 to 0.31."""
    return 0 < code < 32


class Format(StrEnum):
    """Formats of option values, RFC 7252 section 3.2."""

    EMPTY = "empty"
    OPAQUE = "opaque"
    UINT = "uint"
    STRING = "string"


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One row: RFC 7252 table 4 without what the number says."""

    number: int
    name: str
    format: Format
    shortest: int
    longest: int
    repeatable: bool
    section: str


OPTIONS = {
    row.number: row
    for row in (
        OptionRow(1, "If-Match", Format.OPAQUE, 0, 8, True, "RFC 7252 5.10.8.1"),
        OptionRow(3, "Uri-Host", Format.STRING, 1, 255, False, "RFC 7252 5.10.1"),
        OptionRow(4, "ETag", Format.OPAQUE, 1, 8, True, "RFC 7252 5.10.6"),
        OptionRow(5, "If-None-Match", Format.EMPTY, 0, 0, False, "RFC 7252 5.10.8.2"),
        OptionRow(6, "Observe", Format.UINT, 0, 3, False, "RFC 7641 2"),
        OptionRow(7, "Uri-Port", Format.UINT, 0, 2, False, "RFC 7252 5.10.1"),
        OptionRow(8, "Location-Path", Format.STRING, 0, 255, True, "RFC 7252 5.10.7"),
        OptionRow(9, "OSCORE", Format.OPAQUE, 0, 255, False, "RFC 8613 2"),
        OptionRow(11, "Uri-Path", Format.STRING, 0, 255, True, "RFC 7252 5.10.1"),
        OptionRow(12, "Content-Format", Format.UINT, 0, 2, False, "RFC 7252 5.10.3"),
        OptionRow(14, "Max-Age", Format.UINT, 0, 4, False, "RFC 7252 5.10.5"),
        OptionRow(15, "Uri-Query", Format.STRING, 0, 255, True, "RFC 7252 5.10.1"),
        OptionRow(16, "Hop-Limit", Format.UINT, 1, 1, False, "RFC 8768 3"),
        OptionRow(17, "Accept", Format.UINT, 0, 2, False, "RFC 7252 5.10.4"),
        OptionRow(19, "Q-Block1", Format.UINT, 0, 3, False, "RFC 9177 4.1"),
        OptionRow(20, "Location-Query", Format.STRING, 0, 255, True, "RFC 7252 5.10.7"),
        OptionRow(21, "EDHOC", Format.EMPTY, 0, 0, False, "RFC 9668 3.1"),
        OptionRow(23, "Block2", Format.UINT, 0, 3, False, "RFC 7959 2.1"),
        OptionRow(27, "Block1", Format.UINT, 0, 3, False, "RFC 7959 2.1"),
        OptionRow(28, "Size2", Format.UINT, 0, 4, False, "RFC 7959 4"),
        OptionRow(31, "Q-Block2", Format.UINT, 0, 3, True, "RFC 9177 4.1"),
        OptionRow(35, "Proxy-Uri", Format.STRING, 1, 1034, False, "RFC 7252 5.10.2"),
        OptionRow(39, "Proxy-Scheme", Format.STRING, 1, 255, False, "RFC 7252 5.10.2"),
        OptionRow(60, "Size1", Format.UINT, 0, 4, False, "RFC 7252 5.10.9"),
        OptionRow(252, "Echo", Format.OPAQUE, 1, 40, False, "RFC 9175 2.2.1"),
        OptionRow(258, "No-Response", Format.UINT, 0, 1, False, "RFC 7967 2"),
        OptionRow(292, "Request-Tag", Format.OPAQUE, 0, 8, True, "RFC 9175 3.2.1"),
    )
}
"""Every registered option that an IETF document defines, by number."""

HIGHEST_OPTION = 65535


def option_name(number: int) -> str:
    """The registered name of an option, or what its range is for (RFC 7252 section 12.2)."""
    if number in OPTIONS:
        return OPTIONS[number].name
    return "experimental option" if number >= 65000 else "unassigned option"


def is_critical(number: int) -> bool:
    """Whether a message must be rejected by who does not know the option, RFC 7252 section 5.4.1."""
    return bool(number & 1)


def is_unsafe(number: int) -> bool:
    """Whether a proxy that does not know the option must not forward it, RFC 7252 section 5.4.2."""
    return bool(number & 2)


def is_no_cache_key(number: int) -> bool:
    """Whether the option is no part of the cache key, RFC 7252 section 5.4.2; without meaning where it is unsafe."""
    return number & 0x1E == 0x1C


CONTENT_FORMATS = {
    0: "text/plain; charset=utf-8",
    16: 'application/cose; cose-type="cose-encrypt0"',
    17: 'application/cose; cose-type="cose-mac0"',
    18: 'application/cose; cose-type="cose-sign1"',
    19: "application/ace+cbor",
    21: "image/gif",
    22: "image/jpeg",
    23: "image/png",
    40: "application/link-format",
    41: "application/xml",
    42: "application/octet-stream",
    47: "application/exi",
    50: "application/json",
    51: "application/json-patch+json",
    52: "application/merge-patch+json",
    60: "application/cbor",
    61: "application/cwt",
    62: "application/multipart-core",
    63: "application/cbor-seq",
    64: "application/edhoc+cbor-seq",
    65: "application/cid-edhoc+cbor-seq",
    96: 'application/cose; cose-type="cose-encrypt"',
    97: 'application/cose; cose-type="cose-mac"',
    98: 'application/cose; cose-type="cose-sign"',
    101: "application/cose-key",
    102: "application/cose-key-set",
    110: "application/senml+json",
    111: "application/sensml+json",
    112: "application/senml+cbor",
    113: "application/sensml+cbor",
    114: "application/senml-exi",
    115: "application/sensml-exi",
    140: "application/yang-data+cbor; id=sid",
    256: "application/coap-group+json",
    257: "application/concise-problem-details+cbor",
    258: "application/swid+cbor",
    271: "application/dots+cbor",
    272: "application/missing-blocks+cbor-seq",
    280: "application/pkcs7-mime; smime-type=server-generated-key",
    281: "application/pkcs7-mime; smime-type=certs-only",
    284: "application/pkcs8",
    285: "application/csrattrs",
    286: "application/pkcs10",
    287: "application/pkix-cert",
    290: "application/aif+cbor",
    291: "application/aif+json",
    310: "application/senml+xml",
    311: "application/sensml+xml",
    320: "application/senml-etch+json",
    322: "application/senml-etch+cbor",
    340: "application/yang-data+cbor",
    10000: "application/vnd.ocf+cbor",
    10001: "application/oscore",
    11050: "application/json, deflate",
    11060: "application/cbor, deflate",
    11542: "application/vnd.oma.lwm2m+tlv",
    11543: "application/vnd.oma.lwm2m+json",
    11544: "application/vnd.oma.lwm2m+cbor",
}
"""CoAP Content-Formats, RFC 7252 section 12.3."""
