"""What a router says of a registration, and what the registering node makes of it: RFC 6775 sections 4.1 and 5.5.3,
RFC 8505 table 1 and section 5.7, RFC 9685.

Where the RFCs leave the answer open, the rows below decide. A status that nobody assigned is a failure like any other
(RFC 6775 section 5.5.2: "If the Status field is not equal to zero, the address registration has failed").
"""

from collections.abc import Mapping
from enum import Enum, IntEnum


class Status(IntEnum):
    """The statuses that we send or know an answer to."""

    SUCCESS = 0
    DUPLICATE_ADDRESS = 1
    NEIGHBOR_CACHE_FULL = 2
    MOVED = 3
    REMOVED = 4
    VALIDATION_REQUESTED = 5
    DUPLICATE_SOURCE_ADDRESS = 6
    INVALID_SOURCE_ADDRESS = 7
    REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT = 8
    REGISTRY_SATURATED = 9
    VALIDATION_FAILED = 10
    REFRESH_REQUEST = 11
    INVALID_REGISTRATION = 12


class Response(Enum):
    """What the registering node does."""

    USE = "the address is registered with this router"
    ABANDON_ADDRESS = "nobody may use it: the registrations with other routers are given back"
    LEAVE_ROUTER = "it goes from the default router list, and another is tried"
    ADVANCE = "the network knows a later counter of ours: ours is set forward, and the address registered again"
    AGAIN_LATER = "no other router would help: the address stays as it is, and is registered again after a while"
    AGAIN_NOW = "it is registered again"
    DO_WITHOUT = "it is not registered with this router"


RESPONSES: Mapping[int, Response] = {
    Status.SUCCESS: Response.USE,
    Status.DUPLICATE_ADDRESS: Response.ABANDON_ADDRESS,  # RFC 6775 5.5.3: "MUST NOT use", "MUST be removed"
    Status.NEIGHBOR_CACHE_FULL: Response.LEAVE_ROUTER,  # RFC 6775 5.5.3: "SHOULD remove this router"
    Status.MOVED: Response.ADVANCE,
    Status.REMOVED: Response.AGAIN_LATER,
    Status.DUPLICATE_SOURCE_ADDRESS: Response.LEAVE_ROUTER,  # RFC 8505 5.6: unique for each pair of neighbors only
    Status.REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT: Response.ABANDON_ADDRESS,
    Status.REGISTRY_SATURATED: Response.AGAIN_LATER,  # RFC 8505 5.7: "no point in the node retrying via another 6LR"
    Status.REFRESH_REQUEST: Response.AGAIN_NOW,  # RFC 9685
}
"""Any other status: :attr:`Response.DO_WITHOUT`."""


def response_to(status: int) -> Response:
    """What to do about a status, whatever it is."""
    return RESPONSES.get(status, Response.DO_WITHOUT)
