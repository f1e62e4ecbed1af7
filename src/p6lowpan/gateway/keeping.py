"""One network's part of the database: written before anybody learns what happened, and counters behind it.

Frame counters of a secured link move with every frame. So the one that is kept runs ahead: after a restart the next is
one that was never used, at the price of some that never will be.
"""

import time
from collections import Counter
from dataclasses import replace

from p6lowpan.gateway.records import durable_from, values_of
from p6lowpan.gateway.store import Store
from p6lowpan.node.durable import Durable
from p6lowpan.node.node import Node

AHEAD = 4096
SHORT_OF_IT = 64
STARTS = "starts"


class Keeping:
    """See the module. ``restored`` is what was kept, with times of a clock that begins now."""

    def __init__(self, store: Store, network: str) -> None:
        self._store = store
        self._network = network
        self._began_us = time.time_ns() // 1000
        self._changes = 0
        kept = durable_from(store.values(network))
        self._reserved = kept.frame_counter
        self.restored: Durable = kept.shifted(-self._began_us)
        self._before = Counter(store.counters(network))
        self._before[STARTS] += 1

    def keep(self, node: Node) -> None:
        """Behind each step of the node: write what changed."""
        short_of = node.link.frame_counter + SHORT_OF_IT > self._reserved and node.configuration.link.security
        if short_of:
            self._reserved = node.link.frame_counter + AHEAD
        elif node.durable_changes == self._changes:
            return
        self._changes = node.durable_changes
        self.write(node)

    def write(self, node: Node) -> None:
        """Write what there is to keep."""
        durable = replace(node.durable, frame_counter=self._reserved)
        self._store.keep(self._network, values_of(durable.shifted(self._began_us)))

    def counted(self, counters: Counter[str]) -> Counter[str]:
        """What was counted since the state began: written, so that it may be shown."""
        total = self._before + counters
        self._store.count(self._network, total)
        return total
