/* What a compressed header stands for: LOWPAN_IPHC and the LOWPAN_NHC chain behind it (RFC 6282), put back into IPv6.
 *
 * One pass. Everything of a header is read before anything of it is written, and what is written never gets more than
 * P6_LIMIT_HEADER_GROWTH_OCTETS ahead of what was read: so the frame may lie that far behind in the same buffer. */
#include "internal.h"

#if P6_HAS_IPHC

typedef struct pass {
    const p6_node *node;
    const uint8_t *frame, *in, *end; /* octets in..end are left */
    uint8_t *out, *to, *limit;
    p6_expanded *result;
    const uint8_t *identifiers[2]; /* of source and destination, NULL: there is none */
    uint8_t *next_header;          /* where the number of the header that comes next belongs */
    uint8_t *ipv6;                 /* the innermost IPv6 header */
    uint8_t *udp;
#if P6_HAS_EXTENSIONS
    uint8_t extensions;
    int8_t rank;
#endif
#if P6_HAS_GHC
    int32_t payload_gain; /* growth that is not the headers' */
#endif
#if P6_HAS_REST
    uint8_t *lengths[P6_LENGTHS]; /* IPv6 headers around the innermost one */
    uint8_t nested;
    uint8_t short_ends; /* 1: the source, 2: the destination has a short link-layer address */
#endif
} pass;

#if P6_HAS_REST
#define USES(p, feature) ((p)->result->features |= (uint64_t)1 << P6_FEATURE_##feature)
#else
#define USES(p, feature) ((void)0)
#endif

static p6_reason refuse(pass *p, p6_reason reason, const uint8_t *at)
{
    p->result->offset = (uint16_t)(at - p->frame);
    return reason;
}

static p6_reason truncated(pass *p)
{
    return refuse(p, P6_TRUNCATED, p->end);
}

/* The header that was read ends at `in` and becomes `octets` octets: is there room, in the buffer and in the bound? */
static p6_reason make_room(pass *p, const uint8_t *in, size_t octets)
{
    ptrdiff_t growth = (p->to + octets - p->out) - (in - p->frame);
#if P6_HAS_GHC
    growth -= p->payload_gain;
#endif
    if (growth > P6_BOUND(p->node, header_growth_octets, HEADER_GROWTH_OCTETS)) {
        return refuse(p, P6_TOO_MUCH_GROWTH, in);
    }
    if ((size_t)(p->limit - p->to) < octets) {
        return refuse(p, P6_TOO_BIG, in);
    }
    p->in = in;
    return P6_OK;
}

/* --- LOWPAN_IPHC, RFC 6282 section 3 ------------------------------------------------------------------------------ */

#if P6_HAS_CONTEXTS
static const p6_context *context_of(pass *p, unsigned identifier)
{
    static const p6_context NO_PREFIX = {{0}, 0, P6_CONTEXT_KNOWN};
    const p6_context *context;

    if (p->node->contexts == NULL) {
        return &NO_PREFIX; /* only to see what the frame asks of us */
    }
    context = &p->node->contexts[identifier];
    return context->state ? context : NULL;
}

#endif

static const uint8_t TRAFFIC_OCTETS[4] = {4, 3, 1, 0};

enum { TF_NH_HLIM = 0, CID_SAC_M = 1 };

/* What a header asks for, by its second octet: is that of a source or a destination above our level? */
#if P6_HAS_REST
static void note_features(pass *p, const uint8_t *at)
{
    unsigned first = at[TF_NH_HLIM], second = at[CID_SAC_M];
    USES(p, IPHC);
    if (first & 0x08) USES(p, TRAFFIC_CLASS);
    if (first & 0x10) USES(p, FLOW_LABEL);
    if (first & 0x03) USES(p, HOP_LIMIT);
    if (second & 0x80) USES(p, CONTEXT_IDENTIFIER);
    if ((second & 0x70) == 0x40) {
        USES(p, UNSPECIFIED_SOURCE);
    } else {
        if (second & 0x40) USES(p, STATEFUL_UNICAST); else USES(p, STATELESS_UNICAST);
        if ((second & 0x30) == 0x20) USES(p, SHORT_ADDRESSES);
        if ((second & 0x30) == 0x30) USES(p, ELIDED_IDENTIFIER);
        if ((second & 0x30) == 0x30 && (p->short_ends & 1)) USES(p, SHORT_ADDRESSES);
    }
    if (second & 0x08) {
        if (second & 0x04) USES(p, STATEFUL_MULTICAST); else USES(p, STATELESS_MULTICAST);
        return;
    }
    if (second & 0x04) USES(p, STATEFUL_UNICAST); else USES(p, STATELESS_UNICAST);
    if ((second & 0x03) == 0x02) USES(p, SHORT_ADDRESSES);
    if ((second & 0x03) == 0x03) USES(p, ELIDED_IDENTIFIER);
    if ((second & 0x03) == 0x03 && (p->short_ends & 2)) USES(p, SHORT_ADDRESSES);
}
#endif

