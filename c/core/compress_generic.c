/* Extension headers and payloads under generic compression, where that is smaller (RFC 7400 section 3). */
#include "compression.h"

#if P6_HAS_GHC

uint8_t *p6_take_generic_payload(p6_compression *c, const uint8_t *payload, uint8_t *to)
{
    const p6_search *s = &c->search;
    size_t octets = (size_t)(s->sending->packet + s->sending->size - payload), most = octets - 1, headers = (size_t)(to - c->out);
    size_t code;

    if (octets == 0 || headers > s->mtu) {
        return NULL;
    }
    if (most > s->mtu - headers) {
        most = s->mtu - headers;
    }
    code = p6_generic_compress(s->sending->packet + c->ipv6 + 8, NULL, payload, octets, to, most, c->room - headers);
    if (code > most) {
        return NULL;
    }
    c->now.covered = (uint16_t)s->sending->size;
    return to + code;
}

size_t p6_extension_form(const p6_compression *c, const p6_depth *of, int is_last)
{
    const p6_search *s = &c->search;
    const uint8_t *header = s->sending->packet + of->begin;
    uint8_t *out = c->out, *at = out + of->first, *to = NULL;
    unsigned extension = p6_extension_of(of->protocol), size = of->covered - (unsigned)of->begin, octets = 0, code, most;
    int growth_left = P6_GROWTH_BOUND(c) - (of->begin - of->first);

    if (P6_MAY_EXTENSION(s->allowed, extension)) {
        to = p6_compress_extension(s, extension, header, size, growth_left, at);
    }
    if (to != NULL) {
        p6_depth plain = *of;
        plain.octets = (uint16_t)(to - out);
        octets = (unsigned)((is_last ? p6_open_up(out, &plain) : plain.octets) - of->first);
    }
    if (!P6_MAY_SEND(c, GHC_EXTENSION) || extension == EID_FRAGMENT || octets == 2) { /* none is smaller */
        return octets;
    }
    most = octets ? octets - 3 : size + 16; /* beside the octet in front and the stop code */
    to = at + octets;
    code = (unsigned)p6_generic_compress(s->sending->packet + of->ipv6 + 8, is_last ? header : NULL, header + 2, size - 2, to + 1,
                                         most, c->room - (size_t)(to + 1 - out));
    if (code > most) {
        return octets;
    }
    if ((int)(size - code - 2) > growth_left) {
        P6_NOTE_BOUND(s);
        return octets;
    }
    *to = (uint8_t)(0xB0 | extension << 1 | !is_last);
    to[code + 1] = P6_GENERIC_STOP;
    memmove(at, to, code + 2);
    return code + 2;
}

int p6_take_extension_forms(p6_compression *c)
{
    p6_depth *now = &c->now;
    size_t size = p6_extension_form(c, now, 1);

    now->octets = (uint16_t)(now->first + size - 1); /* one more is counted for what is behind */
    if (size) {
        p6_keep_cheaper(c);
    }
    size = p6_extension_form(c, now, 0);
    now->octets = (uint16_t)(now->first + size);
    return size != 0;
}

#endif
