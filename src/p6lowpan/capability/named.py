"""Every profile that has a name: ``rfc6282``, the levels, FLEX fields, and the stacks that were measured."""

from p6lowpan.capability import profile
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import RFC6282, Profile
from p6lowpan.capability.stacks import PROFILES


def by_name(name: str) -> Profile:
    """The profile of that name; see :func:`p6lowpan.capability.profile.by_name` for those that are no stack's.

    Raises :class:`UsageError`.
    """
    if name in PROFILES:
        return PROFILES[name]
    try:
        return profile.by_name(name)
    except UsageError as error:
        raise UsageError(f"{error}, or a stack: {', '.join(PROFILES)}") from None


def toward(receiver: Profile) -> Profile:
    """What to send to a receiver: for a stack all that it surely takes, for a level or FLEX field its own features."""
    return receiver if receiver.is_principled else RFC6282.within(receiver)
