/* The C core for captures: what of a frame can be said in one call, before anything is remembered of it. Whoever wants to
 * know which octets stand for which header asks the Python; p6lowpan/fast_capture.py is the only caller. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <string.h>

#include "known.h"

#define ROOM 4096
#define UDP 17
#define ICMPV6 58
#define ECHO_REQUEST 128
#define ECHO_REPLY 129
#define LINK_ESTABLISHMENT 19788 /* the port of Thread's MLE, which may teach something */

static unsigned word(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

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
static int plain(const uint8_t *packet, size_t octets)
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

static int address_of(PyObject *object, p6_address *address)
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

static PyMethodDef METHODS[] = {
    {"look", (PyCFunction)(void (*)(void))look, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
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
