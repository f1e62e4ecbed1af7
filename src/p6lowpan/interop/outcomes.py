"""How a step ends where nothing comes of it: the frame is dropped, the packet refused, or the stack stops."""


class Dropped(Exception):
    """The stack discards the frame; ``reason`` in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HandsUp(Exception):
    """The stack gives up reading and hands these octets up, as a packet or as what the fragment holds."""

    def __init__(self, octets: bytes) -> None:
        super().__init__(octets)
        self.octets = octets


class Refused(Exception):
    """The stack does not send the packet; ``reason`` in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Crashed(Exception):
    """The stack does not survive the input: a panic, a failed assertion, an endless loop; ``how`` in words.

    ``handed_up``: the packet that went up before.
    """

    def __init__(self, how: str, handed_up: bytes | None = None) -> None:
        super().__init__(how)
        self.how = how
        self.handed_up = handed_up
