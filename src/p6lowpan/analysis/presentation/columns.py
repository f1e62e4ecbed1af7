"""A frame as a row of a table, for whoever counts: flat columns that do not change, empty where there is nothing."""

from collections.abc import Callable

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.presentation.names import ipv6_name, pan_name
from p6lowpan.analysis.presentation.packet_words import protocol_name
from p6lowpan.analysis.transport import Transport, transport_of
from p6lowpan.capability.profile import takes
from p6lowpan.capture.inside import Kind
from p6lowpan.wire.address import format_link
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.fragment import Fragment
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment

Cell = str | int | None


class Row:
    """One frame, with what several columns look at."""

    def __init__(self, explained: Explained, text: str) -> None:
        self.explained = explained
        self.text = text
        frame = explained.frame
        self.mac = frame if isinstance(frame, Frame | MultipurposeFrame) else None
        self.payload = explained.received.payload if explained.received else None
        self.fragment = fragment_of(self.payload) if self.payload else None
        self.packet = self._packet()
        self.transport = self._transport()

    def _packet(self) -> bytes:
        """The packet that is whole with the frame, or the beginning of the one that the frame begins."""
        if self.explained.packets:
            return self.explained.packets[0].octets
        received = self.explained.received
        begun = received.begun if received is not None and received.begun is not None else self.payload
        return b"" if begun is None or begun.expanded is None else begun.packet

    def _transport(self) -> Transport | None:
        if self.explained.transports:
            return self.explained.transports[0]
        return transport_of(self.packet) if len(self.packet) >= IPV6_HEADER_OCTETS else None

    def link(self, end: str) -> str | None:
        """The link-layer address of an end."""
        inside = self.explained.inside
        lowpan = inside if inside is not None and inside.kind is Kind.LOWPAN else None
        address = getattr(self.mac or lowpan, end, b"")
        return format_link(address) if address else None

    def icmp(self, at: int) -> int | None:
        """Octet ``at`` of an ICMPv6 message."""
        transport = self.transport
        if transport is None or transport.protocol != Protocol.ICMPV6 or transport.at + at >= len(self.packet):
            return None
        return self.packet[transport.at + at]

    @property
    def uncompressed(self) -> int | None:
        """How many octets of an IPv6 packet the frame stands for."""
        if self.payload is None:
            return None
        return len(self.payload.octets)

    @property
    def compressed(self) -> int | None:
        """How many octets its 6LoWPAN payload has."""
        if self.payload is None or self.explained.inside is None:
            return None
        return len(self.mac.payload if self.mac else self.explained.inside.octets)


def fragment_of(payload: Payload) -> Fragment | RecoverableFragment | None:
    """The fragment that a frame holds, of either kind."""
    last = payload.stack.headers[-1].header if payload.stack.headers else None
    return last if isinstance(last, RecoverableFragment) else payload.stack.fragment


COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "number": lambda row: row.explained.captured.number,
    "time": lambda row: f"{row.explained.captured.time_ns // 10**9}.{row.explained.captured.time_ns % 10**9:09}",
    "pan": lambda row: pan_name(row.mac.pan_of_source) if row.mac else None,
    "src": lambda row: row.link("source"),
    "dst": lambda row: row.link("destination"),
    "mac_type": lambda row: (
        FrameType(row.explained.frame.frame_type).name.lower() if row.explained.frame is not None else None
    ),
    "sequence": lambda row: row.mac.sequence_number if row.mac else None,
    "repeated": lambda row: int(row.explained.repeated),
    "ip_src": lambda row: ipv6_name(row.packet[8:24]) if row.transport else None,
    "ip_dst": lambda row: ipv6_name(row.packet[24:40]) if row.transport else None,
    "protocol": lambda row: protocol_name(row.transport.protocol) if row.transport else None,
    "src_port": lambda row: row.transport.source_port if row.transport else None,
    "dst_port": lambda row: row.transport.destination_port if row.transport else None,
    "icmp_type": lambda row: row.icmp(0),
    "icmp_code": lambda row: row.icmp(1),
    "length": lambda row: len(row.explained.captured.octets) + row.explained.captured.missing,
    "compressed": lambda row: row.compressed,
    "uncompressed": lambda row: row.uncompressed,
    "tag": lambda row: row.fragment.datagram_tag if row.fragment else None,
    "offset": lambda row: row.fragment.offset if row.fragment else None,
    "datagram_size": lambda row: row.fragment.datagram_size if row.fragment else None,
    "packets": lambda row: len(row.explained.packets),
    "features": lambda row: " ".join(sorted(feature.value.name for feature in row.explained.features)),
    "level": lambda row: takes(row.explained.features, row.explained.growth) if row.explained.features else None,
    "growth": lambda row: row.explained.growth if row.explained.features else None,
    "error": lambda row: row.explained.error.reason.value if row.explained.error else None,
    "findings": lambda row: " ".join(finding.name for finding in row.explained.findings),
    "text": lambda row: row.text,
}
"""Every column: its name, and what it takes of a frame."""


def cells(explained: Explained, text: str) -> list[Cell]:
    """The row of a frame; ``text`` is what its line says."""
    row = Row(explained, text)
    return [column(row) for column in COLUMNS.values()]
