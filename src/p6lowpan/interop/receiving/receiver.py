"""A receiver at work: frames in order of arrival to the packets that it hands up."""

from contextlib import suppress

from p6lowpan.interop.node import Node
from p6lowpan.interop.outcomes import Dropped, HandsUp
from p6lowpan.interop.receiving.reading import Reading, Receiving
from p6lowpan.interop.receiving.reassembly import Piece


class Receiver:
    """One node that was just started."""

    def __init__(self, rules: Receiving) -> None:
        self.rules = rules
        self.reassembly = rules.reassembly()

    def receive(self, octets: bytes, node: Node) -> list[bytes]:
        """One frame. Raises :class:`Dropped` where it, or what it completed, is discarded, and :class:`Crashed`."""
        reading = Reading(self.rules, node, octets)
        self.reassembly.arrives(octets)
        try:
            self.rules.admits(reading)
            self._headers(reading)
        except HandsUp as instead:
            reading.out = bytearray(instead.octets)
        except Dropped:
            self.reassembly.failed(reading.node.link, reading.fragment)
            raise
        if reading.fragment is None:
            return [self.rules.finished(reading, bytes(reading.out))]
        return self._fragment(reading, reading.fragment)

    def _headers(self, reading: Reading) -> None:
        """Until the frame was read to its end."""
        while not reading.out:
            if not reading.left and reading.fragment is not None and not reading.fragment.first:
                return
            at = reading.at
            octet = reading.octets[at] if reading.left > 0 else self.rules.short(reading, 1)[0]
            kind = self.rules.classify(octet, reading.page)
            step = (
                self.rules.unknown_dispatch
                if kind is None
                else self.rules.dispatches.get(kind, self.rules.unknown_dispatch)
            )
            step(reading)
            if reading.at == at:
                return

    def _fragment(self, reading: Reading, piece: Piece) -> list[bytes]:
        piece.octets = bytes(reading.out)
        whole = self.reassembly.add(reading.node.link, piece)
        return [self.rules.finished(first or reading, datagram) for datagram, first in whole]

    def ends(self) -> list[bytes]:
        """All frames have come: what comes of them together."""
        packets = []
        for datagram, first in self.reassembly.ends():
            with suppress(Dropped):
                packets.append(self.rules.finished(first, datagram))
        return packets
