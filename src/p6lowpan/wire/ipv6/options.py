"""Options of the Hop-by-Hop and the Destination Options header, RFC 8200 section 4.2.

Two bits of an option's type say what a node does that does not know it, a third whether its data may change on the
way: :func:`action_of` and :func:`may_change`. An option that no class here claims is kept as :class:`UnknownOption`.
What this module does not do: check that an option is aligned as its RFC asks; only senders are told to.
"""

from enum import IntEnum
from typing import Annotated

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import address
from p6lowpan.wire.description import AUTO, U8, U16, U32, Bits, Check, Computed, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.family import Family


class OptionType(IntEnum):
    """Option types: the whole octet, with its action and change bits."""

    PAD1 = 0x00
    PADN = 0x01
    TUNNEL_ENCAPSULATION_LIMIT = 0x04
    ROUTER_ALERT = 0x05
    CALIPSO = 0x07
    DUPLICATE_PACKET_DETECTION = 0x08
    IN_SITU_MEASUREMENT = 0x11
    ALTERNATE_MARKING = 0x12
    RPL = 0x23
    QUICK_START = 0x26
    PATH_MTU = 0x30
    IN_SITU_MEASUREMENT_MAY_CHANGE = 0x31
    RPL_OR_DISCARD = 0x63
    MPL = 0x6D
    ILNP_NONCE = 0x8B
    LINE_IDENTIFICATION = 0x8C
    JUMBO_PAYLOAD = 0xC2
    HOME_ADDRESS = 0xC9


class Action(IntEnum):
    """What a node does with an option that it does not know: the two highest bits of the type, section 4.2."""

    SKIP = 0
    DISCARD = 1
    DISCARD_AND_REPORT = 2
    DISCARD_AND_REPORT_UNLESS_MULTICAST = 3


def action_of(option_type: int) -> Action:
    """What a node does with an option of this type that it does not know."""
    return Action(option_type >> 6)


def may_change(option_type: int) -> bool:
    """Whether the data of an option of this type may change on the way; AH then takes them as zeros."""
    return bool(option_type & 0x20)


def type_in_words(option_type: int) -> str:
    """The option's name and what a node does that does not know it."""
    try:
        name = OptionType(option_type).name.lower().replace("_", " ")
    except ValueError:
        name = "not assigned"
    action = action_of(option_type).name.lower().replace("_", " ")
    return f"{name}; unknown: {action}" + ("; may change on the way" if may_change(option_type) else "")


Type = Annotated[int, Bits(8), Meaning(type_in_words)]
FixedType = Annotated[int, Bits(8), Meaning(type_in_words), Fixed()]


def _exactly(octets: int, source: str) -> tuple[Check, ...]:
    return (Check(f"length == {octets}", "length", Reason.BAD_LENGTH, f"{octets} octets of data ({source})"),)


@wire("option-pad1")
class Pad1(Header):
    """RFC 8200 section 4.2: one octet of padding, without a length."""

    type: FixedType = OptionType.PAD1


@wire("option-padn")
class PadN(Header):
    """RFC 8200 section 4.2: two octets of padding or more."""

    type: FixedType = OptionType.PADN
    length: Annotated[int, Bits(8), Computed("len(padding)")] = AUTO
    padding: Annotated[bytes, Octets("length")] = b""


@wire("option-tunnel-encapsulation-limit")
class TunnelEncapsulationLimit(Header):
    """RFC 2473 section 4.1.1: how many more tunnels may be put around the packet."""

    CHECKS = _exactly(1, "RFC 2473 section 4.1.1")
    type: FixedType = OptionType.TUNNEL_ENCAPSULATION_LIMIT
    length: U8 = 1
    limit: U8


def alert_in_words(value: int) -> str:
    """What routers are asked to look for: the registry of RFC 2711 section 2.1."""
    if 4 <= value <= 35:
        return f"aggregated reservation, nesting level {value - 4}"
    if 36 <= value <= 67:
        return f"quality of service signalling, aggregation level {value - 36}"
    known = {0: "multicast listener discovery", 1: "RSVP", 2: "active networks", 68: "NAT signalling", 69: "MPLS OAM"}
    return known.get(value, "not assigned")


@wire("option-router-alert")
class RouterAlert(Header):
    """RFC 2711 section 2.1: routers look at the packet more closely."""

    CHECKS = _exactly(2, "RFC 2711 section 2.1")
    type: FixedType = OptionType.ROUTER_ALERT
    length: U8 = 2
    value: Annotated[int, Bits(16), Meaning(alert_in_words)] = 0


RPL_TYPES = (OptionType.RPL, OptionType.RPL_OR_DISCARD)


def instance_in_words(instance: int) -> str:
    """A RPLInstanceID, RFC 6550 section 5.1: global, or local with the D flag."""
    if instance < 128:
        return f"global instance {instance}"
    end = "destination" if instance & 0x40 else "source"
    return f"local instance {instance & 0x3F} of the packet's {end}"


