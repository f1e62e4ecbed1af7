/* The records of a pcap file, many in one call: the MAC header of each among those that are known, and whether it repeats
 * the one before. What is behind the header goes to the gleaner, where there is one. */
#include "records.h"

#include "glean.h"

#define LONGEST_RECORD 262144
#define SEQUENCE_AT 2
#define LONGEST_HEADER 23 /* of a frame without security and information elements */
#define SECOND_US 1000000

enum { FRESH, REPEATED, FULL }; /* beside FAILED */

/* How frames are sifted: p6lowpan/fast_capture.py:Sieve, its parts borrowed. */
typedef struct sieve {
    PyObject *lengths, *headers, *senders;
    Py_ssize_t most_senders, check;
    int leaves_out;
    PyObject *captured_frame, *link_type, *fcs_octets;
    PyObject *items; /* what there is to say of the records */
    const names *name;
    gleaner *gleaner; /* NULL: none */
} sieve;

/* The buffer of a pcap file. */
typedef struct records {
    const char *buffer;
    Py_ssize_t length, at;
    int is_big;
    long unit_ns;
} records;

/* --- what is known of a frame -------------------------------------------------------------------------------------------- */

static uint16_t crc_table[256];

void fill_crc_table(void)
{
    unsigned octet, bit;

    for (octet = 0; octet < 256; octet++) {
        uint16_t crc = (uint16_t)octet;
        for (bit = 0; bit < 8; bit++) {
            crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1);
        }
        crc_table[octet] = crc;
    }
}

/* The ITU-T CRC over a frame with its frame check: 0 where that is right. */
static uint16_t crc_of(const uint8_t *octets, size_t length)
{
    uint16_t crc = 0;

    while (length--) {
        crc = (uint16_t)(crc >> 8 ^ crc_table[(crc ^ *octets++) & 0xFF]);
    }
    return crc;
}

/* What a table has for octets, a borrowed reference; None: nothing; NULL: an exception is set. */
static PyObject *found_in(PyObject *table, const uint8_t *octets, Py_ssize_t length)
{
    PyObject *key = PyBytes_FromStringAndSize((const char *)octets, length);
    PyObject *found = key == NULL ? NULL : PyDict_GetItemWithError(table, key);

    Py_XDECREF(key);
    return found == NULL && !PyErr_Occurred() ? Py_None : found;
}

/* The MAC header of a frame among those that were read before, a borrowed reference, or None: by the rules of
 * p6lowpan/analysis/mac_headers.py. `*is_acknowledgement`: it is one, with nothing behind the header. */
static PyObject *header_of(const sieve *own, const record *it, int *is_acknowledgement)
{
    uint8_t key[LONGEST_HEADER];
    PyObject *found;
    long length;

    if (it->original > it->length || it->length < SEQUENCE_AT + 1 + own->check) {
        return Py_None;
    }
    found = found_in(own->lengths, it->octets, SEQUENCE_AT);
    if (found == NULL || found == Py_None) {
        return found;
    }
    length = PyLong_AsLong(found);
    if (length < SEQUENCE_AT + 1 || length > LONGEST_HEADER || length + own->check > it->length) {
        return PyErr_Occurred() ? NULL : Py_None;
    }
    *is_acknowledgement = (it->octets[0] & 7) == 2;
    if (*is_acknowledgement != (length + own->check == it->length)) {
        return Py_None;
    }
    memcpy(key, it->octets, SEQUENCE_AT);
    memcpy(key + SEQUENCE_AT, it->octets + SEQUENCE_AT + 1, (size_t)length - SEQUENCE_AT - 1);
    found = found_in(own->headers, key, length - 1);
    return found == NULL || found == Py_None || !own->check || !crc_of(it->octets, it->length) ? found : Py_None;
}

/* Whether a data frame repeats the last one of its sender, which it now is, by the rules of
 * p6lowpan/analysis/repetition.py. FULL: the table of senders is, and the one who keeps it must look. */
