/* Generic Header Compression, RFC 7400: byte code that appends literal octets, zeros, and copies of what is there; run,
 * and found. */
#include "internal.h"

#if P6_HAS_GHC

enum { STOP = P6_GENERIC_STOP, ADDRESSES = 32, DICTIONARY = 48 };

static const uint8_t STATIC_DICTIONARY[16] = {0x16, 0xFE, 0xFD, 0x17, 0xFE, 0xFD, 0x00, 0x01,
                                              0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00};

p6_reason p6_generic_end(const uint8_t **code, const uint8_t *end)
{
    const uint8_t *at = *code;

    while (at < end) {
        unsigned octet = *at++;
        if (octet == STOP) {
            *code = at;
            return P6_OK;
        }
        if (octet < 0x60) {
            at = (size_t)(end - at) < octet ? end : at + octet;
        } else if (octet < 0x80 || (octet > STOP && octet < 0xA0)) {
            *code = at - 1;
            return P6_RESERVED;
        }
    }
    *code = end;
    return P6_TRUNCATED;
}

p6_reason p6_generic_expand(const uint8_t **code, const uint8_t *end, const uint8_t *addresses, uint8_t **out,
                            size_t room)
{
    const uint8_t *in = *code;
    uint8_t *const begin = *out, *to = begin;
    uint32_t more_back = 0, more_length = 0;

    while (in < end) {
        unsigned octet = *in++;
        uint32_t octets;
        *code = in - 1;
        if (octet < 0x80) {
            octets = octet;
            if (octets >= 0x60) {
                return P6_RESERVED;
            }
            if ((size_t)(end - in) < octets) {
                *code = end;
                return P6_TRUNCATED;
            }
            if (room < octets) {
                return P6_TOO_BIG;
            }
            memcpy(to, in, octets);
            in += octets;
        } else if (octet < 0x90) {
            octets = (octet & 15) + 2;
            if (room < octets) {
                return P6_TOO_BIG;
            }
            memset(to, 0, octets);
        } else if (octet == STOP) {
            break;
        } else if (octet < 0xA0) {
            return P6_RESERVED;
        } else if (octet < 0xC0) {
            more_length += (octet & 0x10) >> 1;
            more_back += (octet & 15) * 8;
            continue;
        } else {
            uint32_t back = more_back + (octet & 7), there = (uint32_t)(to - begin) + DICTIONARY, at;
            octets = more_length + (octet >> 3 & 7) + 2;
            if (there < back + octets) {
                return P6_BAD_BACKREFERENCE;
            }
            if (room < octets) {
                return P6_TOO_BIG;
            }
            for (at = 0; at < octets; at++) {
                uint32_t from = there - back - octets + at;
                to[at] = from < ADDRESSES    ? addresses[from]
                         : from < DICTIONARY ? STATIC_DICTIONARY[from - ADDRESSES]
                                             : begin[from - DICTIONARY];
            }
            more_length = more_back = 0;
        }
        to += octets;
        room -= octets;
    }
    *code = in;
    *out = to;
    return P6_OK;
}

/* --- the shortest code ------------------------------------------------------------------------------------------------- */

/* From the last octet to the first: how many octets the code for the rest takes, and what it begins with: so many octets
 * as a literal, as zeros, or copied from the nearest place. Both, two octets each, stand at `steps` for each octet of
 * the text and its end. Where ways are as short, the first found is taken: the Python reference goes in the same order. */
enum { LITERAL_LIMIT = 95, ZEROS_LIMIT = 17, FEWEST = 2, STEP = 8, STEPS_LIMIT = 15, AS_ZEROS = 0x4000, AS_COPY = 0x8000 };

static unsigned octets_from(const uint8_t *steps, size_t at)
{
    return p6_load16(steps + at * 4);
}

/* Where the nearest `count` octets like those at `at` begin, at `from` or to its left; negative: nowhere. */
static int nearest(const uint8_t *text, int from, size_t at, unsigned count)
{
    while (from >= 0 && (text[from] != text[at] || memcmp(text + from, text + at, count) != 0)) {
        from--;
    }
    return from;
}

/* Extended arguments that a distance needs. */
static unsigned source_steps(size_t gap)
{
    return (unsigned)((gap / STEP + STEPS_LIMIT - 1) / STEPS_LIMIT);
}

