/* The C core for captures: what of a frame can be said in one call, before anything is remembered of it. Whoever wants to
 * know which octets stand for which header asks the Python; p6lowpan/fast_capture.py is the only caller. */
#include "forms.h"
#include "records.h"

#define CALLS 5 /* as p6lowpan/fast_capture.py says */
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
static PyObject *look(PyObject *module, PyObject *arguments)
{
    uint8_t out[ROOM];
    p6_expanded result;
    p6_reason reason;
    p6_link link;
    const known *facts;
    const char *payload;
    Py_ssize_t length, at;
    long size;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "O&y#nO&O&l", known_of, &facts, &payload, &length, &at, address_of, &link.source,
                          address_of, &link.destination, &size)) {
        return NULL;
    }
    if (at < 0 || at > length || length > 0xFFFF || size < 0 || size > 0xFFFF) {
        PyErr_SetString(PyExc_ValueError, "longer than any frame");
        return NULL;
    }
    reason = p6_expand(&facts->node, &link, (const uint8_t *)payload + at, (size_t)(length - at), (uint16_t)size, out,
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

/* --- the module ---------------------------------------------------------------------------------------------------------- */

static PyMethodDef METHODS[] = {
    {"sift", sift, METH_VARARGS, NULL},
    {"forms", make_forms, METH_O, NULL},
    {"plain", plain_packet, METH_O, NULL},
    {"look", look, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    names *own = PyModule_GetState(module);

#define INTERN(attribute)                                                                                               \
    if ((own->attribute = PyUnicode_InternFromString(#attribute)) == NULL) {                                            \
        return -1;                                                                                                      \
    }
    ATTRIBUTES(INTERN)
    fill_crc_table();
    return PyModule_AddIntConstant(module, "CALLS", CALLS) | PyModule_AddIntConstant(module, "FEATURES", P6_FEATURES) |
           PyModule_AddIntConstant(module, "NO_CONTEXT", P6_NO_CONTEXT);
}

static int clear(PyObject *module)
{
    names *own = PyModule_GetState(module);

#define CLEAR(attribute) Py_CLEAR(own->attribute);
    ATTRIBUTES(CLEAR)
    return 0;
}

static void release(void *module)
{
    clear(module);
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "p6lowpan._capture", "The C core for captures; see p6lowpan.fast_capture.",
    sizeof(names),         METHODS,             SLOTS,
    NULL,                  clear,               release,
};

PyMODINIT_FUNC PyInit__capture(void)
{
    return PyModuleDef_Init(&MODULE);
}