/* Whether this build has what the two octets ask for. */
static int is_within_level(const uint8_t *at)
{
#if !P6_HAS_TRAFFIC
    if (at[TF_NH_HLIM] & 0x1B) {
        return 0;
    }
#endif
#if !P6_HAS_NHC
    if (at[TF_NH_HLIM] & 0x04) {
        return 0;
    }
#endif
#if !P6_HAS_CONTEXTS
    /* CID; DAC; SAC, unless the source is the unspecified address */
    if ((at[CID_SAC_M] & 0x84) || (at[CID_SAC_M] & 0x70) > 0x40) {
        return 0;
    }
#endif
    (void)at;
    return 1;
}

/* Expand one LOWPAN_IPHC. `*more`: LOWPAN_NHC follows. */
static p6_reason iphc(pass *p, int *more)
{
    const uint8_t *at = p->in, *in = at + 2, *traffic, *next_header, *hop_limit, *source, *destination;
    const p6_context *contexts[2] = {NULL, NULL};
    unsigned first, second, source_octets, destination_octets;
    uint8_t header[P6_IPV6_OCTETS];
    p6_reason reason;

    if (p->end - at < 2) {
        return truncated(p);
    }
    first = at[TF_NH_HLIM];
    second = at[CID_SAC_M];
    if (first >> 5 != 3) {
        return refuse(p, P6_FIXED_VALUE, at);
    }
    if (!is_within_level(at)) {
        return refuse(p, P6_FEATURE_ABOVE_PROFILE, at);
    }
    source_octets = p6_carried_octets(second >> 4 & 7);
    destination_octets = p6_carried_octets(second & 15);
#if P6_HAS_CONTEXTS
    in += second >> 7;
#endif
    traffic = in;
    next_header = traffic + TRAFFIC_OCTETS[first >> 3 & 3];
    hop_limit = next_header + !(first & 4);
    source = hop_limit + !(first & 3);
    destination = source + source_octets;
    in = destination + destination_octets;
    if (in > p->end) {
        return truncated(p);
    }
    if ((second & 0x0F) == 0x04 || (second & 0x0F) > 0x0C) {
        return refuse(p, P6_RESERVED, at + 1);
    }
#if P6_HAS_CONTEXTS
    contexts[0] = context_of(p, second & 0x80 ? at[2] >> 4 : 0);
    contexts[1] = context_of(p, second & 0x80 ? at[2] & 15 : 0);
#endif
    memset(header, 0, sizeof header);
    if ((second & 0x70) == 0x40) {
        reason = P6_OK;
    } else {
        reason = p6_unicast(header + 8, source, source_octets, p->identifiers[0], second & 0x40, contexts[0]);
    }
    if (reason == P6_OK) {
        reason = second & 8 ? p6_multicast(header + 24, destination, destination_octets, second & 4, contexts[1])
                            : p6_unicast(header + 24, destination, destination_octets, p->identifiers[1], second & 4,
                                      contexts[1]);
    }
    if (reason != P6_OK) {
        return refuse(p, reason, at + (reason == P6_NO_CONTEXT && second & 0x80 ? 2 : 1));
    }
    /* TF, section 3.2.1: ECN comes first on the link, DSCP first in IPv6. */
    header[0] = 0x60;
#if P6_HAS_TRAFFIC
    if (!(first & 0x08)) { /* the DSCP is there */
        header[0] |= (traffic[0] & 0x3F) >> 2;
        header[1] = (uint8_t)(traffic[0] << 6);
    }
    if ((first & 0x18) != 0x18) {
        header[1] |= traffic[0] >> 2 & 0x30;
    }
    if (!(first & 0x10)) {
        header[1] |= traffic[(first & 0x08) ? 0 : 1] & 0x0F;
        memcpy(header + 2, next_header - 2, 2);
    }
    header[7] = first & 3 ? p6_hop_limits[first & 3] : *hop_limit;
#else
    header[0] |= (traffic[0] & 0x3F) >> 2;
    header[1] = (uint8_t)(traffic[0] << 6 | (traffic[0] >> 2 & 0x30) | (traffic[1] & 0x0F));
    memcpy(header + 2, traffic + 2, 2);
    header[7] = *hop_limit;
#endif
    if (!(first & 4)) {
        header[6] = *next_header;
#if P6_HAS_REST
        if (header[6] == IPV6) USES(p, TUNNELLED_IPV6);
#elif !P6_HAS_NHC
        if (header[6] == IPV6) {
            return refuse(p, P6_FEATURE_ABOVE_PROFILE, at);
        }
#endif
    }
#if P6_HAS_REST
    note_features(p, at);
#endif
    reason = make_room(p, in, sizeof header);
    if (reason != P6_OK) {
        return reason;
    }
    p->ipv6 = p->to;
    p->next_header = p->to + 6;
    memcpy(p->to, header, sizeof header);
    p->to += sizeof header;
    *more = first & 4;
    return P6_OK;
}

