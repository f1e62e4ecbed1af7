/* The smallest LOWPAN_IPHC and LOWPAN_NHC form of a packet's headers that a receiver takes (RFC 6282).
 *
 * The headers of a packet form a chain, of which any first part may be compressed. One header after the other is written;
 * what the frames would cost if it were the last is held against the best so far, and that is opened up at the end.
 * Generic compression (RFC 7400) is found in ghc.c. */
#include "compression.h"

#if P6_HAS_IPHC

/* --- what it costs ------------------------------------------------------------------------------------------------------- */

#define IMPOSSIBLE 0xFFFFFFFFu

/* The octets of all frames of a compressed form; of two that make as many, the less compressed costs more. Below level 4
 * there is but one, and the first frame says all. */
static uint32_t cost_of(const p6_search *s, size_t headers, size_t covered)
{
    p6_sending *sending = s->sending;
    uint32_t whole = (uint32_t)(headers + sending->size - covered), all = 0;
    size_t octets;

    if (whole <= s->mtu) {
        return whole << 12;
    }
    sending->header_octets = headers;
    sending->covered = covered;
    sending->at = 0;
    if ((P6_HAS_REST && !P6_MAY(s->allowed, FRAGMENTATION)) || p6_next_frame(sending, NULL, s->mtu, &octets) != P6_OK ||
        (covered && !P6_MAY(s->allowed, HEADERS_PAST_FIRST_FRAGMENT) &&
         p6_chain_end(sending->packet, sending->size, IPV6, NULL) > sending->at)) {
        return IMPOSSIBLE;
    }
#if P6_HAS_NHC
    do {
        all += (uint32_t)octets;
        if (p6_next_frame(sending, NULL, s->mtu, &octets) != P6_OK) {
            return IMPOSSIBLE;
        }
    } while (octets);
#endif
    return all << 12 | whole;
}

/* --- the chain ----------------------------------------------------------------------------------------------------------- */

#if P6_HAS_NHC
/* To stop behind a LOWPAN_IPHC that says 41 in line is a feature of its own. */
void p6_keep_cheaper(p6_compression *c)
{
    const p6_depth *now = &c->now;
    int is_tunnel = now->bit == 4 && now->number == IPV6;
    uint32_t cost = cost_of(&c->search, now->octets + (now->bit ? 1u : 0u), now->covered);

    if ((!is_tunnel || P6_MAY_SEND(c, TUNNELLED_IPV6)) && cost < c->least) {
        c->best = *now;
        c->least = cost;
    }
}

size_t p6_open_up(uint8_t *out, const p6_depth *last)
{
    out[last->first] = (uint8_t)(out[last->first] & ~last->bit);
    memmove(out + last->place + 1, out + last->place, last->octets - (size_t)last->place);
    out[last->place] = last->number;
    return last->octets + 1u;
}

/* Up to `to` stands what nothing is behind. */
static void keep_as_end(p6_compression *c, const uint8_t *to)
{
    c->now.octets = (uint16_t)(to - c->out);
    c->now.bit = 0;
    p6_keep_cheaper(c);
}

/* LOWPAN_IPHC for `header`, from octet `first` on. 0: it cannot be sent. */
static int take_ipv6(p6_compression *c, const uint8_t *header, size_t first)
{
    p6_depth *now = &c->now;
    uint8_t *place, *to = p6_compress_iphc(&c->search, header, c->out + first, &place);

    if (to == NULL) {
        return 0;
    }
    now->first = (uint16_t)first;
    now->place = (uint16_t)(place - c->out);
    now->bit = 4;
    now->number = header[6];
    now->covered = (uint16_t)(now->covered + P6_IPV6_OCTETS);
    now->octets = (uint16_t)(to - c->out);
    p6_keep_cheaper(c);
    return 1;
}
#endif

#if P6_HAS_GHC
static void take_icmpv6(p6_compression *c, const uint8_t *header)
{
    uint8_t *to = c->out + c->now.octets;

    *to = 0xDF;
    to = p6_take_generic_payload(c, header, to + 1);
    if (to != NULL) {
        keep_as_end(c, to);
    }
}
#endif

