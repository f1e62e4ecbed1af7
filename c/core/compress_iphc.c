/* The smallest LOWPAN_IPHC of an IPv6 header that a receiver takes (RFC 6282 section 3). */
#include "internal.h"

#if P6_HAS_IPHC

/* An address under one mode, in one word, so that of two forms the smaller number is the cheaper: the octets in line, the
 * context, the mode. */
#define FORM(octets, context, mode) ((octets) << 8 | (context) << 4 | (mode))
#define OCTETS(form) ((form) >> 8 & 0xFF)
#define CONTEXT(form) ((form) >> 4 & 15)
#define MODE(form) ((form) & 15)
#define NO_FORM FORM(64u, 0u, 0u)

/* Modes that are tried one after the other, each in line with more octets than the one before. */
#define MODES(first, last) ((first) << 4 | (last))

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

/* The cheapest of `best` and what one context can do. */
static unsigned cheaper(const p6_search *s, const uint8_t *address, const p6_address *end, int modes, unsigned context,
                        unsigned best)
{
    const p6_context *known = P6_HAS_CONTEXTS ? s->node->contexts + context : NULL;
    int mode = modes >> 4;
    unsigned octets;

    for (; mode >= (modes & 15) && (octets = p6_carried_octets((unsigned)mode)) < OCTETS(best); mode--) {
        if (may_use(s, (unsigned)mode, end) && fits(address, (unsigned)mode, end, known)) {
            best = FORM(octets, context, (unsigned)mode);
        }
    }
    return best;
}

/* The cheapest form of an address with no context but number 0, and above it, shifted by 16, that with any. */
static uint32_t find_forms(const p6_search *s, const uint8_t *address, const p6_address *end, int is_source)
{
    int is_group = !is_source && address[0] == 0xFF;
    int modes = is_source ? MODES(P6_UNSPECIFIED, 0) : is_group ? MODES(11, P6_GROUP) : MODES(3, 0);
    uint32_t best = cheaper(s, address, end, modes, 0, NO_FORM), first = best;
#if P6_HAS_CONTEXTS
    unsigned context, contexts = P6_MAY(s->allowed, CONTEXT_IDENTIFIER) ? P6_CONTEXTS : P6_COUNTS_FEATURES;

    modes = is_group ? MODES(12, 12) : MODES(7, 5);
    for (context = 0; context < contexts && OCTETS(best) > 0; context++) {
        if (s->node->contexts[context].state & P6_CONTEXT_COMPRESS) {
            best = cheaper(s, address, end, modes, context, best);
        }
        if (context == 0) {
            first = best;
        }
    }
#endif
    return first | best << 16;
}

uint8_t *p6_compress_iphc(const p6_search *s, const uint8_t *header, uint8_t *to, uint8_t **place)
{
    uint32_t source = find_forms(s, header + 8, &s->link->source, 1);
    uint32_t destination = find_forms(s, header + 24, &s->link->destination, 0);
    unsigned named = 0, tf = 0, hlim = 0, services, flow = header[1] & 15u;
    uint8_t *first = to;

    if (P6_HAS_CONTEXTS && OCTETS(source >> 16) + OCTETS(destination >> 16) + 1 < OCTETS(source) + OCTETS(destination)) {
        named = 0x80; /* CID is worth its octet */
        source >>= 16;
        destination >>= 16;
    }
    if (!P6_MAY(s->allowed, IPHC) || OCTETS(source) + OCTETS(destination) >= OCTETS(NO_FORM)) {
        return NULL;
    }
    to += 2;
    if (named) {
        *to++ = (uint8_t)(CONTEXT(source) << 4 | CONTEXT(destination));
    }
    services = p6_load16(header); /* ECN first, then DSCP */
    services = (services << 2 & 0xC0) | (services >> 6 & 0x3F);
#if P6_HAS_TRAFFIC
    tf = ((services & 0x3F) == 0) & (unsigned)P6_MAY(s->allowed, TRAFFIC_CLASS);
    if (!(flow | header[2] | header[3]) && P6_MAY(s->allowed, FLOW_LABEL)) {
        tf = 2 | (tf & !services);
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
    first[1] = (uint8_t)(named | MODE(source) << 4 | MODE(destination));
    to = p6_carry(to, MODE(source), header + 8);
    return p6_carry(to, MODE(destination), header + 24);
}

#endif
