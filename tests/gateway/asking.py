"""Asking what crosses the air: a frame may meet another there, as on any radio, and a packet may be lost to that."""

from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.gateway.control import Answer, ask

TIMES = 3


async def asked_again(control: str, **question: Any) -> Answer:
    """The answer of a node, which is asked three times at most. Raises :class:`UsageError` where none of them comes."""
    for _ in range(TIMES - 1):
        try:
            return await ask(control, **question)
        except UsageError as error:
            if "nobody answers" not in str(error):
                raise
    return await ask(control, **question)
