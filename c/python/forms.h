/* Lines as forms: the words are those of the Python, with named places where numbers and strings belong. */
#ifndef P6LOWPAN_FORMS_H
#define P6LOWPAN_FORMS_H

#include "text.h"

/* The order of p6lowpan/fast_capture.py:Forms. */
typedef enum form { ACKNOWLEDGEMENT, ANSWERED, REPETITION, FIRST, SUBSEQUENT, LAST, PACKET, FORMS } form;

/* The names of the places: of numbers, times (`seconds` in nanoseconds, `took` in microseconds), and strings. */
#define NUMBERS(EACH)                                                                                                   \
    EACH(number) EACH(sequence) EACH(asked) EACH(octets) EACH(tag) EACH(first) EACH(last) EACH(size) EACH(percent)      \
    EACH(fragments) EACH(seconds) EACH(took)
#define STRINGS(EACH) EACH(pending) EACH(ends) EACH(cost) EACH(words) EACH(features) EACH(marks)

#define OF_NUMBER(place) long long place;
#define OF_STRING(place) string place;
typedef struct filling {
    NUMBERS(OF_NUMBER)
    STRINGS(OF_STRING)
} filling;
#undef OF_NUMBER
#undef OF_STRING

typedef struct forms forms;

/* forms(((literal, name of a place or None, its format), ...), ...): a capsule. */
PyObject *make_forms(PyObject *module, PyObject *templates);

/* From such a capsule to a `const forms *`, and from None to NULL; 0: an exception is set. */
int forms_of(PyObject *capsule, void *forms);

/* Add a line to a text; 0: an exception is set. */
int fill_in(text *out, const forms *own, form which, const filling *with);

#endif
