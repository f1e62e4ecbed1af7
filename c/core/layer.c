/* The adaptation layer in two calls: a frame in, perhaps a packet out; a packet in, frames out. */
#include "internal.h"

static p6_reason drop(p6_arrival *arrival, p6_reason reason, size_t offset)
{
    arrival->offset = (uint16_t)offset;
    return reason;
}

/* Is it an IPv6 packet, as long as it says? `at` is where it stands in the frame. */
static p6_reason check(p6_arrival *arrival, const uint8_t *packet, size_t octets, size_t at)
{
    size_t said;

    if (octets < P6_IPV6_OCTETS) {
        return drop(arrival, P6_TRUNCATED, at + octets);
    }
    if (packet[0] >> 4 != 6) {
        return drop(arrival, P6_BAD_VALUE, at);
    }
    said = p6_load16(packet + 4) + (size_t)P6_IPV6_OCTETS;
    if (said > octets) {
        return drop(arrival, P6_TRUNCATED, at + octets);
    }
    return said < octets ? drop(arrival, P6_TRAILING, at + said) : P6_OK;
}

static p6_reason take(p6_layer *layer, uint32_t now, const uint8_t *frame, size_t octets, uint8_t *out, size_t room,
                      p6_arrival *arrival)
{
    p6_front *front = &arrival->front;
    p6_reassembly *whole;
    p6_reason reason = p6_read_front(frame, octets, front), other;
    const uint8_t *part;
    size_t length;

    arrival->offset = front->at;
    if (reason != P6_OK) {
        return reason;
    }
    part = frame + front->at;
    length = octets - front->at;
    if (front->size && front->is_subsequent) {
        /* as it is */
    } else if (*part == 0x41) {
        part++;
        length--;
        if (!front->size) {
            reason = check(arrival, part, length, front->at + 1u);
        }
    } else {
#if P6_HAS_IPHC
        p6_expanded expanded;
        reason = p6_expand(&layer->node, &front->link, part, length, front->size, out, room, &expanded);
#if P6LOWPAN_DISCOVERY && P6_HAS_CONTEXTS
        if (reason == P6_NO_CONTEXT) { /* of a class that has other contexts? */
            p6_node blind = layer->node;
            blind.contexts = NULL;
            if (p6_expand(&blind, &front->link, part, length, front->size, out, room, &expanded) !=
                P6_FEATURE_ABOVE_PROFILE) {
                return drop(arrival, reason, front->at + 1u);
            }
            reason = P6_FEATURE_ABOVE_PROFILE;
        }
#endif
        if (reason != P6_OK) {
            return drop(arrival, reason, front->at + (size_t)expanded.offset);
        }
        part = out;
        length = expanded.octets;
#else
        return P6_FEATURE_ABOVE_PROFILE;
#endif
    }
    if (reason != P6_OK) {
        return reason;
    }
    if (front->size) {
        reason = p6_reassemble(layer->buffers, layer->buffer_count, layer->room, now, &front->link, front->size, front->tag,
                               front->is_subsequent ? front->offset : 0, part, length, &whole);
        if (whole == NULL) {
            return reason;
        }
        part = whole->octets;
        length = front->size;
        other = check(arrival, part, length, 0);
        if (other != P6_OK) {
            return other;
        }
    } else if (length > P6_BOUND(&layer->node, datagram_octets, DATAGRAM_OCTETS)) {
        return drop(arrival, P6_TOO_BIG, 0);
    }
    arrival->packet = part;
    arrival->octets = (uint16_t)length;
    (void)out;
    (void)room;
    return reason;
}

p6_reason p6_receive(p6_layer *layer, uint32_t now, const p6_link *link, const uint8_t *frame, size_t octets,
                     uint8_t *out, size_t room, p6_arrival *arrival)
{
    p6_reason reason;

    memset(arrival, 0, sizeof *arrival);
    arrival->front.link = *link;
    reason = take(layer, now, frame, octets, out, room, arrival);
#if P6LOWPAN_DISCOVERY
    if (reason == P6_FEATURE_ABOVE_PROFILE) {
        arrival->answer_octets = (uint8_t)p6_answer(&layer->node, link, &arrival->front, frame, octets, arrival->answer);
    }
#endif
    return reason;
}

/* --- out ------------------------------------------------------------------------------------------------------------- */

p6_reason p6_send(p6_layer *layer, p6_allowed allowed, const p6_link *link, const uint8_t *packet, size_t octets,
                  size_t mtu, uint8_t *work, size_t room, p6_transmit transmit, void *application)
{
#if P6_HAS_IPHC
    p6_compressed compressed;
#else
    static const uint8_t UNCOMPRESSED = 0x41;
#endif
    p6_sending sending;
    p6_reason reason;
    size_t length;

#if !P6_HAS_IPHC
    if (octets < P6_IPV6_OCTETS || packet[0] >> 4 != 6 || p6_load16(packet + 4) != octets - P6_IPV6_OCTETS) {
        return P6_BAD_VALUE;
    }
#endif
    if (octets > P6_BOUND(&layer->node, datagram_octets, DATAGRAM_OCTETS) || room < mtu + P6_HEADER_ROOM) {
        return P6_TOO_BIG;
    }
    memset(&sending, 0, sizeof sending);
    sending.packet = packet;
    sending.size = (uint16_t)octets;
    sending.tag = ++layer->tag;
#if P6_HAS_IPHC
    reason = p6_compress(&layer->node, allowed, link, packet, octets, mtu, work + mtu, room - mtu, &compressed);
    if (reason != P6_OK) {
        return reason;
    }
    sending.headers = work + mtu;
    sending.header_octets = compressed.octets;
    sending.covered = compressed.covered;
#else
    sending.headers = &UNCOMPRESSED;
    sending.header_octets = 1;
    (void)allowed;
    (void)link;
#endif
    reason = p6_next_frame(&sending, work, mtu, &length);
    while (reason == P6_OK && length) {
        if (transmit(application, work, length)) {
            return P6_NO_ROOM;
        }
        reason = p6_next_frame(&sending, work, mtu, &length);
    }
    return reason == P6_NO_ROOM ? P6_TOO_BIG : reason;
}
