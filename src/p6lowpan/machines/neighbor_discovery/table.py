"""The entries of the neighbor cache, filed so that no question about them is answered by looking at all.

Whoever changes an entry files it again. So it is known which entry is due first, which registration ends first, who is
behind a link-layer address, who may have to go, and which registrations changed since they were last written down.
"""

from collections.abc import Iterable

from p6lowpan.machines.agenda import Agenda
from p6lowpan.machines.neighbor_discovery.crowd import Crowd, Group
from p6lowpan.machines.neighbor_discovery.entry import Entry, KeptRegistration, Registration
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import Ipv6Address, LinkAddress


class NeighborTable:
    """See the module. ``may_go`` are the groups whose members may have to make room. As many entries as the cache lets
    in."""

    def __init__(self, may_go: Iterable[Group]) -> None:
        self.crowd = Crowd(may_go)
        self.deadlines: Agenda[Ipv6Address] = Agenda()
        self.ends: Agenda[Ipv6Address] = Agenda()
        self.touched: Touched[Ipv6Address] = Touched()
        self._entries: dict[Ipv6Address, Entry] = {}
        self._registrations: dict[Ipv6Address, Registration] = {}
        self._links: dict[Ipv6Address, LinkAddress] = {}
        self._behind: dict[LinkAddress, dict[Ipv6Address, None]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, oldest first."""
        return tuple(self._entries.values())

    def registered_addresses(self) -> tuple[Ipv6Address, ...]:
        """The addresses of the entries that carry a registration."""
        return tuple(self._registrations)

    def kept_of(self, address: Ipv6Address) -> KeptRegistration | None:
        """A registration, as it outlives a restart."""
        entry = self._entries.get(address)
        return None if entry is None else entry.kept

    def get(self, address: Ipv6Address) -> Entry | None:
        """The entry of an address."""
        return self._entries.get(address)

    def behind(self, link_address: LinkAddress) -> tuple[Entry, ...]:
        """The entries with a link-layer address."""
        return tuple(self._entries[address] for address in self._behind.get(link_address, ()))

    def file(self, entry: Entry) -> None:
        """An entry is new, or has changed."""
        address = entry.address
        self._entries[address] = entry
        self.crowd.file(address, entry.group, entry.state, entry.used_at)
        self.deadlines.set(address, entry.deadline)
        self._file_registration(address, entry.registration)
        if self._links.get(address) != entry.link_address:
            self._file_link(address, entry.link_address)

    def note_use(self, entry: Entry) -> None:
        """Of an entry, only ``used_at`` has changed."""
        self.crowd.file(entry.address, entry.group, entry.state, entry.used_at)

    def remove(self, address: Ipv6Address) -> Entry:
        """Take an entry out that is there."""
        self.crowd.remove(address)
        self.deadlines.set(address, None)
        self._file_registration(address, None)
        self._file_link(address, None)
        return self._entries.pop(address)

    def _file_registration(self, address: Ipv6Address, registration: Registration | None) -> None:
        if self._registrations.get(address) is registration:
            return
        self.touched.note(address)
        if registration is None:
            del self._registrations[address]
            self.ends.set(address, None)
        else:
            self._registrations[address] = registration
            self.ends.set(address, registration.expires_at)

    def _file_link(self, address: Ipv6Address, link_address: LinkAddress | None) -> None:
        before = self._links.pop(address, None)
        if before is not None:
            self._behind[before].pop(address)
            if not self._behind[before]:
                del self._behind[before]
        if link_address is not None:
            self._links[address] = link_address
            self._behind.setdefault(link_address, {})[address] = None
