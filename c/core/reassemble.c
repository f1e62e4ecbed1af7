/* Reassembly of link fragments, RFC 4944 section 5.3, in buffers of the caller's. Two bits for each 8 octets tell what
 * has come, and where fragments began; a fragment that comes twice changes nothing, one that contradicts what came
 * discards it.
 *
 * A buffer whose datagram is complete is free, but remembers it for a short while, unless another datagram needs it: a
 * late repetition starts nothing. A full set of buffers gives up the oldest, whoever's it is. */
#include "internal.h"

enum { TIMEOUT_MS = P6_LIMIT_REASSEMBLY_TIMEOUT_US / 1000, MEMORY_MS = P6_LIMIT_COMPLETED_DATAGRAM_US / 1000 };

/* Of 8 octets; 0: nothing yet. */
enum { CAME = 1, BEGAN = 3 };

p6_reason p6_reassemble(p6_reassembly *buffers, size_t count, size_t room, uint32_t now, const p6_datagram *of,
                        size_t offset, const uint8_t *octets, size_t length, p6_reassembly **whole)
{
    size_t size = of->size, end = offset + length, unit, last;
    p6_reassembly *buffer = buffers, *behind = buffers + count;
    unsigned had = 0, differs = 0, state = BEGAN;
    uint32_t most = 0;
    p6_reason reason;

    /* The buffer of this datagram, else one that is free, the oldest first, else the oldest. */
    *whole = NULL;
    for (; buffers < behind; buffers++) {
        uint32_t age = now - buffers->since;
        if (age >= (uint32_t)(buffers->missing ? TIMEOUT_MS : MEMORY_MS)) {
            buffers->of.size = buffers->missing = 0; /* time is up */
        }
        if (memcmp(&buffers->of, of, sizeof *of) == 0) {
            buffer = buffers;
            break;
        }
        if (!buffers->missing) {
            age |= buffers->of.size ? 1u << 30 : 1u << 31;
        }
        if (age > most) {
            most = age;
            buffer = buffers;
        }
    }
    if (size > room) {
        return P6_TOO_BIG;
    }
    reason = length == 0 || (end < size && (length & 7)) ? P6_BAD_LENGTH : end > size ? P6_FRAGMENT_PAST_END : P6_OK;
    if (reason != P6_OK) {
        if (buffers < behind && buffer->missing) {
            buffer->of.size = buffer->missing = 0; /* one of the two is not from the datagram's sender */
        }
        return reason;
    }
    unit = offset / 8u;
    last = unit + (length + 7) / 8;
    reason = P6_REASSEMBLY_FULL;
    if (buffers < behind) {
        for (; unit < last; unit++) {
            unsigned found = (unsigned)buffer->units[unit / 4] >> unit % 4 * 2 & 3u;
            had |= found;
            differs |= found ^ state;
            state = CAME;
        }
        if (!differs && ((unsigned)buffer->units[unit / 4] >> unit % 4 * 2 & 3u) != CAME &&
            memcmp(buffer->octets + offset, octets, length) == 0) {
            return P6_DUPLICATE;
        }
        reason = had ? P6_FRAGMENT_OVERLAP : P6_OK;
    }
    if (!buffer->missing) {
        reason = P6_OK;
        buffer->of.size = 0;
    }
    if (reason != P6_OK || !buffer->of.size) { /* what was there is given up */
        memcpy(&buffer->of, of, sizeof *of);
        buffer->since = now;
        buffer->missing = (uint16_t)((size + 7) / 8);
        memset(buffer->units, 0, sizeof buffer->units);
    }
    state = BEGAN;
    for (unit = offset / 8u; unit < last; unit++) {
        buffer->units[unit / 4] |= (uint8_t)(state << unit % 4 * 2);
        state = CAME;
        buffer->missing--;
    }
    memcpy(buffer->octets + offset, octets, length);
    if (buffer->missing == 0) {
        buffer->since = now; /* the buffer is free again, its octets stay until the next call */
        *whole = buffer;
    }
    return reason;
}
