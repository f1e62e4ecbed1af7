"""One PAN of a capture: what was learned of it, and its datagrams that are not whole yet."""

from collections.abc import Iterable

from p6lowpan.analysis.first_fragments import FirstFragments, proves
from p6lowpan.analysis.fragment_watch import FragmentWatch
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.learning import contexts_missing
from p6lowpan.capability.limits import ANALYSIS as LIMITS
from p6lowpan.capability.profile import ANALYSIS
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts


class Pan:
    """The adaptation layer of everyone that was heard in one PAN."""

    def __init__(self, contexts: Iterable[Context]) -> None:
        self.knowledge = Knowledge(tuple(contexts))
        self.receiver = Receiver(ANALYSIS)
        self.fragment_watch = FragmentWatch()
        self.rpl_option_types: set[int] = set()
        self._first_fragments = FirstFragments(self.receiver)

    def receive(self, now: int, octets: bytes, link: Link) -> tuple[Received, tuple[DatagramDropped, ...]]:
        """What a payload brought, and the datagrams that were lost with it, each once."""
        received = self.receiver.receive(now, octets, link, self.knowledge.contexts)
        if received.error is not None and received.error.reason is Reason.NO_CONTEXT:
            received = self._with_guesses(now, octets, link, received)
        if received.outcomes or received.error is not None:
            return self._first_fragments.look(now, octets, link, received, self.knowledge)
        return received, ()

    def finish(self) -> tuple[DatagramDropped, ...]:
        """The datagrams that the end of the input leaves incomplete."""
        return self._first_fragments.finish(self.receiver.give_up())

    def _with_guesses(self, now: int, octets: bytes, link: Link, before: Received) -> Received:
        """Once more, where the prefixes of the PAN, put in for unknown contexts, make the checksum right."""

        def fits(contexts: Contexts) -> bool:
            return proves(octets, link, contexts)

        missing = contexts_missing(octets, link, self.knowledge.contexts, LIMITS)
        if not self.knowledge.guess(now, missing, fits):
            return before
        return self.receiver.receive(now, octets, link, self.knowledge.contexts)
