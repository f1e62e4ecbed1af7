"""One PAN of a capture: what was learned of it, and its datagrams that are not whole yet."""

from collections.abc import Iterable

from p6lowpan.analysis.dodags import NO_ROOTS, Roots
from p6lowpan.analysis.first_fragments import FirstFragments, key_of_first, provable, proven
from p6lowpan.analysis.fragment_watch import FragmentWatch
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.learning import contexts_missing, contexts_used
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.limits import ANALYSIS as LIMITS
from p6lowpan.capability.profile import ANALYSIS
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey, Outcome, Pending
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts


class Pan:
    """The adaptation layer of everyone that was heard in one PAN."""

    def __init__(self, contexts: Iterable[Context], roots: Roots = NO_ROOTS) -> None:
        self.knowledge = Knowledge(tuple(contexts), roots)
        self.receiver = Receiver(ANALYSIS)
        self.fragment_watch = FragmentWatch()
        self.rpl_option_types: set[int] = set()
        self.first_fragments = FirstFragments(self.receiver)
        self._guessed: BoundedTable[DatagramKey, frozenset[int]] = BoundedTable(LIMITS.reassembly_buffers)

    def receive(self, now: int, octets: bytes, link: Link) -> tuple[Received, tuple[DatagramDropped, ...]]:
        """What a payload brought, and the datagrams that were lost with it, each once."""
        dodags = self.knowledge.dodags.between(link)
        received = self.receiver.receive(now, octets, link, self.knowledge.contexts, dodags)
        if received.error is not None and received.error.reason is Reason.NO_CONTEXT:
            received = self._with_guesses(now, octets, link, received)
        return self.looked(now, octets, link, received)

    def looked(
        self, now: int, octets: bytes, link: Link, received: Received
    ) -> tuple[Received, tuple[DatagramDropped, ...]]:
        """What a payload brought in the end, where ``received`` is what the receiver says."""
        if not self._is_plain(received):
            looked = self.first_fragments.look(now, octets, link, received, self.knowledge)
            if looked.first is not None and isinstance(last := looked.received.outcomes[-1], Complete):
                self._guessed.put(last.key, self.knowledge.guessed(contexts_used(looked.first)))
            return looked.received, looked.lost
        return received, ()

    def _is_plain(self, received: Received) -> bool:
        """Whether nothing was lost, and no datagram is waited for whose first fragment failed."""
        if received.error is not None:
            return False
        outcomes = received.outcomes
        if not outcomes:
            return True
        return self.first_fragments.is_idle and len(outcomes) == 1 and not isinstance(outcomes[0], DatagramDropped)

    def guessed(
        self, now: int, used: frozenset[int], last: Outcome | None, transports: tuple[Transport, ...]
    ) -> frozenset[int]:
        """The guessed ones among the contexts that a frame has ``used``, with those of its first fragment where it is
        the ``last`` one of a datagram. The checksum of a packet says whether they stand the test; a guess that does not
        is given up."""
        guessed = self.knowledge.guessed(used)
        if isinstance(last, Complete):
            guessed |= self._guessed.remove(last.key) or frozenset()
        elif isinstance(last, Pending) and guessed:
            self._guessed.put(last.key, guessed)
        if guessed and transports and transports[0].checksum_holds is not None:
            self.knowledge.judge(now, guessed, transports[0].checksum_holds)
        return guessed

    @property
    def gathers(self) -> bool:
        """Whether fragments only go to the others of their datagram, but for those that :class:`FirstFragments` or the
        receiver name."""
        return not self.first_fragments.holds_any and not self.receiver.refuses_any

    @property
    def suspects(self) -> dict[DatagramKey, frozenset[int]]:
        """The guessed contexts of first fragments whose datagrams are not whole."""
        return self._guessed.entries

    def suspect(self, key: DatagramKey, guessed: frozenset[int]) -> None:
        """A first fragment leant on guesses."""
        self._guessed.put(key, guessed)

    def finish(self) -> tuple[DatagramDropped, ...]:
        """The datagrams that the end of the input leaves incomplete."""
        return self.first_fragments.finish(self.receiver.give_up())

    def is_hopeless(self, now: int, missing: frozenset[int]) -> bool:
        """Whether a whole packet that lacks these contexts, and names no prefix inside, changes nothing."""
        waits = self.first_fragments.holds_any or self.receiver.reassembler.is_due(now)
        return not waits and self.knowledge.is_hopeless(missing)

    def _with_guesses(self, now: int, octets: bytes, link: Link, before: Received) -> Received:
        """Once more, where the prefixes of the PAN, put in for unknown contexts, make the checksum right. That of a
        first fragment can be tried when the others are here, that of recoverable ones when they are put together."""
        if key_of_first(octets, link) is not None:
            return before
        dodags = self.knowledge.dodags.between(link)
        gathered = before.outcomes[-1] if before.outcomes else None
        if before.payload is not None and isinstance(gathered, Complete):
            octets, link = gathered.datagram, before.payload.stack.link

        def fits(contexts: Contexts) -> int:
            return self.knowledge.familiarity(proven(octets, link, contexts))

        if not provable(octets, link, self.knowledge):
            return before
        missing = contexts_missing(octets, link, self.knowledge.contexts, LIMITS)
        if not self.knowledge.guess(now, missing, fits):
            return before
        if isinstance(gathered, Complete):
            return self.receiver.gathered(before._replace(error=None), self.knowledge.contexts, dodags)
        return self.receiver.receive(now, octets, link, self.knowledge.contexts, dodags)
