"""The TCP header, RFC 9293 section 3.1, with its options: to show what a capture holds, not to speak TCP."""

from dataclasses import replace
from enum import IntEnum
from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import checksum
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
    Octets,
    Rest,
    wire,
)
from p6lowpan.wire.family import Family
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.udp import Port


class TcpOptionType(IntEnum):
    """Option kinds, RFC 9293 section 3.1 and the registry that it opens."""

    END_OF_OPTION_LIST = 0
    NO_OPERATION = 1
    MAXIMUM_SEGMENT_SIZE = 2
    WINDOW_SCALE = 3
    SELECTIVE_ACKNOWLEDGMENT_PERMITTED = 4
    SELECTIVE_ACKNOWLEDGMENT = 5
    TIMESTAMPS = 8
    MD5_SIGNATURE = 19
    USER_TIMEOUT = 28
    AUTHENTICATION = 29
    MULTIPATH = 30
    FAST_OPEN_COOKIE = 34


FixedKind = Annotated[int, Bits(8), Meaning(TcpOptionType), Fixed()]


def _exactly(octets: int, source: str) -> tuple[Check, ...]:
    return (Check(f"length == {octets}", "length", Reason.BAD_LENGTH, f"{octets} octets ({source})"),)


@wire("tcp-option-end")
class EndOfOptionList(Header):
    """RFC 9293 section 3.2: what follows it in the header is padding."""

    kind: FixedKind = TcpOptionType.END_OF_OPTION_LIST
    padding: Rest = b""


@wire("tcp-option-no-operation")
class NoOperation(Header):
    """RFC 9293 section 3.2: one octet between options."""

    kind: FixedKind = TcpOptionType.NO_OPERATION


@wire("tcp-option-maximum-segment-size")
class MaximumSegmentSize(Header):
    """RFC 9293 section 3.2."""

    CHECKS = _exactly(4, "RFC 9293 section 3.2")
    kind: FixedKind = TcpOptionType.MAXIMUM_SEGMENT_SIZE
    length: U8 = 4
    maximum_segment_size: U16


@wire("tcp-option-window-scale")
class WindowScale(Header):
    """RFC 7323 section 2.2."""

    CHECKS = _exactly(3, "RFC 7323 section 2.2")
    kind: FixedKind = TcpOptionType.WINDOW_SCALE
    length: U8 = 3
    shift: U8


@wire("tcp-option-selective-acknowledgment-permitted")
class SelectiveAcknowledgmentPermitted(Header):
    """RFC 2018 section 2."""

    CHECKS = _exactly(2, "RFC 2018 section 2")
    kind: FixedKind = TcpOptionType.SELECTIVE_ACKNOWLEDGMENT_PERMITTED
    length: U8 = 2


@wire("tcp-acknowledged-block")
class AcknowledgedBlock(Header):
    """RFC 2018 section 3: one block that arrived; ``right`` is the sequence number after it."""

    left: U32
    right: U32


@wire("tcp-option-selective-acknowledgment")
class SelectiveAcknowledgment(Header):
    """RFC 2018 section 3."""

    kind: FixedKind = TcpOptionType.SELECTIVE_ACKNOWLEDGMENT
    length: Annotated[int, Bits(8), Computed("8 * len(blocks) + 2")] = AUTO
    blocks: Annotated[tuple[AcknowledgedBlock, ...], Each("AcknowledgedBlock", size="length - 2")]


@wire("tcp-option-timestamps")
class Timestamps(Header):
    """RFC 7323 section 3.2."""

    CHECKS = _exactly(10, "RFC 7323 section 3.2")
    kind: FixedKind = TcpOptionType.TIMESTAMPS
    length: U8 = 10
    value: U32
    echo_reply: U32


@wire("tcp-option-unknown")
class UnknownTcpOption(Header):
    """An option of which only kind and length are read."""

    CHECKS = (Check("kind > 1", "kind", Reason.FIXED_VALUE, "kinds 0 and 1 have no length"),)
    kind: Annotated[int, Bits(8), Meaning(TcpOptionType)]
    length: Annotated[int, Bits(8), Computed("len(data) + 2")] = AUTO
    data: Annotated[bytes, Octets("length - 2")] = b""


OPTIONS = Family(
    layer="tcp-option",
    members={
        TcpOptionType.END_OF_OPTION_LIST: EndOfOptionList,
        TcpOptionType.NO_OPERATION: NoOperation,
        TcpOptionType.MAXIMUM_SEGMENT_SIZE: MaximumSegmentSize,
        TcpOptionType.WINDOW_SCALE: WindowScale,
        TcpOptionType.SELECTIVE_ACKNOWLEDGMENT_PERMITTED: SelectiveAcknowledgmentPermitted,
        TcpOptionType.SELECTIVE_ACKNOWLEDGMENT: SelectiveAcknowledgment,
        TcpOptionType.TIMESTAMPS: Timestamps,
    },
    unknown=UnknownTcpOption,
)
"""Every TCP option, by its kind."""


@wire("tcp")
class Tcp(Header):
    """RFC 9293 section 3.1; ``accurate_ecn`` is the flag that RFC 9768 gives the bit of the former nonce sum.
    ``data_offset`` counts units of 4 octets; the options fill the header."""

    source_port: Port
    destination_port: Port
    sequence_number: U32
    acknowledgment_number: U32 = 0
    data_offset: Annotated[int, Bits(4), Computed("5 + octets_in(options) // 4")] = AUTO
    reserved: Annotated[int, Bits(3)] = 0
    accurate_ecn: Annotated[int, Bits(1)] = 0
    congestion_window_reduced: Annotated[int, Bits(1)] = 0
    congestion_echo: Annotated[int, Bits(1)] = 0
    urgent: Annotated[int, Bits(1)] = 0
    acknowledgment: Annotated[int, Bits(1)] = 0
    push: Annotated[int, Bits(1)] = 0
    reset: Annotated[int, Bits(1)] = 0
    synchronize: Annotated[int, Bits(1)] = 0
    finish: Annotated[int, Bits(1)] = 0
    window: U16
    checksum: U16 = 0
    urgent_pointer: U16 = 0
    options: Annotated[tuple[Header, ...], Each("OPTIONS", size="4 * data_offset - 20")] = ()


def with_checksum(header: Tcp, source: bytes, destination: bytes, payload: bytes) -> Tcp:
    """``header`` with the checksum over the final addresses (RFC 8200 section 8.1), itself and ``payload``."""
    segment = replace(header, checksum=0).encode() + payload
    return replace(header, checksum=checksum.transport_checksum(source, destination, Protocol.TCP, segment))
