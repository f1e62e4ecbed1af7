/* What a node knows, between Python and the core: the inside of the capsules that _core.know() makes. */
#ifndef P6LOWPAN_KNOWN_H
#define P6LOWPAN_KNOWN_H

#include "abi.h"

#include "../core/pieces.h"

typedef struct known {
    p6_context contexts[P6_CONTEXTS];
    p6_node node;
} known;

/* know(packed): what a node knows, as fast.py packs it: growth, datagram octets, depth, extension headers, order; then a
 * line of 19 octets for each context: identifier, length, state, prefix. */
PyObject *know(PyObject *module, PyObject *packed);

/* From such a capsule to a `const known *`, and from bytes to a p6_address; 0: an exception is set. In the form that
 * PyArg_ParseTuple wants. */
int known_of(PyObject *capsule, void *facts);
int address_of(PyObject *octets, void *address);

#endif
