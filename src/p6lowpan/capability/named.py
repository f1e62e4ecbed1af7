"""Every profile that has a name: ``rfc6282``, the levels, FLEX fields, and the stacks that were measured. A text for
those that have none, as what a probing found."""

import json
from dataclasses import asdict

from p6lowpan.capability import profile
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.limits import Limits
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


def text_of(given: Profile) -> str:
    """A text from which :func:`from_text` makes the same profile: its name, or the whole of it."""
    try:
        if by_name(given.name) == given:
            return given.name
    except UsageError:
        pass
    sends, receives = (sorted(one.value.name for one in some) for some in (given.sends, given.receives))
    return json.dumps({"name": given.name, "sends": sends, "receives": receives, "limits": asdict(given.limits)})


def from_text(text: str) -> Profile:
    """The profile of a text. Raises :class:`UsageError`."""
    if not text.startswith("{"):
        return by_name(text)
    try:
        said = json.loads(text)
        sends, receives = (_features(said[what]) for what in ("sends", "receives"))
        return Profile(str(said["name"]), sends, receives, Limits(**said["limits"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"no profile: {error}") from None


def _features(names: list[str]) -> frozenset[Feature]:
    return frozenset(BY_NAME[name] for name in names)


def toward(receiver: Profile) -> Profile:
    """What to send to a receiver: for a stack all that it surely takes, for a level or FLEX field its own features."""
    return receiver if receiver.is_principled else RFC6282.within(receiver)
