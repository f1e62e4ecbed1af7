/* Generic Header Compression, RFC 7400: byte code that appends literal octets, zeros, and copies of what is there. */
#include "internal.h"

#if P6_HAS_GHC

enum { STOP = 0x90, ADDRESSES = 32, DICTIONARY = 48 };

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

#endif
