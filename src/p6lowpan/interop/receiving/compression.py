"""LOWPAN_IPHC and the chain behind it, step by step (RFC 6282 section 3)."""

from p6lowpan.interop.node import End
from p6lowpan.interop.receiving.reading import Encoding, Reading

HOP_LIMITS = (None, 1, 64, 255)


def expand(reading: Reading) -> None:
    """A compressed packet, or the first fragment of one: the IPv6 header, the chain, the payload, the lengths."""
    if restore_ipv6(reading):
        restore_chain(reading)
    reading.headers = len(reading.out)
    reading.rules.headers_done(reading)
    reading.out += reading.take(reading.left)
    reading.rules.lengths(reading)


def restore_chain(reading: Reading) -> None:
    """The headers behind the IPv6 header, as long as NH says that another LOWPAN_NHC follows."""
    more = True
    while more:
        if reading.left <= 0:  # a stack that reads on behind the end is there with fewer than none left
            reading.rules.no_next_header(reading)
            return
        kind = reading.rules.announced(reading.octets[reading.at])
        more = reading.rules.next_headers.get(kind, reading.rules.unknown_next_header)(reading)


def restore_ipv6(reading: Reading) -> bool:
    """The 40 octets of the IPv6 header; whether a LOWPAN_NHC follows."""
    rules = reading.rules
    reading.nested += 1
    encoding = reading.encoding = encoding_of(reading.take_number(2))
    rules.named_contexts(reading)
    traffic_class, flow_label = rules.traffic[encoding.tf](reading)
    next_header = 0 if encoding.nh else reading.take(1)[0]
    hop_limit = HOP_LIMITS[encoding.hlim] or reading.take(1)[0]
    source = rules.sources.get(encoding.source_mode, rules.reserved_address)(reading, End.SOURCE)
    destination = rules.destinations.get(encoding.destination_mode, rules.reserved_address)(reading, End.DESTINATION)
    at = len(reading.out)
    first = 6 << 28 | traffic_class << 20 | flow_label
    reading.out += first.to_bytes(4, "big") + bytes((0, 0, next_header, hop_limit)) + source + destination
    reading.lengths.append((at + 4, at + 40))
    reading.ipv6_at, reading.next_header_at = at, at + 6
    return bool(encoding.nh)


def encoding_of(word: int) -> Encoding:
    """The first two octets in fields."""
    return Encoding(word >> 11 & 3, word >> 10 & 1, word >> 8 & 3, word >> 7 & 1, word >> 4 & 7, word & 15)


def named_contexts(reading: Reading) -> None:
    """The octet with the identifiers of both contexts; without it both are 0."""
    if reading.encoding.cid:
        octet = reading.take(1)[0]
        reading.encoding.identifiers = (octet >> 4, octet & 15)


def rotated(octet: int) -> int:
    """ECN and DSCP as LOWPAN_IPHC has them, in the order of IPv6."""
    return (octet << 2 | octet >> 6) & 0xFF


def traffic_and_flow(reading: Reading) -> tuple[int, int]:
    """TF=00."""
    word = reading.take_number(4)
    return rotated(word >> 24), word & 0xFFFFF


def congestion_and_flow(reading: Reading) -> tuple[int, int]:
    """TF=01: ECN and the flow label."""
    word = reading.take_number(3)
    return word >> 22, word & 0xFFFFF


def traffic_alone(reading: Reading) -> tuple[int, int]:
    """TF=10."""
    return rotated(reading.take(1)[0]), 0


def no_traffic(_reading: Reading) -> tuple[int, int]:
    """TF=11."""
    return 0, 0


TRAFFIC = {0: traffic_and_flow, 1: congestion_and_flow, 2: traffic_alone, 3: no_traffic}


def lengths(reading: Reading) -> None:
    """From the size of the datagram, which a first fragment says."""
    size = len(reading.out) if reading.fragment is None else reading.fragment.size
    for position, counted_from in reading.lengths:
        reading.out[position : position + 2] = ((size - counted_from) & 0xFFFF).to_bytes(2, "big")
