/* What the fragments of a PAN show. All there may be to say of it is left to the Python. */
#include "watch.h"

enum { OF_SOURCE, OF_DESTINATION, OF_SIZE, OF_TAG }; /* in the key of a datagram */
enum { AT_US, OF_OFFSET };                           /* in an arrival */

int watch_of(PyObject *parts, void *where)
{
    watch *own = where;

    return PyArg_ParseTuple(parts, "OnOOlL", &own->current, &own->most_current, &own->mixed, &own->crowded, &own->fewest,
                            &own->longest);
}

/* How many datagrams to the same destination are incomplete now; -1: an exception is set. */
static long held_for(const shelf *own, PyObject *destination)
{
    PyObject *key, *buffer;
    Py_ssize_t position = 0;
    long held = 0;

    while (PyDict_Next(own->buffers, &position, &key, &buffer)) {
        int is_same = PyObject_RichCompareBool(PyTuple_GetItem(key, OF_DESTINATION), destination, Py_EQ);
        if (is_same < 0) {
            return -1;
        }
        held += is_same;
    }
    return held;
}

/* A datagram begins. */
static int begins_silently(const watch *own, const shelf *shelf, const piece *it)
{
    PyObject *destination = PyTuple_GetItem(it->key, OF_DESTINATION);
    PyObject *crowded = PyDict_GetItemWithError(own->crowded, destination);
    long before = crowded == NULL ? 0 : PyLong_AsLong(crowded), held = held_for(shelf, destination);

    if (PyErr_Occurred()) {
        return FAILED;
    }
    return held + 1 <= own->fewest || held + 1 <= before ? KEPT : UNUSUAL;
}

/* The key of the datagram whose fragment its sender sent last to this receiver, borrowed; None: none. */
static PyObject *current_of(const watch *own, const piece *it)
{
    PyObject *ends = PyTuple_GetSlice(it->key, OF_SOURCE, OF_SIZE);
    PyObject *found = ends == NULL ? NULL : PyDict_GetItemWithError(own->current, ends);

    Py_XDECREF(ends);
    return found == NULL && !PyErr_Occurred() ? Py_None : found;
}

/* Whether the sender stays with its datagram, or begins another, or mixes them as was said before. */
static int is_unmixed(const watch *own, const piece *it, const place *found)
{
    PyObject *current = current_of(own, it);
    int answer;

    if (current == NULL) {
        return FAILED;
    }
    if (current == Py_None || found->buffer == NULL) {
        return KEPT;
    }
    answer = PyObject_RichCompareBool(current, it->key, Py_EQ);
    if (answer == 0) {
        answer = PyDict_Contains(own->mixed, it->key);
    }
    if (answer == 0) {
        answer = PyDict_Contains(own->mixed, current);
    }
    return answer < 0 ? FAILED : answer ? KEPT : UNUSUAL;
}

/* Whether a datagram that is whole came in order and in time, each fragment once. */
static int ends_silently(const watch *own, const names *name, const piece *it, const place *found, long long *took)
{
    PyObject *arrivals = PyObject_GetAttr(found->buffer, name->arrivals);
    Py_ssize_t size = arrivals == NULL ? 0 : PyList_Size(arrivals), index;
    long long first = it->now, least = it->now, most = it->now;
    long offset = -1, next;
    int is_orderly = size > 0;

    for (index = 0; index < size; index++) {
        PyObject *arrival = PyList_GetItem(arrivals, index);
        long long at = PyLong_AsLongLong(PyTuple_GetItem(arrival, AT_US));
        next = PyLong_AsLong(PyTuple_GetItem(arrival, OF_OFFSET));
        is_orderly &= next > offset;
        offset = next;
        first = index ? first : at;
        least = at < least ? at : least;
        most = at > most ? at : most;
    }
    Py_XDECREF(arrivals);
    if (PyErr_Occurred()) {
        return FAILED;
    }
    *took = most - least;
    return is_orderly && (long)it->offset > offset && it->now - first <= own->longest ? KEPT : UNUSUAL;
}

int is_silent(const watch *own, const shelf *shelf, const names *name, const piece *it, const place *found, int is_whole,
              long long *took)
{
    int answer;

    if (found->buffer == NULL) {
        return is_whole ? UNUSUAL : begins_silently(own, shelf, it);
    }
    answer = is_unmixed(own, it, found);
    return answer == KEPT && is_whole ? ends_silently(own, name, it, found, took) : answer;
}

int note(const watch *own, const names *name, const piece *it, const place *found, int is_whole)
{
    PyObject *current = current_of(own, it), *ends, *key;
    int is_same = current == NULL ? -1 : PyObject_RichCompareBool(current, it->key, Py_EQ), is_noted = is_same >= 0;

    if (is_same == 0) {
        ends = PyTuple_GetSlice(it->key, OF_SOURCE, OF_SIZE);
        key = ends == NULL ? NULL : PyObject_GetAttr(found->buffer, name->key);
        is_noted = key != NULL && put_bounded(own->current, own->most_current, ends, key);
        Py_XDECREF(key);
        Py_XDECREF(ends);
    }
    return is_noted && (!is_whole || drop_key(own->mixed, it->key));
}
