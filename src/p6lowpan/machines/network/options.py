"""What becomes of a packet with options that the node does not know (RFC 8200 section 4.2).

The two highest bits of an option's type say it, and :data:`ACTIONS` says it in words. "Options must be processed
strictly in the order they appear in the header": the first one that stops the packet decides.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.icmpv6_errors import UNRECOGNIZED_OPTION, Refused
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem
from p6lowpan.wire.ipv6.options import Action, action_of

WHERE = "ipv6-options"
OPTIONS_AT = 2


@value
class Consequence:
    """Whether an unknown option costs the packet, whether its sender is told, and whether even of a multicast."""

    discards: bool
    reports: bool = False
    even_multicast: bool = False


ACTIONS: Mapping[Action, Consequence] = {
    Action.SKIP: Consequence(discards=False),
    Action.DISCARD: Consequence(discards=True),
    Action.DISCARD_AND_REPORT: Consequence(discards=True, reports=True, even_multicast=True),
    Action.DISCARD_AND_REPORT_UNLESS_MULTICAST: Consequence(discards=True, reports=True),
}


def examine_options(options: Iterable[Header], header_at: int, understood: AbstractSet[int]) -> Refused | None:
    """Why a packet is refused that has these options in a header at ``header_at``; ``None``: they do not stop it."""
    at = header_at + OPTIONS_AT
    for option in options:
        octets = option.encode()
        consequence = ACTIONS[action_of(octets[0])]
        if octets[0] not in understood and consequence.discards:
            answer = ParameterProblem(code=UNRECOGNIZED_OPTION, pointer=at) if consequence.reports else None
            detail = f"type {octets[0]:#04x} at octet {at}"
            return Refused(Reason.UNRECOGNIZED_OPTION, WHERE, detail, answer, consequence.even_multicast)
        at += len(octets)
    return None
