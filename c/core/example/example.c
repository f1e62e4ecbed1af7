/* A node in two calls: a packet goes out as frames, the frames come in as a packet. Here the radio is an array. */
#include <stdio.h>
#include <string.h>

#include "p6lowpan.h"

#define MTU 81       /* octets of a frame that its MAC header and footer leave */
#define NOW 1000     /* milliseconds: of any clock that goes on */

/* What the neighbor takes: a level, here ours, or a FLEX field. p6_level tells it where discovery is compiled. */
#if P6LOWPAN_FLEX
#define TAKES 0xFFFFFFC0u
#define READS 0xC0000000u /* whoever sent too much: nothing is known of it */
#else
#define TAKES P6LOWPAN_LEVEL
#define READS P6LOWPAN_LEVEL
#endif

static uint8_t on_the_air[16][127];
static size_t octets_on_the_air[16], frames;

/* The radio takes a frame. */
static int transmit(void *application, const uint8_t *frame, size_t octets)
{
    (void)application;
    if (frames == 16) {
        return -1; /* the queue is full: p6_send ends */
    }
    memcpy(on_the_air[frames], frame, octets);
    octets_on_the_air[frames++] = octets;
    return 0;
}

int main(void)
{
    /* Everything that a node remembers is the application's: here one datagram at a time is reassembled. */
    static p6_context contexts[P6_CONTEXTS];
    static uint8_t datagram[P6_LIMIT_DATAGRAM_OCTETS], work[MTU + P6_HEADER_ROOM], out[1500], packet[300];
    static p6_reassembly buffers[1];
    static p6_layer layer;
    static const p6_link link = {{{2, 0, 0, 0, 0, 0, 0, 1}, 8}, {{2, 0, 0, 0, 0, 0, 0, 2}, 8}};
    static const uint8_t addresses[32] = {0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                                          0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    p6_arrival arrival;
    size_t at;

    buffers[0].octets = datagram;
    layer.node.contexts = contexts;
    layer.buffers = buffers;
    layer.buffer_count = 1;
    layer.room = sizeof datagram;
#if P6LOWPAN_FLEX
    layer.node.flex = TAKES; /* our own */
#endif

    /* An IPv6 packet with 260 octets that no header number explains. */
    packet[0] = 0x60;
    packet[4] = 260 >> 8;
    packet[5] = 260 & 0xFF;
    packet[6] = 59;
    packet[7] = 64;
    memcpy(packet + 8, addresses, sizeof addresses);

    if (p6_send(&layer, TAKES, &link, packet, sizeof packet, MTU, work, sizeof work, transmit, NULL) != P6_OK) {
        return 1;
    }
    for (at = 0; at < frames; at++) {
        p6_reason reason =
            p6_receive(&layer, NOW, &link, on_the_air[at], octets_on_the_air[at], out, sizeof out, &arrival);
        if (reason != P6_OK) {
            printf("frame %u dropped: reason %d at octet %u\n", (unsigned)at, (int)reason, (unsigned)arrival.offset);
        } else if (arrival.packet == NULL) {
            printf("frame %u of %u octets: more to come\n", (unsigned)at, (unsigned)octets_on_the_air[at]);
        } else {
            printf("frame %u: a packet of %u octets is whole\n", (unsigned)at, (unsigned)arrival.octets);
            return !(arrival.octets == sizeof packet && memcmp(arrival.packet, packet, sizeof packet) == 0);
        }
#if P6LOWPAN_DISCOVERY
        if (arrival.answer_octets) { /* a frame above our level: tell its sender, not too often */
            p6_link back = {link.destination, link.source};
            p6_send(&layer, READS, &back, arrival.answer, arrival.answer_octets, MTU, work, sizeof work, transmit, NULL);
        }
#endif
    }
    return 1;
}