/* --- LOWPAN_NHC, RFC 6282 section 4 -------------------------------------------------------------------------------- */

#if P6_HAS_EXTENSIONS

#if P6_HAS_REST
static const uint8_t EXTENSION_FEATURES[5] = P6_EXTENSION_FEATURES;
#endif
static const int8_t ORDER[5] = {0, 2, 3, 1, 6}; /* RFC 8200 section 4.1; destination options have two places */

enum { EID_HOP_BY_HOP = 0, EID_FRAGMENT = 2, EID_DESTINATION_OPTIONS = 3, EIDS = 5, EID_IPV6 = 7 };

/* Announce an extension header, and keep the bounds on number and order. */
static p6_reason count(pass *p, unsigned extension)
{
    int8_t rank = ORDER[extension];
    if (extension == EID_DESTINATION_OPTIONS && p->rank >= 1) {
        rank = 5;
    }
    if (++p->extensions > P6_BOUND(p->node, compressed_extension_headers, COMPRESSED_EXTENSION_HEADERS)) {
        return refuse(p, P6_TOO_MANY_EXTENSION_HEADERS, p->in);
    }
    if (P6_BOUND(p->node, extension_headers_in_order, EXTENSION_HEADERS_IN_ORDER) && rank <= p->rank) {
        return refuse(p, P6_BAD_ORDER, p->in);
    }
    p->rank = rank;
    *p->next_header = p6_extension_headers[extension];
    return P6_OK;
}

/* An extension header whose contents, `octets` of them, stand at `data` or, where that is NULL, already at to + 2.
 * `in` is where it ends in the frame; `next_header` is NULL where it is elided. */
static p6_reason extension_header(pass *p, unsigned extension, const uint8_t *next_header, const uint8_t *data,
                                  size_t octets, const uint8_t *in)
{
    unsigned padding = 0;
    uint8_t number = next_header ? *next_header : 0;
    p6_reason reason;

    if (extension == EID_HOP_BY_HOP || extension == EID_DESTINATION_OPTIONS) {
        padding = (unsigned)(-(octets + 2) & 7); /* elided Pad1 or PadN */
    } else if ((octets + 2) & 7) {
        return refuse(p, P6_BAD_LENGTH, p->in);
    }
    if (octets + 2 + padding > 8 * 256) {
        return refuse(p, P6_BAD_LENGTH, p->in);
    }
    reason = count(p, extension);
    if (reason == P6_OK) {
        reason = make_room(p, in, octets + 2 + padding);
    }
    if (reason != P6_OK) {
        return reason;
    }
    p->next_header = p->to;
    if (data != NULL) {
        memmove(p->to + 2, data, octets);
    }
    p->to[0] = number;
    p->to[1] = (uint8_t)((octets + 2 + padding) / 8 - 1);
    p->to += octets + 2;
    if (padding) {
        memset(p->to, 0, padding);
        if (padding > 1) {
            p->to[0] = 1;
            p->to[1] = (uint8_t)(padding - 2);
        }
        p->to += padding;
    }
    return P6_OK;
}

