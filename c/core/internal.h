/* What the files of the core share. */
#ifndef P6LOWPAN_INTERNAL_H
#define P6LOWPAN_INTERNAL_H

#include <string.h>

#include "pieces.h"

/* What is smaller where it is not put into its caller. */
#ifdef __GNUC__
#define P6_APART __attribute__((noinline))
#else
#define P6_APART
#endif

/* Next header numbers. */
enum {
    HOP_BY_HOP = 0,
    UDP = 17,
    IPV6 = 41,
    ROUTING = 43,
    FRAGMENT = 44,
    ICMPV6 = 58,
    NO_NEXT_HEADER = 59,
    DESTINATION_OPTIONS = 60,
    MOBILITY = 135,
    COMPRESSED = 255 /* our own: LOWPAN_NHC follows */
};

enum { CLASS_UNSUPPORTED = 100 }; /* the ICMPv6 type, until one is assigned */

/* What LOWPAN_NHC calls extension headers. */
enum { EID_HOP_BY_HOP = 0, EID_ROUTING, EID_FRAGMENT, EID_DESTINATION_OPTIONS, EID_MOBILITY, EIDS };

/* To say whether a frame is above the level that names a context which is not known, it is read to its end. */
#define P6_AWAITS_CONTEXTS (P6LOWPAN_DISCOVERY && P6_HAS_CONTEXTS && !P6_HAS_REST)
#define P6_IS_AWAITED(reason) (P6_AWAITS_CONTEXTS && (reason) == P6_NO_CONTEXT)

#if P6_HAS_REST
#define P6_BOUND(node, name, NAME) ((node)->bounds.name)
#else
#define P6_BOUND(node, name, NAME) (P6_LIMIT_##NAME)
#endif

#if P6_HAS_EXTENSIONS
#define P6_IS_OPTIONS(extension) (((extension) & ~3u) == 0 && ((extension) % 3) == 0) /* which padding ends */

/* The next header number of an extension header; and its place in the order of RFC 8200 section 4.1 behind one whose
 * place was `after`. */
P6_PART unsigned p6_extension_number(unsigned extension);
P6_PART unsigned p6_extension_of(unsigned number); /* EIDS or more: it is none */
P6_PART P6_APART int p6_extension_place(unsigned extension, int after);

/* Pad1 or PadN (RFC 8200 section 4.2). */
P6_PART P6_APART void p6_pad(uint8_t *to, size_t octets);
#endif

/* Features are counted one by one where a node is not of one level. */
#define P6_COUNTS_FEATURES (P6_HAS_REST || P6LOWPAN_FLEX)
#if P6_HAS_REST
#define P6_BIT(feature) ((p6_allowed)1 << P6_FEATURE_##feature)
#define P6_EXTENSION_BIT(extension) ((p6_allowed)1 << (P6_FEATURE_NHC_HOP_BY_HOP + (extension)))
#elif P6LOWPAN_FLEX
#define P6_EXTENSION_BIT(extension) ((p6_allowed)P6_FLEX_NHC_HOP_BY_HOP >> (extension))
#define P6_BIT(feature) ((p6_allowed)(P6_FLEX_##feature ? P6_FLEX_##feature : P6_NO_FLEX_BIT))
#define P6_LACKS(node, features) (((features) & ~((node)->flex & ~(p6_allowed)P6_NO_FLEX_BIT)) != 0)
#define P6_NO_FLEX_BIT 1u /* reserved: no field has it */
#endif

#if !P6LOWPAN_FLEX
#define P6_LACKS(node, features) 0 /* a level has all or says at once what it has not */
#endif

/* Whether a feature may be sent. What a build does not hold is never sent, so its code goes. */
#if P6_COUNTS_FEATURES
#define P6_MAY_EXTENSION(allowed, extension) (((allowed) & P6_EXTENSION_BIT(extension)) != 0)
#else
#define P6_MAY_EXTENSION(allowed, extension) P6_MAY(allowed, NHC_HOP_BY_HOP) /* all of them are of one level */
#endif
#if P6_HAS_REST
#define P6_MAY(allowed, feature) ((allowed) >> P6_FEATURE_##feature & 1)
#elif P6LOWPAN_FLEX
#define P6_MAY(allowed, feature) (P6_LEVEL_OF_##feature <= P6LOWPAN_LEVEL && ((allowed) & P6_FLEX_##feature) != 0)
#else
#define P6_MAY(allowed, feature) (P6_LEVEL_OF_##feature <= P6LOWPAN_LEVEL && (allowed) >= P6_LEVEL_OF_##feature)
#endif

#if P6_READS_IPHC
/* An address mode: SAC and SAM, or M, DAC and DAM. */
enum { P6_IN_FULL = 0, P6_STATEFUL = 4, P6_UNSPECIFIED = 4, P6_GROUP = 8 };

