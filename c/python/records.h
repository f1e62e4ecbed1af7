/* The records of a pcap file, many in one call. */
#ifndef P6LOWPAN_RECORDS_H
#define P6LOWPAN_RECORDS_H

#include "capture.h"

/* Once, before any record is read. */
void fill_crc_table(void);

/* sift(buffer, at, number, is big endian, nanoseconds in a unit, most, Sieve, Tools or None) -> ([(captured frame, header
 * or None, payload or None), ...], packets written, at, number). The records that are whole in the buffer, with what is
 * known of them, `most` of those at most, up to one that is not known: it will be, and those behind it may have the same
 * header. Acknowledgements and repetitions have no payload, and may be left out. With tools, packets are written, and of
 * their frames is nothing to be said; a frame that is unusual is the last one. */
PyObject *sift(PyObject *module, PyObject *arguments);

#endif
