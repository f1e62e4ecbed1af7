/* Python's headers, its stable ABI alone: so that one file serves every Python from 3.11 on. */
#ifndef P6LOWPAN_ABI_H
#define P6LOWPAN_ABI_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <string.h>

#endif
