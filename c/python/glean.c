/* Payloads turned into the IPv6 packets in them, as long as nothing is unusual. What a packet depends on stays in the tables
 * of the Python, which takes over from here, and gives back, at any frame. */
#include "glean.h"

#define FIRST_OCTETS 4
#define SUBSEQUENT_OCTETS 5

/* Write a packet out as a record; 0: an exception is set. */
static int write_out(gleaner *own, const arrived *it, const uint8_t *packet, size_t octets)
{
    Py_ssize_t size = PyByteArray_Size(own->out);
    uint32_t fields[4];
    uint8_t *at;
    unsigned field;

    if (PyByteArray_Resize(own->out, size + RECORD_OCTETS + (Py_ssize_t)octets) != 0) {
        return 0;
    }
    fields[0] = (uint32_t)(it->time_ns / SECOND_NS);
    fields[1] = (uint32_t)(it->time_ns % SECOND_NS / own->out_unit);
    fields[2] = fields[3] = (uint32_t)octets;
    at = (uint8_t *)PyByteArray_AsString(own->out) + size;
    for (field = 0; field < 4; field++, at += 4) {
        at[0] = (uint8_t)fields[field];
        at[1] = (uint8_t)(fields[field] >> 8);
        at[2] = (uint8_t)(fields[field] >> 16);
        at[3] = (uint8_t)(fields[field] >> 24);
    }
    memcpy(at, packet, octets);
    own->written++;
    return 1;
}

/* A packet that is whole and plain. 0: an exception is set. */
static int bring(gleaner *own, const arrived *it, PyObject *key, PyObject *guesses, const uint8_t *packet, size_t octets)
{
    return speak_for(&own->grounds, it, key, guesses) && learn(&own->grounds.here, packet, octets) &&
           write_out(own, it, packet, octets);
}

/* Expand LOWPAN_IPHC from `at` on; whether that went as usual. */
static int expands(const gleaner *own, const arrived *it, size_t at, size_t size, uint8_t *out, p6_expanded *result)
{
    return p6_expand(&own->grounds.here.facts->node, &it->link, it->octets + at, it->length - at, (uint16_t)size, out, ROOM,
                     result) == P6_OK &&
           result->unsummed_udp == 0 && !((unsigned long long)result->features & own->unusual);
}

static int take_whole(gleaner *own, const arrived *it)
{
    uint8_t packet[ROOM];
    p6_expanded result;
    PyObject *guesses;
    int answer = is_due(&own->grounds.here.shelf, own->name, it->now);

    if (answer != 0) {
        return answer < 0 ? FAILED : UNUSUAL;
    }
    if (!expands(own, it, 0, 0, packet, &result) || !plain(packet, result.octets)) {
        return UNUSUAL;
    }
    if ((guesses = guessed(&own->grounds.here, it, 0)) == NULL) {
        return FAILED;
    }
    answer = bring(own, it, Py_None, guesses, packet, result.octets) ? KEPT : FAILED;
    Py_DECREF(guesses);
    return answer;
}

static int take_piece(gleaner *own, const arrived *it, const piece *one, PyObject *guesses)
{
    uint8_t packet[ROOM];
    int answer = gather(&own->grounds.here.shelf, own->name, one, packet);

    if (answer == WHOLE) {
        return bring(own, it, one->key, guesses, packet, one->size) ? KEPT : FAILED;
    }
    return answer == KEPT && !wait_with(&own->grounds.here, one->key, guesses) ? FAILED : answer;
}

static int take_fragment(gleaner *own, const arrived *it, int is_first)
{
    uint8_t beginning[ROOM];
    p6_expanded result;
    piece one = {NULL, it->now, NULL, 0, 0, word(it->octets) & 0x7FF};
    PyObject *guesses;
    int answer;

    if (!own->grounds.here.gathers || one.size == 0) {
        return UNUSUAL;
    }
    if (is_first) {
        if (it->octets[FIRST_OCTETS] >> 5 != 3 || !expands(own, it, FIRST_OCTETS, one.size, beginning, &result) ||
            (beginning[6] != UDP && beginning[6] != ICMPV6)) {
            return UNUSUAL;
        }
        one.octets = beginning;
        one.length = result.octets;
    } else {
        one.octets = it->octets + SUBSEQUENT_OCTETS;
        one.length = it->length - SUBSEQUENT_OCTETS;
        one.offset = it->octets[4] * (size_t)8;
    }
    if ((one.key = Py_BuildValue("(OOii)", it->source, it->destination, (int)one.size, (int)word(it->octets + 2))) == NULL) {
        return FAILED;
    }
    answer = is_troubled(&own->grounds.here, one.key, is_first);
    if (answer != 0) {
        Py_DECREF(one.key);
        return answer < 0 ? FAILED : UNUSUAL;
    }
    if (is_first) {
        guesses = guessed(&own->grounds.here, it, FIRST_OCTETS);
    } else {
        guesses = Py_None;
        Py_INCREF(guesses);
    }
    answer = guesses == NULL ? FAILED : take_piece(own, it, &one, guesses);
    Py_XDECREF(guesses);
    Py_DECREF(one.key);
    return answer;
}

/* KEPT: nothing is left to do. UNUSUAL: nothing was done. */
static int take(gleaner *own, const arrived *it)
{
    if (it->now >= own->grounds.here.deadline) {
        return UNUSUAL;
    }
    if (it->octets[0] >> 5 == 3) {
        return take_whole(own, it);
    }
    if (it->octets[0] >> 3 == 0x18 && it->length >= FIRST_OCTETS + 2) {
        return take_fragment(own, it, 1);
    }
    if (it->octets[0] >> 3 == 0x1C && it->length > SUBSEQUENT_OCTETS) {
        return take_fragment(own, it, 0);
    }
    return UNUSUAL;
}

int gleaner_of(gleaner *own, PyObject *tools)
{
    if (!PyArg_ParseTuple(tools, "OOOO!lK", &own->grounds.by_pan, &own->grounds.make, &own->homes, &PyByteArray_Type,
                          &own->out, &own->out_unit, &own->unusual)) {
        return 0;
    }
    if (own->out_unit != 1 && own->out_unit != 1000) {
        PyErr_SetString(PyExc_ValueError, "a record's fraction is in microseconds or nanoseconds");
        return 0;
    }
    return 1;
}

int glean(gleaner *own, arrived *it, PyObject *pan, int tells_home)
{
    PyObject *home;
    int answer;

    if (!address_of(it->source, &it->link.source) || !address_of(it->destination, &it->link.destination)) {
        return FAILED;
    }
    if (tells_home) {
        home = PyDict_GetItemWithError(own->homes, it->source);
        answer = home == NULL ? 0 : PyObject_RichCompareBool(home, pan, Py_EQ);
        if (answer != 1) {
            return PyErr_Occurred() ? FAILED : UNUSUAL;
        }
    }
    if (it->length > 0xFFFF || it->time_ns / SECOND_NS > 0xFFFFFFFF) {
        return UNUSUAL;
    }
    answer = enter(&own->grounds, pan);
    return answer == KEPT ? take(own, it) : answer;
}