static int repeats(const sieve *own, const record *it, PyObject *header)
{
    PyObject *sender = PyObject_GetAttr(header, own->name->sender), *before, *body, *entry;
    long long now = it->time_ns / 1000;
    int answer = FRESH;

    if (sender == NULL) {
        return FAILED;
    }
    before = PyDict_GetItemWithError(own->senders, sender);
    if (before == NULL && (PyErr_Occurred() || PyDict_Size(own->senders) >= own->most_senders)) {
        Py_DECREF(sender);
        return PyErr_Occurred() ? FAILED : FULL;
    }
    body = PyBytes_FromStringAndSize((const char *)it->octets, (Py_ssize_t)it->length - own->check);
    if (body != NULL && before != NULL && now - PyLong_AsLongLong(PyTuple_GetItem(before, 0)) <= SECOND_US &&
        PyObject_RichCompareBool(PyTuple_GetItem(before, 1), body, Py_EQ) == 1) {
        answer = REPEATED;
    }
    entry = body == NULL ? NULL : Py_BuildValue("(LN)", now, body);
    if (entry == NULL || PyDict_SetItem(own->senders, sender, entry) != 0 || PyErr_Occurred()) {
        answer = FAILED;
    }
    Py_XDECREF(entry);
    Py_DECREF(sender);
    return answer;
}

/* --- what there is to say of it ------------------------------------------------------------------------------------------ */

/* Leave a record to the Python. `payload` is NULL: none. 0: an exception is set. */
static int leave_to_python(const sieve *own, const record *it, PyObject *header, const uint8_t *payload, size_t octets)
{
    PyObject *captured = PyObject_CallFunction(own->captured_frame, "lLy#OIiO", it->number, it->time_ns,
                                               (const char *)it->octets, (Py_ssize_t)it->length, own->link_type,
                                               (unsigned)it->original, 0, own->fcs_octets);
    PyObject *item = captured == NULL
                         ? NULL
                         : Py_BuildValue("(NOy#)", captured, header, (const char *)payload, (Py_ssize_t)octets);
    int is_told = item != NULL && PyList_Append(own->items, item) == 0;

    Py_XDECREF(item);
    return is_told;
}

/* Take what is behind the header of a data frame that is no repetition, of which these are the facts. */
static int take_payload(const sieve *own, const record *it, PyObject *header, PyObject *facts)
{
    arrived one;
    PyObject *pan;
    Py_ssize_t behind;
    int is_home, answer;

    if (!PyArg_ParseTuple(facts, "nSSOp", &behind, &one.source, &one.destination, &pan, &is_home)) {
        return FAILED;
    }
    if (behind < 0 || behind + own->check >= it->length) {
        PyErr_Format(PyExc_ValueError, "a header of %zd octets", behind);
        return FAILED;
    }
    one.frame = it;
    one.header = header;
    one.octets = it->octets + behind;
    one.length = it->length - (size_t)(behind + own->check);
    one.now = it->time_ns / 1000;
    answer = own->gleaner == NULL ? UNUSUAL : KEPT;
    if (answer == KEPT && own->gleaner->teller != NULL) {
        answer = meet(own->gleaner->teller, it, header, 0);
    }
    if (answer == KEPT) {
        answer = glean(own->gleaner, &one, pan, is_home);
    }
    if (answer == UNUSUAL && !leave_to_python(own, it, header, one.octets, one.length)) {
        return FAILED;
    }
    return own->gleaner == NULL ? KEPT : answer;
}

/* Take a frame without a payload of its own: an acknowledgement, or a repetition. */
static int take_empty(const sieve *own, const record *it, PyObject *header, int is_acknowledgement)
{
    teller *teller = own->gleaner == NULL ? NULL : own->gleaner->teller;
    int answer;

    if (own->leaves_out) {
        return KEPT;
    }
    if (teller == NULL) {
        return leave_to_python(own, it, header, NULL, 0) ? KEPT : FAILED;
    }
    answer = meet(teller, it, header, is_acknowledgement);
    if (answer == KEPT) {
        answer = is_acknowledgement ? tell_acknowledgement(teller, it, &own->gleaner->out)
                                    : tell_repetition(teller, it, (size_t)own->check, &own->gleaner->out);
    }
    return answer == UNUSUAL && !leave_to_python(own, it, header, NULL, 0) ? FAILED : answer;
}

/* UNUSUAL: the records behind this one must wait for what it teaches. */
static int take_record(const sieve *own, const record *it)
{
    int is_acknowledgement = 0, repetition, answer;
    PyObject *header = header_of(own, it, &is_acknowledgement), *facts;

    if (header == NULL) {
        return FAILED;
    }
    repetition = header == Py_None ? FULL : is_acknowledgement ? REPEATED : repeats(own, it, header);
    if (repetition == FAILED) {
        return FAILED;
    }
    if (repetition == FULL) {
        return leave_to_python(own, it, Py_None, NULL, 0) ? UNUSUAL : FAILED;
    }
    if (repetition == REPEATED) {
        return take_empty(own, it, header, is_acknowledgement);
    }
    facts = PyObject_GetAttr(header, own->name->facts);
    answer = facts == NULL ? FAILED : take_payload(own, it, header, facts);
    Py_XDECREF(facts);
    return answer;
}

