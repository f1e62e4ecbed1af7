"""Who a node is on its link, with what it secures its frames, and how fast its radio is."""

from dataclasses import dataclass, field

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import FrameVersion
from p6lowpan.wire.ieee802154.security_header import (
    KEY_SOURCE_OCTETS,
    MIC_OCTETS,
    KeyIdentifierMode,
    SecurityLevel,
    encrypts,
)

EXTENDED_OCTETS = 8
KEY_OCTETS = 16
BROADCAST_PAN = 0xFFFF
FIRST_SHORT_OF_NOBODY = 0xFFFE
"""0xffff is everybody; 0xfffe stands for "has a PAN, but no short address" (IEEE 802.15.4-2015 macShortAddress)."""
LAST_FRAME_COUNTER = 0xFFFFFFFF
"""A frame counter that has come here is exhausted: the frame is neither sent nor taken."""

KeyName = tuple[int, bytes, int | None]
"""How a frame names its key: key identifier mode, key source, key index."""


@dataclass(frozen=True, slots=True)
class LinkKey:
    """A key and the name under which frames refer to it. ``source`` is as sent. Raises :class:`UsageError`."""

    octets: bytes = field(repr=False)
    index: int | None = 1
    mode: KeyIdentifierMode = KeyIdentifierMode.KEY_INDEX
    source: bytes = b""

    def __post_init__(self) -> None:
        if len(self.octets) != KEY_OCTETS:
            raise UsageError(f"a link key has {KEY_OCTETS} octets, not {len(self.octets)}")
        if len(self.source) != KEY_SOURCE_OCTETS[self.mode]:
            raise UsageError(f"{self.mode.name} has a key source of {KEY_SOURCE_OCTETS[self.mode]} octets")
        if (self.index is None) != (self.mode == KeyIdentifierMode.IMPLICIT):
            raise UsageError("a key has an index, unless its mode is IMPLICIT")
        if self.index is not None and not 0 <= self.index <= 0xFF:
            raise UsageError(f"a key index has 8 bits, {self.index} does not")

    @property
    def name(self) -> KeyName:
        """What stands in a frame."""
        return self.mode, self.source, self.index


@dataclass(frozen=True, slots=True)
class NeighborCounter:
    """The last frame counter that a neighbor used with a key."""

    key: KeyName
    neighbor: LinkAddress
    counter: int


@dataclass(frozen=True, slots=True)
class LinkSecurity:
    """Keys given, and what they are used for. Frames go out at ``level`` under the first key.

    ``minimum_level`` is demanded of every frame that comes in; NONE takes unsecured ones too. ``frame_counter`` is the
    next one to send with. A device keeps it over a restart, together with ``neighbor_counters``: to send with a counter
    twice gives the key stream away, and to forget a neighbor's lets its old frames in again.
    """

    keys: tuple[LinkKey, ...]
    level: SecurityLevel = SecurityLevel.ENC_MIC_32
    minimum_level: SecurityLevel = SecurityLevel.ENC_MIC_32
    frame_counter: int = 0
    neighbor_counters: tuple[NeighborCounter, ...] = ()

    def __post_init__(self) -> None:
        if not self.keys:
            raise UsageError("security needs a key")
        if len({key.name for key in self.keys}) < len(self.keys):
            raise UsageError("two keys have the same name")
        if not MIC_OCTETS[self.level]:
            raise UsageError(f"{self.level.name} authenticates nothing")
        if self.minimum_level == SecurityLevel.ENC:
            raise UsageError(f"{self.minimum_level.name} authenticates nothing")
        if not satisfies(self.level, self.minimum_level):
            raise UsageError(f"frames at {self.level.name} are less than {self.minimum_level.name}, which is demanded")
        if not 0 <= self.frame_counter <= LAST_FRAME_COUNTER:
            raise UsageError(f"a frame counter has 32 bits, {self.frame_counter} does not")


def satisfies(level: int, demanded: int) -> bool:
    """Whether a security level gives all that another gives: as long an integrity code, and secrecy if it has that."""
    return MIC_OCTETS[level] >= MIC_OCTETS[demanded] and encrypts(level) >= encrypts(demanded)


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """The times of the physical layer that the MAC counts in, and the exponents of its backoff.

    The defaults are the 2450 MHz O-QPSK PHY's: 250 kb/s, symbols of 16 us (IEEE 802.15.4-2015 sections 8.4.3, 11, 12).
    """

    backoff_period_us: int = 320  # aUnitBackoffPeriod: 20 symbols
    minimum_backoff_exponent: int = 3  # macMinBe
    maximum_backoff_exponent: int = 5  # macMaxBe
    turnaround_us: int = 192  # aTurnaroundTime: 12 symbols
    acknowledgement_wait_us: int = 864  # macAckWaitDuration: 54 symbols
    short_frame_octets: int = 18  # aMaxSifsFrameSize, with the frame check sequence
    short_spacing_us: int = 192  # macSifsPeriod: 12 symbols
    long_spacing_us: int = 640  # macLifsPeriod: 40 symbols

    def __post_init__(self) -> None:
        if not 0 <= self.minimum_backoff_exponent <= self.maximum_backoff_exponent:
            raise UsageError("the smallest backoff exponent is not 0 to the largest")


O_QPSK_2450 = LinkTiming()


@dataclass(frozen=True, slots=True)
class MacConfiguration:
    """One device on one PAN. Raises :class:`UsageError` for addresses that nobody can have.

    ``hardware_csma``: the radio looks for a clear channel itself. ``hardware_acknowledges``: the radio answers frames
    for us itself; whether it also waits for the answers to ours, it says each time that it has sent.
    """

    extended: LinkAddress
    short: LinkAddress | None
    pan: int
    security: LinkSecurity | None = None
    hardware_acknowledges: bool = False
    hardware_csma: bool = False
    frame_version: FrameVersion = FrameVersion.IEEE_802_15_4_2006
    timing: LinkTiming = O_QPSK_2450

    def __post_init__(self) -> None:
        if len(self.extended) != EXTENDED_OCTETS:
            raise UsageError(f"an EUI-64 has {EXTENDED_OCTETS} octets, not {len(self.extended)}")
        if self.short is not None and (
            len(self.short) != 2 or int.from_bytes(self.short, "big") >= FIRST_SHORT_OF_NOBODY
        ):
            raise UsageError(f"0x{self.short.hex()} is nobody's short address")
        if not 0 <= self.pan < BROADCAST_PAN:
            raise UsageError(f"0x{self.pan:04x} is no PAN of one's own")
        if self.frame_version == FrameVersion.RESERVED:
            raise UsageError("frame version 3 is reserved")
        if self.security is not None and self.frame_version == FrameVersion.IEEE_802_15_4_2003:
            raise UsageError("a frame of version 0 cannot say how it is secured")

    @property
    def address(self) -> LinkAddress:
        """What frames have as their source unless somebody says otherwise: the short address, where there is one."""
        return self.extended if self.short is None else self.short

    @property
    def addresses(self) -> tuple[LinkAddress, ...]:
        """All unicast addresses of ours."""
        return (self.extended,) if self.short is None else (self.extended, self.short)
