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

/* Where a fragment belongs among those that came, and what these are. */
typedef struct place {
    PyObject *buffer, *offsets, *pieces; /* new references, or NULL */
    Py_ssize_t at, count;
    long octets;
} place;

/* 0: an exception is set. */
int shelf_of(shelf *own, PyObject *parts);

/* Whether something must be given up for time: 1 or 0; -1: an exception is set. */
int is_due(const shelf *own, const names *name, long long now);

/* Find a fragment's place by the rules of p6lowpan/machines/adaptation/reassembler.py; nothing is done yet. KEPT: others
 * will be missing. WHOLE: it is the last, and the datagram, an IPv6 packet, is in `out`, of ROOM octets. UNUSUAL: the
 * Python must look. Leave the place in any case. */
int find_place(const shelf *own, const names *name, const piece *now, place *found, uint8_t *out);
void leave_place(place *found);

/* Put a fragment into its place, by the answer that was given. 0: an exception is set. */
int put_there(const shelf *own, const names *name, const piece *now, place *found, int answer);

/* As BoundedTable does: enter or replace, of a full table the oldest goes. 0: an exception is set. */
int put_bounded(PyObject *table, Py_ssize_t most, PyObject *key, PyObject *value);

/* Take an entry out, where there is one; add to the number that an attribute is. 0: an exception is set. */
int drop_key(PyObject *table, PyObject *key);
int count(PyObject *owner, PyObject *name, long more);

#endif
