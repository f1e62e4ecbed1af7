/* LOWPAN_NHC for the headers of UDP and, at level 5, IPv6 extension headers (RFC 6282 section 4). */
#include "internal.h"

#if P6_HAS_NHC

uint8_t *p6_compress_udp(const p6_search *s, const uint8_t *header, uint8_t *to)
{
    unsigned source = p6_load16(header), destination = p6_load16(header + 2), form = 0xF0;

    if (!P6_MAY(s->allowed, NHC_UDP)) {
        return NULL;
    }
    if (P6_MAY(s->allowed, NHC_UDP_PORTS)) {
        if (((source ^ 0xF0B0) | (destination ^ 0xF0B0)) < 16) {
            form = 0xF3;
        } else if (source >> 8 == 0xF0) {
            form = 0xF2;
        } else if (destination >> 8 == 0xF0) {
            form = 0xF1;
        }
    }
    *to++ = (uint8_t)form;
    if (form == 0xF3) {
        *to++ = (uint8_t)(source << 4 | (destination & 15));
    } else {
        if (!(form & 2)) {
            *to++ = (uint8_t)(source >> 8);
        }
        *to++ = (uint8_t)source;
        if (!(form & 1)) {
            *to++ = (uint8_t)(destination >> 8);
        }
        *to++ = (uint8_t)destination;
    }
    *to++ = header[6];
    *to++ = header[7];
    return to;
}

#endif

#if P6_HAS_EXTENSIONS

/* How many octets of options are kept when trailing padding is elided: all that a receiver does not put back. */
static unsigned without_padding(const uint8_t *header, unsigned octets)
{
    uint8_t padding[8];
    unsigned at = 2, last = 2;

    while (at < octets) {
        last = at;
        at += header[at] == 0 ? 1u : 2u + (at + 1 < octets ? header[at + 1] : 0u);
    }
    if (at != octets || octets - last > 7) {
        return octets;
    }
    p6_pad(padding, octets - last);
    return memcmp(padding, header + last, octets - last) == 0 ? last : octets;
}

uint8_t *p6_compress_extension(const p6_search *s, unsigned extension, const uint8_t *header, unsigned octets,
                               int growth_left, uint8_t *to)
{
    unsigned kept = octets;

    if (extension == EID_FRAGMENT && header[1] == 6) { /* would be read as a length */
        return NULL;
    }
    if (P6_IS_OPTIONS(extension) && P6_MAY(s->allowed, NHC_PADDING_ELIDED)) {
        kept = without_padding(header, octets);
        if ((int)(octets - kept) > growth_left) {
            P6_NOTE_BOUND(s);
            kept = octets;
        }
    }
    if (kept - 2 > 255) {
        return NULL;
    }
    *to++ = (uint8_t)(0xE1 | extension << 1);
    *to++ = extension == EID_FRAGMENT ? header[1] : (uint8_t)(kept - 2);
    memcpy(to, header + 2, kept - 2);
    return to + kept - 2;
}

#endif
