/* The conformance vectors on a Cortex-M3: start-up, output by semihosting, and every vector given to the core.
 * Prints a line for each that fails, then the counts, then the instructions of a packet (QEMU -icount shift=0). */
#include <string.h>

#include "p6lowpan.h"
#include "p6lowpan_vectors.h"

#define SYSTICK ((volatile uint32_t *)0xE000E010)
#define NANOSECONDS_A_TICK 40u /* at 25 MHz; an instruction is a nanosecond */
#define ROUNDS 200u
#define MTU 81u
#define HC1 33 /* this feature and those behind it are unknown to the core, which does not answer them */

extern uint32_t data_begin[], data_end[], data_loaded[], bss_begin[], bss_end[], stack_end[];
void start(void);

__attribute__((section(".vectors"), used)) static void *const VECTORS[] = {(void *)stack_end, (void *)start,
                                                                             (void *)start, (void *)start};

static void semihosting(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void say(const char *text)
{
    semihosting(4, text);
}

static void say_number(uint32_t number)
{
    char text[11], *at = text + sizeof text - 1;
    *at = 0;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    say(at);
}

static void say_figure(const char *name, uint32_t number)
{
    say(name);
    say(" ");
    say_number(number);
    say("\n");
}

static p6_context contexts[P6_CONTEXTS];
static uint8_t octets[4][P6_LIMIT_DATAGRAM_OCTETS], out[4096], work[4096];
static p6_reassembly buffers[4];
static p6_layer layer;
static p6_link ends;

static void address(p6_address *to, const struct p6lowpan_octets *from)
{
    memset(to, 0, sizeof *to);
    to->size = (uint8_t)from->length;
    memcpy(to->octets, from->octets, from->length);
}

static void begin(const struct p6lowpan_vector *vector)
{
    size_t at;
    memset(contexts, 0, sizeof contexts);
    memset(buffers, 0, sizeof buffers);
    memset(&layer, 0, sizeof layer);
    for (at = 0; at < vector->context_count; at++) {
        p6_context *context = &contexts[vector->contexts[at].identifier];
        memcpy(context->prefix, vector->contexts[at].prefix, 16);
        context->length = vector->contexts[at].length;
        context->state = P6_CONTEXT_KNOWN | P6_CONTEXT_COMPRESS;
    }
    for (at = 0; at < 4; at++) {
        buffers[at].octets = octets[at];
    }
    layer.node.contexts = contexts;
#if P6LOWPAN_FLEX
    layer.node.flex = OWN_FLEX;
#endif
    layer.buffers = buffers;
    layer.buffer_count = 4;
    layer.room = P6_LIMIT_DATAGRAM_OCTETS;
    address(&ends.source, &vector->link_source);
    address(&ends.destination, &vector->link_destination);
}

static int is(const struct p6lowpan_octets *one, const uint8_t *other, size_t length)
{
    return one->length == length && memcmp(one->octets, other, length) == 0;
}

static int receives(const struct p6lowpan_receive *vector)
{
    size_t at, packets = 0;
    int answers = 0, good = 1;

    begin(&vector->vector);
    for (at = 0; at < vector->frame_count; at++) {
        p6_arrival arrival;
        p6_receive(&layer, 0, &ends, vector->frames[at].octets, vector->frames[at].length, out, sizeof out, &arrival);
        if (arrival.packet != NULL) {
            good &= packets < vector->packet_count && is(&vector->packets[packets], arrival.packet, arrival.octets);
            packets++;
        }
#if P6LOWPAN_DISCOVERY
        if (arrival.answer_octets) {
            answers++;
            good &= vector->answer == P6LOWPAN_ANSWER_MAY || is(&vector->error, arrival.answer, arrival.answer_octets);
        }
#endif
    }
    good &= packets == vector->packet_count;
#if P6LOWPAN_DISCOVERY
    good &= vector->answer == P6LOWPAN_ANSWER_MAY || vector->features >> HC1 ||
            (answers > 0) == (vector->answer == P6LOWPAN_ANSWER_MUST);
#endif
    (void)answers;
    return good;
}

static uint8_t sent[48][128];
static size_t sent_octets[48], sent_count;

static int transmit(void *application, const uint8_t *frame, size_t length)
{
    (void)application;
    memcpy(sent[sent_count], frame, length);
    sent_octets[sent_count++] = length;
    return 0;
}

/* What is sent comes back whole from another node of the level. */
static int sends(const struct p6lowpan_send *vector)
{
    p6_reason reason;
    p6_arrival arrival;
    size_t at;

    begin(&vector->vector);
    sent_count = 0;
    reason = p6_send(&layer, (p6_allowed)ALLOWED, &ends, vector->packet.octets, vector->packet.length, MTU, work,
                     sizeof work, transmit, NULL);
    if (vector->reason != NULL) {
        return reason != P6_OK;
    }
    if (reason != P6_OK || sent_count == 0) {
        return 0;
    }
    for (at = 0; at < sent_count; at++) {
        if (p6_receive(&layer, 0, &ends, sent[at], sent_octets[at], out, sizeof out, &arrival) != P6_OK ||
            (arrival.packet != NULL) != (at + 1 == sent_count)) {
            return 0;
        }
    }
    return is(&vector->packet, arrival.packet, arrival.octets);
}

/* An IPv6 and UDP packet between link-local addresses, 8 octets of payload, received and sent. */
static void time_a_packet(void)
{
    static const uint8_t PACKET[56] = {0x60, 0, 0, 0, 0, 16, 17, 64, 0xFE, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1,
                                       0xFE, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 0xF0, 0xB1, 0xF0, 0xB2, 0,
                                       16, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8};
    static const struct p6lowpan_vector NOTHING = {0};
    uint32_t before, round;
    p6_arrival arrival;

    begin(&NOTHING);
    ends.source.size = ends.destination.size = 8;
    memset(&ends.source.octets, 0, 8);
    ends.source.octets[7] = 1;
    memset(&ends.destination.octets, 0, 8);
    ends.destination.octets[7] = 2;
    SYSTICK[1] = 0xFFFFFF;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5; /* on, the processor's clock, no interrupt */
    before = SYSTICK[2];
    for (round = 0; round < ROUNDS; round++) {
        sent_count = 0;
        p6_send(&layer, (p6_allowed)ALLOWED, &ends, PACKET, sizeof PACKET, MTU, work, sizeof work, transmit, NULL);
    }
    say_figure("instructions-send", ((before - SYSTICK[2]) & 0xFFFFFF) * NANOSECONDS_A_TICK / ROUNDS);
    before = SYSTICK[2];
    for (round = 0; round < ROUNDS; round++) {
        p6_receive(&layer, 0, &ends, sent[0], sent_octets[0], out, sizeof out, &arrival);
    }
    say_figure("instructions-receive", ((before - SYSTICK[2]) & 0xFFFFFF) * NANOSECONDS_A_TICK / ROUNDS);
    say_figure("frame-octets", (uint32_t)sent_octets[0]);
}

void start(void)
{
    uint32_t *to, failed = 0;
    const uint32_t *from = data_loaded;
    size_t at;

    for (to = data_begin; to < data_end; to++) {
        *to = *from++;
    }
    for (to = bss_begin; to < bss_end; to++) {
        *to = 0;
    }
    for (at = 0; at < p6lowpan_receive_count; at++) {
        if (!receives(&p6lowpan_receive_vectors[at])) {
            failed++;
            say("failed ");
            say(p6lowpan_receive_vectors[at].vector.id);
            say("\n");
        }
    }
    for (at = 0; at < p6lowpan_send_count; at++) {
        if (!sends(&p6lowpan_send_vectors[at])) {
            failed++;
            say("failed ");
            say(p6lowpan_send_vectors[at].vector.id);
            say("\n");
        }
    }
    say_figure("receive", (uint32_t)p6lowpan_receive_count);
    say_figure("send", (uint32_t)p6lowpan_send_count);
    say_figure("failures", failed);
    time_a_packet();
    semihosting(0x18, (const void *)0x20026);
    for (;;) {
    }
}
