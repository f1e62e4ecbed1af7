"""Formats told apart by what they begin with: options, messages, dispatches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header


class Decoder(Protocol):
    """A header class, or a family of them."""

    def decode(self, octets: bytes) -> tuple[Any, bytes]:  # Any: a header; Self of a class is none to a Protocol
        """Consume one header from the front of ``octets``."""


@dataclass(frozen=True, slots=True)
class Family:
    """Header classes with one ``decode`` for all of them.

    ``key`` reads the distinguishing number from octets of which at least ``key_octets`` are there; ``members`` maps it
    to a class or to another family; ``unknown`` takes whatever no member claims and keeps its octets. ``invalid``,
    where there is one, takes what its member refuses, where its own length is right: receivers are to ignore it.
    """

    layer: str
    members: Mapping[int, Decoder]
    unknown: Decoder
    key: Callable[[bytes], int] = lambda octets: octets[0]
    key_octets: int = 1
    invalid: Decoder | None = None

    def decode(self, octets: bytes) -> tuple[Header, bytes]:
        """Consume one member from the front of ``octets``. Raises :class:`Malformed`."""
        if len(octets) < self.key_octets:
            raise Malformed(
                self.layer, len(octets), Reason.TRUNCATED, f"needs {self.key_octets} octets to be told apart"
            )
        member = self.members.get(self.key(octets), self.unknown)
        if self.invalid is None:
            return member.decode(octets)
        try:
            return member.decode(octets)
        except Malformed as error:
            return self._decode_invalid(octets, error)

    def _decode_invalid(self, octets: bytes, error: Malformed) -> tuple[Header, bytes]:
        assert self.invalid is not None  # noqa: S101 - our caller looked
        try:
            return self.invalid.decode(octets)
        except Malformed:
            raise error from None
