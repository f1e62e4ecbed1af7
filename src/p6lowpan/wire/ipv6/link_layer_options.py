"""Source and Target Link-layer Address options, RFC 4861 section 4.6.1, in the forms of RFC 4944 section 8.

On IEEE 802.15.4 an option of two units holds an EUI-64 and 6 octets of padding, one of a single unit a short address
and 4 octets. An Ethernet address would fill a single unit too, so the option keeps its octets, and
:func:`link_address_of` reads them for whoever knows that the link is IEEE 802.15.4.
"""

from typing import Annotated

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.description import AUTO, Bits, Computed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.neighbor_option import FixedType
from p6lowpan.wire.ipv6.registry import NeighborOptionType

PADDING = {2: bytes(4), 8: bytes(6)}
"""The zeros of RFC 4944 section 8 behind a short address and behind an EUI-64."""


def address_in_words(field: bytes) -> str:
    """The IEEE 802.15.4 address that the field holds, if it has one of the two forms."""
    for octets, padding in PADDING.items():
        if len(field) == octets + len(padding) and field[octets:] == padding:
            return format_link(field[:octets])
    return field.hex(":")


LinkLayerAddress = Annotated[bytes, Octets("8 * length - 2"), Meaning(address_in_words)]
Length = Annotated[int, Bits(8), Computed("(len(address) + 2) // 8")]


@wire("nd-option-source-link-layer-address")
class SourceLinkLayerAddress(Header):
    """RFC 4861 section 4.6.1: the link-layer address of who sends the packet."""

    type: FixedType = NeighborOptionType.SOURCE_LINK_LAYER_ADDRESS
    length: Length = AUTO
    address: LinkLayerAddress


@wire("nd-option-target-link-layer-address")
class TargetLinkLayerAddress(Header):
    """RFC 4861 section 4.6.1: the link-layer address of the target."""

    type: FixedType = NeighborOptionType.TARGET_LINK_LAYER_ADDRESS
    length: Length = AUTO
    address: LinkLayerAddress


def address_field(link_address: LinkAddress) -> bytes:
    """The ``address`` field for an IEEE 802.15.4 address. Raises :class:`UsageError` for one of another size."""
    if len(link_address) not in PADDING:
        raise UsageError(f"an IEEE 802.15.4 address has 8 octets or 2, not {len(link_address)}")
    return link_address + PADDING[len(link_address)]


def link_address_of(option: SourceLinkLayerAddress | TargetLinkLayerAddress) -> LinkAddress:
    """The IEEE 802.15.4 address in an option: 8 octets or 2.

    Padding behind an EUI-64 is not looked at. Behind a short address it must be zero: a link-layer address of 6 octets,
    which is none of IEEE 802.15.4, looks the same otherwise. Raises :class:`Malformed`.
    """
    if option.length == 2:
        return LinkAddress(option.address[:8])
    if option.length == 1 and option.address[2:] == PADDING[2]:
        return LinkAddress(option.address[:2])
    detail = f"{option.address.hex(':')} is no IEEE 802.15.4 address in the form of RFC 4944 section 8"
    raise Malformed(option.LAYER, 2, Reason.BAD_VALUE, detail)
