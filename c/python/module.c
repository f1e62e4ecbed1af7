/* The C core for Python: one coarse call a frame and a packet, and one for many. Stable ABI, so that one file serves every
 * Python from 3.11 on. Values in, values out: what they mean is said in p6lowpan/fast.py, which is the only caller. */
#include "known.h"

#define ON_STACK 4096
#define MOST (0xFFFF + P6_IPV6_OCTETS)
#define LONGEST_COMPRESSED (0x7FF + P6_IPV6_OCTETS) /* RFC 7400 is for what a datagram of RFC 4944 holds */
#define REMEMBERED 64

/* --- what the module holds ----------------------------------------------------------------------------------------------- */

/* What the module holds: the types of the answers, and the sets of features that were asked for, by their bits. */
typedef struct held {
    PyObject *brief, *headers, *features_of, *source, *destination, *nothing;
    struct {
        uint64_t bits;
        PyObject *features;
    } sets[REMEMBERED];
} held;

/* --- in and out ---------------------------------------------------------------------------------------------------------- */

/* Octets of a bytes object, without a copy. 0: an exception is set. */
static int octets_of(PyObject *object, const uint8_t **octets, Py_ssize_t *length)
{
    return PyBytes_AsStringAndSize(object, (char **)octets, length) == 0;
}

/* The ends of a Link. Many frames in a row have the same, `before`, which is a reference. */
static int link_of(held *own, PyObject *object, PyObject **before, p6_link *link)
{
    PyObject *source, *destination, *last = *before;
    int is_good;

    if (object == last) {
        return 1;
    }
    source = PyObject_GetAttr(object, own->source);
    destination = source == NULL ? NULL : PyObject_GetAttr(object, own->destination);
    is_good = destination != NULL && address_of(source, &link->source) && address_of(destination, &link->destination);
    Py_XDECREF(source);
    Py_XDECREF(destination);
    *before = is_good ? object : NULL;
    Py_XINCREF(*before);
    Py_XDECREF(last);
    return is_good;
}

/* The set of features with these bits: a new reference. */
static PyObject *features_of(held *own, uint64_t bits)
{
    unsigned place = (unsigned)(bits * 0x9E3779B97F4A7C15u >> 58);
    PyObject *found = own->sets[place].features;

    if (found == NULL || own->sets[place].bits != bits) {
        found = PyObject_CallFunction(own->features_of, "K", (unsigned long long)bits);
        if (found == NULL) {
            return NULL;
        }
        Py_XDECREF(own->sets[place].features);
        own->sets[place].features = found;
        own->sets[place].bits = bits;
    }
    Py_INCREF(found);
    return found;
}

/* A named tuple of four; the references to its items, of which one that is NULL set an exception, are stolen. */
static PyObject *named(PyObject *type, PyObject *first, PyObject *second, PyObject *third, PyObject *fourth)
{
    PyObject *items[4] = {first, second, third, fourth}, *made = NULL;
    int at, is_good = first && second && third && fourth;

    if (is_good) {
        made = PyType_GenericAlloc((PyTypeObject *)type, 4);
    }
    for (at = 0; at < 4; at++) {
        if (made != NULL) {
            PyTuple_SetItem(made, at, items[at]);
        } else {
            Py_XDECREF(items[at]);
        }
    }
    if (made != NULL) {
        PyObject_GC_UnTrack(made); /* octets, numbers and sets of features lead back to nothing */
    }
    return made;
}

static held *held_by(PyObject *module)
{
    held *own = PyModule_GetState(module);
    if (own->brief == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "nobody has said which types to answer with");
        return NULL;
    }
    return own;
}

static int has_arguments(Py_ssize_t given, Py_ssize_t wanted)
{
    if (given != wanted) {
        PyErr_Format(PyExc_TypeError, "%zd arguments, not %zd", given, wanted);
    }
    return given == wanted;
}

/* speak(Brief, Headers, features_of): the types to answer with, and what makes a set of features from bits. */
static PyObject *speak(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    held *own = PyModule_GetState(module);
    int at;

    if (!has_arguments(count, 3)) {
        return NULL;
    }
    for (at = 0; at < 2; at++) {
        if (!PyType_Check(arguments[at]) || !PyType_IsSubtype((PyTypeObject *)arguments[at], &PyTuple_Type)) {
            PyErr_SetString(PyExc_TypeError, "not a named tuple");
            return NULL;
        }
    }
    if (own->brief != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "said before");
        return NULL;
    }
    for (at = 0; at < 3; at++) {
        Py_INCREF(arguments[at]);
    }
    own->brief = arguments[0];
    own->headers = arguments[1];
    own->features_of = arguments[2];
    Py_RETURN_NONE;
}

