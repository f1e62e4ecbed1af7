/* The smallest LOWPAN_IPHC and LOWPAN_NHC form of a packet's headers that a receiver takes (RFC 6282).
 *
 * The headers of a packet form a chain, of which any first part may be compressed. One header after the other is written;
 * what the frames would cost if it were the last is held against the best so far, and that is opened up at the end.
 * Generic compression (RFC 7400) is found in ghc.c. */
#include "internal.h"

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
/* The headers that are compressed so far: octets of the packet and of the output, and what must be opened up if nothing
 * more is compressed: the bit that says that LOWPAN_NHC follows, and the place of the next header's number. */
typedef struct depth {
    uint16_t covered, octets, first, place;
    uint8_t bit, number;
#if P6_HAS_GHC
    uint8_t protocol;     /* of the extension header that is the last one; what comes behind may have gone over it */
    uint16_t begin, ipv6; /* its place, and that of the IPv6 header around it */
#endif
} depth;

/* To stop behind a LOWPAN_IPHC that says 41 in line is a feature of its own. */
static void keep_cheaper(const p6_search *s, const depth *now, depth *best, uint32_t *least)
{
    int is_tunnel = now->bit == 4 && now->number == IPV6;
    uint32_t cost = cost_of(s, now->octets + (now->bit != 0u), now->covered);

    if ((!is_tunnel || P6_MAY(s->allowed, TUNNELLED_IPV6)) && cost < *least) {
        *best = *now;
        *least = cost;
    }
}

/* LOWPAN_IPHC at `first` was written up to `to` for the header at `covered`. */
static void took_ipv6(depth *now, const uint8_t *packet, uint8_t *out, size_t first, const uint8_t *place, const uint8_t *to)
{
    now->first = (uint16_t)first;
    now->place = (uint16_t)(place - out);
    now->bit = 4;
    now->number = packet[now->covered + 6];
    now->covered = (uint16_t)(now->covered + P6_IPV6_OCTETS);
    now->octets = (uint16_t)(to - out);
}

/* The last one says in line what is behind it. */
static size_t open_up(uint8_t *out, const depth *last)
{
    out[last->first] = (uint8_t)(out[last->first] & ~last->bit);
    memmove(out + last->place + 1, out + last->place, last->octets - (size_t)last->place);
    out[last->place] = last->number;
    return last->octets + 1u;
}
#endif

#if P6_HAS_GHC
/* The payload as byte code to `to`, where that is shorter and a frame holds it: fragments hold none (RFC 7400 section 3.1). */
static uint8_t *generic_payload(const p6_search *s, const uint8_t *addresses, const uint8_t *payload, const uint8_t *out,
                                uint8_t *to, size_t room)
{
    size_t octets = (size_t)(s->sending->packet + s->sending->size - payload), most = octets - 1, headers = (size_t)(to - out), code;

    if (octets == 0 || headers > s->mtu) {
        return NULL;
    }
    if (most > s->mtu - headers) {
        most = s->mtu - headers;
    }
    code = p6_generic_compress(addresses, NULL, payload, octets, to, most, room - headers);
    return code <= most ? to + code : NULL;
}

/* An extension header in its smallest form; of those as small, without byte code. `is_last`: it says in line what is behind
 * it. Its octets, 0: there is none. */
