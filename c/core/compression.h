/* A search for the smallest form of a packet's headers, for those who take their part in it. */
#ifndef P6LOWPAN_COMPRESSION_H
#define P6LOWPAN_COMPRESSION_H

#include "internal.h"

#if P6_HAS_NHC
/* The headers that are compressed so far: octets of the packet and of the output, and what must be opened up if nothing
 * more is compressed: the bit that says that LOWPAN_NHC follows, and the place of the next header's number. */
typedef struct p6_depth {
    uint16_t covered, octets, first, place;
    uint8_t bit, number;
#if P6_HAS_GHC
    uint8_t protocol;     /* of the extension header that is the last one; what comes behind may have gone over it */
    uint16_t begin, ipv6; /* its place, and that of the IPv6 header around it */
#endif
} p6_depth;
#endif

#if P6_HAS_IPHC
/* A search for the best form, under way. Without LOWPAN_NHC there is but one. */
typedef struct p6_compression {
    p6_search search;
    uint8_t *out;
    size_t room;
#if P6_HAS_NHC
    p6_depth now, best;
    uint32_t least; /* what the best costs */
#endif
#if P6_HAS_EXTENSIONS
    unsigned extensions;
    int rank; /* of the last one in the order of RFC 8200 section 4.1 */
#endif
#if P6_HAS_GHC
    size_t ipv6; /* the innermost IPv6 header */
#endif
#if P6_HAS_REST
    unsigned nested;
    p6_link inner;
#endif
} p6_compression;

#define P6_MAY_SEND(c, feature) P6_MAY((c)->search.allowed, feature)
#define P6_GROWTH_BOUND(c) P6_BOUND((c)->search.node, header_growth_octets, HEADER_GROWTH_OCTETS)
#endif

#if P6_HAS_NHC
/* The last one says in line what is behind it. */
P6_PART size_t p6_open_up(uint8_t *out, const p6_depth *last);

P6_PART void p6_keep_cheaper(p6_compression *c);
#endif

#if P6_HAS_GHC
/* The payload as byte code to `to`, where that is shorter and a frame holds it: fragments hold none (RFC 7400 section 3.1).
 * Behind it, or NULL. */
P6_PART uint8_t *p6_take_generic_payload(p6_compression *c, const uint8_t *payload, uint8_t *to);

/* An extension header in its smallest form; of those as small, without byte code. `is_last`: it says in line what is behind
 * it. Its octets, 0: there is none. */
P6_PART size_t p6_extension_form(const p6_compression *c, const p6_depth *of, int is_last);

/* Both forms of the extension header that `now` ends with, the last one's first. 0: it cannot be sent with more behind. */
P6_PART int p6_take_extension_forms(p6_compression *c);
#endif

#endif
