/* Frames told: a line each, and their figures. */
#include "telling.h"

#define SEQUENCE_AT 2
#define LONGEST_FRAME 127
#define UNCOMPRESSED_OCTETS 1 /* of the dispatch */
#define FIRST_OCTETS 4
#define SUBSEQUENT_OCTETS 5
#define UNIT 8

int teller_of(teller *own, PyObject *telling, PyObject *state)
{
    PyObject *rules[RULES], *waiting;
    int rule;

    if (!PyArg_ParseTuple(telling, "O&OOOOOOOOnOnO(O&O&O&)(OOO)", forms_of, &own->forms, &own->headers, &own->tell_header,
                          &own->words, &own->say_words, &own->seen, &own->shorts, &own->findings, &own->asked_for,
                          &own->most_asked_for, &own->on_link, &own->most_on_link, &own->count_packet, string_of,
                          &own->marks[MISSING], string_of, &own->marks[AGAIN], string_of, &own->marks[EXTENDED],
                          &rules[MISSING], &rules[AGAIN], &rules[EXTENDED]) ||
        !PyArg_ParseTuple(state, "LLlO!", &own->first_ns, &own->waiting_sequence, &own->waiting_number, &PyTuple_Type,
                          &waiting)) {
        return 0;
    }
    for (rule = 0; rule < RULES; rule++) {
        if ((own->is_known[rule] = PyDict_Contains(own->findings, rules[rule])) < 0) {
            return 0;
        }
    }
    return channel_of(&own->channel, waiting);
}

void leave_teller(teller *own)
{
    Py_CLEAR(own->header.held);
    Py_CLEAR(own->payload.held);
    leave_channel(&own->channel);
    text_free(&own->line_marks);
    text_free(&own->composed);
}

PyObject *handed_over(const teller *own)
{
    const tally *sums = &own->tally;
    PyObject *waiting = waiting_of(&own->channel);

    return waiting == NULL ? NULL
                           : Py_BuildValue("((LLLLLLLLLLLL)LlN)", sums->frames, sums->octets, sums->on_link,
                                           sums->uncompressed, sums->fragments, sums->repetitions, sums->packets,
                                           sums->first_ns, sums->last_ns, sums->rules[MISSING], sums->rules[AGAIN],
                                           sums->rules[EXTENDED], own->waiting_sequence, own->waiting_number, waiting);
}

/* --- the header --------------------------------------------------------------------------------------------------------- */

/* Whether both addresses of a header, as far as they are extended, were seen before. */
static int is_seen(const teller *own)
{
    Py_ssize_t index, size = PyTuple_Size(own->header.extended);
    int is_there = 1;

    for (index = 0; is_there == 1 && index < size; index++) {
        is_there = PyDict_Contains(own->seen, PyTuple_GetItem(own->header.extended, index));
    }
    return is_there;
}

int meet(teller *own, const record *it, PyObject *header, int is_acknowledgement)
{
    told_header *told = &own->header;
    int answer;

    own->is_extended = own->missing = 0;
    own->packet_words.length = 0;
    own->message = NULL;
    Py_CLEAR(told->held);
    Py_CLEAR(own->payload.held);
    told->held = recall(own->headers, header);
    if (told->held == NULL && !PyErr_Occurred()) {
        told->held = learn_by_heart(own->headers, MOST_REMEMBERED, header, own->tell_header, PyTuple_Pack(1, header));
    }
    if (told->held == NULL ||
        !PyArg_ParseTuple(told->held, "O&O&pOO!Ol", string_of, &told->ends, string_of, &told->pending, &told->asks,
                          &told->asked, &PyTuple_Type, &told->extended, &told->home, &told->octets)) {
        return FAILED;
    }
    if (is_acknowledgement) {
        return KEPT;
    }
    if ((answer = is_seen(own)) != 1) {
        return answer < 0 ? FAILED : UNUSUAL;
    }
    own->missing = missing_before(&own->channel, it);
    return own->missing && !own->is_known[MISSING] ? UNUSUAL : KEPT;
}

/* --- a line, and its figures -------------------------------------------------------------------------------------------- */

static void count_frame(teller *own, const record *it)
{
    tally *sums = &own->tally;

    if (!sums->frames || it->time_ns < sums->first_ns) {
        sums->first_ns = it->time_ns;
    }
    if (!sums->frames || it->time_ns > sums->last_ns) {
        sums->last_ns = it->time_ns;
    }
    sums->frames++;
    sums->octets += it->length;
}

