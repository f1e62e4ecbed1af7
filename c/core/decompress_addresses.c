/* What level 0 reads of LOWPAN_IPHC (RFC 6282 section 3), to answer it: the addresses, and where the headers go on. */
#include "internal.h"

#if P6_READS_IPHC && !P6_HAS_IPHC

p6_reason p6_expand(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets,
                    uint16_t datagram_size, uint8_t *out, size_t room, p6_expanded *result)
{
    unsigned first = frame[0], modes;
    size_t next, source, destination, end;

    (void)node;
    (void)datagram_size;
    result->offset = (uint16_t)octets;
    if (octets < 2) {
        return P6_TRUNCATED;
    }
    modes = frame[1];
    next = 2 + (modes >> 7) + P6_TRAFFIC_OCTETS(first >> 3 & 3);
    source = next + !(first & 4) + !(first & 3);
    destination = source + p6_carried_octets(modes >> 4 & 7);
    end = destination + p6_carried_octets(modes & 15);
    if (end > octets) {
        return P6_TRUNCATED;
    }
    result->offset = (uint16_t)end;
    if (room < P6_IPV6_OCTETS) {
        return P6_TOO_BIG;
    }
    out[6] = first & 4 ? COMPRESSED : frame[next];
    p6_expand_address(out + 8, modes >> 4 & 7, frame + source, &link->source, NULL);
    out[24] = modes & P6_GROUP ? 0xFF : modes & 15 ? 0 : frame[destination];
    return P6_FEATURE_ABOVE_PROFILE;
}

#endif
