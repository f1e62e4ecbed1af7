"""One network's part of the database: written before anybody learns what happened, and counters of events behind it.

Frame counters of a secured link move with every frame. Our own is kept ahead of use, and that is waited for until it is
on the disk: after a restart the next is one that was never used, at the price of some that never will be. A
neighbour's is written when a frame of it is taken, before the frame goes up: none that was taken is taken again.
"""

import time
from collections import Counter
from dataclasses import replace
from typing import Any

from p6lowpan.gateway.records import NODE, OWN_COUNTER, VERSION, Place, durable_from, place_of, records_of, values_of
from p6lowpan.gateway.store import Store
from p6lowpan.machines.link.configuration import LAST_FRAME_COUNTER
from p6lowpan.node.durable import Durable
from p6lowpan.node.node import Node

AHEAD = 4096
STARTS = "starts"


class Keeping:
    """See the module. ``restored`` is what was kept, with times of a clock that begins now."""

    def __init__(self, store: Store, network: str) -> None:
        self._store = store
        self._network = network
        self._began_us = time.time_ns() // 1000
        kept = durable_from(store.values(network))
        self._reserved = kept.frame_counter
        self._version = kept.version
        self.restored: Durable = kept.shifted(-self._began_us)
        self._before = Counter(store.counters(network))
        self._before[STARTS] += 1

    def keep(self, node: Node) -> None:
        """Behind each step of the node, and before what came of it: write what changed."""
        if not node.lasting.has_news(self._reserved):
            return
        reserves = node.link.frame_counter > self._reserved
        changes = node.lasting.take_changes()
        if reserves:
            self._reserved = min(node.link.frame_counter + AHEAD, LAST_FRAME_COUNTER)
            self._store.change(self._network, {(NODE, OWN_COUNTER): self._reserved}, waits=True)
        if changes is None:
            self.write(node)
            return
        present: dict[Place, Any] = records_of(changes.present.shifted(self._began_us))
        if changes.present.version != self._version:
            self._version = changes.present.version
            present[NODE, VERSION] = self._version
        self._store.change(self._network, present, map(place_of, changes.gone))

    def write(self, node: Node) -> None:
        """Write what there is to keep, whatever is written already."""
        durable = replace(node.durable, frame_counter=self._reserved)
        self._version = durable.version
        self._store.keep(self._network, values_of(durable.shifted(self._began_us)))

    def counted(self, counters: Counter[str]) -> Counter[str]:
        """What was counted since the state began: written, so that it may be shown."""
        total = self._before + counters
        self._store.count(self._network, total)
        return total
