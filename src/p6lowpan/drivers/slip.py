"""SLIP (RFC 1055): packets on a serial line, each between two END octets, whatever octets they hold."""

from p6lowpan.capability.errors import UsageError

END, ESC, ESC_END, ESC_ESC = b"\xc0", b"\xdb", b"\xdb\xdc", b"\xdb\xdd"
MEANINGS = {0xDC: END, 0xDD: ESC}


def slip_packet(packet: bytes) -> bytes:
    """A packet as it goes over the line; an END in front throws away what noise has left there."""
    return END + packet.replace(ESC, ESC_ESC).replace(END, ESC_END) + END


class SlipReader:
    """Finds packets in what comes. What is longer than ``longest``, or has an ESC that means nothing, is none, and is
    counted in ``broken``. Raises :class:`UsageError` for a length that holds nothing."""

    def __init__(self, longest: int) -> None:
        if longest < 1:
            raise UsageError("packets without octets are none")
        self.longest = longest
        self.broken = 0
        self._packet = bytearray()
        self._escaped = False
        self._spoiled = False

    def read(self, octets: bytes) -> list[bytes]:
        """The packets that end in these octets."""
        packets = []
        for octet in octets:
            if octet == END[0]:
                packets += self._ended()
            elif self._escaped:
                self._escaped = False
                self._take(MEANINGS.get(octet, b""))
            elif octet == ESC[0]:
                self._escaped = True
            else:
                self._take(bytes((octet,)))
        return packets

    def _take(self, octet: bytes) -> None:
        if not octet or len(self._packet) >= self.longest:
            self._spoiled = True
        else:
            self._packet += octet

    def _ended(self) -> list[bytes]:
        packet, spoiled = bytes(self._packet), self._spoiled or self._escaped
        self._packet.clear()
        self._escaped = self._spoiled = False
        self.broken += spoiled
        return [packet] if packet and not spoiled else []
