"""Which frames to believe, and how our own are secured (IEEE 802.15.4-2015 sections 9.2.2 and 9.2.4).

Theory of operation. What goes out is secured at the configured level under the first key, with the next frame counter;
a counter is used once, and when the last is gone nothing goes out until the key is changed (COUNTER_EXHAUSTED).

What comes in passes these gates in this order, and only the last changes anything:

=======================  ========================================================================================
it is secured            or the minimum level is NONE; a level that has no integrity code is refused everywhere, as
                         is one that gives less than the minimum (SECURITY_TOO_LOW)
it can be opened         not security of 2003, nor TSCH's nonces (UNSUPPORTED); we hold the key (NO_KEY) and know
                         the EUI-64 of its source (NO_EXTENDED_ADDRESS). It is not from ourselves: our own broadcasts
                         sent back at us are authentic, too (REPLAYED)
its counter is new       above the last one of this neighbor with this key (REPLAYED), and not the one that ends the
                         key (COUNTER_EXHAUSTED)
it is authentic          BAD_INTEGRITY_CODE
its counter can be kept  SECURED_NEIGHBORS_FULL. A neighbor's counter is never forgotten to make room: its old frames
                         could come back as new ones. A new neighbor is refused instead; who holds the key can fill
                         the table, nobody else can
=======================  ========================================================================================

Frame counters are kept for each neighbor and key, by EUI-64: a neighbor that changes its short address, or uses both
kinds, has one counter. ``frame_counter`` and ``neighbor_counters`` are what a device writes down for a restart.
"""

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.link.configuration import (
    LAST_FRAME_COUNTER,
    KeyName,
    LinkKey,
    LinkSecurity,
    MacConfiguration,
    NeighborCounter,
    satisfies,
)
from p6lowpan.machines.link.identities import Identities
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.ieee802154.frame import Frame, FrameVersion
from p6lowpan.wire.ieee802154.security import secure, unsecure
from p6lowpan.wire.ieee802154.security_header import (
    MIC_OCTETS,
    AuxiliarySecurityHeader,
    AuxiliarySecurityHeader2006,
    SecurityHeader,
    SecurityLevel,
)

WHERE = "frame-security"


@value
class Opened:
    """A frame without its security; ``secured``: it had some, and it was right."""

    frame: Frame
    secured: bool


