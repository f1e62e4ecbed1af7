"""Who takes part in a comparison: a stack as its profile predicts it, or our own under a level, a FLEX field, RFC 6282.

A party sends to another one. A stock stack sends what it always sends. Ours sends what both have, once discovery has
run; without, what it has itself. To a stock stack, which announces nothing, discovery sends what the table of measured
stacks says that it surely takes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from p6lowpan.capability import profile
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import RFC6282, Profile
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.interop import prediction
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import HandedUp, SentFrames
from p6lowpan.interop.probing.record import SUFFIX, profile_file
from p6lowpan.interop.profiles import EVERY, STACKS, as_printed
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.machines.adaptation.timeline import DatagramDropped

MTU = 102
"""Octets of 6LoWPAN in a frame, as in the measurement."""

TAG = 1


class Sender(Protocol):
    """The sending half. Two parties that send in the same way have the same one."""

    def __hash__(self) -> int: ...

    def sends(self, packet: bytes, node: Node) -> SentFrames:
        """What it sends for a packet."""


class Party(Sender, Protocol):
    """One end of a comparison."""

    @property
    def name(self) -> str:
        """As it is asked for on the command line."""

    @property
    def sender(self) -> Sender:
        """Its sending half."""

    def toward(self, receiver: "Party") -> "Party":
        """The same, as it sends to ``receiver`` when it knows what that one takes."""

    def hands_up(self, frames: Sequence[bytes], node: Node) -> HandedUp:
        """What it makes of frames."""


@dataclass(frozen=True, eq=False)
class StackParty:
    """A stock stack."""

    stack: Stack

    @property
    def name(self) -> str:
        """The stack's."""
        return self.stack.name

    @property
    def sender(self) -> Sender:
        """Itself."""
        return self

    def toward(self, receiver: Party) -> Party:  # noqa: ARG002 - it learns of no receiver
        """The same: it asks nobody."""
        return self

    def sends(self, packet: bytes, node: Node) -> SentFrames:
        """As its profile predicts."""
        return prediction.sends(self.stack, packet, node, MTU)

    def hands_up(self, frames: Sequence[bytes], node: Node) -> HandedUp:
        """As its profile predicts."""
        return prediction.hands_up(self.stack, frames, node)


@dataclass(frozen=True, eq=False)
class OwnSender:
    """Our own sender, held to a profile."""

    profile: Profile

    def sends(self, packet: bytes, node: Node) -> SentFrames:
        """The smallest frames of its profile."""
        try:
            return SentFrames(send(packet, node.link, node.contexts, self.profile, MTU, TAG).frames)
        except (Malformed, UsageError) as error:
            return SentFrames((), refused=str(error))


@dataclass(frozen=True, eq=False)
class OwnParty:
    """Our own stack: ``profile`` is what it receives."""

    profile: Profile
    sender: OwnSender

    @property
    def name(self) -> str:
        """The profile's."""
        return self.profile.name

    def toward(self, receiver: Party) -> Party:
        """As it sends when it knows the receiver."""
        common = self.profile.within(known_profile(receiver))
        return replace(self, sender=_own_sender(common.sends, common.limits))

    def sends(self, packet: bytes, node: Node) -> SentFrames:
        """As its sender does."""
        return self.sender.sends(packet, node)

    def hands_up(self, frames: Sequence[bytes], node: Node) -> HandedUp:
        """What its receiver hands up of frames in order."""
        receiver = Receiver(self.profile)
        packets: list[bytes] = []
        dropped: list[str] = []
        for now, frame in enumerate(frames):
            received = receiver.receive(now, frame, node.link, node.contexts)
            packets += [packet.octets for packet in received.packets]
            dropped += [str(received.error)] if received.error else []
            if received.unsupported:
                dropped.append(f"{self.name} does not take {feature_names(received.unsupported)}")
            dropped += [each.reason.value for each in received.outcomes if isinstance(each, DatagramDropped)]
        return HandedUp(tuple(packets), tuple(dropped))


@cache
def _own_sender(sends: frozenset[Feature], limits: Limits) -> OwnSender:
    """One for all pairs that have the same in common."""
    return OwnSender(Profile("what both have", sends, sends, limits))


def own(profile: Profile) -> OwnParty:
    """Our own stack under a profile, which sends all that it receives and chooses to send."""
    return OwnParty(profile, _own_sender(profile.sends, profile.limits))


def known_profile(receiver: Party) -> Profile:
    """What is known of a receiver: its own profile, its column of a draft's table, or the measured table's row;
    variants are as the plain stack."""
    if isinstance(receiver, OwnParty):
        return receiver.profile
    if receiver.name in as_printed.PROFILES:
        return as_printed.PROFILES[receiver.name]
    rows = [name for name in PROFILES if receiver.name == name or receiver.name.startswith(f"{name}-")]
    return PROFILES[max(rows, key=len)]


def feature_names(features: Iterable[Feature]) -> str:
    """Features by name, in order."""
    return ", ".join(sorted(feature.value.name for feature in features))


GROUPS = {
    "stacks": tuple(STACKS),
    "levels": tuple(each.name for each in profile.LEVELS),
    "draft": ("contiki", "openthread", "riot", "nanostack", "tinyos"),
    "draft-2020": ("contiki", "contiki-ng", "openthread", "riot", "nanostack", "tinyos"),
    "draft@2018": tuple(name for name in EVERY if name.endswith("@2018")),
    "draft@2020": tuple(name for name in EVERY if name.endswith("@2020")),
}
"""Names that stand for several: all stacks that were measured, all levels, the five of the draft of 2018, the six of
2020; and these as the drafts describe them."""


@cache
def party(name: str) -> Party:
    """A stack, ``level-3``, ``flex:`` and 8 hex digits, ``rfc6282``, a file that ``p6lowpan probe`` wrote. Raises
    :class:`UsageError`, :class:`OSError`."""
    if name in EVERY:
        return StackParty(EVERY[name])
    if name.endswith(SUFFIX):
        return own(profile_file(name))
    try:
        return own(profile.by_name(name))
    except UsageError as error:
        raise UsageError(f"{error}, a stack: {', '.join(STACKS)}, or one of {', '.join(GROUPS)}") from None


def parties(names: Iterable[str]) -> tuple[Party, ...]:
    """Those of several names, groups among them, each once. Raises :class:`UsageError`."""
    single = dict.fromkeys(each for name in names for each in GROUPS.get(name, (name,)))
    return tuple(map(party, single))


REFERENCE = own(RFC6282)
"""Our own stack with all of RFC 6282."""
