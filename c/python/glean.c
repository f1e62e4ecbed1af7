/* Payloads turned into the IPv6 packets in them, as long as nothing is unusual. What a packet depends on stays in the tables
 * of the Python, which takes over from here, and gives back, at any frame. */
#include "glean.h"

#define FIRST_OCTETS 4
#define SUBSEQUENT_OCTETS 5

/* Write a packet out as a record; 0: an exception is set. */
static int write_out(gleaner *own, const arrived *it, const uint8_t *packet, size_t octets)
{
    uint32_t fields[4];
    uint8_t *at = text_room(&own->out, RECORD_OCTETS + octets);
    unsigned field;

    if (at == NULL) {
        return 0;
    }
    fields[0] = (uint32_t)(it->frame->time_ns / SECOND_NS);
    fields[1] = (uint32_t)(it->frame->time_ns % SECOND_NS / own->out_unit);
    fields[2] = fields[3] = (uint32_t)octets;
    for (field = 0; field < 4; field++, at += 4) {
        at[0] = (uint8_t)fields[field];
        at[1] = (uint8_t)(fields[field] >> 8);
        at[2] = (uint8_t)(fields[field] >> 16);
        at[3] = (uint8_t)(fields[field] >> 24);
    }
    memcpy(at, packet, octets);
    own->out.length += RECORD_OCTETS + octets;
    own->written++;
    return 1;
}

/* A packet that is whole teaches what it does. 0: an exception is set. */
static int bring(gleaner *own, const arrived *it, PyObject *key, PyObject *guesses, const uint8_t *packet, size_t octets)
{
    ground *pan = &own->grounds.here;

    return speak_for(&own->grounds, it, key, guesses) && learn(pan, packet, octets) && teach(pan, it, &own->message);
}

/* Look at a packet that is whole now: KEPT, UNUSUAL or FAILED. */
static int look_at(gleaner *own, const arrived *it, const uint8_t *packet, size_t octets)
{
    if (own->teller != NULL) {
        own->teller->message = &own->message;
    }
    return examine(&own->grounds.here, it, packet, octets, &own->message);
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
    if (!expands(own, it, 0, 0, packet, &result)) {
        return UNUSUAL;
    }
    if ((answer = look_at(own, it, packet, result.octets)) != KEPT) {
        return answer;
    }
    if ((guesses = guessed(&own->grounds.here, it, 0)) == NULL) {
        return FAILED;
    }
    answer = KEPT;
    if (own->teller != NULL) {
        answer = foretell_headers(own->teller, &own->grounds.here, it, 0, &result, packet, guesses);
    }
    if (answer == KEPT) {
        answer = bring(own, it, Py_None, guesses, packet, result.octets) &&
                         (own->teller != NULL ? tell_packet(own->teller, it, packet, result.octets, &own->out)
                                              : write_out(own, it, packet, result.octets))
                     ? KEPT
                     : FAILED;
    }
    Py_DECREF(guesses);
    return answer;
}

/* What there is to say of a fragment; `beginning` is NULL where it is not the first, `whole` where others are missing. */
static int foretell(gleaner *own, const arrived *it, const piece *one, const place *found, const p6_expanded *beginning,
                    PyObject *guesses, const uint8_t *whole)
{
    const ground *pan = &own->grounds.here;
    int answer = is_silent(&pan->watch, &pan->shelf, own->name, one, found, whole != NULL, &own->teller->took);

    if (answer != KEPT) {
        return answer;
    }
    return beginning == NULL
               ? foretell_fragment(own->teller, pan, it, one, whole)
               : foretell_headers(own->teller, pan, it, FIRST_OCTETS, beginning, one->octets, guesses);
}

