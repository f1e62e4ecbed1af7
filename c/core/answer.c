/* The answer to a frame that uses a feature above our own: the ICMPv6 error "class unsupported" of Principled 6LoWPAN
 * (draft-ayers-low-power-interop-01 section 6.2), and whether RFC 4443 section 2.4 e lets us send it. */
#include "internal.h"

#if P6LOWPAN_DISCOVERY

enum { FLEX_CODE = 0x80, LAST_ERROR = 127, REDIRECT = 137 };

/* What is known of a frame whose headers we may not be able to expand. */
typedef struct glance {
    const uint8_t *in, *end;
    const uint8_t *source; /* 16 octets, or NULL: not recovered, so that the link's address stands for it */
    unsigned source_octets;
    unsigned protocol; /* of what is behind, at `in` */
    int is_refused;    /* a group, or nobody */
} glance;

static int is_group(const p6_address *address)
{
    return address->size == 0 || (address->size == 2 && ((address->octets[0] & 0xE0) == 0x80 ||
                                                         (address->octets[0] & address->octets[1]) == 0xFF));
}

/* The octets that an address mode carries, but for groups: 16, 8, 2, 0. */
static unsigned carried(unsigned mode)
{
    return 16u >> (0x5310u >> (mode & 3) * 4 & 15);
}

/* Pass over LOWPAN_IPHC, of which two octets at least are there. */
static int look_at_iphc(glance *g)
{
    const uint8_t *in = g->in;
    unsigned first = in[0], second = in[1], destination = carried(second);
    size_t in_front = 2 + (second >> 7) + (0x0134u >> (first >> 3 & 3) * 4 & 15); /* of the next header */

    g->source_octets = (second & 0x70) == 0x40 ? 0 : carried(second >> 4);
    if ((size_t)(g->end - in) < in_front + !(first & 4) + !(first & 3) + g->source_octets + destination) {
        g->is_refused = 1;
        return 0;
    }
    in += in_front;
    if (!(first & 4)) {
        g->protocol = *in++;
    }
    g->source = in + !(first & 3);
    in = g->source + g->source_octets;
    if ((second & 0x70) == 0x40 || (second & 0x0F) == 4 || second & 8 || (destination == 16 && *in == 0xFF)) {
        g->is_refused = 1;
    }
    if (second & 0x40) {
        g->source_octets = 0; /* no part of it without a context */
    }
    g->in = in + destination;
    return first & 4;
}

/* Pass over LOWPAN_NHC up to what is not compressed. */
static void look_at_next_headers(glance *g)
{
    const uint8_t *in = g->in;
    unsigned octet = 1;
    size_t octets;

    while ((octet & 1) && g->end - in >= 3 && *in >> 4 == 0xE) {
        octet = *in++;
        if (!(octet & 1)) {
            g->protocol = *in++;
        }
        octets = 1u + ((octet & 0x0E) == 4 ? 6 : *in);
        in = octets < (size_t)(g->end - in) ? in + octets : g->end;
    }
    if (octet & 1) {
        g->protocol = NO_NEXT_HEADER;
        if (g->end - in >= 3 && *in == 0xDF) { /* byte code: the type is the first octet that comes out */
            g->protocol = ICMPV6;
            in += in[1] < 0x80 ? 2 : 1;
        }
    }
    g->in = in;
}

static int carries_error(const glance *g)
{
    unsigned protocol = g->protocol;
    size_t begin = 0;
    uint8_t type;

    if (g->in >= g->end) {
        return 0;
    }
    p6_chain_end(g->in, (size_t)(g->end - g->in), &protocol, &begin);
    if (protocol != ICMPV6 || begin >= (size_t)(g->end - g->in)) {
        return 0;
    }
    type = g->in[begin];
    return type <= LAST_ERROR || type == REDIRECT;
}

/* The link-local address of a link-layer address. */
static void link_local(uint8_t *address, const p6_address *from)
{
    address[0] = 0xFE;
    address[1] = 0x80;
    p6_identifier(from, address + 8);
}

static void put_checksum(uint8_t *out)
{
    uint32_t sum = ICMPV6 + P6_ERROR_OCTETS - P6_IPV6_OCTETS;
    unsigned at;

    for (at = 8; at < P6_ERROR_OCTETS; at += 2) {
        sum += p6_load16(out + at);
    }
    sum = (sum >> 16) + (sum & 0xFFFF);
    p6_store16(out + 42, ~(sum + (sum >> 16)));
}

size_t p6_answer(const p6_node *node, const p6_link *link, const p6_front *front, const uint8_t *frame, size_t octets,
                 uint8_t *out)
{
    glance state, *g = &state;
    const p6_address *to = &front->link.source;

    memset(g, 0, sizeof *g);
    g->in = frame + front->at;
    g->end = frame + octets;
    if (front->is_subsequent || octets < front->at + 3u || is_group(&link->source) || is_group(&link->destination) ||
        is_group(to) || is_group(&front->link.destination)) {
        return 0;
    }
    if (*g->in >> 5 == 3) {
        if (look_at_iphc(g)) {
            look_at_next_headers(g);
        }
#if !P6_HAS_MESH
    } else if (*g->in == 0x41 && g->end - g->in > P6_IPV6_OCTETS) { /* too much was only what is in front */
        g->protocol = g->in[7];
        g->source = g->in + 9;
        g->source_octets = 16;
        g->is_refused = g->in[25] == 0xFF;
        g->in += 1 + P6_IPV6_OCTETS;
#endif
    } else {
        return 0;
    }
    memset(out, 0, P6_ERROR_OCTETS);
    if (g->is_refused || carries_error(g) ||
        (g->source_octets == 16 && (*g->source == 0xFF || memcmp(g->source, out, 16) == 0))) {
        return 0;
    }
#if !P6_HAS_MESH
    if (front->is_above) { /* whoever sent that is told, whatever the packet says */
        to = &link->source;
        g->source_octets = 0;
    }
#endif
    link_local(out + 8, &link->destination);
    link_local(out + 24, to);
    if (g->source_octets == 2) {
        p6_identifier_of_short(g->source, out + 32);
    } else if (g->source_octets == 8 || (g->source_octets == 16 && *g->source == 0xFE && g->source[1] >> 6 == 2)) {
        memcpy(out + 40 - g->source_octets, g->source, g->source_octets);
    }
    out[0] = 0x60;
    out[5] = P6_ERROR_OCTETS - P6_IPV6_OCTETS;
    out[6] = ICMPV6;
    out[7] = 255;
    out[40] = CLASS_UNSUPPORTED;
#if P6LOWPAN_FLEX
    out[41] = FLEX_CODE;
    p6_store16(out + 44, node->flex >> 16);
    p6_store16(out + 46, node->flex);
#else
    (void)node;
    out[41] = P6LOWPAN_LEVEL;
#endif
    put_checksum(out);
    return P6_ERROR_OCTETS;
}

#endif
