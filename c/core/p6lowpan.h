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

/* A link-layer address: 8 octets (EUI-64), 2 (short), or 0 (the frame has none), most significant first; those that it
 * does not have are zero. */
typedef struct p6_address {
    uint8_t octets[8];
    uint8_t size;
} p6_address;

/* The two ends of a frame, after any mesh header: what elided interface identifiers come from. */
typedef struct p6_link {
    p6_address source;
    p6_address destination;
} p6_link;

/* What fragments have in common: size 0: it is no fragment. */
typedef struct p6_datagram {
    p6_link link;
    uint16_t size, tag;
} p6_datagram;

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
    uint32_t flex; /* our own field: of P6_FLEX_OF_LEVEL(P6LOWPAN_LEVEL), and the bits of level 0 */
#endif
} p6_node;

/* What may be sent to a neighbor: a level (above ours: all that we can), a FLEX field (with the bits of level 0), or
 * 1 << P6_FEATURE_* each. */
#if P6_HAS_REST
typedef uint64_t p6_allowed;
#elif P6LOWPAN_FLEX
typedef uint32_t p6_allowed;
#else
typedef int8_t p6_allowed;
#endif

/* --- in front of a datagram, RFC 4944 section 5 ------------------------------------------------------------------------ */

#define P6_NO_MESH (-1)
#define P6_NO_BROADCAST (-1)

/* The headers in front, and what is left of the frame from octet `at` on: 0x41 and a packet, or LOWPAN_IPHC, or where
 * `is_subsequent` a part of a datagram. On a refusal, `at` is the octet to blame. */
typedef struct p6_front {
    p6_datagram datagram; /* link: in: the ends of the frame; out: those that a mesh header names */
    uint16_t at;
    uint16_t offset; /* of a fragment */
    uint8_t is_subsequent;
#if P6_HAS_MESH
    int16_t hops_left; /* or P6_NO_MESH */
    int16_t sequence;  /* of LOWPAN_BC0, or P6_NO_BROADCAST */
#endif
#if P6_HAS_REST
    uint8_t has_deep_hops;
#endif
#if P6LOWPAN_FLEX
    uint32_t features; /* of the field */
#elif P6_SEES_MESH && !P6_HAS_MESH
    uint8_t is_above; /* there is a header in front that this build only passes over */
#endif
} p6_front;

#if P6_HAS_MESH
/* P6_UNSUPPORTED: a header that this core does not know (HC1, ESC, RFC 8025, 8138, 8931). */
p6_reason p6_read_front(const uint8_t *frame, size_t octets, p6_front *front);

/* The mesh header for `hops_left`, at most 18 octets. */
size_t p6_write_mesh(const p6_link *link, uint8_t hops_left, uint8_t *out);
#endif

/* --- fragments, RFC 4944 section 5.3 -------------------------------------------------------------------------------- */

/* A datagram. Nothing missing: the buffer is free, but knows what it held; size 0: nothing. Begins as zero but for
 * `octets`. */
typedef struct p6_reassembly {
    p6_datagram of;
    uint16_t missing; /* units of 8 octets */
    uint32_t since;   /* milliseconds */
    uint8_t units[P6_LIMIT_DATAGRAM_OCTETS / 32 + 1]; /* two bits each: what has come, and where fragments began */
    uint8_t *octets; /* the caller's */
} p6_reassembly;

/* --- discovery, draft-ayers-low-power-interop-01 sections 6.2 and 7.1 ------------------------------------------------- */

#if P6LOWPAN_DISCOVERY
#define P6_ERROR_OCTETS (P6_IPV6_OCTETS + (P6LOWPAN_FLEX ? 8 : 4))

#if P6LOWPAN_FLEX
/* The same for fields: 32 bits a neighbor in the caller's table, which begins with our own field; what is sent to it is
 * p6_allowed (ours & its). An option says 0 where it is another. */
