/* What there is to say of a payload, found before anything is done: what was said of the same headers, and of the same
 * packet, before. What is not found the Python says, and it is remembered. */
#include "telling.h"

#define MOST_HEADER_OCTETS 512
#define CHECKSUM_OCTETS 2
#define FULL_OCTETS 48 /* with as many, a packet of UDP or ICMPv6 has all its headers */
#define BY_HEADERS 4

/* Whether all of these findings came up before: 1, 0 or -1. */
static int are_known(const teller *own, PyObject *rules)
{
    Py_ssize_t index, size = PyTuple_Size(rules);
    int is_there = 1;

    for (index = 0; is_there == 1 && index < size; index++) {
        is_there = PyDict_Contains(own->findings, PyTuple_GetItem(rules, index));
    }
    return is_there;
}

/* Whether all findings came up before, and what the payload asks of a receiver can be counted. */
static int is_countable(const teller *own)
{
    const told_payload *told = &own->payload;
    int is_there = are_known(own, told->rules);

    if (is_there == 1 && own->message != NULL && own->message->held != NULL) {
        is_there = are_known(own, own->message->rules);
    }
    if (is_there == 1 && PyDict_Size(own->asked_for) >= own->most_asked_for) {
        is_there = PyDict_Contains(own->asked_for, told->asks_for);
    }
    return is_there < 0 || PyErr_Occurred() ? FAILED : is_there ? KEPT : UNUSUAL;
}

/* What is said of a payload whose header has these telling octets. */
static int foretell_payload(teller *own, const ground *pan, const arrived *it, PyObject *guesses, const uint8_t *telling,
                            size_t octets)
{
    told_payload *told = &own->payload;
    PyObject *key = Py_BuildValue("(OOy#)", octets ? it->header : Py_None, guesses, (const char *)telling, (Py_ssize_t)octets);

    Py_CLEAR(told->held);
    told->held = key == NULL ? NULL : recall(pan->payloads, key);
    if (told->held == NULL && key != NULL && !PyErr_Occurred()) {
        told->held = learn_by_heart(
            pan->payloads, MOST_OF_A_PAN, key, pan->tell_payload,
            Py_BuildValue("(Oy#O)", it->header, (const char *)it->octets, (Py_ssize_t)it->length, guesses));
    }
    Py_XDECREF(key);
    if (told->held == NULL ||
        !PyArg_ParseTuple(told->held, "O&O&O&O!Oi", string_of, &told->cost, string_of, &told->features, string_of,
                          &told->marks, &PyTuple_Type, &told->rules, &told->asks_for, &told->guessed_ends)) {
        return FAILED;
    }
    return is_countable(own);
}

/* How many octets tell the words of a packet, or of its beginning: none, where only all of them do. */
static size_t headers_of(const uint8_t *packet, size_t octets)
{
    if (octets < FULL_OCTETS) {
        return 0;
    }
    if (packet[6] == UDP) {
        return P6_IPV6_OCTETS + 6; /* all but the checksum */
    }
    return packet[6] == ICMPV6 && (packet[40] == ECHO_REQUEST || packet[40] == ECHO_REPLY) ? P6_IPV6_OCTETS + 2 : 0;
}

/* What is said of a packet, by its first `telling` octets, or by all where that is 0; a new reference, NULL: an exception
 * is set. */
static PyObject *said_of(teller *own, const uint8_t *packet, size_t octets, size_t telling)
{
    int how = own->payload.guessed_ends | (telling ? BY_HEADERS : 0);
    size_t length = telling ? telling : octets;
    PyObject *key = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length + 1), *said;
    char *at;

    if (key == NULL) {
        return NULL;
    }
    at = PyBytes_AsString(key);
    at[0] = (char)how;
    memcpy(at + 1, packet, length);
    said = recall(own->words, key);
    if (said == NULL && !PyErr_Occurred()) {
        said = learn_by_heart(own->words, MOST_REMEMBERED, key, own->say_words,
                              Py_BuildValue("(iy#)", how, (const char *)packet, (Py_ssize_t)octets));
    }
    Py_DECREF(key);
    return said;
}

