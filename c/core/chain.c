/* The headers of an IPv6 packet as they are, RFC 8200 section 4. */
#include "internal.h"

#if P6_WALKS

/* IPv6, Hop-by-Hop Options, Routing, Fragment, Destination Options, Mobility; and what an upper layer needs of UDP, TCP
 * and ICMPv6 at least. */
static const uint8_t HEADERS[] = {41, 0, 43, 44, 60, 135, 17, 6, 58};
static const uint8_t LEAST[] = {40, 8, 8, 8, 8, 8, 8, 20, 4};

size_t p6_chain_end(const uint8_t *packet, size_t octets, unsigned *protocol, size_t *begin)
{
    size_t at = *begin, end;
    unsigned place;

    for (;; at = end) {
        for (place = 0; place < sizeof HEADERS && HEADERS[place] != *protocol; place++) {
        }
        *begin = at;
        if (place == sizeof HEADERS) {
            return at;
        }
        end = at + LEAST[place];
        if (place > 5 || end > octets) {
            return end;
        }
        if (place == 3 && p6_load16(packet + at + 2) >= 8) {
            *protocol = 59; /* the middle of something */
            return end;
        }
        if (place != 0 && place != 3) {
            end = at + packet[at + 1] * 8u + 8;
        }
        *protocol = packet[place == 0 ? at + 6 : at];
    }
}

#endif
