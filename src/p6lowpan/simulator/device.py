"""What the simulator takes for a device: a node, or whatever a test puts in its place."""

from typing import Protocol

from p6lowpan.node.inputs import Input


class Device(Protocol):
    """Something that is told what happened and says what to do; nothing in it looks at a clock or draws by chance.

    Of its outputs the simulator performs ``Transmit`` and ``AssessChannel``, counts ``Dropped``, and shows all but the
    first two to whoever listens.
    """

    @property
    def deadline(self) -> int | None:
        """When it wants a ``Wake``, in microseconds; ``None``: never."""

    def handle(self, now: int, given: Input, /) -> tuple[object, ...]:
        """Take an input at the time ``now``, which never goes back, and say what is to be done."""