extern const uint8_t p6_hop_limits[4]; /* by HLIM; 0: in line */

/* The octets that TF keeps in line. */
#define P6_TRAFFIC_OCTETS(tf) (0x0134u >> (tf) * 4 & 15)

/* The octets that a mode carries in line; 0 for the reserved ones. */
P6_PART unsigned p6_carried_octets(unsigned mode);

/* The address of a mode, from what is `in_line`, the link-layer address of that `end`, and a context. */
P6_PART p6_reason p6_expand_address(uint8_t *address, unsigned mode, const uint8_t *in_line, const p6_address *end,
                            const p6_context *context);

#if P6_HAS_IPHC
/* What a mode carries of an address, to `to`; behind it. */
P6_PART uint8_t *p6_carry(uint8_t *to, unsigned mode, const uint8_t *address);
#endif

#if P6_HAS_REST
/* What identifiers come from in a header inside of another. */
P6_PART void p6_link_inside(const uint8_t *ipv6, p6_link *link);
#endif

#if P6_COUNTS_FEATURES && P6_HAS_IPHC
/* The features that a receiver of a mode has. */
P6_PART p6_allowed p6_needs(unsigned mode, const p6_address *end);
#endif
#endif

/* Whether we have not what the headers in front ask for. */
static inline int p6_is_above(const p6_node *node, const p6_front *front)
{
    (void)node;
    (void)front;
#if P6LOWPAN_FLEX
    return P6_LACKS(node, front->features);
#elif P6_SEES_MESH && !P6_HAS_MESH
    return front->is_above;
#else
    return 0;
#endif
}

#if P6_HAS_IPHC
/* What a compressed form is looked for with. */
typedef struct p6_search {
    const p6_node *node;
    const p6_link *link;
    p6_sending *sending; /* the packet */
    size_t mtu;
    p6_allowed allowed;
} p6_search;

/* A bound stood in the way of a smaller form. */
#if P6_HAS_REST
#define P6_NOTE_BOUND(search) ((search)->sending->is_bounded = 1)
#else
#define P6_NOTE_BOUND(search) ((void)0)
#endif

/* LOWPAN_IPHC for the 40 octets at `header` to `to`, at most 40 octets, as if LOWPAN_NHC followed where we have that;
 * behind it. `*place` is where the next header goes in line. NULL: it cannot be sent. */
P6_PART uint8_t *p6_compress_iphc(const p6_search *search, const uint8_t *header, uint8_t *to, uint8_t **place);
#endif

#if P6_HAS_NHC
/* LOWPAN_NHC for a UDP header, at most 7 octets, to `to`; behind it. NULL: it cannot be sent. */
P6_PART uint8_t *p6_compress_udp(const p6_search *search, const uint8_t *header, uint8_t *to);
#endif

#if P6_HAS_EXTENSIONS
/* LOWPAN_NHC for an extension header of so many octets, as if more followed. `growth_left`: padding is elided only within
 * it. NULL: it cannot be sent. At most `octets` octets. */
P6_PART uint8_t *p6_compress_extension(const p6_search *search, unsigned extension, const uint8_t *header, unsigned octets,
                                       int growth_left, uint8_t *to);
#endif

/* Is it an IPv6 packet, as long as it says? P6_TRUNCATED, P6_TRAILING, P6_BAD_VALUE: no. */
P6_PART p6_reason p6_check_packet(const uint8_t *packet, size_t octets);

#if P6_HAS_GHC
/* Run byte code of RFC 7400 from `code` to `end`, appending to `out` at most `room` octets; copies may reach back into
 * the addresses at `addresses` and the static dictionary. Stops behind a stop code. `*code` and `*out` are moved on; on
 * a refusal `*code` is the octet to blame. */
P6_PART p6_reason p6_generic_expand(const uint8_t **code, const uint8_t *end, const uint8_t *addresses, uint8_t **out,
                            size_t room);

/* Find the end of byte code that a stop code ends. */
P6_PART p6_reason p6_generic_end(const uint8_t **code, const uint8_t *end);

/* The shortest byte code for the octet at `first`, where that is not NULL, and the `count` octets at `octets`, to `out`.
 * How many octets it has, without a stop code; more than `most` where none is as short, or the `room` at `out`, which
 * the search works in, is too small. */
P6_PART size_t p6_generic_compress(const uint8_t *addresses, const uint8_t *first, const uint8_t *octets, size_t count,
                           uint8_t *out, size_t most, size_t room);
#define P6_GENERIC_STOP 0x90
#endif

#if P6_READS_IPHC
/* Where the headers end, the first of them that of `protocol`: behind `octets` where they do not tell. `*message` is where
 * an ICMPv6 message begins; it stays as it is where there is none. */
P6_PART size_t p6_chain_end(const uint8_t *packet, size_t octets, unsigned protocol, size_t *message);
#endif

static inline uint16_t p6_load16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline void p6_store16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

#endif
