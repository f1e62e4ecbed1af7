/* LOWPAN_NHC, put back into the headers of UDP and, at level 5, IPv6 extension headers (RFC 6282 section 4). */
#include "expansion.h"

#if P6_HAS_EXTENSIONS

/* Announce an extension header, and keep the bounds on number and order. */
static p6_reason count(p6_pass *p, unsigned extension)
{
    int after = p->rank;

    p->rank = (int8_t)p6_extension_place(extension, after);
    *p->next_header = (uint8_t)p6_extension_number(extension);
    if (++p->extensions > P6_BOUND(p->node, compressed_extension_headers, COMPRESSED_EXTENSION_HEADERS)) {
        return P6_TOO_MANY_EXTENSION_HEADERS;
    }
    return P6_BOUND(p->node, extension_headers_in_order, EXTENSION_HEADERS_IN_ORDER) && p->rank <= after ? P6_BAD_ORDER
                                                                                                        : P6_OK;
}

p6_reason p6_expand_extension(p6_pass *p, unsigned extension, unsigned number, const uint8_t *data, size_t octets,
                              const uint8_t *in)
{
    size_t padding = -(octets + 2) & 7; /* elided Pad1 or PadN */
    uint8_t *to = p->to;
    p6_reason reason;

    if ((padding && !P6_IS_OPTIONS(extension)) || octets + 2 + padding > 8 * 256) {
        return P6_BAD_LENGTH;
    }
    reason = count(p, extension);
    if (reason == P6_OK) {
        reason = p6_make_room(p, in, octets + 2 + padding);
    }
    if (reason != P6_OK) {
        return reason;
    }
    p->next_header = to;
    if (data != NULL) {
        memmove(to + 2, data, octets);
    }
    *to++ = (uint8_t)number;
    *to++ = (uint8_t)((octets + 2 + padding) / 8 - 1);
    to += octets;
    p6_pad(to, padding);
    p->to = to + padding;
    return P6_OK;
}

static p6_reason compressed_extension(p6_pass *p)
{
    const uint8_t *in = p->in + 1;
    uint8_t more = *p->in & 1;
    unsigned extension = *p->in >> 1 & 7, number = 0, octets, second;
    p6_reason reason;

    if (!more) {
        number = in < p->end ? *in : 0;
        in++;
    }
    second = in < p->end ? *in : 0; /* a length, or what is reserved in a Fragment header, which has none */
    octets = extension == EID_FRAGMENT ? 6 : second;
    in++;
    if (p->end - in < (ptrdiff_t)octets) {
        return P6_TRUNCATED;
    }
    if (extension >= EIDS) {
        return P6_RESERVED;
    }
#if P6_COUNTS_FEATURES
    p->features |= P6_EXTENSION_BIT(extension);
    if (P6_IS_OPTIONS(extension) && ((octets + 2) & 7)) {
        P6_USES(p, NHC_PADDING_ELIDED);
    }
#endif
    if (extension == EID_FRAGMENT && second == 6) { /* some stacks send a length */
#if P6_HAS_REST
        second = 0;
        P6_USES(p, NHC_FRAGMENT_LENGTH_SIX);
#else
        return P6_FEATURE_ABOVE_PROFILE;
#endif
    }
    p->more = more;
    reason = p6_expand_extension(p, extension, number, in, octets, in + octets);
    if (reason == P6_OK && extension == EID_FRAGMENT) {
        p->next_header[1] = (uint8_t)second;
    }
    return reason;
}
#endif

