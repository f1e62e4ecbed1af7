/* The smallest LOWPAN_IPHC of an IPv6 header that a receiver takes (RFC 6282 section 3). */
#include "internal.h"

#if P6_HAS_IPHC

/* An address under one mode. */
typedef struct form {
    uint8_t octets, mode, context;
} form;

enum { NO_FORM = 64 }; /* octets, more than any form has */

static int may_use(const p6_search *s, unsigned mode, const p6_address *end)
{
#if P6_COUNTS_FEATURES
    return (p6_needs(mode, end) & ~s->allowed) == 0;
#else
    (void)s; /* IPHC has all, or all but contexts, which are not tried then */
    (void)mode;
    (void)end;
    return 1;
#endif
}

/* Whether expanding what the mode carries gives the address back. */
static int fits(const uint8_t *address, unsigned mode, const p6_address *end, const p6_context *context)
{
    uint8_t in_line[16], expanded[16];

    p6_carry(in_line, mode, address);
    return p6_expand_address(expanded, mode, in_line, end, context) == P6_OK && memcmp(expanded, address, 16) == 0;
}

/* Make `best` better with the modes from the cheapest, `mode`, to `last`. */
static void improve(const p6_search *s, const uint8_t *address, const p6_address *end, int mode, int last,
                    unsigned context, form *best)
{
    const p6_context *known = P6_HAS_CONTEXTS ? s->node->contexts + context : NULL;
    unsigned octets;

    for (; mode >= last && (octets = p6_carried_octets((unsigned)mode)) < best->octets; mode--) {
        if (may_use(s, (unsigned)mode, end) && fits(address, (unsigned)mode, end, known)) {
            best->octets = (uint8_t)octets;
            best->mode = (uint8_t)mode;
            best->context = (uint8_t)context;
        }
    }
}

/* The cheapest forms of an address: `found[0]` with no context but number 0, `found[1]` with any. */
static void find_forms(const p6_search *s, const uint8_t *address, const p6_address *end, int is_source, form found[2])
{
    form *best = &found[1];
    int is_group = !is_source && address[0] == 0xFF;
#if P6_HAS_CONTEXTS
    unsigned context, contexts = P6_MAY(s->allowed, CONTEXT_IDENTIFIER) ? P6_CONTEXTS : P6_COUNTS_FEATURES;
#endif

    best->octets = NO_FORM;
    best->mode = best->context = 0;
    if (is_source) {
        improve(s, address, end, P6_UNSPECIFIED, P6_UNSPECIFIED, 0, best);
    }
    improve(s, address, end, is_group ? 11 : 3, is_group ? 8 : 0, 0, best);
    found[0] = *best;
#if P6_HAS_CONTEXTS
    for (context = 0; context < contexts; context++) {
        if (s->node->contexts[context].state & P6_CONTEXT_COMPRESS) {
            improve(s, address, end, is_group ? 12 : 7, is_group ? 12 : 5, context, best);
        }
        if (context == 0) {
            found[0] = *best;
        }
    }
#endif
}

uint8_t *p6_compress_iphc(const p6_search *s, const uint8_t *header, uint8_t *to, uint8_t **place)
{
    form found[2][2], *source, *destination;
    unsigned named = 0, tf = 0, hlim = 0, services, flow = header[1] & 15u;
    uint8_t *first = to;

    find_forms(s, header + 8, &s->link->source, 1, found[0]);
    find_forms(s, header + 24, &s->link->destination, 0, found[1]);
    if (P6_HAS_CONTEXTS && found[0][1].octets + found[1][1].octets + 1 < found[0][0].octets + found[1][0].octets) {
        named = 1; /* its octet is worth it */
    }
    source = &found[0][named];
    destination = &found[1][named];
    if (!P6_MAY(s->allowed, IPHC) || source->octets + destination->octets >= NO_FORM) {
        return NULL;
    }
    to += 2;
    if (named) {
        *to++ = (uint8_t)(source->context << 4 | destination->context);
    }
    services = p6_load16(header); /* ECN first, then DSCP */
    services = (services << 2 & 0xC0) | (services >> 6 & 0x3F);
#if P6_HAS_TRAFFIC
    if (!(services & 0x3F) && P6_MAY(s->allowed, TRAFFIC_CLASS)) {
        tf = 1;
    }
    if (!(flow | header[2] | header[3]) && P6_MAY(s->allowed, FLOW_LABEL)) {
        tf = tf && !services ? 3 : 2;
    }
    if (P6_MAY(s->allowed, HOP_LIMIT)) {
        for (hlim = 3; hlim && p6_hop_limits[hlim] != header[7]; hlim--) {
        }
    }
#endif
    if (!(tf & 1)) {
        *to++ = (uint8_t)services;
        services = 0;
    }
    if (!(tf & 2)) {
        *to++ = (uint8_t)(services | flow);
        *to++ = header[2];
        *to++ = header[3];
    }
    *place = to;
#if !P6_HAS_NHC
    *to++ = header[6];
#endif
    if (!hlim) {
        *to++ = header[7];
    }
    first[0] = (uint8_t)((P6_HAS_NHC ? 0x64 : 0x60) | tf << 3 | hlim);
    first[1] = (uint8_t)(named << 7 | source->mode << 4 | destination->mode);
    to = p6_carry(to, source->mode, header + 8);
    return p6_carry(to, destination->mode, header + 24);
}

#endif
