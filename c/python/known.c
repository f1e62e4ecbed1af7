/* What a node knows, between Python and the core. */
#include "known.h"

#define NAME "p6lowpan.known"
#define BOUNDS_OCTETS 7
#define CONTEXT_OCTETS 19

static void forget(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, NAME));
}

PyObject *know(PyObject *module, PyObject *packed)
{
    const uint8_t *in;
    Py_ssize_t length;
    PyObject *capsule;
    known *found;

    (void)module;
    if (PyBytes_AsStringAndSize(packed, (char **)&in, &length) != 0) {
        return NULL;
    }
    if (length < BOUNDS_OCTETS || (length - BOUNDS_OCTETS) % CONTEXT_OCTETS) {
        PyErr_SetString(PyExc_ValueError, "not packed knowledge");
        return NULL;
    }
    if ((found = PyMem_Calloc(1, sizeof *found)) == NULL) {
        return PyErr_NoMemory();
    }
    found->node.contexts = found->contexts;
    found->node.bounds.header_growth_octets = (uint16_t)(in[0] << 8 | in[1]);
    found->node.bounds.datagram_octets = (uint16_t)(in[2] << 8 | in[3]);
    found->node.bounds.nested_ipv6_headers = in[4] < P6_LENGTHS - 2 ? in[4] : P6_LENGTHS - 2;
    found->node.bounds.compressed_extension_headers = in[5];
    found->node.bounds.extension_headers_in_order = in[6];
    for (in += BOUNDS_OCTETS, length -= BOUNDS_OCTETS; length; in += CONTEXT_OCTETS, length -= CONTEXT_OCTETS) {
        p6_context *context = &found->contexts[in[0] & 15];
        context->length = in[1];
        context->state = in[2];
        memcpy(context->prefix, in + 3, 16);
    }
    capsule = PyCapsule_New(found, NAME, forget);
    if (capsule == NULL) {
        PyMem_Free(found);
    }
    return capsule;
}

int known_of(PyObject *capsule, void *facts)
{
    return (*(const known **)facts = PyCapsule_GetPointer(capsule, NAME)) != NULL;
}

int address_of(PyObject *octets, void *address)
{
    p6_address *own = address;
    char *first;
    Py_ssize_t length;

    if (PyBytes_AsStringAndSize(octets, &first, &length) != 0) {
        return 0;
    }
    if (length != 0 && length != 2 && length != 8) {
        PyErr_Format(PyExc_ValueError, "a link-layer address of %zd octets", length);
        return 0;
    }
    memset(own->octets, 0, sizeof own->octets);
    memcpy(own->octets, first, (size_t)length);
    own->size = (uint8_t)length;
    return 1;
}
