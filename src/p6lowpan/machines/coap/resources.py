"""Resources: one that keeps what it is given, and the list of all (RFC 6690)."""

from collections.abc import Mapping

from p6lowpan.machines.coap.exchange import (
    CHANGED,
    CONTENT,
    CONTENT_FORMAT,
    CREATED,
    DELETED,
    METHOD_NOT_ALLOWED,
    Request,
    Resource,
    Response,
)
from p6lowpan.wire.coap import registry

WELL_KNOWN_CORE = ".well-known/core"  # RFC 6690 section 4
LINK_FORMAT, OCTET_STREAM = 40, 42  # RFC 7252 section 12.3


class Echo:
    """GET brings what PUT has left; what POST brings goes back at once; DELETE forgets it."""

    attributes = 'rt="echo";ct=42'

    def __init__(self) -> None:
        self._kept: tuple[bytes, int] | None = None

    def handle(self, request: Request) -> Response:
        """RFC 7252 section 5.8."""
        kind = request.number(CONTENT_FORMAT)
        brought = request.payload, OCTET_STREAM if kind is None else kind
        match request.code:
            case registry.GET:
                return Response(CONTENT, *(self._kept or (b"", OCTET_STREAM)))
            case registry.PUT:
                is_new, self._kept = self._kept is None, brought
                return Response(CREATED if is_new else CHANGED)
            case registry.POST:
                return Response(CHANGED, *brought)
            case registry.DELETE:
                self._kept = None
                return Response(DELETED)
        return Response(METHOD_NOT_ALLOWED)


class Listing:
    """``/.well-known/core``: a link for each resource, itself left out."""

    attributes = "ct=40"

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._links = ",".join(f"</{path}>;{one.attributes}" for path, one in resources.items())

    def handle(self, request: Request) -> Response:
        """All links, whatever is asked for: who is that small need not look for some (RFC 6690 section 4.1)."""
        if request.code != registry.GET:
            return Response(METHOD_NOT_ALLOWED)
        return Response(CONTENT, self._links.encode(), LINK_FORMAT)