/* What a line says of its findings; 0: an exception is set. */
static int mark(teller *own, int is_again, string *marks)
{
    int missing, is_marked = 1;

    own->line_marks.length = 0;
    for (missing = own->missing; is_marked && missing; missing--) {
        is_marked = text_add(&own->line_marks, own->marks[MISSING]);
    }
    if (is_marked && is_again) {
        is_marked = text_add(&own->line_marks, own->marks[AGAIN]);
    }
    if (is_marked && own->is_extended) {
        is_marked = text_add(&own->line_marks, own->marks[EXTENDED]);
    }
    if (is_marked && own->payload.held != NULL) {
        is_marked = text_add(&own->line_marks, own->payload.marks);
    }
    if (is_marked && own->message != NULL && own->message->held != NULL) {
        is_marked = text_add(&own->line_marks, own->message->marks);
    }
    marks->octets = own->line_marks.octets;
    marks->length = own->line_marks.length;
    return is_marked;
}

/* The line of a frame, in which all but what any frame has is there. 0: an exception is set. */
static int write_line(teller *own, const record *it, form which, filling *with, text *out)
{
    if (own->forms == NULL) {
        return 1;
    }
    with->number = it->number;
    with->seconds = it->time_ns - own->first_ns;
    with->sequence = it->octets[SEQUENCE_AT];
    with->pending = own->header.pending;
    with->ends = own->header.ends;
    if (own->payload.held != NULL) {
        with->cost = own->payload.cost;
        with->features = own->payload.features;
    }
    with->words = own->packet_words;
    return fill_in(out, own->forms, which, with);
}

/* A data frame was told: what it shows of the one before, and whether it waits itself. */
static void was_sent(teller *own, const record *it)
{
    own->tally.rules[MISSING] += own->missing;
    own->tally.rules[EXTENDED] += own->is_extended;
    sent(&own->channel, it, it->octets[SEQUENCE_AT], own->header.asked);
    if (own->header.asks) {
        own->waiting_sequence = it->octets[SEQUENCE_AT];
        own->waiting_number = it->number;
    }
}

int tell_acknowledgement(teller *own, const record *it, text *out)
{
    filling with = {0};
    uint8_t sequence = it->octets[SEQUENCE_AT];

    with.asked = own->waiting_number;
    if (!write_line(own, it, own->waiting_sequence == sequence ? ANSWERED : ACKNOWLEDGEMENT, &with, out)) {
        return FAILED;
    }
    answered(&own->channel, sequence);
    count_frame(own, it);
    return KEPT;
}

int tell_repetition(teller *own, const record *it, size_t check, text *out)
{
    filling with = {0};

    if (!own->is_known[AGAIN]) {
        return UNUSUAL;
    }
    with.octets = (long long)it->length - (long long)check - own->header.octets;
    if (!mark(own, 1, &with.marks) || !write_line(own, it, REPETITION, &with, out)) {
        return FAILED;
    }
    was_sent(own, it);
    own->tally.rules[AGAIN]++;
    own->tally.repetitions++;
    count_frame(own, it);
    return KEPT;
}

/* --- payloads ----------------------------------------------------------------------------------------------------------- */

/* How many octets of payload the longest frame with the same MAC header holds: of those that are known, most. */
static long long room_of(const arrived *it)
{
    return LONGEST_FRAME - (long long)it->frame->length + (long long)it->length;
}

/* What a packet takes on the link uncompressed (RFC 4944 section 5.3), as p6lowpan/analysis/summary.py counts it. */
static long long uncompressed_octets(long long size, long long room)
{
    long long whole = UNCOMPRESSED_OCTETS + size, first, step;

    if (whole <= room) {
        return whole;
    }
    first = (room - FIRST_OCTETS - UNCOMPRESSED_OCTETS) / UNIT * UNIT;
    step = (room - SUBSEQUENT_OCTETS) / UNIT * UNIT;
    return whole + FIRST_OCTETS + (size - first + step - 1) / step * SUBSEQUENT_OCTETS;
}