#if P6_HAS_NHC
static void take_udp(p6_compression *c, const uint8_t *header, int growth)
{
    p6_depth *now = &c->now;
    uint8_t *from = c->out + now->octets, *to = p6_compress_udp(&c->search, header, from);

    if (to == NULL) {
        return;
    }
    if (growth + (int)(from + P6_UDP_OCTETS - to) > P6_GROWTH_BOUND(c)) {
        P6_NOTE_BOUND(&c->search);
        return;
    }
    now->covered = (uint16_t)(now->covered + P6_UDP_OCTETS);
#if P6_HAS_GHC
    if (P6_MAY_SEND(c, GHC_UDP)) {
        uint8_t *end = p6_take_generic_payload(c, header + P6_UDP_OCTETS, to);
        if (end != NULL) {
            *from ^= 0x20; /* 11010CPP in place of 11110CPP */
            to = end;
        }
    }
#endif
    keep_as_end(c, to);
}
#endif

#if P6_HAS_REST
/* An IPv6 header inside of another. 0: nothing more is compressed. */
static int take_nested(p6_compression *c, const uint8_t *header)
{
    const uint8_t *outer = c->search.sending->packet + c->ipv6;
    size_t first = c->now.octets, begin = c->now.covered;

    if (c->room - first < P6_IPV6_OCTETS + 16) {
        return 0;
    }
    p6_link_inside(outer, &c->inner);
    if (outer[24] == 0xFF) {
        c->inner.destination.size = 0; /* a group has no identifier to copy */
    }
    c->search.link = &c->inner;
    c->out[first] = 0xEE;
    c->nested++;
    c->rank = -1;
    if (!take_ipv6(c, header, first + 1)) {
        return 0;
    }
    c->ipv6 = begin;
    return 1;
}

/* Is it a whole IPv6 packet, which may be compressed so deep inside? */
static int is_nested(const p6_compression *c, const uint8_t *header, size_t left)
{
    return c->now.number == IPV6 && c->nested < c->search.node->bounds.nested_ipv6_headers && left >= P6_IPV6_OCTETS &&
           header[0] >> 4 == 6 && p6_load16(header + 4) == left - P6_IPV6_OCTETS && P6_MAY_SEND(c, NHC_IPV6);
}
#endif

#if P6_HAS_EXTENSIONS
/* 0: nothing more is compressed. */
static int take_extension(p6_compression *c, const uint8_t *header, size_t left, int growth)
{
    const p6_search *s = &c->search;
    p6_depth *now = &c->now;
    unsigned extension = p6_extension_of(now->number), size = now->number == FRAGMENT || left < 8 ? 8 : header[1] * 8u + 8;
    int after = c->rank;

    if (extension >= EIDS || left < size || c->room - now->octets < size + 16 ||
        (!P6_MAY_EXTENSION(s->allowed, extension) && (!P6_HAS_GHC || !P6_MAY_SEND(c, GHC_EXTENSION)))) {
        return 0;
    }
    c->rank = p6_extension_place(extension, after);
    if (++c->extensions > P6_BOUND(s->node, compressed_extension_headers, COMPRESSED_EXTENSION_HEADERS) ||
        (P6_BOUND(s->node, extension_headers_in_order, EXTENSION_HEADERS_IN_ORDER) && c->rank <= after)) {
        return 0;
    }
#if P6_HAS_GHC
    now->begin = now->covered;
    now->ipv6 = (uint16_t)c->ipv6;
    now->protocol = now->number;
#endif
    now->first = now->octets;
    now->place = (uint16_t)(now->octets + 1);
    now->bit = 1;
    now->number = header[0];
    now->covered = (uint16_t)(now->covered + size);
#if P6_HAS_GHC
    (void)growth;
    if (!p6_take_extension_forms(c)) {
        return 0;
    }
#else
    {
        uint8_t *to = p6_compress_extension(s, extension, header, size, P6_GROWTH_BOUND(c) - growth, c->out + now->first);
        if (to == NULL) {
            return 0;
        }
        now->octets = (uint16_t)(to - c->out);
        p6_keep_cheaper(c);
    }
#endif
    return extension != EID_FRAGMENT || p6_load16(header + 2) < 8; /* else it is the middle of something */
}
#endif

