"""Packets that lack a context, at a glance: where guessing was in vain too often, there is nothing left to try."""

from typing import NamedTuple

from p6lowpan import fast_capture
from p6lowpan.analysis.arrived import Arrived
from p6lowpan.analysis.error_rules import of_error
from p6lowpan.analysis.explained import Finding
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.learning import contexts_missing
from p6lowpan.analysis.mac_headers import MacHeader
from p6lowpan.analysis.suggestions import MANAGEMENT_PORT
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.machines.adaptation.receiver import NO_PREFIXES
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.payload import decode_payload

MOST_LACKING = 256
TELLING_OCTETS = 3
"""The encoding of LOWPAN_IPHC and the context identifiers: these tell which contexts a header asks for."""

MANAGEMENT = MANAGEMENT_PORT.to_bytes(2, "big")


class Lack(NamedTuple):
    """The ``missing`` identifiers, why the packet is not understood, and what the core knows with zeros for them."""

    missing: frozenset[int]
    error: Malformed
    finding: Finding
    stand_ins: object


class Lacking:
    """What is missing, by the first octets of a header and the contexts that were known."""

    def __init__(self) -> None:
        self._contexts: Contexts = {}
        self._lacks: BoundedTable[tuple[MacHeader, bytes], Lack] = BoundedTable(MOST_LACKING)

    def look(self, arrived: Arrived) -> Glimpse | None:
        """A packet under LOWPAN_IPHC that the core refused for the lack of a context."""
        captured, header, payload, findings, pan, now = arrived
        if self._contexts is not pan.knowledge.contexts:
            self._lacks = BoundedTable(MOST_LACKING)
            self._contexts = pan.knowledge.contexts
        key = (header, payload[:TELLING_OCTETS])
        lack = self._lacks.get(key) or _lack(header, payload, self._contexts)
        if lack is None or not pan.is_hopeless(now, lack.missing):
            return None
        self._lacks.put(key, lack)
        answer = fast_capture.look(lack.stand_ins, payload, 0, header.source, header.destination, 0)
        if isinstance(answer, int) or _may_name_prefixes(answer[0]):
            return None
        findings.append(lack.finding)
        return Glimpse(captured, header, captured.octets[2], len(payload), tuple(findings), error=lack.error)


def _lack(header: MacHeader, payload: bytes, contexts: Contexts) -> Lack | None:
    try:
        decode_payload(payload, header.link, contexts, ANALYSIS)
    except Malformed as error:
        error.__traceback__ = error.__context__ = None
        known = fast_capture.known({**NO_PREFIXES, **contexts}, ANALYSIS)
        missing = contexts_missing(payload, header.link, contexts, ANALYSIS)
        return Lack(missing, error, of_error(error, payload[0]), known)
    return None


def _may_name_prefixes(packet: bytes) -> bool:
    """Whether a packet may name prefixes inside, as tunnels and Thread's management do."""
    if packet[6] == Protocol.UDP:
        return MANAGEMENT in (packet[40:42], packet[42:44])
    return packet[6] != Protocol.ICMPV6