/* One more of what a payload asks of a receiver; 0: an exception is set. */
static int count_asked(const teller *own)
{
    PyObject *before = PyDict_GetItemWithError(own->asked_for, own->payload.asks_for), *sum;
    long number = before == NULL ? 0 : PyLong_AsLong(before);
    int is_set;

    if (PyErr_Occurred() || (sum = PyLong_FromLong(number + 1)) == NULL) {
        return 0;
    }
    is_set = PyDict_SetItem(own->asked_for, own->payload.asks_for, sum) == 0;
    Py_DECREF(sum);
    return is_set;
}

/* One more of each of these findings; 0: an exception is set. */
static int count_findings(const teller *own, PyObject *rules)
{
    Py_ssize_t index, size = PyTuple_Size(rules);
    int is_counted = 1;

    for (index = 0; is_counted && index < size; index++) {
        PyObject *row = PyDict_GetItemWithError(own->findings, PyTuple_GetItem(rules, index));
        is_counted = row != NULL && count(row, own->name->count, 1);
    }
    return is_counted;
}

static int count_payload(teller *own, const arrived *it)
{
    int is_counted = count_asked(own) && count_findings(own, own->payload.rules);

    if (is_counted && own->message != NULL && own->message->held != NULL) {
        is_counted = count_findings(own, own->message->rules);
    }
    own->tally.on_link += (long long)it->length;
    own->tally.uncompressed += (long long)it->length;
    was_sent(own, it->frame);
    count_frame(own, it->frame);
    return is_counted;
}

/* A packet that is whole now, of UDP or ICMPv6 right behind the IPv6 header. */
static int count_whole(teller *own, const arrived *it, const uint8_t *packet, size_t octets)
{
    const uint8_t *ports = packet + P6_IPV6_OCTETS;
    PyObject *answer;

    if (packet[6] == UDP) {
        answer = PyObject_CallFunction(own->count_packet, "y#y#iIInL", packet + 8, (Py_ssize_t)16, packet + 24,
                                       (Py_ssize_t)16, (int)packet[6], word(ports), word(ports + 2), (Py_ssize_t)octets,
                                       it->frame->time_ns);
    } else {
        answer = PyObject_CallFunction(own->count_packet, "y#y#iOOnL", packet + 8, (Py_ssize_t)16, packet + 24,
                                       (Py_ssize_t)16, (int)packet[6], Py_None, Py_None, (Py_ssize_t)octets,
                                       it->frame->time_ns);
    }
    Py_XDECREF(answer);
    own->tally.packets++;
    return answer != NULL;
}

int tell_packet(teller *own, const arrived *it, const uint8_t *packet, size_t octets, text *out)
{
    filling with = {0};

    own->tally.uncompressed += uncompressed_octets((long long)octets, room_of(it)) - (long long)it->length;
    return mark(own, 0, &with.marks) && write_line(own, it->frame, PACKET, &with, out) && count_payload(own, it) &&
           count_whole(own, it, packet, octets);
}

/* What the fragments of a datagram take so far; 0: an exception is set. */
static int count_fragment(teller *own, const arrived *it, const piece *one, int is_whole)
{
    PyObject *before = PyDict_GetItemWithError(own->on_link, one->key), *sum;
    long long so_far = before == NULL ? 0 : PyLong_AsLongLong(before);
    int is_set;

    if (PyErr_Occurred()) {
        return 0;
    }
    so_far += (long long)it->length;
    own->tally.fragments++;
    if (is_whole) {
        own->tally.uncompressed += uncompressed_octets((long long)one->size, room_of(it)) - so_far;
        return drop_key(own->on_link, one->key);
    }
    sum = PyLong_FromLongLong(so_far);
    is_set = sum != NULL && put_bounded(own->on_link, own->most_on_link, one->key, sum);
    Py_XDECREF(sum);
    return is_set;
}

int tell_fragment(teller *own, const arrived *it, const piece *one, const place *found, const uint8_t *whole, text *out)
{
    filling with = {0};
    form which = whole != NULL ? LAST : own->packet_words.length ? FIRST : SUBSEQUENT;

    with.tag = word(it->octets + 2);
    with.first = (long long)one->offset;
    with.last = (long long)(one->offset + one->length) - 1;
    with.size = (long long)one->size;
    with.percent = 100 * ((long long)found->octets + (long long)one->length) / (long long)one->size;
    with.fragments = (long long)found->count + 1;
    with.took = own->took;
    return mark(own, 0, &with.marks) && write_line(own, it->frame, which, &with, out) && count_payload(own, it) &&
           count_fragment(own, it, one, whole != NULL) && (whole == NULL || count_whole(own, it, whole, one->size));
}
