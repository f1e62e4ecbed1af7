"""What a captured frame carries, and the walk from the outside in that finds it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.fcs import Fcs, TiMetadata
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.wire.address import NO_LINK_ADDRESS, LinkAddress
from p6lowpan.wire.description import Header

H = TypeVar("H", bound=Header)
H_co = TypeVar("H_co", bound=Header, covariant=True)


class Kind(StrEnum):
    """What is inside."""

    IEEE802154 = "ieee802154"
    LOWPAN = "lowpan"  # begins with a LoWPAN dispatch, RFC 7973
    IPV6 = "ipv6"
    ZEP_ACKNOWLEDGEMENT = "zep-acknowledgement"
    OTHER = "other"  # the note says what


@dataclass(frozen=True, slots=True)
class Outer:
    """A header around the inside, and where it begins in the captured frame."""

    offset: int
    header: Header


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """What a captured frame carries.

    ``octets`` lie at ``offset`` in the captured frame and include the frame check sequence ``fcs``. ``cut`` octets of
    the frame are missing at its end (snap length); its FCS is then among them. ``channel``, ``signal_dbm`` and
    ``link_quality`` are what ZEP or TAP say. ``radio_time_ns`` is the radio's own clock: since 1970 for ZEP, since it
    was switched on for TAP. ``source`` and ``destination`` are set for ``Kind.LOWPAN`` where the link tells.
    """

    kind: Kind
    octets: bytes
    offset: int = 0
    fcs: Fcs = Fcs.NONE
    cut: int = 0
    outer: tuple[Outer, ...] = ()
    channel: int | None = None
    signal_dbm: float | None = None
    link_quality: int | None = None
    radio_time_ns: int | None = None
    source: LinkAddress = NO_LINK_ADDRESS
    destination: LinkAddress = NO_LINK_ADDRESS
    note: str = ""

    @property
    def fcs_octets(self) -> int:
        """How many octets at the end of ``octets`` are the frame check sequence."""
        return self.fcs.octets

    @property
    def frame(self) -> bytes:
        """``octets`` without the frame check sequence."""
        return self.octets[: len(self.octets) - self.fcs.octets]

    @property
    def ti_metadata(self) -> TiMetadata | None:
        """What a CC24xx radio put where the frame check sequence was; ``None`` where no such radio did."""
        return TiMetadata.decode_all(self.octets[-2:]) if self.fcs is Fcs.TI else None


class Decodable(Protocol[H_co]):
    """A header class or a family of them."""

    def decode(self, octets: bytes) -> tuple[H_co, bytes]:
        """Consume one header from the front."""


class Unwrapping:
    """A walk through one captured frame: ``octets[at:end]`` is left to look at, ``cut`` octets of it are missing."""

    def __init__(self, captured: CapturedFrame, fcs: Fcs | None) -> None:
        self.captured = captured
        self.octets = captured.octets
        self.at = 0
        self.end = len(captured.octets)
        self.cut = captured.missing
        self.outer: list[Outer] = []
        self.channel: int | None = None
        self.signal_dbm: float | None = None
        self.link_quality: int | None = None
        self.radio_time_ns: int | None = None
        self._fcs = fcs

    def fork(self) -> "Unwrapping":
        """Another walk that stands where this one does."""
        other = Unwrapping(self.captured, self._fcs)
        other.at, other.end, other.cut, other.outer = self.at, self.end, self.cut, list(self.outer)
        return other

    def take(self, kind: Decodable[H]) -> H:
        """The header here; the walk goes on behind it. Raises :class:`Malformed`."""
        try:
            header, rest = kind.decode(self.octets[self.at : self.end])
        except Malformed as error:
            raise error.shifted(self.at) from None
        self.outer.append(Outer(self.at, header))
        self.at = self.end - len(rest)
        return header

    def narrow(self, length: int, layer: str, *, exactly: bool = False) -> None:
        """A header says that ``length`` octets follow: forget what lies behind them, or refuse it.

        Fewer are there only where the snap length cut the rest off. Raises :class:`Malformed`.
        """
        there = self.end - self.at
        if length > there + self.cut:
            detail = f"{length} octets should follow, {there + self.cut} do"
            raise Malformed(layer, self.end, Reason.BAD_LENGTH, detail)
        if exactly and length < there + self.cut:
            detail = f"{length} octets should follow, {there + self.cut} do"
            raise Malformed(layer, self.at + min(length, there), Reason.TRAILING, detail)
        self.cut = max(0, length - there)
        self.end = min(self.end, self.at + length)

    def radio_frame(self, fcs: Fcs) -> Encapsulated:
        """An IEEE 802.15.4 frame is left, whose end is ``fcs`` unless the caller knows better."""
        fcs = fcs if self._fcs is None else self._fcs
        there = self.end - self.at
        if self.cut:  # the FCS went first, and what may remain of it is no FCS
            self.end -= min(there, max(0, fcs.octets - self.cut))
            self.cut = max(self.cut, fcs.octets)
            fcs = Fcs.NONE
        elif there < fcs.octets:
            fcs = Fcs.NONE
        return self.done(Kind.IEEE802154, fcs=fcs)

    def lowpan(self, source: bytes, destination: bytes, note: str = "") -> Encapsulated:
        """A LoWPAN payload is left, between link-layer addresses of the Ethernet or another link."""
        return self.done(Kind.LOWPAN, note, source=_eui64(source), destination=_eui64(destination))

    def done(
        self,
        kind: Kind,
        note: str = "",
        *,
        fcs: Fcs = Fcs.NONE,
        source: LinkAddress = NO_LINK_ADDRESS,
        destination: LinkAddress = NO_LINK_ADDRESS,
    ) -> Encapsulated:
        """What is left is the inside."""
        return Encapsulated(
            kind=kind,
            octets=self.octets[self.at : self.end],
            offset=self.at,
            fcs=fcs,
            cut=self.cut,
            outer=tuple(self.outer),
            channel=self.channel,
            signal_dbm=self.signal_dbm,
            link_quality=self.link_quality,
            radio_time_ns=self.radio_time_ns,
            source=source,
            destination=destination,
            note=note,
        )


def _eui64(address: bytes) -> LinkAddress:
    """RFC 2464 section 4 makes an EUI-64 of a 48-bit address with ff:fe in its middle; others are as they are."""
    if len(address) == 6:
        address = address[:3] + b"\xff\xfe" + address[3:]
    return LinkAddress(address) if len(address) in (2, 8) else NO_LINK_ADDRESS
