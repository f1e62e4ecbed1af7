"""The two families of errors: octets that a peer sent, and a caller who asked for what cannot be. A third is the
operating system's: how it is said."""

from p6lowpan.capability.reasons import Reason


class Malformed(Exception):
    """Octets that cannot be what they claim.

    ``layer`` names the format, ``offset`` is counted in octets from that layer's first octet (after
    :meth:`shifted`, from the first octet of whatever contains it), ``detail`` says what was found and expected.
    """

    def __init__(self, layer: str, offset: int, reason: Reason, detail: str = "") -> None:
        super().__init__(layer, offset, reason, detail)
        self.layer = layer
        self.offset = offset
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.layer} at octet {self.offset}: {self.reason.value}" + (
            f" ({self.detail})" if self.detail else ""
        )

    def shifted(self, octets: int) -> "Malformed":
        """The same error, counted from ``octets`` octets earlier."""
        return Malformed(self.layer, self.offset + octets, self.reason, self.detail)


class UsageError(ValueError):
    """Our caller asked for a value that cannot exist or a thing that is not there; the message says which."""


def said_by(error: OSError) -> str:
    """What the operating system refused, in words: of what, where that is known, and why."""
    why = error.strerror or str(error)
    return why if error.filename is None else f"{error.filename or repr('')}: {why}"
