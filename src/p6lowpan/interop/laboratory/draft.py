"""The ten pairs of draft-hudson-ayers-low-power-interop-00 section 2.3: its example packet for each, put to the stacks.

The draft says of each pair that one stack can generate a packet that the other would not receive. Here the claim is
tried with every packet whose frames, as that stack sends them now, use what the claim is about. Where none fails any
more, ``today`` says why, and a witness of the same pair is looked for among all packets, in both directions.
"""

from collections.abc import Callable
from dataclasses import dataclass

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import RFC6282
from p6lowpan.interop.laboratory.delivery import Delivery, failing, sent, witness
from p6lowpan.interop.laboratory.parties import Party, party
from p6lowpan.interop.laboratory.probes import Probe, probes
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.wire.ipv6.registry import Protocol

SECTION = "draft-hudson-ayers-low-power-interop-00 2.3"
EXTENSIONS = frozenset(
    {
        Feature.NHC_HOP_BY_HOP,
        Feature.NHC_ROUTING,
        Feature.NHC_DESTINATION_OPTIONS,
        Feature.NHC_FRAGMENT,
        Feature.NHC_FRAGMENT_LENGTH_SIX,
        Feature.NHC_MOBILITY,
    }
)
IN_2018 = "@2018"
ROUTER_ADVERTISEMENT = 134


@dataclass(frozen=True)
class Pair:
    """A pair of the draft: who sends what to whom. ``features``: one of them must be in the frames; ``is_meant``: of
    which packets; ``today``: what is to be said where the claim holds no more, or not as it stands; ``as_if``: who
    sends what the draft means, where the stack that was measured does not."""

    names: tuple[str, str]
    sender: str
    claim: str
    features: frozenset[Feature]
    today: str = ""
    is_meant: Callable[[Probe], bool] = lambda _: True
    as_if: str = ""

    @property
    def receiver(self) -> str:
        """The one that is said not to receive it."""
        return self.names[1] if self.sender == self.names[0] else self.names[0]


def _is_mobility(probe: Probe) -> bool:
    return probe.packet[6] == Protocol.MOBILITY


def _announces_contexts(probe: Probe) -> bool:
    return probe.packet[6] == Protocol.ICMPV6 and probe.packet[40] == ROUTER_ADVERTISEMENT


PAIRS = (
    Pair(
        ("contiki", "openthread"),
        "contiki",
        "an uncompressed IPv6 packet",
        frozenset({Feature.UNCOMPRESSED_IPV6}),
        "Contiki as it is built by default always compresses; OpenThread still drops what a build without compression"
        " sends",
        as_if="level-0",
    ),
    Pair(
        ("contiki", "riot"),
        "riot",
        "a group compressed with a context",
        frozenset({Feature.STATEFUL_MULTICAST}),
    ),
    Pair(("contiki", "nanostack"), "nanostack", "a compressed, tunnelled IPv6 packet", frozenset({Feature.NHC_IPV6})),
    Pair(("contiki", "tinyos"), "tinyos", "compressed extension headers", EXTENSIONS),
    Pair(
        ("openthread", "riot"),
        "openthread",
        "any extension header, which OpenThread compresses",
        EXTENSIONS,
        "RIOT reads them by now, but not those whose padding is elided",
    ),
    Pair(
        ("openthread", "nanostack"),
        "nanostack",
        "a Mobility header",
        frozenset(),
        "Nanostack sends a Mobility header in line, which OpenThread takes; compressed ones OpenThread still drops",
        is_meant=_is_mobility,
    ),
    Pair(
        ("openthread", "tinyos"),
        "openthread",
        "a group compressed with a context",
        frozenset({Feature.STATEFUL_MULTICAST}),
    ),
    Pair(
        ("riot", "nanostack"),
        "nanostack",
        "any compressed next header but UDP",
        EXTENSIONS | {Feature.NHC_IPV6},
        "RIOT reads them by now, but not those whose padding is elided, nor every tunnel",
    ),
    Pair(("riot", "tinyos"), "riot", "a group compressed with a context", frozenset({Feature.STATEFUL_MULTICAST})),
    Pair(
        ("nanostack", "tinyos"),
        "nanostack",
        "Neighbor Discovery with the 6LoWPAN Context Option",
        frozenset(),
        "that message is link-local and TinyOS hands it up, and what its option means is not for the adaptation layer;"
        " what TinyOS loses is what comes next, packets with a context",
        is_meant=_announces_contexts,
    ),
)
"""In the order of the draft; Mbed is Nanostack."""


@dataclass(frozen=True)
class Outcome:
    """What became of a claim. ``claimed``: the smallest packet of the claim that fails; ``as_if``: the same, sent by
    another in the sender's stead; ``other``: where there is none, the smallest packet that fails between the two,
    either way. ``tried``: how many packets the sender sends that are of the claim. ``printed``: a packet of the claim
    that fails between the stacks as the draft's own table has them."""

    pair: Pair
    tried: int
    claimed: Delivery | None
    as_if: Delivery | None = None
    other: Delivery | None = None
    printed: Delivery | None = None

    @property
    def holds(self) -> bool:
        """Whether the claim is reproduced as it stands."""
        return self.claimed is not None


def outcomes() -> tuple[Outcome, ...]:
    """All ten."""
    return tuple(outcome(pair) for pair in PAIRS)


def outcome(pair: Pair) -> Outcome:
    """One pair."""
    sender, receiver = party(pair.sender), party(pair.receiver)
    meant, printed = _meant(pair, sender), _printed(pair)
    claimed = next(failing(sender, receiver, meant), None)
    if claimed is not None:
        return Outcome(pair, len(meant), claimed, printed=printed)
    as_if = next(failing(party(pair.as_if), receiver), None) if pair.as_if else None
    ways = (witness(sender, receiver), witness(receiver, sender))
    found = [each for each in ways if each is not None]
    other = min(found, key=lambda each: len(each.probe.packet), default=None)
    return Outcome(pair, len(meant), None, as_if, other, printed)


def _meant(pair: Pair, sender: Party) -> tuple[Probe, ...]:
    """The packets of a claim that a sender sends as the claim says."""
    return tuple(probe for probe in probes() if pair.is_meant(probe) and _uses(sender, probe, pair.features))


def _printed(pair: Pair) -> Delivery | None:
    """The claim between the stacks of table 1."""
    sender, receiver = party(pair.as_if or f"{pair.sender}{IN_2018}"), party(f"{pair.receiver}{IN_2018}")
    return next(failing(sender, receiver, _meant(pair, sender)), None)


def _uses(sender: Party, probe: Probe, features: frozenset[Feature]) -> bool:
    """Whether what a party sends for a probe uses one of the features; of no features, whether it sends at all."""
    frames = sent(sender, probe).frames
    if not features or not frames:
        return bool(frames)
    receiver = Receiver(RFC6282)
    used = [receiver.receive(0, frame, probe.link, probe.contexts).features for frame in frames]
    return bool(features & frozenset().union(*used))
