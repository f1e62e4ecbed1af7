"""A judge who has heard every frame and believes nobody: what was sent to whom above what its receiver can do.

Only the capture and what each node really is are known here, nothing of what the nodes believe of one another. A
receiver is known to a sender from the frame on that told it: a class-unsupported error, or a Neighbor Discovery message
with the capability option that the sender heard and that was meant for nodes of its part.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import read
from p6lowpan.wire.address import ALL_NODES, ALL_ROUTERS, BROADCAST, LinkAddress
from p6lowpan.wire.dissect import ICMPV6_MESSAGES
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Context

Hop = tuple[int, LinkAddress]
"""A sending node, and the link-layer address that it sends to: to itself, the address is all that a neighbour is."""


@dataclass(frozen=True)
class Party:
    """What a node really is."""

    profile: Profile
    addresses: tuple[LinkAddress, ...]
    is_router: bool = False
    hears: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Excess:
    """A frame above what its receiver can do, who could have known."""

    frame: int
    sender: int
    receiver: int
    features: frozenset[Feature]

    def __str__(self) -> str:
        names = ", ".join(sorted(feature.value.name for feature in self.features))
        return f"frame {self.frame} from {self.sender} to {self.receiver}: {names}"


@dataclass
class Verdict:
    """``errors`` counts class-unsupported errors by whom they answered, and from which address; ``used`` are the
    features of all that a node sent to another's address."""

    excesses: list[Excess] = field(default_factory=list)
    errors: Counter[Hop] = field(default_factory=Counter)
    used: dict[Hop, frozenset[Feature]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def used_between(self, sender: int, receivers: Iterable[LinkAddress]) -> frozenset[Feature]:
        return frozenset().union(*(self.used.get((sender, receiver), frozenset()) for receiver in receivers))


class Judge:
    """See the module. ``parties`` by number; ``is_quiet``: whoever is in reach hears every multicast. What is sent to
    one alone was heard when it was acknowledged."""

    def __init__(self, parties: Mapping[int, Party], is_quiet: bool) -> None:
        self.parties = parties
        self.is_quiet = is_quiet
        self.verdict = Verdict()
        self._owners = {address: number for number, party in parties.items() for address in party.addresses}
        self._known: set[Hop] = set()
        self._lessons: dict[tuple[bytes, int], set[Hop]] = {}
        self._latest: tuple[bytes, int] = b"", 0

    def look(self, number: int, explained: Explained) -> None:
        """Look at the next frame. What it teaches counts for those behind it."""
        frame = explained.frame
        if explained.error is not None and explained.error.reason is not Reason.BAD_CHECKSUM:
            self.verdict.unreadable.append(f"frame {number}: {explained.error}")
        if not isinstance(frame, Frame):
            return
        if frame.frame_type == FrameType.ACKNOWLEDGEMENT:
            if frame.sequence_number == self._latest[1]:
                self._known |= self._lessons.pop(self._latest, set())
            return
        self._latest = frame.source, frame.sequence_number or 0
        if explained.features:
            self._payload(number, explained, LinkAddress(frame.source), LinkAddress(frame.destination))

    def _payload(self, number: int, explained: Explained, source: LinkAddress, receiver: LinkAddress) -> None:
        """A 6LoWPAN payload, sent for the first time."""
        sender = self._owners[source]
        hop = sender, receiver
        self.verdict.used[hop] = self.verdict.used.get(hop, frozenset()) | explained.features
        lessons = set(self._lessons_in(sender, source, receiver, explained))
        if receiver == BROADCAST:
            self._multicast(number, sender, explained)
            self._known |= lessons if self.is_quiet else set()
            return
        if hop in self._known:
            self._check(number, sender, self._owners[receiver], explained)
        self._lessons[self._latest] = lessons

    def _check(self, number: int, sender: int, receiver: int, explained: Explained) -> None:
        profile = self.parties[receiver].profile
        above = profile.unsupported(explained.features)
        if above or explained.growth > profile.limits.header_growth_octets:
            self.verdict.excesses.append(Excess(number, sender, receiver, above))

    def _multicast(self, number: int, sender: int, explained: Explained) -> None:
        """Nobody can complain about a multicast, so that everybody must understand each; but a solicitation of routers
        is for them alone."""
        received = explained.received
        expanded = received.payload.expanded if received and received.payload else None
        to_routers = expanded is not None and expanded.octets[24:40] == ALL_ROUTERS
        for other in self.parties[sender].hears:
            if self.parties[other].is_router or not to_routers:
                self._check(number, sender, other, explained)

    def _lessons_in(
        self, teacher: int, source: LinkAddress, destination: LinkAddress, explained: Explained
    ) -> Iterator[Hop]:
        for packet, transport in zip(explained.packets, explained.transports, strict=True):
            if transport.protocol != Protocol.ICMPV6:
                continue
            message, _ = ICMPV6_MESSAGES.decode(transport.octets(packet.octets))
            if isinstance(message, ClassUnsupported):
                self.verdict.errors[self._owners[destination], source] += 1
            elif not _says_what_it_can(message):
                continue
            for pupil in self._told(teacher, destination, packet.octets[24:40]):
                yield pupil, source

    def _told(self, teacher: int, destination: LinkAddress, group: bytes) -> Iterable[int]:
        if destination != BROADCAST:
            return (self._owners[destination],)
        hearers = self.parties[teacher].hears
        return [one for one in hearers if group == ALL_NODES or (group == ALL_ROUTERS and self.parties[one].is_router)]


def _says_what_it_can(message: object) -> bool:
    options = getattr(message, "options", ())
    indications = [option for option in options if isinstance(option, CapabilityIndication)]
    return any(level_of(one) is not None for one in indications) or any(
        isinstance(option, FlexCapability) for option in options
    )


def judge(
    capture: bytes, parties: Mapping[int, Party], contexts: tuple[Context, ...], is_quiet: bool = True
) -> Verdict:
    """Hear a whole capture."""
    explainer, one = Explainer(Settings(contexts=contexts)), Judge(parties, is_quiet)
    for number, captured in enumerate(read(io.BytesIO(capture)), 1):
        one.look(number, explainer.explain(captured))
    return one.verdict
