/* Records of a pcap file turned into the IPv6 packets in them, as long as nothing is unusual: see glean(). What a packet
 * depends on stays in the tables of the Python, which takes over from here, and gives back, at any frame. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <string.h>

#include "datagrams.h"

#define SECOND_NS 1000000000
#define UDP 17
#define ICMPV6 58
#define FIRST_OCTETS 4
#define SUBSEQUENT_OCTETS 5
#define TELLING_OCTETS 3 /* the encoding of LOWPAN_IPHC and the context identifiers */
#define PREFIX_OCTETS 8

enum { SOURCE_AT = 8, DESTINATION_AT = 24 };

/* What is known of a PAN: the parts of p6lowpan/analysis/gleaning.py:Ground, all borrowed from `parts`. */
typedef struct ground {
    PyObject *parts; /* held; NULL: none */
    const known *facts;
    long long deadline;
    long gathers;
    PyObject *guesses, *suspects, *addresses, *prefixes, *refused, *reported, *unsummed;
    PyObject *guess, *judge, *wait, *learn;
    shelf shelf;
    uint8_t last[2][PREFIX_OCTETS]; /* the prefixes that were learned last, and before that; FF: none, as in multicast */
} ground;

typedef struct gleaner {
    sieve sieve;
    names name;
    PyObject *grounds, *ground_of, *homes, *out; /* borrowed */
    long out_unit, written;
    unsigned long long generic;
    ground ground;
} gleaner;

/* A payload on its way: the parts of its header's facts are borrowed. */
typedef struct arrived {
    PyObject *source, *destination;
    p6_link link;
    const uint8_t *octets;
    size_t length;
    long long now, time_ns;
} arrived;

static void forget(ground *own)
{
    Py_XDECREF(own->parts);
    own->parts = NULL;
}

/* Which prefixes were learned last; 0: an exception is set. */
static int read_prefixes(ground *own)
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

static int read_ground(ground *own, PyObject *parts)
{
    if (!PyTuple_Check(parts) || PyTuple_Size(parts) != 15) {
        PyErr_SetString(PyExc_TypeError, "a ground has 15 parts");
        return 0;
    }
    Py_INCREF(parts);
    forget(own);
    own->parts = parts;
    own->facts = PyCapsule_GetPointer(PyTuple_GetItem(parts, 0), KNOWN);
    own->deadline = PyLong_AsLongLong(PyTuple_GetItem(parts, 1));
    own->gathers = PyLong_AsLong(PyTuple_GetItem(parts, 2));
    own->guesses = PyTuple_GetItem(parts, 3);
    own->suspects = PyTuple_GetItem(parts, 4);
    own->addresses = PyTuple_GetItem(parts, 5);
    own->refused = PyTuple_GetItem(parts, 6);
    own->reported = PyTuple_GetItem(parts, 7);
    own->unsummed = PyTuple_GetItem(parts, 8);
    own->guess = PyTuple_GetItem(parts, 9);
    own->judge = PyTuple_GetItem(parts, 10);
    own->wait = PyTuple_GetItem(parts, 11);
    own->learn = PyTuple_GetItem(parts, 12);
    own->prefixes = PyTuple_GetItem(parts, 13);
    return own->facts != NULL && !PyErr_Occurred() && shelf_of(&own->shelf, PyTuple_GetItem(parts, 14)) &&
           read_prefixes(own);
}