p6_reason p6_learn(uint32_t *fields, unsigned neighbor, const uint8_t *packet, size_t octets);
void p6_tell_field(uint8_t *option, uint32_t field);
uint32_t p6_told_field(const uint8_t *option);
#else
#define P6_LEVEL_UNKNOWN 7
#define P6_LEVEL_TABLE_OCTETS(neighbors) (((neighbors) * 3 + 13) / 8)

/* The level of a neighbor, three bits in the caller's table, which begins with all bits set; and to set it. */
unsigned p6_level(const uint8_t *table, unsigned neighbor);
void p6_set_level(uint8_t *table, unsigned neighbor, unsigned level);

/* Learn from an ICMPv6 packet, whose checksum is right, that came from the neighbor itself: P6_OK: its level is lower
 * now, and the last packet must be sent again; P6_STALE: that is no news; P6_BAD_VALUE: it is another message. */
p6_reason p6_learn(uint8_t *table, unsigned neighbor, const uint8_t *packet, size_t octets);

/* Put our level into a 6CIO of Neighbor Discovery, 8 octets of which the flags are the caller's; and read another's. */
void p6_tell_level(uint8_t *option);
unsigned p6_told_level(const uint8_t *option);
#endif
#endif

/* --- a frame in, a packet out; a packet in, frames out ------------------------------------------------------------------ */

/* What a node remembers between frames. Calls with the same one are of one thread at a time. */
typedef struct p6_layer {
    p6_node node;
    p6_reassembly *buffers; /* one at least, `room` octets each, at most P6_LIMIT_DATAGRAM_OCTETS */
    uint8_t buffer_count;
    uint16_t room;
    uint16_t tag; /* of the datagram that was sent last */
} p6_layer;

typedef struct p6_arrival {
    const uint8_t *packet; /* in `out`, in `frame` or in a buffer: take it before they are used again; NULL: none yet */
    uint16_t octets;
    uint16_t offset; /* where in the frame a refusal applies */
#if P6LOWPAN_DISCOVERY
    uint8_t answer_octets; /* 0: there is none */
    uint8_t answer[P6_ERROR_OCTETS];
#endif
    p6_front front;
} p6_arrival;

/* Take a frame that is for us. P6_OK: `arrival` has a packet, or waits for more fragments; else what was dropped, and
 * why: the frame, or (P6_FRAGMENT_OVERLAP, P6_REASSEMBLY_FULL) what came before it.
 * The `answer` of a frame above our level is a packet to send back to where it came from. `now` is in milliseconds of any
 * clock, and may go round. `out` has `room` octets: those of the longest frame and P6_LIMIT_HEADER_GROWTH_OCTETS are enough
 * below level 6, where the frame may lie so far behind it in one buffer; at level 6, P6_LIMIT_DATAGRAM_OCTETS. */
p6_reason p6_receive(p6_layer *layer, uint32_t now, const p6_link *link, const uint8_t *frame, size_t octets,
                     uint8_t *out, size_t room, p6_arrival *arrival);

/* What transmits a frame, which is there until it returns; another value than 0 ends the packet. */
typedef int (*p6_transmit)(void *application, const uint8_t *frame, size_t octets);

/* Send a packet as the neighbor takes it, in frames of at most `mtu` octets. `work` has `room` octets, at least
 * `mtu` and P6_HEADER_ROOM more: longer chains of extension headers are compressed where it has more, and byte code of
 * RFC 7400 is looked for where P6_GENERIC_ROOM of the payload's octets are left.
 * P6_BAD_VALUE: no IPv6 packet. P6_TOO_BIG: the neighbor takes no form of it. P6_NO_ROOM: so says `transmit`. */
p6_reason p6_send(p6_layer *layer, p6_allowed allowed, const p6_link *link, const uint8_t *packet, size_t octets,
                  size_t mtu, uint8_t *work, size_t room, p6_transmit transmit, void *application);
#define P6_HEADER_ROOM 64
#define P6_GENERIC_ROOM(octets) ((octets) * 6 + 256)

#ifdef __cplusplus
}
#endif
#endif
