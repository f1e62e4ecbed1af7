/* Text, or any octets, as they grow. */
#include "text.h"

#define LEAST_ROOM 4096

uint8_t *text_room(text *own, size_t more)
{
    size_t room = own->room < LEAST_ROOM ? LEAST_ROOM : own->room;
    uint8_t *grown;

    if (own->room - own->length >= more) {
        return own->octets + own->length;
    }
    while (room - own->length < more) {
        room *= 2;
    }
    if ((grown = PyMem_Realloc(own->octets, room)) == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    own->octets = grown;
    own->room = room;
    return grown + own->length;
}

int text_add(text *own, string more)
{
    uint8_t *at;

    if (more.length == 0) {
        return 1;
    }
    if ((at = text_room(own, more.length)) == NULL) {
        return 0;
    }
    memcpy(at, more.octets, more.length);
    own->length += more.length;
    return 1;
}

uint8_t *digits(uint8_t *end, unsigned long long number, int least)
{
    for (; number || least > 0; number /= 10, least--) {
        *--end = (uint8_t)('0' + number % 10);
    }
    return end;
}

int text_add_number(text *own, unsigned number)
{
    uint8_t written[10], *end = written + sizeof written;
    string decimal;

    decimal.octets = digits(end, number, 1);
    decimal.length = (size_t)(end - decimal.octets);
    return text_add(own, decimal);
}

void text_free(text *own)
{
    PyMem_Free(own->octets);
    memset(own, 0, sizeof *own);
}

int string_of(PyObject *octets, void *where)
{
    string *own = where;
    char *first;
    Py_ssize_t length;

    if (PyBytes_AsStringAndSize(octets, &first, &length) != 0) {
        return 0;
    }
    own->octets = (const uint8_t *)first;
    own->length = (size_t)length;
    return 1;
}