/* Take the ground of a PAN: KEPT; UNUSUAL where it has none; FAILED. */
static int enter(gleaner *own, PyObject *pan)
{
    PyObject *parts = PyDict_GetItemWithError(own->grounds, pan), *made = NULL;
    int answer;

    if (parts == NULL) {
        if (PyErr_Occurred() || (made = PyObject_CallFunctionObjArgs(own->ground_of, pan, NULL)) == NULL ||
            PyDict_SetItem(own->grounds, pan, made) != 0) {
            Py_XDECREF(made);
            return FAILED;
        }
        parts = made;
    }
    answer = parts == Py_None ? UNUSUAL : parts == own->ground.parts || read_ground(&own->ground, parts) ? KEPT : FAILED;
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

/* Have the addresses of a packet remembered, where that changes anything; 0: an exception is set. */
static int learn(ground *own, const uint8_t *packet, size_t octets)
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

/* The guessed ones among the contexts that LOWPAN_IPHC at `at` leans on, a new reference, or None for none. */
static PyObject *guessed(const ground *own, const arrived *it, size_t at)
{
    size_t left = it->length - at, telling = left < TELLING_OCTETS ? left : TELLING_OCTETS;
    PyObject *key, *found, *octets;

    if (own->guesses == Py_None) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    if ((key = PyBytes_FromStringAndSize((const char *)it->octets + at, (Py_ssize_t)telling)) == NULL) {
        return NULL;
    }
    found = PyDict_GetItemWithError(own->guesses, key);
    Py_XINCREF(found);
    if (found == NULL && !PyErr_Occurred()) {
        octets = PyBytes_FromStringAndSize((const char *)it->octets, (Py_ssize_t)it->length);
        found = octets == NULL ? NULL
                               : PyObject_CallFunctionObjArgs(own->guess, octets, it->source, it->destination, NULL);
        if (found != NULL && PyDict_SetItem(own->guesses, key, found) != 0) {
            Py_DECREF(found);
            found = NULL;
        }
        Py_XDECREF(octets);
    }
    Py_DECREF(key);
    return found;
}

/* A whole packet leant on guesses (or None), its first fragment perhaps on more: its right checksum speaks for them. Where
 * that changes what is known, all grounds are gone. 0: an exception is set. */
static int speak_for(gleaner *own, const arrived *it, PyObject *key, PyObject *guesses)
{
    const ground *ground = &own->ground;
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
        PyDict_Clear(own->grounds);
    }
    return is_changed >= 0;
}

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
    return speak_for(own, it, key, guesses) && learn(&own->ground, packet, octets) &&
           write_out(own, it, packet, octets);
}

/* --- payloads ----------------------------------------------------------------------------------------------------------- */

/* Expand LOWPAN_IPHC from `at` on; whether that went as usual. */
static int expands(const gleaner *own, const arrived *it, size_t at, size_t size, uint8_t *out, p6_expanded *result)
{
    return p6_expand(&own->ground.facts->node, &it->link, it->octets + at, it->length - at, (uint16_t)size, out, ROOM,
                     result) == P6_OK &&
           result->unsummed_udp == 0 && !((unsigned long long)result->features & own->generic);
}

static int take_whole(gleaner *own, const arrived *it)
{
    uint8_t packet[ROOM];
    p6_expanded result;
    PyObject *guesses;
    int answer = is_due(&own->ground.shelf, &own->name, it->now);

    if (answer != 0) {
        return answer < 0 ? FAILED : UNUSUAL;
    }
    if (!expands(own, it, 0, 0, packet, &result) || !plain(packet, result.octets)) {
        return UNUSUAL;
    }
    if ((guesses = guessed(&own->ground, it, 0)) == NULL) {
        return FAILED;
    }
    answer = bring(own, it, Py_None, guesses, packet, result.octets) ? KEPT : FAILED;
    Py_DECREF(guesses);
    return answer;
}

/* Whether something other than the reassembler has to do with a datagram: 1, 0 or -1. */
static int is_troubled(const ground *own, PyObject *key, int is_first)
{
    int refused = PyDict_Contains(own->refused, key), unsummed = PyDict_Contains(own->unsummed, key);
    int reported = is_first ? PyDict_Contains(own->reported, key) : 0;

    return refused < 0 || unsummed < 0 || reported < 0 ? -1 : refused || unsummed || reported;
}

/* A fragment that was kept leant on guesses, if it was the first: its datagram does. 0: an exception is set. */
static int wait_with(const ground *own, PyObject *key, PyObject *guesses)
{
    PyObject *answer;

    if (guesses == Py_None) {
        return 1;
    }
    answer = PyObject_CallFunctionObjArgs(own->wait, key, guesses, NULL);
    Py_XDECREF(answer);
    return answer != NULL;
}

static int take_piece(gleaner *own, const arrived *it, const piece *one, PyObject *guesses)
{
    uint8_t packet[ROOM];
    int answer = gather(&own->ground.shelf, &own->name, one, packet);

    if (answer == WHOLE) {
        return bring(own, it, one->key, guesses, packet, one->size) ? KEPT : FAILED;
    }
    return answer == KEPT && !wait_with(&own->ground, one->key, guesses) ? FAILED : answer;
}

