"""Who talked with whom: packets and octets by addresses, protocol and ports, in a table that cannot grow."""

from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.analysis.transport import Transport

MOST_CONVERSATIONS = 1024
"""Beyond as many, what was heard of the longest ago is added to the row of the others."""

Key = tuple[bytes, bytes, int, int | None, int | None]


@dataclass(slots=True)
class Conversation:
    """One direction of a conversation; addresses are empty in the row that stands for several. Times in nanoseconds."""

    source: bytes
    destination: bytes
    protocol: int
    source_port: int | None
    destination_port: int | None
    packets: int = 0
    octets: int = 0
    first_time: int = 0
    last_time: int = 0

    def count(self, packets: int, octets: int, first_time: int, last_time: int) -> None:
        """Add packets that were heard between two moments."""
        if not self.packets:
            self.first_time = first_time
        self.packets += packets
        self.octets += octets
        self.first_time = min(self.first_time, first_time)
        self.last_time = max(self.last_time, last_time)


class Conversations:
    """At most ``bound`` conversations, and ``others``: the sum of those that had to go, ``forgotten`` of them.

    A packet that is heard on several hops counts on each.
    """

    def __init__(self, bound: int = MOST_CONVERSATIONS) -> None:
        self.bound = bound
        self.others = Conversation(b"", b"", 0, None, None)
        self.forgotten = 0
        self._rows: dict[Key, Conversation] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Conversation]:
        """The rows, that with most octets first; the others come last, where there are any."""
        yield from sorted(self._rows.values(), key=lambda row: (-row.octets, row.first_time))
        if self.forgotten:
            yield self.others

    def add(self, transport: Transport, octets: int, time: int) -> None:
        """Count a packet of ``octets``."""
        ports = transport.source_port, transport.destination_port
        self.count(transport.source, transport.destination, transport.protocol, *ports, octets, time)

    def count(
        self,
        source: bytes,
        destination: bytes,
        protocol: int,
        source_port: int | None,
        destination_port: int | None,
        octets: int,
        time: int,
    ) -> None:
        """The same of a packet between these."""
        key = source, destination, protocol, source_port, destination_port
        row = self._rows.pop(key, None)
        if row is None:
            row = Conversation(*key)
            if len(self._rows) >= self.bound:
                self._forget(next(iter(self._rows)))
        self._rows[key] = row
        row.count(1, octets, time, time)

    def _forget(self, key: Key) -> None:
        gone = self._rows.pop(key)
        self.forgotten += 1
        self.others.count(gone.packets, gone.octets, gone.first_time, gone.last_time)
