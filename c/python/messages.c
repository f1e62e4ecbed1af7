/* What whole packets announce and show. What the Python found in a message it will find in the same message again, so that
 * nothing but its lesson is left to do. */
#include "messages.h"

void leave_message(message *found)
{
    Py_CLEAR(found->held);
}

int examine(const ground *pan, const arrived *it, const uint8_t *packet, size_t octets, message *found)
{
    PyObject *key;

    leave_message(found);
    if (plain(packet, octets)) {
        return KEPT;
    }
    if (octets < P6_IPV6_OCTETS || packet[6] != ICMPV6) {
        return UNUSUAL;
    }
    if ((key = Py_BuildValue("(Oy#)", it->header, (const char *)packet, (Py_ssize_t)octets)) == NULL) {
        return FAILED;
    }
    found->held = recall(pan->messages, key);
    if (found->held == NULL && !PyErr_Occurred()) {
        Py_INCREF(key);
        found->held = learn_by_heart(pan->messages, MOST_OF_A_PAN, key, pan->look_at_message, key);
    }
    Py_DECREF(key);
    if (found->held == NULL) {
        return FAILED;
    }
    if (found->held == Py_None) {
        leave_message(found);
        return UNUSUAL;
    }
    return PyArg_ParseTuple(found->held, "OO&O!", &found->teach, string_of, &found->marks, &PyTuple_Type, &found->rules)
               ? KEPT
               : FAILED;
}

int teach(ground *pan, const arrived *it, const message *found)
{
    PyObject *now, *answer;

    if (found->held == NULL || found->teach == Py_None) {
        return 1;
    }
    now = PyLong_FromLongLong(it->now);
    answer = now == NULL ? NULL : PyObject_CallFunctionObjArgs(found->teach, now, NULL);
    Py_XDECREF(now);
    Py_XDECREF(answer);
    return answer != NULL && read_prefixes(pan);
}