/* --- the file ------------------------------------------------------------------------------------------------------------ */

static uint32_t number_at(const uint8_t *at, int is_big)
{
    return is_big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
                  : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Go on to the next record; 0 where none is whole, or it is damaged. */
static int next(records *own, record *it)
{
    const uint8_t *header = (const uint8_t *)own->buffer + own->at;

    if (own->length - own->at < RECORD_OCTETS) {
        return 0;
    }
    it->length = number_at(header + 8, own->is_big);
    if (it->length > LONGEST_RECORD || (Py_ssize_t)it->length > own->length - own->at - RECORD_OCTETS) {
        return 0;
    }
    it->original = number_at(header + 12, own->is_big);
    it->time_ns = (long long)number_at(header, own->is_big) * SECOND_NS +
                  (long long)number_at(header + 4, own->is_big) * own->unit_ns;
    it->octets = header + RECORD_OCTETS;
    it->number++;
    own->at += RECORD_OCTETS + (Py_ssize_t)it->length;
    return 1;
}

static int sieve_of(sieve *own, PyObject *parts)
{
    return PyArg_ParseTuple(parts, "OOOnnpOOO", &own->lengths, &own->headers, &own->senders, &own->most_senders,
                            &own->check, &own->leaves_out, &own->captured_frame, &own->link_type, &own->fcs_octets);
}

/* Set up what takes payloads: tools, or None, and where these tell, the state that is told from. 0: an exception is set. */
static int equip(sieve *own, gleaner *gleaner, teller *teller, PyObject *tools, PyObject *state)
{
    PyObject *telling;

    gleaner->name = teller->name = own->name;
    if (tools == Py_None) {
        return 1;
    }
    if ((telling = gleaner_of(gleaner, tools)) == NULL) {
        return 0;
    }
    own->gleaner = gleaner;
    if (telling == Py_None) {
        return 1;
    }
    gleaner->teller = teller;
    return teller_of(teller, telling, state);
}

/* Take the records of a buffer, as far as that goes, and what there is to say of all that. */
static PyObject *take_records(const sieve *own, records *file, record *it, Py_ssize_t most)
{
    gleaner *gleaner = own->gleaner;
    PyObject *items = own->items, *text, *handed;
    int answer = KEPT;

    while (answer == KEPT && PyList_Size(items) < most && next(file, it)) {
        answer = take_record(own, it);
    }
    if (answer == FAILED) {
        return NULL;
    }
    if (gleaner == NULL) {
        return Py_BuildValue("(OOlOnl)", items, Py_None, 0L, Py_None, file->at, it->number);
    }
    text = PyBytes_FromStringAndSize((const char *)gleaner->out.octets, (Py_ssize_t)gleaner->out.length);
    if (gleaner->teller == NULL) {
        return Py_BuildValue("(ONlOnl)", items, text, gleaner->written, Py_None, file->at, it->number);
    }
    handed = handed_over(gleaner->teller);
    return Py_BuildValue("(ONlNnl)", items, text, (long)gleaner->teller->tally.frames, handed, file->at, it->number);
}

PyObject *sift(PyObject *module, PyObject *arguments)
{
    sieve own = {0};
    gleaner gleaner = {0};
    teller teller = {0};
    records file;
    record it = {0};
    PyObject *parts, *tools, *state, *answer = NULL;
    Py_ssize_t most;

    own.name = PyModule_GetState(module);
    if (!PyArg_ParseTuple(arguments, "y#nlplnO!OO", &file.buffer, &file.length, &file.at, &it.number, &file.is_big,
                          &file.unit_ns, &most, &PyTuple_Type, &parts, &tools, &state) ||
        !sieve_of(&own, parts)) {
        return NULL;
    }
    if (file.at < 0 || file.at > file.length) {
        PyErr_SetString(PyExc_ValueError, "outside of the buffer");
        return NULL;
    }
    if (equip(&own, &gleaner, &teller, tools, state) && (own.items = PyList_New(0)) != NULL) {
        answer = take_records(&own, &file, &it, most);
    }
    Py_XDECREF(own.items);
    leave(&gleaner.grounds);
    leave_message(&gleaner.message);
    leave_teller(&teller);
    text_free(&gleaner.out);
    return answer;
}
