"""What a frame taught about contexts, in words."""

from p6lowpan.analysis.presentation.names import ipv6_name
from p6lowpan.machines.adaptation.context_table import (
    ContextAdded,
    ContextChanged,
    ContextEvent,
    ContextExpired,
    ContextRemoved,
)
from p6lowpan.wire.sixlowpan.contexts import Context


def context_words(context: Context) -> str:
    """``context 1 = 2001:db8::/64``."""
    use = "" if context.compress else ", for decompression only"
    return f"context {context.identifier} = {ipv6_name(context.prefix)}/{context.length}{use}"


def learned_words(event: ContextEvent) -> str:
    """What became of a context."""
    match event:
        case ContextAdded(context=context):
            return f"new: {context_words(context)}"
        case ContextChanged(before=before, after=after, too_soon=too_soon):
            soon = "; too soon, octets compressed with the old one may be on their way" if too_soon else ""
            return f"changed: {context_words(after)} (was {ipv6_name(before.prefix)}/{before.length}){soon}"
        case ContextExpired(context=context):
            return f"expired: {context_words(context)}"
        case ContextRemoved(context=context, withdrawn=withdrawn):
            return f"{'withdrawn' if withdrawn else 'gone'}: {context_words(context)}"
