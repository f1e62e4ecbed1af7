"""MAC headers that were read before. In a capture nearly all frames have the header of an earlier one, but for the
sequence number: what it says is remembered by its octets.

Only headers without security, information elements and reserved bits are, of data frames that name their source, and of
acknowledgements that name nobody. How long such a header is, the two octets of frame control tell.
"""

from binascii import crc_hqx

from p6lowpan import fast_capture
from p6lowpan.analysis.acknowledgements import asks
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.frame_rules import NO_SHORT_ADDRESS
from p6lowpan.analysis.repetition import Repetition
from p6lowpan.capture.fcs import Fcs
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.pcap import PcapReader
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import BROADCAST, Link, LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import REVERSED

MOST_HEADERS = 4096
BROADCAST_PAN = 0xFFFF
CONTROL_OCTETS = 2
SEQUENCE_AT = 2
FCS_OCTETS: dict[tuple[int, int | None], int] = {
    (LinkType.IEEE802_15_4_WITHFCS, None): Fcs.CRC16.octets,
    (LinkType.IEEE802_15_4_WITHFCS, 2): Fcs.CRC16.octets,
    (LinkType.IEEE802_15_4_NOFCS, None): 0,
}
"""Link types with nothing around the frame: the octets of frame check at its end, by what the capture says of them."""


class MacHeader:
    """What is remembered. ``sender`` is its PAN and address, ``asked`` who shall acknowledge; ``home``: the header
    tells where its source is at home."""

    __slots__ = (
        "acknowledges",
        "asked",
        "asks",
        "destination",
        "ends",
        "extended",
        "facts",
        "home",
        "link",
        "octets",
        "pan",
        "pending",
        "sender",
        "source",
    )

    def __init__(self, frame: Frame, octets: int) -> None:
        self.octets = octets
        self.source = frame.source
        self.destination = frame.destination
        self.pan = frame.pan_of_source
        self.sender = (frame.pan_of_source, frame.source)
        self.link = Link(frame.source, frame.destination)
        self.pending = bool(frame.frame_pending)
        self.asks = asks(frame)
        self.asked: LinkAddress | None = frame.destination if self.asks and frame.destination != BROADCAST else None
        self.acknowledges = frame.frame_type == FrameType.ACKNOWLEDGEMENT
        self.ends = frame.source, frame.destination
        self.extended = tuple(address for address in self.ends if len(address) == 8)
        self.home = len(frame.source) == 8 and self.pan != BROADCAST_PAN
        tells_home = self.home and self.pan is not None
        self.facts = octets, frame.source, frame.destination, self.pan, tells_home  # for the C core


class MacHeaders:
    """The headers that were seen last."""

    def __init__(self, most: int = MOST_HEADERS) -> None:
        self._lengths: dict[bytes, int] = {}  # by the two octets of frame control: at most 65536
        self._headers: BoundedTable[bytes, MacHeader] = BoundedTable(most)

    def of(self, captured: CapturedFrame) -> MacHeader | None:
        """The header of a frame whose frame check is right; ``None`` where that takes a look at every field."""
        octets = captured.octets
        length = self._lengths.get(octets[:CONTROL_OCTETS])
        check = FCS_OCTETS.get((captured.link_type, captured.fcs_octets))
        if length is None or check is None or captured.original_length > len(octets):
            return None
        header = self._headers.get(octets[:SEQUENCE_AT] + octets[SEQUENCE_AT + 1 : length])
        if header is None or header.acknowledges is not (len(octets) == length + check) or len(octets) < length + check:
            return None
        # The frame check of a frame with its frame check is 0.
        return None if check and crc_hqx(octets.translate(REVERSED), 0) else header

    def sieve(self, pcap: PcapReader, repetition: Repetition, *, leaves_out: bool) -> fast_capture.Sieve | None:
        """What does the same for the records of a pcap file, many at once; ``None`` where that cannot be done."""
        check = FCS_OCTETS.get((pcap.link_type, pcap.fcs_octets))
        if check is None:
            return None
        last = repetition.last
        how = (check, leaves_out, CapturedFrame, pcap.link_type, pcap.fcs_octets)
        return fast_capture.Sieve(self._lengths, self._headers.entries, last.entries, last.bound, *how)

    def learn(self, explained: Explained) -> None:
        """Remember the header of a frame that was looked at."""
        frame, inside = explained.frame, explained.inside
        if inside is None or inside.cut or inside.outer or explained.security is not None:
            return
        if not isinstance(frame, Frame) or not _is_plain(frame):
            return
        octets = inside.frame
        length = len(octets) - len(frame.payload)
        self._lengths[octets[:CONTROL_OCTETS]] = length
        self._headers.put(octets[:SEQUENCE_AT] + octets[SEQUENCE_AT + 1 : length], MacHeader(frame, length))


def _is_plain(frame: Frame) -> bool:
    if frame.security_enabled or frame.security is not None or frame.header_elements is not None or frame.reserved:
        return False
    if frame.sequence_number is None:
        return False
    if frame.frame_type == FrameType.ACKNOWLEDGEMENT:
        return not frame.source and not frame.payload
    is_known = bool(frame.source) and frame.source not in (BROADCAST, NO_SHORT_ADDRESS)
    return frame.frame_type == FrameType.DATA and is_known and frame.pan_of_source is not None
