/* Lines as forms. The formats are those of Python that they need: a width to the right, a tag in hexadecimal digits, and
 * seconds, which come out as Python would write them. */
#include "forms.h"

#include <stddef.h>

#define NAME "p6lowpan.forms"
#define MOST_PARTS 24
#define LITERAL_OCTETS 4096
#define NUMBER_OCTETS 32

enum style { NOTHING, DECIMAL, TAG, SECONDS, TOOK, STRING };

typedef struct part {
    string literal;
    enum style style;
    int width;
    size_t at; /* in a filling */
} part;

struct forms {
    part parts[FORMS][MOST_PARTS];
    size_t used;
    uint8_t literals[LITERAL_OCTETS];
};

/* --- made of templates -------------------------------------------------------------------------------------------------- */

#define NUMBER_AT(place) {#place, offsetof(filling, place), DECIMAL},
#define STRING_AT(place) {#place, offsetof(filling, place), STRING},
static const struct place_name {
    const char *name;
    size_t at;
    enum style style;
} PLACES[] = {NUMBERS(NUMBER_AT) STRINGS(STRING_AT){NULL, 0, NOTHING}};

static int refuse(const char *name, const char *format)
{
    PyErr_Format(PyExc_ValueError, "a form with {%s:%s}", name, format);
    return 0;
}

/* How a place is filled in; 0: an exception is set. */
static int read_format(part *own, const struct place_name *place, const char *format)
{
    own->at = place->at;
    own->style = place->style;
    own->width = 0;
    if (place->at == offsetof(filling, seconds)) {
        own->style = SECONDS;
    }
    if (place->at == offsetof(filling, took)) {
        own->style = TOOK;
        return strcmp(format, ".3f") == 0 || refuse(place->name, format);
    }
    if (place->style == DECIMAL && strcmp(format, "#06x") == 0) {
        own->style = TAG;
        return 1;
    }
    if (format[0] == '>' && place->style == DECIMAL) {
        for (format++; *format >= '0' && *format <= '9' && own->width < NUMBER_OCTETS / 10; format++) {
            own->width = own->width * 10 + (*format - '0');
        }
    }
    return *format == '\0' || refuse(place->name, format);
}

static int read_part(forms *own, part *part, PyObject *piece)
{
    const struct place_name *place = PLACES;
    const char *name, *format;

    if (!PyArg_ParseTuple(piece, "O&zs", string_of, &part->literal, &name, &format)) {
        return 0;
    }
    if (part->literal.length > LITERAL_OCTETS - own->used) {
        PyErr_SetString(PyExc_ValueError, "forms with too many words");
        return 0;
    }
    if (part->literal.length) {
        memcpy(own->literals + own->used, part->literal.octets, part->literal.length);
    }
    part->literal.octets = own->literals + own->used;
    own->used += part->literal.length;
    if (name == NULL) {
        return 1;
    }
    while (place->name != NULL && strcmp(place->name, name) != 0) {
        place++;
    }
    return place->name == NULL ? refuse(name, format) : read_format(part, place, format);
}

static int read_form(forms *own, part *parts, PyObject *template)
{
    Py_ssize_t index, size = PyTuple_Size(template);

    if (size < 0 || size > MOST_PARTS) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "a form with too many places");
        }
        return 0;
    }
    for (index = 0; index < size; index++) {
        if (!read_part(own, &parts[index], PyTuple_GetItem(template, index))) {
            return 0;
        }
    }
    return 1;
}

static void forget(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, NAME));
}

PyObject *make_forms(PyObject *module, PyObject *templates)
{
    forms *own;
    PyObject *capsule = NULL;
    int which = 0;

    (void)module;
    if (!PyTuple_Check(templates) || PyTuple_Size(templates) != FORMS) {
        PyErr_SetString(PyExc_ValueError, "not all forms");
        return NULL;
    }
    if ((own = PyMem_Calloc(1, sizeof *own)) == NULL) {
        return PyErr_NoMemory();
    }
    while (which < FORMS && read_form(own, own->parts[which], PyTuple_GetItem(templates, which))) {
        which++;
    }
    if (which < FORMS || (capsule = PyCapsule_New(own, NAME, forget)) == NULL) {
        PyMem_Free(own);
    }
    return capsule;
}

int forms_of(PyObject *capsule, void *where)
{
    const forms **own = where;

    *own = NULL;
    return capsule == Py_None || (*own = PyCapsule_GetPointer(capsule, NAME)) != NULL;
}

/* --- filled in ---------------------------------------------------------------------------------------------------------- */

/* Digits, at least `width` wide. */
static size_t aligned(uint8_t *out, const uint8_t *first, size_t length, int width)
{
    size_t space = length < (size_t)width ? (size_t)width - length : 0;

    memset(out, ' ', space);
    memcpy(out + space, first, length);
    return space + length;
}

/* Seconds as Python writes a float with so many decimals. 0: an exception is set. */
static size_t put_float(uint8_t *out, double seconds, int decimals, int width)
{
    char *written = PyOS_double_to_string(seconds, 'f', decimals, 0, NULL);
    size_t length = written == NULL ? 0 : strlen(written);

    if (length) {
        length = aligned(out, (const uint8_t *)written, length < NUMBER_OCTETS ? length : NUMBER_OCTETS, width);
    }
    PyMem_Free(written);
    return length;
}

/* Nanoseconds between two records. In 32 bits of seconds, microseconds have no more digits than a double. */
static size_t put_seconds(uint8_t *out, long long ns, int width)
{
    uint8_t written[NUMBER_OCTETS], *end = written + NUMBER_OCTETS, *first;

    if (ns < 0 || ns % 1000) {
        return put_float(out, (double)ns / 1e9, 6, width);
    }
    first = digits(end, (unsigned long long)(ns / 1000 % 1000000), 6);
    *--first = '.';
    first = digits(first, (unsigned long long)(ns / 1000000000), 1);
    return aligned(out, first, (size_t)(end - first), width);
}

static size_t put_number(uint8_t *out, const part *part, long long value)
{
    uint8_t written[NUMBER_OCTETS], *end = written + NUMBER_OCTETS, *first = end;
    int digit;

    switch (part->style) {
    case SECONDS:
        return put_seconds(out, value, part->width);
    case TOOK:
        return put_float(out, (double)value / 1e6, 3, 0);
    case TAG:
        for (digit = 0; digit < 4; digit++, value >>= 4) {
            *--first = (uint8_t)"0123456789abcdef"[value & 15];
        }
        *--first = 'x';
        *--first = '0';
        return aligned(out, first, (size_t)(end - first), 0);
    default:
        first = digits(end, (unsigned long long)value, 1);
        return aligned(out, first, (size_t)(end - first), part->width);
    }
}

int fill_in(text *out, const forms *own, form which, const filling *with)
{
    const part *part = own->parts[which];
    int left = MOST_PARTS;

    for (; left && (part->literal.length || part->style != NOTHING); left--, part++) {
        const uint8_t *value = (const uint8_t *)with + part->at;
        uint8_t *at;
        size_t length;
        if (!text_add(out, part->literal)) {
            return 0;
        }
        if (part->style == STRING) {
            if (!text_add(out, *(const string *)(const void *)value)) {
                return 0;
            }
        } else if (part->style != NOTHING) {
            if ((at = text_room(out, 2 * NUMBER_OCTETS)) == NULL ||
                (length = put_number(at, part, *(const long long *)(const void *)value)) == 0) {
                return 0;
            }
            out->length += length;
        }
    }
    return 1;
}
