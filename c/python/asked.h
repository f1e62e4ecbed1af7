/* The frames that wait for their acknowledgement, by the rules of p6lowpan/analysis/acknowledgements.py. */
#ifndef P6LOWPAN_ASKED_H
#define P6LOWPAN_ASKED_H

#include "capture.h"

#define MOST_AT_ONCE 8

typedef struct asked {
    long number;
    long long time_ns;
    long octets, sequence; /* -1: it has none */
    PyObject *destination; /* held */
} asked;

/* One channel: a file of one interface has no other. */
typedef struct channel {
    asked waiting[MOST_AT_ONCE];
    int count;
} channel;

/* A channel from the waiting frames, ((number, time, octets, sequence number or None, destination), ...), and back: a new
 * reference. 0, NULL: an exception is set. Leave it in the end. */
int channel_of(channel *own, PyObject *waiting);
PyObject *waiting_of(const channel *own);
void leave_channel(channel *own);

/* How many acknowledgements are missing when this frame comes; nothing is done. */
int missing_before(const channel *own, const record *it);

/* An acknowledgement comes. */
void answered(channel *own, uint8_t sequence);

/* Another frame comes, which asks `destination` for an acknowledgement, unless that is None. */
void sent(channel *own, const record *it, uint8_t sequence, PyObject *destination);

#endif
