/* What the files of the core share. */
#ifndef P6LOWPAN_INTERNAL_H
#define P6LOWPAN_INTERNAL_H

#include <string.h>

#include "p6lowpan.h"

/* Next header numbers. */
enum {
    HOP_BY_HOP = 0,
    UDP = 17,
    IPV6 = 41,
    ROUTING = 43,
    FRAGMENT = 44,
    ICMPV6 = 58,
    NO_NEXT_HEADER = 59,
    DESTINATION_OPTIONS = 60,
    MOBILITY = 135
};

enum { CLASS_UNSUPPORTED = 100 }; /* the ICMPv6 type, until one is assigned */

#if P6_HAS_TRAFFIC
extern const uint8_t p6_hop_limits[4]; /* by HLIM; 0: in line */
#endif
#if P6_HAS_EXTENSIONS
extern const uint8_t p6_extension_headers[5]; /* next header numbers by extension header identifier */
#endif

#if P6_HAS_REST
#define P6_BOUND(node, name, NAME) ((node)->bounds.name)
#else
#define P6_BOUND(node, name, NAME) (P6_LIMIT_##NAME)
#endif

/* Whether a feature may be sent. What a build does not hold is never sent, so its code goes. */
#if P6_HAS_REST
#define P6_MAY(allowed, feature) ((allowed) >> P6_FEATURE_##feature & 1)
#elif P6LOWPAN_FLEX
#define P6_MAY(allowed, feature) (P6_LEVEL_OF_##feature <= P6LOWPAN_LEVEL && ((allowed) & P6_FLEX_##feature) != 0)
#else
#define P6_MAY(allowed, feature) (P6_LEVEL_OF_##feature <= P6LOWPAN_LEVEL && (allowed) >= P6_LEVEL_OF_##feature)
#endif

#if P6_HAS_IPHC
/* The octets that a mode carries in line: SAC and SAM, or M, DAC and DAM; 0 for the reserved ones. */
unsigned p6_carried_octets(unsigned mode);

/* One unicast address from `octets` octets in line; `stateful`: with `context`. */
p6_reason p6_unicast(uint8_t *address, const uint8_t *in_line, unsigned octets, const uint8_t *identifier, int stateful,
                     const p6_context *context);

/* One group from `octets` octets in line; `stateful`: with `context` (RFC 3306). */
p6_reason p6_multicast(uint8_t *address, const uint8_t *in_line, unsigned octets, int stateful,
                       const p6_context *context);
#endif

#if P6_HAS_GHC
/* Run byte code of RFC 7400 from `code` to `end`, appending to `out` at most `room` octets; copies may reach back into
 * the addresses at `addresses` and the static dictionary. Stops behind a stop code. `*code` and `*out` are moved on; on
 * a refusal `*code` is the octet to blame. */
p6_reason p6_generic_expand(const uint8_t **code, const uint8_t *end, const uint8_t *addresses, uint8_t **out,
                            size_t room);

/* Find the end of byte code that a stop code ends. */
p6_reason p6_generic_end(const uint8_t **code, const uint8_t *end);

/* The shortest byte code for the octet at `first`, where that is not NULL, and the `count` octets at `octets`, to `out`.
 * How many octets it has, without a stop code; more than `most` where none is as short, or the `room` at `out`, which
 * the search works in, is too small. */
size_t p6_generic_compress(const uint8_t *addresses, const uint8_t *first, const uint8_t *octets, size_t count,
                           uint8_t *out, size_t most, size_t room);
#define P6_GENERIC_STOP 0x90
#endif

#if P6_WALKS
/* Where the headers from `*begin` on end, the first of them that of `*protocol`: behind `octets` where they do not tell.
 * `*protocol` and `*begin` become those of the last one. */
size_t p6_chain_end(const uint8_t *packet, size_t octets, unsigned *protocol, size_t *begin);
#endif

/* The interface identifier of a link-layer address (RFC 6282 section 3.2.2), or NULL where there is no address. */
const uint8_t *p6_identifier(const p6_address *address, uint8_t *identifier);
void p6_identifier_of_short(const uint8_t *octets, uint8_t *identifier);

static inline uint16_t p6_load16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline void p6_store16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

#endif
