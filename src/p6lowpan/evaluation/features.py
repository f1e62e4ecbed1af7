"""What stacks receive, measured on frames: the rows of both drafts' tables of features, one verdict a stack.

The packets of :mod:`p6lowpan.interop.laboratory.probes` are encoded under every level and under RFC 6282 whole; of the
frames that use a feature, the *plainest* are those for which no other such frame uses less. These go to each stack, as
its profile predicts it (which is checked against every measured answer). Frames that also use a feature of which
nothing at all arrives at that stack say nothing about this one and are left out. Of the others: a stack has a feature
when it hands up the right packet of all, in part when of some.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.profile import LEVELS, RFC6282, Profile
from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.interop.conformance.packets import link_local_of, packet, udp
from p6lowpan.interop.laboratory.parties import MTU, TAG
from p6lowpan.interop.laboratory.probes import LONG, Probe, probes
from p6lowpan.interop.laboratory.reasons import quirks_of_receiver
from p6lowpan.interop.prediction import hands_up
from p6lowpan.interop.printed import NO, PARTLY, PRINTED_2020, YES, Row
from p6lowpan.interop.profiles import STACKS
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import is_multicast
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader

Features = frozenset[Feature]

LARGEST_OCTETS = 1280
CORPUS = "corpus/"
ELIDING = replace(RFC6282, sends=RFC6282.sends | {Feature.NHC_UDP_CHECKSUM_ELIDED})
WAYS: tuple[tuple[Profile, bool], ...] = (*((level, False) for level in LEVELS), (RFC6282, False), (ELIDING, True))
"""The profile that a packet is encoded for, and whether its UDP checksum may be elided."""

COMPRESSIBLE = Probe(
    "generic", packet(link_local_of(LONG.source), link_local_of(LONG.destination), udp(data=bytes(40))), LONG, {}
)
"""What generic header compression (RFC 7400) finds shorter."""

HOPS_LEFT = 3
SHOWN_OCTETS = 16
LARGEST_ROW = "1280 byte packets"


@dataclass(frozen=True)
class Trial:
    """Frames, the packet that they carry, and what they use."""

    probe: Probe
    frames: tuple[bytes, ...]
    features: Features

    def arrives(self, stack: Stack) -> bool:
        """Whether a stack hands up the packet and nothing else."""
        up = hands_up(stack, self.frames, self.probe.node)
        return up.crash is None and up.packets == (self.probe.packet,)


@cache
def trials() -> tuple[Trial, ...]:
    """The packets of the measured nodes in all ways, and some of them behind mesh headers."""
    found: dict[tuple[str, tuple[bytes, ...]], Trial] = {}
    for probe in (COMPRESSIBLE, *probes()):
        if probe.name.startswith(CORPUS):
            continue
        for trial in (*_encoded(probe), *_in_a_mesh(probe)):
            found[probe.name, trial.frames] = trial
    return tuple(found.values())


def _encoded(probe: Probe) -> Iterator[Trial]:
    for profile, elide in WAYS:
        try:
            sent = send(probe.packet, probe.link, probe.contexts, profile, MTU, TAG, elide)
        except (Malformed, UsageError):
            continue
        yield Trial(probe, sent.frames, sent.features)


def _in_a_mesh(probe: Probe) -> Iterator[Trial]:
    """A packet at level 1 behind the headers of RFC 4944 sections 5.2 and 11.1, as its final destination gets it."""
    for trial in _encoded(probe):
        if Feature.IPHC not in trial.features or len(trial.frames) > 1 or len(trial.frames[0]) > MTU // 2:
            continue
        mesh = MeshHeader(
            hops_left=HOPS_LEFT, originator=probe.link.source, final_destination=probe.link.destination
        ).encode()
        if is_multicast(probe.packet[24:40]):
            flood = mesh + BroadcastHeader(sequence_number=1).encode()
            features = trial.features | {Feature.MESH_HEADER, Feature.BROADCAST_HEADER}
            yield Trial(probe, (flood + trial.frames[0],), features)
        else:
            yield Trial(probe, (mesh + trial.frames[0],), trial.features | {Feature.MESH_HEADER})
        return


@cache
def plainest(feature: Feature) -> tuple[Trial, ...]:
    """Of the trials that use a feature, those for which no other uses less."""
    using = [trial for trial in trials() if feature in trial.features]
    sets = {trial.features for trial in using}
    least = {each for each in sets if not any(other < each for other in sets)}
    return tuple(trial for trial in using if trial.features in least)


@cache
def largest() -> tuple[Trial, ...]:
    """The packet of 1280 octets: the encodings that use least."""
    using = [trial for trial in trials() if len(trial.probe.packet) == LARGEST_OCTETS]
    sets = {trial.features for trial in using}
    return tuple(trial for trial in using if not any(other < trial.features for other in sets))


def trials_of(row: Row) -> tuple[Trial, ...]:
    """What a row of the drafts is tried with; nothing where it is not about frames."""
    if row.feature == LARGEST_ROW:
        return largest()
    found = [trial for name in row.features for trial in plainest(BY_NAME[name])]
    return tuple(dict.fromkeys(found))


@cache
def lacking(stack: str) -> Features:
    """The features of which not even one of the plainest frames arrives."""
    profile = STACKS[stack]
    tried = {feature: plainest(feature) for feature in Feature}
    return frozenset(f for f, found in tried.items() if found and not any(trial.arrives(profile) for trial in found))


def telling(row: Row, stack: str) -> tuple[Trial, ...]:
    """The frames of a row that say something about it at a stack."""
    missing = lacking(stack) - {BY_NAME[name] for name in row.features}
    return tuple(trial for trial in trials_of(row) if not trial.features & missing)


def outcome(row: Row, stack: str) -> tuple[int, int]:
    """How many frames of a row arrive at a stack, of how many that say something about it."""
    found = telling(row, stack)
    return sum(trial.arrives(STACKS[stack]) for trial in found), len(found)


def why(row: Row, stack: str) -> dict[str, Value]:
    """The smallest frame of a row that does not arrive, and the quirks of the stack without which it would."""
    failing = [trial for trial in telling(row, stack) if not trial.arrives(STACKS[stack])]
    if not failing:
        return {}
    smallest = min(failing, key=lambda trial: (len(trial.features), len(trial.frames[0])))
    quirks = quirks_of_receiver(STACKS[stack], smallest.frames, smallest.probe)
    base = f"{row.feature}/{stack}"
    return {
        f"{base}/fails": smallest.probe.name,
        f"{base}/frame": smallest.frames[0][:SHOWN_OCTETS].hex(" ", 4),
        f"{base}/why": "; ".join(quirk.says for quirk in quirks) or "more than one of its quirks together",
        f"{base}/clause": ", ".join(dict.fromkeys(quirk.clause for quirk in quirks if quirk.clause)),
    }


def verdict(arrived: int, tried: int) -> str:
    """In the signs of the drafts."""
    if not arrived:
        return NO
    return YES if arrived == tried else PARTLY


def measure(quick: bool) -> dict[str, Value]:
    """For each row and stack: how many of the plainest frames arrive, and the verdict."""
    values: dict[str, Value] = {}
    names = PRINTED_2020.stacks
    for row in PRINTED_2020.rows[: 8 if quick else None]:
        tried = trials_of(row)
        if not tried:
            continue
        values[f"{row.feature}/tried"] = len(tried)
        for name in names:
            if name in STACKS:
                arrived, of = outcome(row, name)
                values[f"{row.feature}/{name}/arrived"] = arrived
                values[f"{row.feature}/{name}/of"] = of
                values[f"{row.feature}/{name}/verdict"] = verdict(arrived, of)
                values |= why(row, name)
    return values


EXPERIMENT = Experiment(
    "features",
    "real frames that use a feature and as little else as possible, put to each stack as its profile predicts it",
    measure,
)
