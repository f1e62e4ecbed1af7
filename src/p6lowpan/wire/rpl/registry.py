"""The registries of RPL (RFC 6550 section 20 and those that extend it) in words.

A number that is in no registry here is not an error: every field keeps what came.
"""

from p6lowpan.wire.address import format_ipv6
from p6lowpan.wire.ipv6.registration_options import STATUSES

CONTROL_CODES = {
    0x00: "DODAG Information Solicitation",
    0x01: "DODAG Information Object",
    0x02: "Destination Advertisement Object",
    0x03: "Destination Advertisement Object Acknowledgment",
    0x04: "P2P Discovery Reply Object",
    0x05: "P2P Discovery Reply Object Acknowledgement",
    0x06: "Measurement Object",
    0x07: "Destination Cleanup Object",
    0x08: "Destination Cleanup Object Acknowledgment",
    0x09: "Projected DAO Request",
    0x0A: "Projected DAO Request Acknowledgment",
    0x80: "Secure DODAG Information Solicitation",
    0x81: "Secure DODAG Information Object",
    0x82: "Secure Destination Advertisement Object",
    0x83: "Secure Destination Advertisement Object Acknowledgment",
    0x84: "Secure P2P Discovery Reply Object",
    0x85: "Secure P2P Discovery Reply Object Acknowledgement",
    0x86: "Secure Measurement Object",
    0x87: "Secure Destination Cleanup Object",
    0x88: "Secure Destination Cleanup Object Acknowledgment",
    0x8A: "Consistency Check",
}
"""RPL Control Codes: RFC 6550 20.2, 6997 15.3, 6998, 9009, 9914."""

MODES_OF_OPERATION = {
    0: "no Downward routes",
    1: "Non-Storing",
    2: "Storing without multicast",
    3: "Storing with multicast",
    4: "P2P Route Discovery",
    5: "Non-Storing with ingress replication multicast",
    7: "reserved for expansion",
}
"""RFC 6550 20.3, RFC 6997 15.1, RFC 9685, RFC 9008 11.3."""

OBJECTIVE_FUNCTIONS = {
    0: "OF0, Objective Function Zero",
    1: "MRHOF, Minimum Rank with Hysteresis",
}
"""Objective Code Points: RFC 6552 section 8, RFC 6719 section 10."""

OPTION_TYPES = {
    0x00: "Pad1",
    0x01: "PadN",
    0x02: "DAG Metric Container",
    0x03: "Route Information",
    0x04: "DODAG Configuration",
    0x05: "RPL Target",
    0x06: "Transit Information",
    0x07: "Solicited Information",
    0x08: "Prefix Information",
    0x09: "RPL Target Descriptor",
    0x0A: "P2P Route Discovery",
}
"""RPL Control Message Options: RFC 6550 20.4, RFC 6997 15.2."""

ROUTE_PREFERENCES = {0: "medium", 1: "high", 2: "reserved: the option is ignored", 3: "low"}
"""RFC 4191 section 2.1."""

REJECTIONS = {0: "unqualified", 1: "no routing entry"}
"""RPL Rejection Status, RFC 9010 12.6."""

INFINITE_RANK = 0xFFFF
INFINITE_LIFETIME_UNITS = 0xFF
INFINITE_SECONDS = 0xFFFFFFFF


def instance_words(instance: int) -> str:
    """RPLInstanceID, RFC 6550 section 5.1."""
    return f"local {instance & 0x3F}" if instance & 0x80 else f"global {instance}"


def rank_words(rank: int) -> str:
    """RFC 6550 section 17: only INFINITE_RANK means the same in every DODAG."""
    return "infinite: poisons the route" if rank == INFINITE_RANK else ""


def status_words(status: int) -> str:
    """RPL Status, RFC 9010 section 6.3: U, A and six bits of value."""
    value = status & 0x3F
    outcome = "rejection" if status & 0x80 else "not an outright rejection"
    if status & 0x40:
        return f"{outcome}: 6LoWPAN ND status {value}, {STATUSES.get(value, 'not assigned')}"
    if status & 0x80:
        return f"{outcome}: {REJECTIONS.get(value, 'not assigned')}"
    return f"{outcome}: not assigned" if value else "unqualified acceptance"


def path_lifetime_words(lifetime: int) -> str:
    """Path Lifetime, RFC 6550 section 6.7.8."""
    if lifetime == 0:
        return "No-Path: reachability is lost"
    return lifetime_words(lifetime)


def lifetime_words(lifetime: int) -> str:
    """A lifetime in Lifetime Units of the DODAG Configuration option."""
    return "infinite" if lifetime == INFINITE_LIFETIME_UNITS else f"{lifetime} lifetime units"


def seconds_words(seconds: int) -> str:
    """A 32-bit lifetime in seconds, RFC 6550 sections 6.7.5 and 6.7.10."""
    return "infinite" if seconds == INFINITE_SECONDS else f"{seconds} s"


def path_control_words(bits: int) -> str:
    """Path Control, RFC 6550 figure 27: the preferences whose subfield has a bit set."""
    named = [f"PC{index + 1}" for index in range(4) if bits >> (6 - 2 * index) & 3]
    return " ".join(named) or "no parent"


def prefix_words(prefix: bytes) -> str:
    """A prefix of up to 16 octets as an address, zeros behind it."""
    return format_ipv6(prefix[:16].ljust(16, b"\0"))
