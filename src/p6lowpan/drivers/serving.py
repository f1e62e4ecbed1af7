"""Services of a node in an event loop."""

import contextlib

from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.socket_errors import error_of
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.outputs import Output
from p6lowpan.node.services import Services


def serve(node: AsyncioNode, services: Services) -> None:
    """Let a node that runs answer what comes for its services. Raises :class:`OSError` where a port is taken."""
    for bind in services.begin():
        for output in node.give(bind):
            if isinstance(output, Dropped):
                raise error_of(output.reason, output.detail)

    def told(output: Output) -> None:
        with contextlib.suppress(OSError):  # the node was closed meanwhile
            answer = services.answer(node.now, output)
            if answer is not None:
                node.give(answer)

    node.listeners.append(told)
