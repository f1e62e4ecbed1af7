/* What a compressed header stands for: LOWPAN_IPHC and the LOWPAN_NHC chain behind it (RFC 6282), put back into IPv6.
 *
 * One pass. Everything of a header is read before anything of it is written, and what is written never gets more than
 * P6_LIMIT_HEADER_GROWTH_OCTETS ahead of what was read: so the frame may lie that far behind in the same buffer. */
#include "expansion.h"

#if P6_HAS_IPHC

p6_reason p6_make_room(p6_pass *p, const uint8_t *in, size_t octets)
{
#if P6_HAS_EXTENSIONS /* LOWPAN_IPHC and UDP never grow so much */
    ptrdiff_t growth = (p->to + octets - p->out) - (in - p->frame);
#if P6_HAS_GHC
    growth -= p->payload_gain;
#endif
    p->in = in;
    if (growth > P6_BOUND(p->node, header_growth_octets, HEADER_GROWTH_OCTETS)) {
        return P6_TOO_MUCH_GROWTH;
    }
#else
    p->in = in;
#endif
    return (size_t)(p->limit - p->to) < octets ? P6_TOO_BIG : P6_OK;
}

/* Lengths, which only the size of the datagram tells. */
static void fill_lengths(p6_pass *p, size_t size)
{
#if P6_HAS_REST
    while (p->nested--) {
        uint8_t *outer = p->lengths[p->nested];
        p6_store16(outer + 4, (unsigned)(size - (size_t)(outer - p->out)) - P6_IPV6_OCTETS);
    }
#endif
    p6_store16(p->ipv6 + 4, (unsigned)(size - (size_t)(p->ipv6 - p->out)) - P6_IPV6_OCTETS);
#if P6_HAS_NHC
    if (p->udp != NULL) {
        p6_store16(p->udp + 4, (unsigned)(size - (size_t)(p->udp - p->out)));
    }
#endif
}

/* What is behind the headers, and what is known at the end only. */
static p6_reason finish(p6_pass *p, size_t datagram_size, p6_expanded *result)
{
    size_t headers = (size_t)(p->to - p->out), octets = (size_t)(p->end - p->in);
    size_t size = datagram_size ? datagram_size : headers + octets;

    if (size < headers) {
        return P6_BAD_LENGTH;
    }
    if ((size_t)(p->limit - p->to) < octets) {
        return P6_TOO_BIG;
    }
#if P6_HAS_REST
    if (size - P6_IPV6_OCTETS > 0xFFFF) {
        return P6_TOO_BIG;
    }
    result->header_octets = (uint16_t)headers;
    result->growth = (int16_t)(headers - (size_t)(p->in - p->frame) - (size_t)p->payload_gain);
    if (p->udp != NULL && (p->features & P6_BIT(NHC_UDP_CHECKSUM_ELIDED))) {
        result->unsummed_ipv6 = (uint16_t)(p->ipv6 - p->out);
        result->unsummed_udp = (uint16_t)(p->udp - p->out);
    }
#endif
#if !P6_HAS_NHC
    if (datagram_size && p6_chain_end(p->in, octets, *p->next_header, NULL) > octets) { /* not all headers are there */
        return P6_FEATURE_ABOVE_PROFILE;
    }
#endif
    memmove(p->to, p->in, octets);
#if P6_HAS_NHC && P6LOWPAN_FLEX
    if (datagram_size && p6_chain_end(p->out, headers + octets, IPV6, NULL) > headers + octets) {
        P6_USES(p, HEADERS_PAST_FIRST_FRAGMENT);
    }
#endif
#if P6_COUNTS_FEATURES
    result->features = p->features;
#endif
    fill_lengths(p, size);
    result->octets = (uint16_t)(headers + octets);
    return P6_OK;
}

static p6_reason expand(p6_pass *p, size_t datagram_size, p6_expanded *result)
{
    p6_reason reason = p6_expand_iphc(p);

#if P6_HAS_NHC
    while (reason == P6_OK && p->more) {
        reason = p6_expand_next_header(p);
    }
#endif
    if (reason == P6_OK) {
        reason = finish(p, datagram_size, result);
    }
#if P6_AWAITS_CONTEXTS
    if (reason == P6_OK && p->missing != NULL) {
        p->in = p->missing;
        reason = P6_NO_CONTEXT;
    }
#endif
    return reason;
}

#if !P6_HAS_NHC
P6_APART /* while it is small, its caller has no registers left for it */
#endif
p6_reason p6_expand(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets,
                    uint16_t datagram_size, uint8_t *out, size_t room, p6_expanded *result)
{
    p6_pass state, *p = &state;
    p6_reason reason;

    memset(p, 0, sizeof *p);
    p->node = node;
    p->link = link;
    p->frame = p->in = frame;
    p->end = frame + octets;
    p->out = p->to = out;
    p->limit = out + room;
#if P6_HAS_EXTENSIONS
    p->rank = -1;
#endif
#if P6_HAS_REST
    memset(result, 0, sizeof *result);
#endif
    reason = expand(p, datagram_size, result);
    result->offset = (uint16_t)((reason == P6_TRUNCATED ? p->end : p->in) - frame);
    return reason;
}

#endif
