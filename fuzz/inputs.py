"""What the targets make of the octets that the fuzzer invents: numbers, choices and the octets that are left.

An input begins with a few octets that choose (addresses, contexts, a profile), and the rest is the frame or packet.
``*_input`` writes what :class:`Chooser` reads, so that seeds are made from known frames and packets.
"""

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.profile import Profile
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context, masked

PROFILES = (profiles.RFC6282, profiles.ANALYSIS, *profiles.LEVELS)
ADDRESS_OCTETS = (0, 2, 8)

Contexts = dict[int, Context]


class Chooser:
    """Reads an input from the front. Where it ends early, zeros follow: every input means something."""

    def __init__(self, octets: bytes) -> None:
        self.rest = octets

    def octets(self, size: int) -> bytes:
        """The next ``size`` octets."""
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken.ljust(size, b"\0")

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit`` - 1, of one octet."""
        return self.octets(1)[0] % limit

    def link(self) -> Link:
        """Two link-layer addresses of any kind."""
        return Link(self._address(), self._address())

    def _address(self) -> LinkAddress:
        return LinkAddress(self.octets(ADDRESS_OCTETS[self.below(len(ADDRESS_OCTETS))]))

    def contexts(self) -> Contexts:
        """Up to four contexts, of any length."""
        chosen = (self._context() for _ in range(self.below(5)))
        return {context.identifier: context for context in chosen}

    def _context(self) -> Context:
        choice, length = self.octets(2)
        length %= 129
        return Context(choice & 15, masked(self.octets(16), length), length, compress=choice < 0x80)

    def profile(self) -> Profile:
        """A level, or everything."""
        return PROFILES[self.below(len(PROFILES))]


def profile_input(profile: Profile) -> bytes:
    """What :meth:`Chooser.profile` reads."""
    return bytes((PROFILES.index(profile),))


def link_input(link: Link) -> bytes:
    """What :meth:`Chooser.link` reads."""
    return b"".join(bytes((ADDRESS_OCTETS.index(len(end)),)) + end for end in (link.source, link.destination))


def contexts_input(contexts: Contexts) -> bytes:
    """What :meth:`Chooser.contexts` reads, of the first four contexts."""
    chosen = list(contexts.values())[:4]
    each = [bytes((item.identifier | (not item.compress) << 7, item.length)) + item.prefix for item in chosen]
    return bytes((len(chosen),)) + b"".join(each)


def inside(error: Malformed, octets: bytes) -> bool:
    """Whether an error is at a place that there is."""
    return 0 <= error.offset <= len(octets)
