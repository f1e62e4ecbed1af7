"""What the first octet of a 6LoWPAN header says: the "Dispatch Type Field" registry (RFC 4944 section 5.1).

The registry as rows of data, by page (RFC 8025). An octet that no row of its page claims is unassigned, and a frame
that holds one is malformed. What is behind a dispatch is the business of the module of its format.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason

LAYER = "dispatch"
PAGES = 16
EXPERIMENTAL_PAGE = 15


class Dispatch(StrEnum):
    """Every header type that the registry names. The value appears in JSON."""

    NOT_A_LOWPAN_FRAME = "nalp"
    ESCAPE = "esc"
    IPV6 = "ipv6"
    HC1 = "hc1"
    DEPTH_FIRST_FORWARDING = "dff"
    BROADCAST = "bc0"
    IPHC = "iphc"
    MESH = "mesh"
    FIRST_FRAGMENT = "frag1"
    SUBSEQUENT_FRAGMENT = "fragn"
    RECOVERABLE_FRAGMENT = "rfrag"
    RECOVERABLE_FRAGMENT_ACKNOWLEDGMENT = "rfrag_ack"
    CRITICAL_ROUTING_HEADER = "6lorh_critical"
    ELECTIVE_ROUTING_HEADER = "6lorh_elective"
    PAGE_SWITCH = "page"


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """One row of the registry. ``pattern`` has a letter for each of the octet's bits: 0, 1, or x for any."""

    dispatch: Dispatch
    pattern: str
    pages: tuple[int, ...]
    meaning: str
    section: str

    @property
    def mask(self) -> int:
        """The bits that the pattern fixes."""
        return int("".join("0" if bit == "x" else "1" for bit in self.pattern), 2)

    @property
    def value(self) -> int:
        """What those bits are; the others are zero."""
        return int(self.pattern.replace("x", "0"), 2)

    def claims(self, octet: int) -> bool:
        """Whether ``octet`` has the pattern."""
        return octet & self.mask == self.value


ALL_PAGES = tuple(range(PAGES))

ROWS = (
    DispatchRow(Dispatch.NOT_A_LOWPAN_FRAME, "00xxxxxx", (0,), "not a LoWPAN frame", "RFC 4944 5.1"),
    DispatchRow(Dispatch.ESCAPE, "01000000", (0,), "an extension type follows", "RFC 8066 3"),
    DispatchRow(Dispatch.IPV6, "01000001", (0,), "uncompressed IPv6 header", "RFC 4944 5.1"),
    DispatchRow(Dispatch.HC1, "01000010", (0,), "LOWPAN_HC1 compressed IPv6 header, deprecated", "RFC 4944 10.1"),
    DispatchRow(Dispatch.DEPTH_FIRST_FORWARDING, "01000011", (0,), "LOWPAN_DFF header", "RFC 6971"),
    DispatchRow(Dispatch.BROADCAST, "01010000", (0,), "LOWPAN_BC0 broadcast header", "RFC 4944 11.1"),
    DispatchRow(Dispatch.IPHC, "011xxxxx", (0, 1), "LOWPAN_IPHC compressed IPv6 header", "RFC 6282 3.1"),
    DispatchRow(Dispatch.MESH, "10xxxxxx", (0,), "mesh addressing header", "RFC 4944 5.2"),
    DispatchRow(Dispatch.CRITICAL_ROUTING_HEADER, "100xxxxx", (1,), "critical 6LoWPAN Routing Header", "RFC 8138 4.2"),
    DispatchRow(Dispatch.ELECTIVE_ROUTING_HEADER, "101xxxxx", (1,), "elective 6LoWPAN Routing Header", "RFC 8138 4.1"),
    DispatchRow(Dispatch.FIRST_FRAGMENT, "11000xxx", (0,), "first fragment", "RFC 4944 5.3"),
    DispatchRow(Dispatch.SUBSEQUENT_FRAGMENT, "11100xxx", (0,), "subsequent fragment", "RFC 4944 5.3"),
    DispatchRow(Dispatch.RECOVERABLE_FRAGMENT, "1110100x", (0,), "recoverable fragment", "RFC 8931 5.1"),
    DispatchRow(Dispatch.RECOVERABLE_FRAGMENT_ACKNOWLEDGMENT, "1110101x", (0,), "RFRAG acknowledgment", "RFC 8931 5.2"),
    DispatchRow(Dispatch.PAGE_SWITCH, "1111xxxx", ALL_PAGES, "switch to another page", "RFC 8025 3"),
)
"""The registry. The patterns of one page do not overlap."""


@cache
def _claimants(rows: tuple[DispatchRow, ...]) -> tuple[DispatchRow | None, ...]:
    """Which of these rows claims each octet; most pages have the same rows."""
    return tuple([next((row for row in rows if row.claims(octet)), None) for octet in range(256)])


_BY_PAGE = tuple([_claimants(tuple([row for row in ROWS if page in row.pages])) for page in ALL_PAGES])


def dispatch_of(octet: int, page: int = 0) -> DispatchRow:
    """The row that claims ``octet`` in ``page``.

    Raises :class:`Malformed`: ``NOT_A_LOWPAN_FRAME`` for 00xxxxxx in page 0, which RFC 4944 section 5.1 has every node
    discard, ``UNKNOWN_DISPATCH`` for what is not assigned.
    """
    if not 0 <= page < PAGES:
        raise UsageError(f"there is no page {page}: 0 to {PAGES - 1}")
    row = _BY_PAGE[page][octet]
    if row is None:
        why = "reserved for experiments" if page == EXPERIMENTAL_PAGE else "not assigned"
        raise Malformed(LAYER, 0, Reason.UNKNOWN_DISPATCH, f"dispatch {octet:#04x} in page {page} is {why}")
    if row.dispatch is Dispatch.NOT_A_LOWPAN_FRAME:
        raise Malformed(LAYER, 0, Reason.NOT_A_LOWPAN_FRAME, f"dispatch {octet:#04x} is of another protocol")
    return row
