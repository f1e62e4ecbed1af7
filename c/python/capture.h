/* What the parts of the extension module for captures share. */
#ifndef P6LOWPAN_CAPTURE_H
#define P6LOWPAN_CAPTURE_H

#include "known.h"

#define ROOM 4096
#define SECOND_NS 1000000000
#define RECORD_OCTETS 16 /* of the header of a record in a pcap file */
#define UDP 17
#define ICMPV6 58
#define ECHO_REQUEST 128
#define ECHO_REPLY 129

enum { FAILED = -1, UNUSUAL, KEPT, WHOLE };

/* A record of a capture file. */
typedef struct record {
    long number;
    long long time_ns;
    const uint8_t *octets;
    uint32_t length, original;
} record;

/* Attributes by name: they are looked up for every frame, and for every fragment. */
#define ATTRIBUTES(EACH)                                                                                                \
    EACH(sender) EACH(facts)                                                                                            \
    EACH(received) EACH(delivered) EACH(octets) EACH(deadline) EACH(nothing_before)                                     \
    EACH(offsets) EACH(pieces) EACH(arrivals) EACH(at_us) EACH(key) EACH(count)

#define ATTRIBUTE(attribute) PyObject *attribute;
typedef struct names {
    ATTRIBUTES(ATTRIBUTE)
} names;
#undef ATTRIBUTE

static inline unsigned word(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* UDP or ICMPv6 where a whole packet teaches nothing but its addresses and nothing is wrong with it: UDP to anybody but
 * MLE, and echo, right behind the IPv6 header. Else 0. */
int plain(const uint8_t *packet, size_t octets);

#endif
