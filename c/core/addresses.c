/* How LOWPAN_IPHC sends an address: what each mode stands for (RFC 6282 sections 3.1.1, 3.2.2 and 3.2.4). */
#include "internal.h"

#if P6_READS_IPHC

const uint8_t p6_hop_limits[4] = {0, 1, 64, 255};

#define GROUP(first, last) ((first) << 5 | ((first) + (last)))

/* The octets that a mode carries in line, and in front of them how many of these follow the first octet of a group. */
static const uint8_t CARRIED[16] = {16, 8, 2, 0, 0, 8, 2, 0, 16, GROUP(1, 5), GROUP(1, 3), GROUP(0, 1), GROUP(2, 4)};

unsigned p6_carried_octets(unsigned mode)
{
    return CARRIED[mode] & 31;
}

#if P6_HAS_IPHC
uint8_t *p6_carry(uint8_t *to, unsigned mode, const uint8_t *address)
{
    unsigned octets = p6_carried_octets(mode), first = CARRIED[mode] >> 5;

    memcpy(to, address + 1, first);
    memcpy(to + first, address + 16 - (octets - first), octets - first);
    return to + octets;
}
#endif

#if P6_HAS_CONTEXTS
/* The bits of a context always count (RFC 6282 section 3.1.1), and 64 at least. */
static void overlay(uint8_t *address, const p6_context *context)
{
    unsigned bits = context->length < 64 ? 64 : context->length, octet = bits / 8;

    memcpy(address, context->prefix, octet);
    if (bits & 7) {
        address[octet] = (uint8_t)(context->prefix[octet] | (address[octet] & 0xFF >> (bits & 7)));
    }
}
#endif

#if P6_COUNTS_FEATURES && P6_HAS_IPHC
/* What a receiver must have for a mode; beside that, for an identifier of a short link-layer address. */
p6_allowed p6_needs(unsigned mode, const p6_address *end)
{
#define EACH_FORM(base) \
    base, base, base | P6_BIT(SHORT_ADDRESSES), base | P6_BIT(ELIDED_IDENTIFIER)
    static const p6_allowed NEEDS[] = {
        EACH_FORM(P6_BIT(STATELESS_UNICAST)), EACH_FORM(P6_BIT(STATEFUL_UNICAST)),
        P6_BIT(STATELESS_MULTICAST), P6_BIT(STATELESS_MULTICAST), P6_BIT(STATELESS_MULTICAST),
        P6_BIT(STATELESS_MULTICAST), P6_BIT(STATEFUL_MULTICAST)};

    if (mode == P6_UNSPECIFIED) {
        return P6_BIT(UNSPECIFIED_SOURCE);
    }
    return NEEDS[mode] | (mode < P6_GROUP && (mode & 3) == 3 && end->size == 2 ? P6_BIT(SHORT_ADDRESSES) : 0);
}
#endif

p6_reason p6_expand_address(uint8_t *address, unsigned mode, const uint8_t *in_line, const p6_address *end,
                            const p6_context *context)
{
    unsigned octets = p6_carried_octets(mode), first = P6_HAS_IPHC ? CARRIED[mode] >> 5 : 0, inverts = 0;

    memset(address, 0, 16);
    if (mode == P6_UNSPECIFIED) {
        return P6_OK;
    }
    if (P6_HAS_IPHC && (mode & P6_GROUP)) {
        address[0] = 0xFF;
        address[1] = 2;
    } else {
        address[0] = 0xFE;
        address[1] = 0x80;
        if (octets == 0) {
            octets = end->size;
            in_line = end->octets;
            inverts = octets >> 2; /* the universal bit of an EUI-64 */
#if P6_HAS_CONTEXTS
            if (octets == 0 && !((mode & P6_STATEFUL) && context->length == 128)) /* which leaves no bit to be known */
#else
            if (octets == 0)
#endif
            {
                return P6_NO_LINK_ADDRESS;
            }
        }
        if (octets == 2) {
            address[11] = 0xFF;
            address[12] = 0xFE;
        }
    }
    memcpy(address + 1, in_line, first);
    memcpy(address + 16 - (octets - first), in_line + first, octets - first);
    address[8] ^= (uint8_t)inverts;
#if P6_HAS_CONTEXTS || P6LOWPAN_DISCOVERY
    if (mode & P6_STATEFUL) {
#if P6_HAS_CONTEXTS
        if (context->state) {
            if (!(mode & P6_GROUP)) {
                overlay(address, context);
            } else { /* RFC 3306 */
                address[3] = context->length;
                memcpy(address + 4, context->prefix, 8);
            }
            return P6_OK;
        }
#endif
        if (P6LOWPAN_DISCOVERY && !(P6_HAS_IPHC && (mode & P6_GROUP))) {
            address[0] = address[1] = 0; /* of what prefix, is not known */
        }
        return P6_HAS_CONTEXTS ? P6_NO_CONTEXT : P6_OK;
    }
#endif
    (void)context;
    return P6_OK;
}

#if P6_HAS_REST
void p6_link_inside(const uint8_t *ipv6, p6_link *link)
{
    memcpy(link->source.octets, ipv6 + 16, 8);
    memcpy(link->destination.octets, ipv6 + 32, 8);
    link->source.octets[0] ^= 2; /* as in an EUI-64 */
    link->destination.octets[0] ^= 2;
    link->source.size = link->destination.size = 8;
}
#endif

#endif
