/* The headers in front of a datagram, in the order of RFC 4944 section 5: mesh addressing, LOWPAN_BC0, a fragment's. */
#include "internal.h"

#if P6_HAS_MESH || P6LOWPAN_DISCOVERY
static const uint8_t *take_address(p6_address *address, const uint8_t *in, int is_short)
{
    memset(address, 0, sizeof *address);
    address->size = is_short ? 2 : 8;
    memcpy(address->octets, in, address->size);
    return in + address->size;
}
#endif

#if P6LOWPAN_DISCOVERY && !P6_HAS_MESH
#define OK(front) ((front)->is_above ? P6_FEATURE_ABOVE_PROFILE : P6_OK)
#else
#define OK(front) P6_OK
#endif

p6_reason p6_read_front(const uint8_t *frame, size_t octets, p6_front *front)
{
    const uint8_t *in = frame, *end = frame + octets, *after;
    unsigned dispatch, place = 0;

    front->size = front->offset = 0;
    front->is_subsequent = 0;
#if P6LOWPAN_DISCOVERY && !P6_HAS_MESH
    front->is_above = 0;
#endif
#if P6_HAS_MESH
    front->hops_left = P6_NO_MESH;
    front->sequence = P6_NO_BROADCAST;
#endif
    for (; in < end; in = after) {
        front->at = (uint16_t)(in - frame);
        dispatch = *in;
        if (dispatch == 0x41 || dispatch >> 5 == 3) {
            return OK(front);
        }
        if (dispatch >> 6 == 0) {
            return P6_NOT_A_LOWPAN_FRAME;
        }
#if P6_HAS_MESH || P6LOWPAN_DISCOVERY
        if (dispatch >> 6 == 2) {
            int deep = (dispatch & 15) == 15;
            if (place > 0) {
                return P6_BAD_ORDER;
            }
            place = 1;
            after = in + 1 + deep + (dispatch & 0x20 ? 2 : 8) + (dispatch & 0x10 ? 2 : 8);
            if (after > end) {
                break;
            }
#if P6_HAS_MESH
            front->hops_left = deep ? in[1] : (int16_t)(dispatch & 15);
#else
            front->is_above = 1;
#endif
            take_address(&front->link.destination,
                         take_address(&front->link.source, in + 1 + deep, dispatch & 0x20), dispatch & 0x10);
#if P6_HAS_REST
            front->has_deep_hops = (uint8_t)deep;
#endif
            continue;
        }
        if (dispatch == 0x50) {
            if (place > 1) {
                return P6_BAD_ORDER;
            }
            place = 2;
            after = in + 2;
            if (after > end) {
                break;
            }
#if P6_HAS_MESH
            front->sequence = in[1];
#else
            front->is_above = 1;
#endif
            continue;
        }
#else
        if (dispatch >> 6 == 2 || dispatch == 0x50) {
            return P6_FEATURE_ABOVE_PROFILE;
        }
#endif
        if ((dispatch & 0xD8) == 0xC0) { /* 11000xxx, 11100xxx */
            unsigned is_subsequent = dispatch >> 5 & 1;
            if (place > 2) {
                return P6_BAD_ORDER;
            }
            place = 3;
            after = in + P6_FIRST_FRAGMENT_OCTETS + is_subsequent;
            if (after > end) {
                break;
            }
            front->size = p6_load16(in) & 0x7FF;
            front->tag = p6_load16(in + 2);
            if (front->size == 0) {
                return P6_BAD_VALUE;
            }
            if (is_subsequent) {
                front->offset = (uint16_t)(in[4] * 8);
                front->at = (uint16_t)(after - frame);
                front->is_subsequent = 1;
                return OK(front);
            }
            continue;
        }
        return dispatch == 0x40 || dispatch == 0x42 || dispatch == 0x43 || dispatch >> 2 == 0x3A || dispatch >> 4 == 15
                   ? P6_UNSUPPORTED
                   : P6_UNKNOWN_DISPATCH;
    }
    front->at = (uint16_t)octets;
    return P6_TRUNCATED;
}

#if P6_HAS_MESH
size_t p6_write_mesh(const p6_link *link, uint8_t hops_left, uint8_t *out)
{
    uint8_t *to = out + 1;

    *out = (uint8_t)(0x80 | (link->source.size == 2) << 5 | (link->destination.size == 2) << 4 |
                     (hops_left < 15 ? hops_left : 15));
    if (hops_left >= 15) {
        *to++ = hops_left;
    }
    memcpy(to, link->source.octets, link->source.size);
    to += link->source.size;
    memcpy(to, link->destination.octets, link->destination.size);
    return (size_t)(to + link->destination.size - out);
}
#endif
