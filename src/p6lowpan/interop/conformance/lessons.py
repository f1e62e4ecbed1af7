"""Discovery of levels: the class-unsupported error and the 6LoWPAN Capability Indication Option, right and wrong."""

from collections.abc import Iterator

from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.interop.conformance import packets
from p6lowpan.interop.conformance.case import Lesson
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE
from p6lowpan.wire.ipv6.registry import MessageType, NeighborOptionType, Protocol

DRAFT = "draft-ayers-low-power-interop-01 6.2"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
ALL_ROUTERS = bytes.fromhex("ff020000000000000000000000000002")
FAR = bytes.fromhex("20010db800000000000000000000000a")
GIVEN = 0x80
"""The first flag of the option: a level is given, in the three behind it."""


def lessons() -> Iterator[Lesson]:
    """Every message from which a level is learned, or is not."""
    yield from _errors()
    yield from _options()


def _error(code: int, hop_limit: int = 255, source: bytes = ENDS[0], more: bytes = b"") -> bytes:
    message = bytes((CLASS_UNSUPPORTED_TYPE, code, 0, 0)) + more
    return packets.packet(source, ENDS[1], (Protocol.ICMPV6, message), hop_limit=hop_limit)


def _errors() -> Iterator[Lesson]:
    """The error counts where it lowers what was just exceeded, and comes from the neighbour itself."""

    def lesson(name: str, about: str, packet: bytes, level: int | None, needs: int | None) -> Lesson:
        return Lesson(f"learn/error/{name}", about, DRAFT, LONG, packet, level, needs)

    for level in range(HIGHEST_LEVEL):
        about = f"the neighbour is of level {level}; what was sent needed {level + 1}"
        yield lesson(f"level/{level}", about, _error(level), level, level + 1)
    for level in range(1, HIGHEST_LEVEL + 1):
        about = f"the neighbour says level {level}, and nothing above it was sent"
        yield lesson(f"stale/{level}", about, _error(level), None, level)
    for hop_limit in (254, 64, 1, 0):
        about = f"hop limit {hop_limit}: who sent it may be anywhere"
        yield lesson(f"hop-limit/{hop_limit}", about, _error(0, hop_limit), None, 1)
    yield lesson("off-link", "from a global address", _error(0, source=FAR), None, 1)
    for code in (7, 127, 129, 255):
        yield lesson(f"code/{code}", f"code {code} is no level", _error(code), None, 1)
    yield lesson("longer", "octets behind the four of the error", _error(0, more=bytes(4)), None, 1)
    octets = _error(0)
    wrong = octets[:42] + bytes((octets[42] ^ 1,)) + octets[43:]
    yield lesson("checksum", "the checksum is wrong", wrong, None, 1)


def _options() -> Iterator[Lesson]:
    """Neighbor Discovery may raise a level, too."""
    solicited = (ENDS[0], ALL_ROUTERS, bytes((MessageType.ROUTER_SOLICITATION, 0, 0, 0)) + bytes(4))
    for number in range(HIGHEST_LEVEL + 1):
        about = f"a Router Solicitation with level {number}"
        yield _with_option(f"solicitation/level/{number}", about, solicited, _option(GIVEN | number << 4), number)
    advertised = (
        ENDS[0],
        ENDS[1],
        bytes((MessageType.NEIGHBOR_ADVERTISEMENT, 0, 0, 0)) + bytes((0x60, 0, 0, 0)) + ENDS[0],
    )
    for number in (0, 3, 6):
        about = f"a Neighbor Advertisement with level {number}"
        yield _with_option(f"advertisement/level/{number}", about, advertised, _option(GIVEN | number << 4), number)
    others: dict[str, tuple[bytes, int | None, str]] = {
        "absent": (_option(0), None, "a 6CIO that gives no level, as stock nodes send it"),
        "without-flag": (_option(0x50), None, "the level's bits, without the flag that says that they are one"),
        "seven": (_option(GIVEN | 0x70), None, "7 is no level"),
        "other-flags": (_option(GIVEN | 0x4F, 0xFF, bytes(4)), 4, "every other flag of the first two octets is set"),
        "longer": (_option(GIVEN | 0x30, more=bytes(8)), 3, "an option of 16 octets: more bits, all unknown"),
        "none": (b"", None, "no option at all"),
    }
    for name, (option, level, about) in others.items():
        yield _with_option(f"option/{name}", about, solicited, option, level)


def _option(first: int, second: int = 0, rest: bytes = bytes(4), more: bytes = b"") -> bytes:
    units = (8 + len(more)) // 8
    return bytes((NeighborOptionType.LOWPAN_CAPABILITY_INDICATION, units, first, second)) + rest + more


def _with_option(
    name: str, about: str, message: tuple[bytes, bytes, bytes], option: bytes, level: int | None
) -> Lesson:
    source, destination, octets = message
    own = bytes((NeighborOptionType.SOURCE_LINK_LAYER_ADDRESS, 2)) + LONG.source + bytes(6)
    if octets[0] == MessageType.NEIGHBOR_ADVERTISEMENT:
        own = bytes((NeighborOptionType.TARGET_LINK_LAYER_ADDRESS,)) + own[1:]
    packet = packets.packet(source, destination, (Protocol.ICMPV6, octets + own + option), hop_limit=255)
    return Lesson(f"learn/{name}", about, DRAFT, LONG, packet, level)
