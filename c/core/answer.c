/* The answer to a frame that uses a feature above our own: the ICMPv6 error "class unsupported" of Principled 6LoWPAN
 * (draft-ayers-low-power-interop-01 section 6.2), and whether RFC 4443 section 2.4 e lets us send it. */
#include "internal.h"

#if P6LOWPAN_DISCOVERY

enum { FLEX_CODE = 0x80, LAST_ERROR = 127, REDIRECT = 137, ELIDED = 3 };

/* Whether one of the ends is a group, or nobody. */
static int is_group(const p6_address *address)
{
    return address->size == 0 || (address->size == 2 && ((address->octets[0] & 0xE0) == 0x80 ||
                                                         (address->octets[0] & address->octets[1]) == 0xFF));
}

static int has_group(const p6_link *link)
{
    return is_group(&link->source) || is_group(&link->destination);
}

/* Whether an ICMPv6 error, or a Redirect, is behind whatever headers. */
static int carries_error(const p6_seen *seen)
{
    const uint8_t *in = seen->rest, *end = seen->end;
    unsigned protocol = seen->protocol, octet = seen->is_compressed;
    size_t left, message;

    /* LOWPAN_NHC, up to what is not compressed */
    while ((octet & 1) && end - in >= 3 && *in >> 4 == 0xE) {
        octet = *in++;
        if (!(octet & 1)) {
            protocol = *in++;
        }
        in += 1u + ((octet & 0x0E) == 4 ? 6 : *in);
    }
    if (octet & 1) {
        if (end - in < 3 || *in != 0xDF) {
            return 0;
        }
        protocol = ICMPV6; /* byte code: the type is the first octet that comes out */
        in += in[1] < 0x80 ? 2 : 1;
    }
    if (in >= end) {
        return 0;
    }
    left = message = (size_t)(end - in);
    p6_chain_end(in, left, protocol, &message);
    return message < left && (in[message] <= LAST_ERROR || in[message] == REDIRECT);
}

static void put_checksum(uint8_t *out)
{
    uint32_t sum = ICMPV6 + P6_ERROR_OCTETS - P6_IPV6_OCTETS;
    unsigned at;

    for (at = 8; at < P6_ERROR_OCTETS; at += 2) {
        sum += p6_load16(out + at);
    }
    sum = (sum >> 16) + (sum & 0xFFFF);
    p6_store16(out + 42, ~(sum + (sum >> 16)));
}

size_t p6_answer(const p6_node *node, const p6_link *link, const p6_front *front, const p6_seen *seen, uint8_t *out)
{
    const uint8_t *source;

    memset(out, 0, P6_ERROR_OCTETS);
    if (seen->header == NULL || has_group(link) || has_group(&front->datagram.link)) {
        return 0;
    }
    source = seen->header + 8;
    if (*source == 0xFF || source[16] == 0xFF || memcmp(source, out, 16) == 0 || carries_error(seen)) {
        return 0;
    }
    out[0] = 0x60;
    out[5] = P6_ERROR_OCTETS - P6_IPV6_OCTETS;
    out[6] = ICMPV6;
    out[7] = 255;
    p6_expand_address(out + 8, ELIDED, NULL, &link->destination, NULL);
    if (p6_is_above(node, front)) { /* whoever sent that is told, whatever the packet says */
        p6_expand_address(out + 24, ELIDED, NULL, &link->source, NULL);
    } else if (*source == 0xFE && source[1] >> 6 == 2) {
        memcpy(out + 24, source, 16);
    } else {
        p6_expand_address(out + 24, ELIDED, NULL, &front->datagram.link.source, NULL);
    }
    out[40] = CLASS_UNSUPPORTED;
#if P6LOWPAN_FLEX
    out[41] = FLEX_CODE;
    p6_store16(out + 44, node->flex >> 16);
    p6_store16(out + 46, node->flex);
#else
    out[41] = P6LOWPAN_LEVEL;
#endif
    put_checksum(out);
    return P6_ERROR_OCTETS;
}

#endif
