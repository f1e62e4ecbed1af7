/* The headers of an IPv6 packet as they are, RFC 8200 section 4. */
#include "internal.h"

#if P6_READS_IPHC

/* Headers with another behind, then UDP, TCP and ICMPv6; and their octets at least. */
static const uint8_t HEADERS[] = {IPV6, HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS, MOBILITY, UDP, 6, ICMPV6};
static const uint8_t LEAST[] = {40, 8, 8, 8, 8, 8, 8, 20, 4};

static unsigned place_of(unsigned protocol)
{
    unsigned place = 0;

    while (place < sizeof HEADERS && HEADERS[place] != protocol) {
        place++;
    }
    return place;
}

size_t p6_chain_end(const uint8_t *packet, size_t octets, unsigned protocol, size_t *message)
{
    size_t at = 0, end;
    unsigned place;

    for (;; at = end) {
        place = place_of(protocol);
        if (protocol == ICMPV6 && message != NULL) {
            *message = at;
        }
        if (place == sizeof HEADERS) {
            return at;
        }
        end = at + LEAST[place];
        if (place > 5 || end > octets || (place == 3 && p6_load16(packet + at + 2) >= 8)) {
            return end; /* the last, as far as one sees; or what is behind is the middle of something */
        }
        if (place != 0 && place != 3) {
            end = at + packet[at + 1] * 8u + 8;
        }
        protocol = packet[place == 0 ? at + 6 : at];
    }
}

#endif

#if P6_HAS_EXTENSIONS

/* The extension headers stand in HEADERS in the order of their identifiers. */

unsigned p6_extension_number(unsigned extension)
{
    return HEADERS[1 + extension];
}

unsigned p6_extension_of(unsigned number)
{
    return place_of(number) - 1;
}

int p6_extension_place(unsigned extension, int after)
{
    static const int8_t PLACES[EIDS] = {0, 2, 3, 1, 6};
    return extension == EID_DESTINATION_OPTIONS && after >= 1 ? 5 : PLACES[extension];
}

void p6_pad(uint8_t *to, size_t octets)
{
    memset(to, 0, octets);
    if (octets > 1) {
        to[0] = 1;
        to[1] = (uint8_t)(octets - 2);
    }
}

#endif
