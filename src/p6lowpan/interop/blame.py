"""Which quirks of a stack are to blame for what it does: those without which it would do right."""

from collections.abc import Callable

from p6lowpan.interop.stack import Quirk, Stack


def to_blame(stack: Stack, is_right: Callable[[Stack], bool]) -> tuple[Quirk, ...]:
    """The quirks that must be mended, and no more of them, for ``is_right`` to hold of the stack.

    Empty where it holds already, and where not even the stack without all of its quirks does right. A single quirk is
    found as such; of several sets the one whose quirks come later in the profile.
    """
    if is_right(stack):
        return ()
    for quirk in stack.quirks:
        if is_right(stack.without(quirk)):
            return (quirk,)
    if not is_right(stack.without(*stack.quirks)):
        return ()
    needed = list(stack.quirks)
    for quirk in stack.quirks:
        fewer = [other for other in needed if other is not quirk]
        if is_right(stack.without(*fewer)):
            needed = fewer
    return tuple(needed)
