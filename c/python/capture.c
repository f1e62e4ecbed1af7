/* The C core for captures: what of a frame can be said in one call, before anything is remembered of it. Whoever wants to
 * know which octets stand for which header asks the Python; p6lowpan/fast_capture.py is the only caller. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <string.h>

#include "capture.h"

#define UDP 17
#define ICMPV6 58
#define ECHO_REQUEST 128
#define ECHO_REPLY 129
#define LINK_ESTABLISHMENT 19788 /* the port of Thread's MLE, which may teach something */

/* The Internet checksum over the pseudo-header and the upper layer: whether it is right. */
static int is_summed(const uint8_t *packet, size_t octets)
{
    uint32_t sum = (uint32_t)(octets - P6_IPV6_OCTETS) + packet[6];
    size_t at;

    for (at = 8; at + 1 < octets; at += 2) {
        sum += word(packet + at);
    }
    if (at < octets) {
        sum += (uint32_t)packet[at] << 8;
    }
    while (sum >> 16) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum == 0xFFFF;
}

/* UDP or ICMPv6 where a whole packet teaches nothing but its addresses and nothing is wrong with it: UDP to anybody but
 * MLE, and echo, right behind the IPv6 header. Else 0. */
int plain(const uint8_t *packet, size_t octets)
{
    const uint8_t *upper = packet + P6_IPV6_OCTETS;

    if (octets < P6_IPV6_OCTETS + 8 || packet[8] == 0xFF) {
        return 0;
    }
    if (packet[6] == UDP) {
        if (word(upper + 4) != octets - P6_IPV6_OCTETS || word(upper + 6) == 0 || word(upper + 2) == LINK_ESTABLISHMENT) {
            return 0;
        }
    } else if (packet[6] != ICMPV6 || (upper[0] != ECHO_REQUEST && upper[0] != ECHO_REPLY)) {
        return 0;
    }
    return is_summed(packet, octets) ? packet[6] : 0;
}

int address_of(PyObject *object, p6_address *address)
{
    char *octets;
    Py_ssize_t length;

    if (PyBytes_AsStringAndSize(object, &octets, &length) != 0) {
        return 0;
    }
    if (length != 0 && length != 2 && length != 8) {
        PyErr_Format(PyExc_ValueError, "a link-layer address of %zd octets", length);
        return 0;
    }
    memset(address, 0, sizeof *address);
    memcpy(address->octets, octets, (size_t)length);
    address->size = (uint8_t)length;
    return 1;
}

/* plain(packet) */
static PyObject *plain_packet(PyObject *module, PyObject *packet)
{
    char *octets;
    Py_ssize_t length;

    (void)module;
    if (PyBytes_AsStringAndSize(packet, &octets, &length) != 0) {
        return NULL;
    }
    return PyLong_FromLong(length > 0xFFFF ? 0 : plain((const uint8_t *)octets, (size_t)length));
}

/* look(known, payload, at, source, destination, datagram size or 0): what LOWPAN_IPHC from octet `at` on stands for:
 * (packet, header octets, growth, features, plain), or the reason of a refusal as a number. A packet whose checksum was
 * elided, or that is longer than any frame's, is refused as unsupported. */
static PyObject *look(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    uint8_t out[ROOM];
    p6_expanded result;
    p6_reason reason;
    p6_link link;
    const known *facts;
    char *frame;
    Py_ssize_t length;
    long at, size;

    (void)module;
    if (count != 6) {
        return PyErr_Format(PyExc_TypeError, "%zd arguments, not 6", count);
    }
    facts = PyCapsule_GetPointer(arguments[0], KNOWN);
    if (facts == NULL || PyBytes_AsStringAndSize(arguments[1], &frame, &length) != 0 ||
        !address_of(arguments[3], &link.source) || !address_of(arguments[4], &link.destination)) {
        return NULL;
    }
    at = PyLong_AsLong(arguments[2]);
    size = PyLong_AsLong(arguments[5]);
    if (PyErr_Occurred()) {
        return NULL;
    }
    if (at < 0 || at > length || length > 0xFFFF || size < 0 || size > 0xFFFF) {
        PyErr_SetString(PyExc_ValueError, "longer than any frame");
        return NULL;
    }
    reason = p6_expand(&facts->node, &link, (const uint8_t *)frame + at, (size_t)(length - at), (uint16_t)size, out,
                       sizeof out, &result);
    if (reason == P6_OK && result.unsummed_udp != 0) {
        reason = P6_UNSUPPORTED;
    }
    if (reason != P6_OK) {
        return PyLong_FromLong(reason);
    }
    return Py_BuildValue("(y#iiKi)", (const char *)out, (Py_ssize_t)result.octets, (int)result.header_octets,
                         (int)result.growth, (unsigned long long)result.features,
                         size == 0 ? plain(out, result.octets) : 0);
}

