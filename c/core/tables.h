/* Generated from the Python package by c/write_tables.py: do not edit. */
#ifndef P6LOWPAN_TABLES_H
#define P6LOWPAN_TABLES_H

/* Why octets were refused: capability/reasons.py. */
typedef enum p6_reason {
    P6_OK = 0,
    P6_TRUNCATED = 1, /* truncated */
    P6_TRAILING = 2, /* trailing */
    P6_FIXED_VALUE = 3, /* fixed-value */
    P6_RESERVED = 4, /* reserved */
    P6_BAD_LENGTH = 5, /* bad-length */
    P6_BAD_CHECKSUM = 6, /* bad-checksum */
    P6_BAD_VALUE = 7, /* bad-value */
    P6_BAD_ORDER = 8, /* bad-order */
    P6_UNKNOWN_DISPATCH = 9, /* unknown-dispatch */
    P6_UNKNOWN_NEXT_HEADER = 10, /* unknown-next-header */
    P6_NOT_A_LOWPAN_FRAME = 11, /* not-a-lowpan-frame */
    P6_NO_CONTEXT = 12, /* no-context */
    P6_NO_LINK_ADDRESS = 13, /* no-link-address */
    P6_BAD_BACKREFERENCE = 14, /* bad-backreference */
    P6_UNSUPPORTED = 15, /* unsupported */
    P6_NO_KEY = 16, /* no-key */
    P6_NO_EXTENDED_ADDRESS = 17, /* no-extended-address */
    P6_BAD_INTEGRITY_CODE = 18, /* bad-integrity-code */
    P6_SECURITY_TOO_LOW = 19, /* security-too-low */
    P6_REPLAYED = 20, /* replayed */
    P6_COUNTER_EXHAUSTED = 21, /* counter-exhausted */
    P6_SECURED_NEIGHBORS_FULL = 22, /* secured-neighbors-full */
    P6_SHORT_ADDRESSES_FULL = 23, /* short-addresses-full */
    P6_TOO_MUCH_GROWTH = 24, /* too-much-growth */
    P6_TOO_DEEP = 25, /* too-deep */
    P6_TOO_MANY_EXTENSION_HEADERS = 26, /* too-many-extension-headers */
    P6_TOO_BIG = 27, /* too-big */
    P6_NO_ROOM = 28, /* no-room */
    P6_FEATURE_ABOVE_PROFILE = 29, /* feature-above-profile */
    P6_FRAGMENT_OVERLAP = 30, /* fragment-overlap */
    P6_FRAGMENT_PAST_END = 31, /* fragment-past-end */
    P6_FRAGMENT_SIZE_DIFFERS = 32, /* fragment-size-differs */
    P6_REASSEMBLY_TIMEOUT = 33, /* reassembly-timeout */
    P6_REASSEMBLY_FULL = 34, /* reassembly-full */
    P6_REASSEMBLY_UNFINISHED = 35, /* reassembly-unfinished */
    P6_NO_ROOT = 36, /* no-root */
    P6_REASSEMBLY_ABORTED = 37, /* reassembly-aborted */
    P6_UNPROVOKED = 38, /* unprovoked */
    P6_STALE = 39, /* stale */
    P6_NOT_SECURED = 40, /* not-secured */
    P6_HOPS_EXHAUSTED = 41, /* hops-exhausted */
    P6_NOT_A_FORWARDER = 42, /* not-a-forwarder */
    P6_OWN_FRAME = 43, /* own-frame */
    P6_CHANNEL_BUSY = 44, /* channel-busy */
    P6_NO_ACKNOWLEDGEMENT = 45, /* no-acknowledgement */
    P6_NO_RADIO_REPORT = 46, /* no-radio-report */
    P6_RADIO_BUSY = 47, /* radio-busy */
    P6_QUEUE_FULL = 48, /* queue-full */
    P6_INCOMPLETE_DATAGRAM = 49, /* incomplete-datagram */
    P6_DUPLICATE = 50, /* duplicate */
    P6_DUPLICATE_MEMORY_FULL = 51, /* duplicate-memory-full */
    P6_UNEXPECTED = 52, /* unexpected */
    P6_NOT_FROM_A_NEIGHBOR = 53, /* not-from-a-neighbor */
    P6_BAD_SOURCE = 54, /* bad-source */
    P6_BAD_DESTINATION = 55, /* bad-destination */
    P6_OPTION_MISSING = 56, /* option-missing */
    P6_NOT_FOR_US = 57, /* not-for-us */
    P6_NOT_ASKED_FOR = 58, /* not-asked-for */
    P6_STALE_INFORMATION = 59, /* stale-information */
    P6_NEIGHBOR_UNREACHABLE = 60, /* neighbor-unreachable */
    P6_NEIGHBOR_CACHE_FULL = 61, /* neighbor-cache-full */
    P6_NEIGHBOR_QUEUE_FULL = 62, /* neighbor-queue-full */
    P6_OWN_ADDRESSES_FULL = 63, /* own-addresses-full */
    P6_DEFAULT_ROUTERS_FULL = 64, /* default-routers-full */
    P6_PREFIXES_FULL = 65, /* prefixes-full */
    P6_BORDER_ROUTERS_FULL = 66, /* border-routers-full */
    P6_BINDINGS_FULL = 67, /* bindings-full */
    P6_ADVERTISEMENTS_FULL = 68, /* advertisements-full */
    P6_DUPLICATE_REQUESTS_FULL = 69, /* duplicate-requests-full */
    P6_DETECTION_UNDER_WAY = 70, /* detection-under-way */
    P6_DUPLICATE_ADDRESS = 71, /* duplicate-address */
    P6_ROUTER_REFUSED = 72, /* router-refused */
    P6_LIFETIME_ENDED = 73, /* lifetime-ended */
    P6_WITHDRAWN = 74, /* withdrawn */
    P6_MOVED = 75, /* moved */
    P6_ADDRESS_REFUSED = 76, /* address-refused */
    P6_TENTATIVE_ADDRESS = 77, /* tentative-address */
    P6_BEYOND_SCOPE = 78, /* beyond-scope */
    P6_LINK_BROADCAST = 79, /* link-broadcast */
    P6_HOP_LIMIT_EXCEEDED = 80, /* hop-limit-exceeded */
    P6_NO_ROUTE = 81, /* no-route */
    P6_ADDRESS_UNREACHABLE = 82, /* address-unreachable */
    P6_NO_SOURCE_ADDRESS = 83, /* no-source-address */
    P6_UNRECOGNIZED_HEADER = 84, /* unrecognized-header */
    P6_UNRECOGNIZED_OPTION = 85, /* unrecognized-option */
    P6_SOURCE_ROUTE_LOOP = 86, /* source-route-loop */
    P6_SOURCE_ROUTE_BROKEN = 87, /* source-route-broken */
    P6_NO_PAYLOAD = 88, /* no-payload */
    P6_NOT_PERMITTED = 89, /* not-permitted */
    P6_AIR_FULL = 90, /* air-full */
    P6_PORT_UNREACHABLE = 91, /* port-unreachable */
    P6_PORT_IN_USE = 92, /* port-in-use */
    P6_ERROR_LIMIT = 93, /* error-limit */
    P6_GROUPS_FULL = 94, /* groups-full */
    P6_ROUTES_FULL = 95, /* routes-full */
    P6_PORTS_FULL = 96, /* ports-full */
    P6_BAD_REQUEST = 97, /* bad-request */
    P6_NOT_A_CAPTURE = 98, /* not-a-capture */
    P6_BAD_CAPTURE = 99, /* bad-capture */
    P6_UNKNOWN_LINK_TYPE = 100, /* unknown-link-type */
} p6_reason;