static p6_reason compressed_extension(pass *p, int *more)
{
    const uint8_t *in = p->in, *next_header = NULL;
    unsigned extension = *in >> 1 & 7, octets;
    p6_reason reason;

    *more = *in++ & 1;
    if (!*more) {
        next_header = in++;
    }
    octets = extension == EID_FRAGMENT ? 6 : in < p->end ? *in : 0; /* a Fragment header has no length to replace */
    if (in + 1 + octets > p->end) {
        return truncated(p);
    }
    if (extension >= EIDS) {
        return refuse(p, P6_RESERVED, p->in);
    }
#if P6_HAS_REST
    p->result->features |= (uint64_t)1 << EXTENSION_FEATURES[extension];
    if ((extension == EID_HOP_BY_HOP || extension == EID_DESTINATION_OPTIONS) && ((octets + 2) & 7)) {
        USES(p, NHC_PADDING_ELIDED);
    }
#endif
    if (extension != EID_FRAGMENT) {
        return extension_header(p, extension, next_header, in + 1, octets, in + 1 + octets);
    }
    reason = count(p, extension);
    if (reason != P6_OK) {
        return reason;
    }
    {
        uint8_t header[8];
        header[0] = next_header ? *next_header : 0;
        header[1] = *in;
        if (header[1] == 6) { /* some stacks send a length */
#if P6_HAS_REST
            header[1] = 0;
            USES(p, NHC_FRAGMENT_LENGTH_SIX);
#else
            return refuse(p, P6_FEATURE_ABOVE_PROFILE, p->in);
#endif
        }
        memcpy(header + 2, in + 1, 6);
        reason = make_room(p, in + 7, sizeof header);
        if (reason != P6_OK) {
            return reason;
        }
        p->next_header = p->to;
        memcpy(p->to, header, sizeof header);
        p->to += sizeof header;
    }
    return P6_OK;
}
#endif

#if P6_HAS_NHC
/* Ports and checksum (RFC 6282 section 4.3.3) into the 8 octets at `header`, without the length. */
static p6_reason udp_header(pass *p, const uint8_t **end, uint8_t *header)
{
    static const uint8_t PORT_OCTETS[4] = {4, 3, 3, 1};
    const uint8_t *in = p->in + 1, *checksum = in + PORT_OCTETS[*p->in & 3];
    unsigned source = 0xF0, destination = 0xF0; /* high octets */

    *end = checksum + (*p->in & 4 ? 0 : 2);
    if (*end > p->end) {
        return truncated(p);
    }
    memset(header, 0, P6_UDP_OCTETS);
#if !P6_HAS_REST
    if (*p->in & 4) {
        return refuse(p, P6_FEATURE_ABOVE_PROFILE, p->in);
    }
#else
    USES(p, NHC_UDP);
    if (*p->in & 3) USES(p, NHC_UDP_PORTS);
    if (*p->in & 4) USES(p, NHC_UDP_CHECKSUM_ELIDED); else
#endif
    memcpy(header + 6, checksum, 2);
    if ((*p->in & 3) == 3) {
        p6_store16(header, 0xF0B0u | in[0] >> 4);
        p6_store16(header + 2, 0xF0B0u | (in[0] & 15));
        return P6_OK;
    }
    if (!(*p->in & 2)) {
        source = *in++;
    }
    header[0] = (uint8_t)source;
    header[1] = *in++;
    if (!(*p->in & 1)) {
        destination = *in++;
    }
    header[2] = (uint8_t)destination;
    header[3] = *in;
    return P6_OK;
}

static p6_reason compressed_udp(pass *p)
{
    uint8_t header[P6_UDP_OCTETS];
    const uint8_t *in;
    p6_reason reason = udp_header(p, &in, header);

    if (reason == P6_OK) {
        reason = make_room(p, in, sizeof header);
    }
    if (reason != P6_OK) {
        return reason;
    }
    *p->next_header = UDP;
    p->udp = p->to;
    memcpy(p->to, header, sizeof header);
    p->to += sizeof header;
    return P6_OK;
}
#endif

