/* LOWPAN_IPHC, put back into an IPv6 header (RFC 6282 section 3). */
#include "expansion.h"

#if P6_HAS_IPHC

/* What a level has not, a build with discovery passes over, to see whom to answer. */
#define SEES(what) (P6_HAS_##what || P6LOWPAN_DISCOVERY)

/* What is above the level, of the first octet and of the second: TF, NH and HLIM; CID and DAC. SAC is looked at. */
#define ABOVE_FIRST ((P6_HAS_TRAFFIC ? 0 : 0x1Bu) | (P6_HAS_NHC ? 0 : 4u))
#define ABOVE_SECOND (P6_HAS_CONTEXTS ? 0 : 0x84u)

#if P6_COUNTS_FEATURES
static void note_features(p6_pass *p, unsigned first, unsigned second)
{
    P6_USES(p, IPHC);
    if (first & 0x08) P6_USES(p, TRAFFIC_CLASS);
    if (first & 0x10) P6_USES(p, FLOW_LABEL);
    if (first & 0x03) P6_USES(p, HOP_LIMIT);
    if (second & 0x80) P6_USES(p, CONTEXT_IDENTIFIER);
    p->features |= p6_needs(second >> 4 & 7, &p->link->source) | p6_needs(second & 15, &p->link->destination);
}
#endif

/* Version, traffic class and flow label from TF (section 3.2.1): ECN comes first on the link, DSCP first in IPv6. */
static uint32_t first_word(unsigned tf, const uint8_t *in, const uint8_t *end)
{
    uint32_t word = 0x60000000, services = tf == 3 ? 0 : *in;

    if (tf == 1) {
        services &= 0xC0; /* the DSCP is not there */
    }
    if (!(tf & 2)) {
        word |= (end[-3] & 15u) << 16 | p6_load16(end - 2);
    }
    return word | (services & 0x3F) << 22 | services >> 6 << 20;
}

#if P6_HAS_CONTEXTS
/* The context of one end, `shift` bits from the right of what CID says. */
#define CONTEXT_OF(p, at, shift) (&(p)->node->contexts[(at)[1] & 0x80 ? (at)[2] >> (shift) & 15 : 0])
#else
#define CONTEXT_OF(p, at, shift) NULL
#endif

p6_reason p6_expand_iphc(p6_pass *p)
{
    const uint8_t *at = p->in, *traffic, *next_header, *hop_limit, *source, *destination, *in;
    unsigned first, second, tf, is_above;
    uint8_t *to = p->to;
    uint32_t word;
    p6_reason reason, other;

    if (p->end - at < 2) {
        return P6_TRUNCATED;
    }
    first = at[0];
    second = at[1];
#if P6_HAS_REST
    if (first >> 5 != 3) {
        return P6_FIXED_VALUE;
    }
#endif
    is_above = (first & ABOVE_FIRST) | (second & ABOVE_SECOND) | (!P6_HAS_CONTEXTS && (second & 0x70) > 0x40);
    if (!P6LOWPAN_DISCOVERY && is_above) {
        return P6_FEATURE_ABOVE_PROFILE;
    }
    tf = SEES(TRAFFIC) ? first >> 3 & 3 : 0;
    traffic = at + 2 + (SEES(CONTEXTS) ? second >> 7 : 0);
    next_header = traffic + P6_TRAFFIC_OCTETS(tf);
    hop_limit = next_header + !(SEES(NHC) && (first & 4));
    source = hop_limit + !(SEES(TRAFFIC) && (first & 3));
    destination = source + p6_carried_octets(second >> 4 & 7);
    in = destination + p6_carried_octets(second & 15);
    if (in > p->end) {
        return P6_TRUNCATED;
    }
    p->in = at + 1;
    if (0xE010u >> (second & 15) & 1) {
        return P6_RESERVED;
    }
    if (p->limit - to < P6_IPV6_OCTETS) {
        return P6_TOO_BIG;
    }
    word = P6_HAS_TRAFFIC || !is_above ? first_word(P6_HAS_TRAFFIC ? tf : 0, traffic, next_header) : 0;
    p6_store16(to, word >> 16);
    p6_store16(to + 2, word);
    to[6] = hop_limit > next_header ? hop_limit[-1] : COMPRESSED;
    to[7] = !P6_HAS_TRAFFIC || source > hop_limit ? source[-1] : p6_hop_limits[first & 3];
    reason = p6_expand_address(to + 8, second >> 4 & 7, source, &p->link->source, CONTEXT_OF(p, at, 4));
    if (reason == P6_OK || P6_IS_AWAITED(reason)) {
        other = p6_expand_address(to + 24, second & 15, destination, &p->link->destination, CONTEXT_OF(p, at, 0));
        if (other != P6_OK) {
            reason = other;
        }
    }
    if (reason == P6_NO_CONTEXT) {
        p->in += second >> 7;
    }
#if P6_AWAITS_CONTEXTS
    if (reason == P6_NO_CONTEXT) {
        p->missing = p->in;
        reason = P6_OK;
    }
#endif
    if (reason != P6_OK) {
        return reason;
    }
#if P6_COUNTS_FEATURES
    note_features(p, first, second);
    if (!(first & 4) && to[6] == IPV6) P6_USES(p, TUNNELLED_IPV6);
#endif
    reason = p6_make_room(p, in, P6_IPV6_OCTETS);
    p->ipv6 = to;
    p->next_header = to + 6;
    p->to = to + P6_IPV6_OCTETS;
#if P6_HAS_NHC
    p->more = first >> 2 & 1;
#else
    is_above |= to[6] == IPV6;
#endif
    return reason == P6_OK && is_above ? P6_FEATURE_ABOVE_PROFILE : reason;
}

#endif
