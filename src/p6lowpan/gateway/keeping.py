"""One network's part of the database: written before anybody learns what happened, and counters of events behind it.

Frame counters of a secured link move with every frame. Our own is kept ahead of use, and that is waited for until it is
on the disk: after a restart the next is one that was never used, at the price of some that never will be. A
neighbour's is written when a frame of it is taken, before the frame goes up: none that was taken is taken again.

Where the disk is full, or takes nothing any more, the network goes on without it: that is said once, shown for as long
as it lasts, and tried again at every :meth:`Keeping.tend`. Only frame counters of our own are never used beyond what is
kept: when they are used up the network falls silent.

Times are kept by the clock on the wall. Where that is set, as behind a start without one, they are written anew; where
it shows less than when the state was last written, it is taken to show that.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from p6lowpan.gateway.logs import LOGGER
from p6lowpan.gateway.records import NODE, OWN_COUNTER, VERSION, Place, durable_from, place_of, records_of, values_of
from p6lowpan.gateway.store import Store
from p6lowpan.machines.link.configuration import LAST_FRAME_COUNTER
from p6lowpan.node.durable import Durable
from p6lowpan.node.node import Node

AHEAD = 4096
STARTS = "starts"
KEPT = "kept"
CLOCK_STEP_US = 10_000_000
"""By how much the clock on the wall must have been set to be heeded."""


def wall_us() -> int:
    """The clock on the wall."""
    return time.time_ns() // 1000


class Keeping:
    """See the module. ``restored`` is what was kept, with times of a clock that begins now; ``fault`` says why nothing
    is being kept, and is empty where all is well."""

    def __init__(self, store: Store, network: str) -> None:
        self._store = store
        self._network = network
        self._began_us = wall_us()
        kept = durable_from(store.values(network))
        self._reserved = kept.frame_counter
        self._version = kept.version
        self.fault = ""
        self.restored: Durable = kept.shifted(-max(self._began_us, store.last_written_us))
        self._before = Counter(store.counters(network))
        self._before[STARTS] += 1

    @property
    def state(self) -> str:
        """In a few words."""
        return self.fault or KEPT

    def keep(self, node: Node) -> bool:
        """Behind each step of the node, and before what came of it: write what changed. False: nothing may be sent,
        because it would have a frame counter that could be used again."""
        if not self.fault and node.lasting.has_news(self._reserved):
            self._attempt(lambda: self._keep_news(node))
        return node.link.frame_counter <= self._reserved

    def _keep_news(self, node: Node) -> None:
        reserves = node.link.frame_counter > self._reserved
        changes = node.lasting.take_changes()
        if reserves:
            self._reserve(node)
        if changes is None:
            self._write(node)
            return
        present: dict[Place, Any] = records_of(changes.present.shifted(self._began_us))
        if changes.present.version != self._version:
            present[NODE, VERSION] = changes.present.version
        self._store.change(self._network, present, map(place_of, changes.gone))
        self._version = changes.present.version

    def _reserve(self, node: Node) -> None:
        reserved = min(node.link.frame_counter + AHEAD, LAST_FRAME_COUNTER)
        self._store.change(self._network, {(NODE, OWN_COUNTER): reserved}, waits=True)
        self._reserved = reserved

    def write(self, node: Node) -> None:
        """Write what there is to keep, whatever is written already."""
        self._attempt(lambda: self._write(node))

    def _write(self, node: Node) -> None:
        if node.link.frame_counter > self._reserved:
            self._reserve(node)
        durable = replace(node.durable, frame_counter=self._reserved)
        self._store.keep(self._network, values_of(durable.shifted(self._began_us)))
        self._version = durable.version

    def tend(self, node: Node, now: int) -> None:
        """Now and then: try again what could not be written, and heed a clock that was set. ``now`` is the node's."""
        began_us = wall_us() - now
        step_us = began_us - self._began_us
        if abs(step_us) > CLOCK_STEP_US:
            self._began_us = began_us
            LOGGER.warning("the clock was set", extra={"network": self._network, "seconds": step_us // 1_000_000})
            self.write(node)
        elif self.fault:
            self.write(node)

    def counted(self, counters: Counter[str]) -> Counter[str]:
        """What was counted since the state began: written, so that it may be shown; where nothing can be, all the
        same."""
        total = self._before + counters
        if not self.fault:
            self._attempt(lambda: self._store.count(self._network, total))
        return total

    def _attempt(self, write: Callable[[], object]) -> None:
        before, self.fault = self.fault, ""
        try:
            write()
        except OSError as error:
            self.fault = str(error)
        if self.fault != before:
            known = {"network": self._network, "error": self.fault or None}
            if self.fault:
                LOGGER.error("the state is not kept", extra=known)
            else:
                LOGGER.warning("the state is kept again", extra=known)
