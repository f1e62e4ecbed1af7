"""Generic Header Compression (RFC 7400): a byte code that appends literal octets, zeros, and copies of what is there.

:func:`expand` runs the code, :func:`compress` finds the shortest one. The copies may reach back into a dictionary that
stands before the payload: the packet's addresses and 16 fixed octets (section 2). How the code is carried, behind
which LOWPAN_NHC octet, is the business of :mod:`p6lowpan.wire.sixlowpan.next_header_compression`.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Bits, Check, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.family import Family

LAYER = "ghc"
STOP = bytes((0b10010000,))
"""Ends the code of an extension header (section 3.2); the code of a payload ends with the packet."""

STATIC_DICTIONARY = bytes.fromhex("16fefd17fefd00010000000000010000")
"""Section 2, figure 1."""

LITERAL_LIMIT = 95
FEWEST_COPIED = 2
ZEROS_LIMIT = 17
SOURCE_STEP = 8
SOURCE_STEPS_LIMIT = 15
LENGTH_STEP = 8
REFERENCE_LENGTHS = 8
"""One backreference octet alone tells 8 lengths (2 to 9) and 8 distances (0 to 7) apart."""


def dictionary(source: bytes, destination: bytes) -> bytes:
    """The 48 octets before the payload: both addresses of the packet being restored and the static dictionary."""
    return source + destination + STATIC_DICTIONARY


# --- the byte code, table 1 ------------------------------------------------------------------------------------------


def _zeros_words(count: int) -> str:
    return f"{count + FEWEST_COPIED} zeros"


@wire(LAYER)
class Literal(Header):
    """0kkkkkkk: append the octets that follow. Counts of 96 and more are reserved."""

    code: Annotated[int, Bits(1), Fixed()] = 0
    count: Annotated[int, Bits(7)]
    data: Annotated[bytes, Octets("count if count <= LITERAL_LIMIT else 0")]

    CHECKS: ClassVar = (
        Check(f"count <= {LITERAL_LIMIT}", "count", Reason.RESERVED, "byte codes 0x60 to 0x7f are reserved"),
    )


@wire(LAYER)
class Zeros(Header):
    """1000nnnn: append nnnn+2 zeros."""

    code: Annotated[int, Bits(4), Fixed()] = 0b1000
    count: Annotated[int, Bits(4), Meaning(_zeros_words)]


@wire(LAYER)
class Stop(Header):
    """10010000: end of the compressed data. The other values of 1001nnnn are reserved."""

    code: Annotated[int, Bits(4), Fixed()] = 0b1001
    reserved: Annotated[int, Bits(4)] = 0

    CHECKS: ClassVar = (Check("reserved == 0", "code", Reason.RESERVED, "byte codes 0x91 to 0x9f are reserved"),)


@wire(LAYER)
class ExtendedArguments(Header):
    """101nssss: the next backreference is 8 octets longer if n, and begins ssss times 8 octets further to the left."""

    code: Annotated[int, Bits(3), Fixed()] = 0b101
    length: Annotated[int, Bits(1), Meaning(lambda length: f"{length * LENGTH_STEP} octets more")]
    source: Annotated[int, Bits(4), Meaning(lambda source: f"{source * SOURCE_STEP} octets further back")]


@wire(LAYER)
class Backreference(Header):
    """11nnnkkk: append n = na+nnn+2 octets from kkk+sa+n octets to the left."""

    code: Annotated[int, Bits(2), Fixed()] = 0b11
    length: Annotated[int, Bits(3), Meaning(lambda length: f"{length + FEWEST_COPIED} octets")]
    source: Annotated[int, Bits(3), Meaning(lambda source: f"ending {source} octets back")]


def _members() -> dict[int, type[Header]]:
    members: dict[int, type[Header]] = dict.fromkeys(range(8), Literal)
    members |= {0b1000: Zeros, 0b1001: Stop, 0b1010: ExtendedArguments, 0b1011: ExtendedArguments}
    return members | dict.fromkeys(range(0b1100, 0b10000), Backreference)


INSTRUCTIONS = Family(LAYER, members=_members(), unknown=Literal, key=lambda octets: octets[0] >> 4)
"""Decodes one instruction. Its 16 members leave nothing unknown."""


# --- decompressor ----------------------------------------------------------------------------------------------------


class _Buffer:
    """The destination buffer of section 1.2, with the decompression variables sa and na."""

    def __init__(self, prefix: bytes, limit: int) -> None:
        self.octets = bytearray(prefix)
        self.limit = len(prefix) + limit
        self.source = 0
        self.length = 0

    def run(self, instruction: Header, at: int) -> None:
        """Carry out one instruction, whose code stands at offset ``at``."""
        match instruction:
            case Literal():
                self.append(instruction.data, at)
            case Zeros():
                self.append(bytes(instruction.count + FEWEST_COPIED), at)
            case ExtendedArguments():
                self.source += instruction.source * SOURCE_STEP
                self.length += instruction.length * LENGTH_STEP
            case Backreference():
                self.copy(self.length + instruction.length + FEWEST_COPIED, self.source + instruction.source, at)

    def append(self, octets: bytes | bytearray, at: int) -> None:
        if len(self.octets) + len(octets) > self.limit:
            raise Malformed(
                LAYER, at, Reason.TOO_BIG, f"expands beyond the octets that it may have, {len(octets)} more"
            )
        self.octets += octets

    def copy(self, count: int, gap: int, at: int) -> None:
        end = len(self.octets) - gap
        if end < count:
            detail = f"{count} octets from {gap + count} octets back, {len(self.octets)} are there"
            raise Malformed(LAYER, at, Reason.BAD_BACKREFERENCE, detail)
        self.append(self.octets[end - count : end], at)
        self.source = self.length = 0


def expand_until_stop(code: bytes, prefix: bytes, limit: int) -> tuple[bytes, bytes]:
    """Run ``code`` up to its stop code, or to its end where there is none. Returns what it gives and the code left.

    Raises :class:`Malformed` with the offset of the instruction in ``code``: ``TRUNCATED``, ``RESERVED``,
    ``BAD_BACKREFERENCE``, and ``TOO_BIG`` where more than ``limit`` octets would come out.
    """
    buffer = _Buffer(prefix, limit)
    rest = code
    while rest:
        at = len(code) - len(rest)
        try:
            instruction, rest = INSTRUCTIONS.decode(rest)
        except Malformed as error:
            raise error.shifted(at) from None
        if isinstance(instruction, Stop):
            break
        buffer.run(instruction, at)
    return bytes(buffer.octets[len(prefix) :]), rest


def expand(code: bytes, prefix: bytes, limit: int) -> bytes:
    """What ``code`` gives, all of it; a stop code may only be its last octet.

    ``prefix`` is the :func:`dictionary`. Raises :class:`Malformed` as :func:`expand_until_stop` does, and ``TRAILING``.
    """
    octets, rest = expand_until_stop(code, prefix, limit)
    if rest:
        raise Malformed(LAYER, len(code) - len(rest), Reason.TRAILING, f"{len(rest)} octets behind the stop code")
    return octets


# --- compressor ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """The best way to go on from a position: the octets of code to the end, the next position, what to do."""

    cost: int
    until: int
    gap: int | None = None  # of a backreference
    zeros: bool = False


def _reference_cost(count: int, gap: int) -> int:
    """Octets of code for a backreference: itself, and as many extended arguments as length and distance need."""
    more_length = (count - FEWEST_COPIED) // LENGTH_STEP
    more_source = -(-(gap // SOURCE_STEP) // SOURCE_STEPS_LIMIT)
    return 1 + max(more_length, more_source)


def _longest_useful_reference(reach: int) -> int:
    """Where two references as far back cost no more than one of their joint length."""
    more_source = -(-(reach // SOURCE_STEP) // SOURCE_STEPS_LIMIT)
    return 2 * (FEWEST_COPIED + REFERENCE_LENGTHS - 1 + LENGTH_STEP * more_source)


class _Search:
    """From the last octet to the first: the shortest code for the rest of the payload from each position on."""

    def __init__(self, octets: bytes, prefix: bytes) -> None:
        self.text = prefix + octets
        self.start = len(prefix)
        self.end = len(self.text)
        self.longest = _longest_useful_reference(self.end)
        self.steps: dict[int, _Step] = {self.end: _Step(0, self.end)}
        self.literal_end = self.end
        self.zeros = 0

    def run(self) -> None:
        for at in range(self.end - 1, self.start - 1, -1):
            self.steps[at] = self.referenced(at, self.zeroed(at, self.literal(at)))

    def literal(self, at: int) -> _Step:
        """The best end of a literal that begins here; it is kept, and moves only left or out of reach."""

        def cost(end: int) -> int:
            return end + self.steps[end].cost

        reach = range(at + 1, min(at + LITERAL_LIMIT, self.end) + 1)
        if self.literal_end not in reach:
            self.literal_end = min(reach, key=cost)
        elif cost(at + 1) <= cost(self.literal_end):
            self.literal_end = at + 1
        return _Step(1 + cost(self.literal_end) - at, self.literal_end)

    def zeroed(self, at: int, best: _Step) -> _Step:
        self.zeros = 0 if self.text[at] else self.zeros + 1
        for count in range(FEWEST_COPIED, min(self.zeros, ZEROS_LIMIT) + 1):
            cost = 1 + self.steps[at + count].cost
            if cost < best.cost:
                best = _Step(cost, at + count, zeros=True)
        return best

    def referenced(self, at: int, best: _Step) -> _Step:
        """The nearest copy of each length: the longer, the further to the left, so that one walk finds them all."""
        found = at
        for count in range(FEWEST_COPIED, min(self.longest, self.end - at) + 1):
            found = self.text.rfind(self.text[at : at + count], 0, min(at, found + count))
            if found < 0:
                break
            gap = at - found - count
            cost = _reference_cost(count, gap) + self.steps[at + count].cost
            if cost < best.cost:
                best = _Step(cost, at + count, gap=gap)
        return best

    def code(self) -> bytes:
        pieces, at = [], self.start
        while at < self.end:
            step = self.steps[at]
            if step.gap is not None:
                pieces.append(_reference(step.until - at, step.gap))
            elif step.zeros:
                pieces.append(Zeros(count=step.until - at - FEWEST_COPIED).encode())
            else:
                pieces.append(Literal(count=step.until - at, data=self.text[at : step.until]).encode())
            at = step.until
        return b"".join(pieces)


def _reference(count: int, gap: int) -> bytes:
    more_length, length = divmod(count - FEWEST_COPIED, LENGTH_STEP)
    more_source, source = divmod(gap, SOURCE_STEP)
    pieces = []
    while more_length or more_source:
        steps = min(more_source, SOURCE_STEPS_LIMIT)
        pieces.append(ExtendedArguments(length=int(more_length > 0), source=steps).encode())
        more_length, more_source = max(more_length - 1, 0), more_source - steps
    return b"".join((*pieces, Backreference(length=length, source=source).encode()))


LONGEST_PAYLOAD = 2047
"""What a datagram of RFC 4944 can hold."""


def compress(octets: bytes, prefix: bytes) -> bytes:
    """The shortest code for ``octets``: no other code of RFC 7400 that :func:`expand` gives them back from has fewer
    octets. ``prefix`` is the :func:`dictionary`. No stop code is added.

    A frame's 100 octets take a few milliseconds; 1280 octets that repeat themselves all over, where the square of their
    number counts, some hundred. Raises :class:`UsageError` for more than ``LONGEST_PAYLOAD`` octets.
    """
    if len(octets) > LONGEST_PAYLOAD:
        raise UsageError(f"{len(octets)} octets are more than a datagram holds, {LONGEST_PAYLOAD}")
    search = _Search(octets, prefix)
    search.run()
    return search.code()
