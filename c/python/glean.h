/* Payloads turned into the IPv6 packets in them, which are written out, or told. */
#ifndef P6LOWPAN_GLEAN_H
#define P6LOWPAN_GLEAN_H

#include "telling.h"

/* With what: p6lowpan/fast_capture.py:Tools, its parts borrowed; what was written, and of how many packets. */
typedef struct gleaner {
    grounds grounds;
    PyObject *homes;
    text out;
    long out_unit, written;
    unsigned long long unusual;
    const names *name;
    message message; /* of the packet that is whole now */
    teller *teller; /* NULL: packets are written as records */
} gleaner;

/* What tools say of telling, borrowed; NULL: an exception is set. What is entered is to be left with leave(), what is
 * written freed. */
PyObject *gleaner_of(gleaner *own, PyObject *tools);

/* Take the payload of a data frame from this PAN; `tells_home`: its source is at home there. KEPT: nothing is left to do;
 * UNUSUAL: nothing was done. The link is filled in. */
int glean(gleaner *own, arrived *it, PyObject *pan, int tells_home);

#endif
