/* How LOWPAN_IPHC sends an address: what each mode stands for (RFC 6282 sections 3.1.1, 3.2.2 and 3.2.4). */
#include "internal.h"

#if P6_HAS_TRAFFIC
const uint8_t p6_hop_limits[4] = {0, 1, 64, 255};
#endif
#if P6_HAS_EXTENSIONS
const uint8_t p6_extension_headers[5] = {HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS, MOBILITY};
#endif

#if P6_HAS_IPHC || P6LOWPAN_DISCOVERY
void p6_identifier_of_short(const uint8_t *octets, uint8_t *identifier)
{
    memset(identifier, 0, 8);
    identifier[3] = 0xFF;
    identifier[4] = 0xFE;
    memcpy(identifier + 6, octets, 2);
}

const uint8_t *p6_identifier(const p6_address *address, uint8_t *identifier)
{
    if (address->size == 2) {
        p6_identifier_of_short(address->octets, identifier);
    } else if (address->size == 8) {
        memcpy(identifier, address->octets, 8);
        identifier[0] ^= 2;
    } else {
        return NULL;
    }
    return identifier;
}
#endif

#if P6_HAS_IPHC

unsigned p6_carried_octets(unsigned mode)
{
    static const uint8_t OCTETS[16] = {16, 8, 2, 0, 0, 8, 2, 0, 16, 6, 4, 1, 6, 0, 0, 0};
    return OCTETS[mode];
}

#if P6_HAS_CONTEXTS
/* The bits of a context always count (RFC 6282 section 3.1.1). */
static void overlay(uint8_t *address, const p6_context *context)
{
    unsigned octet, bits = context->length;
    memcpy(address, context->prefix, 8);
    for (octet = 8; octet * 8 < bits; octet++) {
        unsigned kept = bits - octet * 8 >= 8 ? 0 : 0xFFu >> (bits - octet * 8);
        address[octet] = (uint8_t)(context->prefix[octet] | (address[octet] & kept));
    }
}
#endif

/* One unicast address from `octets` octets in line; `stateful`: with `context`. */
p6_reason p6_unicast(uint8_t *address, const uint8_t *in_line, unsigned octets, const uint8_t *identifier,
                         int stateful, const p6_context *context)
{
    memset(address, 0, 16);
    memcpy(address + 16 - octets, in_line, octets);
    if (octets == 16) {
        return P6_OK;
    }
    if (octets == 2) {
        address[11] = 0xFF;
        address[12] = 0xFE;
    }
#if P6_HAS_CONTEXTS
    if (stateful && context != NULL && context->length == 128) {
        identifier = address + 8; /* no bit is left for an identifier, so none is needed */
    }
#endif
    if (octets == 0) {
        if (identifier == NULL) {
            return P6_NO_LINK_ADDRESS;
        }
        memmove(address + 8, identifier, 8);
    }
#if P6_HAS_CONTEXTS
    if (stateful) {
        if (context == NULL) {
            return P6_NO_CONTEXT;
        }
        overlay(address, context);
        return P6_OK;
    }
#else
    (void)stateful;
    (void)context;
#endif
    address[0] = 0xFE;
    address[1] = 0x80;
    return P6_OK;
}

/* One group. Stateless: scope and group in 1, 4, 6 or 16 octets (section 3.2.4). Stateful: RFC 3306. */
p6_reason p6_multicast(uint8_t *address, const uint8_t *in_line, unsigned octets, int stateful,
                           const p6_context *context)
{
    memset(address, 0, 16);
    address[0] = 0xFF;
#if P6_HAS_CONTEXTS
    if (stateful) {
        if (context == NULL) {
            return P6_NO_CONTEXT;
        }
        memcpy(address + 1, in_line, 2);
        address[3] = context->length;
        memcpy(address + 4, context->prefix, 8);
        memcpy(address + 12, in_line + 2, 4);
        return P6_OK;
    }
#else
    (void)stateful;
    (void)context;
#endif
    address[1] = 2;
    if (octets == 4 || octets == 6) {
        address[1] = *in_line++;
        octets--;
    }
    memcpy(address + 16 - octets, in_line, octets);
    return P6_OK;
}

#endif