@wire("option-rpl")
class RplOption(Header):
    """RFC 6553 section 3. The type is 0x23 (RFC 9008 section 4.2: who does not know it skips it) or the older 0x63
    (discards the packet). ``sub_tlvs`` are kept raw: no RFC defines one."""

    CHECKS = (
        Check("type in RPL_TYPES", "type", Reason.FIXED_VALUE, "the option type is 0x23 or 0x63"),
        Check("length >= 4", "length", Reason.BAD_LENGTH, "at least 4 octets of data (RFC 6553 section 3)"),
    )
    type: Type = OptionType.RPL
    length: Annotated[int, Bits(8), Computed("len(sub_tlvs) + 4")] = AUTO
    down: Annotated[int, Bits(1)] = 0
    rank_error: Annotated[int, Bits(1)] = 0
    forwarding_error: Annotated[int, Bits(1)] = 0
    reserved: Annotated[int, Bits(5)] = 0
    instance: Annotated[int, Bits(8), Meaning(instance_in_words)]
    sender_rank: U16
    sub_tlvs: Annotated[bytes, Octets("length - 4")] = b""


SEED_OCTETS = (0, 2, 8, 16)
SEED_KINDS = {0: "the IPv6 source", 1: "16 bits", 2: "64 bits", 3: "128 bits"}


def seed_length_of(seed: bytes) -> int:
    """The S field for a seed identifier. Raises :class:`UsageError` where there is none of its size."""
    if len(seed) not in SEED_OCTETS:
        raise UsageError(f"a seed identifier has 0, 2, 8 or 16 octets, not {len(seed)}")
    return SEED_OCTETS.index(len(seed))


@wire("option-mpl")
class MplOption(Header):
    """RFC 7731 section 6.1. ``extension`` is what later documents may define behind the seed identifier."""

    CHECKS = (
        Check(
            "length >= 2 + SEED_OCTETS[seed_length]",
            "length",
            Reason.BAD_LENGTH,
            "2 octets and the seed identifier (RFC 7731 section 6.1)",
        ),
    )
    type: FixedType = OptionType.MPL
    length: Annotated[int, Bits(8), Computed("2 + len(seed) + len(extension)")] = AUTO
    seed_length: Annotated[int, Bits(2), Meaning(SEED_KINDS), Computed("seed_length_of(seed)")] = AUTO
    largest_known: Annotated[int, Bits(1)] = 0
    version: Annotated[int, Bits(1)] = 0
    reserved: Annotated[int, Bits(4)] = 0
    sequence: U8
    seed: Annotated[bytes, Octets("SEED_OCTETS[seed_length]"), Meaning(bytes.hex)] = b""
    extension: Annotated[bytes, Octets("length - 2 - SEED_OCTETS[seed_length]")] = b""


@wire("option-jumbo-payload")
class JumboPayload(Header):
    """RFC 2675 section 2: the length of a payload that 16 bits cannot tell."""

    CHECKS = _exactly(4, "RFC 2675 section 2")
    type: FixedType = OptionType.JUMBO_PAYLOAD
    length: U8 = 4
    payload_length: U32


@wire("option-home-address")
class HomeAddress(Header):
    """RFC 6275 section 6.3: the home address of a mobile node that is away from home."""

    CHECKS = _exactly(16, "RFC 6275 section 6.3")
    type: FixedType = OptionType.HOME_ADDRESS
    length: U8 = 16
    home_address: address.Ipv6


@wire("option-unknown")
class UnknownOption(Header):
    """An option of which only the frame of RFC 8200 section 4.2 is read."""

    CHECKS = (Check("type != 0", "type", Reason.FIXED_VALUE, "Pad1 has no length"),)
    type: Type
    length: Annotated[int, Bits(8), Computed("len(data)")] = AUTO
    data: Annotated[bytes, Octets("length")] = b""


OPTIONS = Family(
    layer="option",
    members={
        OptionType.PAD1: Pad1,
        OptionType.PADN: PadN,
        OptionType.TUNNEL_ENCAPSULATION_LIMIT: TunnelEncapsulationLimit,
        OptionType.ROUTER_ALERT: RouterAlert,
        OptionType.RPL: RplOption,
        OptionType.RPL_OR_DISCARD: RplOption,
        OptionType.MPL: MplOption,
        OptionType.JUMBO_PAYLOAD: JumboPayload,
        OptionType.HOME_ADDRESS: HomeAddress,
    },
    unknown=UnknownOption,
)
"""Every option, by its type octet."""


def padded(options: tuple[Header, ...]) -> tuple[Header, ...]:
    """``options`` with the Pad1 or PadN behind them that fills a Hop-by-Hop or Destination Options header."""
    missing = -(2 + sum(len(option.encode()) for option in options)) % 8
    if missing == 0:
        return options
    return (*options, Pad1() if missing == 1 else PadN(padding=bytes(missing - 2)))
