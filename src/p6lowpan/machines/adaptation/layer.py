"""The adaptation layer of a node: IPv6 packets to MAC payloads for each neighbour as it can take them, and back.

Theory of operation. What goes out is compressed for the profile that :class:`Levels` has for the next hop; a packet on
probation is kept there, and comes back here when the neighbour complains or falls silent. What comes in is expanded and
reassembled; a frame that uses a feature above our own profile is answered with the class-unsupported error, at our own
level, and counted. Nothing here knows who the next hop of a packet is: the network layer says it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from p6lowpan import fast
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation import class_unsupported
from p6lowpan.machines.adaptation.audience import Audience
from p6lowpan.machines.adaptation.context_table import ContextTable
from p6lowpan.machines.adaptation.discovery import Levels
from p6lowpan.machines.adaptation.news import Contradicted, Learned
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.network.icmpv6_limiter import TokenBucket
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Link, LinkAddress, interface_identifier, is_group, link_local

WHERE = "adaptation"
TAGS = 1 << 16


@value
class Outgoing:
    """One MAC payload to send; the payloads of one packet share ``datagram``, and ``packet``, which is that packet."""

    source: LinkAddress
    destination: LinkAddress
    payload: bytes
    datagram: int
    packet: bytes = b""


@value
class Arrived:
    """A whole IPv6 packet, and the frame that completed it."""

    packet: bytes
    link_source: LinkAddress
    link_destination: LinkAddress
    secured: bool


@value
class Complained:
    """A neighbour was told, in a class-unsupported error, that its frame uses features above our profile."""

    neighbor: LinkAddress
    features: frozenset[Feature]


AdaptationOutput: TypeAlias = Outgoing | Arrived | Complained | Learned | Contradicted | Dropped


def nothing_added(_destination: LinkAddress, _source: LinkAddress) -> frozenset[Feature]:
    """For a node without delivery below IP: frames go to the link as they are."""
    return frozenset()


class AdaptationLayer:
    """``addresses`` are our link-layer addresses, the default source first; ``room`` says how many octets of payload a
    frame holds that goes to a neighbour from one of them, ``added`` what the layer below adds to such a frame.
    ``errors`` is the bucket for the node's ICMPv6 errors, where it has others than ours."""

    def __init__(
        self,
        addresses: tuple[LinkAddress, ...],
        levels: Levels,
        contexts: ContextTable,
        limits: Limits,
        room: Callable[[LinkAddress, LinkAddress], int],
        added: Callable[[LinkAddress, LinkAddress], frozenset[Feature]] = nothing_added,
        errors: TokenBucket | None = None,
    ) -> None:
        self.addresses = addresses
        self._by_identifier = {interface_identifier(address): address for address in reversed(addresses)}
        self.levels = levels
        self.contexts = contexts
        self.dropped: Counter[Reason] = Counter()
        self._receiver = Receiver(replace(levels.own, limits=limits), brief=fast.CORE is not None)
        self._errors = errors or TokenBucket(limits)
        self._room = room
        self._added = added
        self._tag = 0
        self._datagram = 0

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do."""
        return earliest(self.levels.deadline, self._receiver.reassembler.deadline, self.contexts.deadline)

    # --- out ---------------------------------------------------------------------------------------------------------

    def send(
        self,
        now: int,
        packet: bytes,
        next_hop: LinkAddress,
        profile: Profile | None = None,
        source: LinkAddress | None = None,
    ) -> tuple[AdaptationOutput, ...]:
        """Send a packet to the next hop. ``profile`` overrides what is known of it; a packet sent so is not kept.
        ``source`` is set to the address of a leaf where the packet is sent in its name."""
        if profile is None and is_group(next_hop):
            return self.spread(now, packet, next_hop, self.levels.everybody(), source)
        chosen = profile or self.levels.sending_profile(next_hop)
        source = source or self._source_for(packet)
        link = Link(source, next_hop)
        try:
            sent = send(
                packet, link, self.contexts.for_compression(now), chosen, self._room(next_hop, source), self._next_tag()
            )
        except Malformed as error:
            return self._counted(Dropped(error.reason, WHERE, str(error)))
        except UsageError as error:
            return self._counted(Dropped(Reason.BAD_VALUE, WHERE, str(error)))
        if profile is None:
            self.levels.sent(now, next_hop, sent.features | self._added(next_hop, source), packet)
        self._datagram += 1
        return tuple([Outgoing(source, next_hop, frame, self._datagram, packet) for frame in sent.frames])

    def spread(
        self, now: int, packet: bytes, group: LinkAddress, audience: Audience, source: LinkAddress | None = None
    ) -> tuple[AdaptationOutput, ...]:
        """Send a packet to a group, once for all and once more to each who would not understand that."""
        outputs = self.send(now, packet, group, audience.profile, source)
        for neighbor in audience.alone:
            outputs += self.send(now, packet, neighbor, source=source)
        return outputs

    def _source_for(self, packet: bytes) -> LinkAddress:
        """The link-layer address that lets the packet's own source be elided, if one does; else the default."""
        return self._by_identifier.get(packet[16:24], self.addresses[0])

    def begin_tags(self, chance: ChanceStream) -> None:
        """Begin with any tag: behind a restart with another than those that neighbours may still remember."""
        self._tag = chance.below(TAGS)

    def _next_tag(self) -> int:
        self._tag = (self._tag + 1) & 0xFFFF
        return self._tag

    # --- in ----------------------------------------------------------------------------------------------------------

    def received(self, now: int, payload: bytes, link: Link, secured: bool) -> tuple[AdaptationOutput, ...]:
        """Take one MAC payload."""
        if link.source:
            self.levels.heard(link.source)
        received = self._receiver.receive(now, payload, link, self.contexts.for_decompression(now))
        outputs: list[AdaptationOutput] = list(self._drops(received))
        outputs += [Arrived(packet.octets, link.source, link.destination, secured) for packet in received.packets]
        if received.unsupported:
            outputs += self._answer(now, received, link)
        return tuple(outputs)

    def _drops(self, received: Received) -> tuple[AdaptationOutput, ...]:
        drops: list[Dropped] = [outcome for outcome in received.outcomes if isinstance(outcome, DatagramDropped)]
        if received.error is not None:
            drops.append(Dropped(received.error.reason, WHERE, str(received.error)))
        if received.unsupported:
            names = ", ".join(sorted(feature.value.name for feature in received.unsupported))
            drops.append(Dropped(Reason.FEATURE_ABOVE_PROFILE, WHERE, names))
        return self._counted(*drops)

    def _answer(self, now: int, received: Received, link: Link) -> tuple[AdaptationOutput, ...]:
        """The class-unsupported error to the previous hop, where RFC 4443 allows one and the bucket holds a token; not
        from, nor to, a stack that knows no classes."""
        own = self.levels.own
        destination = class_unsupported.previous_hop(received, link)
        if destination is None or not class_unsupported.may_answer(received, link):
            return ()
        if not own.is_principled or not self.levels.takes_errors(link.source):
            return ()
        if not self._errors.take(now):
            return self._counted(Dropped(Reason.ERROR_LIMIT, WHERE, "class unsupported"))
        packet = class_unsupported.error_packet(own, link_local(link.destination), destination)
        sent = self.send(now, packet, link.source, class_unsupported.sent_under(own), link.destination)
        return (Complained(link.source, received.unsupported), *sent)

    def tell(
        self, now: int, originator: LinkAddress, leaf: LinkAddress, announced: Profile
    ) -> tuple[AdaptationOutput, ...]:
        """Tell an originator what a leaf at the edge of the mesh can take, in the leaf's name."""
        packet = class_unsupported.error_packet(announced, link_local(leaf), link_local(originator))
        return self.send(now, packet, originator, class_unsupported.sent_under(announced), leaf)

    # --- what is learned, what is due -------------------------------------------------------------------------------

    def learned(self, now: int, news: Learned | Contradicted | Dropped | None) -> tuple[AdaptationOutput, ...]:
        """Report what :class:`Levels` learned, and send again what must be."""
        if news is None:
            return ()
        if isinstance(news, Dropped):
            return self._counted(news)
        if isinstance(news, Contradicted):
            return (news,)
        again = [output for packet in news.again for output in self.send(now, packet, news.neighbor)]
        return (news, *again)

    def tick(self, now: int) -> tuple[AdaptationOutput, ...]:
        """Do what is due."""
        self.contexts.expire(now)
        self.levels.expire(now)
        return self._counted(*self._receiver.expire(now))

    def _counted(self, *drops: Dropped) -> tuple[Dropped, ...]:
        for drop in drops:
            self.dropped[drop.reason] += 1
        return drops
