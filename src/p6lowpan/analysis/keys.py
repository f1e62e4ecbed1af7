"""Link-layer keys as a user gives them: plain ones, and Thread network keys."""

from dataclasses import dataclass
from typing import Protocol

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ieee802154 import thread

KEY_OCTETS = 16
LAST_INDEX = 255
THREAD = "thread"
SEQUENCES = 128
"""How many key sequences a key index can tell apart (Thread 1.1, section 7.1.4.1)."""


class Key(Protocol):
    """Something that may open a frame."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    def for_index(self, index: int | None) -> bytes | None:
        """The AES key for a frame with this key index; ``None`` where it is not for it."""

    def for_link_establishment(self, sequence: int) -> bytes | None:
        """The AES key for MLE messages under a key sequence; ``None`` where there is none."""


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

    def for_link_establishment(self, sequence: int) -> bytes | None:  # noqa: ARG002 - another key has one
        """None: MLE is Thread's."""
        return None


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
        if index is None or not 1 <= index <= SEQUENCES:
            return None
        return thread.thread_keys(self.octets, self.generation * SEQUENCES + index - 1).mac

    def for_link_establishment(self, sequence: int) -> bytes | None:
        """The MLE key of the sequence."""
        return thread.thread_keys(self.octets, sequence).mle


def parse_key(text: str) -> Key:
    """``HEX``, ``INDEX:HEX``, ``thread:HEX`` or ``thread:SEQUENCE:HEX``, with 32 hex digits: a key for every frame or
    for one key index, or a Thread network key, with any key sequence near that of the frames where it is 128 or more.

    Raises :class:`UsageError`.
    """
    *before, digits = text.split(":")
    try:
        octets = bytes.fromhex(digits)
        numbers = [int(number) for number in before if number != THREAD]
    except ValueError:
        octets, numbers = b"", []
    is_thread = before[:1] == [THREAD]
    number = numbers[0] if numbers else None
    last = thread.LARGEST_SEQUENCE if is_thread else LAST_INDEX
    if len(octets) != KEY_OCTETS or len(before) != len(numbers) + is_thread or len(numbers) > 1:
        number = -1
    if number is not None and not 0 <= number <= last:
        raise UsageError(
            "a key is 32 hex digits, with INDEX: before them for one key index, thread: for a Thread network key, or "
            "thread:SEQUENCE: for one whose key sequence is 128 or more"
        )
    return ThreadKey(octets, (number or 0) // SEQUENCES) if is_thread else PlainKey(octets, number)
