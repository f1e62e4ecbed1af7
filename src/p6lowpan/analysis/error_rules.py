"""Findings for what could not be understood: one rule for each reason."""

from p6lowpan.analysis.explained import Finding, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR

BAD_FRAME_CHECK = Rule(
    "bad-frame-check",
    ERROR,
    "IEEE 802.15.4 7.2.11",
    "the frame check sequence is wrong: the frame was damaged on its way to the sniffer, every receiver drops it",
)
ZIGBEE = Rule(
    "not-6lowpan", NOTE, "RFC 4944 5.1", "a frame of another protocol; its first octet is that of a Zigbee NWK header"
)
SECURITY = "IEEE 802.15.4 9.2"

BY_REASON: dict[Reason, Rule] = {
    Reason.TRUNCATED: Rule("truncated", ERROR, "", "the octets end before a field does"),
    Reason.TRAILING: Rule("trailing", ERROR, "", "octets are left where the format ends"),
    Reason.FIXED_VALUE: Rule("fixed-value", ERROR, "", "a field that can hold only one value holds another"),
    Reason.RESERVED: Rule("reserved", ERROR, "", "a combination that the format reserves"),
    Reason.BAD_LENGTH: Rule("bad-length", ERROR, "", "a length that contradicts its surroundings"),
    Reason.BAD_VALUE: Rule("bad-value", ERROR, "", "a value that the format forbids"),
    Reason.BAD_ORDER: Rule("bad-order", ERROR, "", "headers in an order that the format forbids"),
    Reason.UNKNOWN_DISPATCH: Rule("unknown-dispatch", ERROR, "RFC 4944 5.1", "a dispatch octet that nobody assigned"),
    Reason.UNKNOWN_NEXT_HEADER: Rule(
        "unknown-next-header", ERROR, "RFC 6282 4", "an octet of LOWPAN_NHC that nobody assigned"
    ),
    Reason.NOT_A_LOWPAN_FRAME: Rule("not-6lowpan", NOTE, "RFC 4944 5.1", "a frame of another protocol (Zigbee, say)"),
    Reason.NO_CONTEXT: Rule(
        "no-context", ERROR, "RFC 6282 3.1.2", "the frame needs a context that was neither announced nor given"
    ),
    Reason.NO_LINK_ADDRESS: Rule(
        "no-link-address", ERROR, "RFC 6282 3.2.2", "an address is elided, and the frame has none to take it from"
    ),
    Reason.BAD_BACKREFERENCE: Rule(
        "bad-backreference", ERROR, "RFC 7400 2", "generic compression refers to octets before the start"
    ),
    Reason.UNSUPPORTED: Rule("unsupported", WARNING, "", "a format whose header is read, and what it carries is not"),
    Reason.NO_KEY: Rule("no-key", NOTE, SECURITY, "the frame is encrypted, and no key is given for it"),
    Reason.NO_EXTENDED_ADDRESS: Rule(
        "no-extended-address",
        WARNING,
        "IEEE 802.15.4 9.3.2",
        "the frame is encrypted, and the nonce needs the EUI-64 of a short address that is not known",
    ),
    Reason.BAD_INTEGRITY_CODE: Rule(
        "bad-integrity-code",
        ERROR,
        "IEEE 802.15.4 9.3",
        "the integrity code is wrong: another key, another EUI-64, or a forged frame",
    ),
    Reason.TOO_MUCH_GROWTH: Rule("too-much-growth", ERROR, "RFC 4944 5.3", "headers grow past any datagram"),
    Reason.TOO_DEEP: Rule("too-deep", ERROR, "RFC 6282 4.2", "compressed IPv6 headers nested too deeply"),
    Reason.TOO_MANY_EXTENSION_HEADERS: Rule(
        "too-many-extension-headers", ERROR, "RFC 6282 4.2", "more compressed extension headers than anybody sends"
    ),
    Reason.TOO_BIG: Rule("too-big", ERROR, "RFC 4944 5.3", "a datagram of more than 2047 octets"),
    Reason.UNKNOWN_LINK_TYPE: Rule("unknown-link-type", NOTE, "", "a link type that carries no 6LoWPAN"),
}
"""The rule of each reason that an explained frame may fail for."""

OTHER = Rule("not-understood", ERROR, "", "the frame could not be understood")

ERROR_RULES = (BAD_FRAME_CHECK, *BY_REASON.values())

SECTIONS = {
    "6lowpan": "RFC 4944 5",
    "dispatch": "RFC 4944 5.1",
    "mesh": "RFC 4944 5.2",
    "bc0": "RFC 4944 11.1",
    "frag1": "RFC 4944 5.3",
    "fragn": "RFC 4944 5.3",
    "esc": "RFC 8066 3",
    "page": "RFC 8025 3",
    "rfrag": "RFC 8931 5.1",
    "rfrag_ack": "RFC 8931 5.2",
    "iphc": "RFC 6282 3.1",
    "nhc": "RFC 6282 4",
    "nhc-udp": "RFC 6282 4.3",
    "nhc-extension": "RFC 6282 4.2",
    "nhc-fragment": "RFC 6282 4.2",
    "nhc-ipv6": "RFC 6282 4.2",
    "ghc-udp": "RFC 7400 3",
    "ghc-icmpv6": "RFC 7400 3",
    "ghc-extension": "RFC 7400 3",
    "ghc": "RFC 7400 2",
    "ghc-code": "RFC 7400 2",
    "6lorh": "RFC 8138 4",
    "hc1": "RFC 4944 10.1",
    "ipv6": "RFC 8200 3",
    "ieee802154": "IEEE 802.15.4 7.2",
    "ieee802154-security": "IEEE 802.15.4 9.4",
    "ieee802154-fcs": "IEEE 802.15.4 7.2.11",
    "zep": "ZEP",
}
"""Where the format of a layer is defined."""

NWK_VERSION_BITS, NWK_VERSION_2 = 0x3C, 0x08
"""Zigbee's NWK frame control: the protocol version, and that of Zigbee 2007 and later."""


def of_error(error: Malformed, first_octet: int | None = None) -> Finding:
    """The finding for why a frame was not understood. ``first_octet``: that of the payload, where it came so far."""
    rule = BY_REASON.get(error.reason, OTHER)
    is_zigbee = first_octet is not None and first_octet & NWK_VERSION_BITS == NWK_VERSION_2
    if error.reason is Reason.UNKNOWN_DISPATCH and is_zigbee:
        return ZIGBEE.finding(str(error))
    if error.reason is Reason.BAD_CHECKSUM:
        rule = BAD_FRAME_CHECK
    section = rule.section or SECTIONS.get(error.layer, error.layer)
    return Finding(rule.name, rule.severity, section, str(error))
