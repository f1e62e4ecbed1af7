/* Splitting a datagram into link fragments, RFC 4944 section 5.3. Offsets and sizes count uncompressed octets. */
#include "internal.h"

p6_reason p6_next_frame(p6_sending *sending, uint8_t *out, size_t mtu, size_t *octets)
{
    size_t at = sending->at, left = sending->size - at, head = 0, room;

    *octets = 0;
    if (left == 0) {
        return P6_OK;
    }
    if (at == 0) { /* the compressed headers stand for the first octets */
        head = sending->header_octets;
        at = sending->covered;
        left = sending->size - at;
        if (head + left <= mtu) {
            *octets = head + left;
            sending->at = sending->size;
            if (out != NULL) {
                memcpy(out, sending->headers, head);
                memcpy(out + head, sending->packet + at, left);
            }
            return P6_OK;
        }
    }
    room = (head ? P6_FIRST_FRAGMENT_OCTETS : P6_SUBSEQUENT_FRAGMENT_OCTETS) + head;
    if (sending->size > 0x7FF) {
        return P6_TOO_BIG;
    }
    if (mtu < room) {
        return P6_NO_ROOM;
    }
    room = mtu - room;
    if (left > room) {
        size_t end = (at + room) & ~(size_t)7; /* a multiple of 8, but for the last */
        if (end < at || end == 0 || (!head && end == at)) {
            return P6_NO_ROOM;
        }
        left = end - at;
    }
    *octets = (head ? P6_FIRST_FRAGMENT_OCTETS : P6_SUBSEQUENT_FRAGMENT_OCTETS) + head + left;
    sending->at = at + left;
    if (out == NULL) {
        return P6_OK;
    }
    p6_store16(out, (head ? 0xC000u : 0xE000u) | (unsigned)sending->size);
    p6_store16(out + 2, sending->tag);
    out += 4;
    if (!head) {
        *out++ = (uint8_t)(at / 8);
    }
    memcpy(out, sending->headers, head);
    memcpy(out + head, sending->packet + at, left);
    return P6_OK;
}
