/* Fragments that only join the others of their datagram, put into the tables of a Python Reassembler: at any time these
 * are what the Python would have made of them. Whatever is not plain (a repetition, an overlap, a datagram that must go)
 * is left to the Python, before anything is changed. */
#include "datagrams.h"

#define UNIT 8

int shelf_of(shelf *own, PyObject *parts)
{
    return PyArg_ParseTuple(parts, "OOOOOOOLLllll", &own->reassembler, &own->buffers, &own->completed, &own->buffer_class,
                            &own->completed_class, &own->arrival_class, &own->key_class, &own->timeout,
                            &own->remembered_us, &own->most_buffers, &own->most_octets, &own->largest,
                            &own->most_completed);
}

static long number_of(PyObject *owner, PyObject *name)
{
    PyObject *number = PyObject_GetAttr(owner, name);
    long value = number == NULL ? -1 : PyLong_AsLong(number);

    Py_XDECREF(number);
    return value;
}

int count(PyObject *owner, PyObject *name, long more)
{
    PyObject *sum;
    long before = number_of(owner, name);
    int is_set;

    if (PyErr_Occurred() || (sum = PyLong_FromLong(before + more)) == NULL) {
        return 0;
    }
    is_set = PyObject_SetAttr(owner, name, sum) == 0;
    Py_DECREF(sum);
    return is_set;
}

int is_due(const shelf *own, const names *name, long long now)
{
    PyObject *before = PyObject_GetAttr(own->reassembler, name->nothing_before);
    double value = before == NULL ? -1 : PyFloat_AsDouble(before);

    Py_XDECREF(before);
    return PyErr_Occurred() ? -1 : (double)now >= value;
}

int drop_key(PyObject *table, PyObject *key)
{
    int is_there = PyDict_Contains(table, key);

    return is_there == 0 || (is_there == 1 && PyDict_DelItem(table, key) == 0);
}

int put_bounded(PyObject *table, Py_ssize_t most, PyObject *key, PyObject *value)
{
    PyObject *oldest, *gone;
    Py_ssize_t position = 0;
    int is_there = PyDict_Size(table) < most ? 1 : PyDict_Contains(table, key);

    if (is_there == 0 && PyDict_Next(table, &position, &oldest, &gone)) {
        Py_INCREF(oldest);
        is_there = PyDict_DelItem(table, oldest) == 0 ? 1 : -1;
        Py_DECREF(oldest);
    }
    return is_there >= 0 && PyDict_SetItem(table, key, value) == 0;
}

