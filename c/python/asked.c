/* The frames that wait for their acknowledgement. */
#include "asked.h"

#define OCTET_NS 32000
#define PHY_OCTETS 6

int channel_of(channel *own, PyObject *waiting)
{
    Py_ssize_t size = PyTuple_Size(waiting), index;

    own->count = 0;
    if (size < 0 || size > MOST_AT_ONCE) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "too many frames wait");
        }
        return 0;
    }
    for (index = 0; index < size; index++) {
        asked *one = &own->waiting[index];
        PyObject *sequence;
        if (!PyArg_ParseTuple(PyTuple_GetItem(waiting, index), "lLlOO", &one->number, &one->time_ns, &one->octets, &sequence,
                              &one->destination)) {
            return 0;
        }
        one->sequence = sequence == Py_None ? -1 : PyLong_AsLong(sequence);
        Py_INCREF(one->destination);
        own->count++;
        if (PyErr_Occurred()) {
            return 0;
        }
    }
    return 1;
}

PyObject *waiting_of(const channel *own)
{
    PyObject *waiting = PyTuple_New(own->count);
    int index;

    for (index = 0; waiting != NULL && index < own->count; index++) {
        const asked *one = &own->waiting[index];
        PyObject *entry = one->sequence < 0
                              ? Py_BuildValue("(lLlOO)", one->number, one->time_ns, one->octets, Py_None, one->destination)
                              : Py_BuildValue("(lLllO)", one->number, one->time_ns, one->octets, one->sequence,
                                              one->destination);
        if (entry == NULL) {
            Py_CLEAR(waiting);
        } else {
            PyTuple_SetItem(waiting, index, entry);
        }
    }
    return waiting;
}

void leave_channel(channel *own)
{
    while (own->count) {
        own->count--;
        Py_CLEAR(own->waiting[own->count].destination);
    }
}

static void remove_at(channel *own, int index)
{
    PyObject *gone = own->waiting[index].destination;

    own->count--;
    memmove(&own->waiting[index], &own->waiting[index + 1], (size_t)(own->count - index) * sizeof(asked));
    Py_DECREF(gone);
}

/* Whether a later frame was on the air at the same time. */
static int overlaps(const asked *one, const record *it)
{
    long long passed = it->time_ns - one->time_ns, shorter = one->octets < (long)it->length ? one->octets : (long)it->length;

    return 0 < passed && passed < (PHY_OCTETS + shorter) * OCTET_NS;
}

int missing_before(const channel *own, const record *it)
{
    int index, missing = 0;

    for (index = 0; index < own->count; index++) {
        missing += !overlaps(&own->waiting[index], it);
    }
    return missing;
}

void answered(channel *own, uint8_t sequence)
{
    int index;

    for (index = own->count; index > 0; index--) {
        if (own->waiting[index - 1].sequence == sequence) {
            remove_at(own, index - 1);
        }
    }
}

void sent(channel *own, const record *it, uint8_t sequence, PyObject *destination)
{
    asked *one;
    int index;

    for (index = own->count; index > 0; index--) {
        if (!overlaps(&own->waiting[index - 1], it)) {
            remove_at(own, index - 1);
        }
    }
    if (destination == Py_None) {
        return;
    }
    if (own->count == MOST_AT_ONCE) {
        remove_at(own, 0);
    }
    one = &own->waiting[own->count++];
    one->number = it->number;
    one->time_ns = it->time_ns;
    one->octets = (long)it->length;
    one->sequence = sequence;
    one->destination = destination;
    Py_INCREF(destination);
}