/* The table of features: capability/features.py. */
#define P6_FEATURE_UNCOMPRESSED_IPV6 0
#define P6_LEVEL_OF_UNCOMPRESSED_IPV6 0
#define P6_FLEX_UNCOMPRESSED_IPV6 0x80000000u /* RFC 4944 5.1 */
#define P6_FEATURE_FRAGMENTATION 1
#define P6_LEVEL_OF_FRAGMENTATION 0
#define P6_FLEX_FRAGMENTATION 0x40000000u /* RFC 4944 5.3 */
#define P6_FEATURE_IPHC 2
#define P6_LEVEL_OF_IPHC 1
#define P6_FLEX_IPHC 0x20000000u /* RFC 6282 3.1 */
#define P6_FEATURE_STATELESS_UNICAST 3
#define P6_LEVEL_OF_STATELESS_UNICAST 1
#define P6_FLEX_STATELESS_UNICAST 0x10000000u /* RFC 6282 3.1.1 */
#define P6_FEATURE_ELIDED_IDENTIFIER 4
#define P6_LEVEL_OF_ELIDED_IDENTIFIER 1
#define P6_FLEX_ELIDED_IDENTIFIER 0x08000000u /* RFC 6282 3.2.2 */
#define P6_FEATURE_SHORT_ADDRESSES 5
#define P6_LEVEL_OF_SHORT_ADDRESSES 1
#define P6_FLEX_SHORT_ADDRESSES 0x04000000u /* RFC 6282 3.2.2 */
#define P6_FEATURE_STATELESS_MULTICAST 6
#define P6_LEVEL_OF_STATELESS_MULTICAST 1
#define P6_FLEX_STATELESS_MULTICAST 0x02000000u /* RFC 6282 3.2.4 */
#define P6_FEATURE_UNSPECIFIED_SOURCE 7
#define P6_LEVEL_OF_UNSPECIFIED_SOURCE 1
#define P6_FLEX_UNSPECIFIED_SOURCE 0x01000000u /* RFC 6282 3.1.1 */
#define P6_FEATURE_STATEFUL_UNICAST 8
#define P6_LEVEL_OF_STATEFUL_UNICAST 2
#define P6_FLEX_STATEFUL_UNICAST 0x00800000u /* RFC 6282 3.1.1 */
#define P6_FEATURE_STATEFUL_MULTICAST 9
#define P6_LEVEL_OF_STATEFUL_MULTICAST 2
#define P6_FLEX_STATEFUL_MULTICAST 0x00400000u /* RFC 6282 3.2.4 */
#define P6_FEATURE_CONTEXT_IDENTIFIER 10
#define P6_LEVEL_OF_CONTEXT_IDENTIFIER 2
#define P6_FLEX_CONTEXT_IDENTIFIER 0x00200000u /* RFC 6282 3.1.2 */
#define P6_FEATURE_TRAFFIC_CLASS 11
#define P6_LEVEL_OF_TRAFFIC_CLASS 3
#define P6_FLEX_TRAFFIC_CLASS 0x00100000u /* RFC 6282 3.1.1 */
#define P6_FEATURE_FLOW_LABEL 12
#define P6_LEVEL_OF_FLOW_LABEL 3
#define P6_FLEX_FLOW_LABEL 0x00080000u /* RFC 6282 3.1.1 */
#define P6_FEATURE_HOP_LIMIT 13
#define P6_LEVEL_OF_HOP_LIMIT 3
#define P6_FLEX_HOP_LIMIT 0x00040000u /* RFC 6282 3.1.1 */
#define P6_FEATURE_NHC_UDP 14
#define P6_LEVEL_OF_NHC_UDP 4
#define P6_FLEX_NHC_UDP 0x00020000u /* RFC 6282 4.3 */
#define P6_FEATURE_NHC_UDP_PORTS 15
#define P6_LEVEL_OF_NHC_UDP_PORTS 4
#define P6_FLEX_NHC_UDP_PORTS 0x00010000u /* RFC 6282 4.3.1 */
#define P6_FEATURE_TUNNELLED_IPV6 16
#define P6_LEVEL_OF_TUNNELLED_IPV6 4
#define P6_FLEX_TUNNELLED_IPV6 0x00008000u /* RFC 2473 */
#define P6_FEATURE_HEADERS_PAST_FIRST_FRAGMENT 17
#define P6_LEVEL_OF_HEADERS_PAST_FIRST_FRAGMENT 4
#define P6_FLEX_HEADERS_PAST_FIRST_FRAGMENT 0x00004000u /* RFC 4944 5.3 */
#define P6_FEATURE_NHC_HOP_BY_HOP 18
#define P6_LEVEL_OF_NHC_HOP_BY_HOP 5
#define P6_FLEX_NHC_HOP_BY_HOP 0x00002000u /* RFC 6282 4.2 */
#define P6_FEATURE_NHC_ROUTING 19
#define P6_LEVEL_OF_NHC_ROUTING 5
#define P6_FLEX_NHC_ROUTING 0x00001000u /* RFC 6282 4.2 */
#define P6_FEATURE_NHC_FRAGMENT 20
#define P6_LEVEL_OF_NHC_FRAGMENT 5
#define P6_FLEX_NHC_FRAGMENT 0x00000800u /* RFC 6282 4.2 */
#define P6_FEATURE_NHC_DESTINATION_OPTIONS 21
#define P6_LEVEL_OF_NHC_DESTINATION_OPTIONS 5
#define P6_FLEX_NHC_DESTINATION_OPTIONS 0x00000400u /* RFC 6282 4.2 */
#define P6_FEATURE_NHC_MOBILITY 22
#define P6_LEVEL_OF_NHC_MOBILITY 5
#define P6_FLEX_NHC_MOBILITY 0x00000200u /* RFC 6282 4.2 */
#define P6_FEATURE_NHC_PADDING_ELIDED 23
#define P6_LEVEL_OF_NHC_PADDING_ELIDED 5
#define P6_FLEX_NHC_PADDING_ELIDED 0x00000000u /* RFC 6282 4.2 */
#define P6_FEATURE_MESH_HEADER 24
#define P6_LEVEL_OF_MESH_HEADER 5
#define P6_FLEX_MESH_HEADER 0x00000100u /* RFC 4944 5.2 */
#define P6_FEATURE_MESH_DEEP_HOPS 25
#define P6_LEVEL_OF_MESH_DEEP_HOPS 5
#define P6_FLEX_MESH_DEEP_HOPS 0x00000000u /* RFC 4944 5.2 */
#define P6_FEATURE_BROADCAST_HEADER 26
#define P6_LEVEL_OF_BROADCAST_HEADER 5
#define P6_FLEX_BROADCAST_HEADER 0x00000080u /* RFC 4944 11.1 */
#define P6_FEATURE_GHC_UDP 27
#define P6_LEVEL_OF_GHC_UDP 6
#define P6_FLEX_GHC_UDP 0x00000040u /* RFC 7400 3.3 */
#define P6_FEATURE_GHC_ICMPV6 28
#define P6_LEVEL_OF_GHC_ICMPV6 6
#define P6_FLEX_GHC_ICMPV6 0x00000040u /* RFC 7400 3.3 */
#define P6_FEATURE_GHC_EXTENSION 29
#define P6_LEVEL_OF_GHC_EXTENSION 6
#define P6_FLEX_GHC_EXTENSION 0x00000040u /* RFC 7400 3.3 */
#define P6_FEATURE_NHC_UDP_CHECKSUM_ELIDED 30
#define P6_LEVEL_OF_NHC_UDP_CHECKSUM_ELIDED 7
#define P6_FLEX_NHC_UDP_CHECKSUM_ELIDED 0x00000000u /* RFC 6282 4.3.2 */
#define P6_FEATURE_NHC_IPV6 31
#define P6_LEVEL_OF_NHC_IPV6 7
#define P6_FLEX_NHC_IPV6 0x00000000u /* RFC 6282 4.2 */
#define P6_FEATURE_NHC_FRAGMENT_LENGTH_SIX 32
#define P6_LEVEL_OF_NHC_FRAGMENT_LENGTH_SIX 7
#define P6_FLEX_NHC_FRAGMENT_LENGTH_SIX 0x00000000u /* RFC 6282 4.2 */
#define P6_FEATURE_HC1 33
#define P6_LEVEL_OF_HC1 7
#define P6_FLEX_HC1 0x00000000u /* RFC 4944 10.1 */
#define P6_FEATURE_HC2 34
#define P6_LEVEL_OF_HC2 7
#define P6_FLEX_HC2 0x00000000u /* RFC 4944 10.3 */
#define P6_FEATURE_ESCAPE 35
#define P6_LEVEL_OF_ESCAPE 7
#define P6_FLEX_ESCAPE 0x00000000u /* RFC 8066 */
#define P6_FEATURE_PAGING 36
#define P6_LEVEL_OF_PAGING 7
#define P6_FLEX_PAGING 0x00000000u /* RFC 8025 */
#define P6_FEATURE_ROUTING_HEADER 37
#define P6_LEVEL_OF_ROUTING_HEADER 7
#define P6_FLEX_ROUTING_HEADER 0x00000000u /* RFC 8138 */
#define P6_FEATURE_RECOVERABLE_FRAGMENT 38
#define P6_LEVEL_OF_RECOVERABLE_FRAGMENT 7
#define P6_FLEX_RECOVERABLE_FRAGMENT 0x00000000u /* RFC 8931 */
#define P6_FEATURES 39
#define P6_FLEX_OF_LEVEL(level) ((level) == 0 ? 0xc0000000u : (level) == 1 ? 0xff000000u : (level) == 2 ? 0xffe00000u : (level) == 3 ? 0xfffc0000u : (level) == 4 ? 0xffffc000u : (level) == 5 ? 0xffffff80u : 0xffffffc0u) /* of all that a level has */
#define P6_EXTENSION_FEATURES {18, 19, 20, 21, 22} /* by extension header identifier */

/* Bounds: capability/limits.py. */
#define P6_LIMIT_HEADER_GROWTH_OCTETS 51
#define P6_LIMIT_NESTED_IPV6_HEADERS 0
#define P6_LIMIT_COMPRESSED_EXTENSION_HEADERS 4
#define P6_LIMIT_EXTENSION_HEADERS_IN_ORDER 1
#define P6_LIMIT_DATAGRAM_OCTETS 1280
#define P6_LIMIT_REASSEMBLY_TIMEOUT_US 60000000
#define P6_LIMIT_COMPLETED_DATAGRAM_US 5000000
#define P6_LIMIT_CONTEXTS 16

#endif
