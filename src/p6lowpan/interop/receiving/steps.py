"""The smallest steps, for any place: do nothing, drop, crash."""

from typing import Any, NoReturn

from p6lowpan.interop.outcomes import Crashed, Dropped


class Drop:
    """A step that drops the frame; fits every place. ``why`` is what the profile says."""

    def __init__(self, why: str) -> None:
        self.why = why

    def __call__(self, *_arguments: Any) -> NoReturn:
        """Drop it."""
        raise Dropped(self.why)

    def __repr__(self) -> str:
        return f"Drop({self.why!r})"


class Crash(Drop):
    """A step that the stack does not survive."""

    def __call__(self, *_arguments: Any) -> NoReturn:
        """Stop."""
        raise Crashed(self.why)


def nothing(*_arguments: Any) -> None:
    """A check that this stack does not make."""


def unchanged(value: Any, *_arguments: Any) -> Any:
    """The value as it is."""
    return value