#if P6_HAS_GHC
/* Byte code at `code` up to `end`, appended at `to` + `before`; `*octets` is how many came out. RFC 7400. */
static p6_reason generic(pass *p, const uint8_t **code, const uint8_t *end, size_t before, size_t *octets)
{
    size_t datagram = P6_BOUND(p->node, datagram_octets, DATAGRAM_OCTETS), taken = (size_t)(p->to - p->out) + before;
    size_t room = taken < datagram ? datagram - taken : 0;
    uint8_t *to = p->to + before;
    p6_reason reason;

    if (taken > (size_t)(p->limit - p->out)) {
        return refuse(p, P6_TOO_BIG, *code);
    }
    if (room > (size_t)(p->limit - to)) {
        room = (size_t)(p->limit - to);
    }
    reason = p6_generic_expand(code, end, p->ipv6 + 8, &to, room);
    if (reason == P6_OK && *code < end) {
        reason = P6_TRAILING;
    }
    *octets = (size_t)(to - p->to) - before;
    return reason == P6_OK ? P6_OK : refuse(p, reason, *code);
}

/* RFC 7400 section 3.2: the header without its length; its next header is the first octet where it is not elided. */
static p6_reason generic_extension(pass *p, int *more)
{
    const uint8_t *code = p->in + 1, *end = code, *next_header = NULL;
    unsigned extension = *p->in >> 1 & 7;
    uint8_t number;
    size_t octets;
    p6_reason reason = p6_generic_end(&end, p->end);

    if (reason != P6_OK) {
        return refuse(p, reason, end);
    }
    if (extension >= EIDS || extension == EID_FRAGMENT) {
        return refuse(p, P6_RESERVED, p->in);
    }
    USES(p, GHC_EXTENSION);
    *more = *p->in & 1;
    reason = generic(p, &code, end, *more ? 2 : 1, &octets);
    if (reason != P6_OK) {
        return reason;
    }
    if (!*more) {
        if (octets == 0) {
            return refuse(p, P6_TRUNCATED, p->in);
        }
        number = p->to[1];
        next_header = &number;
        octets--;
    }
    return extension_header(p, extension, next_header, NULL, octets, end);
}

static p6_reason generic_payload(pass *p)
{
    uint8_t header[P6_UDP_OCTETS];
    const uint8_t *code = p->in + 1;
    size_t before = *p->in == 0xDF ? 0 : P6_UDP_OCTETS, octets;
    p6_reason reason = before ? udp_header(p, &code, header) : P6_OK;
    const uint8_t *begin = code;

    if (reason == P6_OK) {
        reason = generic(p, &code, p->end, before, &octets);
    }
    if (reason != P6_OK) {
        return reason;
    }
    *p->next_header = before ? UDP : ICMPV6;
    if (before) {
        USES(p, GHC_UDP);
        p->udp = p->to;
        memcpy(p->to, header, before);
    } else {
        USES(p, GHC_ICMPV6);
        begin = p->in; /* the octet in front counts for the payload */
    }
    p->payload_gain = (int32_t)octets - (int32_t)(p->end - begin);
    p->to += before + octets;
    p->in = p->end;
    return make_room(p, p->end, 0);
}
#endif

#if P6_HAS_REST
/* A LOWPAN_IPHC inside: its identifiers come from the IPv6 header around it. */
static p6_reason inner(pass *p, int *more)
{
    const uint8_t *at = p->in;
    p6_reason reason;

    if (*at & 1) {
        return refuse(p, P6_RESERVED, at);
    }
    if (p->nested >= P6_LENGTHS || p->nested >= p->node->bounds.nested_ipv6_headers) {
        return refuse(p, P6_TOO_DEEP, at);
    }
    *p->next_header = IPV6;
    USES(p, NHC_IPV6);
    p->lengths[p->nested++] = p->ipv6;
    p->identifiers[0] = p->ipv6 + 16;
    p->identifiers[1] = p->ipv6 + 32;
    p->rank = -1;
    p->short_ends = 0;
    reason = make_room(p, at + 1, 0);
    return reason == P6_OK ? iphc(p, more) : reason;
}
#endif

