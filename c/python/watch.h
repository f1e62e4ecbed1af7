/* What the fragments of a PAN show, by the rules of p6lowpan/analysis/fragment_watch.py. */
#ifndef P6LOWPAN_WATCH_H
#define P6LOWPAN_WATCH_H

#include "datagrams.h"

/* The tables of a FragmentWatch, and its bounds, all borrowed. */
typedef struct watch {
    PyObject *current, *mixed, *crowded;
    Py_ssize_t most_current;
    long fewest;       /* so many datagrams at once are nothing to speak of */
    long long longest; /* nor are so many microseconds */
} watch;

/* 0: an exception is set. In the form that PyArg_ParseTuple wants. */
int watch_of(PyObject *parts, void *watch);

/* Whether there is nothing to say when a fragment goes to its place, as the first of its datagram, the last (`is_whole`),
 * or another: KEPT, else UNUSUAL. Nothing is done. `*took`: microseconds that a whole datagram took. */
int is_silent(const watch *own, const shelf *shelf, const names *name, const piece *it, const place *found, int is_whole,
              long long *took);

/* It went there. 0: an exception is set. */
int note(const watch *own, const names *name, const piece *it, const place *found, int is_whole);

#endif
