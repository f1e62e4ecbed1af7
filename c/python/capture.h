/* What the parts of the extension module for captures share. */
#ifndef P6LOWPAN_CAPTURE_H
#define P6LOWPAN_CAPTURE_H

#include "known.h"

#define ROOM 4096
#define RECORD_OCTETS 16
#define LONGEST_RECORD 262144

/* What sift() is given besides the buffer: see there. */
typedef struct sieve {
    PyObject *lengths, *headers, *repeated, *sender, *octets; /* borrowed, but for the names of two attributes */
    PyObject *captured_frame, *link_type, *fcs_octets;
    long check, most_senders, drops;
} sieve;

static inline unsigned word(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static inline uint32_t number_at(const uint8_t *at, int is_big)
{
    return is_big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
                  : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* A sieve from the tuple that Python makes; 0: an exception is set. What it holds is left with leave(), either way. */
int sieve_of(sieve *own, PyObject *tools);
void leave(sieve *own);

int plain(const uint8_t *packet, size_t octets);
int address_of(PyObject *object, p6_address *address);
PyObject *header_of(PyObject *lengths, PyObject *headers, const uint8_t *frame, size_t octets, size_t check,
                    int *is_acknowledgement);
int repeats(const sieve *own, PyObject *header, long long now, PyObject *body);

/* (captured frame, header, payload), a new reference; NULL: an exception is set. */
PyObject *item_with(const sieve *own, long number, long long time_ns, const uint8_t *frame, uint32_t octets,
                    uint32_t original, PyObject *header, PyObject *payload);

/* Of c/python/glean.c. */
PyObject *glean(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

#endif
