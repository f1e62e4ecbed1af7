/* The adaptation layer in two calls: a frame in, perhaps a packet out; a packet in, frames out. */
#include "internal.h"

p6_reason p6_check_packet(const uint8_t *packet, size_t octets)
{
    size_t said;

    if (octets < P6_IPV6_OCTETS) {
        return P6_TRUNCATED;
    }
    if (packet[0] >> 4 != 6) {
        return P6_BAD_VALUE;
    }
    said = p6_load16(packet + 4) + (size_t)P6_IPV6_OCTETS;
    return said > octets ? P6_TRUNCATED : said < octets ? P6_TRAILING : P6_OK;
}

static p6_reason take(p6_layer *layer, uint32_t now, const uint8_t *frame, size_t octets, uint8_t *out, size_t room,
                      p6_arrival *arrival, p6_expanded *expanded)
{
    p6_front *front = &arrival->front;
    p6_reassembly *whole;
    p6_reason reason = p6_read_front(frame, octets, front), other;
    size_t length = octets - front->at, at = front->at; /* where `part` is of the frame */
    const uint8_t *part = frame + at;

    arrival->offset = front->at;
    if (reason != P6_OK) {
        return reason;
    }
    if (front->is_subsequent) {
        /* as it is */
    } else if (*part == 0x41) {
        part++;
        at++;
        length--;
    } else {
#if P6_READS_IPHC
        reason = p6_expand(&layer->node, &front->datagram.link, part, length, front->datagram.size, out, room, expanded);
        if (reason != P6_OK) {
            arrival->offset = (uint16_t)(at + expanded->offset);
            return reason;
        }
        part = out;
        at = 0;
        length = expanded->octets;
#else
        (void)out;
        (void)room;
        (void)expanded;
        return P6_FEATURE_ABOVE_PROFILE;
#endif
    }
    if (p6_is_above(&layer->node, front) || P6_LACKS(&layer->node, expanded->features)) {
#if P6LOWPAN_DISCOVERY
        arrival->packet = part; /* for the answer */
        arrival->octets = (uint16_t)length;
#endif
        return P6_FEATURE_ABOVE_PROFILE;
    }
    if (front->datagram.size) {
        reason = p6_reassemble(layer->buffers, layer->buffer_count, layer->room, now, &front->datagram, front->offset, part,
                               length, &whole);
        if (whole == NULL) {
            return reason;
        }
        part = whole->octets;
        at = 0;
        length = front->datagram.size;
    }
    other = p6_check_packet(part, length);
    if (other != P6_OK) {
        if (other == P6_TRUNCATED) {
            at += length;
        } else if (other == P6_TRAILING) {
            at += p6_load16(part + 4) + (size_t)P6_IPV6_OCTETS;
        }
    } else if (length > P6_BOUND(&layer->node, datagram_octets, DATAGRAM_OCTETS)) {
        at = 0;
        other = P6_TOO_BIG;
    } else {
        arrival->packet = part;
        arrival->octets = (uint16_t)length;
        return reason;
    }
    arrival->offset = (uint16_t)at;
    return other;
}

p6_reason p6_receive(p6_layer *layer, uint32_t now, const p6_link *link, const uint8_t *frame, size_t octets,
                     uint8_t *out, size_t room, p6_arrival *arrival)
{
    p6_expanded expanded;
    p6_reason reason;

    memset(arrival, 0, sizeof *arrival);
    memcpy(&arrival->front.datagram.link, link, sizeof *link);
#if P6LOWPAN_FLEX
    expanded.features = 0;
#endif
    reason = take(layer, now, frame, octets, out, room, arrival, &expanded);
#if P6LOWPAN_DISCOVERY
    if (reason == P6_FEATURE_ABOVE_PROFILE) {
        p6_answer(&layer->node, link, frame, octets, out, arrival);
        arrival->packet = NULL;
    }
#endif
    return reason;
}

/* --- out ------------------------------------------------------------------------------------------------------------- */

p6_reason p6_send(p6_layer *layer, p6_allowed allowed, const p6_link *link, const uint8_t *packet, size_t octets,
                  size_t mtu, uint8_t *work, size_t room, p6_transmit transmit, void *application)
{
#if !P6_HAS_IPHC
    static const uint8_t UNCOMPRESSED = 0x41;
#endif
    p6_sending sending;
    p6_reason reason;
    size_t length;

#if !P6_HAS_IPHC
    if (p6_check_packet(packet, octets) != P6_OK) {
        return P6_BAD_VALUE;
    }
#endif
    if (octets > P6_BOUND(&layer->node, datagram_octets, DATAGRAM_OCTETS) || room < mtu + P6_HEADER_ROOM) {
        return P6_TOO_BIG;
    }
    memset(&sending, 0, sizeof sending);
    sending.packet = packet;
    sending.size = octets;
    sending.tag = ++layer->tag;
#if P6_HAS_IPHC
    reason = p6_compress(&layer->node, allowed, link, mtu, work + mtu, room - mtu, &sending);
    if (reason != P6_OK) {
        return reason;
    }
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
