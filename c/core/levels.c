/* What neighbors can take: three bits each, in a table of the caller's; and how it is told and learned
 * (draft-ayers-low-power-interop-01 section 6.2; the 6CIO of RFC 7400 section 3.4). */
#include "internal.h"

#if P6LOWPAN_DISCOVERY

/* Whether it is our error, to us from a neighbor, with this code or a lower one. */
static int is_error(const uint8_t *packet, size_t octets, unsigned code)
{
    return octets == P6_ERROR_OCTETS && packet[6] == ICMPV6 && packet[7] == 255 && packet[40] == CLASS_UNSUPPORTED &&
           packet[41] <= code;
}

#endif

#if P6LOWPAN_DISCOVERY && P6LOWPAN_FLEX

enum { FLEX_OPTION = 253, FLEX_FIELD_FOLLOWS = 0x80 };

static uint32_t load32(const uint8_t *at)
{
    return (uint32_t)p6_load16(at) << 16 | p6_load16(at + 2);
}

p6_reason p6_learn(uint32_t *fields, unsigned neighbor, const uint8_t *packet, size_t octets)
{
    uint32_t field;

    if (!is_error(packet, octets, FLEX_FIELD_FOLLOWS) || packet[41] != FLEX_FIELD_FOLLOWS) {
        return P6_BAD_VALUE;
    }
    field = load32(packet + 44) | P6_FLEX_UNCOMPRESSED_IPV6 | P6_FLEX_FRAGMENTATION;
    if ((fields[neighbor] & ~field) == 0) {
        return P6_STALE; /* we sent it nothing that was too much */
    }
    fields[neighbor] = field;
    return P6_OK;
}

void p6_tell_field(uint8_t *option, uint32_t field)
{
    memset(option, 0, 8);
    option[0] = FLEX_OPTION;
    option[1] = 1;
    p6_store16(option + 4, field >> 16);
    p6_store16(option + 6, field);
}

uint32_t p6_told_field(const uint8_t *option)
{
    return option[0] == FLEX_OPTION && option[1] == 1 ? load32(option + 4) : 0;
}

#endif

#if P6LOWPAN_DISCOVERY && !P6LOWPAN_FLEX

enum { CAPABILITY_INDICATION = 36, IS_PRESENT = 0x80 };

unsigned p6_level(const uint8_t *table, unsigned neighbor)
{
    unsigned bit = neighbor * 3, at = bit / 8;
    return (table[at] | table[at + 1] << 8) >> (bit & 7) & 7;
}

void p6_set_level(uint8_t *table, unsigned neighbor, unsigned level)
{
    unsigned bit = neighbor * 3, at = bit / 8, word = (unsigned)(table[at] | table[at + 1] << 8);
    word = (word & ~(7u << (bit & 7))) | level << (bit & 7);
    table[at] = (uint8_t)word;
    table[at + 1] = (uint8_t)(word >> 8);
}

p6_reason p6_learn(uint8_t *table, unsigned neighbor, const uint8_t *packet, size_t octets)
{
    unsigned known = p6_level(table, neighbor);

    if (!is_error(packet, octets, P6_LEVEL_UNKNOWN - 1)) {
        return P6_BAD_VALUE;
    }
    if (known > P6LOWPAN_LEVEL) {
        known = P6LOWPAN_LEVEL; /* what we send at most */
    }
    if (packet[41] >= known) {
        return P6_STALE; /* we sent it nothing that was too much */
    }
    p6_set_level(table, neighbor, packet[41]);
    return P6_OK;
}

void p6_tell_level(uint8_t *option)
{
    option[0] = CAPABILITY_INDICATION;
    option[1] = 1;
    option[2] = (uint8_t)(IS_PRESENT | (option[2] & 15) | P6LOWPAN_LEVEL << 4);
}

unsigned p6_told_level(const uint8_t *option)
{
    return option[0] == CAPABILITY_INDICATION && option[1] && (option[2] & IS_PRESENT) ? option[2] >> 4 & 7u
                                                                                       : P6_LEVEL_UNKNOWN;
}

#endif