class FrameSecurity:
    """The keys and counters of one device. See the module for the rules.

    Raises :class:`UsageError` where more neighbors' counters are given than there is room for.
    """

    def __init__(self, configuration: MacConfiguration, limits: Limits) -> None:
        self._configuration = configuration
        self._limits = limits
        self._security = configuration.security
        self._keys: dict[KeyName, LinkKey] = {}
        self.touched_counters: Touched[tuple[KeyName, LinkAddress]] = Touched()
        self._counters: dict[tuple[KeyName, LinkAddress], int] = {}
        self.identities = Identities(limits.short_addresses)
        self.frame_counter = 0
        if self._security is not None:
            self._take_over(self._security)

    def _take_over(self, security: LinkSecurity) -> None:
        if len(security.neighbor_counters) > self._limits.secured_neighbors:
            raise UsageError(f"counters of more than {self._limits.secured_neighbors} neighbors")
        self.frame_counter = security.frame_counter
        self._keys = {key.name: key for key in security.keys}
        self._counters = {(kept.key, kept.neighbor): kept.counter for kept in security.neighbor_counters}

    @property
    def neighbor_counters(self) -> tuple[NeighborCounter, ...]:
        """The last frame counter of each neighbor and key."""
        return tuple(NeighborCounter(key, neighbor, counter) for (key, neighbor), counter in self._counters.items())

    def neighbor_counter(self, known: tuple[KeyName, LinkAddress]) -> NeighborCounter | None:
        """The last frame counter of one neighbor and key."""
        counter = self._counters.get(known)
        return None if counter is None else NeighborCounter(*known, counter)

    def counter_keys(self) -> tuple[tuple[KeyName, LinkAddress], ...]:
        """The keys and neighbors of which a frame counter is known."""
        return tuple(self._counters)

    @property
    def overhead(self) -> int:
        """How many octets of a frame our security takes."""
        if self._security is None:
            return 0
        return len(self._header(self._security).encode()) + MIC_OCTETS[self._security.level]

    def seal(self, frame: Frame) -> Frame | Dropped:
        """Our frame, secured; as it is where there is no security."""
        if self._security is None:
            return frame
        if self.frame_counter >= LAST_FRAME_COUNTER:
            return Dropped(Reason.COUNTER_EXHAUSTED, WHERE, "our own: the key must be changed")
        header = self._header(self._security)
        self.frame_counter += 1
        return secure(frame, header, self._security.keys[0].octets, self._configuration.extended)

    def open(self, frame: Frame) -> Opened | Dropped:
        """A frame that was received: checked and opened, or why not."""
        if not frame.security_enabled:
            return self._unsecured(frame)
        header = frame.security
        if header is None or header.asn_in_nonce or header.frame_counter is None:
            return Dropped(Reason.UNSUPPORTED, WHERE, "security without a frame counter")
        if not MIC_OCTETS[header.level] or not satisfies(header.level, self._minimum_level):
            return self._too_low(SecurityLevel(header.level).name)
        key = self._keys.get((header.key_identifier_mode, header.key_source, header.key_index))
        if key is None:
            named = f"mode {header.key_identifier_mode}, source {header.key_source.hex()}, index {header.key_index}"
            return Dropped(Reason.NO_KEY, WHERE, named)
        neighbor = self._extended_of(frame.source)
        if neighbor is None:
            return Dropped(Reason.NO_EXTENDED_ADDRESS, WHERE, f"of {format_link(frame.source)}")
        return self._counter_fault(key, neighbor, header.frame_counter) or self._authenticate(
            frame, key, neighbor, header.frame_counter
        )

    @property
    def _minimum_level(self) -> SecurityLevel:
        return SecurityLevel.NONE if self._security is None else self._security.minimum_level

    def _unsecured(self, frame: Frame) -> Opened | Dropped:
        if self._minimum_level is SecurityLevel.NONE:
            return Opened(frame, secured=False)
        return self._too_low("an unsecured frame")

    def _too_low(self, found: str) -> Dropped:
        return Dropped(Reason.SECURITY_TOO_LOW, WHERE, f"{found} where {self._minimum_level.name} is demanded")

    def _extended_of(self, source: LinkAddress) -> LinkAddress | None:
        if source == self._configuration.short:
            return self._configuration.extended
        return self.identities.extended(source)

    def _counter_fault(self, key: LinkKey, neighbor: LinkAddress, counter: int) -> Dropped | None:
        if neighbor == self._configuration.extended:
            return Dropped(Reason.REPLAYED, WHERE, "our own frame came back")
        if counter == LAST_FRAME_COUNTER:
            return Dropped(Reason.COUNTER_EXHAUSTED, WHERE, format_link(neighbor))
        last = self._counters.get((key.name, neighbor))
        if last is not None and counter <= last:
            return Dropped(Reason.REPLAYED, WHERE, f"{format_link(neighbor)}: counter {counter} behind {last}")
        return None

    def _authenticate(self, frame: Frame, key: LinkKey, neighbor: LinkAddress, counter: int) -> Opened | Dropped:
        try:
            opened = unsecure(frame, key.octets, neighbor)
        except Malformed as error:
            return Dropped(error.reason, WHERE, str(error))
        known = (key.name, neighbor)
        if known not in self._counters and len(self._counters) >= self._limits.secured_neighbors:
            return Dropped(Reason.SECURED_NEIGHBORS_FULL, WHERE, format_link(neighbor))
        self._counters[known] = counter
        self.touched_counters.note(known)
        return Opened(opened, secured=True)

    def _header(self, security: LinkSecurity) -> SecurityHeader:
        key, before_2015 = security.keys[0], self._configuration.frame_version == FrameVersion.IEEE_802_15_4_2006
        kind: type[AuxiliarySecurityHeader | AuxiliarySecurityHeader2006]
        kind = AuxiliarySecurityHeader2006 if before_2015 else AuxiliarySecurityHeader
        return kind(
            level=security.level,
            key_identifier_mode=key.mode,
            frame_counter=self.frame_counter,
            key_source=key.source,
            key_index=key.index,
        )
