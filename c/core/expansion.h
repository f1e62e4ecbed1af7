/* One pass over a compressed header, for those who take their part in it. */
#ifndef P6LOWPAN_EXPANSION_H
#define P6LOWPAN_EXPANSION_H

#include "internal.h"

#if P6_HAS_IPHC

typedef struct p6_pass {
    const p6_node *node;
    const p6_link *link; /* what elided identifiers come from */
    const uint8_t *frame, *in, *end; /* octets in..end are left; a refusal applies at `in` */
    uint8_t *out, *to, *limit;
    uint8_t *next_header; /* where the number of the header that comes next belongs */
    uint8_t *ipv6;        /* the innermost IPv6 header */
#if P6_HAS_NHC
    uint8_t more; /* LOWPAN_NHC follows */
    uint8_t *udp;
#endif
#if P6_AWAITS_CONTEXTS
    const uint8_t *missing; /* where a context is named that we do not have */
#endif
#if P6_HAS_EXTENSIONS
    uint8_t extensions;
    int8_t rank;
#endif
#if P6_HAS_GHC
    int32_t payload_gain; /* growth that is not the headers' */
#endif
#if P6_COUNTS_FEATURES
    p6_allowed features;
#endif
#if P6_HAS_REST
    uint8_t *lengths[P6_LENGTHS]; /* IPv6 headers around the innermost one */
    uint8_t nested;
    p6_link inner;
#endif
} p6_pass;

#if P6_COUNTS_FEATURES
#define P6_USES(pass, feature) ((pass)->features |= P6_BIT(feature))
#else
#define P6_USES(pass, feature) ((void)0)
#endif

/* The header that was read ends at `in` and becomes `octets` octets: is there room, in the buffer and in the bound? */
P6_PART p6_reason p6_make_room(p6_pass *pass, const uint8_t *in, size_t octets);

P6_PART p6_reason p6_expand_iphc(p6_pass *pass);

#if P6_HAS_NHC
P6_PART P6_APART p6_reason p6_expand_next_header(p6_pass *pass);

/* Ports and checksum (RFC 6282 section 4.3.3) into the 8 octets at `header`, without the length. They end at `*end`. */
P6_PART p6_reason p6_expand_udp(p6_pass *pass, const uint8_t **end, uint8_t *header);
#endif

#if P6_HAS_EXTENSIONS
/* An extension header, with the `number` of the next one, whose contents, `octets` of them, stand at `data` or, where
 * that is NULL, already at to + 2. `in` is where it ends in the frame. */
P6_PART p6_reason p6_expand_extension(p6_pass *pass, unsigned extension, unsigned number, const uint8_t *data, size_t octets,
                              const uint8_t *in);
#endif

#if P6_HAS_GHC
P6_PART p6_reason p6_expand_generic_extension(p6_pass *pass);
P6_PART p6_reason p6_expand_generic_payload(p6_pass *pass);
#endif

#endif
#endif
