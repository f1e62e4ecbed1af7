/* The tables of a Python Reassembler, as c/python/datagrams.c uses them. */
#ifndef P6LOWPAN_DATAGRAMS_H
#define P6LOWPAN_DATAGRAMS_H

#include "capture.h"

/* The parts of Reassembler.shelf, all borrowed. */
typedef struct shelf {
    PyObject *reassembler, *buffers, *completed;
    PyObject *buffer_class, *completed_class, *arrival_class, *key_class;
    long long timeout, remembered_us;
    long most_buffers, most_octets, largest, most_completed;
} shelf;

/* A fragment: `octets` of the datagram `key` from `offset` on. */
typedef struct piece {
    PyObject *key; /* a plain tuple (source, destination, size, tag) */
    long long now;
    const uint8_t *octets;
    size_t length, offset, size;
} piece;

/* 0: an exception is set. */
int shelf_of(shelf *own, PyObject *parts);

/* Whether something must be given up for time: 1 or 0; -1: an exception is set. */
int is_due(const shelf *own, const names *name, long long now);

/* Take a fragment by the rules of p6lowpan/machines/adaptation/reassembler.py. KEPT: others are missing. WHOLE: it was
 * the last, and the plain datagram is in `out`, of ROOM octets. UNUSUAL: nothing was done, the Python must look. */
int gather(const shelf *own, const names *name, const piece *now, uint8_t *out);

#endif
