"""What a user gives as text: contexts, addresses, keys, files of them. Raises :class:`UsageError` with the reason."""

import ipaddress
from collections.abc import Iterable, Iterator

from p6lowpan.analysis.keys import Key, parse_key
from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.address import LinkAddress, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context, masked

COMMENT = "#"
ADDRESS_WORD = "address"
LARGEST_INSTANCE = 255


def parse_context(text: str) -> Context:
    """``CID=PREFIX/LENGTH``: ``0=fd00:db8::/64``."""
    identifier, _, prefix = text.partition("=")
    try:
        network = ipaddress.IPv6Interface(prefix.strip())
        return Context(int(identifier), masked(network.ip.packed, network.network.prefixlen), network.network.prefixlen)
    except ValueError as error:
        why = f": {error}" if isinstance(error, UsageError) else ""
        raise UsageError(f"a context is CID=PREFIX/LENGTH, 0=fd00::/64 say, not {text!r}{why}") from None


def parse_address(text: str) -> tuple[LinkAddress, LinkAddress]:
    """``SHORT=EUI64``: ``9c00=0200000000000001``."""
    short_text, _, extended_text = text.partition("=")
    try:
        short, extended = parse_link(short_text.strip()), parse_link(extended_text.strip())
    except UsageError:
        short = extended = LinkAddress(b"")
    if len(short) != 2 or len(extended) != 8:
        raise UsageError(f"an address is SHORT=EUI64, 4 and 16 hex digits, not {text!r}")
    return short, extended


def parse_root(text: str) -> tuple[int | None, bytes]:
    """``[INSTANCE=]ADDRESS``, the root of a RPL instance, or of any: ``fd00::1``, ``5=fd00::1``."""
    *instance, address = text.split("=", 1)
    try:
        number = int(instance[0]) if instance else None
        root = ipaddress.IPv6Address(address.strip()).packed
    except ValueError:
        number, root = LARGEST_INSTANCE + 1, b""
    if number is not None and not 0 <= number <= LARGEST_INSTANCE:
        raise UsageError(f"a root is [INSTANCE=]ADDRESS, fd00::1 or 5=fd00::1 say, not {text!r}")
    return number, root


def lines_of(text: str) -> Iterator[str]:
    """The lines of a file that say something: without comments and empty ones."""
    for line in text.splitlines():
        said = line.partition(COMMENT)[0].strip()
        if said:
            yield said


def contexts_of(texts: Iterable[str]) -> tuple[Context, ...]:
    """Contexts by their text; of one identifier the last counts."""
    return tuple({context.identifier: context for context in map(parse_context, texts)}.values())


def keys_and_addresses(texts: Iterable[str]) -> tuple[list[Key], dict[LinkAddress, LinkAddress]]:
    """What a key file holds: keys, and lines ``address SHORT EUI64``."""
    keys: list[Key] = []
    addresses: dict[LinkAddress, LinkAddress] = {}
    for text in texts:
        word, *values = text.split()
        if word.lower() == ADDRESS_WORD:
            short, extended = parse_address("=".join(values))
            addresses[short] = extended
        else:
            keys.append(parse_key(text))
    return keys, addresses
