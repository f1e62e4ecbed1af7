"""What is known of the DODAGs of one PAN: root's address and type of the RPL option, from DIOs or from the user.

RFC 8138 section 4.3.2: an address that a 6LoRH leaves out, or shortens, is told by that of the root of the DODAG "that
this node participates with" in the RPL instance of the packet. So the DIOs of the frame's own ends count first; where
there are none, an instance has its only DODAG that was heard of, and a packet that names no instance the only DODAG of
all. Where there are several, which of them it is cannot be told. Local instances mean a DODAG only together with its
root (RFC 6550 section 5.1), and are not looked up.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.rpl.messages import ControlMessage, Dio
from p6lowpan.wire.rpl.options import DodagConfiguration
from p6lowpan.wire.sixlowpan.routed_packet import Dodag, Dodags
from p6lowpan.wire.sixlowpan.routing_expansion import NEW_RPL_OPTION, RPL_OPTION

MOST_SENDERS, MOST_DODAGS = 1024, 64
FIRST_LOCAL = 128
EXPANDED_MODE = 7
"""Mode of operation; RFC 9008 section 4.1.3: "for a MOP value of 7, a node MUST use the RPI 0x23 option"."""

Roots = Mapping[int | None, bytes]
"""The roots' addresses that a user gives, by RPLInstanceID; ``None``: of any instance."""

NO_ROOTS: Roots = MappingProxyType({})


class KnownDodags:
    """The DODAGs of one PAN. ``given``: what the user knows, which counts more than what is heard."""

    def __init__(self, given: Roots) -> None:
        self._given = given
        self._of_senders: BoundedTable[tuple[LinkAddress, int], bytes] = BoundedTable(MOST_SENDERS)
        self._option_types: BoundedTable[tuple[int, bytes], int] = BoundedTable(MOST_DODAGS)

    def learn(self, sender: LinkAddress, message: ControlMessage) -> None:
        """What a DIO tells; the configuration is not in each (RFC 6550 section 6.7.6)."""
        base = message.base
        if not isinstance(base, Dio) or base.rpl_instance_id >= FIRST_LOCAL:
            return
        self._of_senders.put((sender, base.rpl_instance_id), base.dodag_id)
        key = base.rpl_instance_id, base.dodag_id
        option_type = self._option_types.get(key, RPL_OPTION)
        for option in base.options:
            if isinstance(option, DodagConfiguration):
                option_type = NEW_RPL_OPTION if option.option_type_0x23 else RPL_OPTION
        self._option_types.put(key, NEW_RPL_OPTION if base.mode_of_operation == EXPANDED_MODE else option_type)

    def between(self, link: Link) -> Dodags:
        """What the frames between the ends of ``link`` mean."""
        return _Between(self, link)

    def dodag(self, link: Link, instance: int | None) -> Dodag:
        """The DODAG of an instance, as far as it is known."""
        root = self._root(link, instance)
        types = {
            option_type
            for (number, dodag_id), option_type in self._option_types.items()
            if instance in (None, number) and root in (None, dodag_id)
        }
        return Dodag(root, types.pop() if len(types) == 1 else RPL_OPTION)

    def _root(self, link: Link, instance: int | None) -> bytes | None:
        given = self._given.get(instance, self._given.get(None))
        if given is not None:
            return given
        if instance is not None:
            for end in (link.source, link.destination):
                if (root := self._of_senders.get((end, instance))) is not None:
                    return root
        roots = {dodag_id for number, dodag_id in self._option_types if instance in (None, number)}
        return roots.pop() if len(roots) == 1 else None


class _Between(Mapping[int | None, Dodag]):
    """The DODAG of every instance, between two ends."""

    def __init__(self, known: KnownDodags, link: Link) -> None:
        self._known = known
        self._link = link

    def __getitem__(self, instance: int | None) -> Dodag:
        return self._known.dodag(self._link, instance)

    def __iter__(self) -> Iterator[int | None]:
        return iter((None, *range(FIRST_LOCAL)))

    def __len__(self) -> int:
        return FIRST_LOCAL + 1
