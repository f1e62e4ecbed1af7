/* The headers of an IPv6 packet as they are, RFC 8200 section 4. */
#include "internal.h"

#if P6_WALKS

/* Headers with another behind, then UDP, TCP and ICMPv6; and their octets at least. */
static const uint8_t HEADERS[] = {IPV6, HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS, MOBILITY, UDP, 6, ICMPV6};
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
            *protocol = NO_NEXT_HEADER; /* the middle of something */
            return end;
        }
        if (place != 0 && place != 3) {
            end = at + packet[at + 1] * 8u + 8;
        }
        *protocol = packet[place == 0 ? at + 6 : at];
    }
}

#endif

#if P6_HAS_EXTENSIONS

unsigned p6_extension_number(unsigned extension)
{
    static const uint8_t NUMBERS[EIDS] = {HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS, MOBILITY};
    return NUMBERS[extension];
}

int p6_extension_place(unsigned extension, int after)
{
    static const int8_t PLACES[EIDS] = {0, 2, 3, 1, 6};
    return extension == EID_DESTINATION_OPTIONS && after >= 1 ? 5 : PLACES[extension];
}

#endif
