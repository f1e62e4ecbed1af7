"""What a node itself does with datagrams: services by port, each a function of a datagram to its answer.

A driver binds the ports (:meth:`Services.begin`) and gives the node what :meth:`Services.answer` makes of its outputs.
:class:`ServingNode` does so by itself, for whoever drives a node alone: the simulator, a program without an event loop.
"""

from collections.abc import Callable, Mapping

from p6lowpan.capability.limits import Limits
from p6lowpan.machines.coap import server as coap
from p6lowpan.machines.coap.resources import Echo
from p6lowpan.machines.network.outputs import DeliverUdp
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import Bind, Input, SendUdp
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import Output
from p6lowpan.wire.address import is_multicast

ECHO_PORT = 7  # RFC 862
Service = Callable[[int, DeliverUdp], bytes | None]
"""The time and a datagram to the payload of its answer; ``None``: there is none."""


def echo(_now: int, datagram: DeliverUdp) -> bytes | None:
    """What came goes back (RFC 862), but not to another echo service, with which it would never end, nor from all
    members of a group at once."""
    if datagram.source_port == datagram.destination_port or is_multicast(datagram.destination):
        return None
    return datagram.payload


def coap_echo(limits: Limits, seed: int = 0) -> Service:
    """A CoAP server with ``/echo`` and ``/.well-known/core``."""
    server = coap.Server({"echo": Echo()}, limits, seed)

    def service(now: int, datagram: DeliverUdp) -> bytes | None:
        return server.received(now, datagram.source, datagram.source_port, datagram.destination, datagram.payload)

    return service


def echoes(limits: Limits, seed: int = 0) -> "Services":
    """UDP echo and CoAP echo, at their ports."""
    return Services({ECHO_PORT: echo, coap.PORT: coap_echo(limits, seed)})


class Services:
    """See the module."""

    def __init__(self, services: Mapping[int, Service]) -> None:
        self._services = dict(services)

    def begin(self) -> tuple[Bind, ...]:
        """What the node is to be given first."""
        return tuple(Bind(port) for port in self._services)

    def answer(self, now: int, output: object) -> SendUdp | None:
        """What the node is to be given because of an output of its own. The answer comes from the address that was
        asked."""
        if not isinstance(output, DeliverUdp) or output.destination_port not in self._services:
            return None
        payload = self._services[output.destination_port](now, output)
        if payload is None:
            return None
        source = None if is_multicast(output.destination) else output.destination
        return SendUdp(output.destination_port, output.source, output.source_port, payload, source=source)


class ServingNode(Node):
    """A node that serves."""

    def __init__(self, configuration: NodeConfiguration, services: Services) -> None:
        super().__init__(configuration)
        self.services = services
        self._begun = False

    def handle(self, now: int, given: Input, /) -> tuple[Output, ...]:
        """What the node does, and what its services do then."""
        outputs: list[Output] = []
        if not self._begun:
            self._begun = True
            for bind in self.services.begin():
                outputs += super().handle(now, bind)
        for output in super().handle(now, given):
            outputs.append(output)
            answer = self.services.answer(now, output)
            outputs += super().handle(now, answer) if answer is not None else ()
        return tuple(outputs)
