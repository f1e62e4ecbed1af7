"""Delivery below IP: the mesh addressing header and the broadcast header (RFC 4944 sections 5.2 and 11.1)."""

from typing import Annotated

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.description import AUTO, U8, Bits, Computed, Fixed, Header, Meaning, Octets, When, wire

DEEP = 0xF
"""The value of Hops Left that announces an octet of its own."""

DEEPEST = 0xFF

ADDRESS_WORDS = {0: "64-bit address", 1: "16-bit short address"}


def _hops_words(hops_left: int) -> str:
    return "deep hops left follows" if hops_left == DEEP else f"{hops_left} hops"


@wire("mesh")
class MeshHeader(Header):
    """RFC 4944 section 5.2. The V and F bits follow from the addresses, which are in printed order."""

    dispatch: Annotated[int, Bits(2), Fixed()] = 0b10
    originator_short: Annotated[int, Bits(1), Meaning(ADDRESS_WORDS), Computed("int(len(originator) == 2)")] = AUTO
    final_short: Annotated[int, Bits(1), Meaning(ADDRESS_WORDS), Computed("int(len(final_destination) == 2)")] = AUTO
    hops_left: Annotated[int, Bits(4), Meaning(_hops_words)]
    deep_hops_left: Annotated[int | None, Bits(8), When("hops_left == DEEP")] = None
    originator: Annotated[bytes, Octets("2 if originator_short else 8"), Meaning(format_link)]
    final_destination: Annotated[bytes, Octets("2 if final_short else 8"), Meaning(format_link)]

    @property
    def hops(self) -> int:
        """The hops that are left, wherever they stand."""
        return self.hops_left if self.deep_hops_left is None else self.deep_hops_left


def mesh_header(originator: LinkAddress, final_destination: LinkAddress, hops: int) -> MeshHeader:
    """The shortest header for ``hops``: more than 14 need an octet of their own. Raises :class:`UsageError`."""
    if not 0 <= hops <= DEEPEST:
        raise UsageError(f"{hops} hops cannot be left: 0 to {DEEPEST}")
    return MeshHeader(
        hops_left=min(hops, DEEP),
        deep_hops_left=hops if hops >= DEEP else None,
        originator=originator,
        final_destination=final_destination,
    )


@wire("bc0")
class BroadcastHeader(Header):
    """RFC 4944 section 11.1: LOWPAN_BC0. The sequence number tells duplicates of a flooded packet."""

    dispatch: Annotated[int, Bits(8), Fixed()] = 0b01010000
    sequence_number: U8
