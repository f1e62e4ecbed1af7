/* What is known of a PAN, and what its packets teach. It stays in the tables of the Python. */
#include "ground.h"

#define TELLING_OCTETS 3 /* the encoding of LOWPAN_IPHC and the context identifiers */

enum { SOURCE_AT = 8, DESTINATION_AT = 24 };

int read_prefixes(ground *own)
{
    PyObject *prefix, *value;
    Py_ssize_t position = 0;

    memset(own->last, 0xFF, sizeof own->last);
    while (PyDict_Next(own->prefixes, &position, &prefix, &value)) {
        char *octets;
        Py_ssize_t length;
        if (PyBytes_AsStringAndSize(prefix, &octets, &length) != 0) {
            return 0;
        }
        memcpy(own->last[1], own->last[0], PREFIX_OCTETS);
        if (length == PREFIX_OCTETS) {
            memcpy(own->last[0], octets, PREFIX_OCTETS);
        } else {
            memset(own->last[0], 0xFF, PREFIX_OCTETS);
        }
    }
    return 1;
}

PyObject *recall(PyObject *table, PyObject *key)
{
    PyObject *found = PyDict_GetItemWithError(table, key);

    Py_XINCREF(found);
    return found;
}

PyObject *learn_by_heart(PyObject *table, Py_ssize_t most, PyObject *key, PyObject *make, PyObject *arguments)
{
    PyObject *made = arguments == NULL ? NULL : PyObject_CallObject(make, arguments);

    Py_XDECREF(arguments);
    if (made != NULL && PyDict_Size(table) >= most) {
        PyDict_Clear(table);
    }
    if (made != NULL && PyDict_SetItem(table, key, made) != 0) {
        Py_CLEAR(made);
    }
    return made;
}

void leave(grounds *own)
{
    Py_CLEAR(own->here.parts);
}

/* With what the payloads of this PAN are told; 0: an exception is set. */
static int read_telling(ground *own, PyObject *telling)
{
    own->payloads = own->tell_payload = NULL;
    return telling == Py_None || PyArg_ParseTuple(telling, "OOO&", &own->payloads, &own->tell_payload, watch_of, &own->watch);
}

static int read_ground(ground *own, PyObject *parts)
{
    PyObject *kept, *telling;

    Py_INCREF(parts);
    Py_XDECREF(own->parts);
    own->parts = parts;
    return PyArg_ParseTuple(parts, "O&LpOOOOOOOOOOOOOOO", known_of, &own->facts, &own->deadline, &own->gathers, &own->guesses,
                            &own->suspects, &own->addresses, &own->refused, &own->reported, &own->unsummed, &own->guess,
                            &own->judge, &own->wait, &own->learn, &own->prefixes, &own->messages,
                            &own->look_at_message, &kept, &telling) &&
           shelf_of(&own->shelf, kept) && read_telling(own, telling) && read_prefixes(own);
}

int enter(grounds *own, PyObject *pan)
{
    PyObject *parts = PyDict_GetItemWithError(own->by_pan, pan), *made = NULL;
    int answer;

    if (parts == NULL) {
        if (PyErr_Occurred() || (made = PyObject_CallFunctionObjArgs(own->make, pan, NULL)) == NULL ||
            PyDict_SetItem(own->by_pan, pan, made) != 0) {
            Py_XDECREF(made);
            return FAILED;
        }
        parts = made;
    }
    answer = parts == Py_None ? UNUSUAL : parts == own->here.parts || read_ground(&own->here, parts) ? KEPT : FAILED;
    Py_XDECREF(made);
    return answer;
}

/* --- what packets teach ------------------------------------------------------------------------------------------------- */

/* Whether an address is among those that were heard last: 1, 0 or -1. */
static int is_familiar(const ground *own, const uint8_t *address)
{
    PyObject *name = PyBytes_FromStringAndSize((const char *)address, 16);
    int is_known = name == NULL ? -1 : PyDict_Contains(own->addresses, name);

    Py_XDECREF(name);
    return is_known;
}