/* --- records of a pcap file ---------------------------------------------------------------------------------------------- */

#define SEQUENCE_AT 2
#define LONGEST_HEADER 23 /* of a frame without security and information elements */
#define SECOND_US 1000000

static uint16_t crc_table[256]; /* filled when the module is loaded */

/* The ITU-T CRC over a frame with its frame check: 0 where that is right. */
static uint16_t crc_of(const uint8_t *octets, size_t length)
{
    uint16_t crc = 0;

    while (length--) {
        crc = (uint16_t)(crc >> 8 ^ crc_table[(crc ^ *octets++) & 0xFF]);
    }
    return crc;
}

static void fill_table(void)
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

/* The MAC header of a frame among those that were read before, a borrowed reference, or None: by the rules of
 * p6lowpan/analysis/mac_headers.py. `*is_acknowledgement`: it is one, with nothing behind the header. */
PyObject *header_of(PyObject *lengths, PyObject *headers, const uint8_t *frame, size_t octets, size_t check,
                           int *is_acknowledgement)
{
    char key[LONGEST_HEADER];
    PyObject *name, *found;
    long length;

    *is_acknowledgement = 0;
    if (octets < SEQUENCE_AT + 1 + check) {
        return Py_None;
    }
    if ((name = PyBytes_FromStringAndSize((const char *)frame, SEQUENCE_AT)) == NULL) {
        return NULL;
    }
    found = PyDict_GetItemWithError(lengths, name);
    Py_DECREF(name);
    if (found == NULL) {
        return PyErr_Occurred() ? NULL : Py_None;
    }
    length = PyLong_AsLong(found);
    if (length < SEQUENCE_AT + 1 || length > LONGEST_HEADER || (size_t)length + check > octets) {
        return Py_None;
    }
    *is_acknowledgement = (frame[0] & 7) == 2;
    if (*is_acknowledgement != ((size_t)length + check == octets)) {
        return Py_None;
    }
    memcpy(key, frame, SEQUENCE_AT);
    memcpy(key + SEQUENCE_AT, frame + SEQUENCE_AT + 1, (size_t)length - SEQUENCE_AT - 1);
    if ((name = PyBytes_FromStringAndSize(key, length - 1)) == NULL) {
        return NULL;
    }
    found = PyDict_GetItemWithError(headers, name);
    Py_DECREF(name);
    if (found == NULL) {
        return PyErr_Occurred() ? NULL : Py_None;
    }
    return check && crc_of(frame, octets) ? Py_None : found;
}

/* Whether a data frame repeats the last one of its sender, which it now is, by the rules of
 * p6lowpan/analysis/repetition.py: 1 or 0; -1: an exception is set; -2: the table of senders is full, and the one who
 * keeps it must look. */
int repeats(const sieve *own, PyObject *header, long long now, PyObject *body)
{
    PyObject *sender = PyObject_GetAttr(header, own->sender), *before, *entry;
    int is_repeated = 0, is_kept;

    if (sender == NULL) {
        return -1;
    }
    before = PyDict_GetItemWithError(own->repeated, sender);
    if (before == NULL && (PyErr_Occurred() || PyDict_Size(own->repeated) >= own->most_senders)) {
        Py_DECREF(sender);
        return PyErr_Occurred() ? -1 : -2;
    }
    if (before != NULL) {
        is_repeated = now - PyLong_AsLongLong(PyTuple_GetItem(before, 0)) <= SECOND_US &&
                      PyObject_RichCompareBool(PyTuple_GetItem(before, 1), body, Py_EQ) == 1;
    }
    entry = Py_BuildValue("(LO)", now, body);
    is_kept = entry != NULL && PyDict_SetItem(own->repeated, sender, entry) == 0;
    Py_XDECREF(entry);
    Py_DECREF(sender);
    return is_kept && !PyErr_Occurred() ? is_repeated : -1;
}

