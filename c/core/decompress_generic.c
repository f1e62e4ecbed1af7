/* Extension headers and payloads under generic compression, put back (RFC 7400 section 3). */
#include "expansion.h"

#if P6_HAS_GHC

/* Byte code at `code` up to `end`, appended at `to` + `before`; `*octets` is how many came out. */
static p6_reason run(p6_pass *p, const uint8_t *code, const uint8_t *end, size_t before, size_t *octets)
{
    size_t datagram = P6_BOUND(p->node, datagram_octets, DATAGRAM_OCTETS), taken = (size_t)(p->to - p->out) + before;
    size_t room = taken < datagram ? datagram - taken : 0;
    const uint8_t *header = p->in;
    uint8_t *to = p->to + before;
    p6_reason reason;

    p->in = code;
    if (taken > (size_t)(p->limit - p->out)) {
        return P6_TOO_BIG;
    }
    if (room > (size_t)(p->limit - to)) {
        room = (size_t)(p->limit - to);
    }
    reason = p6_generic_expand(&p->in, end, p->ipv6 + 8, &to, room);
    if (reason == P6_OK && p->in < end) {
        reason = P6_TRAILING;
    }
    *octets = (size_t)(to - p->to) - before;
    if (reason == P6_OK) {
        p->in = header;
    }
    return reason;
}

/* RFC 7400 section 3.2: the header without its length; its next header is the first octet where it is not elided. */
p6_reason p6_expand_generic_extension(p6_pass *p)
{
    const uint8_t *header = p->in, *code = header + 1, *end = code;
    unsigned extension = *header >> 1 & 7, more = *header & 1;
    size_t octets;
    p6_reason reason = p6_generic_end(&end, p->end);

    if (reason != P6_OK) {
        p->in = end;
        return reason;
    }
    if (extension >= EIDS || extension == EID_FRAGMENT) {
        return P6_RESERVED;
    }
    P6_USES(p, GHC_EXTENSION);
    p->more = (uint8_t)more;
    reason = run(p, code, end, more ? 2 : 1, &octets);
    if (reason != P6_OK) {
        return reason;
    }
    if (more) {
        return p6_expand_extension(p, extension, 0, NULL, octets, end);
    }
    if (octets == 0) {
        p->end = p->in; /* the code ends too early, not the frame */
        return P6_TRUNCATED;
    }
    return p6_expand_extension(p, extension, p->to[1], NULL, octets - 1, end);
}

p6_reason p6_expand_generic_payload(p6_pass *p)
{
    uint8_t header[P6_UDP_OCTETS];
    const uint8_t *code = p->in + 1, *begin;
    size_t before = *p->in == 0xDF ? 0 : P6_UDP_OCTETS, octets;
    p6_reason reason = before ? p6_expand_udp(p, &code, header) : P6_OK;

    if (reason == P6_OK) {
        reason = run(p, code, p->end, before, &octets);
    }
    if (reason != P6_OK) {
        return reason;
    }
    begin = before ? code : p->in; /* the octet of an ICMPv6 message counts for the payload */
    *p->next_header = before ? UDP : ICMPV6;
    if (before) {
        P6_USES(p, GHC_UDP);
        p->udp = p->to;
        memcpy(p->to, header, before);
    } else {
        P6_USES(p, GHC_ICMPV6);
    }
    p->payload_gain = (int32_t)octets - (int32_t)(p->end - begin);
    p->to += before + octets;
    p->more = 0;
    return p6_make_room(p, p->end, 0);
}
#endif
