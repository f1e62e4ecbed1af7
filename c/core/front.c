/* The headers in front of a datagram, in the order of RFC 4944 section 5: mesh addressing, LOWPAN_BC0, a fragment's. */
#include "internal.h"

/* What a dispatch octet says that none of these begins with: the first row that fits. */
typedef struct row {
    uint8_t mask, value, reason;
} row;

static const row DISPATCHES[] = {
    {0xE0, 0x60, P6_OK},                /* LOWPAN_IPHC */
    {0xFF, 0x41, P6_OK},                /* IPv6 as it is */
    {0xC0, 0x00, P6_NOT_A_LOWPAN_FRAME},
#if P6_SEES_MESH
    {0xC0, 0x80, P6_BAD_ORDER},         /* mesh, */
    {0xFF, 0x50, P6_BAD_ORDER},         /* LOWPAN_BC0 */
#else
    {0xC0, 0x80, P6_FEATURE_ABOVE_PROFILE},
    {0xFF, 0x50, P6_FEATURE_ABOVE_PROFILE},
#endif
    {0xD8, 0xC0, P6_BAD_ORDER},         /* a fragment, too late or once more */
    {0xFC, 0x40, P6_UNSUPPORTED},       /* ESC, HC1 and its neighbor */
    {0xFC, 0xE8, P6_UNSUPPORTED},       /* RFC 8931 */
    {0xF0, 0xF0, P6_UNSUPPORTED},       /* RFC 8025 */
    {0x00, 0x00, P6_UNKNOWN_DISPATCH},
};

static p6_reason reason_of(unsigned dispatch)
{
    const row *each = DISPATCHES;

    while ((dispatch & each->mask) != each->value) {
        each++;
    }
    return (p6_reason)each->reason;
}

#if P6_HAS_MESH
static void take_address(p6_address *address, const uint8_t *in, unsigned size)
{
    memset(address, 0, sizeof *address);
    address->size = (uint8_t)size;
    memcpy(address->octets, in, size);
}

/* Mesh addressing at `in`, where `left` octets are; its octets, more than there are where it is cut. */
static size_t read_mesh(p6_front *front, const uint8_t *in, size_t left)
{
    unsigned dispatch = *in, deep = (dispatch & 15) == 15;
    unsigned source = 8 >> (dispatch >> 4 & 2), destination = 8 >> (dispatch >> 3 & 2); /* or 2 */
    size_t octets = 1 + deep + source + destination;

    if (octets <= left) {
        front->hops_left = (int16_t)(deep ? in[1] : dispatch & 15);
#if P6LOWPAN_FLEX
        front->features = P6_BIT(MESH_HEADER) | (deep ? P6_BIT(MESH_DEEP_HOPS) : 0);
#endif
#if P6_HAS_REST
        front->has_deep_hops = (uint8_t)deep;
#endif
        in += 1 + deep;
        take_address(&front->datagram.link.source, in, source);
        take_address(&front->datagram.link.destination, in + source, destination);
    }
    return octets;
}
#elif P6_SEES_MESH
/* The same of a header that is only passed over: all that matters is whether it names a group. */
static size_t read_mesh(p6_front *front, const uint8_t *in, size_t left)
{
    unsigned dispatch = *in;
    size_t octets = ((dispatch & 15) == 15) + (0x050B0B11u >> (dispatch >> 1 & 0x18) & 0xFF); /* by the sizes of both ends */

    if ((dispatch & 0x10) && octets <= left) {
        front->datagram.link.destination.size = 2;
        memcpy(front->datagram.link.destination.octets, in + octets - 2, 2);
    }
#if P6LOWPAN_FLEX
    front->features = P6_BIT(MESH_HEADER);
#endif
    return octets;
}
#endif

#if P6LOWPAN_DISCOVERY
P6_APART /* its caller has no registers left for it */
#endif
p6_reason p6_read_front(const uint8_t *frame, size_t octets, p6_front *front)
{
    size_t at = 0;

    front->datagram.size = front->offset = 0;
    front->is_subsequent = 0;
#if P6LOWPAN_FLEX
    front->features = 0;
#endif
#if P6_HAS_MESH
    front->hops_left = P6_NO_MESH;
    front->sequence = P6_NO_BROADCAST;
#endif
#if P6_SEES_MESH
    if (octets && *frame >> 6 == 2) {
        at = read_mesh(front, frame, octets);
    }
    if (at < octets && frame[at] == 0x50) {
#if P6_HAS_MESH
        front->sequence = at + 1 < octets ? frame[at + 1] : 0;
#endif
#if P6LOWPAN_FLEX
        front->features |= P6_BIT(BROADCAST_HEADER);
#endif
        at += 2;
    }
#if !P6_HAS_MESH && !P6LOWPAN_FLEX
    front->is_above = at > 0;
#endif
#endif
    if (at < octets && (frame[at] & 0xD8) == 0xC0) { /* 11000xxx, 11100xxx */
        const uint8_t *in = frame + at;
        unsigned is_subsequent = *in >> 5 & 1;
        front->at = (uint16_t)at;
        at += P6_FIRST_FRAGMENT_OCTETS + is_subsequent;
        if (at <= octets) {
            front->datagram.size = p6_load16(in) & 0x7FF;
            front->datagram.tag = p6_load16(in + 2);
            if (front->datagram.size == 0) {
                return P6_BAD_VALUE;
            }
            if (is_subsequent) {
                front->offset = (uint16_t)(in[4] * 8);
                front->is_subsequent = 1;
                front->at = (uint16_t)at;
                return P6_OK;
            }
        }
    }
    front->at = (uint16_t)(at < octets ? at : octets);
    return at < octets ? reason_of(frame[at]) : P6_TRUNCATED;
}

#if P6_HAS_MESH
size_t p6_write_mesh(const p6_link *link, uint8_t hops_left, uint8_t *out)
{
    uint8_t *to = out + 1;

    *out = (uint8_t)(0x80 | (link->source.size & 2) << 4 | (link->destination.size & 2) << 3 |
                     (hops_left < 15 ? hops_left : 15)); /* 2 octets, not 8 */
    if (hops_left >= 15) {
        *to++ = hops_left;
    }
    memcpy(to, link->source.octets, link->source.size);
    to += link->source.size;
    memcpy(to, link->destination.octets, link->destination.size);
    return (size_t)(to + link->destination.size - out);
}
#endif
