"""One frame on its way through a receiver, and the steps that the receiver takes.

Theory of operation. A frame is read from front to back by small functions, the *steps*; each has its place, a field of
:class:`Receiving`. The steps of :data:`p6lowpan.interop.receiving.rules.RIGHT` do what the RFCs say. A stack's profile
replaces some of them, by steps from :mod:`p6lowpan.interop.quirks` or its own. A step takes octets from the
:class:`Reading`, appends to its ``out``, and ends the frame by raising :class:`~p6lowpan.interop.outcomes.Dropped` or
:class:`~p6lowpan.interop.outcomes.Crashed`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from p6lowpan.interop.node import End, Node
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch


class NextHeader(Enum):
    """What a LOWPAN_NHC octet announces."""

    HOP_BY_HOP = 0
    ROUTING = 1
    FRAGMENT = 2
    DESTINATION_OPTIONS = 3
    MOBILITY = 4
    RESERVED_5 = 5
    RESERVED_6 = 6
    IPV6 = 7
    UDP = "udp"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Encoding:
    """The two octets of LOWPAN_IPHC in fields, and the contexts that the third names."""

    tf: int
    nh: int
    hlim: int
    cid: int
    source_mode: int
    """SAC and SAM."""
    destination_mode: int
    """M, DAC and DAM."""
    identifiers: tuple[int, int] = (0, 0)
    """Of the contexts, source and destination."""


class Reading:
    """A frame, how far it has been read, and the octets of the packet that came out so far.

    ``fragment`` is set when the frame is one; ``piece`` says where its octets belong. ``headers`` are the octets of
    ``out`` that were restored from compressed headers; ``notes`` is free for steps that must remember something.
    """

    def __init__(self, rules: "Receiving", node: Node, octets: bytes) -> None:
        self.rules = rules
        self.node = node
        self.contexts = rules.installed(node.contexts)
        self.octets = octets
        self.at = 0
        self.out = bytearray()
        self.fragment: Piece | None = None
        self.page = 0
        self.encoding = Encoding(3, 0, 0, 0, 0, 0)
        self.ipv6_at = 0
        self.next_header_at = 6
        self.headers = 0
        self.nested = -1
        self.lengths: list[tuple[int, int]] = []
        self.unsummed: list[tuple[int, int]] = []
        self.notes: dict[str, Any] = {}  # whatever a step has to remember

    @property
    def left(self) -> int:
        """How many octets have not been read."""
        return len(self.octets) - self.at

    @property
    def rest(self) -> bytes:
        """What has not been read."""
        return self.octets[self.at :]

    def take(self, count: int) -> bytes:
        """Read ``count`` octets; where the frame has fewer, the step ``short`` decides."""
        if count > self.left:
            return self.rules.short(self, count)
        self.at += count
        return self.octets[self.at - count : self.at]

    def take_number(self, count: int) -> int:
        """Read ``count`` octets as a number."""
        return int.from_bytes(self.take(count), "big")

    def announce(self, next_header: int) -> None:
        """Write ``next_header`` into the header that announces what comes now."""
        self.out[self.next_header_at] = next_header

    def put_extension(self, next_header: int, octets: bytes) -> None:
        """Append an extension header announced as ``next_header``."""
        self.announce(next_header)
        self.next_header_at = len(self.out)
        self.out += octets


Step = Callable[[Reading], None]
AddressStep = Callable[[Reading, End], bytes]
TrafficStep = Callable[[Reading], tuple[int, int]]
NextHeaderStep = Callable[[Reading], bool]
PortsStep = Callable[[Reading], tuple[int, int]]


@dataclass(frozen=True)
class Receiving:
    """Every step of a receiver, in the order in which a frame meets them. Mappings may lack keys: then the step that
    is named beside them is taken."""

    admits: Step
    """Whether the frame is looked at: its addresses."""
    classify: Callable[[int, int], Dispatch | None]
    """The dispatch that an octet is, in a page."""
    dispatches: Mapping[Dispatch, Step]
    """What each header in front does; else ``unknown_dispatch``."""
    unknown_dispatch: Step
    short: Callable[[Reading, int], bytes]
    """More octets are wanted than are left."""

    installed: Callable[[Contexts], Contexts]
    """The contexts as this stack keeps them."""
    named_contexts: Step
    """The octet that names contexts, where CID is set."""
    traffic: Mapping[int, TrafficStep]
    """By TF: the traffic class (as an octet of IPv6) and the flow label."""
    sources: Mapping[int, AddressStep]
    """By SAC and SAM; else ``reserved_address``."""
    destinations: Mapping[int, AddressStep]
    """By M, DAC and DAM; else ``reserved_address``."""
    reserved_address: AddressStep
    context: Callable[[Reading, int], Context]
    """The context of an identifier."""
    join: Callable[[Context, bytes], bytes]
    """An address from a context and an interface identifier."""
    identifier: AddressStep
    """The interface identifier of a link-layer address, or of the outer header."""
    short_identifier: bytes
    """What stands before 16 bits in line."""
    short_identifier_in_context: bytes
    """The same behind a context."""

    announced: Callable[[int], NextHeader]
    """What a LOWPAN_NHC octet is."""
    next_headers: Mapping[NextHeader, NextHeaderStep]
    """Restores a header, and says whether another LOWPAN_NHC follows; else ``unknown_next_header``."""
    unknown_next_header: NextHeaderStep
    no_next_header: Step
    """NH is set, and nothing follows."""
    ports: Mapping[int, PortsStep]
    checksum: Callable[[Reading], int]
    """The checksum of UDP in line."""
    elided_checksum: Step
    """C=1; the field is zero when this is called."""
    headers_done: Step
    """All compressed headers were restored; the payload has not been taken yet."""
    lengths: Step
    """Fills in the lengths, when ``out`` holds all of the frame."""

    reassembly: Callable[[], Reassembly]
    """The reassembler of a fresh node."""
    finished: Callable[[Reading, bytes], bytes]
    """The packet, whole, to the packet handed up; the reading is that of its first frame."""
