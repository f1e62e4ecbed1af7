/* What is known of a PAN, and what its packets teach. */
#ifndef P6LOWPAN_GROUND_H
#define P6LOWPAN_GROUND_H

#include "text.h"
#include "watch.h"

#define PREFIX_OCTETS 8
#define MOST_REMEMBERED 4096
#define MOST_OF_A_PAN 1024

/* A payload on its way, in its frame; header and addresses as objects are borrowed. */
typedef struct arrived {
    const record *frame;
    PyObject *header, *source, *destination;
    p6_link link;
    const uint8_t *octets;
    size_t length;
    long long now;
} arrived;

/* One PAN: the parts of p6lowpan/analysis/gleaning.py:Ground, all borrowed from `parts`. */
typedef struct ground {
    PyObject *parts; /* held; NULL: none */
    const known *facts;
    long long deadline;
    int gathers;
    PyObject *guesses, *suspects, *addresses, *refused, *reported, *unsummed;
    PyObject *guess, *judge, *wait, *learn, *prefixes;
    PyObject *messages, *look_at_message;
    PyObject *payloads, *tell_payload; /* what was told of headers, and who tells it; NULL where nothing is told */
    watch watch;
    shelf shelf;
    uint8_t last[2][PREFIX_OCTETS]; /* the prefixes that were learned last, and before that; FF: none, as in multicast */
} ground;

/* All PANs: what is known of each (a dict, borrowed), what makes more, and where we are. */
typedef struct grounds {
    PyObject *by_pan, *make;
    ground here;
} grounds;

/* Take the ground of a PAN: KEPT; UNUSUAL where it has none; FAILED. leave() it in the end. */
int enter(grounds *own, PyObject *pan);
void leave(grounds *own);

/* What a table has for a key, a new reference; NULL: nothing, or an exception is set. What it lacks `make(*arguments)`
 * gives, a new reference: it is remembered among `most` of them. NULL: an exception is set. The arguments are used up. */
PyObject *recall(PyObject *table, PyObject *key);
PyObject *learn_by_heart(PyObject *table, Py_ssize_t most, PyObject *key, PyObject *make, PyObject *arguments);

/* Which prefixes were learned last; 0: an exception is set. */
int read_prefixes(ground *own);

/* Have the addresses of a packet remembered, where that changes anything; 0: an exception is set. */
int learn(ground *own, const uint8_t *packet, size_t octets);

/* The guessed ones among the contexts that LOWPAN_IPHC at `at` leans on, a new reference, or None for none. */
PyObject *guessed(const ground *own, const arrived *it, size_t at);

/* A whole packet leant on guesses (or None), its first fragment perhaps on more: its right checksum speaks for them. Where
 * that changes what is known, all grounds are gone. 0: an exception is set. */
int speak_for(grounds *own, const arrived *it, PyObject *key, PyObject *guesses);

/* A fragment that was kept leant on guesses, if it was the first: its datagram does. 0: an exception is set. */
int wait_with(const ground *own, PyObject *key, PyObject *guesses);

/* Whether something other than the reassembler has to do with a datagram: 1, 0 or -1. */
int is_troubled(const ground *own, PyObject *key, int is_first);

#endif