#if P6_HAS_NHC
static p6_reason next_header(pass *p, int *more)
{
    unsigned octet;

    if (p->in == p->end) {
        return truncated(p);
    }
    octet = *p->in;
    *more = 0;
    if (octet >> 3 == 0x1E) {
        return compressed_udp(p);
    }
#if P6_HAS_REST
    if (octet >> 1 == 0x77) {
        return inner(p, more);
    }
#endif
#if P6_HAS_EXTENSIONS
#if !P6_HAS_REST
    if (octet >> 1 == 0x77) {
        return refuse(p, octet & 1 ? P6_RESERVED : P6_TOO_DEEP, p->in);
    }
#endif
    if (octet >> 4 == 0x0E) {
        return compressed_extension(p, more);
    }
#endif
#if P6_HAS_GHC
    if (octet >> 4 == 0x0B) {
        return generic_extension(p, more);
    }
    if (octet >> 3 == 0x1A || octet == 0xDF) {
        return generic_payload(p);
    }
#else
    if (octet >> 4 == 0x0E || octet >> 4 == 0x0B || octet >> 3 == 0x1A || octet == 0xDF) {
        return refuse(p, P6_FEATURE_ABOVE_PROFILE, p->in);
    }
#endif
    return refuse(p, P6_UNKNOWN_NEXT_HEADER, p->in);
}
#endif

/* --- the frame ------------------------------------------------------------------------------------------------------ */

p6_reason p6_expand(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets,
                    uint16_t datagram_size, uint8_t *out, size_t room, p6_expanded *result)
{
    uint8_t identifiers[2][8];
    pass state, *p = &state;
    p6_reason reason;
    size_t headers, size;
    int more = 0;

    memset(&state, 0, sizeof state);
    memset(result, 0, sizeof *result);
    p->node = node;
    p->frame = p->in = frame;
    p->end = frame + octets;
    p->out = p->to = out;
    p->limit = out + room;
    p->result = result;
    p->identifiers[0] = p6_identifier(&link->source, identifiers[0]);
    p->identifiers[1] = p6_identifier(&link->destination, identifiers[1]);
#if P6_HAS_EXTENSIONS
    p->rank = -1;
#endif
#if P6_HAS_REST
    p->short_ends = (link->source.size == 2) | (link->destination.size == 2) << 1;
#endif

    reason = iphc(p, &more);
#if P6_HAS_NHC
    while (reason == P6_OK && more) {
        reason = next_header(p, &more);
    }
#endif
    if (reason != P6_OK) {
        return reason;
    }
    headers = (size_t)(p->to - out);
    if (datagram_size && datagram_size < headers) {
        return refuse(p, P6_BAD_LENGTH, p->in);
    }
    octets = (size_t)(p->end - p->in);
#if !P6_HAS_NHC
    if (datagram_size) { /* are all headers there? */
        unsigned protocol = out[6];
        size_t begin = 0;
        if (p6_chain_end(p->in, octets, &protocol, &begin) > octets) {
            return refuse(p, P6_FEATURE_ABOVE_PROFILE, p->in);
        }
    }
#endif
    if ((size_t)(p->limit - p->to) < octets) {
        return refuse(p, P6_TOO_BIG, p->in);
    }
    memmove(p->to, p->in, octets);
    size = datagram_size ? datagram_size : headers + octets;
    if (size - P6_IPV6_OCTETS > 0xFFFF) {
        return refuse(p, P6_TOO_BIG, p->in);
    }
#if P6_HAS_REST
    while (p->nested--) {
        p6_store16(p->lengths[p->nested] + 4, (unsigned)(size - (size_t)(p->lengths[p->nested] - out)) - P6_IPV6_OCTETS);
    }
    result->growth = (int16_t)(headers - (size_t)(p->in - frame) - (size_t)p->payload_gain);
    if (p->udp != NULL && (result->features & (uint64_t)1 << P6_FEATURE_NHC_UDP_CHECKSUM_ELIDED)) {
        result->unsummed_ipv6 = (uint16_t)(p->ipv6 - out);
        result->unsummed_udp = (uint16_t)(p->udp - out);
    }
#endif
    p6_store16(p->ipv6 + 4, (unsigned)(size - (size_t)(p->ipv6 - out)) - P6_IPV6_OCTETS);
#if P6_HAS_NHC
    if (p->udp != NULL) {
        p6_store16(p->udp + 4, (unsigned)(size - (size_t)(p->udp - out)));
    }
#endif
    result->header_octets = (uint16_t)headers;
    result->octets = (uint16_t)(headers + octets);
    return P6_OK;
}

#endif
