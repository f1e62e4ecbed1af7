"""Why octets were refused, a caller corrected, or a frame dropped: one list of reasons for every layer.

The values are stable: they appear in the JSON output, in counters and, generated, in C.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A named reason. Every drop and every decoding error carries exactly one."""

    # what octets may be guilty of
    TRUNCATED = "truncated"  # the octets end before the field does
    TRAILING = "trailing"  # octets are left where the format ends
    FIXED_VALUE = "fixed-value"  # a field that can hold only one value holds another
    RESERVED = "reserved"  # a combination that the RFC reserves
    BAD_LENGTH = "bad-length"  # a length that contradicts its surroundings
    BAD_CHECKSUM = "bad-checksum"
    BAD_VALUE = "bad-value"  # a value that the field's RFC forbids
    BAD_ORDER = "bad-order"  # headers in an order that the RFC forbids
    UNKNOWN_DISPATCH = "unknown-dispatch"
    UNKNOWN_NEXT_HEADER = "unknown-next-header"  # an NHC octet that no RFC assigns
    NOT_A_LOWPAN_FRAME = "not-a-lowpan-frame"  # dispatch 00xxxxxx, RFC 4944 section 5.1
    NO_CONTEXT = "no-context"  # a context identifier that is not in the table
    NO_LINK_ADDRESS = "no-link-address"  # an elided address, and no link-layer address to take it from
    BAD_BACKREFERENCE = "bad-backreference"  # RFC 7400: refers to octets before the start
    UNSUPPORTED = "unsupported"  # understood, but not handled: named in the message

    # what security may find
    NO_KEY = "no-key"
    NO_EXTENDED_ADDRESS = "no-extended-address"  # the nonce needs the EUI-64 of a short source
    BAD_INTEGRITY_CODE = "bad-integrity-code"
    SECURITY_TOO_LOW = "security-too-low"  # less than the receiver demands, or a level that authenticates nothing
    REPLAYED = "replayed"  # a frame counter that is not above the last one of its sender
    COUNTER_EXHAUSTED = "counter-exhausted"  # the frame counter ended: the key must be changed
    SECURED_NEIGHBORS_FULL = "secured-neighbors-full"  # no room to remember one more frame counter
    SHORT_ADDRESSES_FULL = "short-addresses-full"  # the EUI-64 of the short address learned first was forgotten

    # bounds (capability.limits)
    TOO_MUCH_GROWTH = "too-much-growth"
    TOO_DEEP = "too-deep"  # nested compressed IPv6
    TOO_MANY_EXTENSION_HEADERS = "too-many-extension-headers"
    TOO_BIG = "too-big"  # datagram size
    NO_ROOM = "no-room"  # frames too short for what a fragment must hold
    FEATURE_ABOVE_PROFILE = "feature-above-profile"

    # reassembly
    FRAGMENT_OVERLAP = "fragment-overlap"
    FRAGMENT_PAST_END = "fragment-past-end"
    FRAGMENT_SIZE_DIFFERS = "fragment-size-differs"
    REASSEMBLY_TIMEOUT = "reassembly-timeout"
    REASSEMBLY_FULL = "reassembly-full"
    REASSEMBLY_UNFINISHED = "reassembly-unfinished"  # the input ended first
    NO_ROOT = "no-root"  # an address that a 6LoRH tells by that of the DODAG's root, and no root is known
    REASSEMBLY_ABORTED = "reassembly-aborted"  # by one of the ends, or a router between them (RFC 8931 section 6.3)

    # discovery of levels
    UNPROVOKED = "unprovoked"  # an error about something that was never sent
    STALE = "stale"  # an error about less than what was last sent
    NOT_SECURED = "not-secured"  # a claim about levels without the security that the link demands

    # the mesh
    HOPS_EXHAUSTED = "hops-exhausted"  # no hops are left in the mesh header
    NOT_A_FORWARDER = "not-a-forwarder"  # a frame for another, and this node works for nobody
    OWN_FRAME = "own-frame"  # one that began here, which the mesh brought back

    # the link
    CHANNEL_BUSY = "channel-busy"  # CSMA/CA found the channel busy as often as it may look
    NO_ACKNOWLEDGEMENT = "no-acknowledgement"  # after all retries
    NO_RADIO_REPORT = "no-radio-report"  # the radio never said what came of a command
    RADIO_BUSY = "radio-busy"  # an acknowledgement was due while the radio was sending
    QUEUE_FULL = "queue-full"
    INCOMPLETE_DATAGRAM = "incomplete-datagram"  # a frame that waited when another of its datagram was lost: not sent
    DUPLICATE = "duplicate"  # a frame that came before: sent again, or flooded by another neighbor
    DUPLICATE_MEMORY_FULL = "duplicate-memory-full"  # a neighbor's latest frames were forgotten before their time
    UNEXPECTED = "unexpected"  # an event for which the state that it met has no row

    # Neighbor Discovery
    NOT_FROM_A_NEIGHBOR = "not-from-a-neighbor"  # hop limit other than 255: RFC 4861 says that a router forwarded it
    BAD_SOURCE = "bad-source"  # an address that may not send this message
    BAD_DESTINATION = "bad-destination"  # an address to which this message may not be sent
    OPTION_MISSING = "option-missing"
    NOT_FOR_US = "not-for-us"  # about an address that is not ours, or for another part than ours
    NOT_ASKED_FOR = "not-asked-for"  # an answer to which there is no question
    STALE_INFORMATION = "stale-information"  # of an older version than what is known (RFC 6775 section 8.1.3)
    NEIGHBOR_UNREACHABLE = "neighbor-unreachable"  # address resolution or the reachability probes failed
    NEIGHBOR_CACHE_FULL = "neighbor-cache-full"
    NEIGHBOR_QUEUE_FULL = "neighbor-queue-full"  # the packet that waited longest for its neighbor's address
    OWN_ADDRESSES_FULL = "own-addresses-full"
    DEFAULT_ROUTERS_FULL = "default-routers-full"
    PREFIXES_FULL = "prefixes-full"
    BORDER_ROUTERS_FULL = "border-routers-full"
    BINDINGS_FULL = "bindings-full"  # the border router's
    ADVERTISEMENTS_FULL = "advertisements-full"  # too many router solicitations wait for their answer
    DUPLICATE_REQUESTS_FULL = "duplicate-requests-full"
    DETECTION_UNDER_WAY = "detection-under-way"  # the address of another registration is being checked
    DUPLICATE_ADDRESS = "duplicate-address"
    ROUTER_REFUSED = "router-refused"  # it takes no registration, or refused one of ours
    LIFETIME_ENDED = "lifetime-ended"
    WITHDRAWN = "withdrawn"  # by whoever announced or registered it
    MOVED = "moved"  # a registration of the same node elsewhere is more recent

    # the network
    ADDRESS_REFUSED = "address-refused"  # somebody else has it, or the router has no room
    TENTATIVE_ADDRESS = "tentative-address"  # not ours yet: only Neighbor Discovery may use it
    BEYOND_SCOPE = "beyond-scope"  # a link-local address in a packet that would leave its link
    LINK_BROADCAST = "link-broadcast"  # to be forwarded, but the frame was for everybody: so everybody would
    HOP_LIMIT_EXCEEDED = "hop-limit-exceeded"
    NO_ROUTE = "no-route"
    ADDRESS_UNREACHABLE = "address-unreachable"  # the next hop did not answer
    NO_SOURCE_ADDRESS = "no-source-address"  # none of ours serves to reach the destination
    UNRECOGNIZED_HEADER = "unrecognized-header"  # a next header or a routing type that the node does not process
    UNRECOGNIZED_OPTION = "unrecognized-option"  # one whose action bits say: discard
    SOURCE_ROUTE_LOOP = "source-route-loop"
    SOURCE_ROUTE_BROKEN = "source-route-broken"  # the next address of a strict route is not on-link
    NO_PAYLOAD = "no-payload"  # nothing follows the headers, and they have been done justice
    NOT_PERMITTED = "not-permitted"  # from the backbone, and neither a rule nor an answer to somebody inside
    AIR_FULL = "air-full"  # from the backbone, and more already waits than the radio can send
    PORT_UNREACHABLE = "port-unreachable"
    PORT_IN_USE = "port-in-use"
    ERROR_LIMIT = "error-limit"  # an ICMPv6 error that the token bucket held back
    GROUPS_FULL = "groups-full"
    ROUTES_FULL = "routes-full"
    PORTS_FULL = "ports-full"

    # requests and files
    BAD_REQUEST = "bad-request"
    NOT_A_CAPTURE = "not-a-capture"
    BAD_CAPTURE = "bad-capture"
    UNKNOWN_LINK_TYPE = "unknown-link-type"
