/* What p6_receive and p6_send are made of, for whoever puts it together otherwise: the Python extension does. */
#ifndef P6LOWPAN_PIECES_H
#define P6LOWPAN_PIECES_H

#include "p6lowpan.h"

/* Where all of the core is one file, its parts are nobody else's: `static`. */
#ifndef P6_PART
#define P6_PART
#endif

#if !P6_HAS_MESH /* else the application needs it */
/* The headers in front, of which a build with discovery passes over mesh and broadcast headers (`is_above`).
 * P6_UNSUPPORTED: a header that this core does not know (HC1, ESC, RFC 8025, 8138, 8931). */
P6_PART p6_reason p6_read_front(const uint8_t *frame, size_t octets, p6_front *front);
#endif

/* --- from frames to packets --------------------------------------------------------------------------------------- */

/* What one frame holds of an IPv6 packet. */
typedef struct p6_expanded {
    uint16_t octets; /* written to the caller's buffer */
    uint16_t offset; /* where in the frame a refusal applies */
#if P6_HAS_REST
    uint16_t header_octets; /* of `octets`, the ones that were compressed */
    uint16_t unsummed_ipv6; /* the IPv6 header in front of a UDP header whose checksum was elided */
    uint16_t unsummed_udp;  /* that UDP header; 0: there is none */
    int16_t growth;         /* octets that the compressed headers gained */
#endif
#if P6_HAS_REST || P6LOWPAN_FLEX
    p6_allowed features; /* that the frame uses */
#endif
} p6_expanded;

#if P6_READS_IPHC
/* Expand `frame`, which begins with LOWPAN_IPHC, into `out`. `datagram_size` is that of the first fragment, 0 for a
 * whole packet. `frame` may lie in the same buffer, P6_LIMIT_HEADER_GROWTH_OCTETS behind `out`, below level 6.
 * P6_FEATURE_ABOVE_PROFILE: it uses what this build does not have. RFC 6282. */
P6_PART p6_reason p6_expand(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets,
                            uint16_t datagram_size, uint8_t *out, size_t room, p6_expanded *result);
#endif

/* --- from packets to frames --------------------------------------------------------------------------------------- */

/* A packet on its way out, of `size` octets. `headers` stand for the first `covered` of them; `at` begins with 0. */
typedef struct p6_sending {
    const uint8_t *headers, *packet;
    size_t header_octets, covered, size, at;
    uint16_t tag;
#if P6_HAS_REST
    uint8_t is_bounded; /* the bound on growth or on a header's length stood in the way of a smaller form */
#endif
} p6_sending;

#if P6_HAS_IPHC
/* Find the form of the headers of `sending`, of which packet and size are given, that the neighbor takes and that makes the
 * fewest octets in frames of at most `mtu` (P6_ANY_MTU: in one); into `out`, which has `room` octets, 56 at least: an
 * extension header is compressed where 16 more than its own octets are left, a payload of so many octets (RFC 7400) where
 * P6_GENERIC_ROOM more of them are.
 * P6_BAD_VALUE: it is no IPv6 packet; P6_TOO_BIG: the neighbor takes no form of it, or frames hold none. */
P6_PART p6_reason p6_compress(const p6_node *node, p6_allowed allowed, const p6_link *link, size_t mtu, uint8_t *out,
                              size_t room, p6_sending *sending);
#endif
#define P6_ANY_MTU 0xFFFFFFu

/* --- fragments, RFC 4944 section 5.3 -------------------------------------------------------------------------------- */

#define P6_FIRST_FRAGMENT_OCTETS 4
#define P6_SUBSEQUENT_FRAGMENT_OCTETS 5

/* The next frame of at most `mtu` octets; `*octets` is 0 when there is none any more. The packet goes in one frame where
 * that is enough. `out` may be NULL, to see how many octets they have. P6_NO_ROOM: the frames are too short for such
 * headers; P6_TOO_BIG: no fragment header holds its size. */
P6_PART p6_reason p6_next_frame(p6_sending *sending, uint8_t *out, size_t mtu, size_t *octets);

/* Take a fragment: `length` octets of the uncompressed datagram `of` that from `offset` on. `room` is that of each buffer,
 * at most P6_LIMIT_DATAGRAM_OCTETS. `*whole` is the buffer whose datagram is complete. P6_REASSEMBLY_FULL and
 * P6_FRAGMENT_OVERLAP: the fragment was taken, and another datagram, or what came of this one before, given up;
 * P6_DUPLICATE: it came before; other reasons: it was refused. */
P6_PART p6_reason p6_reassemble(p6_reassembly *buffers, size_t count, size_t room, uint32_t now, const p6_datagram *of,
                                size_t offset, const uint8_t *octets, size_t length, p6_reassembly **whole);

/* --- the answer, draft-ayers-low-power-interop-01 section 6.2 ---------------------------------------------------------- */

#if P6LOWPAN_DISCOVERY
/* The error "class unsupported" for a frame that was refused with P6_FEATURE_ABOVE_PROFILE, a whole IPv6 packet, into
 * `arrival`, unless RFC 4443 section 2.4 e forbids one. `out` is where p6_expand wrote to. It goes to the frame's source,
 * from its destination, compressed as we ourselves can read (FLEX: not at all); how often, is the caller's to bound
 * (RFC 4443 section 2.4 f). */
P6_PART void p6_answer(const p6_node *node, const p6_link *link, const uint8_t *frame, size_t octets, const uint8_t *out,
                       p6_arrival *arrival);
#endif

#endif
