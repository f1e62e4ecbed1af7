"""Link-layer keys: which one opens a frame, and under which EUI-64 of its source.

A key may be bound to a key index or given for every frame; a Thread network key stands for the MAC keys of its key
sequences. Where the EUI-64 of a short source is not known, every EUI-64 that was seen is tried: the integrity code
tells which is right, and the answer is remembered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.explained import Security
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154 import thread
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import unsecure

KEY_OCTETS = 16
WELL_KNOWN = "Thread well-known key"


class Key(Protocol):
    """Something that may open a frame."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    def for_index(self, index: int | None) -> bytes | None:
        """The AES key for a frame with this key index; ``None`` where it is not for it."""


@dataclass(frozen=True, slots=True)
class PlainKey:
    """A key of 16 octets, for every frame or for one key index."""

    octets: bytes
    index: int | None = None

    @property
    def name(self) -> str:
        """The key's first octets, enough to know it by."""
        return f"key {self.octets[:2].hex()}…"

    def for_index(self, index: int | None) -> bytes | None:
        """The key itself, unless it is for another index."""
        return self.octets if self.index is None or self.index == index else None


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """A Thread network key. A frame names the key sequence by its low 7 bits; ``generation`` gives the others."""

    octets: bytes
    generation: int = 0

    @property
    def name(self) -> str:
        """The key's first octets, enough to know it by."""
        return f"Thread network key {self.octets[:2].hex()}…"

    def for_index(self, index: int | None) -> bytes | None:
        """The MAC key of the sequence that ``index`` names."""
        if index is None or not 1 <= index <= 128:
            return None
        return thread.thread_keys(self.octets, (self.generation << 7) | (index - 1)).mac


def parse_key(text: str) -> Key:
    """``HEX``, ``INDEX:HEX`` or ``thread:HEX``, with 32 hex digits. Raises :class:`UsageError`."""
    kind, _, digits = text.rpartition(":")
    try:
        octets = bytes.fromhex(digits)
        index = int(kind) if kind and kind != "thread" else None
    except ValueError:
        octets, index = b"", None
    if len(octets) != KEY_OCTETS or not (index is None or 0 <= index <= 255):
        raise UsageError("a key is 32 hex digits, after INDEX: for one key index or thread: for a Thread network key")
    return ThreadKey(octets) if kind == "thread" else PlainKey(octets, index)


class Keyring:
    """Opens frames with the keys it holds and the addresses that the book knows."""

    def __init__(self, keys: Iterable[Key], book: AddressBook) -> None:
        self._keys = tuple(keys)
        self._book = book
        self._derived: dict[tuple[int, int | None], bytes | None] = {}

    def open(self, frame: Frame) -> tuple[Frame | None, Security]:
        """The frame without its security, and how; ``None`` and the reason where that cannot be done."""
        failure = Malformed("ieee802154-security", 0, Reason.NO_KEY, "no key is given for this frame")
        for name, key, source in self._attempts(frame):
            if source is None:
                failure = self._no_address(frame)
                continue
            try:
                opened = unsecure(frame, key, source)
            except Malformed as error:
                failure = error
                continue
            except UsageError as error:
                failure = Malformed("ieee802154-security", 0, Reason.UNSUPPORTED, str(error))
                continue
            self._book.learn(frame.pan_of_source, frame.source, LinkAddress(source))
            return opened, Security(name, source)
        return None, Security("", b"", failure)

    @staticmethod
    def _no_address(frame: Frame) -> Malformed:
        detail = f"the nonce needs the EUI-64 of short address {frame.source.hex()}"
        return Malformed("ieee802154-security", 0, Reason.NO_EXTENDED_ADDRESS, detail)

    def _attempts(self, frame: Frame) -> Iterator[tuple[str, bytes, bytes | None]]:
        """Keys and sources to try, the likeliest first."""
        security = frame.security
        index = getattr(security, "key_index", None)
        if getattr(security, "key_source", None) == thread.WELL_KNOWN_KEY_SOURCE:
            yield WELL_KNOWN, thread.WELL_KNOWN_KEY, thread.WELL_KNOWN_EXTENDED_SOURCE
            return
        known = self._book.extended(frame.pan_of_source, frame.source)
        sources = (known,) if known is not None else self._book.candidates() or (None,)
        for place, key in enumerate(self._keys):
            octets = self._key_for(place, key, index)
            if octets is not None:
                for source in sources:
                    yield key.name, octets, source

    def _key_for(self, place: int, key: Key, index: int | None) -> bytes | None:
        wanted = (place, index)
        if wanted not in self._derived:
            self._derived[wanted] = key.for_index(index)
        return self._derived[wanted]
