"""Opening secured frames: which key, and under which EUI-64 of the source.

Where the EUI-64 of a short source is not known, or is not the one any more (Thread hands short addresses on), every
EUI-64 that was seen is tried: the integrity code tells which is right, and the answer is remembered. A frame without
an integrity code tells nothing, and is opened with what is known alone.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Security
from p6lowpan.analysis.keys import SEQUENCES, Key, ThreadKey
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.ieee802154 import thread
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import unsecure
from p6lowpan.wire.ieee802154.security_header import KeyIdentifierMode
from p6lowpan.wire.thread.mle import Message, SecuredMessage
from p6lowpan.wire.thread.mle import unsecure as unsecure_message

LAYER = "ieee802154-security"
WELL_KNOWN = "Thread well-known key"
MOST_KEYS = 64
"""Keys of later sequences are added up to so many."""

MOST_CANDIDATES = 64
"""So many EUI-64s are tried for one frame, the latest first."""

MOST_FAILURES = 3
"""After as many frames of a source that no EUI-64 opens, they are not tried again until another one is seen."""

Source = tuple[int | None, LinkAddress, int | None]


class Keyring:
    """Opens frames with the keys it holds and the addresses that the book knows."""

    def __init__(self, keys: Iterable[Key], book: AddressBook, most_sources: int = BOUNDS.senders) -> None:
        self._keys = tuple(keys)
        self._book = book
        self._derived: dict[tuple[int, int | None], bytes | None] = {}
        self._failures: BoundedTable[Source, tuple[int, int]] = BoundedTable(most_sources)

    def open(self, frame: Frame) -> tuple[Frame | None, Security]:
        """The frame without its security, and how; ``None`` and the reason where that cannot be done."""
        failure = Malformed(LAYER, 0, Reason.NO_KEY, "no key is given for this frame")
        for name, key, source in self._attempts(frame):
            if source is None:
                failure = self._no_address(frame)
                continue
            try:
                opened = unsecure(frame, key, source)
            except Malformed as error:
                failure = error
            except UsageError as error:
                failure = Malformed(LAYER, 0, Reason.UNSUPPORTED, str(error))
            else:
                if frame.mic and name != WELL_KNOWN:
                    self._book.learn(frame.pan_of_source, frame.source, LinkAddress(source))
                return opened, Security(name, source, None, len(frame.mic))
        return None, Security("", b"", self._in_words(frame, failure), len(frame.mic))

    def open_link_establishment(
        self, sealed: SecuredMessage, extended_source: bytes, source: bytes, destination: bytes
    ) -> Message | None:
        """What an MLE message says, where a Thread network key opens it. Its key sequence is that of the network: the
        keys of its frames follow from it."""
        security = sealed.security
        sequence = int.from_bytes(security.key_source, "big")
        if security.key_identifier_mode != KeyIdentifierMode.KEY_SOURCE_4_OCTETS:
            return None
        for key in self._keys:
            octets = key.for_link_establishment(sequence)
            if octets is None:
                continue
            try:
                message = unsecure_message(sealed, octets, extended_source, source, destination)
            except Malformed:
                continue
            self._follow(key, sequence)
            return message
        return None

    def _follow(self, key: Key, sequence: int) -> None:
        """The network is at a key sequence that a Thread key was not given for."""
        if isinstance(key, ThreadKey):
            current = ThreadKey(key.octets, sequence // SEQUENCES)
            if current not in self._keys and len(self._keys) < MOST_KEYS:
                self._keys = (current, *self._keys)
                self._derived.clear()

    @staticmethod
    def _no_address(frame: Frame) -> Malformed:
        detail = f"the nonce needs the EUI-64 of short address {format_link(frame.source)}"
        return Malformed(LAYER, 0, Reason.NO_EXTENDED_ADDRESS, detail)

    @staticmethod
    def _in_words(frame: Frame, failure: Malformed) -> Malformed:
        """A wrong integrity code in words: one error for all attempts."""
        if failure.reason is not Reason.BAD_INTEGRITY_CODE:
            return failure
        detail = "no key that is given makes the integrity code right"
        if len(frame.source) == 2:
            detail += f", or the EUI-64 of {format_link(frame.source)} was neither given nor seen before"
        return Malformed(LAYER, failure.offset, Reason.BAD_INTEGRITY_CODE, detail)

    def _attempts(self, frame: Frame) -> Iterator[tuple[str, bytes, LinkAddress | None]]:
        """Keys and sources to try, the likeliest first."""
        security = frame.security
        index: int | None = getattr(security, "key_index", None)
        if getattr(security, "key_source", None) == thread.WELL_KNOWN_KEY_SOURCE:
            yield WELL_KNOWN, thread.WELL_KNOWN_KEY, LinkAddress(thread.WELL_KNOWN_EXTENDED_SOURCE)
            return
        keys = [
            (key.name, octets)
            for place, key in enumerate(self._keys)
            if (octets := self._key_for(place, key, index)) is not None
        ]
        known = self._book.extended(frame.pan_of_source, frame.source)
        for name, octets in keys:
            yield name, octets, known
        if keys and frame.mic and len(frame.source) == 2:
            yield from self._guesses(keys, known, (frame.pan_of_source, frame.source, index))

    def _guesses(
        self, keys: list[tuple[str, bytes]], known: LinkAddress | None, source: Source
    ) -> Iterator[tuple[str, bytes, LinkAddress]]:
        """Every EUI-64 that may be that of a short source. A caller who takes one does not ask for the next."""
        news, failures = self._failures.get(source, (-1, 0))
        hopeless = news == self._book.news and failures >= MOST_FAILURES
        for candidate in islice(self._book.candidates(), 1 if hopeless else MOST_CANDIDATES):
            if candidate != known:
                for name, octets in keys:
                    yield name, octets, candidate
        self._failures.put(source, (self._book.news, failures + 1 if news == self._book.news else 1))

    def _key_for(self, place: int, key: Key, index: int | None) -> bytes | None:
        wanted = (place, index)
        if wanted not in self._derived:
            self._derived[wanted] = key.for_index(index)
        return self._derived[wanted]
