"""Tables of contexts that hold something else than what was announced."""

from collections.abc import Callable

from p6lowpan.wire.sixlowpan.contexts import IDENTIFIERS, Context, Contexts, masked


def all_64(contexts: Contexts) -> Contexts:
    """Every context is a /64: longer ones are cut, shorter ones are followed by zeros."""
    return {known.identifier: _as_64(known) for known in contexts.values()}


def _as_64(known: Context) -> Context:
    return Context(known.identifier, masked(known.prefix, 64), 64)


def zero_64(count: int = IDENTIFIERS) -> Callable[[Contexts], Contexts]:
    """Every context is a /64, and one that was not announced is all zeros; ``count`` of them."""

    def installed(contexts: Contexts) -> Contexts:
        known = all_64(contexts)
        return {number: known.get(number, Context(number, bytes(16), 64)) for number in range(count)}

    return installed
