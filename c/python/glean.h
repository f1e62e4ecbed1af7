/* Payloads turned into the IPv6 packets in them. */
#ifndef P6LOWPAN_GLEAN_H
#define P6LOWPAN_GLEAN_H

#include "ground.h"

/* With what: p6lowpan/fast_capture.py:Tools, its parts borrowed; and how many packets were written. */
typedef struct gleaner {
    grounds grounds;
    PyObject *homes, *out;
    long out_unit, written;
    unsigned long long unusual;
    const names *name;
} gleaner;

/* 0: an exception is set. What it enters is to be left with leave(). */
int gleaner_of(gleaner *own, PyObject *tools);

/* Take the payload of a data frame from this PAN; `tells_home`: its source is at home there. KEPT: nothing is left to do;
 * UNUSUAL: nothing was done. The link is filled in. */
int glean(gleaner *own, arrived *it, PyObject *pan, int tells_home);

#endif