static size_t extension_form(const p6_search *s, const depth *of, int is_last, uint8_t *out, size_t room)
{
    const uint8_t *header = s->sending->packet + of->begin;
    uint8_t *at = out + of->first, *to = NULL;
    unsigned extension = p6_extension_of(of->protocol), size = of->covered - (unsigned)of->begin, octets = 0, code, most;
    int growth_left = P6_BOUND(s->node, header_growth_octets, HEADER_GROWTH_OCTETS) - (of->begin - of->first);

    if (P6_MAY_EXTENSION(s->allowed, extension)) {
        to = p6_compress_extension(s, extension, header, size, growth_left, at);
    }
    if (to != NULL) {
        depth plain = *of;
        plain.octets = (uint16_t)(to - out);
        octets = (unsigned)((is_last ? open_up(out, &plain) : plain.octets) - of->first);
    }
    if (!P6_MAY(s->allowed, GHC_EXTENSION) || extension == EID_FRAGMENT || octets == 2) { /* none is smaller */
        return octets;
    }
    most = octets ? octets - 3 : size + 16; /* beside the octet in front and the stop code */
    to = at + octets;
    code = (unsigned)p6_generic_compress(s->sending->packet + of->ipv6 + 8, is_last ? header : NULL, header + 2, size - 2, to + 1,
                                         most, room - (size_t)(to + 1 - out));
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
#endif

p6_reason p6_compress(const p6_node *node, p6_allowed allowed, const p6_link *link, size_t mtu, uint8_t *out, size_t room,
                      p6_sending *sending)
{
    const uint8_t *packet = sending->packet;
    size_t octets = sending->size;
    p6_search state, *s = &state;
    uint8_t *to, *place;
#if P6_HAS_NHC
    uint32_t least = IMPOSSIBLE;
    depth now, best;
#endif
#if P6_HAS_EXTENSIONS
    unsigned extensions = 0;
    int rank = -1;
#endif
#if P6_HAS_GHC
    size_t ipv6 = 0;
#endif
#if P6_HAS_REST
    unsigned nested = 0;
    p6_link inner;

    sending->is_bounded = 0;
#endif
    if (p6_check_packet(packet, octets) != P6_OK) {
        return P6_BAD_VALUE;
    }
    if (room < P6_IPV6_OCTETS + 16) { /* LOWPAN_IPHC and UDP, at their longest */
        return P6_NO_ROOM;
    }
    s->node = node;
    s->allowed = allowed;
    s->link = link;
    s->sending = sending;
    s->mtu = mtu;
    to = p6_compress_iphc(s, packet, out, &place);
#if !P6_HAS_NHC
    sending->covered = P6_IPV6_OCTETS;
    if (to == NULL || packet[6] == IPV6 || /* what says 41 in line is a feature of its own */
        cost_of(s, (size_t)(to - out), P6_IPV6_OCTETS) == IMPOSSIBLE) {
        out[0] = 0x41;
        to = out + 1;
        sending->covered = 0;
    }
    sending->header_octets = (size_t)(to - out);
#else
    if (to != NULL) {
        now.covered = 0;
        took_ipv6(&now, packet, out, 0, place, to);
        keep_cheaper(s, &now, &best, &least);
    }

    while (to != NULL) {
        const uint8_t *header = packet + now.covered;
        size_t left = octets - now.covered;
        int growth = (int)now.covered - (int)now.octets;

        if (growth > P6_BOUND(node, header_growth_octets, HEADER_GROWTH_OCTETS)) {
            P6_NOTE_BOUND(s);
            break;
        }
        if (now.number == UDP && left >= P6_UDP_OCTETS && p6_load16(header + 4) == left) {
            to = p6_compress_udp(s, header, out + now.octets);
            growth += (int)(out + now.octets + P6_UDP_OCTETS - to);
            if (to != NULL && growth <= P6_BOUND(node, header_growth_octets, HEADER_GROWTH_OCTETS)) {
                now.covered += P6_UDP_OCTETS;
#if P6_HAS_GHC
                if (P6_MAY(allowed, GHC_UDP)) {
                    uint8_t *end = generic_payload(s, packet + ipv6 + 8, header + P6_UDP_OCTETS, out, to, room);
                    if (end != NULL) {
                        out[now.octets] ^= 0x20; /* 11010CPP in place of 11110CPP */
                        now.covered = (uint16_t)octets;
                        to = end;
                    }
                }
#endif
                now.octets = (uint16_t)(to - out);
                now.bit = 0; /* nothing is behind */
                keep_cheaper(s, &now, &best, &least);
            } else if (to != NULL) {
                P6_NOTE_BOUND(s);
            }
            break;
        }
#if P6_HAS_GHC
        if (now.number == ICMPV6 && left >= 4 && P6_MAY(allowed, GHC_ICMPV6)) {
            out[now.octets] = 0xDF;
            to = generic_payload(s, packet + ipv6 + 8, header, out, out + now.octets + 1, room);
            if (to != NULL) {
                now.covered = (uint16_t)octets;
                now.octets = (uint16_t)(to - out);
                now.bit = 0;
                keep_cheaper(s, &now, &best, &least);
            }
            break;
        }
#endif
#if P6_HAS_REST
        if (now.number == IPV6 && nested < node->bounds.nested_ipv6_headers && left >= P6_IPV6_OCTETS &&
            header[0] >> 4 == 6 && p6_load16(header + 4) == left - P6_IPV6_OCTETS && P6_MAY(allowed, NHC_IPV6)) {
            if (room - now.octets < P6_IPV6_OCTETS + 16) {
                break;
            }
            p6_link_inside(packet + ipv6, &inner);
            if (packet[ipv6 + 24] == 0xFF) {
                inner.destination.size = 0; /* a group has no identifier to copy */
            }
            s->link = &inner;
            out[now.octets] = 0xEE;
            to = p6_compress_iphc(s, header, out + now.octets + 1, &place);
            if (to == NULL) {
                break;
            }
            ipv6 = now.covered;
            took_ipv6(&now, packet, out, now.octets + 1u, place, to);
            nested++;
            rank = -1;
            keep_cheaper(s, &now, &best, &least);
            continue;
        }
#endif
#if P6_HAS_EXTENSIONS
        {
            unsigned extension = p6_extension_of(now.number), size = now.number == FRAGMENT || left < 8 ? 8 : header[1] * 8u + 8;
            int after = rank;
            if (extension >= EIDS || left < size || room - now.octets < size + 16 ||
                (!P6_MAY_EXTENSION(allowed, extension) && (!P6_HAS_GHC || !P6_MAY(allowed, GHC_EXTENSION)))) {
                break;
            }
            rank = p6_extension_place(extension, rank);
            if (++extensions > P6_BOUND(node, compressed_extension_headers, COMPRESSED_EXTENSION_HEADERS) ||
                (P6_BOUND(node, extension_headers_in_order, EXTENSION_HEADERS_IN_ORDER) && rank <= after)) {
                break;
            }
#if !P6_HAS_GHC
            to = p6_compress_extension(s, extension, header, size,
                                       P6_BOUND(node, header_growth_octets, HEADER_GROWTH_OCTETS) - growth,
                                       out + now.octets);
            if (to == NULL) {
                break;
            }
#else
            now.begin = now.covered;
            now.ipv6 = (uint16_t)ipv6;
            now.protocol = now.number;
#endif
            now.first = now.octets;
            now.place = (uint16_t)(now.octets + 1);
            now.bit = 1;
            now.number = header[0];
            now.covered = (uint16_t)(now.covered + size);
#if P6_HAS_GHC
            size = (unsigned)extension_form(s, &now, 1, out, room);
            now.octets = (uint16_t)(now.first + size - 1); /* one more is counted for what is behind */
            if (size) {
                keep_cheaper(s, &now, &best, &least);
            }
            size = (unsigned)extension_form(s, &now, 0, out, room);
            now.octets = (uint16_t)(now.first + size);
            if (size == 0) {
                break;
            }
#else
            now.octets = (uint16_t)(to - out);
            keep_cheaper(s, &now, &best, &least);
#endif
            if (extension == EID_FRAGMENT && p6_load16(header + 2) >= 8) {
                break; /* the middle of something */
            }
            continue;
        }
#else
        break;
#endif
    }
    if (P6_MAY(allowed, UNCOMPRESSED_IPV6)) {
        now.octets = 1;
        now.covered = now.bit = 0;
        keep_cheaper(s, &now, &best, &least);
    }
    if (least == IMPOSSIBLE) {
        return P6_TOO_BIG;
    }
    if (best.covered == 0) {
        out[0] = 0x41;
    }
    sending->covered = best.covered;
#if P6_HAS_GHC
    if (best.bit == 1) {
        sending->header_octets = best.first + extension_form(s, &best, 1, out, room);
    } else
#endif
    sending->header_octets = best.bit ? open_up(out, &best) : best.octets;
#endif
    sending->headers = out;
    sending->at = 0;
    return P6_OK;
}

#endif
