/* Reassembly of link fragments, RFC 4944 section 5.3, in buffers of the caller's. One bit for each 8 octets tells what
 * has come; a fragment that comes twice changes nothing, one that contradicts what came discards it.
 *
 * Less is remembered than by the Python reference: not where fragments began, so that octets which are all there are a
 * repetition however they were cut; not the datagrams that are complete or were refused, so that a late fragment of one
 * waits in a buffer until its time is up; and a full set of buffers gives up the oldest, whoever's it is. */
#include "internal.h"

/* The buffer of this datagram, else a free one, else the oldest. */
static p6_reassembly *buffer_for(p6_reassembly *buffers, size_t count, uint32_t now, const p6_link *link, uint16_t size,
                                 uint16_t tag, int *is_new)
{
    p6_reassembly *found = buffers, *end = buffers + count;

    *is_new = 1;
    for (; buffers < end; buffers++) {
        if (buffers->size && now - buffers->since >= P6_LIMIT_REASSEMBLY_TIMEOUT_US / 1000) {
            buffers->size = 0; /* time is up */
        }
        if (buffers->size == size && buffers->tag == tag && memcmp(&buffers->link, link, sizeof *link) == 0) {
            *is_new = 0;
            found = buffers;
            break;
        }
        if (found->size && (!buffers->size || now - buffers->since > now - found->since)) {
            found = buffers;
        }
    }
    return found;
}

p6_reason p6_reassemble(p6_reassembly *buffers, size_t count, size_t room, uint32_t now, const p6_link *link,
                        uint16_t size, uint16_t tag, uint16_t offset, const uint8_t *octets, size_t length,
                        p6_reassembly **whole)
{
    size_t end = offset + length, unit, units = (length + 7) / 8, had = 0;
    p6_reason reason = P6_OK;
    p6_reassembly *buffer;
    int is_new;

    *whole = NULL;
    buffer = buffer_for(buffers, count, now, link, size, tag, &is_new);
    if (size > room) {
        return P6_TOO_BIG;
    }
    if (length == 0 || (end < size && (length & 7))) {
        reason = P6_BAD_LENGTH;
    } else if (end > size) {
        reason = P6_FRAGMENT_PAST_END;
    }
    if (reason != P6_OK) {
        if (!is_new) {
            buffer->size = 0; /* one of the two is not from the datagram's sender */
        }
        return reason;
    }
    if (is_new) {
        reason = buffer->size ? P6_REASSEMBLY_FULL : P6_OK; /* what was there is given up */
    }
    offset /= 8;
    for (unit = offset; !is_new && unit < offset + units; unit++) {
        had += buffer->came[unit / 8] >> (unit & 7) & 1;
    }
    if (had) {
        if (had == units && memcmp(buffer->octets + offset * 8u, octets, length) == 0) {
            return P6_DUPLICATE;
        }
        reason = P6_FRAGMENT_OVERLAP;
        is_new = 1;
    }
    if (is_new) {
        buffer->link = *link;
        buffer->size = size;
        buffer->tag = tag;
        buffer->since = now;
        buffer->missing = (uint16_t)((size + 7) / 8);
        memset(buffer->came, 0, sizeof buffer->came);
    }
    for (unit = offset; unit < offset + units; unit++) {
        buffer->came[unit / 8] |= (uint8_t)(1u << (unit & 7));
    }
    memcpy(buffer->octets + offset * 8u, octets, length);
    buffer->missing = (uint16_t)(buffer->missing - units);
    if (buffer->missing == 0) {
        buffer->size = 0; /* the buffer is free again, its octets stay until the next call */
        *whole = buffer;
    }
    return reason;
}