/* Put words together, with the numbers of an echo between them. 0: an exception is set. */
static int compose(teller *own, PyObject *said, const uint8_t *packet)
{
    Py_ssize_t index, size = PyTuple_Size(said);

    own->composed.length = 0;
    for (index = 0; index < size; index++) {
        string words;
        if (!string_of(PyTuple_GetItem(said, index), &words) || !text_add(&own->composed, words)) {
            return 0;
        }
        if (index + 1 < size && !text_add_number(&own->composed, word(packet + P6_IPV6_OCTETS + 4 + 2 * index))) {
            return 0;
        }
    }
    own->packet_words.octets = own->composed.octets;
    own->packet_words.length = own->composed.length;
    return 1;
}

/* The words of a packet, or of its beginning. */
static int foretell_words(teller *own, const uint8_t *packet, size_t octets)
{
    size_t telling = headers_of(packet, octets);
    PyObject *said;
    int is_said;

    if (own->forms == NULL) {
        return KEPT;
    }
    said = said_of(own, packet, octets, telling);
    if (telling && said != NULL && PyTuple_Size(said) == 0) {
        Py_DECREF(said);
        said = said_of(own, packet, octets, 0);
    }
    is_said = said != NULL && compose(own, said, packet);
    Py_XDECREF(said);
    return is_said ? KEPT : FAILED;
}

/* Whether a packet comes from the extended address of a node that has a short one, and that was found before. */
static int foretell_source(teller *own, const uint8_t *packet)
{
    static const uint8_t unspecified[16] = {0};
    const uint8_t *source = packet + 8;
    int has_short;

    if (own->header.home == Py_None || (source[0] == 0xFE && (source[1] & 0xC0) == 0x80) || source[0] == 0xFF ||
        memcmp(source, unspecified, sizeof unspecified) == 0) {
        return KEPT;
    }
    has_short = PyDict_Contains(own->shorts, own->header.home);
    own->is_extended = has_short == 1;
    return has_short < 0 ? FAILED : has_short && !own->is_known[EXTENDED] ? UNUSUAL : KEPT;
}

int foretell_headers(teller *own, const ground *pan, const arrived *it, size_t at, const p6_expanded *result,
                     const uint8_t *packet, PyObject *guesses)
{
    uint8_t telling[1 + MOST_HEADER_OCTETS];
    size_t behind = (size_t)result->octets - result->header_octets, octets = it->length - at;
    int answer;

    if (result->features >> P6_FEATURE_NHC_UDP & 1) {
        behind += CHECKSUM_OCTETS;
    }
    if (result->header_octets > result->octets || behind > octets || octets - behind > MOST_HEADER_OCTETS) {
        return UNUSUAL;
    }
    octets -= behind;
    /* of a first fragment also how far it reaches, up to where a packet has all its headers; whole ones have them */
    telling[0] = !at ? 0 : result->octets < FULL_OCTETS ? (uint8_t)result->octets : FULL_OCTETS;
    memcpy(telling + 1, it->octets + at, octets);
    answer = foretell_payload(own, pan, it, guesses, telling, octets + 1);
    if (answer == KEPT) {
        answer = foretell_words(own, packet, result->octets);
    }
    return answer == KEPT && at == 0 ? foretell_source(own, packet) : answer;
}

int foretell_fragment(teller *own, const ground *pan, const arrived *it, const piece *one, const uint8_t *packet)
{
    PyObject *guesses = Py_None;
    int answer;

    if (packet != NULL && pan->guesses != Py_None) {
        guesses = PyDict_GetItemWithError(pan->suspects, one->key);
        if (guesses == NULL && PyErr_Occurred()) {
            return FAILED;
        }
        guesses = guesses == NULL || PyObject_Size(guesses) == 0 ? Py_None : guesses;
    }
    answer = foretell_payload(own, pan, it, guesses, NULL, 0);
    if (answer != KEPT || packet == NULL) {
        return answer;
    }
    answer = foretell_words(own, packet, one->size);
    return answer == KEPT ? foretell_source(own, packet) : answer;
}