/* --- from frames to packets ---------------------------------------------------------------------------------------------- */

/* A Brief; where a checksum is missing a tuple (packet, growth, features, ipv6, udp); None for a refusal, of which the
 * reference tells in words. `packet_alone`: the packet in place of a Brief. A packet that fits `on_stack` costs no memory
 * but its own. */
static PyObject *expanded(held *own, const known *facts, const p6_link *link, const uint8_t *frame, Py_ssize_t length,
                          long size, int packet_alone)
{
    uint8_t on_stack[ON_STACK], *out = on_stack;
    size_t room = sizeof on_stack;
    p6_expanded result;
    p6_reason reason;
    PyObject *answer;

    if (length > 0xFFFF || size < 0 || size > 0xFFFF) {
        Py_RETURN_NONE;
    }
    reason = p6_expand(&facts->node, link, frame, (size_t)length, (uint16_t)size, out, room, &result);
    if (reason == P6_TOO_BIG) { /* for the bound, or for the stack? */
        room = MOST;
        if ((out = PyMem_Malloc(room)) == NULL) {
            return PyErr_NoMemory();
        }
        reason = p6_expand(&facts->node, link, frame, (size_t)length, (uint16_t)size, out, room, &result);
    }
    if (reason != P6_OK) {
        answer = Py_None;
        Py_INCREF(answer);
    } else {
        answer = PyBytes_FromStringAndSize((const char *)out, result.octets);
        if (result.unsummed_udp) {
            answer = Py_BuildValue("(NiNii)", answer, (int)result.growth, features_of(own, result.features),
                                   (int)result.unsummed_ipv6, (int)result.unsummed_udp);
        } else if (!packet_alone) {
            Py_INCREF(own->nothing);
            answer = named(own->brief, answer, PyLong_FromLong(result.growth), features_of(own, result.features),
                           own->nothing);
        }
    }
    if (out != on_stack) {
        PyMem_Free(out);
    }
    return answer;
}

/* expand(known, frame, source, destination, datagram size or 0) */
static PyObject *expand(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    held *own = held_by(module);
    const known *facts;
    p6_link link;
    const uint8_t *frame;
    Py_ssize_t length;
    long size;

    if (own == NULL || !has_arguments(count, 5) || !known_of(arguments[0], &facts) ||
        !octets_of(arguments[1], &frame, &length) || !address_of(arguments[2], &link.source) ||
        !address_of(arguments[3], &link.destination)) {
        return NULL;
    }
    size = PyLong_AsLong(arguments[4]);
    if (size == -1 && PyErr_Occurred()) {
        return NULL;
    }
    return expanded(own, facts, &link, frame, length, size, 0);
}

/* --- from packets to frames ---------------------------------------------------------------------------------------------- */

/* Headers: the form of a packet's headers that makes the fewest octets in frames; None: the search in Python must say. */
static PyObject *compressed(held *own, const known *facts, const p6_link *link, uint64_t allowed, size_t mtu,
                            const uint8_t *packet, Py_ssize_t length)
{
    uint8_t out[P6_GENERIC_ROOM(LONGEST_COMPRESSED) + LONGEST_COMPRESSED], again[2 * LONGEST_COMPRESSED];
    p6_sending result;
    p6_expanded back;

    result.packet = packet;
    result.size = (size_t)length;
    if (length > LONGEST_COMPRESSED ||
        p6_compress(&facts->node, allowed, link, mtu, out, sizeof out, &result) != P6_OK ||
        result.is_bounded || out[0] == 0x41) {
        Py_RETURN_NONE;
    }
    if (p6_expand(&facts->node, link, out, result.header_octets, (uint16_t)length, again, sizeof again, &back) != P6_OK) {
        Py_RETURN_NONE;
    }
    return named(own->headers, PyBytes_FromStringAndSize((const char *)out, (Py_ssize_t)result.header_octets),
                 PyLong_FromSize_t(result.covered), PyLong_FromLong(back.growth), features_of(own, back.features));
}

/* compress(known, packet, source, destination, allowed features, octets of a frame) */
static PyObject *compress(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    held *own = held_by(module);
    const known *facts;
    p6_link link;
    const uint8_t *packet;
    Py_ssize_t length;
    uint64_t allowed;
    size_t mtu;

    if (own == NULL || !has_arguments(count, 6) || !known_of(arguments[0], &facts) ||
        !octets_of(arguments[1], &packet, &length) || !address_of(arguments[2], &link.source) ||
        !address_of(arguments[3], &link.destination)) {
        return NULL;
    }
    allowed = PyLong_AsUnsignedLongLong(arguments[4]);
    mtu = PyErr_Occurred() ? 0 : PyLong_AsSize_t(arguments[5]);
    return PyErr_Occurred() ? NULL : compressed(own, facts, &link, allowed, mtu, packet, length);
}