#if P6_HAS_NHC
/* One header more. 0: nothing more is compressed. */
static int take_next(p6_compression *c)
{
    const p6_sending *sending = c->search.sending;
    const uint8_t *header = sending->packet + c->now.covered;
    size_t left = sending->size - c->now.covered;
    int growth = (int)c->now.covered - (int)c->now.octets;

    if (growth > P6_GROWTH_BOUND(c)) {
        P6_NOTE_BOUND(&c->search);
        return 0;
    }
    if (c->now.number == UDP && left >= P6_UDP_OCTETS && p6_load16(header + 4) == left) {
        take_udp(c, header, growth);
        return 0;
    }
#if P6_HAS_GHC
    if (c->now.number == ICMPV6 && left >= 4 && P6_MAY_SEND(c, GHC_ICMPV6)) {
        take_icmpv6(c, header);
        return 0;
    }
#endif
#if P6_HAS_REST
    if (is_nested(c, header, left)) {
        return take_nested(c, header);
    }
#endif
#if P6_HAS_EXTENSIONS
    return take_extension(c, header, left, growth);
#else
    return 0;
#endif
}

/* The best form, opened up at its end. */
static p6_reason write_best(const p6_compression *c)
{
    p6_sending *sending = c->search.sending;
    const p6_depth *best = &c->best;

    if (c->least == IMPOSSIBLE) {
        return P6_TOO_BIG;
    }
    if (best->covered == 0) {
        c->out[0] = 0x41;
    }
    sending->covered = best->covered;
    sending->header_octets = best->octets;
#if P6_HAS_GHC
    if (best->bit == 1) {
        sending->header_octets = best->first + p6_extension_form(c, best, 1);
    } else
#endif
    if (best->bit) {
        sending->header_octets = p6_open_up(c->out, best);
    }
    return P6_OK;
}

static P6_APART p6_reason compress(p6_compression *c)
{
    c->least = IMPOSSIBLE;
    c->now.covered = 0;
#if P6_HAS_EXTENSIONS
    c->extensions = 0;
    c->rank = -1;
#endif
#if P6_HAS_GHC
    c->ipv6 = 0;
#endif
#if P6_HAS_REST
    c->nested = 0;
    c->search.sending->is_bounded = 0;
#endif
    if (take_ipv6(c, c->search.sending->packet, 0)) {
        while (take_next(c)) {
        }
    }
    if (P6_MAY_SEND(c, UNCOMPRESSED_IPV6)) {
        c->now.covered = 0;
        keep_as_end(c, c->out + 1);
    }
    return write_best(c);
}
#else
static p6_reason compress(p6_compression *c)
{
    p6_sending *sending = c->search.sending;
    uint8_t *place, *to = p6_compress_iphc(&c->search, sending->packet, c->out, &place);

    sending->covered = P6_IPV6_OCTETS;
    if (to == NULL || sending->packet[6] == IPV6 || /* what says 41 in line is a feature of its own */
        cost_of(&c->search, (size_t)(to - c->out), P6_IPV6_OCTETS) == IMPOSSIBLE) {
        c->out[0] = 0x41;
        to = c->out + 1;
        sending->covered = 0;
    }
    sending->header_octets = (size_t)(to - c->out);
    return P6_OK;
}
#endif

p6_reason p6_compress(const p6_node *node, p6_allowed allowed, const p6_link *link, size_t mtu, uint8_t *out, size_t room,
                      p6_sending *sending)
{
    p6_compression state, *c = &state;
    p6_reason reason;

    if (p6_check_packet(sending->packet, sending->size) != P6_OK) {
        return P6_BAD_VALUE;
    }
    if (room < P6_IPV6_OCTETS + 16) { /* LOWPAN_IPHC and UDP, at their longest */
        return P6_NO_ROOM;
    }
    c->search.node = node;
    c->search.allowed = allowed;
    c->search.link = link;
    c->search.sending = sending;
    c->search.mtu = mtu;
    c->out = out;
    c->room = room;
    reason = compress(c);
    sending->headers = out;
    sending->at = 0;
    return reason;
}

#endif
