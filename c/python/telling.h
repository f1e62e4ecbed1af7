/* Frames told: a line each, and their figures. What is told stays the Python's: its words come in forms and from its tables,
 * and whatever is the first of its kind is left to it. */
#ifndef P6LOWPAN_TELLING_H
#define P6LOWPAN_TELLING_H

#include "asked.h"
#include "forms.h"
#include "messages.h"

/* The rules that are found without a look at the payload. */
enum rule { MISSING, AGAIN, EXTENDED, RULES };

/* Sums of what was told since the Python had them last, in the order of p6lowpan/fast_capture.py:Tally. */
typedef struct tally {
    long long frames, octets, on_link, uncompressed, fragments, repetitions, packets;
    long long first_ns, last_ns;
    long long rules[RULES];
} tally;

/* A header as it is told: p6lowpan/fast_capture.py:ToldHeader. */
typedef struct told_header {
    PyObject *held; /* NULL: none */
    string ends, pending;
    int asks;
    PyObject *asked, *extended, *home;
    long octets;
} told_header;

/* A payload as it is told: p6lowpan/fast_capture.py:ToldPayload. */
typedef struct told_payload {
    PyObject *held;
    string cost, features, marks;
    PyObject *rules, *asks_for;
    int guessed_ends;
} told_payload;

/* With what: p6lowpan/fast_capture.py:Telling, its parts borrowed; and how far it is. */
typedef struct teller {
    const forms *forms; /* NULL: figures are asked for, no lines */
    PyObject *headers, *tell_header, *words, *say_words;
    PyObject *seen, *shorts, *findings, *asked_for, *on_link, *count_packet;
    Py_ssize_t most_asked_for, most_on_link;
    string marks[RULES];
    int is_known[RULES]; /* whether such a finding came up before */

    long long first_ns, waiting_sequence;
    long waiting_number;
    channel channel;
    tally tally;
    const names *name;

    /* the frame at hand */
    told_header header;
    told_payload payload;
    const message *message; /* NULL: no packet is whole */
    string packet_words; /* nothing: no packet is there */
    int missing, is_extended;
    long long took;
    text line_marks, composed;
} teller;

/* 0: an exception is set. What it holds is to be left. */
int teller_of(teller *own, PyObject *telling, PyObject *state);
void leave_teller(teller *own);

/* What the Python goes on with: (tally, sequence number and number of the frame that waits, frames that wait). */
PyObject *handed_over(const teller *own);

/* The answers of those that follow: KEPT; UNUSUAL: nothing was done, the Python must look; FAILED. */

/* A frame comes, with this header. */
int meet(teller *own, const record *it, PyObject *header, int is_acknowledgement);

/* An acknowledgement, or a frame that its sender sent again: they are told at once. */
int tell_acknowledgement(teller *own, const record *it, text *out);
int tell_repetition(teller *own, const record *it, size_t check, text *out);

/* A payload with compressed headers from `at` on, which stand for `packet`, or for its beginning; leans on guesses, or
 * None. */
int foretell_headers(teller *own, const ground *pan, const arrived *it, size_t at, const p6_expanded *result,
                     const uint8_t *packet, PyObject *guesses);

/* A subsequent fragment, with which its datagram is `packet`, if that is not NULL. */
int foretell_fragment(teller *own, const ground *pan, const arrived *it, const piece *one, const uint8_t *packet);

/* What was foretold is told; `one` is NULL where it is no fragment. 0: an exception is set. */
int tell_packet(teller *own, const arrived *it, const uint8_t *packet, size_t octets, text *out);
int tell_fragment(teller *own, const arrived *it, const piece *one, const place *found, const uint8_t *whole, text *out);

#endif