/* What is behind the header of a data frame that is no repetition, a new reference; None of one that is, and where
 * `*is_unknown` becomes 1. NULL: an exception is set. */
static PyObject *payload_of(const sieve *own, PyObject *header, long long now, const uint8_t *frame, size_t octets,
                            int *is_unknown)
{
    PyObject *body = PyBytes_FromStringAndSize((const char *)frame, (Py_ssize_t)octets - own->check), *length;
    int is_repeated = body == NULL ? -1 : repeats(own, header, now, body);
    long behind;

    Py_XDECREF(body);
    *is_unknown = is_repeated == -2;
    if (is_repeated == -1) {
        return NULL;
    }
    if (is_repeated) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    if ((length = PyObject_GetAttr(header, own->octets)) == NULL) {
        return NULL;
    }
    behind = PyLong_AsLong(length);
    Py_DECREF(length);
    if (behind < 0 || (size_t)(behind + own->check) > octets) {
        return PyErr_Format(PyExc_ValueError, "a header of %ld octets", behind);
    }
    return PyBytes_FromStringAndSize((const char *)frame + behind, (Py_ssize_t)octets - own->check - behind);
}

PyObject *item_with(const sieve *own, long number, long long time_ns, const uint8_t *frame, uint32_t octets,
                    uint32_t original, PyObject *header, PyObject *payload)
{
    PyObject *fields = Py_BuildValue("(lLy#OIiO)", number, time_ns, (const char *)frame, (Py_ssize_t)octets,
                                     own->link_type, original, 0, own->fcs_octets);
    PyObject *captured = fields == NULL ? NULL : PyObject_CallObject(own->captured_frame, fields);
    PyObject *item = captured == NULL ? NULL : PyTuple_Pack(3, captured, header, payload);

    Py_XDECREF(fields);
    Py_XDECREF(captured);
    return item;
}

/* The item of one record: (captured frame, header or None, payload or None), a new reference; Py_None itself for a frame
 * that is left out; NULL: an exception is set. */
static PyObject *item_of(const sieve *own, long number, long long time_ns, const uint8_t *frame, uint32_t octets,
                         uint32_t original, int *is_unknown)
{
    PyObject *header = Py_None, *payload = Py_None, *item;
    int is_acknowledgement = 0;

    Py_INCREF(Py_None);
    if (original <= octets) {
        header = header_of(own->lengths, own->headers, frame, octets, (size_t)own->check, &is_acknowledgement);
        if (header == NULL) {
            Py_DECREF(Py_None);
            return NULL;
        }
    }
    if (header != Py_None && !is_acknowledgement) {
        Py_DECREF(Py_None);
        payload = payload_of(own, header, time_ns / 1000, frame, octets, is_unknown);
        if (payload == NULL) {
            return NULL;
        }
    }
    if (header == Py_None) {
        *is_unknown = 1;
    }
    if (own->drops && payload == Py_None && !*is_unknown) {
        return payload;
    }
    item = item_with(own, number, time_ns, frame, octets, original, *is_unknown ? Py_None : header, payload);
    Py_DECREF(payload);
    return item;
}

/* The records of a pcap file that are whole in the buffer, into `items`, `most` of them at most, up to one that is not
 * known: it will be, and those behind it may have the same header. 0: an exception is set. */
