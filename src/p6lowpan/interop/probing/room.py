"""What is known of a neighbour's room for fragments: whether it has any, and when it will have some again."""

SOON_US, KEPT_US = 8_000_000, 62_000_000
"""Many keep fragments for a few seconds, none for longer than 60 s (RFC 4944 section 5.3)."""


class Room:
    """``may_be_taken``: fragments went unanswered, and no others were answered since. ``is_full``: others were not."""

    def __init__(self, may_be_taken: bool) -> None:
        self.may_be_taken = may_be_taken
        self.is_full = False
        self._left_at: int | None = None
        self._keeps_long = False

    def was_all_free(self, now: int) -> bool:
        """Whether nothing that was sent before ``now`` could take any of it."""
        return self._left_at is None or now - self._left_at >= KEPT_US

    def left(self, now: int) -> None:
        """Fragments went unanswered: the neighbour may keep them."""
        self._left_at = now

    def is_there(self, absences: int, is_all: bool) -> None:
        """A check was answered, behind so many times of waiting; ``is_all``: it took all the room that is known of."""
        self.may_be_taken = self.is_full = False
        self._keeps_long |= absences > 1
        if absences or is_all:
            self._left_at = None

    def moment(self, now: int, absences: int, is_known: bool) -> int | None:
        """When to see whether there is room again; ``None`` where there never will be any. What a check leaves may take
        room, too: nothing is sent until then. ``is_known``: any fragments have ever been answered."""
        quiet = [KEPT_US, KEPT_US] if self._keeps_long else [SOON_US, KEPT_US, KEPT_US]
        if not is_known:
            quiet = [KEPT_US]
        if absences >= len(quiet):
            return None
        return (now if self._left_at is None else self._left_at) + quiet[absences]
