/* Any octets end in a packet or a reason, within their buffers; a packet goes in and comes back, byte code gives its octets.
 *
 * For libFuzzer with AddressSanitizer and UBSan. Input: an octet of choices, then frames, each behind its length; or a
 * packet; or octets to find byte code for. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define MTU 100
#define MOST 2048

enum { GIVES_CONTEXTS = 4, IS_NARROW = 8, IS_CODE = 16, IS_PACKET = 32 };

static const p6_link LINKS[4] = {
    {{{2, 0x12, 0x34, 0x56, 0x78, 0xAB, 0xCD, 1}, 8}, {{2, 0x12, 0x34, 0x56, 0x78, 0xAB, 0xCD, 2}, 8}},
    {{{0, 1}, 2}, {{0, 2}, 2}},
    {{{2, 0x12, 0x34, 0x56, 0x78, 0xAB, 0xCD, 1}, 8}, {{0xFF, 0xFF}, 2}},
    {{{0}, 0}, {{0}, 0}},
};

static void hold(int is_so)
{
    if (!is_so) {
        abort();
    }
}

static void give_contexts(p6_context *contexts, unsigned how)
{
    static const uint8_t LENGTHS[4] = {64, 48, 112, 128};
    unsigned at;
    memset(contexts, 0, P6_CONTEXTS * sizeof *contexts);
    for (at = 0; how && at < 4; at++) {
        memcpy(contexts[at].prefix, "\x20\x01\x0d\xb8\xaa\xaa\x00\x01\x11\x11\x22\x22\x33\x33\x44\x44", LENGTHS[at] / 8u);
        contexts[at].length = LENGTHS[at];
        contexts[at].state = P6_CONTEXT_KNOWN | P6_CONTEXT_COMPRESS;
    }
}

typedef struct air {
    uint8_t frames[64][MTU];
    size_t octets[64], count;
} air;

static int transmit(void *application, const uint8_t *frame, size_t octets)
{
    air *a = application;
    hold(octets > 0 && octets <= MTU && a->count < 64);
    memcpy(a->frames[a->count], frame, octets);
    a->octets[a->count++] = octets;
    return 0;
}

typedef struct node {
    p6_layer layer;
    p6_context contexts[P6_CONTEXTS];
    p6_reassembly buffers[2];
    uint8_t octets[2][P6_LIMIT_DATAGRAM_OCTETS];
} node;

static void start(node *n, unsigned choices)
{
    memset(n, 0, sizeof *n);
    give_contexts(n->contexts, choices & GIVES_CONTEXTS);
    n->buffers[0].octets = n->octets[0];
    n->buffers[1].octets = n->octets[1];
    n->layer.node.contexts = n->contexts;
    n->layer.buffers = n->buffers;
    n->layer.buffer_count = 2;
    n->layer.room = P6_LIMIT_DATAGRAM_OCTETS;
#if P6_HAS_REST
    n->layer.node.bounds.header_growth_octets = choices & IS_NARROW ? 51 : 2047;
    n->layer.node.bounds.datagram_octets = P6_LIMIT_DATAGRAM_OCTETS;
    n->layer.node.bounds.nested_ipv6_headers = choices & IS_NARROW ? 0 : 4;
    n->layer.node.bounds.compressed_extension_headers = choices & IS_NARROW ? 4 : 16;
    n->layer.node.bounds.extension_headers_in_order = (choices & IS_NARROW) != 0;
#endif
}

/* Send a packet to another node that knows as much: it arrives. */
static void bring_over(unsigned choices, const p6_link *link, const uint8_t *packet, size_t octets)
{
    static air sent;
    static node sender, receiver;
    static uint8_t work[MTU + P6_HEADER_ROOM + P6_GENERIC_ROOM(P6_LIMIT_DATAGRAM_OCTETS)];
    p6_arrival arrival;
    p6_reason reason;
    size_t at;

    start(&sender, choices);
    start(&receiver, choices);
    sent.count = 0;
#if P6_HAS_REST
    reason = p6_send(&sender.layer, ((p6_allowed)1 << P6_FEATURES) - 1, link, packet, octets, MTU, work, sizeof work, transmit, &sent);
#else
    reason = p6_send(&sender.layer, P6LOWPAN_LEVEL, link, packet, octets, MTU, work, sizeof work, transmit, &sent);
#endif
    hold(reason == P6_OK && sent.count > 0);
    for (at = 0; at < sent.count; at++) {
        uint8_t *frame = malloc(sent.octets[at]), out[MOST];
        hold(frame != NULL);
        memcpy(frame, sent.frames[at], sent.octets[at]);
        reason = p6_receive(&receiver.layer, 0, link, frame, sent.octets[at], out, sizeof out, &arrival);
        hold(reason == P6_OK && (arrival.packet != NULL) == (at + 1 == sent.count));
        hold(arrival.packet == NULL || (arrival.octets == octets && memcmp(arrival.packet, packet, octets) == 0));
        free(frame);
    }
}

