"""The lollipop counter of RFC 6550 section 7.2 and RFC 8505 section 5.2.1, which counts registrations.

From its first value it goes straight up to 255, and then for ever round from 0 to 127. A value of the straight part
says that the node has started again. Values of the same part that are more than a window apart cannot be compared; how
far apart two values of the circle are is counted along it, so that 0 follows 127.
"""

from enum import Enum

from p6lowpan.capability.errors import UsageError

SEQUENCE_WINDOW = 16
FIRST = 256 - SEQUENCE_WINDOW  # "A recommended value is 240"
CIRCLE = 128
LAST = 255


class Order(Enum):
    """How one counter stands to another."""

    OLDER = "older"
    SAME = "same"
    NEWER = "newer"
    UNKNOWN = "not comparable"


def successor(counter: int) -> int:
    """The value that follows. Raises :class:`UsageError` for one that does not exist."""
    if not 0 <= counter <= LAST:
        raise UsageError(f"counter {counter} does not exist: 0 to {LAST}")
    if counter >= CIRCLE:
        return 0 if counter == LAST else counter + 1
    return (counter + 1) % CIRCLE


def advanced(counter: int, steps: int) -> int:
    """The value ``steps`` later."""
    for _ in range(steps):
        counter = successor(counter)
    return counter


def compare(one: int, other: int) -> Order:
    """How ``one`` stands to ``other``: ``compare(5, 250) is Order.NEWER``."""
    if (one >= CIRCLE) != (other >= CIRCLE):
        straight, circular = max(one, other), min(one, other)
        circular_is_newer = 256 + circular - straight <= SEQUENCE_WINDOW
        return Order.NEWER if (one == circular) == circular_is_newer else Order.OLDER
    if one == other:
        return Order.SAME
    if one >= CIRCLE:
        ahead, behind = one - other, other - one
    else:
        ahead, behind = (one - other) % CIRCLE, (other - one) % CIRCLE
    if 0 < ahead <= SEQUENCE_WINDOW:
        return Order.NEWER
    return Order.OLDER if 0 < behind <= SEQUENCE_WINDOW else Order.UNKNOWN