#if P6_HAS_NHC
p6_reason p6_expand_udp(p6_pass *p, const uint8_t **end, uint8_t *header)
{
    const uint8_t *in = p->in;
    unsigned form = *in++, source = 0xF000, destination = 0xF000;

    *end = in + (0x1334u >> (form & 3) * 4 & 15) + (P6_HAS_REST && (form & 4) ? 0 : 2);
    if (*end > p->end) {
        return P6_TRUNCATED;
    }
    P6_USES(p, NHC_UDP);
    if (form & 3) P6_USES(p, NHC_UDP_PORTS);
    if (P6_HAS_REST && (form & 4)) P6_USES(p, NHC_UDP_CHECKSUM_ELIDED);
    if ((form & 3) == 3) {
        source = 0xF0B0u | *in >> 4;
        destination = 0xF0B0u | (*in & 15u);
    } else {
        if (!(form & 2)) {
            source = *in++ * 256u;
        }
        source |= *in++;
        if (!(form & 1)) {
            destination = *in++ * 256u;
        }
        destination |= *in;
    }
    p6_store16(header, source);
    p6_store16(header + 2, destination);
    p6_store16(header + 4, 0);
    p6_store16(header + 6, form & 4 ? 0 : p6_load16(*end - 2));
    return P6_OK;
}

static p6_reason compressed_udp(p6_pass *p)
{
    uint8_t header[P6_UDP_OCTETS];
    const uint8_t *in;
    p6_reason reason = p6_expand_udp(p, &in, header);

    if (reason == P6_OK) {
        reason = p6_make_room(p, in, sizeof header);
    }
    if (reason != P6_OK) {
        return reason;
    }
    *p->next_header = UDP;
    p->more = 0;
    p->udp = p->to;
    memcpy(p->to, header, sizeof header);
    p->to += sizeof header;
    return P6_OK;
}
#endif

#if P6_HAS_REST
/* A LOWPAN_IPHC inside: its identifiers come from the IPv6 header around it. */
static p6_reason inner_ipv6(p6_pass *p)
{
    const uint8_t *at = p->in;
    p6_reason reason;

    if (*at & 1) {
        return P6_RESERVED;
    }
    if (p->nested >= P6_LENGTHS || p->nested >= p->node->bounds.nested_ipv6_headers) {
        return P6_TOO_DEEP;
    }
    *p->next_header = IPV6;
    P6_USES(p, NHC_IPV6);
    p->lengths[p->nested++] = p->ipv6;
    p6_link_inside(p->ipv6, &p->inner);
    p->link = &p->inner;
    p->rank = -1;
    reason = p6_make_room(p, at + 1, 0);
    return reason == P6_OK ? p6_expand_iphc(p) : reason;
}
#endif

#if P6_HAS_NHC
/* What LOWPAN_NHC can say (RFC 6282 section 4.1, RFC 7400 section 3), by the five bits in front. */
#define NEXT_HEADERS (1u << 0x1E | 3u << 0x1C | 1u << 0x1A | 3u << 0x16)

p6_reason p6_expand_next_header(p6_pass *p)
{
    unsigned octet;

    if (p->in == p->end) {
        return P6_TRUNCATED;
    }
    octet = *p->in;
    if (octet >> (P6_HAS_REST ? 3 : 2) == (P6_HAS_REST ? 0x1E : 0x3C)) {
        return compressed_udp(p);
    }
#if P6_HAS_REST
    if (octet >> 1 == 0x77) {
        return inner_ipv6(p);
    }
#elif P6_HAS_EXTENSIONS
    if (octet >> 1 == 0x77) {
        return octet & 1 ? P6_RESERVED : P6_TOO_DEEP;
    }
#endif
#if P6_HAS_EXTENSIONS
    if (octet >> 4 == 0x0E) {
        return compressed_extension(p);
    }
#endif
#if P6_HAS_GHC
    if (octet >> 4 == 0x0B) {
        return p6_expand_generic_extension(p);
    }
    if (octet >> 3 == 0x1A || octet == 0xDF) {
        return p6_expand_generic_payload(p);
    }
#endif
    return NEXT_HEADERS >> (octet >> 3) & 1 || octet == 0xDF ? P6_FEATURE_ABOVE_PROFILE : P6_UNKNOWN_NEXT_HEADER;
}
#endif
