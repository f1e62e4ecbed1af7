/* A node in two calls: a packet goes out as frames, the frames come in as a packet. The radio is an array here, and the node
 * its own neighbor. In an application, transmit gives a frame to the MAC, on_frame is called for each that it received,
 * send_packet by the IP stack; all of them by one thread. Nothing here allocates or waits. */
#include <stdio.h>
#include <string.h>

#include "p6lowpan.h"

#define MTU 81      /* octets of a frame that its MAC header and footer leave */
#define NEIGHBORS 4 /* that are known at a time; here the first one is all there is */
#define FRAMES 16

/* What we can do ourselves. FLEX: a field, of what the level has. */
#if P6LOWPAN_FLEX
#define OURS P6_FLEX_OF_LEVEL(P6LOWPAN_LEVEL)
#else
#define OURS P6LOWPAN_LEVEL
#endif

/* Everything that a node remembers is the application's. A buffer for each datagram that is reassembled at a time. */
typedef struct node {
    p6_layer layer;
    p6_context contexts[P6_CONTEXTS];
    p6_reassembly buffers[2];
    uint8_t datagrams[2][P6_LIMIT_DATAGRAM_OCTETS];
    uint8_t work[MTU + P6_HEADER_ROOM];          /* frames are made here */
    uint8_t out[P6_LIMIT_DATAGRAM_OCTETS + MTU]; /* packets come here; below level 6, MTU and 51 octets are enough */
#if P6LOWPAN_DISCOVERY && P6LOWPAN_FLEX
    uint32_t fields[NEIGHBORS];
#elif P6LOWPAN_DISCOVERY
    uint8_t levels[P6_LEVEL_TABLE_OCTETS(NEIGHBORS)]; /* three bits each */
#endif
} node;

static uint8_t on_the_air[FRAMES][127];
static size_t octets_on_the_air[FRAMES], frames;

static void start(node *n)
{
    unsigned each;

    memset(n, 0, sizeof *n); /* no context is known, no datagram has begun */
    for (each = 0; each < 2; each++) {
        n->buffers[each].octets = n->datagrams[each];
    }
    n->layer.buffers = n->buffers;
    n->layer.buffer_count = 2;
    n->layer.room = P6_LIMIT_DATAGRAM_OCTETS;
    n->layer.node.contexts = n->contexts;
    /* Context 0, 2001:db8::/64, as a 6CO of the router says (RFC 6775 section 4.2). */
    memcpy(n->contexts[0].prefix, "\x20\x01\x0D\xB8", 4);
    n->contexts[0].length = 64;
    n->contexts[0].state = P6_CONTEXT_KNOWN | P6_CONTEXT_COMPRESS;
#if P6LOWPAN_FLEX
    n->layer.node.flex = OURS;
#endif
#if P6LOWPAN_DISCOVERY && P6LOWPAN_FLEX
    for (each = 0; each < NEIGHBORS; each++) {
        n->fields[each] = OURS; /* until an error or an option says otherwise: p6_learn, p6_told_field */
    }
#elif P6LOWPAN_DISCOVERY
    memset(n->levels, 0xFF, sizeof n->levels); /* unknown, until an error or a 6CIO says: p6_learn, p6_told_level */
#endif
}

/* What a neighbor takes. */
static p6_allowed takes(const node *n, unsigned neighbor)
{
    (void)n;
    (void)neighbor;
#if P6LOWPAN_DISCOVERY && P6LOWPAN_FLEX
    return OURS & n->fields[neighbor];
#elif P6LOWPAN_DISCOVERY
    return (p6_allowed)p6_level(n->levels, neighbor); /* unknown: as much as we can */
#else
    return OURS; /* all nodes of this network are alike */
#endif
}

/* The frame lies in `work`: whoever transmits it later has to copy it. */
static int transmit(void *application, const uint8_t *frame, size_t octets)
{
    (void)application;
    if (frames == FRAMES) {
        return -1; /* the queue is full: p6_send ends with P6_NO_ROOM */
    }
    memcpy(on_the_air[frames], frame, octets);
    octets_on_the_air[frames++] = octets;
    return 0;
}

static p6_reason send_packet(node *n, p6_allowed allowed, const p6_link *link, const uint8_t *packet, size_t octets)
{
    return p6_send(&n->layer, allowed, link, packet, octets, MTU, n->work, sizeof n->work, transmit, n);
}

/* A frame came, for us, between the addresses of its MAC header. `now`: milliseconds of any clock that goes on, and round. */
static void on_frame(node *n, uint32_t now, const p6_link *link, const uint8_t *frame, size_t octets)
{
    p6_arrival arrival;
    p6_reason reason = p6_receive(&n->layer, now, link, frame, octets, n->out, sizeof n->out, &arrival);

    if (reason != P6_OK) { /* the names of reasons are in p6lowpan.h */
        printf("dropped: reason %d at octet %u\n", (int)reason, (unsigned)arrival.offset);
    }
#if P6LOWPAN_DISCOVERY
    if (arrival.answer_octets) { /* the frame is above what we can do: tell its sender, a few times a second at most */
        p6_link back;
        back.source = link->destination;
        back.destination = link->source;
#if P6LOWPAN_FLEX
        send_packet(n, P6_FLEX_OF_LEVEL(0), &back, arrival.answer, arrival.answer_octets); /* nothing is known of it */
#else
        send_packet(n, P6LOWPAN_LEVEL, &back, arrival.answer, arrival.answer_octets); /* it can do more than we */
#endif
    }
#endif
    if (arrival.packet == NULL) {
        return; /* more fragments are to come */
    }
#if P6LOWPAN_DISCOVERY
#if P6LOWPAN_FLEX
    reason = p6_learn(n->fields, 0, arrival.packet, arrival.octets);
#else
    reason = p6_learn(n->levels, 0, arrival.packet, arrival.octets);
#endif
    if (reason == P6_OK) {
        return; /* a neighbor told that we sent too much, and it is noted: send it the last packet again */
    }
#endif
    /* Here an IP stack takes the packet, before the next frame comes. */
    printf("a packet of %u octets is whole\n", (unsigned)arrival.octets);
}

int main(void)
{
    static const p6_link link = {{{2, 0, 0, 0, 0, 0, 0, 1}, 8}, {{2, 0, 0, 0, 0, 0, 0, 2}, 8}};
    static const uint8_t addresses[32] = {0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                                          0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    static uint8_t packet[300];
    static node n;
    size_t at;

    start(&n);
    /* An IPv6 packet with 260 octets that no header number explains. */
    packet[0] = 0x60;
    packet[4] = 260 >> 8;
    packet[5] = 260 & 0xFF;
    packet[6] = 59;
    packet[7] = 64;
    memcpy(packet + 8, addresses, sizeof addresses);
    if (send_packet(&n, takes(&n, 0), &link, packet, sizeof packet) != P6_OK) {
        return 1;
    }
    for (at = 0; at < frames; at++) {
        printf("a frame of %u octets\n", (unsigned)octets_on_the_air[at]);
        on_frame(&n, 1000, &link, on_the_air[at], octets_on_the_air[at]);
    }
    return 0;
}
