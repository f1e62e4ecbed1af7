"""Traffic class and flow label (RFC 6282 section 3.2.1): what is copied without being turned."""

from p6lowpan.interop.receiving.reading import Reading, TrafficStep
from p6lowpan.interop.sending import compression


def copied_with_flow(reading: Reading) -> tuple[int, int]:
    """TF=00: the octet of LOWPAN_IPHC becomes that of IPv6 as it is."""
    word = reading.take_number(4)
    return word >> 24, word & 0xFFFFF


def copied_congestion(reading: Reading) -> tuple[int, int]:
    """TF=01: ECN stays in the two highest bits."""
    word = reading.take_number(3)
    return word >> 16 & 0xC0, word & 0xFFFFF


def copied(reading: Reading) -> tuple[int, int]:
    """TF=10: the octet as it is."""
    return reading.take(1)[0], 0


UNTURNED: dict[int, TrafficStep] = {0: copied_with_flow, 1: copied_congestion, 2: copied}
"""For receivers that take the octet for that of IPv6."""


def unturned(traffic_class: int, flow_label: int) -> tuple[int, bytes]:
    """For senders that do: the shortest form, of the octet as IPv6 has it."""
    if not flow_label:
        return (2, bytes((traffic_class,))) if traffic_class else (3, b"")
    if traffic_class & 0x3F:
        return 0, (traffic_class << 24 | flow_label).to_bytes(4, "big")
    return 1, (traffic_class << 16 | flow_label).to_bytes(3, "big")


def whole_words(traffic_class: int, flow_label: int) -> tuple[int, bytes]:
    """A sender that copies the first word of IPv6 for TF=00: the reserved bits are the low ones of the traffic class.
    TF=01 is for a traffic class of zero only."""
    if not flow_label or not traffic_class:
        return compression.traffic(traffic_class, flow_label)
    word = compression.rotated(traffic_class) << 24 | (traffic_class & 15) << 20 | flow_label
    return 0, word.to_bytes(4, "big")
