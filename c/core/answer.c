/* The answer to a frame that uses a feature above our level: the ICMPv6 error of Principled 6LoWPAN
 * (draft-ayers-low-power-interop-01 section 6.2), and whether RFC 4443 section 2.4 e lets us send it. */
#include "internal.h"

#if P6LOWPAN_DISCOVERY

enum { FLEX_CODE = 0x80, LAST_ERROR = 127, REDIRECT = 137, ELIDED = 3 };

/* Whether one of four link-layer addresses is a group, or nobody's. */
static int has_group(const p6_address *const *addresses)
{
    const p6_address *const *behind = addresses + 4;

    for (; addresses < behind; addresses++) {
        const uint8_t *octets = (*addresses)->octets;
        unsigned size = (*addresses)->size;

        if (size == 0 || (size == 2 && ((octets[0] & 0xE0) == 0x80 || (octets[0] & octets[1]) == 0xFF))) {
            return 1;
        }
    }
    return 0;
}

/* Whether an ICMPv6 error, or a Redirect, is behind whatever headers. The first of them is of `protocol`, or COMPRESSED. */
static int carries_error(const uint8_t *in, const uint8_t *end, unsigned protocol)
{
    size_t left, message;

    while (protocol == COMPRESSED) {
        unsigned octet;
        if (end - in < 3) {
            return 0;
        }
        octet = *in++;
        if (octet == 0xDF) {
            protocol = ICMPV6; /* byte code: the type is the first octet that comes out */
            in += *in < 0x80;
        } else if (octet >> 4 == 0xE) {
            if (!(octet & 1)) {
                protocol = *in++;
            }
            in += 1u + ((octet & 0x0E) == 4 ? 6 : *in);
        } else {
            return 0;
        }
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

P6_APART void p6_answer(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets, const uint8_t *out,
                        p6_arrival *arrival)
{
    const p6_link *inside = &arrival->front.datagram.link;
    const p6_address *const ends[] = {&link->source, &link->destination, &inside->source, &inside->destination};
    const p6_address *whom = &inside->source;
    const uint8_t *header, *in, *end;
    unsigned protocol, form = P6_IN_FULL;
    uint8_t *answer = arrival->answer;

    if ((P6_HAS_MESH && !P6LOWPAN_FLEX) || arrival->packet == NULL) { /* expanded up to what was refused */
        header = out;
        in = frame + arrival->offset;
        end = frame + octets;
        protocol = P6_HAS_EXTENSIONS ? COMPRESSED : header[6];
    } else {
        if (arrival->front.is_subsequent || arrival->octets < P6_IPV6_OCTETS) {
            return;
        }
        header = arrival->packet;
        in = header + P6_IPV6_OCTETS;
        end = header + arrival->octets;
        protocol = header[6];
        if (p6_is_above(node, &arrival->front)) { /* whoever sent that is told, whatever the packet says */
            whom = &link->source;
            form = ELIDED;
        }
    }
    if (has_group(ends) || header[8] == 0xFF || header[24] == 0xFF || memcmp(header + 8, answer, 16) == 0 ||
        carries_error(in, end, protocol)) {
        return; /* the answer is all zero yet */
    }
    answer[0] = 0x60;
    answer[5] = P6_ERROR_OCTETS - P6_IPV6_OCTETS;
    answer[6] = ICMPV6;
    answer[7] = 255;
    p6_expand_address(answer + 8, ELIDED, NULL, &link->destination, NULL);
    if (header[8] != 0xFE || header[9] >> 6 != 2) {
        form = ELIDED;
    }
    p6_expand_address(answer + 24, form, header + 8, whom, NULL);
    answer[40] = CLASS_UNSUPPORTED;
#if P6LOWPAN_FLEX
    answer[41] = FLEX_CODE;
    p6_store16(answer + 44, node->flex >> 16);
    p6_store16(answer + 46, node->flex);
#else
    (void)node;
    answer[41] = P6LOWPAN_LEVEL;
#endif
    put_checksum(answer);
    arrival->answer_octets = P6_ERROR_OCTETS;
}

#endif
