/* What a node knows, between Python and the core: the inside of the capsules that _core.know() makes. */
#ifndef P6LOWPAN_KNOWN_H
#define P6LOWPAN_KNOWN_H

#include "../core/pieces.h"

#define KNOWN "p6lowpan.known"

typedef struct known {
    p6_context contexts[P6_CONTEXTS];
    p6_node node;
} known;

#endif
