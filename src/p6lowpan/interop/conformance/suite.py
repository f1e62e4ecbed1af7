"""The vectors for one profile: what it must receive, answer or refuse, what it may send, and what it learns."""

from dataclasses import dataclass, replace

from p6lowpan.capability import named
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile, by_name
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import catalogue
from p6lowpan.interop.conformance.case import Case, Lesson
from p6lowpan.interop.conformance.expectation import Expected, expected
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Context

MTU = 102
"""Octets of 6LoWPAN that a frame of the sending direction may have."""

TAG = 1
OTHER_RFCS = frozenset({Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION})
"""What a stack of RFC 4944 and RFC 6282 need not know."""


@dataclass(frozen=True, slots=True)
class Receive:
    """Frames to give to a stack, and what must come of them."""

    case: Case
    expected: Expected


@dataclass(frozen=True, slots=True)
class Send:
    """A packet to give to a stack. ``frames`` are ours, one right answer of many: right is whatever decodes to the
    packet with no feature outside the profile, no more growth and no longer frames than it allows. ``reason``: why the
    packet must be refused."""

    name: str
    about: str
    section: str
    link: Link
    contexts: tuple[Context, ...]
    packet: bytes
    frames: tuple[bytes, ...]
    features: frozenset[Feature]
    growth: int
    reason: Reason | None
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """All vectors for ``profile``."""

    profile: Profile
    receive: tuple[Receive, ...]
    send: tuple[Send, ...]
    learn: tuple[Lesson, ...]


def profile_of(target: str) -> Profile:
    """``0`` to ``6``, ``rfc6282``, or ``flex:`` and 8 hex digits. Raises :class:`UsageError`."""
    return by_name(f"level-{target}" if target.isdecimal() else target)


def suite(profile: Profile, prefix: str = "") -> Suite:
    """The vectors whose names begin with ``prefix``. Raises :class:`UsageError` where there is none."""
    announces = profile.level is not None or profile.flex is not None
    cases = [case for case in catalogue.cases() if announces or not case.features & OTHER_RFCS]
    found = Suite(
        profile,
        tuple(Receive(case, expected(case, profile)) for case in cases if case.name.startswith(prefix)),
        tuple(_sent(case, profile) for case in _packets(cases) if _send_name(case).startswith(prefix)),
        tuple(lesson for lesson in _lessons(profile) if lesson.name.startswith(prefix)),
    )
    if not (found.receive or found.send or found.learn):
        raise UsageError(f"no vector has a name that begins with {prefix!r}")
    return found


def _lessons(profile: Profile) -> tuple[Lesson, ...]:
    """A node sends nothing above its own level, so that it need not unlearn that either."""
    level = profile.level
    if level is None:
        return ()
    return tuple(lesson for lesson in catalogue.all_lessons() if lesson.needs is None or lesson.needs <= level)


def _send_name(case: Case) -> str:
    return f"send/{case.name}"


def _packets(cases: list[Case]) -> list[Case]:
    """One case for each packet between the same ends: several decode to the same."""
    found: dict[tuple[object, ...], Case] = {}
    for case in (case for case in cases if case.sends):
        key = case.link, case.contexts, case.packets
        first = found.setdefault(key, case)
        found[key] = replace(first, covers=tuple(dict.fromkeys((*first.covers, *case.covers))))
    return list(found.values())


def _sent(case: Case, profile: Profile) -> Send:
    contexts = {context.identifier: context for context in case.contexts}
    frames: tuple[bytes, ...] = ()
    features: frozenset[Feature] = frozenset()
    growth, reason = 0, None
    try:
        sent = send(case.packets[0], case.link, contexts, named.toward(profile), MTU, TAG)
    except Malformed as error:
        reason = error.reason
    else:
        frames, features, growth = sent.frames, sent.features, sent.growth
    return Send(
        name=_send_name(case),
        about=case.about,
        section=case.section,
        link=case.link,
        contexts=case.contexts,
        packet=case.packets[0],
        frames=frames,
        features=features,
        growth=growth,
        reason=reason,
        covers=case.covers,
    )


def target_of(profile: Profile) -> str:
    """The word that chooses the profile on the command line."""
    return str(profile.level) if profile.level is not None else profile.name
