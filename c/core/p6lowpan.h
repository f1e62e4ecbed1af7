/* 6LoWPAN in C99: no allocation, no recursion, no globals; every buffer is the caller's.
 *
 * The Python package is the reference: the same input gives the same octets, the same reason and the same offset.
 * What is compiled is chosen in config.h. */
#ifndef P6LOWPAN_H
#define P6LOWPAN_H

#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "tables.h"

#ifdef __cplusplus
extern "C" {
#endif

#define P6_IPV6_OCTETS 40
#define P6_UDP_OCTETS 8

/* --- what the caller knows ---------------------------------------------------------------------------------------- */

/* A link-layer address: 8 octets (EUI-64), 2 (short), or 0 (the frame has none), most significant first. */
typedef struct p6_address {
    uint8_t octets[8];
    uint8_t size;
} p6_address;

/* The two ends of a frame, after any mesh header: what elided interface identifiers come from. */
typedef struct p6_link {
    p6_address source;
    p6_address destination;
} p6_link;

/* RFC 6282 section 3.1.2. Bits past `length` are zero. */
typedef struct p6_context {
    uint8_t prefix[16];
    uint8_t length; /* bits */
    uint8_t state;  /* P6_CONTEXT_*; 0: not known */
} p6_context;

#define P6_CONTEXT_KNOWN 1u    /* serves decompression */
#define P6_CONTEXT_COMPRESS 2u /* serves compression as well: the C flag of RFC 6775 section 4.2 */
#define P6_CONTEXTS 16

#if P6_HAS_REST
/* The bounds of a build with everything are the caller's; the levels' are constants. */
typedef struct p6_bounds {
    uint16_t header_growth_octets;
    uint16_t datagram_octets;
    uint8_t nested_ipv6_headers; /* at most P6_LENGTHS - 2 */
    uint8_t compressed_extension_headers;
    uint8_t extension_headers_in_order;
} p6_bounds;
#define P6_LENGTHS 8 /* lengths that only the datagram's size tells: one of each IPv6 header, one of UDP */
#else
#define P6_LENGTHS 2
#endif

/* What a node can do, and what it knows. */
typedef struct p6_node {
    const p6_context *contexts; /* P6_CONTEXTS of them; not looked at below level 2 */
#if P6_HAS_REST
    p6_bounds bounds;
#endif
#if P6LOWPAN_FLEX
    uint32_t flex; /* our own field */
#endif
} p6_node;

/* What may be sent to a neighbor: a level, a FLEX field (with the bits of level 0), or 1 << P6_FEATURE_* each. */
#if P6_HAS_REST
typedef uint64_t p6_allowed;
#elif P6LOWPAN_FLEX
typedef uint32_t p6_allowed;
#else
typedef int8_t p6_allowed;
#endif

/* --- from frames to packets --------------------------------------------------------------------------------------- */

/* What one frame holds of an IPv6 packet. */
typedef struct p6_expanded {
    uint16_t octets;        /* written to the caller's buffer */
    uint16_t header_octets; /* of these, the ones that were compressed */
    uint16_t offset;        /* where in the frame a refusal applies */
#if P6_HAS_REST
    uint16_t unsummed_ipv6; /* the IPv6 header in front of a UDP header whose checksum was elided */
    uint16_t unsummed_udp;  /* that UDP header; 0: there is none */
    int16_t growth;         /* octets that the compressed headers gained */
    uint64_t features;      /* 1 << P6_FEATURE_* of each feature that the frame uses */
#endif
} p6_expanded;

#if P6_HAS_IPHC
/* Expand `frame`, which begins with LOWPAN_IPHC, into `out`. `datagram_size` is that of the first fragment, 0 for a
 * whole packet. `frame` may lie in the same buffer, P6_LIMIT_HEADER_GROWTH_OCTETS behind `out`, below level 6.
 * P6_FEATURE_ABOVE_PROFILE: it uses what this build does not have. RFC 6282. */
p6_reason p6_expand(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets,
                    uint16_t datagram_size, uint8_t *out, size_t room, p6_expanded *result);
#endif

/* --- from packets to frames --------------------------------------------------------------------------------------- */

typedef struct p6_compressed {
    uint16_t octets;  /* written to the caller's buffer */
    uint16_t covered; /* octets of the packet that they stand for; the rest follows as it is */
    int is_bounded;   /* the bound on growth or on a header's length stood in the way of a smaller form */
} p6_compressed;

#define P6_COMPRESS_SPARE 8 /* octets that compressed headers may need beyond those of the packet */

/* The smallest form of the packet's headers that the neighbor takes, into `out`, which has room for the packet and
 * P6_COMPRESS_SPARE more. P6_BAD_VALUE: it is no IPv6 packet; P6_TOO_BIG: the neighbor takes no form of it. */
p6_reason p6_compress(const p6_node *node, p6_allowed allowed, const p6_link *link, const uint8_t *packet,
                      size_t octets, uint8_t *out, size_t room, p6_compressed *result);

#ifdef __cplusplus
}
#endif
#endif
