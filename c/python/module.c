/* The C core for Python: one coarse call a frame and a packet, and one for many. Stable ABI, so that one file serves every
 * Python from 3.11 on. Values in, values out: what they mean is said in p6lowpan/fast.py, which is the only caller. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <string.h>

#include "../core/p6lowpan.h"

#define ON_STACK 4096
#define MOST (0xFFFF + P6_IPV6_OCTETS)

typedef struct known {
    p6_context contexts[P6_CONTEXTS];
    p6_node node;
} known;

/* Octets of a bytes object, without a copy. 0: an exception is set. */
static int octets_of(PyObject *object, const uint8_t **octets, Py_ssize_t *length)
{
    return PyBytes_AsStringAndSize(object, (char **)octets, length) == 0;
}

static int address_of(PyObject *object, p6_address *address)
{
    const uint8_t *octets;
    Py_ssize_t length;

    if (!octets_of(object, &octets, &length)) {
        return 0;
    }
    if (length != 0 && length != 2 && length != 8) {
        PyErr_Format(PyExc_ValueError, "a link-layer address of %zd octets", length);
        return 0;
    }
    memcpy(address->octets, octets, (size_t)length);
    address->size = (uint8_t)length;
    return 1;
}

/* What a node knows, as fast.py packs it: growth, datagram octets, depth, extension headers, order; then a line of 19
 * octets for each context: identifier, length, state, prefix. */
static int known_of(PyObject *object, known *found)
{
    const uint8_t *in;
    Py_ssize_t length;

    if (!octets_of(object, &in, &length)) {
        return 0;
    }
    if (length < 7 || (length - 7) % 19) {
        PyErr_SetString(PyExc_ValueError, "not packed knowledge");
        return 0;
    }
    memset(found->contexts, 0, sizeof found->contexts);
    found->node.contexts = found->contexts;
    found->node.bounds.header_growth_octets = (uint16_t)(in[0] << 8 | in[1]);
    found->node.bounds.datagram_octets = (uint16_t)(in[2] << 8 | in[3]);
    found->node.bounds.nested_ipv6_headers = in[4] < P6_LENGTHS - 2 ? in[4] : P6_LENGTHS - 2;
    found->node.bounds.compressed_extension_headers = in[5];
    found->node.bounds.extension_headers_in_order = in[6];
    for (in += 7, length -= 7; length; in += 19, length -= 19) {
        p6_context *context = &found->contexts[in[0] & 15];
        context->length = in[1];
        context->state = in[2];
        memcpy(context->prefix, in + 3, 16);
    }
    return 1;
}

/* (packet, growth, features, ipv6, udp), or (reason, offset): features a bit each; `udp` is where a checksum is missing,
 * or 0. `packet_alone`: the packet and nothing else, where no checksum is missing. A packet that fits `on_stack` costs no
 * memory but its own. */
static PyObject *expanded(const known *facts, const p6_link *link, const uint8_t *frame, Py_ssize_t length, long size,
                          int packet_alone)
{
    uint8_t on_stack[ON_STACK], *out = on_stack;
    size_t room = sizeof on_stack;
    p6_expanded result;
    p6_reason reason;
    PyObject *answer;

    reason = p6_expand(&facts->node, link, frame, (size_t)length, (uint16_t)size, out, room, &result);
    if (reason == P6_TOO_BIG) { /* for the bound, or for the stack? */
        room = MOST;
        if ((out = PyMem_Malloc(room)) == NULL) {
            return PyErr_NoMemory();
        }
        reason = p6_expand(&facts->node, link, frame, (size_t)length, (uint16_t)size, out, room, &result);
    }
    if (reason != P6_OK) {
        answer = Py_BuildValue("(iI)", (int)reason, (unsigned)result.offset);
    } else if (packet_alone && result.unsummed_udp == 0) {
        answer = PyBytes_FromStringAndSize((const char *)out, result.octets);
    } else {
        answer = PyTuple_New(5);
        if (answer != NULL) {
            PyTuple_SetItem(answer, 0, PyBytes_FromStringAndSize((const char *)out, result.octets));
            PyTuple_SetItem(answer, 1, PyLong_FromLong(result.growth));
            PyTuple_SetItem(answer, 2, PyLong_FromUnsignedLongLong(result.features));
            PyTuple_SetItem(answer, 3, PyLong_FromLong(result.unsummed_ipv6));
            PyTuple_SetItem(answer, 4, PyLong_FromLong(result.unsummed_udp));
            if (PyErr_Occurred()) {
                Py_CLEAR(answer);
            }
        }
    }
    if (out != on_stack) {
        PyMem_Free(out);
    }
    return answer;
}

static int has_arguments(Py_ssize_t given, Py_ssize_t wanted)
{
    if (given != wanted) {
        PyErr_Format(PyExc_TypeError, "%zd arguments, not %zd", given, wanted);
    }
    return given == wanted;
}

/* expand(knowledge, frame, source, destination, datagram size or 0) */
static PyObject *expand(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    known facts;
    p6_link link;
    const uint8_t *frame;
    Py_ssize_t length;
    long size;

    (void)module;
    if (!has_arguments(count, 5) || !known_of(arguments[0], &facts) || !octets_of(arguments[1], &frame, &length) ||
        !address_of(arguments[2], &link.source) || !address_of(arguments[3], &link.destination)) {
        return NULL;
    }
    size = PyLong_AsLong(arguments[4]);
    if (PyErr_Occurred()) {
        return NULL;
    }
    if (length > 0xFFFF || size < 0 || size > 0xFFFF) {
        PyErr_SetString(PyExc_ValueError, "longer than any frame");
        return NULL;
    }
    return expanded(&facts, &link, frame, length, size, 0);
}