/* Any octets as an IPv6 packet. */
static void bring_any(unsigned choices, const p6_link *link, const uint8_t *octets, size_t size)
{
    uint8_t packet[P6_LIMIT_DATAGRAM_OCTETS];

    if (size > sizeof packet) {
        size = sizeof packet;
    }
    memcpy(packet, octets, size);
    packet[0] = (uint8_t)(0x60 | (packet[0] & 15));
    p6_store16(packet + 4, (unsigned)size - P6_IPV6_OCTETS);
    bring_over(choices, link, packet, size);
}

#if P6_HAS_GHC
/* Byte code for octets behind two addresses is no longer than they are as literals, and expands to them and no more. */
static void find_code(int leads, const uint8_t *addresses, const uint8_t *octets, size_t size)
{
    size_t count = size - (size_t)leads, literals = size + (size + 94) / 95, room = P6_GENERIC_ROOM(size), length;
    uint8_t *code = malloc(room), *back = malloc(size + !size), *to = back;
    const uint8_t *in = code;

    hold(code != NULL && back != NULL);
    length = p6_generic_compress(addresses, leads ? octets : NULL, octets + leads, count, code, literals, room);
    hold(length <= literals);
    hold(p6_generic_expand(&in, code + length, addresses, &to, size) == P6_OK);
    hold(in == code + length && to == back + size && memcmp(back, octets, size) == 0);
    if (length) { /* there is none that is shorter, and the search says so in less room */
        hold(p6_generic_compress(addresses, leads ? octets : NULL, octets + leads, count, code, length - 1, room) == length);
    }
    free(code);
    free(back);
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static node n;
    unsigned choices = size ? *input : 0;
    const p6_link *link = &LINKS[choices & 3];
    size_t at, octets;

    if (choices & IS_PACKET) {
        if (size > P6_IPV6_OCTETS) {
            bring_any(choices, link, input + 1, size - 1);
        }
        return 0;
    }
#if P6_HAS_GHC
    if (choices & IS_CODE) {
        if (size > 33) {
            find_code(choices & 1, input + 1, input + 33, size - 33);
        }
        return 0;
    }
#endif
    start(&n, choices);
    for (at = 1; at < size; at += octets) {
        p6_arrival arrival;
        uint8_t *memory, *out, *frame;
        size_t room;
        octets = input[at++];
        if (octets > size - at) {
            octets = size - at;
        }
#if P6_HAS_GHC
        room = MOST;
        memory = malloc(room + octets);
        frame = memory + room;
#else
        room = P6_LIMIT_HEADER_GROWTH_OCTETS + octets; /* in place */
        memory = malloc(room);
        frame = memory + P6_LIMIT_HEADER_GROWTH_OCTETS;
#endif
        hold(memory != NULL);
        out = memory;
        memcpy(frame, input + at, octets);
        p6_receive(&n.layer, (uint32_t)at * 100, link, frame, octets, out, room, &arrival);
        hold(arrival.offset <= P6_LIMIT_DATAGRAM_OCTETS); /* in the frame, or in the datagram that it completes */
        if (arrival.packet != NULL) {
            static uint8_t packet[MOST];
            hold(arrival.octets <= P6_LIMIT_DATAGRAM_OCTETS);
            memcpy(packet, arrival.packet, arrival.octets);
            bring_over(choices, link, packet, arrival.octets);
        }
        free(memory);
    }
    return 0;
}