static int take_fragment(gleaner *own, const arrived *it, int is_first)
{
    uint8_t beginning[ROOM];
    p6_expanded result;
    piece one = {NULL, it->now, NULL, 0, 0, word(it->octets) & 0x7FF};
    PyObject *guesses;
    int answer;

    if (!own->ground.gathers || one.size == 0) {
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
    answer = is_troubled(&own->ground, one.key, is_first);
    if (answer != 0) {
        Py_DECREF(one.key);
        return answer < 0 ? FAILED : UNUSUAL;
    }
    if (is_first) {
        guesses = guessed(&own->ground, it, FIRST_OCTETS);
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
    if (it->now >= own->ground.deadline) {
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

/* --- records ------------------------------------------------------------------------------------------------------------ */

/* Of a data frame that is no repetition: what take() says; `*behind` is where the payload begins. */
static int look_behind(gleaner *own, PyObject *facts, const uint8_t *frame, size_t octets, long long time_ns, long *behind)
{
    arrived it;
    PyObject *pan, *home;
    int is_home, answer;

    if (!PyTuple_Check(facts) || PyTuple_Size(facts) != 5) {
        PyErr_SetString(PyExc_TypeError, "the facts of a header are 5");
        return FAILED;
    }
    *behind = PyLong_AsLong(PyTuple_GetItem(facts, 0));
    it.source = PyTuple_GetItem(facts, 1);
    it.destination = PyTuple_GetItem(facts, 2);
    pan = PyTuple_GetItem(facts, 3);
    is_home = PyObject_IsTrue(PyTuple_GetItem(facts, 4));
    if (PyErr_Occurred() || !address_of(it.source, &it.link.source) || !address_of(it.destination, &it.link.destination)) {
        return FAILED;
    }
    if (*behind < 0 || (size_t)(*behind + own->sieve.check) >= octets) {
        PyErr_Format(PyExc_ValueError, "a header of %ld octets", *behind);
        return FAILED;
    }
    if (is_home) {
        home = PyDict_GetItemWithError(own->homes, it.source);
        is_home = home == NULL ? 0 : PyObject_RichCompareBool(home, pan, Py_EQ);
        if (is_home != 1) {
            return PyErr_Occurred() ? FAILED : UNUSUAL;
        }
    }
    it.octets = frame + *behind;
    it.length = octets - (size_t)(*behind + own->sieve.check);
    it.time_ns = time_ns;
    it.now = time_ns / 1000;
    if (it.length > 0xFFFF || time_ns / SECOND_NS > 0xFFFFFFFF) {
        return UNUSUAL;
    }
    answer = enter(own, pan);
    return answer == KEPT ? take(own, &it) : answer;
}

/* A data frame whose header was read before, as item(), but Py_None where nothing is left to do. */
static PyObject *data_of(gleaner *own, PyObject *header, long number, long long time_ns, const uint8_t *frame,
                         uint32_t octets, uint32_t original)
{
    PyObject *body = PyBytes_FromStringAndSize((const char *)frame, (Py_ssize_t)octets - own->sieve.check), *facts;
    PyObject *payload, *item;
    int answer = body == NULL ? -1 : repeats(&own->sieve, header, time_ns / 1000, body);
    long behind = 0;

    Py_XDECREF(body);
    if (answer == -1) {
        return NULL;
    }
    if (answer == -2) {
        return item_with(&own->sieve, number, time_ns, frame, octets, original, Py_None, Py_None);
    }
    if (answer == 0) {
        facts = PyObject_GetAttr(header, own->name.facts);
        answer = facts == NULL ? FAILED : look_behind(own, facts, frame, octets, time_ns, &behind);
        Py_XDECREF(facts);
        if (answer == FAILED) {
            return NULL;
        }
        if (answer == UNUSUAL) {
            payload = PyBytes_FromStringAndSize((const char *)frame + behind,
                                                (Py_ssize_t)octets - own->sieve.check - behind);
            item = payload == NULL
                       ? NULL
                       : item_with(&own->sieve, number, time_ns, frame, octets, original, header, payload);
            Py_XDECREF(payload);
            return item;
        }
    }
    Py_INCREF(Py_None);
    return Py_None;
}

/* The record of one frame: Py_None where nothing is left to do, else its item; NULL: an exception is set. */
static PyObject *record_of(gleaner *own, long number, long long time_ns, const uint8_t *frame, uint32_t octets,
                           uint32_t original)
{
    PyObject *header = Py_None;
    int is_acknowledgement = 0;

    if (original <= octets) {
        header = header_of(own->sieve.lengths, own->sieve.headers, frame, octets, (size_t)own->sieve.check,
                           &is_acknowledgement);
    }
    if (header == NULL) {
        return NULL;
    }
    if (header == Py_None) {
        return item_with(&own->sieve, number, time_ns, frame, octets, original, Py_None, Py_None);
    }
    if (is_acknowledgement) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    return data_of(own, header, number, time_ns, frame, octets, original);
}

static const struct {
    const char *name;
    size_t at;
} NAMES[] = {
    {"received", offsetof(names, received)}, {"delivered", offsetof(names, delivered)},
    {"octets", offsetof(names, octets)},     {"nothing_before", offsetof(names, nothing_before)},
    {"offsets", offsetof(names, offsets)},   {"pieces", offsetof(names, pieces)},
    {"arrivals", offsetof(names, arrivals)}, {"at_us", offsetof(names, at_us)},
    {"facts", offsetof(names, facts)},
};

static PyObject **name_at(names *own, size_t index)
{
    return (PyObject **)(void *)((char *)own + NAMES[index].at);
}

static int prepare(gleaner *own, PyObject *sieve, PyObject *tools)
{
    size_t index;

    if (!sieve_of(&own->sieve, sieve)) {
        return 0;
    }
    if (!PyTuple_Check(tools) || PyTuple_Size(tools) != 6) {
        PyErr_SetString(PyExc_TypeError, "there are 6 tools");
        return 0;
    }
    for (index = 0; index < sizeof NAMES / sizeof *NAMES; index++) {
        if ((*name_at(&own->name, index) = PyUnicode_InternFromString(NAMES[index].name)) == NULL) {
            return 0;
        }
    }
    own->grounds = PyTuple_GetItem(tools, 0);
    own->ground_of = PyTuple_GetItem(tools, 1);
    own->homes = PyTuple_GetItem(tools, 2);
    own->out = PyTuple_GetItem(tools, 3);
    own->out_unit = PyLong_AsLong(PyTuple_GetItem(tools, 4));
    own->generic = PyLong_AsUnsignedLongLong(PyTuple_GetItem(tools, 5));
    if (!PyErr_Occurred() && own->out_unit != 1 && own->out_unit != 1000) {
        PyErr_SetString(PyExc_ValueError, "a record's fraction is in microseconds or nanoseconds");
    }
    return !PyErr_Occurred();
}

/* glean(buffer, at, number, is big endian, nanoseconds in a unit, sieve as of sift(), (grounds by PAN, what makes one,
 * homes, bytearray for records, nanoseconds in their unit, features that are unusual)) -> (item or None, packets
 * written, at, number). Goes on up to a frame that is unusual: its item is that of sift(). */
PyObject *glean(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    gleaner own;
    PyObject *item = Py_None;
    char *buffer;
    Py_ssize_t length;
    long at, number, is_big, unit;
    size_t index;

    (void)module;
    memset(&own, 0, sizeof own);
    if (count != 7) {
        return PyErr_Format(PyExc_TypeError, "%zd arguments, not 7", count);
    }
    at = PyLong_AsLong(arguments[1]);
    number = PyLong_AsLong(arguments[2]);
    is_big = PyLong_AsLong(arguments[3]);
    unit = PyLong_AsLong(arguments[4]);
    if (PyErr_Occurred() || PyBytes_AsStringAndSize(arguments[0], &buffer, &length) != 0 || at < 0) {
        return NULL;
    }
    Py_INCREF(Py_None);
    if (!prepare(&own, arguments[5], arguments[6])) {
        Py_DECREF(Py_None);
        item = NULL;
    }
    while (item == Py_None && length - at >= RECORD_OCTETS) {
        const uint8_t *record = (const uint8_t *)buffer + at;
        uint32_t octets = number_at(record + 8, (int)is_big);
        if (octets > LONGEST_RECORD || (Py_ssize_t)octets > length - at - RECORD_OCTETS) {
            break;
        }
        Py_DECREF(item);
        at += RECORD_OCTETS + (long)octets;
        item = record_of(&own, ++number,
                         (long long)number_at(record, (int)is_big) * SECOND_NS +
                             (long long)number_at(record + 4, (int)is_big) * unit,
                         record + RECORD_OCTETS, octets, number_at(record + 12, (int)is_big));
    }
    forget(&own.ground);
    leave(&own.sieve);
    for (index = 0; index < sizeof NAMES / sizeof *NAMES; index++) {
        Py_XDECREF(*name_at(&own.name, index));
    }
    return item == NULL ? NULL : Py_BuildValue("(Nlll)", item, own.written, at, number);
}