/* expand_all(knowledge, [(frame, source, destination), ...]) -> [packet, or as expand, ...] */
static PyObject *expand_all(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    known facts;
    p6_link link;
    const uint8_t *frame;
    Py_ssize_t length, at, many;
    PyObject *answers;

    (void)module;
    if (!has_arguments(count, 2) || !known_of(arguments[0], &facts)) {
        return NULL;
    }
    many = PyList_Size(arguments[1]);
    answers = many < 0 ? NULL : PyList_New(many);
    for (at = 0; answers != NULL && at < many; at++) {
        PyObject *item = PyList_GetItem(arguments[1], at), *answer = NULL;
        if (PyTuple_Check(item) && PyTuple_Size(item) == 3) {
            if (octets_of(PyTuple_GetItem(item, 0), &frame, &length) &&
                address_of(PyTuple_GetItem(item, 1), &link.source) &&
                address_of(PyTuple_GetItem(item, 2), &link.destination)) {
                if (length <= 0xFFFF) {
                    answer = expanded(&facts, &link, frame, length, 0, 1);
                } else {
                    PyErr_SetString(PyExc_ValueError, "longer than any frame");
                }
            }
        } else {
            PyErr_SetString(PyExc_TypeError, "not (frame, source, destination)");
        }
        if (answer == NULL || PyList_SetItem(answers, at, answer) != 0) {
            Py_CLEAR(answers);
        }
    }
    return answers;
}

/* (headers, covered, growth, features): the smallest form of a packet's headers; None: the search in Python must say. */
static PyObject *compressed(const known *facts, const p6_link *link, uint64_t allowed, const uint8_t *packet,
                            Py_ssize_t length)
{
    uint8_t out[ON_STACK], again[2 * ON_STACK];
    p6_compressed result;
    p6_expanded back;

    if (length > ON_STACK - 64 ||
        p6_compress(&facts->node, allowed, link, packet, (size_t)length, P6_ANY_MTU, out, sizeof out, &result) != P6_OK ||
        result.is_bounded || out[0] == 0x41) {
        Py_RETURN_NONE;
    }
    if (p6_expand(&facts->node, link, out, result.octets, (uint16_t)length, again, sizeof again, &back) != P6_OK) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(y#iiK)", (const char *)out, (Py_ssize_t)result.octets, (int)result.covered, (int)back.growth,
                         (unsigned long long)back.features);
}

/* compress(knowledge, packet, source, destination, allowed features) */
static PyObject *compress(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    known facts;
    p6_link link;
    const uint8_t *packet;
    Py_ssize_t length;
    uint64_t allowed;

    (void)module;
    if (!has_arguments(count, 5) || !known_of(arguments[0], &facts) || !octets_of(arguments[1], &packet, &length) ||
        !address_of(arguments[2], &link.source) || !address_of(arguments[3], &link.destination)) {
        return NULL;
    }
    allowed = PyLong_AsUnsignedLongLong(arguments[4]);
    return PyErr_Occurred() ? NULL : compressed(&facts, &link, allowed, packet, length);
}

/* compress_all(knowledge, [(packet, source, destination), ...], allowed features) -> [as compress, ...] */
static PyObject *compress_all(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    known facts;
    p6_link link;
    const uint8_t *packet;
    Py_ssize_t length, at, many;
    uint64_t allowed;
    PyObject *answers;

    (void)module;
    if (!has_arguments(count, 3) || !known_of(arguments[0], &facts)) {
        return NULL;
    }
    allowed = PyLong_AsUnsignedLongLong(arguments[2]);
    many = PyErr_Occurred() ? -1 : PyList_Size(arguments[1]);
    answers = many < 0 ? NULL : PyList_New(many);
    for (at = 0; answers != NULL && at < many; at++) {
        PyObject *item = PyList_GetItem(arguments[1], at), *answer = NULL;
        if (!PyTuple_Check(item) || PyTuple_Size(item) != 3) {
            PyErr_SetString(PyExc_TypeError, "not (packet, source, destination)");
        } else if (octets_of(PyTuple_GetItem(item, 0), &packet, &length) &&
                   address_of(PyTuple_GetItem(item, 1), &link.source) &&
                   address_of(PyTuple_GetItem(item, 2), &link.destination)) {
            answer = compressed(&facts, &link, allowed, packet, length);
        }
        if (answer == NULL || PyList_SetItem(answers, at, answer) != 0) {
            Py_CLEAR(answers);
        }
    }
    return answers;
}

static PyMethodDef METHODS[] = {
    {"expand", (PyCFunction)(void (*)(void))expand, METH_FASTCALL, NULL},
    {"expand_all", (PyCFunction)(void (*)(void))expand_all, METH_FASTCALL, NULL},
    {"compress", (PyCFunction)(void (*)(void))compress, METH_FASTCALL, NULL},
    {"compress_all", (PyCFunction)(void (*)(void))compress_all, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    return PyModule_AddIntConstant(module, "FEATURES", P6_FEATURES);
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "p6lowpan._core", "The C core; see p6lowpan.fast.", 0, METHODS, SLOTS, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&MODULE);
}