/* Whether a fragment may be a late repetition of a datagram that was delivered: 1 or 0; -1: an exception is set. */
static int is_late(const shelf *own, const names *name, const piece *it)
{
    PyObject *before = PyDict_GetItemWithError(own->completed, it->key), *at;
    long long at_us;

    if (before == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    if ((at = PyObject_GetAttr(before, name->at_us)) == NULL) {
        return -1;
    }
    at_us = PyLong_AsLongLong(at);
    Py_DECREF(at);
    return PyErr_Occurred() ? -1 : it->now - at_us < own->remembered_us;
}

/* Find where a fragment belongs: KEPT where it overlaps nothing, UNUSUAL or FAILED. */
static int find(const names *name, const piece *it, place *found)
{
    found->offsets = PyObject_GetAttr(found->buffer, name->offsets);
    found->pieces = PyObject_GetAttr(found->buffer, name->pieces);
    found->octets = number_of(found->buffer, name->octets);
    if (PyErr_Occurred()) {
        return FAILED;
    }
    found->at = found->count = PyList_Size(found->offsets);
    while (found->at > 0) {
        size_t before = (size_t)PyLong_AsLong(PyList_GetItem(found->offsets, found->at - 1));
        if (before < it->offset) {
            size_t length = (size_t)PyBytes_Size(PyList_GetItem(found->pieces, found->at - 1));
            return before + length > it->offset ? UNUSUAL : KEPT;
        }
        if (before < it->offset + it->length) {
            return UNUSUAL;
        }
        found->at--;
    }
    return PyErr_Occurred() ? FAILED : KEPT;
}

/* The whole datagram in `out`; 0 where it is no IPv6 packet of this length. */
static int is_packet(const piece *it, const place *found, uint8_t *out)
{
    size_t at = 0;
    Py_ssize_t index;

    for (index = 0; index <= found->count; index++) {
        if (index == found->at) {
            memcpy(out + at, it->octets, it->length);
            at += it->length;
        }
        if (index < found->count) {
            PyObject *octets = PyList_GetItem(found->pieces, index);
            memcpy(out + at, PyBytes_AsString(octets), (size_t)PyBytes_Size(octets));
            at += (size_t)PyBytes_Size(octets);
        }
    }
    return at >= P6_IPV6_OCTETS && out[0] >> 4 == 6 && word(out + 4) + P6_IPV6_OCTETS == at;
}

/* Begin a datagram. */
static int begin(const shelf *own, const names *name, const piece *it, place *found)
{
    PyObject *key = PyObject_CallObject(own->key_class, it->key);
    PyObject *deadline = PyLong_FromLongLong(it->now + own->timeout);
    int is_due_earlier = is_due(own, name, it->now + own->timeout), is_begun = 0;

    if (key != NULL && deadline != NULL && is_due_earlier >= 0) {
        found->buffer = PyObject_CallFunctionObjArgs(own->buffer_class, key, NULL);
        is_begun = found->buffer != NULL && PyObject_SetAttr(found->buffer, name->deadline, deadline) == 0 &&
                   drop_key(own->completed, it->key) && PyDict_SetItem(own->buffers, key, found->buffer) == 0 &&
                   (is_due_earlier || PyObject_SetAttr(own->reassembler, name->nothing_before, deadline) == 0) &&
                   (found->offsets = PyObject_GetAttr(found->buffer, name->offsets)) != NULL &&
                   (found->pieces = PyObject_GetAttr(found->buffer, name->pieces)) != NULL;
    }
    Py_XDECREF(key);
    Py_XDECREF(deadline);
    return is_begun;
}

/* Keep a fragment where it belongs. */
static int keep(const shelf *own, const names *name, const piece *it, place *found)
{
    PyObject *offset = PyLong_FromSize_t(it->offset), *length = PyLong_FromSize_t(it->length);
    PyObject *at = PyLong_FromLongLong(it->now), *arrivals = NULL, *arrival = NULL;
    PyObject *octets = PyBytes_FromStringAndSize((const char *)it->octets, (Py_ssize_t)it->length);
    int is_kept = 0;

    if (offset != NULL && length != NULL && at != NULL && octets != NULL) {
        arrivals = PyObject_GetAttr(found->buffer, name->arrivals);
        arrival = PyObject_CallFunctionObjArgs(own->arrival_class, at, offset, length, NULL);
        is_kept = arrivals != NULL && arrival != NULL && PyList_Append(arrivals, arrival) == 0 &&
                  PyList_Insert(found->offsets, found->at, offset) == 0 &&
                  PyList_Insert(found->pieces, found->at, octets) == 0 &&
                  count(found->buffer, name->octets, (long)it->length) && count(own->reassembler, name->received, 1);
    }
    Py_XDECREF(offset);
    Py_XDECREF(length);
    Py_XDECREF(at);
    Py_XDECREF(octets);
    Py_XDECREF(arrivals);
    Py_XDECREF(arrival);
    return is_kept;
}

/* A datagram is whole: it is remembered among those that were delivered, of which the oldest may have to go. */
static int close_buffer(const shelf *own, const names *name, const piece *it, const place *found)
{
    PyObject *at = PyLong_FromLongLong(it->now), *key, *completed;
    int is_closed;

    completed = at == NULL ? NULL : PyObject_CallFunctionObjArgs(own->completed_class, at, found->buffer, NULL);
    key = completed == NULL ? NULL : PyObject_CallObject(own->key_class, it->key);
    is_closed = key != NULL && put_bounded(own->completed, own->most_completed, key, completed) &&
                drop_key(own->buffers, it->key) && count(own->reassembler, name->octets, -found->octets) &&
                count(own->reassembler, name->delivered, (long)found->count + 1);
    Py_XDECREF(at);
    Py_XDECREF(completed);
    Py_XDECREF(key);
    return is_closed;
}

int find_place(const shelf *own, const names *name, const piece *it, place *found, uint8_t *out)
{
    size_t end = it->offset + it->length;
    int answer = is_due(own, name, it->now);
    long held;

    if (answer != 0) {
        return answer < 0 ? FAILED : UNUSUAL;
    }
    if (it->size > (size_t)own->largest || it->size > ROOM || it->length == 0 || end > it->size ||
        (end < it->size && it->length % UNIT)) {
        return UNUSUAL;
    }
    if ((answer = is_late(own, name, it)) != 0) {
        return answer < 0 ? FAILED : UNUSUAL;
    }
    held = number_of(own->reassembler, name->octets);
    found->buffer = PyDict_GetItemWithError(own->buffers, it->key);
    if (PyErr_Occurred()) {
        return FAILED;
    }
    Py_XINCREF(found->buffer);
    if (held + (long)it->length > own->most_octets) {
        return UNUSUAL;
    }
    if (found->buffer == NULL && PyDict_Size(own->buffers) >= own->most_buffers) {
        return UNUSUAL;
    }
    if (found->buffer != NULL && (answer = find(name, it, found)) != KEPT) {
        return answer;
    }
    if (found->octets + it->length < it->size) {
        return KEPT;
    }
    return is_packet(it, found, out) ? WHOLE : UNUSUAL;
}

int put_there(const shelf *own, const names *name, const piece *it, place *found, int answer)
{
    return (found->buffer != NULL || begin(own, name, it, found)) && keep(own, name, it, found) &&
           (answer == KEPT ? count(own->reassembler, name->octets, (long)it->length)
                           : close_buffer(own, name, it, found));
}

void leave_place(place *found)
{
    Py_CLEAR(found->buffer);
    Py_CLEAR(found->offsets);
    Py_CLEAR(found->pieces);
}
