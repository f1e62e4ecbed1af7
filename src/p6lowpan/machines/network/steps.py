"""What processing a packet leads to next, inside the network layer. A packet may lead to another one (a reply, an
error, what a tunnel held), which is processed in turn: one after the other, never by recursion."""

from p6lowpan.capability.value import value
from p6lowpan.machines.network.icmpv6_errors import Refused
from p6lowpan.machines.network.outputs import NetworkOutput
from p6lowpan.machines.network.packet import Incoming
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.description import Header


@value
class Refusal:
    """A packet was refused. Whether its sender is told is not decided yet."""

    incoming: Incoming
    refused: Refused


@value
class Reply:
    """An ICMPv6 message of ours, its checksum still zero. ``source``: ``None`` leaves it to source selection."""

    message: Header
    source: Ipv6Address | None
    destination: Ipv6Address


Step = Incoming | Refusal | Reply | NetworkOutput
Steps = tuple[Step, ...]