/* --- many ---------------------------------------------------------------------------------------------------------------- */

/* A list of answers to a list of (octets, link). `allowed` is NULL: frames are expanded. */
static PyObject *answers_to(PyObject *module, PyObject *capsule, PyObject *list, const uint64_t *allowed, size_t mtu)
{
    held *own = held_by(module);
    const known *facts;
    Py_ssize_t length, at, many = own == NULL || !known_of(capsule, &facts) ? -1 : PyList_Size(list);
    PyObject *answers = many < 0 ? NULL : PyList_New(many), *before = NULL;
    const uint8_t *octets;
    p6_link link;

    for (at = 0; answers != NULL && at < many; at++) {
        PyObject *item = PyList_GetItem(list, at), *answer = NULL;
        Py_XINCREF(item); /* NULL: the list has become shorter */
        if (item != NULL && (!PyTuple_Check(item) || PyTuple_Size(item) != 2)) {
            PyErr_SetString(PyExc_TypeError, "not (octets, link)");
        } else if (item != NULL && octets_of(PyTuple_GetItem(item, 0), &octets, &length) &&
                   link_of(own, PyTuple_GetItem(item, 1), &before, &link)) {
            answer = allowed == NULL ? expanded(own, facts, &link, octets, length, 0, 1)
                                     : compressed(own, facts, &link, *allowed, mtu, octets, length);
        }
        Py_XDECREF(item);
        if (answer == NULL || PyList_SetItem(answers, at, answer) != 0) {
            Py_CLEAR(answers);
        }
    }
    Py_XDECREF(before);
    return answers;
}

/* expand_all(known, [(frame, link), ...]) -> [packet, or as expand, ...] */
static PyObject *expand_all(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    return has_arguments(count, 2) ? answers_to(module, arguments[0], arguments[1], NULL, 0) : NULL;
}

/* compress_all(known, [(packet, link), ...], allowed features, octets of a frame) -> [as compress, ...] */
static PyObject *compress_all(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    uint64_t allowed;
    size_t mtu;

    if (!has_arguments(count, 4)) {
        return NULL;
    }
    allowed = PyLong_AsUnsignedLongLong(arguments[2]);
    mtu = PyErr_Occurred() ? 0 : PyLong_AsSize_t(arguments[3]);
    return PyErr_Occurred() ? NULL : answers_to(module, arguments[0], arguments[1], &allowed, mtu);
}

/* --- the module ---------------------------------------------------------------------------------------------------------- */

static PyMethodDef METHODS[] = {
    {"know", know, METH_O, NULL},
    {"speak", (PyCFunction)(void (*)(void))speak, METH_FASTCALL, NULL},
    {"expand", (PyCFunction)(void (*)(void))expand, METH_FASTCALL, NULL},
    {"expand_all", (PyCFunction)(void (*)(void))expand_all, METH_FASTCALL, NULL},
    {"compress", (PyCFunction)(void (*)(void))compress, METH_FASTCALL, NULL},
    {"compress_all", (PyCFunction)(void (*)(void))compress_all, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    held *own = PyModule_GetState(module);

    own->source = PyUnicode_InternFromString("source");
    own->destination = PyUnicode_InternFromString("destination");
    own->nothing = PyTuple_New(0);
    if (own->source == NULL || own->destination == NULL || own->nothing == NULL ||
        PyModule_AddIntConstant(module, "ANY_MTU", P6_ANY_MTU) != 0) {
        return -1;
    }
    return PyModule_AddIntConstant(module, "FEATURES", P6_FEATURES);
}

static int traverse(PyObject *module, visitproc visit, void *arg)
{
    held *own = PyModule_GetState(module);
    Py_VISIT(own->brief);
    Py_VISIT(own->headers);
    Py_VISIT(own->features_of);
    return 0;
}

static int clear(PyObject *module)
{
    held *own = PyModule_GetState(module);
    int at;

    Py_CLEAR(own->brief);
    Py_CLEAR(own->headers);
    Py_CLEAR(own->features_of);
    Py_CLEAR(own->source);
    Py_CLEAR(own->destination);
    Py_CLEAR(own->nothing);
    for (at = 0; at < REMEMBERED; at++) {
        Py_CLEAR(own->sets[at].features);
    }
    return 0;
}

static void release(void *module)
{
    clear(module);
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "p6lowpan._core", "The C core; see p6lowpan.fast.", sizeof(held), METHODS, SLOTS,
    traverse,              clear,            release,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&MODULE);
}