/* A fragment went to its place; 0: an exception is set. */
static int was_put(gleaner *own, const arrived *it, const piece *one, const place *found, PyObject *guesses,
                   const uint8_t *whole)
{
    const ground *pan = &own->grounds.here;

    if (own->teller != NULL && !note(&pan->watch, own->name, one, found, whole != NULL)) {
        return 0;
    }
    if (whole == NULL ? !wait_with(pan, one->key, guesses) : !bring(own, it, one->key, guesses, whole, one->size)) {
        return 0;
    }
    if (own->teller != NULL) {
        return tell_fragment(own->teller, it, one, found, whole, &own->out);
    }
    return whole == NULL || write_out(own, it, whole, one->size);
}

static int take_piece(gleaner *own, const arrived *it, const piece *one, const p6_expanded *beginning, PyObject *guesses)
{
    const shelf *kept = &own->grounds.here.shelf;
    uint8_t packet[ROOM];
    place found = {0};
    int answer = find_place(kept, own->name, one, &found, packet), told = KEPT;
    const uint8_t *whole = answer == WHOLE ? packet : NULL;

    if (whole != NULL) {
        told = look_at(own, it, whole, one->size);
    }
    if (told == KEPT && own->teller != NULL && (answer == KEPT || answer == WHOLE)) {
        told = foretell(own, it, one, &found, beginning, guesses, whole);
    }
    if (told != KEPT) {
        answer = told;
    }
    if (answer == KEPT || answer == WHOLE) {
        answer = put_there(kept, own->name, one, &found, answer) && was_put(own, it, one, &found, guesses, whole) ? KEPT
                                                                                                                : FAILED;
    }
    leave_place(&found);
    return answer;
}

/* Which octets of its datagram a fragment brings; `beginning` has ROOM for those of the first. Whether that is usual. */
static int read_piece(const gleaner *own, const arrived *it, int is_first, piece *one, uint8_t *beginning,
                      p6_expanded *result)
{
    one->size = word(it->octets) & 0x7FF;
    if (!own->grounds.here.gathers || one->size == 0) {
        return 0;
    }
    if (!is_first) {
        one->octets = it->octets + SUBSEQUENT_OCTETS;
        one->length = it->length - SUBSEQUENT_OCTETS;
        one->offset = it->octets[4] * (size_t)8;
        return 1;
    }
    if (it->octets[FIRST_OCTETS] >> 5 != 3 || !expands(own, it, FIRST_OCTETS, one->size, beginning, result)) {
        return 0;
    }
    one->octets = beginning;
    one->length = result->octets;
    return beginning[6] == UDP || beginning[6] == ICMPV6;
}

static int take_fragment(gleaner *own, const arrived *it, int is_first)
{
    uint8_t beginning[ROOM];
    p6_expanded result;
    piece one = {NULL, it->now, NULL, 0, 0, 0};
    PyObject *guesses;
    int answer;

    if (!read_piece(own, it, is_first, &one, beginning, &result)) {
        return UNUSUAL;
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
    answer = guesses == NULL ? FAILED : take_piece(own, it, &one, is_first ? &result : NULL, guesses);
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

PyObject *gleaner_of(gleaner *own, PyObject *tools)
{
    PyObject *telling;

    if (!PyArg_ParseTuple(tools, "OOOlKO", &own->grounds.by_pan, &own->grounds.make, &own->homes, &own->out_unit,
                          &own->unusual, &telling)) {
        return NULL;
    }
    if (own->out_unit != 1 && own->out_unit != 1000) {
        PyErr_SetString(PyExc_ValueError, "a record's fraction is in microseconds or nanoseconds");
        return NULL;
    }
    return telling;
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
    if (it->length > 0xFFFF || it->frame->time_ns / SECOND_NS > 0xFFFFFFFF) {
        return UNUSUAL;
    }
    answer = enter(&own->grounds, pan);
    if (answer == KEPT && own->teller != NULL && own->grounds.here.payloads == NULL) {
        PyErr_SetString(PyExc_ValueError, "a ground that tells nothing");
        return FAILED;
    }
    return answer == KEPT ? take(own, it) : answer;
}