static unsigned cost_of_copy(unsigned count, size_t gap)
{
    unsigned length = (count - FEWEST) / STEP, source = source_steps(gap);
    return 1 + (length > source ? length : source);
}

static void find_steps(const uint8_t *text, size_t end, unsigned most, uint8_t *steps)
{
    unsigned longest = 2 * (FEWEST + STEP - 1 + STEP * source_steps(end)), zeros = 0;
    size_t at = end, until, literal = end;

    p6_store16(steps + end * 4, 0);
    while (at-- > DICTIONARY) {
        unsigned best, kind, count, cost;
        int from = (int)at;

        if (at + 1 + octets_from(steps, at + 1) <= literal + octets_from(steps, literal)) {
            literal = at + 1;
        } else if (literal - at > LITERAL_LIMIT) { /* out of reach */
            for (literal = until = at + 1; until <= at + LITERAL_LIMIT; until++) {
                if (until + octets_from(steps, until) < literal + octets_from(steps, literal)) {
                    literal = until;
                }
            }
        }
        kind = (unsigned)(literal - at);
        best = 1 + kind + octets_from(steps, literal);
        zeros = text[at] ? 0 : zeros + 1;
        for (count = FEWEST; count <= zeros && count <= ZEROS_LIMIT; count++) {
            cost = 1 + octets_from(steps, at + count);
            if (cost < best) {
                best = cost;
                kind = AS_ZEROS | count;
            }
        }
        for (count = FEWEST; count <= longest && count <= end - at; count++) { /* the longer, the further to the left */
            from = nearest(text, from + (int)count < (int)at ? from : (int)(at - count), at, count);
            if (from < 0) {
                break;
            }
            cost = cost_of_copy(count, at - count - (size_t)from) + octets_from(steps, at + count);
            if (cost < best) {
                best = cost;
                kind = AS_COPY | count;
            }
        }
        p6_store16(steps + at * 4, best);
        p6_store16(steps + at * 4 + 2, kind);
        if (best > most + 2) { /* what comes in front takes away one at most */
            p6_store16(steps + DICTIONARY * 4, best);
            return;
        }
    }
}

static uint8_t *write_copy(unsigned count, size_t gap, uint8_t *to)
{
    unsigned length = count - FEWEST, source = (unsigned)gap;

    while (length >= STEP || source >= STEP) {
        unsigned steps = source / STEP < STEPS_LIMIT ? source / STEP : STEPS_LIMIT;
        *to++ = (uint8_t)(0xA0 | (length >= STEP ? 0x10u : 0u) | steps);
        length -= length >= STEP ? STEP : 0;
        source -= steps * STEP;
    }
    *to++ = (uint8_t)(0xC0 | length << 3 | source);
    return to;
}

size_t p6_generic_compress(const uint8_t *addresses, const uint8_t *first, const uint8_t *octets, size_t count,
                           uint8_t *out, size_t most, size_t room)
{
    size_t leads = first != NULL, end = DICTIONARY + leads + count, at = DICTIONARY;
    uint8_t *text = out + most, *steps = text + end;

    if (most > 0x7FFF || room < most + end * 5 + 4) {
        return most + 1;
    }
    memcpy(text, addresses, ADDRESSES);
    memcpy(text + ADDRESSES, STATIC_DICTIONARY, sizeof STATIC_DICTIONARY);
    if (leads) {
        text[DICTIONARY] = *first;
    }
    memcpy(text + DICTIONARY + leads, octets, count);
    find_steps(text, end, (unsigned)most, steps);
    if (octets_from(steps, at) > most) {
        return most + 1;
    }
    while (at < end) {
        unsigned kind = p6_load16(steps + at * 4 + 2), taken = kind & 0xFFF;
        if (kind & AS_COPY) {
            size_t from = (size_t)nearest(text, (int)(at - taken), at, taken);
            out = write_copy(taken, at - taken - from, out);
        } else if (kind & AS_ZEROS) {
            *out++ = (uint8_t)(0x80 | (taken - FEWEST));
        } else {
            *out++ = (uint8_t)taken;
            memcpy(out, text + at, taken);
            out += taken;
        }
        at += taken;
    }
    return octets_from(steps, DICTIONARY);
}

#endif
