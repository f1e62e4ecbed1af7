/* What whole packets announce and show, beyond their addresses. */
#ifndef P6LOWPAN_MESSAGES_H
#define P6LOWPAN_MESSAGES_H

#include "ground.h"

/* A message of ICMPv6 that the Python has looked at: p6lowpan/fast_capture.py:Message. */
typedef struct message {
    PyObject *held;  /* NULL: none, the packet is a plain one */
    PyObject *teach; /* None: it teaches nothing */
    string marks;
    PyObject *rules;
} message;

/* Look at a whole packet: KEPT where it is plain, or a message that has been looked at; UNUSUAL where it may be news;
 * FAILED. Leave the message in the end. */
int examine(const ground *pan, const arrived *it, const uint8_t *packet, size_t octets, message *found);
void leave_message(message *found);

/* What a message teaches is learned again. 0: an exception is set. */
int teach(ground *pan, const arrived *it, const message *found);

#endif
