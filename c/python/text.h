/* Text, or any octets, as they grow. */
#ifndef P6LOWPAN_TEXT_H
#define P6LOWPAN_TEXT_H

#include "abi.h"

typedef struct text {
    uint8_t *octets;
    size_t length, room;
} text;

/* Octets that stay where they are. */
typedef struct string {
    const uint8_t *octets;
    size_t length;
} string;

/* Where `more` octets may be written; who does adds them to the length. NULL: an exception is set. */
uint8_t *text_room(text *own, size_t more);

/* 0: an exception is set. */
int text_add(text *own, string more);

int text_add_number(text *own, unsigned number);

/* The decimal digits of a number, `least` of them at least, with `end` behind the last one: where the first one is. */
uint8_t *digits(uint8_t *end, unsigned long long number, int least);

void text_free(text *own);

/* The octets of a bytes object, as long as it lives; 0: an exception is set. In the form that PyArg_ParseTuple wants. */
int string_of(PyObject *octets, void *string);

#endif
