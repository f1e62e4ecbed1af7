/* The records of a pcap file, many in one call. */
#ifndef P6LOWPAN_RECORDS_H
#define P6LOWPAN_RECORDS_H

#include "capture.h"

/* Once, before any record is read. */
void fill_crc_table(void);

/* sift(buffer, at, number, is big endian, nanoseconds in a unit, most, Sieve, Tools or None, state or None) -> ([(captured
 * frame, header or None, payload or None), ...], text, how many it is of, state or None, at, number). The records that are
 * whole in the buffer, with what is known of them, `most` of those at most, up to one that is not known: it will be, and
 * those behind it may have the same header. Acknowledgements and repetitions have no payload, and may be left out. With
 * tools, the text is packets written as records, or lines of frames that are told, and of their frames is nothing more to
 * be said; a frame that is unusual is the last one. What is told starts from a state (see teller_of), and ends in one. */
PyObject *sift(PyObject *module, PyObject *arguments);

#endif