/* Whether the prefixes of both addresses, as far as they have any, are those that were learned last, in this order. */
static int is_order_kept(const ground *own, const uint8_t *source, const uint8_t *destination)
{
    int has_source = source[0] != 0xFE && source[0] != 0xFF;
    int has_destination = destination[0] != 0xFE && destination[0] != 0xFF;
    const uint8_t *last = has_destination ? destination : source;

    if (!has_source && !has_destination) {
        return 1;
    }
    if (memcmp(own->last[0], last, PREFIX_OCTETS) != 0) {
        return 0;
    }
    return !has_source || memcmp(source, last, PREFIX_OCTETS) == 0 || memcmp(own->last[1], source, PREFIX_OCTETS) == 0;
}

int learn(ground *own, const uint8_t *packet, size_t octets)
{
    const uint8_t *source = packet + SOURCE_AT, *destination = packet + DESTINATION_AT;
    int knows_source = is_familiar(own, source), knows_destination = is_familiar(own, destination);
    PyObject *whole, *answer;

    if (knows_source < 0 || knows_destination < 0) {
        return 0;
    }
    if (knows_source && knows_destination && is_order_kept(own, source, destination)) {
        return 1;
    }
    whole = PyBytes_FromStringAndSize((const char *)packet, (Py_ssize_t)octets);
    answer = whole == NULL ? NULL : PyObject_CallFunctionObjArgs(own->learn, whole, NULL);
    Py_XDECREF(whole);
    Py_XDECREF(answer);
    return answer != NULL && read_prefixes(own);
}

PyObject *guessed(const ground *own, const arrived *it, size_t at)
{
    size_t left = it->length - at, telling = left < TELLING_OCTETS ? left : TELLING_OCTETS;
    PyObject *key, *found;

    if (own->guesses == Py_None) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    if ((key = PyBytes_FromStringAndSize((const char *)it->octets + at, (Py_ssize_t)telling)) == NULL) {
        return NULL;
    }
    found = recall(own->guesses, key);
    if (found == NULL && !PyErr_Occurred()) {
        found = learn_by_heart(own->guesses, MOST_REMEMBERED, key, own->guess,
                               Py_BuildValue("(y#OO)", (const char *)it->octets, (Py_ssize_t)it->length, it->source,
                                             it->destination));
    }
    Py_DECREF(key);
    return found;
}

int speak_for(grounds *own, const arrived *it, PyObject *key, PyObject *guesses)
{
    const ground *ground = &own->here;
    int is_suspect = key == Py_None ? 0 : PyDict_Contains(ground->suspects, key);
    PyObject *now, *answer;
    int is_changed;

    if (ground->guesses == Py_None || (guesses == Py_None && is_suspect == 0)) {
        return is_suspect >= 0;
    }
    now = PyLong_FromLongLong(it->now);
    answer = now == NULL || is_suspect < 0 ? NULL : PyObject_CallFunctionObjArgs(ground->judge, now, key, guesses, NULL);
    is_changed = answer == NULL ? -1 : PyObject_IsTrue(answer);
    Py_XDECREF(now);
    Py_XDECREF(answer);
    if (is_changed == 1) {
        PyDict_Clear(own->by_pan);
    }
    return is_changed >= 0;
}

int wait_with(const ground *own, PyObject *key, PyObject *guesses)
{
    PyObject *answer;

    if (guesses == Py_None) {
        return 1;
    }
    answer = PyObject_CallFunctionObjArgs(own->wait, key, guesses, NULL);
    Py_XDECREF(answer);
    return answer != NULL;
}

int is_troubled(const ground *own, PyObject *key, int is_first)
{
    int refused = PyDict_Contains(own->refused, key), unsummed = PyDict_Contains(own->unsummed, key);
    int reported = is_first ? PyDict_Contains(own->reported, key) : 0;

    return refused < 0 || unsummed < 0 || reported < 0 ? -1 : refused || unsummed || reported;
}
