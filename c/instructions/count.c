/* One task, so many times: `count expand|compress|code TIMES`. For callgrind, see count.py. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define MTU 81

/* An IPv6 and UDP packet between link-local addresses, 8 octets of payload: the one that the Cortex-M3 counts for. */
static const uint8_t PACKET[56] = {0x60, 0, 0, 0, 0, 16, 17, 64, 0xFE, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1,
                                   0xFE, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 0xF0, 0xB1, 0xF0, 0xB2, 0,
                                   16, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8};
static const p6_link LINK = {{{0, 0, 0, 0, 0, 0, 0, 1}, 8}, {{0, 0, 0, 0, 0, 0, 0, 2}, 8}};
static const p6_allowed CODES = P6_BIT(GHC_EXTENSION) | P6_BIT(GHC_UDP) | P6_BIT(GHC_ICMPV6);

int main(int count, char **arguments)
{
    static p6_context contexts[P6_CONTEXTS];
    static uint8_t headers[P6_GENERIC_ROOM(sizeof PACKET) + P6_HEADER_ROOM], frame[MTU], out[sizeof PACKET];
    const char *task = count == 3 ? arguments[1] : "";
    int expands = strcmp(task, "expand") == 0;
    long times = count == 3 ? atol(arguments[2]) : 0, time;
    p6_allowed everything = ((p6_allowed)1 << P6_FEATURES) - 1, allowed = everything & ~CODES;
    p6_node node;
    p6_sending sending;
    p6_expanded expanded;
    size_t octets;

    memset(&node, 0, sizeof node);
    memset(&sending, 0, sizeof sending);
    node.contexts = contexts;
    node.bounds.header_growth_octets = P6_LIMIT_HEADER_GROWTH_OCTETS;
    node.bounds.datagram_octets = P6_LIMIT_DATAGRAM_OCTETS;
    node.bounds.compressed_extension_headers = P6_LIMIT_COMPRESSED_EXTENSION_HEADERS;
    node.bounds.extension_headers_in_order = 1;
    sending.packet = PACKET;
    sending.size = sizeof PACKET;
    if (p6_compress(&node, allowed, &LINK, MTU, headers, sizeof headers, &sending) != P6_OK ||
        p6_next_frame(&sending, frame, MTU, &octets) != P6_OK) {
        return 1;
    }
    if (strcmp(task, "code") == 0) {
        allowed = everything;
    }
    for (time = 0; time < times; time++) {
        if (expands) {
            p6_expand(&node, &LINK, frame, octets, 0, out, sizeof out, &expanded);
        } else {
            p6_compress(&node, allowed, &LINK, MTU, headers, sizeof headers, &sending);
        }
    }
    return expands && times && memcmp(out, PACKET, sizeof PACKET) != 0;
}