static int sift_all(const sieve *own, PyObject *items, const uint8_t *buffer, Py_ssize_t length, long *at, long *number,
                    int is_big, long unit, long most)
{
    int is_unknown = 0;

    while (most-- > 0 && !is_unknown && length - *at >= RECORD_OCTETS) {
        const uint8_t *record = buffer + *at;
        uint32_t octets = number_at(record + 8, is_big);
        long long time_ns;
        PyObject *item;
        int is_appended;

        if (octets > LONGEST_RECORD || (Py_ssize_t)octets > length - *at - RECORD_OCTETS) {
            break;
        }
        *at += RECORD_OCTETS + (long)octets;
        time_ns = (long long)number_at(record, is_big) * 1000000000 + (long long)number_at(record + 4, is_big) * unit;
        item = item_of(own, ++*number, time_ns, record + RECORD_OCTETS, octets, number_at(record + 12, is_big),
                       &is_unknown);
        is_appended = item == Py_None || (item != NULL && PyList_Append(items, item) == 0);
        Py_XDECREF(item);
        if (!is_appended) {
            return 0;
        }
    }
    return 1;
}

int sieve_of(sieve *own, PyObject *tools)
{
    if (!PyTuple_Check(tools) || PyTuple_Size(tools) != 9) {
        PyErr_SetString(PyExc_TypeError, "a sieve has 9 parts");
        return 0;
    }
    own->lengths = PyTuple_GetItem(tools, 0);
    own->headers = PyTuple_GetItem(tools, 1);
    own->repeated = PyTuple_GetItem(tools, 2);
    own->most_senders = PyLong_AsLong(PyTuple_GetItem(tools, 3));
    own->check = PyLong_AsLong(PyTuple_GetItem(tools, 4));
    own->drops = PyLong_AsLong(PyTuple_GetItem(tools, 5));
    own->captured_frame = PyTuple_GetItem(tools, 6);
    own->link_type = PyTuple_GetItem(tools, 7);
    own->fcs_octets = PyTuple_GetItem(tools, 8);
    own->sender = PyUnicode_InternFromString("sender");
    own->octets = PyUnicode_InternFromString("octets");
    return own->sender != NULL && own->octets != NULL && !PyErr_Occurred();
}

void leave(sieve *own)
{
    Py_XDECREF(own->sender);
    Py_XDECREF(own->octets);
}

/* sift(buffer, at, number, is big endian, nanoseconds in a unit, most, (lengths, headers, last frames of senders, most
 * senders, octets of frame check, leaves out, class, link type, what the file says of the frame check)) -> ([(captured
 * frame, header or None, payload or None), ...], at, number). Acknowledgements and repetitions have no payload, and may
 * be left out. */
static PyObject *sift(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *items;
    sieve own = {0};
    char *buffer;
    Py_ssize_t length;
    long at, number, is_big, unit, most;
    int is_done;

    (void)module;
    if (count != 7) {
        return PyErr_Format(PyExc_TypeError, "%zd arguments, not 7", count);
    }
    if (PyBytes_AsStringAndSize(arguments[0], &buffer, &length) != 0) {
        return NULL;
    }
    at = PyLong_AsLong(arguments[1]);
    number = PyLong_AsLong(arguments[2]);
    is_big = PyLong_AsLong(arguments[3]);
    unit = PyLong_AsLong(arguments[4]);
    most = PyLong_AsLong(arguments[5]);
    if (PyErr_Occurred() || at < 0 || (items = PyList_New(0)) == NULL) {
        return NULL;
    }
    is_done = sieve_of(&own, arguments[6]) &&
              sift_all(&own, items, (const uint8_t *)buffer, length, &at, &number, (int)is_big, unit, most);
    leave(&own);
    if (!is_done) {
        Py_DECREF(items);
        return NULL;
    }
    return Py_BuildValue("(Nll)", items, at, number);
}

static PyMethodDef METHODS[] = {
    {"sift", (PyCFunction)(void (*)(void))sift, METH_FASTCALL, NULL},
    {"glean", (PyCFunction)(void (*)(void))glean, METH_FASTCALL, NULL},
    {"plain", plain_packet, METH_O, NULL},
    {"look", (PyCFunction)(void (*)(void))look, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    fill_table();
    return PyModule_AddIntConstant(module, "FEATURES", P6_FEATURES) |
           PyModule_AddIntConstant(module, "NO_CONTEXT", P6_NO_CONTEXT);
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "p6lowpan._capture", "The C core for captures; see p6lowpan.fast_capture.", 0, METHODS,
    SLOTS,                 NULL,                NULL,                                                  NULL,
};

PyMODINIT_FUNC PyInit__capture(void)
{
    return PyModuleDef_Init(&MODULE);
}
